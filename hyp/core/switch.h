/* SPDX-License-Identifier: BSD-2-Clause */
/* The world switch: moves a vCPU's world between memory and a CPU's registers. */
#ifndef HYP_CORE_SWITCH_H
#define HYP_CORE_SWITCH_H

#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include "hyp/regs/hcr.h"

/* The loaded vCPU's world without its interrupts and timers. No lock is held. */
void switch_save_registers(struct vcpu *vcpu, const struct guest_regs *regs);

/* Then its interrupts and timers, under the partition's VGIC lock; no vCPU is loaded then.
 * vcpu->deadline is when its timers are due. `*kick`: vCPUs to kick after the lock is released; the
 * vCPU itself is in it if an interrupt became pending that ends its WFI. */
void switch_save_interrupts(struct vgic_locked held, struct cpu *cpu, struct vcpu *vcpu,
			    vgic_kick_t *kick);

/* A partition's vCPU that no CPU has gets reset registers (pc and r0 from its life), as it is about
 * to start on this CPU: switch_load follows. */
void switch_enter(struct cpu *cpu, struct vcpu *vcpu);

/* Of a vCPU that no CPU has loaded: its WFI and WFE trap, because others may use the CPU meanwhile;
 * or they do not. */
static inline void switch_trap_waits(struct vcpu *vcpu, bool trap)
{
	uint32_t hcr = vcpu->world.hcr & ~(HCR_TWI | HCR_TWE);

	vcpu->world.hcr = trap ? hcr | HCR_TWI | HCR_TWE : hcr;
}

/* Loads the vCPU's world; no vCPU was loaded. No lock is held. */
void switch_load(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs);

/* Of switch_save_interrupts, what has nothing to do with the scheduler: the vCPU's interrupts and
 * timers go to memory. True: none is pending. */
bool switch_fold(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick);

/* If switch_fold does not know: is an interrupt pending that ends a WFI? */
bool switch_is_due(struct vgic_locked held, const struct vcpu *vcpu);

/* A vCPU that no CPU has gets the registers with which it begins: at `pc` (bit 0: Thumb) with r0.
 * Its timers' interrupts from before are gone. vgic_lock is not held. */
void switch_reset(struct vcpu *vcpu, uint32_t pc, uint32_t r0);

/* The loaded vCPU executes WFI: does it wait? Without a VGIC the CPU lines end a WFI. `*kick`: as
 * for vsync_waits. */
static inline bool switch_waits(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick)
{
	if (sysreg_read(HCR) & HCR_VA) { /* B1.8.13 */
		return false;
	}
	return held.vm->vgic ? vsync_waits(held, vcpu, kick) : vcpu->lines == 0;
}

/* Loads the VFP registers of the loaded vCPU, at its first VFP instruction since it was loaded. */
void switch_vfp_open(struct vcpu *vcpu);

#endif
