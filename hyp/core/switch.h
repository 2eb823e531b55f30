/* SPDX-License-Identifier: BSD-2-Clause */
/* The world switch: moves a vCPU's world between memory and a CPU's registers. */
#ifndef HYP_CORE_SWITCH_H
#define HYP_CORE_SWITCH_H

#include "hyp/core/vm.h"

/* The loaded vCPU's world without its interrupts and timers. No lock is held. */
void switch_save_registers(struct vcpu *vcpu, const struct guest_regs *regs);

/* Then its interrupts and timers, under the partition's VGIC lock; no vCPU is loaded then.
 * vcpu->deadline is when its timers are due. `*kick`: vCPUs to kick after the lock is released; the
 * vCPU itself is in it if an interrupt became pending that ends its WFI. */
void switch_save_interrupts(struct vgic_locked held, struct cpu *cpu, struct vcpu *vcpu,
			    vgic_kick_t *kick);

/* Loads the vCPU's world; no vCPU was loaded. No lock is held. `shared`: the CPU is shared, so time
 * slices apply, and WFI and WFE trap. `enters`: with reset registers (pc and r0 from its life). */
void switch_load(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs, bool shared,
		 bool enters);

/* Of switch_save_interrupts, what has nothing to do with the scheduler: the vCPU's interrupts and
 * timers go to memory. `now`: the counter. */
void switch_fold(struct vgic_locked held, struct vcpu *vcpu, uint64_t now, vgic_kick_t *kick);

/* A vCPU that no CPU has gets the registers with which it begins: at `pc` (bit 0: Thumb) with r0.
 * Its timers' interrupts from before are gone. vgic_lock is not held. */
void switch_reset(struct vcpu *vcpu, uint32_t pc, uint32_t r0);

/* The loaded vCPU executes WFI: does it wait? Without a VGIC the CPU lines end a WFI. `*kick`: as
 * for vsync_waits. */
bool switch_waits(struct vgic_locked held, struct vcpu *vcpu, vgic_kick_t *kick);

/* Loads the VFP registers of the loaded vCPU, at its first VFP instruction since it was loaded. */
void switch_vfp_open(struct vcpu *vcpu);

#endif
