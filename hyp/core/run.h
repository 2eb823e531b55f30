/* SPDX-License-Identifier: BSD-2-Clause */
/* Which vCPU is on this CPU, and the way back into it. */
#ifndef HYP_CORE_RUN_H
#define HYP_CORE_RUN_H

#include "hyp/core/vm.h"

/* The CPU's first entry: fills the frame that vectors.S returns through. Called by vectors.S. */
void run_start(struct guest_regs *regs);

/* Before every return to a guest: whatever the exit, or another CPU, left to do. Most often that is
 * nothing, as two bytes tell. */
void run_work(struct cpu *cpu, struct guest_regs *regs);

static inline void run_finish(struct cpu *cpu, struct guest_regs *regs)
{
	if ((uint32_t)cpu->resched | vgic_cif_work(cpu->loaded->cif)) {
		run_work(cpu, regs);
	}
}

/* What its mirror asks for. */
void run_vgic(struct vcpu *vcpu, enum vgic_work work);
/* After a maintenance interrupt: something in the list registers has ended. */
void run_vgic_maintain(struct vcpu *vcpu);
/* List registers read back, before their state is looked at. */
void run_vgic_fold(struct vcpu *vcpu);

/* What the loaded vCPU's mirror asks for, where vgic_lock is held anyway: then run_work need not
 * take it again. Returns whom to kick when the lock is dropped. */
vgic_kick_t run_vgic_now(struct vcpu *vcpu);

/* Deactivates the physical interrupts that the VGIC lets go of, hardly ever any: no list register
 * will do it. After vgic_fold, vgic_fold_empty and vgic_dist_access, vgic_lock held. */
void run_vgic_release_all(struct vcpu *vcpu);

static inline void run_vgic_release(struct vcpu *vcpu)
{
	if (vcpu->cif->has_release) {
		run_vgic_release_all(vcpu);
	}
}

/* HYP's own timer has fired: the slice is over, a sleeper's timer is due. */
void run_timer_fired(struct cpu *cpu);

/* The loaded vCPU waits for an interrupt, or leaves the CPU to others. */
void run_wait(struct cpu *cpu);
void run_yield(struct cpu *cpu);

/* VFP registers to the loaded vCPU, at its first use since it was loaded. */
void run_vfp_open(struct vcpu *vcpu);

#endif
