/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest's timers at a world switch, and while it is not loaded (docs/architecture.md). */
#ifndef HYP_CORE_VTIMER_H
#define HYP_CORE_VTIMER_H

#include "hyp/core/facts.h"
#include "hyp/core/vm.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "hyp/sched/deadline.h"

/* The physical timers' interrupts stay active while the guest holds them, so that they do not fire
 * again. Under vgic_lock. */
void vtimer_hold(const struct vcpu *vcpu, bool loading);

/* A guest without a GIC never receives them. */
static inline void vtimer_hold_all(bool loading)
{
	gic_set_active_own(
		BIT32(facts_board.timer_virt_intid) | BIT32(facts_board.timer_phys_intid), loading);
}

/* The vCPU's timers have been saved from this CPU: a held interrupt whose line is low is no longer
 * pending, and the physical one is deactivated. */
void vtimer_forget(struct vgic_locked held, const struct vcpu *vcpu);

/* Makes the interrupts of an unloaded vCPU's timers pending that are due at counter value `now`.
 * Returns the earliest deadline left; DEADLINE_NEVER: none. */
uint64_t vtimer_check(struct vgic_locked held, struct vcpu *vcpu, uint64_t now, vgic_kick_t *kick);

static inline bool vtimer_is_armed(uint32_t control)
{
	return (control & (TIMER_ENABLE | TIMER_MASKED)) == TIMER_ENABLE;
}

/* Neither timer is enabled and unmasked: vtimer_check would do nothing. */
static inline bool vtimer_is_idle(const struct world *world)
{
	return !vtimer_is_armed(world->cntv_ctl) && !vtimer_is_armed(world->cntp_ctl);
}

/* If vtimer_is_idle is false. As mostly: the virtual timer alone is armed, and it is not due (so
 * vtimer_forget has released its interrupt, if that was held): vtimer_check would do no more than
 * return `*deadline`. */
static inline bool vtimer_is_ahead(const struct vcpu *vcpu, uint64_t now, uint64_t *deadline)
{
	const struct world *world = &vcpu->world;

	return !vtimer_is_armed(world->cntp_ctl) &&
	       deadline_is_ahead(world->cntv_cval, world->cntvoff, now, deadline);
}

#endif
