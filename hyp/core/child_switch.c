/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/child_switch.h"
#include "hyp/core/cpu.h"
#include "hyp/core/isolate.h"
#include "hyp/core/switch.h"
#include "hyp/hw/timer.h"
#include "hyp/sched/deadline.h"

/* Of exits of children, which have no record of a crash: nobody reads them. */
static struct trail child_trail[BOARD_MAX_CPUS];

/* ---- to the child ---- */

/* The caller's world goes to memory. True: an interrupt is pending for it. */
static bool child_put_off(struct cpu *cpu, struct vcpu *runner, const struct guest_regs *regs)
{
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	bool pending;

	isolate_unload(runner, regs->pc);
	switch_save_registers(runner, regs);
	runner->trail = cpu->trail;
	cpu->runner = runner; /* from now on, a kick ends the call */
	held = vm_lock_vgic(runner->vm);
	pending = !switch_fold(held, runner, &kick) && switch_is_due(held, runner);
	hw_dsb(); /* before another CPU may write the list registers of who is loaded next */
	cpu->loaded = NULL;
	vm_unlock_vgic(held);
	if (kick) {
		vm_kick(runner->vm, kick & ~BIT32(runner->index));
	}
	return pending;
}

/* The caller's own timers end the run when they are due: this CPU's HYP timer stands for them. It
 * is set for all else already, at cpu->timer_at, and the caller's slice goes on. Whoever sets it
 * anew (tick_set) ends the run first. */
static inline void child_set_alarm(const struct cpu *cpu, uint64_t deadline)
{
	if (deadline < cpu->timer_at) {
		timer_set(deadline);
	}
}

/* It is for all else again. What has become due meanwhile makes it fire at once. */
static inline void child_end_alarm(const struct cpu *cpu, uint64_t deadline)
{
	if (deadline < cpu->timer_at) {
		timer_set_or_stop(cpu->timer_at);
	}
}

bool child_switch_in(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs)
{
	struct vcpu *runner = cpu->loaded;

	if (child_put_off(cpu, runner, regs)) {
		cpu->runner = NULL;
		switch_load(cpu, runner, regs);
		return false;
	}
	switch_load(cpu, vcpu, regs);
	cpu->trail = child_trail[cpu->index].entry;
	runner->regs.r[1] = 0; /* child_result */
	runner->regs.r[2] = 0;
	runner->regs.r[3] = 0;
	child_set_alarm(cpu, runner->deadline);
	return true;
}

/* ---- and back ---- */

/* Those that its exit wakes. Also itself, if a CPU_ON has come between its CPU_OFF and now. */
static uint32_t child_woken_by(const struct vcpu *vcpu, uint32_t reason, vgic_kick_t kick)
{
	uint32_t woken = kick ? kick & ~BIT32(vcpu->index) : 0;

	return reason == PLUMB_RUN_OFF && vcpu->life->start ? woken | BIT32(vcpu->index) : woken;
}

/* The siblings in `woken` are to look at their interrupts. Returns the CPUs that run some of them:
 * to be interrupted without the lock. */
static __attribute__((noinline)) uint32_t child_wake(struct vgic_locked held, uint32_t woken)
{
	uint32_t running;

	(void)child_life_kick(&held.vm->child->life, woken, &running);
	return running;
}

/* Ticks until `deadline`: 0 if it is past, all ones if there is none. */
static inline uint64_t child_ticks(uint64_t deadline)
{
	uint64_t now;

	if (deadline == DEADLINE_NEVER) {
		return UINT64_MAX;
	}
	now = timer_now();
	return deadline > now ? deadline - now : 0;
}

/* The vCPU's world goes to memory, and no CPU has it any more. Returns whether it waits; `*wake`:
 * siblings that are to be run again, and their creator does not know. Of INTR: which from now on it
 * does. */
static inline __attribute__((always_inline)) bool
child_put_away(struct vgic_locked held, struct cpu *cpu, const struct guest_regs *regs,
	       uint32_t reason, vgic_kick_t *kick, uint32_t *wake, uint64_t *deadline)
{
	struct vcpu *vcpu = cpu->loaded;
	struct child *child = vcpu->vm->child;
	uint32_t woken, running;
	bool waits;

	switch_save_registers(vcpu, regs);
	waits = switch_fold(held, vcpu, kick);
	cpu->loaded = NULL;
	hw_dsb(); /* as in run_unload: before another CPU may have it */
	/* Until the caller's world is there, this CPU may walk its tables. */
	cpu->using = child;
	waits = reason == PLUMB_RUN_WFI && (waits || !switch_is_due(held, vcpu));
	child_life_release(&child->life, vcpu->index, waits || reason == PLUMB_RUN_OFF);
	woken = child_woken_by(vcpu, reason, *kick);
	running = woken ? child_wake(held, woken) : 0;
	*deadline = vcpu->deadline;	/* another CPU may run it, once the lock is released */
	*wake = child_wake_mask(child); /* also those that this exit has woken before */
	if (reason == PLUMB_RUN_INTR) {
		(void)child_life_take_wake(&child->life);
	}
	vm_unlock_vgic(held);
	for (; running; running &= running - 1) {
		cpu_interrupt(bits_first(running));
	}
	return waits;
}

/* Siblings are to be run again. */
static __attribute__((noinline)) void child_tell(struct cpu *cpu, uint32_t reason, uint32_t wake)
{
	uint32_t *result = cpu->runner->regs.r;

	if (reason == PLUMB_RUN_INTR) {
		result[0] = PLUMB_RUN_KICK;
		result[1] = wake;
	} else {
		vm_ring(cpu->runner->vm, true);
	}
}

/* As late as possible: the caller takes them for ticks from its next instruction on. */
static inline void child_tell_ticks(struct guest_regs *regs, uint64_t ticks)
{
	regs->r[1] = (uint32_t)ticks;
	regs->r[2] = (uint32_t)(ticks >> 32);
}

static inline void child_go_back(struct cpu *cpu, struct guest_regs *regs)
{
	struct vcpu *runner = cpu->runner;

	cpu->runner = NULL;
	switch_load(cpu, runner, regs);
	child_put(cpu); /* VTTBR is the runner's */
	child_end_alarm(cpu, runner->deadline);
}

void child_switch_out(struct cpu *cpu, struct guest_regs *regs, uint32_t reason)
{
	struct vcpu *vcpu = cpu->loaded;
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	uint64_t deadline;
	uint32_t wake;
	bool waits;

	isolate_unload(vcpu, regs->pc);
	held = vm_lock_vgic(vcpu->vm);
	if (reason == PLUMB_RUN_WFI && !switch_waits(held, vcpu, &kick)) {
		vm_unlock_vgic(held);
		vm_kick(vcpu->vm, kick & ~BIT32(vcpu->index));
		return;
	}
	waits = child_put_away(held, cpu, regs, reason, &kick, &wake, &deadline);
	cpu->runner->regs.r[0] = reason;
	if (wake) {
		child_tell(cpu, reason, wake);
	}
	child_go_back(cpu, regs);
	if (reason == PLUMB_RUN_WFI) {
		child_tell_ticks(regs, waits ? child_ticks(deadline) : 0);
	}
}
