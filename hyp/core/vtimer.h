/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest's timers at a world switch, and while it is loaded nowhere (docs/architecture.md). */
#ifndef HYP_CORE_VTIMER_H
#define HYP_CORE_VTIMER_H

#include "hyp/core/vm.h"

/* The physical timers' interrupts stay active while the guest holds them, so that they do not fire
 * again; a guest without a GIC never gets them. Under vgic_lock if there is a VGIC: who has
 * none has no lock to show. */
void vtimer_hold(const struct vcpu *vcpu, bool loading);

/* The lines of a vCPU's timers have come off this CPU: one that had fallen before is forgotten, and
 * its interrupt given back. */
void vtimer_forget(struct vgic_locked held, const struct vcpu *vcpu);

/* Pends the timers of an unloaded vCPU that are due at counter value `now`. Returns the earliest
 * deadline left; DEADLINE_NEVER: none. */
uint64_t vtimer_check(struct vgic_locked held, struct vcpu *vcpu, uint64_t now, vgic_kick_t *kick);

#endif
