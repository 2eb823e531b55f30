/* SPDX-License-Identifier: BSD-2-Clause */
/* State of a vCPU that a CPU retains beside its registers, and that the next vCPU must not see. */
#ifndef HYP_CORE_ISOLATE_H
#define HYP_CORE_ISOLATE_H

#include "hyp/core/vm.h"

/* An access of the loaded vCPU, at `pc` or before, caused an asynchronous abort: the vCPU takes it
 * as soon as its CPSR.A is 0. */
void isolate_abort(struct vcpu *vcpu, uint32_t pc);

/* The loaded vCPU is about to leave its CPU, at `pc`: completes its memory accesses. They may have
 * caused an asynchronous abort, which the vCPU takes when it runs again. */
static inline void isolate_unload(struct vcpu *vcpu, uint32_t pc)
{
	if (world_aborts() && world_take_abort()) {
		isolate_abort(vcpu, pc);
	}
}

/* The vCPU starts on this CPU: removes the state of its previous life from all CPUs. No vCPU is
 * loaded. */
void isolate_start(struct cpu *cpu, const struct vcpu *vcpu);

/* The vCPU's world was loaded into the registers of this CPU, and its guest has not run yet. */
void isolate_load(struct cpu *cpu, const struct vcpu *vcpu);

#endif
