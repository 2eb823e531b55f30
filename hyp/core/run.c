/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * World switches and the idle loop. The world in the registers is cpu->loaded's; an exit that stays
 * on its vCPU comes through run_finish and finds nothing to do.
 */
#include "hyp/core/run.h"
#include "hyp/sched/deadline.h"
#include "hyp/core/exit.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "hyp/core/irq.h"
#include "hyp/core/isolate.h"
#include "hyp/core/main.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/psr.h"
#include "hyp/core/report.h"
#include "hyp/core/rtc.h"
#include "hyp/core/tty.h"
#include "hyp/core/vpmu.h"
#include "vgic/vgic_hw.h"
#include <string.h>

/* ---- timers of vCPUs that are not on a CPU ---- */

static bool run_timer_armed(const struct world_timer *timer)
{
	return (timer->ctl & (TIMER_ENABLE | TIMER_MASKED)) == TIMER_ENABLE;
}

/* The counter value at which a timer of an unloaded vCPU is due; DEADLINE_NEVER: not armed, or
 * already in its VGIC. */
static uint64_t run_timer_deadline(const struct vcpu *vcpu, uint32_t intid, uint64_t now)
{
	const struct world *world = &vcpu->world;
	const struct world_timer *timer = intid == VM_TIMER_VIRT ? &world->cntv : &world->cntp;
	uint64_t offset = intid == VM_TIMER_VIRT ? world->cntvoff : 0;

	if (!vcpu->vm->vgic || !run_timer_armed(timer) ||
	    vgic_phys_held(vcpu->vm->vgic, vcpu->index, intid)) {
		return DEADLINE_NEVER;
	}
	return deadline_of(timer->cval, offset, now);
}

/* Pends the timers of an unloaded vCPU that are due; vgic_lock is held. Returns the earliest
 * deadline left. */
static uint64_t run_timer_check(struct vcpu *vcpu, uint64_t now, vgic_kick_t *kick)
{
	static const uint32_t timers[] = { VM_TIMER_VIRT, VM_TIMER_PHYS };
	uint64_t earliest = DEADLINE_NEVER;

	for (uint32_t n = 0; n < ARRAY_SIZE(timers); n++) {
		uint64_t deadline = run_timer_deadline(vcpu, timers[n], now);

		if (deadline <= now) {
			vgic_phys_fired(vcpu->vm->vgic, vcpu->index, timers[n], kick);
		} else if (deadline < earliest) {
			earliest = deadline;
		}
	}
	return earliest;
}

/* Every vCPU that last ran here and waits: due timers pend and wake it. Returns the earliest
 * deadline left. Another CPU may load one meanwhile: then the timers are in that CPU, and its world
 * in memory is old. The lock tells. */
static uint64_t run_sleepers(const struct cpu *cpu, uint64_t now)
{
	uint64_t earliest = DEADLINE_NEVER;

	for (uint32_t e = 0; e < sched.nr_entities; e++) {
		struct vcpu *vcpu = vcpu_by_entity[e];
		vgic_kick_t kick = 0;
		uint64_t deadline;

		if (sched.entity[e].state != SCHED_BLOCKED || sched.entity[e].cpu != cpu->index ||
		    !vcpu->vm->vgic) {
			continue;
		}
		lock_take(&vcpu->vm->vgic_lock);
		/* Another CPU that has taken it meanwhile has its timers, or is about to
		 * (run_vgic_load). */
		deadline = vcpu->life->loaded_on == SCHED_NO_CPU ? run_timer_check(vcpu, now, &kick)
								 : DEADLINE_NEVER;
		lock_drop(&vcpu->vm->vgic_lock);
		if (deadline < earliest) {
			earliest = deadline;
		}
		vm_kick(vcpu->vm, kick);
	}
	return earliest;
}

/* HYP's timer for this CPU: the end of the slice, or the first sleeper. A slice that has begun is
 * not prolonged. */
static void run_set_timer(struct cpu *cpu)
{
	uint64_t now = timer_now();
	uint64_t deadline = run_sleepers(cpu, now);
	uint64_t alarm = rtc_check(cpu, now);

	deadline = alarm < deadline ? alarm : deadline;
	if (!cpu->contended) {
		cpu->slice_end = 0;
	} else if (!cpu->slice_end) {
		cpu->slice_end = now + main_time_slice;
	}
	if (cpu->contended && cpu->slice_end < deadline) {
		deadline = cpu->slice_end;
	}
	if (cpu->tick_at && cpu->tick_at < deadline) {
		deadline = cpu->tick_at;
	}
	cpu->timer_at = deadline;
	if (deadline == DEADLINE_NEVER) {
		timer_stop();
	} else {
		timer_set(deadline);
	}
}

void run_timer_fired(struct cpu *cpu)
{
	uint64_t now = timer_now();

	timer_stop();
	cpu->resched = true; /* run_schedule sets it anew */
	if (cpu->tick_at && now >= cpu->tick_at) {
		cpu->tick_at = 0;
		tty_tick();
	}
	if (cpu->slice_end && now >= cpu->slice_end) {
		cpu->yield = true;
		cpu->slice_end = 0;
	}
}

/* ---- world switch ---- */

/* The lines of a vCPU's timers have come off this CPU: one that had fallen before is forgotten, and
 * its interrupt given back. vgic_lock is held. */
static void run_timers_forget(const struct vcpu *vcpu)
{
	static const uint32_t fired = TIMER_ENABLE | TIMER_FIRED;

	if ((vcpu->world.cntv.ctl & (fired | TIMER_MASKED)) != fired) {
		(void)vgic_phys_release(vcpu->vm->vgic, vcpu->index, VM_TIMER_VIRT);
	}
	if ((vcpu->world.cntp.ctl & (fired | TIMER_MASKED)) != fired) {
		(void)vgic_phys_release(vcpu->vm->vgic, vcpu->index, VM_TIMER_PHYS);
	}
}

/* The physical timers' interrupts stay active while the guest holds them, so that they do not fire
 * again; a guest without a GIC never gets them. */
static void run_timers_held(const struct vcpu *vcpu, bool loading)
{
	const struct vgic *vgic = vcpu->vm->vgic;

	if (!vgic || vgic_phys_held(vgic, vcpu->index, VM_TIMER_VIRT)) {
		gic_set_active(main_board.timer_virt_intid, loading);
	}
	if (!vgic || vgic_phys_held(vgic, vcpu->index, VM_TIMER_PHYS)) {
		gic_set_active(main_board.timer_phys_intid, loading);
	}
}

static void run_vgic_unload(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	vgic_kick_t kick = 0;

	if (!vm->vgic) {
		run_timers_held(vcpu, false);
		vpmu_unload(vcpu, &kick);
		return;
	}
	lock_take(&vm->vgic_lock);
	vgic_hw_save(vcpu->cif);
	vgic_unload(vm->vgic, vcpu->index, &kick);
	run_vgic_release(vcpu);
	run_timers_held(vcpu, false);
	run_timers_forget(vcpu);
	vpmu_unload(vcpu, &kick);
	run_timer_check(vcpu, timer_now(), &kick);
	lock_drop(&vm->vgic_lock);
	vm_kick(vm, kick & ~BIT32(vcpu->index));
}

/* Takes the loaded vCPU's world out of the registers. True: an abort came of what it did, which
 * ends a WFI. */
static bool run_save(struct cpu *cpu, struct guest_regs *regs)
{
	struct vcpu *vcpu = cpu->loaded;
	bool aborts = isolate_unload(vcpu, regs->pc);

	if (vcpu->vfp_open) {
		world_vfp_save(&vcpu->vfp);
		world_vfp_close();
		vcpu->vfp_open = false;
	}
	vcpu->regs = *regs;
	world_save(&vcpu->world);
	run_vgic_unload(vcpu);
	vcpu->slice_left = sched_slice_left(&sched, vcpu->entity, cpu->slice_end, timer_now());
	cpu->loaded = NULL;
	return aborts;
}

static void run_enter_start(struct vcpu *vcpu)
{
	const struct manifest_partition *config = vcpu->vm->config;
	uint32_t pc = vcpu->life->pc;

	world_reset(&vcpu->world);
	vpmu_reset(vcpu);
	irq_forget_own(vcpu);
	vcpu->lines_of = NULL;
	memset(&vcpu->regs, 0, sizeof(vcpu->regs));
	vcpu->regs.cpsr = PSR_MODE_SVC | PSR_A | PSR_I | PSR_F | ((pc & 1u) ? PSR_T : 0);
	vcpu->regs.pc = pc & ~UINT32_C(1);
	vcpu->regs.r[0] = vcpu->life->r0;
	if (vcpu->life->boots) {
		vcpu->regs.r[1] = 0xffffffff; /* the Linux boot protocol: no machine number */
		vcpu->regs.r[2] = config->dtb.data ? config->dtb.ipa : 0;
	}
}

static void run_vgic_load(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;

	if (vm->vgic) {
		lock_take(&vm->vgic_lock);
		vgic_load(vm->vgic, vcpu->index);
		irq_look(vcpu, false);
		run_vgic_release(vcpu);
		vgic_flush(vm->vgic, vcpu->index);
		run_timers_held(vcpu, true);
		vpmu_load(vcpu);
		vgic_hw_restore(vcpu->cif);
		lock_drop(&vm->vgic_lock);
	} else {
		run_timers_held(vcpu, true);
		vpmu_load(vcpu);
	}
}

/* `enters`: with reset registers. */
static void run_load(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs, bool shared,
		     bool enters)
{
	if (enters) {
		main_entered(cpu->loading);
		run_enter_start(vcpu);
		isolate_start(cpu, vcpu);
	}
	vcpu->world.hcr &= ~(HCR_TWI | HCR_TWE | HCR_VI | HCR_VF);
	vcpu->world.hcr |= (shared ? HCR_TWI | HCR_TWE : 0) | vcpu->lines;
	run_vgic_load(vcpu);
	world_restore(&vcpu->world);
	isolate_load(cpu, vcpu);
	*regs = vcpu->regs;
	vcpu->stats[PLUMB_STAT_SWITCHES]++;
	cpu->loaded = vcpu;
}

void run_vfp_open(struct vcpu *vcpu)
{
	world_vfp_load(&vcpu->vfp);
	vcpu->vfp_open = true;
}

/* ---- what to run ---- */

static void run_idle(struct cpu *cpu)
{
	run_set_timer(cpu);
	while (!cpu->resched) {
		hw_wfi();
		irq_poll(cpu);
	}
}

/* The picked vCPU belongs to a partition that is being loaded: its turn pays for a step. Who wakes
 * meanwhile waits for that, an equal for the slice. */
static void run_load_memory(struct cpu *cpu, struct vcpu *vcpu)
{
	uint64_t start = timer_now();

	vm_load_step(vcpu->vm, cpu->index);
	cpu->loading += timer_now() - start;
	irq_poll(cpu);
	run_set_timer(cpu);
}

/* sched_lock is held. A vCPU with its caches off stays where its set/way maintenance works. *ended:
 * what is to be cleared up when the lock is dropped; NULL: nothing. */
static uint32_t run_pick(struct cpu *cpu, bool yield, struct vm **ended)
{
	uint32_t current = sched.current[cpu->index];
	struct vcpu *vcpu = current == SCHED_NONE ? NULL : vcpu_by_entity[current];
	bool last;
	uint32_t e;

	if (cpu->loaded) {
		sched.entity[cpu->loaded->entity].pinned = !(sysreg_read(SCTLR) & SCTLR_C);
	}
	e = life_pick(&sched, cpu->index, vcpu ? &vcpu->vm->life : NULL, vcpu ? vcpu->life : NULL,
		      yield, &last);
	*ended = last ? vcpu->vm : NULL;
	return e;
}

/* sched_lock is held: it is the picked one, and goes on. */
static bool run_stays(const struct cpu *cpu, uint32_t e)
{
	return e != SCHED_NONE && cpu->loaded == vcpu_by_entity[e] && !cpu->loaded->life->start;
}

/* Makes another CPU look for something to run. */
static void run_tell(const struct cpu *cpu, uint8_t other)
{
	if (other != SCHED_NO_CPU && other != cpu->index) {
		cpus[other].resched = true;
		gic_kick(cpus[other].gic_mask);
	}
}

/* sched_lock is held: a CPU whose vCPU runs alone, and has to give slices to one that is READY: it
 * came off this CPU for a higher priority, say. SCHED_NO_CPU: none. */
static uint8_t run_must_share(const struct cpu *cpu)
{
	for (uint32_t n = 0; n < sched.nr_cpus; n++) {
		if (n != cpu->index && !cpus[n].contended && sched_contended(&sched, n)) {
			return (uint8_t)n;
		}
	}
	return SCHED_NO_CPU;
}

/* The world of `vcpu`, which is in memory by now, is anybody's. `owed`: something ends its WFI, if
 * it waits. sched_lock is held; it is dropped on the way, and taken again. */
static void run_give(struct vcpu *vcpu, bool owed)
{
	bool last = life_unload(&sched, &vcpu->vm->life, vcpu->life);
	bool wake = sched.entity[vcpu->entity].state == SCHED_BLOCKED;

	if (!last && !wake) {
		return;
	}
	lock_drop(&sched_lock);
	if (last) {
		vm_clear_up(vcpu->vm);
	} else if (owed || vcpu_has_pending(vcpu)) {
		vcpu_kick(vcpu); /* came between its WFI and here */
	}
	lock_take(&sched_lock);
}

/* sched_lock is held. */
static enum life_take run_take(const struct cpu *cpu, struct vcpu *vcpu)
{
	return life_take(&sched, cpu->index, &vcpu->vm->life, vcpu->life);
}

/* The loaded vCPU leaves the registers to `next`, or to nobody (NULL). What became of `next`. */
static enum life_take run_switch(struct cpu *cpu, struct guest_regs *regs, struct vcpu *next)
{
	struct vcpu *former = cpu->loaded;
	enum life_take take;
	bool owed = false;

	if (former) {
		owed = run_save(cpu, regs);
		/* What it did here is done before it may go on elsewhere: cache and TLB
		 * maintenance, and stores to devices, are waited for by a DSB alone (A3.8.3,
		 * B3.10.1). */
		hw_dsb();
	}
	lock_take(&sched_lock);
	if (former) {
		run_give(former, owed);
	}
	take = next ? run_take(cpu, next) : LIFE_LEFT;
	lock_drop(&sched_lock);
	if (former) {
		hw_sev();
	}
	while (next && take == LIFE_BUSY) {
		hw_wfe(); /* its former CPU is about to give it */
		lock_take(&sched_lock);
		take = run_take(cpu, next);
		lock_drop(&sched_lock);
	}
	return take;
}

/* `vcpu` has been picked, and is not what is in the registers. False: pick again. */
static bool run_change(struct cpu *cpu, struct guest_regs *regs, struct vcpu *vcpu, bool shared)
{
	enum life_take take = run_switch(cpu, regs, vcpu);

	switch (take) {
	case LIFE_LOADS:
		run_load_memory(cpu, vcpu);
		return false;
	case LIFE_LAST:
		vm_clear_up(vcpu->vm);
		return false;
	case LIFE_LEFT:
		return false;
	default:
		run_load(cpu, vcpu, regs, shared, take == LIFE_ENTERS);
		cpu->slice_end = vcpu->slice_left ? timer_now() + vcpu->slice_left : 0;
		return true;
	}
}

/* Apart from run_work, whose common way needs little. */
static __attribute__((noinline)) void run_schedule(struct cpu *cpu, struct guest_regs *regs)
{
	do {
		uint32_t e;
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
		lock_take(&sched_lock);
		e = run_pick(cpu, yield, &ended);
		stays = run_stays(cpu, e);
		cpu->contended = sched_contended(&sched, cpu->index);
		shared = e != SCHED_NONE && sched_shared(&sched, e, cpu->index);
		spread = sched_spread(&sched);
		if (spread == SCHED_NO_CPU) {
			spread = run_must_share(cpu);
		}
		lock_drop(&sched_lock);
		run_tell(cpu, spread);
		if (ended) {
			vm_clear_up(ended);
		}

		if (e == SCHED_NONE) {
			if (cpu->loaded) {
				(void)run_switch(cpu, regs, NULL);
			}
			run_idle(cpu);
		} else if (stays || run_change(cpu, regs, vcpu_by_entity[e], shared)) {
			run_set_timer(cpu);
		} else {
			cpu->resched = true;
		}
	} while (cpu->resched);
}

/* CPU lines of the loaded vCPU (HCR.VI, HCR.VF) of a partition without a VGIC. */
static void run_lines(struct vcpu *vcpu)
{
	lock_take(&vcpu->vm->vgic_lock);
	vcpu->cif->work = VGIC_WORK_NONE;
	world_set_hcr((sysreg_read(HCR) & ~(HCR_VI | HCR_VF)) | vcpu->lines);
	lock_drop(&vcpu->vm->vgic_lock);
}

/* A turn of a long call of the loaded vCPU's: what comes meanwhile comes behind it, another vCPU's
 * turn on this CPU too. */
static void run_rest(struct cpu *cpu, struct guest_regs *regs)
{
	exit_hvc_rest(cpu->loaded, regs);
	irq_poll(cpu);
}

/* What it does for one vCPU may wake another that this very CPU is to run: no interrupt tells of
 * that. */
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
			run_vgic(vcpu, work);
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

	run_vgic_fold(vcpu);
	if (vcpu->vm->vgic) {
		vgic_hw_look(vcpu->cif); /* the guest writes them without an exit */
	}
	if (vcpu_has_pending(vcpu) || (sysreg_read(HCR) & HCR_VA)) { /* B1.8.13 */
		run_yield(cpu);
		return;
	}
	lock_take(&sched_lock);
	sched_stop(&sched, vcpu->entity, SCHED_BLOCKED);
	lock_drop(&sched_lock);
	cpu->resched = true; /* run_give looks for what came meanwhile */
}
