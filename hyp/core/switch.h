/* SPDX-License-Identifier: BSD-2-Clause */
/* The world in a CPU's registers: out of them, into them. No lock is held. */
#ifndef HYP_CORE_SWITCH_H
#define HYP_CORE_SWITCH_H

#include "hyp/core/vm.h"

/* Takes the loaded vCPU's world out of the registers; nobody is loaded then. True: an abort came of
 * what it did, which ends a WFI. */
bool switch_save(struct cpu *cpu, struct guest_regs *regs);

/* Puts the vCPU's in; nobody was loaded. `shared`: it gives slices, its WFI and WFE trap. `enters`:
 * with reset registers (its life's pc, r0). */
void switch_load(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs, bool shared,
		 bool enters);

/* VFP registers to the loaded vCPU, at its first use since it was loaded. */
void switch_vfp_open(struct vcpu *vcpu);

#endif
