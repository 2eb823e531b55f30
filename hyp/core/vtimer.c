/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/vtimer.h"
#include "hyp/core/facts.h"
#include "hyp/core/vm.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "hyp/sched/deadline.h"

void vtimer_hold(const struct vcpu *vcpu, bool loading)
{
	const struct vgic *vgic = vcpu->vm->vgic;

	if (vgic_phys_held(vgic, vcpu->index, MACHINE_TIMER_VIRT)) {
		gic_set_active(facts_board.timer_virt_intid, loading);
	}
	if (vgic_phys_held(vgic, vcpu->index, MACHINE_TIMER_PHYS)) {
		gic_set_active(facts_board.timer_phys_intid, loading);
	}
}

void vtimer_forget(struct vgic_locked held, const struct vcpu *vcpu)
{
	static const uint32_t fired = TIMER_ENABLE | TIMER_FIRED;

	if ((vcpu->world.cntv.ctl & (fired | TIMER_MASKED)) != fired) {
		(void)vgic_phys_release(held.vm->vgic, vcpu->index, MACHINE_TIMER_VIRT);
	}
	if ((vcpu->world.cntp.ctl & (fired | TIMER_MASKED)) != fired) {
		(void)vgic_phys_release(held.vm->vgic, vcpu->index, MACHINE_TIMER_PHYS);
	}
}

static bool vtimer_armed(const struct world_timer *timer)
{
	return (timer->ctl & (TIMER_ENABLE | TIMER_MASKED)) == TIMER_ENABLE;
}

/* The counter value at which a timer of an unloaded vCPU is due; DEADLINE_NEVER: not armed, or
 * already in its VGIC. */
static uint64_t vtimer_deadline(const struct vcpu *vcpu, uint32_t intid, uint64_t now)
{
	const struct world *world = &vcpu->world;
	const struct world_timer *timer = intid == MACHINE_TIMER_VIRT ? &world->cntv : &world->cntp;
	uint64_t offset = intid == MACHINE_TIMER_VIRT ? world->cntvoff : 0;

	if (!vtimer_armed(timer) || vgic_phys_held(vcpu->vm->vgic, vcpu->index, intid)) {
		return DEADLINE_NEVER;
	}
	return deadline_of(timer->cval, offset, now);
}

uint64_t vtimer_check(struct vgic_locked held, struct vcpu *vcpu, uint64_t now, vgic_kick_t *kick)
{
	static const uint32_t timers[] = { MACHINE_TIMER_VIRT, MACHINE_TIMER_PHYS };
	uint64_t earliest = DEADLINE_NEVER;

	for (uint32_t n = 0; n < ARRAY_SIZE(timers); n++) {
		uint64_t deadline = vtimer_deadline(vcpu, timers[n], now);

		if (deadline <= now) {
			vgic_phys_fired(held.vm->vgic, vcpu->index, timers[n], kick);
		} else if (deadline < earliest) {
			earliest = deadline;
		}
	}
	return earliest;
}
