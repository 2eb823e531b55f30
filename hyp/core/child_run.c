/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/child_run.h"
#include "hyp/base/bits.h"
#include "hyp/base/error.h"
#include "hyp/core/cpu.h"
#include "hyp/core/isolate.h"
#include "hyp/core/switch.h"
#include "hyp/core/tick.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/hsr.h"
#include "hyp/sched/deadline.h"

/* Of exits of children, which have no record of a crash: nobody reads them. */
static struct trail child_trail[BOARD_MAX_CPUS];

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

/* A general-purpose register as the vCPU's mode sees it, 0..14. */
static uint32_t *child_reg(struct vcpu *vcpu, uint32_t reg)
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

static void child_emulated(struct vcpu *vcpu, struct pending *access, uint32_t value)
{
	struct pending_effect effect;

	(void)pending_take(access);
	(void)pending_answer(access, access->serial, value);
	(void)pending_complete(access, &effect);
	if (effect.loads) {
		*child_reg(vcpu, effect.rt) = effect.value;
	}
	if (effect.writeback) {
		*child_reg(vcpu, effect.rn) += (uint32_t)effect.increment;
	}
	insn_skip(&vcpu->regs, access->hsr);
}

static void child_abort(struct vcpu *vcpu, const struct child_vcpu *left)
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
static void child_resolve(struct vcpu *vcpu, struct child_vcpu *left, uint32_t value, uint32_t act)
{
	if (left->left == CHILD_LEFT || act == PLUMB_RUN_DO_RETRY) {
		pending_cancel(&left->access);
	} else if (left->left == CHILD_LEFT_ACCESS && act == PLUMB_RUN_DO_EMULATED) {
		child_emulated(vcpu, &left->access, value);
	} else {
		pending_cancel(&left->access);
		child_abort(vcpu, left);
	}
	left->left = CHILD_LEFT;
}

/* ---- the switch to a child ---- */

/* The caller's world goes to memory. True: an interrupt is pending for it. */
static bool child_put_off(struct cpu *cpu, struct vcpu *runner, const struct guest_regs *regs)
{
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	bool pending;

	(void)isolate_unload(runner, regs->pc);
	switch_save_registers(runner, regs);
	runner->trail = cpu->trail;
	cpu->runner = runner; /* from now on, a kick ends the call */
	held = vm_lock_vgic(runner->vm);
	switch_fold(held, runner, timer_now(), &kick);
	cpu->loaded = NULL;
	pending = runner->vm->vgic ? vgic_has_pending(runner->vm->vgic, runner->index)
				   : runner->lines != 0;
	vm_unlock_vgic(held);
	vm_kick(runner->vm, kick & ~BIT32(runner->index));
	return pending;
}

/* The caller continues. */
static void child_go_back(struct cpu *cpu, struct guest_regs *regs, const uint32_t result[4])
{
	struct vcpu *runner = cpu->runner;
	bool shared = (runner->world.hcr & HCR_TWI) != 0;

	cpu->runner = NULL;
	switch_load(cpu, runner, regs, shared, false);
	child_put(cpu); /* VTTBR is the runner's */
	for (uint32_t n = 0; n < 4; n++) {
		regs->r[n] = result[n];
	}
	if (cpu->timer_at == runner->deadline && runner->deadline != DEADLINE_NEVER) {
		tick_set(cpu); /* child_set_alarm has */
	}
}

/* This CPU has claimed it. Is it off? Then it waits for a CPU_ON. *starts: that one came. */
static bool child_is_off(struct vgic_locked held, uint32_t vcpu, bool *starts)
{
	struct life *life = &held.vm->life;

	psci_vcpu_entered(&life->psci, vcpu);
	*starts = life->vcpu[vcpu].start;
	life->vcpu[vcpu].start = false;
	return life->psci.power[vcpu] == PSCI_OFF;
}

static void child_start(struct cpu *cpu, struct vcpu *vcpu, struct child_vcpu *left)
{
	left->left = CHILD_LEFT;
	switch_reset(vcpu, vcpu->life->pc, vcpu->life->r0);
	isolate_start(cpu, vcpu);
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

/* 0: this CPU has it; a reason not to run it; or an error. */
static int32_t child_claim(struct cpu *cpu, struct child *child, uint32_t vcpu)
{
	int32_t error = child_be_placed(child, vcpu);
	struct vgic_locked held;
	bool starts = false;

	if (error) {
		return error;
	}
	held = vm_lock_vgic(&child->vm);
	error = child_life_claim(&child->life, vcpu, cpu->index);
	if (!error && child_is_off(held, vcpu, &starts)) {
		child_life_release(&child->life, vcpu, true);
		error = PLUMB_RUN_OFF;
	}
	vm_unlock_vgic(held);
	if (!error && starts) {
		child_start(cpu, &child->vm.vcpus[vcpu], &child->vcpu[vcpu]);
	}
	return error;
}

static void child_release(struct vcpu *vcpu)
{
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);

	child_life_release(&vcpu->vm->child->life, vcpu->index, false);
	vm_unlock_vgic(held);
}

/* The caller's own timers end the run when they are due: this CPU's HYP timer stands for them. It
 * is set for all else already, and the caller's slice goes on. */
static void child_set_alarm(struct cpu *cpu)
{
	uint64_t deadline = cpu->runner->deadline;

	if (deadline < cpu->timer_at) {
		cpu->timer_at = deadline;
		timer_set(deadline);
	}
}

static void child_enter(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs)
{
	switch_load(cpu, vcpu, regs, true, false);
	cpu->trail = child_trail[cpu->index].entry;
	child_set_alarm(cpu);
}

/* The caller's vCPU stays. An error has no results. */
static void child_answer(struct guest_regs *regs, int32_t said)
{
	regs->r[0] = (uint32_t)said;
	for (uint32_t n = 1; n < 4 && said >= 0; n++) {
		regs->r[n] = 0;
	}
}

void child_run(struct cpu *cpu, struct child *child, struct guest_regs *regs)
{
	static const uint32_t interrupted[4] = { PLUMB_RUN_INTR };
	struct vcpu *runner = cpu->loaded;
	uint32_t index = regs->r[1] >> 16;
	struct vcpu *vcpu;
	int32_t said =
		regs->r[3] > PLUMB_RUN_DO_ABORT ? -HYP_EINVAL : child_claim(cpu, child, index);

	if (said) {
		child_answer(regs, said);
		return;
	}
	vcpu = &child->vm.vcpus[index];
	child_resolve(vcpu, &child->vcpu[index], regs->r[2], regs->r[3]);
	if (cpu->resched) {
		child_release(vcpu);
		child_answer(regs, PLUMB_RUN_INTR);
	} else if (child_put_off(cpu, runner, regs)) {
		child_release(vcpu);
		child_go_back(cpu, regs, interrupted);
	} else {
		child_enter(cpu, vcpu, regs);
	}
}

/* ---- the switch back ---- */

/* What the end of a run has found. */
struct child_off {
	bool waits;	   /* no interrupt is pending for it */
	bool rings;	   /* siblings were woken, and the creator does not know */
	uint32_t wake;	   /* of child_life_take_wake */
	uint64_t deadline; /* of its timers */
};

/* Under the lock: is an interrupt pending that ends its WFI? */
static bool child_is_due(struct vgic_locked held, const struct vcpu *vcpu)
{
	if (vcpu->world.hcr & HCR_VA) {
		return true;
	}
	return held.vm->vgic ? vgic_has_pending(held.vm->vgic, vcpu->index) : vcpu->lines != 0;
}

/* Those that its exit wakes. Also itself, if a CPU_ON has come between its CPU_OFF and now. */
static uint32_t child_woken_by(const struct vcpu *vcpu, uint32_t reason, vgic_kick_t kick)
{
	bool starts = reason == PLUMB_RUN_OFF && vcpu->life->start;

	return (kick & ~BIT32(vcpu->index)) | (starts ? BIT32(vcpu->index) : 0);
}

/* The world of the loaded vCPU goes to memory. `reason`: PLUMB_RUN_*. */
static void child_take_off(struct cpu *cpu, const struct guest_regs *regs, uint32_t reason,
			   struct child_off *off)
{
	struct vcpu *vcpu = cpu->loaded;
	struct child_life *life = &vcpu->vm->child->life;
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	uint32_t running;

	(void)isolate_unload(vcpu, regs->pc);
	switch_save_registers(vcpu, regs);
	held = vm_lock_vgic(vcpu->vm);
	switch_fold(held, vcpu, timer_now(), &kick);
	cpu->loaded = NULL;
	hw_dsb(); /* as in run_unload: before another CPU may have it */
	/* Until child_go_back, this CPU may walk its tables. */
	cpu->using = vcpu->vm->child;
	off->deadline = vcpu->deadline;
	off->waits = reason == PLUMB_RUN_WFI && !child_is_due(held, vcpu);
	child_life_release(life, vcpu->index, off->waits || reason == PLUMB_RUN_OFF);
	(void)child_life_kick(life, child_woken_by(vcpu, reason, kick), &running);
	off->rings = life->wake != 0; /* also those that this exit has woken before */
	off->wake = 0;
	if (reason == PLUMB_RUN_INTR) {
		off->wake = child_life_take_wake(life);
		off->rings = false;
	}
	vm_unlock_vgic(held);
	for (; running; running &= running - 1) {
		cpu_interrupt(bits_first(running));
	}
}

static void child_end_run(struct cpu *cpu, struct guest_regs *regs, const struct child_off *off,
			  const uint32_t result[4])
{
	if (off->rings) {
		vm_ring(cpu->runner->vm, true);
	}
	child_go_back(cpu, regs, result);
}

static void child_leave(struct cpu *cpu, struct guest_regs *regs, uint32_t r0, uint32_t r1,
			uint32_t r2, uint32_t r3)
{
	const uint32_t result[4] = { r0, r1, r2, r3 };
	struct child_off off;

	child_take_off(cpu, regs, r0, &off);
	child_end_run(cpu, regs, &off, result);
}

void child_interrupted(struct cpu *cpu, struct guest_regs *regs)
{
	uint32_t result[4] = { PLUMB_RUN_INTR };
	struct child_off off;

	child_take_off(cpu, regs, PLUMB_RUN_INTR, &off);
	if (off.wake) {
		result[0] = PLUMB_RUN_KICK;
		result[1] = off.wake;
	}
	child_end_run(cpu, regs, &off, result);
}

/* ---- exits ---- */

/* Ticks until `deadline`: 0 if it is past, all ones if there is none. */
static uint64_t child_ticks(uint64_t deadline)
{
	uint64_t now = timer_now();

	if (deadline == DEADLINE_NEVER) {
		return UINT64_MAX;
	}
	return deadline > now ? deadline - now : 0;
}

void child_wait(struct cpu *cpu, struct guest_regs *regs)
{
	struct vcpu *vcpu = cpu->loaded;
	uint32_t result[4] = { PLUMB_RUN_WFI };
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);
	vgic_kick_t kick = 0;
	bool waits = switch_waits(held, vcpu, &kick);
	struct child_off off;
	uint64_t ticks;

	vm_unlock_vgic(held);
	vm_kick(vcpu->vm, kick & ~BIT32(vcpu->index));
	if (!waits) {
		return;
	}
	child_take_off(cpu, regs, PLUMB_RUN_WFI, &off);
	ticks = off.waits ? child_ticks(off.deadline) : 0;
	result[1] = (uint32_t)ticks;
	result[2] = (uint32_t)(ticks >> 32);
	child_end_run(cpu, regs, &off, result);
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
		child_leave(cpu, regs, PLUMB_RUN_SYSTEM,
			    result.effect == PSCI_DO_SYSTEM_OFF ? PLUMB_SYSTEM_SHUTDOWN
								: PLUMB_SYSTEM_RESET,
			    0, 0);
	} else if (result.effect == PSCI_DO_STOP) {
		child_leave(cpu, regs, PLUMB_RUN_OFF, 0, 0, 0);
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
	pending_post(&left->access, mmio);
	left->access.access = *access;
	left->access.hsr = record->hsr;
	child_leave(cpu, regs, PLUMB_RUN_MMIO, child_address(record), mmio->value,
		    mmio->size | (mmio->is_write ? BIT32(8) : 0));
}

void child_fault(struct cpu *cpu, struct guest_regs *regs, const struct exit_record *record,
		 uint32_t how)
{
	child_note(child_left(cpu->loaded), record,
		   how & PLUMB_FAULT_FETCH ? CHILD_LEFT_FETCH : CHILD_LEFT_DATA);
	child_leave(cpu, regs, PLUMB_RUN_FAULT, child_address(record), how,
		    record->fault_page / CHILD_PAGES);
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
