/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The choice of the vCPU to run, and the idle loop. The world in the registers is that of
 * cpu->loaded; for an exit that stays on its vCPU, the vectors find no work and call nothing here.
 */
#include "hyp/core/run.h"
#include "hyp/base/cold.h"
#include "hyp/core/child_call.h"
#include "hyp/core/child_run.h"
#include "hyp/core/chore.h"
#include "hyp/core/cpu.h"
#include "hyp/core/crash.h"
#include "hyp/core/exit_state.h"
#include "hyp/core/irq.h"
#include "hyp/core/irq_call.h"
#include "hyp/core/isolate.h"
#include "hyp/core/partition.h"
#include "hyp/core/partition_load.h"
#include "hyp/core/route_call.h"
#include "hyp/core/settle.h"
#include "hyp/core/switch.h"
#include "hyp/core/tick.h"
#include "hyp/core/trace.h"
#include "hyp/core/virtio.h"
#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include "hyp/hw/timer.h"
#include "hyp/regs/hcr.h"
#include "vgic/vgic_hw.h"

static __attribute__((noinline)) void run_idle(struct cpu *cpu)
{
	tick_set(cpu);
	while (!cpu->resched) {
		hw_wfi();
		irq_poll(cpu);
	}
}

/* The picked vCPU belongs to a partition that is loading: its turn is used for a step. A vCPU that
 * wakes meanwhile waits for the end of the step, or, if it has the same priority, of the slice. */
static COLD void run_load_memory(struct cpu *cpu, struct vcpu *vcpu)
{
	uint64_t start;

	/* What led here may have been long. If it has to be chosen again now, then the step follows
	 * at once: a CPU that is asked again and again makes progress. */
	if (!cpu->paused) {
		chore_pause(cpu);
		cpu->paused = cpu->resched;
		if (cpu->paused) {
			return;
		}
	}
	start = timer_now();
	partition_load_step(vcpu->vm);
	cpu->loading += timer_now() - start;
	chore_pause(cpu);
	cpu->paused = true; /* just now */
	tick_set(cpu);
}

/* A vCPU with its caches off stays on its CPU, so that its set/way maintenance is effective.
 * *last: for partition_left, with *left, after the lock is released. */
static uint32_t run_pick(struct sched_locked held, struct cpu *cpu, bool yield, struct vm **left,
			 enum life_last *last)
{
	uint32_t current = held.sched->current[cpu->index];
	struct vcpu *vcpu = current == SCHED_NONE ? NULL : vm_vcpu_by_entity[current];
	enum life_last leaves;
	uint32_t e;

	if (cpu->loaded) {
		held.sched->entity[cpu->loaded->entity].pinned = !(sysreg_read(SCTLR) & SCTLR_C);
	}
	if (held.sched->alarms) { /* the current one pays */
		sched_charge(held.sched, cpu->index, timer_now());
	}
	e = life_pick(held.sched, cpu->index, vcpu ? &vcpu->vm->life : NULL,
		      vcpu ? vcpu->life : NULL, yield, &leaves);
	if (held.sched->alarms) {
		cpu->wake_at = alarm_first(&vm_alarms, cpu->index);
	}
	*left = NULL;
	if (leaves != LIFE_NOT_LAST) {
		*left = vcpu->vm;
		*last = leaves;
	}
	return e;
}

/* Under vm_sched_lock: is the loaded vCPU the picked one, so that it continues? */
static bool run_stays(const struct cpu *cpu, const struct vcpu *next)
{
	return cpu->loaded == next && !next->life->start;
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

/* May `cpu` load the vCPU that it has picked? If not yet, its CPU will send an event. */
static inline enum life_take run_take(struct sched_locked held, const struct cpu *cpu,
				      struct vcpu *vcpu)
{
	enum life_take take = life_take(held.sched, cpu->index, &vcpu->vm->life, vcpu->life);

	vcpu->awaited = take == LIFE_BUSY;
	if (take == LIFE_RESUMES || take == LIFE_ENTERS) {
		hw_lap(&vm_times[vcpu->entity].since, &vm_times[vcpu->entity].wait);
	}
	return take;
}

/* Waits until the vCPU's former CPU has unloaded it. */
static COLD enum life_take run_await(struct cpu *cpu, struct vcpu *vcpu)
{
	enum life_take take;

	do {
		struct sched_locked held;

		hw_wfe();
		settle_answer(cpu); /* that CPU may wait for this answer first */
		held = vm_lock_sched();
		take = run_take(held, cpu, vcpu);
		vm_unlock_sched(held);
	} while (take == LIFE_BUSY);
	return take;
}

struct run_left {
	enum life_last last; /* for partition_left */
	bool awaited;	     /* another CPU waits for it */
};

/* The world of `vcpu` is in memory now, and any CPU may load it. */
static inline __attribute__((always_inline)) struct run_left run_give(struct sched_locked held,
								      struct vcpu *vcpu)
{
	struct run_left left = { .awaited = vcpu->awaited };

	vcpu->awaited = false;
	hw_lap(&vm_times[vcpu->entity].since, &vm_times[vcpu->entity].cpu);
	left.last = life_unload(held.sched, &vcpu->vm->life, vcpu->life);
	return left;
}

/* After the locks are released. */
static void run_tell_left(struct vcpu *vcpu, struct run_left left, vgic_kick_t kick)
{
	if (left.awaited) {
		hw_sev();
	}
	if (kick) {
		vm_kick(vcpu->vm, kick);
	}
	if (left.last != LIFE_NOT_LAST) {
		partition_left(vcpu->vm, left.last);
	}
}

/* A vCPU whose caches are off stays on its CPU, so that its set/way maintenance is effective. */
static void run_pin(struct sched_locked held, const struct vcpu *vcpu)
{
	held.sched->entity[vcpu->entity].pinned = !(vcpu->world.sctlr & SCTLR_C);
}

/* What one hold of vm_sched_lock has decided. */
struct run_choice {
	struct vcpu *next;   /* NULL: idle */
	bool stays;	     /* it is loaded, and continues */
	bool shared;	     /* others may run on this CPU */
	enum life_take take; /* of `next`, if no vCPU is loaded */
	struct vm *left;     /* its last vCPU has left; NULL: none */
	enum life_last last; /* ... for partition_left */
	uint8_t spread;	     /* another CPU that must pick again; SCHED_NO_CPU: none */
	uint32_t asked;	     /* cpu->asked */
};

/* Another CPU that must pick again now. */
static COLD uint8_t run_spread(struct sched_locked held, const struct cpu *cpu)
{
	uint8_t spread = sched_spread(held.sched);

	return spread == SCHED_NO_CPU ? run_must_share(held, cpu) : spread;
}

static inline void run_choose(struct sched_locked held, struct cpu *cpu, bool yield,
			      struct run_choice *choice)
{
	uint32_t e = run_pick(held, cpu, yield, &choice->left, &choice->last);

	choice->asked = cpu->asked;
	choice->next = e == SCHED_NONE ? NULL : vm_vcpu_by_entity[e];
	choice->stays = choice->next && run_stays(cpu, choice->next);
	choice->shared = choice->next && sched_picked_shared(held.sched, cpu->index);
	choice->spread = SCHED_NO_CPU;
	cpu->contended = false;
	if (sched_any_ready(held.sched)) {
		cpu->contended = sched_contended(held.sched, cpu->index);
		if (sched_may_spread(held.sched, cpu->index)) {
			choice->spread = run_spread(held, cpu);
		}
	}
	if (choice->next && !cpu->loaded && !choice->left) {
		choice->take = run_take(held, cpu, choice->next);
	}
}

/* The world of the loaded vCPU goes to memory. `waits`: it executes WFI, and no interrupt was
 * pending under the same hold of the VGIC lock: it waits, unless one of its timers has become due.
 * All that makes an interrupt pending for it takes that lock, so each later one finds that it
 * waits, and wakes it. `chooses`: the next vCPU is chosen in the same hold of vm_sched_lock; else
 * choice->next is chosen already, or NULL. */
static inline __attribute__((always_inline)) void run_unload(struct vgic_locked held,
							     struct cpu *cpu, vgic_kick_t kick,
							     bool waits, bool chooses,
							     struct run_choice *choice)
{
	struct vcpu *vcpu = cpu->loaded;
	struct sched_locked sched;
	struct run_left left;
	bool due;

	switch_save_interrupts(held, cpu, vcpu, &kick);
	due = (kick & BIT32(vcpu->index)) && vgic_has_pending(held.vm->vgic, vcpu->index);
	/* The vCPU's accesses on this CPU must be complete before it can continue on another: only
	 * a DSB waits for cache and TLB maintenance, and for stores to devices (A3.8.3, B3.10.1).
	 */
	hw_dsb();
	sched = vm_lock_sched();
	if (waits) {
		run_pin(sched, vcpu);
	}
	if (waits && !due && !vcpu->life->stop) {
		sched_stop(sched.sched, vcpu->entity, SCHED_BLOCKED);
		if (vcpu->deadline != DEADLINE_NEVER || alarm_is_set(&vm_alarms, vcpu->entity)) {
			alarm_set(&vm_alarms, cpu->index, vcpu->entity, vcpu->deadline);
		}
		cpu->wake_at = alarm_first(&vm_alarms, cpu->index);
	}
	left = run_give(sched, vcpu);
	vm_unlock_vgic(held); /* a choice among many takes long */
	if (chooses) {
		run_choose(sched, cpu, true, choice);
	} else if (choice->next) {
		choice->take = run_take(sched, cpu, choice->next);
	}
	vm_unlock_sched(sched);
	run_tell_left(vcpu, left, kick & ~BIT32(vcpu->index));
}

/* The loaded vCPU has been displaced, or has stopped: makes room for choice->next. */
static __attribute__((noinline)) void run_displace(struct cpu *cpu, struct guest_regs *regs,
						   struct run_choice *choice)
{
	struct vcpu *vcpu = cpu->loaded;
	struct vgic_locked held;

	choice->take = LIFE_LEFT;
	cpu->paused = false;
	isolate_unload(vcpu, regs->pc);
	if (vcpu->life->stop) {
		crash_leaves(vcpu, regs);
	}
	switch_save_registers(vcpu, regs);
	held = vm_lock_vgic(vcpu->vm);
	run_unload(held, cpu, 0, false, false, choice);
}

/* The vCPU that has been picked is not to be loaded. */
static __attribute__((noinline)) void run_no_load(struct cpu *cpu, struct vcpu *vcpu,
						  enum life_take take)
{
	if (take == LIFE_LOADS) {
		run_load_memory(cpu, vcpu);
	} else if (take == LIFE_LAST) {
		partition_left(vcpu->vm, LIFE_LAST_ENDS);
	} else if (take == LIFE_RESTS) {
		partition_left(vcpu->vm, LIFE_LAST_PAUSES);
	}
}

/* choice->next has been picked, and no vCPU is loaded. False: pick again. A separate function,
 * because the rest of run_schedule needs few registers. */
static __attribute__((noinline)) bool run_load(struct cpu *cpu, struct guest_regs *regs,
					       const struct run_choice *choice)
{
	struct vcpu *vcpu = choice->next;
	enum life_take take = choice->take;

	if (take == LIFE_BUSY) {
		take = run_await(cpu, vcpu);
	}
	if (take != LIFE_RESUMES && take != LIFE_ENTERS) {
		run_no_load(cpu, vcpu, take);
		return false;
	}
	if (take == LIFE_ENTERS) {
		switch_enter(cpu, vcpu);
	}
	switch_trap_waits(vcpu, choice->shared);
	switch_load(cpu, vcpu, regs);
	cpu->slice_end = vcpu->slice_left ? timer_now() + vcpu->slice_left : 0;
	return true;
}

/* The decision is carried out. False: pick again. */
static inline bool run_follow(struct cpu *cpu, struct guest_regs *regs, struct run_choice *choice)
{
	if (choice->stays) {
		return true;
	}
	if (cpu->loaded) {
		run_displace(cpu, regs, choice);
	}
	if (!choice->next) {
		run_idle(cpu);
		return false;
	}
	return run_load(cpu, regs, choice);
}

/* All that the choice asks for. cpu->resched is set if the CPU must pick again. */
static inline void run_finish(struct cpu *cpu, struct guest_regs *regs, struct run_choice *choice)
{
	if (choice->asked && trace_chose(cpu, choice->next)) {
		cpu->resched = true; /* requested since */
	}
	if (choice->spread != SCHED_NO_CPU && choice->spread != cpu->index) {
		cpu_poke(choice->spread);
	}
	if (choice->left) {
		partition_left(choice->left, choice->last);
	} else if (run_follow(cpu, regs, choice)) {
		tick_set(cpu);
		if (!cpu->resched) {
			return;
		}
		chore_pause(cpu); /* other CPUs may ask again and again */
	}
	cpu->resched = true;
}

/* Had the vCPU that runs here, or ran here last, more interrupts than list registers? Then what led
 * here was long, and so is what follows. */
static bool run_was_long(const struct cpu *cpu)
{
	return cpu->cif && vgic_cif_is_crowded(cpu->cif);
}

/* Separate from run_work, whose common path needs few registers. */
static __attribute__((noinline)) void run_schedule(struct cpu *cpu, struct guest_regs *regs)
{
	if (cpu->runner) {
		child_interrupted(cpu, regs);
	}
	cpu->paused = false;
	do {
		struct sched_locked held;
		struct run_choice choice;
		bool yield;

		if (run_was_long(cpu)) {
			chore_pause(cpu);
		}
		if (cpu->bitten) {
			chore_bite(cpu);
		}
		if (cpu->ended) {
			chore_clear_up(cpu);
		}
		if (cpu->asked) {
			chore_asked(cpu, regs);
		}
		yield = cpu->yield;
		cpu->resched = false; /* lock_take's DMB: before what the decision looks at */
		cpu->yield = false;
		held = vm_lock_sched();
		run_choose(held, cpu, yield, &choice);
		vm_unlock_sched(held);
		run_finish(cpu, regs, &choice);
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

void run_answer(struct cpu *cpu, struct guest_regs *regs)
{
	struct vcpu *vcpu = cpu->loaded;
	struct pending_effect effect;
	uint32_t hsr;

	vcpu->lines_of = vcpu->vm;
	if (virtio_answered(vcpu, &effect, &hsr)) {
		vcpu->lines_of = NULL;
		exit_answered(regs, &effect, hsr);
	} else {
		cpu->resched = true;
	}
}

/* A turn of a long call of the loaded vCPU. Interrupts that arrive meanwhile are handled after it,
 * and so is a switch to another vCPU. */
static void run_rest(struct cpu *cpu, struct guest_regs *regs)
{
	if (cpu->loaded->virtio) {
		run_answer(cpu, regs);
	} else if (regs->r[0] == PLUMB_SET_GSI_ROUTING) {
		route_call_rest(cpu->loaded, regs);
	} else if (regs->r[0] == PLUMB_MAP) {
		child_map_rest(cpu->loaded, regs);
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
		if (work == VGIC_WORK_SYNC) { /* long, and so was what led here, perhaps */
			chore_pause(cpu);
			work = vgic_cif_work(vcpu->cif);
		}
		if (vcpu->vm->vgic) {
			vsync_work(vcpu, work);
		} else {
			run_lines(vcpu);
		}
		if (!cpu->resched && !vcpu->cif->has_release) {
			return;
		}
	}
}

void run_start(struct guest_regs *regs)
{
	struct cpu *cpu = cpu_this();

	cpu->frame = regs;
	cpu->resched = true;
	run_work(cpu, regs);
}

void run_yield(struct cpu *cpu)
{
	cpu->yield = true;
	cpu->slice_end = 0;
	cpu->resched = true;
}

/* Were the vCPU's fold, and the look for pending interrupts, long? */
static bool run_is_crowded(const struct vcpu *vcpu)
{
	return vcpu->vm->vgic && vgic_is_crowded(vcpu->vm->vgic, vcpu->index);
}

void run_wait(struct cpu *cpu, struct guest_regs *regs)
{
	struct vcpu *vcpu = cpu->loaded;
	struct vgic_locked held;
	struct run_choice choice;
	vgic_kick_t kick = 0;
	bool chooses;

	isolate_unload(vcpu, regs->pc);
	held = vm_lock_vgic(vcpu->vm);
	if (!switch_waits(held, vcpu, &kick)) {
		vm_unlock_vgic(held);
		vm_kick(vcpu->vm, kick & ~BIT32(vcpu->index));
		if (run_is_crowded(vcpu)) {
			chore_pause(cpu);
		}
		run_yield(cpu);
		return;
	}
	chooses = !run_was_long(cpu) && !run_is_crowded(vcpu);
	choice.next = NULL;
	switch_save_registers(vcpu, regs);
	cpu->resched = !chooses; /* as in run_schedule */
	cpu->yield = !chooses;
	run_unload(held, cpu, kick, true, chooses, &choice);
	if (chooses) {
		cpu->paused = false;
		run_finish(cpu, regs, &choice);
	} else {
		chore_pause(cpu);
	}
	if (cpu->resched || cpu->loaded->lines_of) {
		run_work(cpu, regs);
	}
}
