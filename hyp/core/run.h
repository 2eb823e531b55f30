/* SPDX-License-Identifier: BSD-2-Clause */
/* The choice of the vCPU on this CPU, and the return to its guest. */
#ifndef HYP_CORE_RUN_H
#define HYP_CORE_RUN_H

#include "hyp/core/vm.h"

/* The CPU's first entry to a guest: fills the frame that vectors.S returns through. Called by
 * vectors.S. */
void run_start(struct guest_regs *regs);

/* Does the work that the exit, or another CPU, has left, before the return to a guest. Called by
 * vectors.S if cpu->resched or cpu->cif->work is set; most often neither is. */
void run_work(struct cpu *cpu, struct guest_regs *regs);

/* The loaded vCPU waits for an interrupt: after it, `regs` are those of any vCPU, and run_work may
 * be needed. */
void run_wait(struct cpu *cpu, struct guest_regs *regs);
/* The loaded vCPU has an access that another partition answers: it is complete, or the vCPU waits
 * and the CPU picks another one. */
void run_answer(struct cpu *cpu, struct guest_regs *regs);
/* The loaded vCPU yields the CPU. */
void run_yield(struct cpu *cpu);

#endif
