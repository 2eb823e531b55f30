/* SPDX-License-Identifier: BSD-2-Clause */
/* The world switch: moves a vCPU's world between memory and a CPU's registers. No lock is held. */
#ifndef HYP_CORE_SWITCH_H
#define HYP_CORE_SWITCH_H

#include "hyp/core/vm.h"

/* Saves the loaded vCPU's world; no vCPU is loaded then. True: its accesses caused an asynchronous
 * abort, which ends a WFI. */
bool switch_save(struct cpu *cpu, struct guest_regs *regs);

/* Loads the vCPU's world; no vCPU was loaded. `shared`: the CPU is shared, so time slices apply,
 * and WFI and WFE trap. `enters`: with reset registers (pc and r0 from its life). */
void switch_load(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs, bool shared,
		 bool enters);

/* Loads the VFP registers of the loaded vCPU, at its first VFP instruction since it was loaded. */
void switch_vfp_open(struct vcpu *vcpu);

#endif
