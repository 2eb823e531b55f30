/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The choice of the vCPU to run, and the idle loop. The world in the registers is that of
 * cpu->loaded; for an exit that stays on its vCPU, the vectors find no work and call nothing here.
 */
#include "hyp/core/run.h"
#include "hyp/core/cpu.h"
#include "hyp/core/irq.h"
#include "hyp/core/irq_call.h"
#include "hyp/core/partition.h"
#include "hyp/core/partition_load.h"
#include "hyp/core/report.h"
#include "hyp/core/route_call.h"
#include "hyp/core/switch.h"
#include "hyp/core/tick.h"
#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/hcr.h"
#include "vgic/vgic_hw.h"
#include <string.h>

static void run_idle(struct cpu *cpu)
{
	tick_set(cpu);
	while (!cpu->resched) {
		hw_wfi();
		irq_poll(cpu);
	}
}

/* The picked vCPU belongs to a partition that is loading: its turn is used for a step. A vCPU that
 * wakes meanwhile waits for the end of the step, or, if it has the same priority, of the slice. */
static void run_load_memory(struct cpu *cpu, struct vcpu *vcpu)
{
	uint64_t start = timer_now();

	partition_load_step(vcpu->vm, cpu->index);
	cpu->loading += timer_now() - start;
	irq_poll(cpu);
	tick_set(cpu);
}

/* A vCPU with its caches off stays on its CPU, so that its set/way maintenance is effective.
 * *ended: the partition to clear up after the lock is released; NULL: none. */
static uint32_t run_pick(struct sched_locked held, struct cpu *cpu, bool yield, struct vm **ended)
{
	uint32_t current = held.sched->current[cpu->index];
	struct vcpu *vcpu = current == SCHED_NONE ? NULL : vm_vcpu_by_entity[current];
	bool last;
	uint32_t e;

	if (cpu->loaded) {
		held.sched->entity[cpu->loaded->entity].pinned = !(sysreg_read(SCTLR) & SCTLR_C);
	}
	e = life_pick(held.sched, cpu->index, vcpu ? &vcpu->vm->life : NULL,
		      vcpu ? vcpu->life : NULL, yield, &last);
	*ended = last ? vcpu->vm : NULL;
	return e;
}

/* Under vm_sched_lock: is the loaded vCPU the picked one, so that it continues? */
static bool run_stays(const struct cpu *cpu, uint32_t e)
{
	return e != SCHED_NONE && cpu->loaded == vm_vcpu_by_entity[e] && !cpu->loaded->life->start;
}

/* A CPU whose vCPU runs alone, and must share its time with one that is READY, for example because
 * a higher priority has displaced it from this CPU. SCHED_NO_CPU: none. */
static uint8_t run_must_share(struct sched_locked held, const struct cpu *cpu)
{
	for (uint32_t n = 0; n < held.sched->nr_cpus; n++) {
		if (n != cpu->index && !cpus[n].contended && sched_contended(held.sched, n)) {
			return (uint8_t)n;
		}
	}
	return SCHED_NO_CPU;
}

/* The world of `vcpu` is in memory now, and any CPU may load it. `owed`: an event ends its WFI, if
 * it waits. The lock is released in between, and taken again. */
static struct sched_locked run_give(struct sched_locked held, struct cpu *cpu, struct vcpu *vcpu,
				    bool owed)
{
	bool last = life_unload(held.sched, &vcpu->vm->life, vcpu->life);
	bool wake = held.sched->entity[vcpu->entity].state == SCHED_BLOCKED;

	if (wake) {
		alarm_set(&vm_alarms, cpu->index, vcpu->entity, vcpu->deadline);
		cpu->wake_at = alarm_first(&vm_alarms, cpu->index);
	}
	if (!last && !wake) {
		return held;
	}
	vm_unlock_sched(held);
	if (last) {
		partition_clear_up(vcpu->vm);
	} else if (owed || vm_vcpu_has_pending(vcpu)) {
		vm_kick_vcpu(vcpu); /* an interrupt that came after its WFI */
	}
	return vm_lock_sched();
}

static enum life_take run_take(struct sched_locked held, const struct cpu *cpu, struct vcpu *vcpu)
{
	return life_take(held.sched, cpu->index, &vcpu->vm->life, vcpu->life);
}

/* Unloads the loaded vCPU, and loads `next` (NULL: none). Returns the result for `next`. */
static enum life_take run_switch(struct cpu *cpu, struct guest_regs *regs, struct vcpu *next)
{
	struct vcpu *former = cpu->loaded;
	struct sched_locked held;
	enum life_take take;
	bool owed = false;

	if (former) {
		owed = switch_save(cpu, regs);
		/* The vCPU's accesses on this CPU must be complete before it can continue on
		 * another: only a DSB waits for cache and TLB maintenance, and for stores to
		 * devices (A3.8.3, B3.10.1). */
		hw_dsb();
	}
	held = vm_lock_sched();
	if (former) {
		held = run_give(held, cpu, former, owed);
	}
	take = next ? run_take(held, cpu, next) : LIFE_LEFT;
	vm_unlock_sched(held);
	if (former) {
		hw_sev();
	}
	while (next && take == LIFE_BUSY) {
		hw_wfe(); /* its former CPU will unload it soon */
		held = vm_lock_sched();
		take = run_take(held, cpu, next);
		vm_unlock_sched(held);
	}
	return take;
}

/* `vcpu` has been picked, and is not loaded on this CPU. False: pick again. */
static bool run_change(struct cpu *cpu, struct guest_regs *regs, struct vcpu *vcpu, bool shared)
{
	enum life_take take = run_switch(cpu, regs, vcpu);

	switch (take) {
	case LIFE_LOADS:
		run_load_memory(cpu, vcpu);
		return false;
	case LIFE_LAST:
		partition_clear_up(vcpu->vm);
		return false;
	case LIFE_LEFT:
		return false;
	default:
		switch_load(cpu, vcpu, regs, shared, take == LIFE_ENTERS);
		cpu->slice_end = vcpu->slice_left ? timer_now() + vcpu->slice_left : 0;
		return true;
	}
}

/* Separate from run_work, whose common path needs few registers. */
static __attribute__((noinline)) void run_schedule(struct cpu *cpu, struct guest_regs *regs)
{
	do {
		uint32_t e;
		struct sched_locked held;
		bool shared, stays;
		struct vm *ended;
		uint8_t spread;
		bool yield = cpu->yield;

		cpu->resched = false;
		cpu->yield = false;
		hw_dmb();
		if (cpu->report) {
			report_sample(cpu, regs);
		}
		held = vm_lock_sched();
		e = run_pick(held, cpu, yield, &ended);
		stays = run_stays(cpu, e);
		cpu->contended = sched_contended(held.sched, cpu->index);
		shared = e != SCHED_NONE && sched_shared(held.sched, e, cpu->index);
		spread = sched_spread(held.sched);
		if (spread == SCHED_NO_CPU) {
			spread = run_must_share(held, cpu);
		}
		vm_unlock_sched(held);
		if (spread != SCHED_NO_CPU && spread != cpu->index) {
			cpu_poke(spread);
		}
		if (ended) {
			partition_clear_up(ended);
		}

		if (e == SCHED_NONE) {
			if (cpu->loaded) {
				(void)run_switch(cpu, regs, NULL);
			}
			run_idle(cpu);
		} else if (stays || run_change(cpu, regs, vm_vcpu_by_entity[e], shared)) {
			tick_set(cpu);
		} else {
			cpu->resched = true;
		}
	} while (cpu->resched);
}

/* CPU lines of the loaded vCPU (HCR.VI, HCR.VF) of a partition without a VGIC. */
static void run_lines(struct vcpu *vcpu)
{
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);

	vcpu->cif->work = VGIC_WORK_NONE;
	world_set_hcr((sysreg_read(HCR) & ~(HCR_VI | HCR_VF)) | vcpu->lines);
	vm_unlock_vgic(held);
}

/* A turn of a long call of the loaded vCPU. Interrupts that arrive meanwhile are handled after it,
 * and so is a switch to another vCPU. */
static void run_rest(struct cpu *cpu, struct guest_regs *regs)
{
	if (regs->r[0] == PLUMB_SET_GSI_ROUTING) {
		route_call_rest(cpu->loaded, regs);
	} else {
		irq_call_rest(cpu->loaded, regs);
	}
	irq_poll(cpu);
}

/* Work for one vCPU may wake another one that this same CPU must run; no interrupt signals that. */
void run_work(struct cpu *cpu, struct guest_regs *regs)
{
	for (;;) {
		struct vcpu *vcpu;
		enum vgic_work work;

		if (cpu->resched) {
			run_schedule(cpu, regs);
		}
		vcpu = cpu->loaded;
		if (vcpu->lines_of) {
			run_rest(cpu, regs);
			continue;
		}
		work = vgic_cif_work(vcpu->cif);
		if (work == VGIC_WORK_NONE) {
			return;
		}
		if (vcpu->vm->vgic) {
			vsync_work(vcpu, work);
		} else {
			run_lines(vcpu);
		}
		if (!cpu->resched) {
			return;
		}
	}
}

void run_start(struct guest_regs *regs)
{
	struct cpu *cpu = cpu_this();

	cpu->resched = true;
	run_work(cpu, regs);
}

void run_yield(struct cpu *cpu)
{
	cpu->yield = true;
	cpu->slice_end = 0;
	cpu->resched = true;
}

void run_wait(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->loaded;
	struct sched_locked held;

	vsync_fold(vcpu);
	if (vcpu->vm->vgic) {
		vgic_hw_look(vcpu->cif); /* the guest writes them without an exit */
	}
	if (vm_vcpu_has_pending(vcpu) || (sysreg_read(HCR) & HCR_VA)) { /* B1.8.13 */
		run_yield(cpu);
		return;
	}
	held = vm_lock_sched();
	sched_stop(held.sched, vcpu->entity, SCHED_BLOCKED);
	vm_unlock_sched(held);
	cpu->resched = true; /* run_give checks for events that came meanwhile */
}
