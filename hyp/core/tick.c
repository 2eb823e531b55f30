/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/tick.h"
#include "hyp/core/cpu.h"
#include "hyp/core/device.h"
#include "hyp/core/facts.h"
#include "hyp/core/report.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"
#include "hyp/core/vtimer.h"
#include "hyp/hw/timer.h"
#include "hyp/sched/deadline.h"

#define TICK_ALARMS 8u /* in a row */

/* A vCPU whose alarm is due: makes its due timers pending, which may wake it. If it waits, a timer
 * that is left sets the alarm again. Another CPU may wake and load the vCPU meanwhile: then its
 * timers are in that CPU, or are about to be (switch_load_vgic), and its world in memory is old. */
static void tick_wake(const struct cpu *cpu, struct vcpu *vcpu, uint64_t now)
{
	struct vgic_locked held = vm_lock_vgic(vcpu->vm);
	vgic_kick_t kick = 0;

	if (vcpu->life->loaded_on == SCHED_NO_CPU) {
		uint64_t deadline = vtimer_check(held, vcpu, now, &kick);
		struct sched_locked sched = vm_lock_sched();

		if (sched.sched->entity[vcpu->entity].state == SCHED_BLOCKED) {
			alarm_set(&vm_alarms, cpu->index, vcpu->entity, deadline);
		}
		vm_unlock_sched(sched);
	}
	vm_unlock_vgic(held);
	vm_kick(vcpu->vm, kick);
}

/* The alarms of this CPU that are due. One costs some hundred instructions: after a few of them,
 * wake_at stays due, so that the timer fires at once, and other interrupts are taken before. */
static __attribute__((noinline)) void tick_sleepers(struct cpu *cpu, uint64_t now)
{
	for (uint32_t n = 0; n <= TICK_ALARMS; n++) {
		struct sched_locked held = vm_lock_sched();
		uint32_t e = n < TICK_ALARMS ? alarm_take(&vm_alarms, cpu->index, now) : SCHED_NONE;
		uint8_t tell;

		if (e != SCHED_NONE && held.sched->alarms &&
		    sched_due(held.sched, cpu->index, e, now, &tell)) {
			tell = vm_must_look(held, e, tell);
			cpu->wake_at = alarm_first(&vm_alarms, cpu->index);
			vm_unlock_sched(held);
			cpu_interrupt(tell);
			continue;
		}
		cpu->wake_at = alarm_first(&vm_alarms, cpu->index);
		vm_unlock_sched(held);
		if (e == SCHED_NONE) {
			return;
		}
		tick_wake(cpu, vm_vcpu_by_entity[e], now);
	}
}

/* Does the work that is due. Returns when there is more. */
static uint64_t tick_due(struct cpu *cpu, uint64_t now)
{
	if (cpu->wake_at <= now) {
		tick_sleepers(cpu, now);
	}
	if (cpu->devices_at <= now) {
		cpu->devices_at = device_due(cpu, now);
	}
	return cpu->wake_at < cpu->devices_at ? cpu->wake_at : cpu->devices_at;
}

void tick_catch_up(struct cpu *cpu)
{
	(void)tick_due(cpu, timer_now());
}

/* A slice that has begun is not extended. */
void tick_set(struct cpu *cpu)
{
	uint64_t now = timer_now();
	uint64_t deadline = tick_due(cpu, now);

	if (!cpu->contended) {
		cpu->slice_end = 0;
	} else if (!cpu->slice_end) {
		cpu->slice_end = now + facts_time_slice;
	}
	if (cpu->contended && cpu->slice_end < deadline) {
		deadline = cpu->slice_end;
	}
	if (cpu->tick_at && cpu->tick_at < deadline) {
		deadline = cpu->tick_at;
	}
	cpu->timer_at = deadline;
	timer_set_or_stop(deadline);
}

void tick_fired(struct cpu *cpu)
{
	uint64_t now = timer_now();

	timer_stop();
	cpu->resched = true; /* run_schedule sets the timer anew */
	if (cpu->tick_at && now >= cpu->tick_at) {
		cpu->tick_at = 0;
		report_go_on(tty_tick());
	}
	if (cpu->slice_end && now >= cpu->slice_end) {
		cpu->yield = true;
		cpu->slice_end = 0;
	}
}
