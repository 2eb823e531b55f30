/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CPU keeps of a vCPU beside its registers, and what of it the next one must not meet. */
#ifndef HYP_CORE_ISOLATE_H
#define HYP_CORE_ISOLATE_H

#include "hyp/core/vm.h"

/* The loaded vCPU is about to leave its CPU, at `pc`: all that it did has had its effect. True: it
 * has caused an asynchronous abort, and gets it when it runs again. */
bool isolate_unload(struct vcpu *vcpu, uint32_t pc);

/* An asynchronous abort came of what the loaded vCPU did, at `pc` or before: it is the vCPU's, and
 * comes to it as soon as its CPSR.A lets it. */
void isolate_abort(struct vcpu *vcpu, uint32_t pc);

/* The vCPU begins, on this CPU, and finds nothing of its life before on any. Nobody is loaded. */
void isolate_start(struct cpu *cpu, const struct vcpu *vcpu);

/* The vCPU's world is in the registers of this CPU, and its guest has not run yet. */
void isolate_load(struct cpu *cpu, const struct vcpu *vcpu);

#endif
