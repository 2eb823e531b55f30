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

/* For every vCPU that last ran on this CPU and waits: makes due timers pending, which wakes it.
 * Returns the earliest deadline left. Another CPU may load one meanwhile: then its timers are in
 * that CPU, and its world in memory is old. The state under the lock shows that. */
static uint64_t tick_sleepers(const struct cpu *cpu, uint64_t now)
{
	uint64_t earliest = DEADLINE_NEVER;

	for (uint32_t e = 0; e < vm_sched.nr_entities; e++) {
		struct vcpu *vcpu = vm_vcpu_by_entity[e];
		struct vgic_locked held;
		vgic_kick_t kick = 0;
		uint64_t deadline;

		if (vm_sched.entity[e].state != SCHED_BLOCKED ||
		    vm_sched.entity[e].cpu != cpu->index || !vcpu->vm->vgic) {
			continue;
		}
		held = vm_lock_vgic(vcpu->vm);
		/* Another CPU that has taken it meanwhile has its timers, or is about to
		 * (switch_load_vgic). */
		deadline = vcpu->life->loaded_on == SCHED_NO_CPU
				   ? vtimer_check(held, vcpu, now, &kick)
				   : DEADLINE_NEVER;
		vm_unlock_vgic(held);
		if (deadline < earliest) {
			earliest = deadline;
		}
		vm_kick(vcpu->vm, kick);
	}
	return earliest;
}

/* A slice that has begun is not extended. */
void tick_set(struct cpu *cpu)
{
	uint64_t now = timer_now();
	uint64_t deadline = tick_sleepers(cpu, now);
	uint64_t due = device_due(cpu, now);

	deadline = due < deadline ? due : deadline;
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
	if (deadline == DEADLINE_NEVER) {
		timer_stop();
	} else {
		timer_set(deadline);
	}
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
