/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * World switches and the idle loop. The world in the registers is cpu->loaded's; an exit that stays
 * on its vCPU comes through run_finish and finds nothing to do.
 */
#include "hyp/run.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "hyp/irq.h"
#include "hyp/main.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/psr.h"
#include "hyp/report.h"
#include "hyp/rtc.h"
#include "hyp/tty.h"
#include "hyp/vpmu.h"
#include "vgic/vgic_hw.h"
#include <string.h>

/* ---- timers of vCPUs that are not on a CPU ---- */

static bool run_timer_armed(const struct world_timer *timer)
{
	return (timer->ctl & (TIMER_ENABLE | TIMER_MASKED)) == TIMER_ENABLE;
}

/* Counter values at which the two timers of an unloaded vCPU are due; UINT64_MAX: not armed, or
 * already in its VGIC. */
static uint64_t run_timer_deadline(const struct vcpu *vcpu, uint32_t intid)
{
	const struct world *world = &vcpu->world;
	const struct world_timer *timer = intid == VM_TIMER_VIRT ? &world->cntv : &world->cntp;
	uint64_t offset = intid == VM_TIMER_VIRT ? world->cntvoff : 0;

	if (!vcpu->vm->vgic || !run_timer_armed(timer) ||
	    vgic_hw_held(vcpu->vm->vgic, vcpu->index, intid)) {
		return UINT64_MAX;
	}
	return timer->cval + offset;
}

/* Pends the timers of an unloaded vCPU that are due; vgic_lock is held. Returns the earliest
 * deadline left. */
static uint64_t run_timer_check(struct vcpu *vcpu, uint64_t now, vgic_kick_t *kick)
{
	static const uint32_t timers[] = { VM_TIMER_VIRT, VM_TIMER_PHYS };
	uint64_t earliest = UINT64_MAX;

	for (uint32_t n = 0; n < ARRAY_SIZE(timers); n++) {
		uint64_t deadline = run_timer_deadline(vcpu, timers[n]);

		if (deadline <= now) {
			vgic_hw_fired(vcpu->vm->vgic, vcpu->index, timers[n], kick);
		} else if (deadline < earliest) {
			earliest = deadline;
		}
	}
	return earliest;
}

/* Every vCPU that last ran here and waits: due timers pend and wake it. Returns the earliest
 * deadline left. */
static uint64_t run_sleepers(const struct cpu *cpu, uint64_t now)
{
	uint64_t earliest = UINT64_MAX;

	for (uint32_t e = 0; e < sched.nr_entities; e++) {
		struct vcpu *vcpu = vcpu_by_entity[e];
		vgic_kick_t kick = 0;
		uint64_t deadline;

		if (sched.entity[e].state != SCHED_BLOCKED || sched.entity[e].cpu != cpu->index ||
		    !vcpu->vm->vgic || vcpu->loaded_on != SCHED_NO_CPU) {
			continue;
		}
		lock_take(&vcpu->vm->vgic_lock);
		deadline = run_timer_check(vcpu, now, &kick);
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
	if (deadline == UINT64_MAX) {
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

/* ---- the VGIC of the loaded vCPU ---- */

void run_vgic_release_all(struct vcpu *vcpu)
{
	uint32_t physid;

	while (vcpu->cif->has_release && vgic_release_next(vcpu->vm->vgic, vcpu->index, &physid)) {
		irq_release(physid);
	}
}

/* Reads everything back. vgic_lock is held. */
static void run_vgic_read(struct vcpu *vcpu, vgic_kick_t *kick)
{
	vgic_hw_read(vcpu->cif);
	vgic_fold(vcpu->vm->vgic, vcpu->index, kick);
}

/* `maintain`: a maintenance interrupt says where to look for empty list registers, if work is
 * VGIC_WORK_LOOK. vgic_lock is held. Returns whom to kick then. */
static vgic_kick_t run_vgic_do(struct vcpu *vcpu, enum vgic_work work, bool maintain)
{
	struct vgic *vgic = vcpu->vm->vgic;
	vgic_kick_t kick = 0;

	if (work == VGIC_WORK_LOOK) {
		work = vgic_fold_empty(vgic, vcpu->index,
				       maintain ? vgic_hw_ended() : vgic_hw_empty(), &kick);
	}
	if (work == VGIC_WORK_SYNC) {
		run_vgic_read(vcpu, &kick);
	}
	run_vgic_release(vcpu);
	if (work != VGIC_WORK_NONE) {
		vgic_flush(vgic, vcpu->index);
	}
	vgic_hw_write(vcpu->cif);
	return kick & ~BIT32(vcpu->index);
}

vgic_kick_t run_vgic_now(struct vcpu *vcpu)
{
	return run_vgic_do(vcpu, vgic_cif_work(vcpu->cif), false);
}

static void run_vgic(struct vcpu *vcpu, enum vgic_work work, bool maintain)
{
	struct vm *vm = vcpu->vm;
	vgic_kick_t kick;

	lock_take(&vm->vgic_lock);
	kick = run_vgic_do(vcpu, work, maintain);
	lock_drop(&vm->vgic_lock);
	if (kick) {
		vm_kick(vm, kick);
	}
}

void run_vgic_maintain(struct vcpu *vcpu)
{
	if (vcpu->vm->vgic) {
		run_vgic(vcpu, VGIC_WORK_LOOK, true);
	}
}

void run_vgic_fold(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	vgic_kick_t kick = 0;

	if (!vm->vgic) {
		return;
	}
	lock_take(&vm->vgic_lock);
	run_vgic_read(vcpu, &kick);
	run_vgic_release(vcpu);
	lock_drop(&vm->vgic_lock);
	vm_kick(vm, kick & ~BIT32(vcpu->index));
}

/* ---- world switch ---- */

/* The physical timers' interrupts stay active while the guest holds them, so that they do not fire
 * again; a guest without a GIC never gets them. */
static void run_timers_held(const struct vcpu *vcpu, bool loading)
{
	const struct vgic *vgic = vcpu->vm->vgic;

	if (!vgic || vgic_hw_held(vgic, vcpu->index, VM_TIMER_VIRT)) {
		gic_set_active(main_board.timer_virt_intid, loading);
	}
	if (!vgic || vgic_hw_held(vgic, vcpu->index, VM_TIMER_PHYS)) {
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
	vpmu_unload(vcpu, &kick);
	run_timer_check(vcpu, timer_now(), &kick);
	lock_drop(&vm->vgic_lock);
	vm_kick(vm, kick & ~BIT32(vcpu->index));
}

/* Takes the loaded vCPU's world out of the registers. From then on another CPU may load it. */
static void run_unload(struct cpu *cpu, struct guest_regs *regs)
{
	struct vcpu *vcpu = cpu->loaded;
	bool left, wake;

	if (!vcpu) {
		return;
	}
	if (vcpu->vfp_open) {
		world_vfp_save(&vcpu->vfp);
		world_vfp_close();
		vcpu->vfp_open = false;
	}
	vcpu->regs = *regs;
	world_save(&vcpu->world);
	run_vgic_unload(vcpu);
	cpu->loaded = NULL;

	lock_take(&sched_lock);
	vcpu->loaded_on = SCHED_NO_CPU;
	wake = sched.entity[vcpu->entity].state == SCHED_BLOCKED;
	left = vcpu->stop && sched.entity[vcpu->entity].state != SCHED_RUNNING;
	if (left) {
		sched_stop(&sched, vcpu->entity, SCHED_OFF);
	}
	lock_drop(&sched_lock);
	hw_sev();
	if (left) {
		vm_vcpu_left(vcpu);
	} else if (wake && vcpu_has_pending(vcpu)) {
		vcpu_kick(vcpu); /* came between its WFI and here */
	}
}

static void run_enter_start(struct vcpu *vcpu)
{
	const struct manifest_partition *config = vcpu->vm->config;
	uint32_t pc = vcpu->start_pc;

	vcpu->start = false;
	world_reset(&vcpu->world);
	vpmu_reset(vcpu);
	irq_forget_own(vcpu);
	memset(&vcpu->regs, 0, sizeof(vcpu->regs));
	vcpu->regs.cpsr = PSR_MODE_SVC | PSR_A | PSR_I | PSR_F | ((pc & 1u) ? PSR_T : 0);
	vcpu->regs.pc = pc & ~UINT32_C(1);
	vcpu->regs.r[0] = vcpu->start_r0;
	if (vcpu->boots) {
		vcpu->boots = false;
		vcpu->regs.r[1] = 0xffffffff; /* the Linux boot protocol: no machine number */
		vcpu->regs.r[2] = config->dtb.data ? config->dtb.ipa : 0;
	}
	lock_take(&vcpu->vm->lock);
	psci_vcpu_entered(&vcpu->vm->psci, vcpu->index);
	lock_drop(&vcpu->vm->lock);
}

static void run_vgic_load(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;

	if (vm->vgic) {
		lock_take(&vm->vgic_lock);
		vgic_load(vm->vgic, vcpu->index);
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

static void run_load(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs, bool shared)
{
	while (vcpu->loaded_on != SCHED_NO_CPU) {
		hw_wfe(); /* its former CPU is about to finish run_unload */
	}
	hw_dmb();
	vcpu->loaded_on = cpu->index;
	if (vcpu->start) {
		main_entered(cpu->loading);
		run_enter_start(vcpu);
	}
	vcpu->world.hcr &= ~(HCR_TWI | HCR_TWE | HCR_VI | HCR_VF);
	vcpu->world.hcr |= (shared ? HCR_TWI | HCR_TWE : 0) | vcpu->lines;
	run_vgic_load(vcpu);
	world_restore(&vcpu->world);
	if (cpu->last_vm != vcpu->vm) {
		cpu->last_vm = vcpu->vm;
		world_forget_branches();
	}
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

/* The picked vCPU belongs to a partition that is being loaded: its turn pays for a step. */
static bool run_load_memory(struct cpu *cpu, struct vcpu *vcpu)
{
	uint64_t start;

	if (vcpu->vm->state != VM_LOADING) {
		return false;
	}
	start = timer_now();
	vm_load_step(vcpu->vm, cpu->index);
	cpu->loading += timer_now() - start;
	irq_poll(cpu);
	return true;
}

/* A vCPU whose partition ends, picked before it was taken off the list. */
static bool run_picked_stopping(struct vcpu *vcpu)
{
	if (!vcpu->stop) {
		return false;
	}
	lock_take(&sched_lock);
	sched_stop(&sched, vcpu->entity, SCHED_OFF);
	lock_drop(&sched_lock);
	return true;
}

/* sched_lock is held. A vCPU with its caches off stays where its set/way maintenance works. */
static void run_before_pick(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->loaded;

	if (!vcpu) {
		return;
	}
	sched.entity[vcpu->entity].pinned = !(sysreg_read(SCTLR) & SCTLR_C);
	if (vcpu->stop) {
		sched_stop(&sched, vcpu->entity, SCHED_OFF);
	}
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
		if (n != cpu->index && !cpus[n].contended && !cpus[n].resched &&
		    sched_contended(&sched, n)) {
			return (uint8_t)n;
		}
	}
	return SCHED_NO_CPU;
}

/* Apart from run_work, whose common way needs little. */
static __attribute__((noinline)) void run_schedule(struct cpu *cpu, struct guest_regs *regs)
{
	do {
		uint32_t e;
		bool shared;
		uint8_t spread;
		struct vcpu *vcpu;

		bool yield = cpu->yield;

		cpu->resched = false;
		cpu->yield = false;
		hw_dmb();
		if (cpu->report) {
			report_sample(cpu, regs);
		}
		lock_take(&sched_lock);
		run_before_pick(cpu);
		e = sched_pick(&sched, cpu->index, yield);
		cpu->contended = sched_contended(&sched, cpu->index);
		shared = e != SCHED_NONE && sched_shared(&sched, e, cpu->index);
		spread = sched_spread(&sched);
		if (spread == SCHED_NO_CPU) {
			spread = run_must_share(cpu);
		}
		lock_drop(&sched_lock);
		run_tell(cpu, spread);

		if (e == SCHED_NONE) {
			run_unload(cpu, regs);
			run_idle(cpu);
			continue;
		}
		vcpu = vcpu_by_entity[e];
		if (cpu->loaded != vcpu || vcpu->start) {
			run_unload(cpu, regs);
			if (run_picked_stopping(vcpu)) {
				vm_vcpu_left(vcpu);
				cpu->resched = true;
				continue;
			}
			if (run_load_memory(cpu, vcpu)) {
				/* Who wakes meanwhile waits for a step, an equal for the slice. */
				run_set_timer(cpu);
				cpu->resched = true;
				continue;
			}
			cpu->slice_end = 0;
			run_load(cpu, vcpu, regs, shared);
		}
		run_set_timer(cpu);
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

void run_work(struct cpu *cpu, struct guest_regs *regs)
{
	struct vcpu *vcpu;
	enum vgic_work work;

	if (cpu->resched) {
		run_schedule(cpu, regs);
	}
	vcpu = cpu->loaded;
	work = vgic_cif_work(vcpu->cif);
	if (work == VGIC_WORK_NONE) {
		return;
	}
	if (vcpu->vm->vgic) {
		run_vgic(vcpu, work, false);
	} else {
		run_lines(vcpu);
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
	cpu->resched = true;
}

void run_wait(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->loaded;

	run_vgic_fold(vcpu);
	if (vcpu_has_pending(vcpu)) {
		run_yield(cpu);
		return;
	}
	lock_take(&sched_lock);
	sched_stop(&sched, vcpu->entity, SCHED_BLOCKED);
	lock_drop(&sched_lock);
	cpu->resched = true; /* run_unload looks for what came meanwhile */
}

void run_stop(struct cpu *cpu)
{
	lock_take(&sched_lock);
	if (!cpu->loaded
		     ->start) { /* else another vCPU has started it again since it said CPU_OFF */
		sched_stop(&sched, cpu->loaded->entity, SCHED_OFF);
	}
	lock_drop(&sched_lock);
	cpu->resched = true;
}
