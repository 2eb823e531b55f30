/* SPDX-License-Identifier: BSD-2-Clause */
/* Guests: what a vCPU does is drawn by its program; here is how it does it, and what it finds in
 * its registers each time that it runs. */
#include "abi/plumbline.h"
#include "hyp/core/exit.h"
#include "hyp/core/irq.h"
#include "hyp/core/main.h"
#include "hyp/core/phys.h"
#include "hyp/core/run.h"
#include "hyp/core/trace.h"
#include "hyp/hw/trail.h"
#include "hyp/regs/hsr.h"
#include "test/rig/rig.h"
#include "test/rig/rig_kids.h"
#include <string.h>

/* HSR (B3.13.6): class, IL; a condition that is always true. */
#define HSR_OF(class) ((uint32_t)(class) << 26 | 1u << 25)
#define HSR_HVC	      HSR_OF(0x12)
#define HSR_WFI	      (HSR_OF(0x01) | 1u << 24 | 0xeu << 20)
/* ISV, a word or a byte, register 1 (stores) or 0; a translation fault at level 2 */
#define HSR_STORE     (HSR_OF(0x24) | 1u << 24 | 2u << 22 | 1u << 16 | 1u << 6 | 6u)
#define HSR_STOREB    (HSR_OF(0x24) | 1u << 24 | 0u << 22 | 1u << 16 | 1u << 6 | 6u)
#define HSR_LOAD      (HSR_OF(0x24) | 1u << 24 | 2u << 22 | 0u << 16 | 6u)

#define CPSR_SVC 0x1d3u
#define SCTLR_ON 0x5u /* M, C */

struct rig_guest rig_guest[RIG_MAX_VMS + RIG_MAX_KIDS][RIG_MAX_VCPUS];
const struct rig_program *rig_program;

static uint8_t life_before[RIG_MAX_VMS];

void rig_guest_reset(uint64_t seed)
{
	memset(life_before, LIFE_OFF, sizeof(life_before));
	memset(rig_guest, 0, sizeof(rig_guest));
	for (uint32_t v = 0; v < RIG_MAX_VMS + RIG_MAX_KIDS; v++) {
		for (uint32_t n = 0; n < RIG_MAX_VCPUS; n++) {
			rig_guest[v][n] = (struct rig_guest) {
				.vm = v,
				.index = n,
				.iar = RIG_NO_IAR,
				.dice = seed * 64 + v * 8 + n,
			};
		}
	}
}

/* ---- registers ---- */

static const uint8_t marked[] = { FAKE_TPIDRURW, FAKE_TPIDRPRW,	  FAKE_SP_svc,
				  FAKE_LR_irq,	 FAKE_R8_fiq,	  FAKE_VBAR,
				  FAKE_TTBR0_64, FAKE_CONTEXTIDR, FAKE_SPSR_svc };

static void check_registers(const struct rig_guest *g, const struct guest_regs *regs, uint32_t mark)
{
	if (regs->r[12] != mark || regs->lr_usr != mark) {
		rig_fail("CPU %u: vCPU %u.%u finds other values in r12 or lr than it left there",
			 rig_self, g->vm, g->index);
	}
	for (uint32_t n = 0; n < sizeof(marked); n++) {
		if ((uint32_t)rig_this()->reg[marked[n]] != mark) {
			rig_fail("CPU %u: vCPU %u.%u finds 0x%x in register %u, not 0x%x", rig_self,
				 g->vm, g->index, (unsigned)rig_this()->reg[marked[n]], marked[n],
				 mark);
		}
	}
}

static void leave_mark(struct rig_guest *g, struct guest_regs *regs)
{
	g->mark = (g->mark + 1) & 0xffffff;
	g->mark = (g->mark ? g->mark : 1) | (g->vm * 4 + g->index + 1) << 24;
	regs->r[12] = regs->lr_usr = g->mark;
	for (uint32_t n = 0; n < sizeof(marked); n++) {
		rig_this()->reg[marked[n]] = g->mark;
	}
}

/* ---- which vCPU this is: hardware says ---- */

static struct rig_guest *here(uint32_t cpu)
{
	uint32_t vm = (uint32_t)(rig.cpu[cpu].reg[FAKE_VTTBR] >> 48) - 1;
	uint32_t index = (uint32_t)rig.cpu[cpu].reg[FAKE_VMPIDR] & 0xff;
	uint32_t kid = rig_kids_slot(vm + 1);

	if (kid < RIG_MAX_KIDS) {
		rig_demand(index < RIG_MAX_VCPUS, "VMPIDR is nobody's");
		return &rig_guest[RIG_MAX_VMS + kid][index];
	}
	rig_demand(vm < vm_count && vm < RIG_MAX_VMS && index < vms[vm].nr_vcpus,
		   "VTTBR and VMPIDR are nobody's");
	return &rig_guest[vm][index];
}

bool rig_stage2(uint32_t ipa, uint64_t *pa)
{
	const struct rig_guest *g = here(rig_self);
	pa_t found;
	bool owns;

	if (rig_is_kid(g)) {
		return rig_kids_maps(g, ipa, false);
	}
	owns = vm_owns(&vms[g->vm], ipa_make(ipa), 1, &found);
	*pa = owns ? found.pa : *pa;
	return owns;
}

/* A list register that shows something is one that the vCPU's mirror knows. */
static void check_list_registers(const struct vcpu *vcpu)
{
	const struct rig_cpu *c = rig_this();

	for (uint32_t n = 0; n < rig_nr_lrs; n++) {
		if (!(c->lr[n] & 0x30000000u)) {
			continue;
		}
		rig_demand(vcpu->vm->vgic && (vcpu->cif->used >> n & 1) &&
				   ((vcpu->cif->lr[n] ^ c->lr[n]) & 0x3ff) == 0,
			   "a list register is not this vCPU's");
	}
}

/* The physical interrupts of its timers are active for the vCPU that is to end them, and for no
 * other; and its CPU lines are what they are said to be, if nobody changes them just now. */
static void check_own_interrupts(const struct vcpu *vcpu)
{
	static const uint8_t timers[] = { RIG_TIMER_VIRT, RIG_TIMER_PHYS };
	const struct vm *vm = vcpu->vm;

	for (uint32_t n = 0; n < 2; n++) {
		bool active = rig.active[rig_self] >> timers[n] & 1;

		rig_demand(!active || !vm->vgic || vgic_phys_held(vm->vgic, vcpu->index, timers[n]),
			   "a timer's interrupt is active of a vCPU that does not hold it");
	}
	rig_demand(vm->vgic || vm->vgic_lock.holder || vcpu->cif->work != VGIC_WORK_NONE ||
			   (rig_this()->reg[FAKE_HCR] & 0xc0) == vcpu->lines,
		   "a vCPU's CPU lines are not in HCR");
}

/* HYP's timer is for slices, alarms and devices; beside these, for the timers of a vCPU in whose
 * place a child's runs, and for no other vCPU's. */
static void check_hyp_timer(const struct cpu *cpu)
{
	const uint64_t *reg = rig_this()->reg;
	uint64_t at = cpu->timer_at;

	if (cpu->runner && cpu->runner->deadline < at) {
		at = cpu->runner->deadline;
	}
	rig_demand(at == UINT64_MAX ? !(reg[FAKE_CNTHP_CTL] & 1)
				    : (reg[FAKE_CNTHP_CTL] & 3) == 1 && reg[FAKE_CNTHP_CVAL] == at,
		   "a guest runs, and HYP's timer is set to another time");
}

/* Does no CPU do anything for another? Each is in its guest, or asleep, and no interrupt is on its
 * way to it. */
static bool is_quiet(void)
{
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		const struct rig_cpu *c = &rig.cpu[n];

		if (!(c->in_guest || c->wait == RIG_IN_WFI) || rig_signals(n)) {
			return false;
		}
	}
	return true;
}

static const char *quiet(void);

/* May a vCPU of it be in a CPU? */
static bool has_worlds(const struct life *life)
{
	return life->state == LIFE_RUNNING || life->state == LIFE_ENDING ||
	       life->state == LIFE_PAUSING;
}

/* The monitor has returned to a guest. */
static struct rig_guest *enter(const struct guest_regs *regs)
{
	struct rig_guest *g = here(rig_self);
	const struct vcpu *vcpu = &rig_vm(g)->vcpus[g->index];

	(void)regs;
	rig_demand(rig_this()->nr_held == 0, "a guest runs and its CPU holds a lock");
	rig_demand(cpus[rig_self].loaded == vcpu, "`loaded` is another than hardware has");
	rig_demand(!cpus[rig_self].using, "a guest runs, and its CPU uses a child");
	rig_demand(!cpus[rig_self].tells, "a guest runs, and its CPU rings no doorbell");
	if (rig_is_kid(g)) {
		rig_kids_enter(g);
		vcpu = cpus[rig_self].runner;
	} else {
		rig_demand(!cpus[rig_self].runner, "a partition's vCPU runs in the place of one");
	}
	rig_demand(vcpu->life->loaded_on == rig_self, "`loaded_on` names another CPU");
	rig_demand(has_worlds(&vcpu->vm->life), "a guest runs whose partition does not");
	vcpu = cpus[rig_self].loaded;
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		rig_demand(n == rig_self || !rig.cpu[n].in_guest || here(n) != g,
			   "a vCPU is in two CPUs");
	}
	rig_demand(!g->trail || rig_this()->reg[FAKE_TPIDRPRW] == 0 ||
			   g->trail == cpus[rig_self].trail,
		   "the trail of a vCPU's exits is not where it was");
	check_list_registers(vcpu);
	check_own_interrupts(vcpu);
	check_hyp_timer(&cpus[rig_self]);
	rig_demand(cpus[rig_self].traced == ((rig_this()->reg[FAKE_HVBAR] & VECTORS_TRACE) != 0),
		   "a CPU is traced, and its vectors do not call the trace, or they do");
	if (rig_this()->reg[FAKE_HVBAR] & VECTORS_PMU) {
		rig_this()->reg[FAKE_PMCNTENSET] |= cpus[rig_self].pmu_enabled;
	}
	rig_this()->in_guest = true;
	if (is_quiet()) {
		const char *why = quiet();

		if (why) {
			rig_fail("CPU %u: nothing is under way, and %s", rig_self, why);
		}
	}
	return g;
}

/* ---- what a guest does ---- */

/* What the vectors do (hyp/hw/vectors.S) before the handler: the frame shows where ERET goes, and
 * the performance monitors stand still. */
static bool leave(const struct guest_regs *regs)
{
	uint64_t *reg = rig_this()->reg;

	reg[FAKE_ELR_hyp] = regs->pc;
	reg[FAKE_SPSR_cxsf] = regs->cpsr;

	rig_this()->in_guest = false;
	rig_this()->undone = true;
	if (reg[FAKE_HVBAR] & VECTORS_PMU) {
		cpus[rig_self].pmu_enabled = (uint32_t)reg[FAKE_PMCNTENSET];
		reg[FAKE_PMCNTENSET] = 0;
	}
	return reg[FAKE_HVBAR] & VECTORS_TRACE;
}

/* And after it: work, if there is any; else ERET. A handler may leave the frame's pc as it was.
 * `traced`: by the vectors of the trace. */
static void come_back(struct guest_regs *regs, uint32_t pc, bool traced)
{
	struct cpu *cpu = &cpus[rig_self];
	const uint64_t *reg = rig_this()->reg;

	rig_demand(((uint32_t)reg[FAKE_ELR_hyp] == regs->pc || regs->pc == pc) &&
			   (uint32_t)reg[FAKE_SPSR_cxsf] == regs->cpsr,
		   "a handler has changed the frame, and not ELR_hyp and SPSR");
	regs->pc = (uint32_t)reg[FAKE_ELR_hyp];
	if (cpu->resched || cpu->cif->work) {
		run_work(cpu, regs);
		rig_this()->reg[FAKE_ELR_hyp] = regs->pc;
	}
	if (traced) {
		trace_entry(cpu, regs);
	}
}

typedef void (*handler_t)(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset,
			  uint32_t hsr);

/* The classes that guests of the rig cause. */
static handler_t handler_of(uint32_t hsr)
{
	switch (hsr >> 26) {
	case 0x01:
		return exit_wfx;
	case 0x03:
	case 0x04:
	case 0x05:
	case 0x08:
	case 0x0c:
		return exit_cp;
	case 0x07:
		return exit_hcptr;
	case 0x12:
		return exit_hvc_other;
	case 0x20:
		return exit_prefetch_abort;
	case 0x24:
		return exit_data_abort;
	default:
		return exit_undef;
	}
}

/* Where the guest finds it again; that of a child begins anew with each run. */
static void note_trail(const struct cpu *cpu)
{
	struct rig_guest *g = here(rig_self);

	g->trail = rig_is_kid(g) ? NULL : cpu->trail;
}

static void enter_handler(uint32_t hsr, struct guest_regs *regs)
{
	struct cpu *cpu = &cpus[rig_self];
	struct vcpu *vcpu = cpu->loaded;
	uint32_t hdfar = (uint32_t)rig_this()->reg[FAKE_HDFAR];

	if (hsr == HSR_HVC) {
		fake_trail(&cpu->trail, regs->r[0], hsr, regs->pc, regs->cpsr);
		note_trail(cpu);
		vcpu->stats[PLUMB_STAT_HVC]++;
		exit_hvc(regs->r[0] - 0x86000000u, regs, vcpu, hsr);
	} else {
		fake_trail(&cpu->trail, hdfar, hsr, regs->pc, regs->cpsr);
		note_trail(cpu);
		handler_of(hsr)(vcpu, regs, hdfar & 0xfffu, hsr);
	}
}

static void trap(struct rig_guest *g, struct guest_regs *regs)
{
	uint64_t *reg = rig_this()->reg;
	bool traced;
	uint32_t pc;

	reg[FAKE_HSR] = g->hsr;
	if (g->op == RIG_STORE || g->op == RIG_LOAD) {
		reg[FAKE_HDFAR] = g->ipa;
		reg[FAKE_HPFAR] = g->ipa >> 12 << 4;
	}
	if (g->op == RIG_HVC) {
		regs->pc += 4;
	}
	pc = regs->pc;
	traced = leave(regs);
	if (traced) {
		trace_exit(&cpus[rig_self], regs, g->hsr);
	}
	enter_handler(g->hsr, regs);
	come_back(regs, pc, traced);
}

static void act(struct rig_guest *g, struct guest_regs *regs, enum rig_op op, uint32_t hsr)
{
	g->op = op;
	g->hsr = hsr;
	g->pc = regs->pc;
	trap(g, regs);
}

void rig_hvc(struct rig_guest *g, struct guest_regs *regs, uint32_t r0, uint32_t r1, uint32_t r2,
	     uint32_t r3)
{
	regs->r[0] = r0;
	regs->r[1] = r1;
	regs->r[2] = r2;
	regs->r[3] = r3;
	act(g, regs, RIG_HVC, HSR_HVC);
}

/* Where WFI is not trapped, the CPU sleeps with the guest in it. */
void rig_wfi(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_this()->reg[FAKE_HCR] & 1u << 13) {
		act(g, regs, RIG_WFI, HSR_WFI);
	} else if (rig_due(rig_self) == RIG_NO_IAR) {
		rig_sleep(RIG_IN_GUEST_WFI);
	}
}

void rig_store(struct rig_guest *g, struct guest_regs *regs, uint32_t ipa, uint32_t value)
{
	g->ipa = ipa;
	regs->r[1] = value;
	act(g, regs, RIG_STORE, HSR_STORE);
}

void rig_store8(struct rig_guest *g, struct guest_regs *regs, uint32_t ipa, uint32_t value)
{
	g->ipa = ipa;
	regs->r[1] = value;
	act(g, regs, RIG_STORE, HSR_STOREB);
}

void rig_load(struct rig_guest *g, struct guest_regs *regs, uint32_t ipa)
{
	g->ipa = ipa;
	act(g, regs, RIG_LOAD, HSR_LOAD);
}

void rig_trap(struct rig_guest *g, struct guest_regs *regs, uint32_t hsr)
{
	act(g, regs, RIG_OTHER, hsr);
}

static void begin_life(struct rig_guest *g, struct guest_regs *regs)
{
	check_registers(g, regs, 0);
	rig_demand((regs->cpsr & 0x1ff) == CPSR_SVC, "a vCPU starts in another mode than SVC");
	*g = (struct rig_guest) { .vm = g->vm,
				  .index = g->index,
				  .lives = g->lives + 1,
				  .mark = g->mark,
				  .loaded_on = g->loaded_on,
				  .printed = g->printed,
				  .dice = g->dice,
				  .iar = RIG_NO_IAR };
	rig_this()->reg[FAKE_SCTLR] |= SCTLR_ON;
	if (rig_program->begins) {
		rig_program->begins(g);
	}
	/* GICV: the guest's own GICC_CTLR and PMR, without an exit */
	rig_this()->vmcr = 0xf8000003u;
}

/* What trapped, and does not any more: VFP (HCPTR), the performance monitors (HDCR.TPM). */
static bool is_open_now(const struct rig_guest *g)
{
	const uint64_t *reg = rig_this()->reg;

	return (g->hsr >> 26 == 0x07 && !(reg[FAKE_HCPTR] & 1u << 10)) ||
	       (g->hsr >> 26 == 0x03 && !(reg[FAKE_HDCR] & 1u << 6));
}

/* A child's access that found nothing mapped. */
static bool has_memory_now(const struct rig_guest *g)
{
	return rig_is_kid(g) && (g->op == RIG_LOAD || g->op == RIG_STORE) &&
	       rig_kids_maps(g, g->ipa, g->op == RIG_STORE);
}

/* The instruction that caused the last exit is done (true), or to be done again. */
static bool is_done(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->op == RIG_NO_OP || rig_program->unmarked) {
		return true;
	}
	if (regs->pc == g->pc && (is_open_now(g) || has_memory_now(g))) {
		regs->pc += 4;
	}
	if (regs->pc == g->pc) {
		trap(g, regs);
		return false;
	}
	if (g->may_fault && (regs->cpsr & 0x1f) != 0x13) { /* it returns from the handler at once */
		regs->cpsr = CPSR_SVC;
		regs->pc = g->pc + 4;
	}
	if (regs->pc != g->pc + 4) {
		rig_fail("CPU %u: vCPU %u.%u goes on at 0x%x, not 0x%x", rig_self, g->vm, g->index,
			 regs->pc, g->pc + 4);
	}
	if (g->op == RIG_HVC && g->wants_zero && regs->r[0] != 0) {
		rig_fail("CPU %u: vCPU %u.%u: a call returns %d", rig_self, g->vm, g->index,
			 (int)regs->r[0]);
	}
	if (g->iar == RIG_NO_IAR) {
		g->result = regs->r[0];
		memcpy(g->more, &regs->r[1], sizeof(g->more));
	}
	g->op = RIG_NO_OP;
	g->wants_zero = g->may_fault = false;
	return true;
}

static void handle(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_program->handle && !rig_program->handle(g, regs)) {
		return;
	}
	if (g->iar != RIG_LINE_IAR) {
		rig_gicv_end(g->iar);
	}
	g->iar = RIG_NO_IAR;
}

/* HCR.VI */
uint32_t rig_due(uint32_t cpu)
{
	const struct rig_guest *g = here(cpu);

	if (!rig_vm(g)->vgic) {
		return rig.cpu[cpu].reg[FAKE_HCR] >> 7 & 1 ? RIG_LINE_IAR : RIG_NO_IAR;
	}
	return rig_virtual(cpu);
}

static void take(struct rig_guest *g)
{
	g->iar = rig_vm(g)->vgic ? rig_gicv_ack() : RIG_LINE_IAR;
	g->handling = 0;
	g->taken[g->iar & 63]++;
	if (rig_program->takes) {
		rig_program->takes(g);
	}
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_this()->reg[FAKE_TPIDRPRW] == 0) {
		begin_life(g, regs);
	} else if (!rig_program->unmarked) {
		check_registers(g, regs, g->mark);
	}
	if (rig_program->unmarked) {
		rig_this()->reg[FAKE_TPIDRPRW] = 1;
	} else {
		leave_mark(g, regs);
	}
	if (rig_signals(rig_self)) {
		bool traced = leave(regs);

		if (traced) {
			trace_irq(&cpus[rig_self], regs);
		}
		g->trail = NULL; /* it is written there */
		exit_irq(&cpus[rig_self], 0, regs->pc, regs->cpsr);
		come_back(regs, regs->pc, traced);
		return;
	}
	if (!is_done(g, regs)) {
		return;
	}
	if (g->iar == RIG_NO_IAR && !g->masked && rig_due(rig_self) != RIG_NO_IAR) {
		take(g);
	} else if (g->iar != RIG_NO_IAR) {
		handle(g, regs);
	} else {
		rig_program->step(g, regs);
	}
}

void rig_guest_run(struct guest_regs *regs)
{
	run_start(regs);
	for (;;) {
		struct rig_guest *g = enter(regs);

		rig_point(RIG_AT_GUEST);
		rig_demand(cpus[rig_self].loaded == &rig_vm(g)->vcpus[g->index],
			   "a guest's CPU was given to another");
		step(g, regs);
	}
}

/* ---- invariants ---- */

/* At a drop of vm_sched_lock: where a world is said to be anybody's, what its CPU did for it is
 * done (A3.8.3, B3.10.1). */
void rig_published(void)
{
	for (uint32_t v = 0; v < vm_count; v++) {
		uint8_t from = life_before[v];

		life_before[v] = vms[v].life.state;
		if (life_before[v] != from && rig_program && rig_program->changes) {
			rig_program->changes(v, from);
		}
		for (uint32_t n = 0; n < vms[v].nr_vcpus; n++) {
			const struct vcpu *vcpu = &vms[v].vcpus[n];
			struct rig_guest *g = &rig_guest[v][n];
			bool here_before = g->loaded_on == rig_self + 1;

			if (here_before && vcpu->life->loaded_on != rig_self) {
				rig_demand(!rig_this()->undone,
					   "a vCPU leaves its CPU with no DSB behind what it did");
				rig_demand(cpus[rig_self].loaded != vcpu,
					   "a vCPU is given away and still `loaded`");
			}
			rig_demand(vcpu->life->loaded_on == SCHED_NO_CPU ||
					   has_worlds(&vms[v].life),
				   "a partition is off, loads or is paused, and a vCPU of it is in "
				   "a CPU");
			g->loaded_on = vcpu->life->loaded_on == SCHED_NO_CPU
					       ? 0
					       : vcpu->life->loaded_on + 1u;
		}
	}
}

static bool may_use(const struct vcpu *vcpu, uint32_t cpu)
{
	const struct sched_entity *entity = &vm_sched.entity[vcpu->entity];

	return (vcpu->vm->config->affinity[vcpu->index] >> cpu & 1) &&
	       (!entity->pinned || entity->cpu == cpu);
}

/* A timer of a vCPU that waits, which its VGIC does not hold: enabled, not masked (B8.1.5). */
static bool wants_alarm(const struct vcpu *vcpu, uint32_t control, uint64_t at, uint32_t intid)
{
	return (control & 3) == 1 && at < RIG_NEVER / 2 &&
	       !vgic_phys_held(vcpu->vm->vgic, vcpu->index, intid);
}

/* Does the timer of the CPU that has its alarm fire for it? Mostly where it ran last; or where an
 * earlier alarm of it was due, which was looked at late. */
static bool has_alarm(const struct vcpu *vcpu, uint64_t at)
{
	uint32_t heap = vm_alarms.heap[vcpu->entity];
	const uint64_t *reg = heap ? rig.cpu[heap - 1].reg : NULL;

	return reg && vm_alarms.at[vcpu->entity] <= at && (reg[FAKE_CNTHP_CTL] & 3) == 1 &&
	       reg[FAKE_CNTHP_CVAL] <= at;
}

static const char *timers_at_rest(const struct vcpu *vcpu)
{
	const struct world *world = &vcpu->world;

	uint64_t virt = world->cntv_cval + world->cntvoff, phys = world->cntp_cval;

	if ((wants_alarm(vcpu, world->cntv_ctl, virt, RIG_TIMER_VIRT) && !has_alarm(vcpu, virt)) ||
	    (wants_alarm(vcpu, world->cntp_ctl, phys, RIG_TIMER_PHYS) && !has_alarm(vcpu, phys))) {
		return "a vCPU sleeps, and no CPU wakes it when its timer is due";
	}
	return NULL;
}

static const char *vcpu_at_rest(struct vcpu *vcpu)
{
	const struct sched_entity *entity = &vm_sched.entity[vcpu->entity];

	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		if (entity->state == SCHED_READY && may_use(vcpu, n) && !cpus[n].loaded) {
			return "a vCPU is ready, and a CPU that it may use sleeps";
		}
	}
	if (entity->state == SCHED_SPENT && !has_alarm(vcpu, vm_sched.budget[vcpu->entity].ends)) {
		return "a vCPU has used its budget, and no CPU gives it the next one";
	}
	if (vcpu->virtio) {
		return NULL; /* in the middle of an instruction: an interrupt comes behind it */
	}
	if (entity->state == SCHED_BLOCKED && vcpu->vm->vgic &&
	    vgic_has_pending(vcpu->vm->vgic, vcpu->index)) {
		return "a vCPU sleeps that something is signalled to";
	}
	if (entity->state == SCHED_BLOCKED && !vcpu->vm->vgic && vcpu->lines) {
		return "a vCPU sleeps whose line is up";
	}
	if (entity->state == SCHED_BLOCKED && vcpu->vm->vgic) {
		return timers_at_rest(vcpu);
	}
	if (entity->state == SCHED_OFF && vcpu->vm->life.state != LIFE_RUNNING &&
	    vm_alarms.heap[vcpu->entity]) {
		return "a vCPU of a partition that has ended, or is paused, has an alarm";
	}
	return NULL;
}

static const char *cpu_at_rest(uint32_t n)
{
	struct cpu *cpu = &cpus[n];

	if (cpu->resched) {
		return "a CPU is to look for something to run, and does not";
	}
	if (cpu->report) {
		return "a CPU is asked for a sample, and does not look";
	}
	if (sched_contended(&vm_sched, n) && !cpu->contended) {
		return "a CPU's vCPU gets no slices, and another waits";
	}
	if (rig.cpu[n].wait == RIG_IN_WFE) {
		return "a CPU waits for an event that does not come";
	}
	if (rig.cpu[n].wait == RIG_AT_LOCK) {
		return "a CPU waits for a lock that nobody drops";
	}
	/* Without a VGIC a line that is driven again as it is leaves work, too. */
	if (cpu->loaded && cpu->loaded->vm->vgic &&
	    vgic_cif_work(cpu->loaded->cif) != VGIC_WORK_NONE) {
		return "a guest's VGIC has work, and it goes on";
	}
	return NULL;
}

/* Is it loaded, and has vCPU 0 another turn in which it releases what the life before held? */
static bool releases(const struct vm *vm, uint32_t intid)
{
	return vm->life.state == LIFE_LOADING && vm->load_phase == 0 &&
	       phys_owner[intid] == vm->index + 1;
}

/* An active physical interrupt does not fire again: somebody must be going to end it. */
static const char *physical_at_rest(void)
{
	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		const struct vcpu *vcpu = cpus[n].loaded;

		for (uint64_t left = rig.active[n]; left; left &= left - 1) {
			uint32_t intid = (uint32_t)__builtin_ctzll(left);

			if (!vcpu || (vcpu->vm->vgic &&
				      !vgic_phys_held(vcpu->vm->vgic, vcpu->index, intid))) {
				return "a private interrupt is active that nobody will end";
			}
		}
	}
	for (uint64_t left = rig.spi_active; left; left &= left - 1) {
		uint32_t intid = (uint32_t)__builtin_ctzll(left);
		bool held = false;

		for (uint32_t v = 0; v < vm_count; v++) {
			held = held || releases(&vms[v], intid) ||
			       (vms[v].vgic && intid < vgic_nr_irqs(vms[v].vgic) &&
				vgic_phys_held(vms[v].vgic, 0, intid));
		}
		if (!held) {
			return "a device's interrupt is active that nobody will end";
		}
	}
	return NULL;
}

static const char *quiet(void)
{
	const char *why = physical_at_rest();

	for (uint32_t n = 0; n < rig_nr_cpus && !why; n++) {
		why = cpu_at_rest(n);
	}
	for (uint32_t v = 0; v < vm_count; v++) {
		for (uint32_t n = 0; n < vms[v].nr_vcpus && !why; n++) {
			why = vcpu_at_rest(&vms[v].vcpus[n]);
		}
	}
	return why ? why : rig_kids_at_rest();
}

const char *rig_at_rest(void)
{
	const char *why = quiet();

	if (!why && rig_program->at_rest) {
		why = rig_program->at_rest();
	}
	return why;
}
