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

/* The loaded vCPU waits for an interrupt, or leaves the CPU to others. */
void run_wait(struct cpu *cpu);
void run_yield(struct cpu *cpu);

#endif
