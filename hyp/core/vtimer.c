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

	if ((vcpu->world.cntv_ctl & (fired | TIMER_MASKED)) != fired) {
		(void)vgic_phys_release(held.vm->vgic, vcpu->index, MACHINE_TIMER_VIRT);
	}
	if ((vcpu->world.cntp_ctl & (fired | TIMER_MASKED)) != fired) {
		(void)vgic_phys_release(held.vm->vgic, vcpu->index, MACHINE_TIMER_PHYS);
	}
}

/* The counter value at which a timer of an unloaded vCPU is due; DEADLINE_NEVER: not armed, or
 * already in its VGIC. */
static uint64_t vtimer_deadline(const struct vcpu *vcpu, uint32_t intid, uint64_t now)
{
	const struct world *world = &vcpu->world;
	bool virt = intid == MACHINE_TIMER_VIRT;

	if (!vtimer_is_armed(virt ? world->cntv_ctl : world->cntp_ctl) ||
	    vgic_phys_held(vcpu->vm->vgic, vcpu->index, intid)) {
		return DEADLINE_NEVER;
	}
	return virt ? deadline_of(world->cntv_cval, world->cntvoff, now)
		    : deadline_of(world->cntp_cval, 0, now);
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
