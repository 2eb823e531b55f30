/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical interrupts of partitions' devices: ownership, routing, deactivation. */
#ifndef HYP_CORE_PHYS_H
#define HYP_CORE_PHYS_H

#include "hyp/core/vm.h"
#include "hyp/hw/gic.h"

/* Passed-through interrupts of a partition: they are enabled and routed to it from its start, and
 * disabled when it has ended. Its vCPUs are not running at either time. */
void phys_give(const struct vm *vm);
void phys_take_back(const struct vm *vm);

/* By INTID: the index of the partition that it is passed through to, + 1; 0: none. Boot writes
 * it. */
extern uint8_t phys_owner[VGIC_MAX_IRQS];

/* The partition that it is passed through to; NULL: none. */
static inline struct vm *phys_owner_of(uint32_t intid)
{
	return phys_owner[intid] ? &vms[phys_owner[intid] - 1] : NULL;
}

/* An interrupt of a partition's device has been acknowledged as `iar`: it stays active until the
 * guest deactivates the virtual interrupt (the list register's HW bit). */
void phys_fired(struct vm *vm, uint32_t iar, uint32_t intid);

/* The guest has changed the GICD_ICFGR field of such an interrupt: sets the physical one
 * accordingly. Its partition runs. */
void phys_change_trigger(uint32_t intid, bool edge);

/* Deactivates a physical interrupt after its guest has ended the virtual one on this CPU. */
void phys_release_device(struct vgic_locked held, uint32_t physid);

static inline void phys_release(struct vgic_locked held, uint32_t physid)
{
	if (physid < VGIC_NR_PRIVATE) {
		gic_deactivate(physid);
	} else {
		phys_release_device(held, physid);
	}
}

/* List registers' HW bits are used (vgic_phys_set_soft_eoi is not called). */
void phys_trust_hw_bit(void);

#endif
