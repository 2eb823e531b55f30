/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts for vCPUs that other CPUs run, written to their list registers by this CPU. */
#ifndef HYP_CORE_REMOTE_H
#define HYP_CORE_REMOTE_H

#include "hyp/core/vm.h"

/* The list registers that CPUs can write for each other (bit n: LRn); 0: none. Written at boot. */
extern uint32_t remote_reach;

vgic_kick_t remote_all(struct vgic_locked held, vgic_kick_t kick);

/*
 * `kick` is a set of vCPUs that must check their VGIC, as any call of vgic/ has returned it. Those
 * of them that run, on any CPU, get their interrupts at once in free list registers, if the board's
 * CPUs can write each other's, and do not exit. Returns the others, for vm_kick after the lock is
 * released.
 */
static inline vgic_kick_t remote_do(struct vgic_locked held, vgic_kick_t kick)
{
	return kick && remote_reach ? remote_all(held, kick) : kick;
}

#endif
