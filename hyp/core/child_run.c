/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/child_run.h"
#include "hyp/base/bits.h"
#include "hyp/base/cold.h"
#include "hyp/base/error.h"
#include "hyp/core/child_switch.h"
#include "hyp/core/cpu.h"
#include "hyp/core/isolate.h"
#include "hyp/core/switch.h"
#include "hyp/regs/hsr.h"

/* ---- what the creator says of the last exit: in memory, as no CPU has the vCPU ---- */

static struct world_bank *child_bank(struct world *world, uint32_t mode)
{
	switch (mode) {
	case PSR_MODE_FIQ:
		return &world->fiq;
	case PSR_MODE_IRQ:
		return &world->irq;
	case PSR_MODE_SVC:
		return &world->svc;
	case PSR_MODE_ABT:
		return &world->abt;
	default:
		return &world->und;
	}
}

static COLD uint32_t *child_reg_banked(struct vcpu *vcpu, uint32_t reg)
{
	uint32_t mode = vcpu->regs.cpsr & PSR_MODE;
	bool user = mode == PSR_MODE_USR || mode == PSR_MODE_SYS;

	if (reg >= 8 && reg < 13 && mode == PSR_MODE_FIQ) {
		return &vcpu->world.r_fiq[reg - 8];
	}
	if (reg < 13) {
		return &vcpu->regs.r[reg];
	}
	if (reg == 13) {
		return user ? &vcpu->world.sp_usr : &child_bank(&vcpu->world, mode)->sp;
	}
	return user ? &vcpu->regs.lr_usr : &child_bank(&vcpu->world, mode)->lr;
}

/* A general-purpose register as the vCPU's mode sees it, 0..14. */
static inline uint32_t *child_reg(struct vcpu *vcpu, uint32_t reg)
{
	return reg < 8 ? &vcpu->regs.r[reg] : child_reg_banked(vcpu, reg);
}

static COLD void child_emulated(struct vcpu *vcpu, const struct child_vcpu *left, uint32_t value)
{
	const struct insn_access *access = &left->access;

	if (!access->is_write) {
		*child_reg(vcpu, access->rt) = insn_load_value(access, value);
	}
	if (access->writeback) {
		*child_reg(vcpu, access->rn) += (uint32_t)access->increment;
	}
	insn_skip(&vcpu->regs, left->hsr);
}

static inline void child_emulated_plain(struct vcpu *vcpu, uint32_t hsr, uint32_t value)
{
	struct insn_access access;

	if (insn_is_word_load(hsr)) {
		*child_reg(vcpu, FIELD_GET(HSR_DABT_SRT, hsr)) = value;
	} else if (!(hsr & HSR_DABT_WNR) && insn_access_from_hsr(hsr, &access)) {
		*child_reg(vcpu, access.rt) = insn_load_value(&access, value);
	}
	insn_skip(&vcpu->regs, hsr);
}

static COLD void child_abort(struct vcpu *vcpu, const struct child_vcpu *left)
{
	bool fetch = left->left == CHILD_LEFT_FETCH;
	struct world *world = &vcpu->world;
	struct inject_in in = {
		.kind = fetch ? INJECT_PREFETCH_ABORT : INJECT_DATA_ABORT,
		.pc = vcpu->regs.pc,
		.cpsr = vcpu->regs.cpsr,
		.sctlr = world->sctlr,
		.vbar = world->vbar,
		.ttbcr = world->ttbcr,
		.far = left->far,
		.is_write = FIELD_GET(HSR_DABT_WNR, left->hsr),
	};
	struct inject_out out = inject_exception(&in);

	if (fetch) {
		world->ifsr = out.fsr;
		world->ifar = left->far;
	} else {
		world->dfsr = out.fsr;
		world->dfar = left->far;
	}
	world->abt.lr = out.lr;
	world->abt.spsr = out.spsr;
	vcpu->regs.pc = out.pc;
	vcpu->regs.cpsr = out.cpsr;
}

/* Only an access that is decoded can be emulated: else the guest takes the abort. */
static __attribute__((noinline)) void child_resolve(struct vcpu *vcpu, struct child_vcpu *left,
						    uint32_t value, uint32_t act)
{
	if (act == PLUMB_RUN_DO_STAY) {
		act = PLUMB_RUN_DO_EMULATED;
	}
	if (left->left == CHILD_LEFT_PLAIN && act == PLUMB_RUN_DO_EMULATED) {
		child_emulated_plain(vcpu, left->hsr, value);
	} else if (left->left == CHILD_LEFT_ACCESS && act == PLUMB_RUN_DO_EMULATED) {
		child_emulated(vcpu, left, value);
	} else if (act != PLUMB_RUN_DO_RETRY) {
		child_abort(vcpu, left);
	}
	left->left = CHILD_LEFT;
}

/* ---- KVM_GET_VCPU_EVENTS ---- */

/* It may not be initialised yet: then nothing is pending, and an initialisation clears all. */
static COLD int32_t child_events_look(struct vgic_locked held, uint32_t vcpu)
{
	int32_t error = child_life_look(&held.vm->child->life, vcpu);

	return error == -HYP_ENOEXEC ? 0 : error;
}

COLD int32_t child_get_events(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t vcpu = regs->r[1] >> 16;
	struct vgic_locked held = vm_lock_vgic(vm);
	int32_t error = child_events_look(held, vcpu);

	(void)caller;
	if (!error) {
		regs->r[1] = vm->vcpus[vcpu].world.hcr & HCR_VA ? PLUMB_EVENT_SERROR : 0;
	}
	vm_unlock_vgic(held);
	return error;
}

/* An access that its creator has not answered ends by the abort. */
static COLD void child_make_events(struct child *child, uint32_t index, uint32_t events)
{
	struct vcpu *vcpu = &child->vm.vcpus[index];

	if (events & PLUMB_EVENT_SERROR) {
		vcpu->world.hcr |= HCR_VA;
	}
	if (events & PLUMB_EVENT_ABORT) {
		child->vcpu[index].left = CHILD_LEFT_DATA;
		child_resolve(vcpu, &child->vcpu[index], 0, PLUMB_RUN_DO_ABORT);
	}
}

COLD int32_t child_set_events(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t vcpu = regs->r[1] >> 16, events = regs->r[2];
	struct vgic_locked held = vm_lock_vgic(vm);
	int32_t error = child_events_look(held, vcpu);

	(void)caller;
	if (!error && events & ~(uint32_t)(PLUMB_EVENT_SERROR | PLUMB_EVENT_ABORT)) {
		error = -HYP_EINVAL;
	}
	if (!error) {
		child_make_events(vm->child, vcpu, events);
	}
	vm_unlock_vgic(held);
	return error;
}

/* ---- the way in ---- */

/* As nearly always: it runs already, and no CPU_ON has come since. */
static inline bool child_is_on(struct vgic_locked held, uint32_t vcpu)
{
	const struct life *life = &held.vm->life;

	return life->psci.power[vcpu] == PSCI_ON && !life->vcpu[vcpu].start;
}

static COLD void child_start(struct cpu *cpu, struct vcpu *vcpu, struct child_vcpu *left)
{
	left->left = CHILD_LEFT;
	switch_reset(vcpu, vcpu->life->pc, vcpu->life->r0);
	switch_trap_waits(vcpu, true);
	isolate_start(cpu, vcpu);
}

/* What its creator says of its last exit, which is done once, and in any case. */
static inline void child_settle(struct child *child, uint32_t index, const struct guest_regs *regs)
{
	if (child->vcpu[index].left != CHILD_LEFT) {
		child_resolve(&child->vm.vcpus[index], &child->vcpu[index], regs->r[2], regs->r[3]);
	}
}

/* The same, and first what is most frequent: a store of Arm state that its creator has done. */
static inline void child_settle_first(struct child *child, uint32_t index,
				      const struct guest_regs *regs)
{
	struct child_vcpu *left = &child->vcpu[index];
	struct guest_regs *own = &child->vm.vcpus[index].regs;

	if (left->left == CHILD_LEFT_PLAIN && regs->r[3] == PLUMB_RUN_DO_EMULATED &&
	    (left->hsr & HSR_DABT_WNR) && !(own->cpsr & PSR_T)) {
		own->pc += 4;
		left->left = CHILD_LEFT;
	} else {
		child_settle(child, index, regs);
	}
}

/* This CPU has claimed it, but it is off, and waits for a CPU_ON; or that one has come. */
static COLD int32_t child_turn(struct vgic_locked held, struct cpu *cpu, uint32_t index,
			       const struct guest_regs *regs)
{
	struct child *child = held.vm->child;
	struct life *life = &held.vm->life;
	bool starts = life->vcpu[index].start;
	bool off;

	child_settle(child, index, regs);
	psci_vcpu_entered(&life->psci, index);
	life->vcpu[index].start = false;
	off = life->psci.power[index] == PSCI_OFF;
	if (off) {
		child_life_release(&child->life, index, true);
	} else {
		child_life_enter(&child->life, index);
	}
	vm_unlock_vgic(held);
	if (starts && !off) {
		child_start(cpu, &held.vm->vcpus[index], &child->vcpu[index]);
	}
	return off ? PLUMB_RUN_OFF : 0;
}

/* What the creator says of its last exit, and no more. */
static int32_t child_settle_alone(struct cpu *cpu, struct child *child, uint32_t index,
				  const struct guest_regs *regs)
{
	struct vgic_locked held = vm_lock_vgic(&child->vm);
	int32_t error = child_life_look(&child->life, index);

	if (!error) {
		error = child_life_seize(&child->life, index, cpu->index);
		child_settle(child, index, regs);
		child_life_release(&child->life, index, false);
	}
	vm_unlock_vgic(held);
	return error ? error : PLUMB_RUN_INTR;
}

/* All memory is to be cleaned first: a step of that. */
static int32_t child_clean_first(struct cpu *cpu, struct child *child, uint32_t index,
				 const struct guest_regs *regs)
{
	int32_t said = child_settle_alone(cpu, child, index, regs);

	if (said == PLUMB_RUN_INTR) {
		child_clean_step(child);
	}
	return said;
}

/* It gets its GIC with the first run of a vCPU that can run. */
static int32_t child_be_placed(struct child *child, uint32_t vcpu)
{
	struct vgic_locked held;
	int32_t error;

	if (!child->formed) {
		held = vm_lock_vgic(&child->vm);
		error = child_life_look(&child->life, vcpu);
		vm_unlock_vgic(held);
		if (error) {
			return error;
		}
	}
	return child_place(child);
}

/* 0: no more than to claim the vCPU is left; or a reason, or an error. */
static COLD int32_t child_prepare(struct cpu *cpu, struct child *child, uint32_t index,
				  const struct guest_regs *regs)
{
	int32_t error = child_be_placed(child, index);

	if (!error && child->clean.wanted) {
		return child_clean_first(cpu, child, index, regs);
	}
	return error;
}

/* 0: this CPU has it; a reason not to run it; or an error. */
static inline int32_t child_claim(struct cpu *cpu, struct child *child, uint32_t vcpu,
				  const struct guest_regs *regs)
{
	int32_t error = child->straight ? 0 : child_prepare(cpu, child, vcpu, regs);
	struct vgic_locked held;

	if (error) {
		return error;
	}
	held = vm_lock_vgic(&child->vm); /* after it, all of a VM that is placed can be seen */
	error = child_life_claim(&child->life, vcpu, cpu->index);
	if (!error && !child_is_on(held, vcpu)) {
		return child_turn(held, cpu, vcpu, regs);
	}
	if (!error && child_life_is_new(&child->life, vcpu, cpu->index)) {
		child_life_enter(&child->life, vcpu);
	}
	vm_unlock_vgic(held);
	return error;
}

/* PLUMB_RUN_DO_STAY, or no action at all. */
static COLD int32_t child_stay(struct cpu *cpu, struct child *child, uint32_t index,
			       const struct guest_regs *regs)
{
	int32_t error;

	if (regs->r[3] != PLUMB_RUN_DO_STAY) {
		return -HYP_EINVAL;
	}
	error = child_be_placed(child, index);
	return error ? error : child_settle_alone(cpu, child, index, regs);
}

static COLD void child_release(struct vcpu *vcpu)
{
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);

	child_life_release(&vcpu->vm->child->life, vcpu->index, false);
	vm_unlock_vgic(held);
}

/* The caller's vCPU stays. An error has no results. */
static COLD void child_answer(struct guest_regs *regs, int32_t said)
{
	regs->r[0] = (uint32_t)said;
	for (uint32_t n = 1; n < 4 && said >= 0; n++) {
		regs->r[n] = 0;
	}
}

void child_run(struct cpu *cpu, struct child *child, struct guest_regs *regs)
{
	uint32_t index = regs->r[1] >> 16;
	struct vcpu *vcpu;
	int32_t said = regs->r[3] > PLUMB_RUN_DO_ABORT ? child_stay(cpu, child, index, regs)
						       : child_claim(cpu, child, index, regs);

	if (said) {
		child_answer(regs, said);
		return;
	}
	vcpu = &child->vm.vcpus[index];
	child_settle_first(child, index, regs);
	if (cpu->resched || !child_switch_in(cpu, vcpu, regs)) {
		child_release(vcpu);
		child_answer(regs, PLUMB_RUN_INTR);
	}
}

/* ---- exits ---- */

void child_interrupted(struct cpu *cpu, struct guest_regs *regs)
{
	child_switch_out(cpu, regs, PLUMB_RUN_INTR);
}

void child_wait(struct cpu *cpu, struct guest_regs *regs)
{
	child_switch_out(cpu, regs, PLUMB_RUN_WFI);
}

bool child_set_way(struct cpu *cpu, struct guest_regs *regs)
{
	bool moved = child_clean_moved(cpu->loaded);

	if (moved) {
		child_interrupted(cpu, regs);
	}
	return moved;
}

static bool child_entry_valid(const void *cookie, ipa_t ipa)
{
	(void)cookie, (void)ipa; /* its creator may map it only when it faults */
	return true;
}

/* CPU_ON: the vCPU begins when its creator runs it. One that is made, but not initialised, is not
 * there for the guest. */
static void child_turn_on(struct vgic_locked held, struct psci_result *result, uint32_t *wake)
{
	struct life *life = &held.vm->life;
	struct life_vcpu *vcpu = &life->vcpu[result->target];

	if (!(held.vm->child->life.ready & BIT32(result->target))) {
		life->psci.power[result->target] = PSCI_OFF;
		result->value = PSCI_INVALID_PARAMETERS;
		return;
	}
	vcpu->pc = result->entry;
	vcpu->r0 = result->context;
	vcpu->start = true;
	*wake = BIT32(result->target);
}

/* SYSTEM_OFF, SYSTEM_RESET: all its vCPUs are off until they are initialised again. */
static uint32_t child_turn_off(struct vgic_locked held)
{
	struct life *life = &held.vm->life;

	for (uint32_t n = 0; n < life->psci.nr_vcpus; n++) {
		life->psci.power[n] = PSCI_OFF;
		life->vcpu[n].start = false;
	}
	return held.vm->child->life.runs;
}

/* CPUs that run these vCPUs are to leave them. */
static void child_call_back(const struct child_life *life, uint32_t vcpus)
{
	for (; vcpus; vcpus &= vcpus - 1) {
		cpu_poke(life->cpu[bits_first(vcpus)]);
	}
}

void child_psci(struct cpu *cpu, struct guest_regs *regs)
{
	struct vcpu *vcpu = cpu->loaded;
	struct vm *vm = vcpu->vm;
	struct vgic_locked held = vm_lock_vgic(vm);
	struct psci_result result =
		psci_call(&vm->life.psci, vcpu->index, regs->r, child_entry_valid, NULL);
	bool ends = result.effect == PSCI_DO_SYSTEM_OFF || result.effect == PSCI_DO_SYSTEM_RESET;
	uint32_t wake = 0, others = 0;

	if (result.effect == PSCI_DO_START) {
		child_turn_on(held, &result, &wake);
	} else if (ends) {
		others = child_turn_off(held) & ~BIT32(vcpu->index);
	}
	vm_unlock_vgic(held);
	regs->r[0] = (uint32_t)result.value;
	vm_kick(vm, wake);
	child_call_back(&vm->child->life, others);
	if (ends) {
		child_result(cpu,
			     result.effect == PSCI_DO_SYSTEM_OFF ? PLUMB_SYSTEM_SHUTDOWN
								 : PLUMB_SYSTEM_RESET,
			     0, 0);
		child_switch_out(cpu, regs, PLUMB_RUN_SYSTEM);
	} else if (result.effect == PSCI_DO_STOP) {
		child_switch_out(cpu, regs, PLUMB_RUN_OFF);
	} else if (result.effect == PSCI_DO_SUSPEND) {
		child_wait(cpu, regs);
	}
}

static struct child_vcpu *child_left(const struct vcpu *vcpu)
{
	return &vcpu->vm->child->vcpu[vcpu->index];
}

static void child_note(struct child_vcpu *left, const struct exit_record *record,
		       enum child_left how)
{
	left->left = (uint8_t)how;
	left->hsr = record->hsr;
	left->far = record->far;
}

static uint32_t child_address(const struct exit_record *record)
{
	return record->fault_page * PAGE_SIZE + record->far % PAGE_SIZE;
}

void child_access(struct cpu *cpu, struct guest_regs *regs, const struct exit_record *record,
		  const struct insn_access *access, const struct mmio *mmio)
{
	struct child_vcpu *left = child_left(cpu->loaded);

	child_note(left, record, CHILD_LEFT_ACCESS);
	left->access = *access;
	child_result(cpu, child_address(record), mmio->value,
		     mmio->size | (mmio->is_write ? BIT32(8) : 0));
	child_switch_out(cpu, regs, PLUMB_RUN_MMIO);
}

void child_fault(struct cpu *cpu, struct guest_regs *regs, const struct exit_record *record,
		 uint32_t how)
{
	child_note(child_left(cpu->loaded), record,
		   how & PLUMB_FAULT_FETCH ? CHILD_LEFT_FETCH : CHILD_LEFT_DATA);
	child_result(cpu, child_address(record), how, record->fault_page / CHILD_PAGES);
	child_switch_out(cpu, regs, PLUMB_RUN_FAULT);
}

bool child_has_memory(const struct cpu *cpu, const struct exit_record *record, uint32_t how)
{
	struct grow *grow = &cpu->loaded->vm->child->grow;
	enum grow_access access = how & PLUMB_FAULT_FETCH   ? GROW_FETCH
				  : how & PLUMB_FAULT_WRITE ? GROW_WRITE
							    : GROW_READ;

	return record->fault_page < CHILD_PAGES &&
	       grow_fault(grow, ipa_make(record->fault_page * PAGE_SIZE), access) == STAGE2_DONE;
}
