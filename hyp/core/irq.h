/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical interrupts: who they are for. */
#ifndef HYP_CORE_IRQ_H
#define HYP_CORE_IRQ_H

#include "hyp/hw/gic.h"
#include "hyp/core/vm.h"

/* Acknowledges and handles one interrupt; called by vectors.S with the frame. */
void exit_irq(struct guest_regs *regs);

/* Passed-through interrupts of a partition: from its start on they are enabled and go to it; when
 * it has ended they are disabled. Its vCPUs are not running at either time. */
void irq_give(const struct vm *vm);
void irq_take_back(const struct vm *vm);

/* The guest has changed the GICD_ICFGR of one of them: the physical one follows. Its partition
 * runs. */
void irq_change_trigger(uint32_t intid, bool edge);

/* A vCPU starts, and is not loaded: what its own timers and performance monitors asked for before
 * it was off is no more, their lines are low. The physical interrupts were given back as it left.
 */
void irq_forget_own(const struct vcpu *vcpu);

/* Looks at the lines of held levels (vgic_phys_level_next) and lets go of what is low; those of the
 * vCPU itself only if its world is in the registers (`own`). vgic_lock is held; run_vgic_release
 * follows. */
void irq_look_at_lines(const struct vcpu *vcpu, bool own);

/* The same of an SPI of `vm`, on any CPU. vgic_lock is held. */
void irq_look_at_spi(struct vm *vm, uint32_t intid);

static inline void irq_look(const struct vcpu *vcpu, bool own)
{
	if (vcpu->cif->has_held) {
		irq_look_at_lines(vcpu, own);
	}
}

/* Deactivates a physical interrupt for its guest, which has ended it on this CPU. */
void irq_release_device(uint32_t physid);

static inline void irq_release(uint32_t physid)
{
	if (physid < VGIC_NR_PRIVATE) {
		gic_deactivate(physid);
	} else {
		irq_release_device(physid);
	}
}

/* List registers' HW bits are used (vgic_phys_set_soft_eoi is not called). */
void irq_trust_hw_bit(void);

/* Handles what is pending, from the monitor's own loops: 16 interrupts at most, and one at least,
 * as long as none of them asks this CPU to look for something to run (resched). */
void irq_poll(struct cpu *cpu);

#endif
