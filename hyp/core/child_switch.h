/* SPDX-License-Identifier: BSD-2-Clause */
/* The two world switches of a PLUMB_RUN: from its caller to a vCPU of a child, and back. No lock is
 * held. */
#ifndef HYP_CORE_CHILD_SWITCH_H
#define HYP_CORE_CHILD_SWITCH_H

#include "hyp/core/child.h"

/* The loaded vCPU's world goes to memory, and that of `vcpu`, which this CPU has claimed, to the
 * registers. False: an interrupt is pending for the former, which stays. */
bool child_switch_in(struct cpu *cpu, struct vcpu *vcpu, struct guest_regs *regs);

/* Before child_switch_out: its r1, r2 and r3, if they are not 0. */
static inline void child_result(struct cpu *cpu, uint32_t r1, uint32_t r2, uint32_t r3)
{
	uint32_t *result = cpu->runner->regs.r;

	result[1] = r1;
	result[2] = r2;
	result[3] = r3;
}

/* The world of the loaded vCPU, a child's, goes to memory, and that of its caller to the registers,
 * with the result `reason` (PLUMB_RUN_*) and child_result. Siblings that the vCPU has woken: INTR
 * becomes KICK, and tells them; for other reasons the creator's doorbell rings. WFI gets its ticks
 * here; if an interrupt is pending for the vCPU, it stays. */
void child_switch_out(struct cpu *cpu, struct guest_regs *regs, uint32_t reason);

#endif
