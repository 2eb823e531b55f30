/* SPDX-License-Identifier: BSD-2-Clause */
/* Exits from guests: traps by exception class (HSR.EC), and interrupts. */
#ifndef HYP_CORE_EXIT_H
#define HYP_CORE_EXIT_H

#include "hyp/core/vm.h"

/*
 * The handlers of vectors.S, by exception class. `cpu` is this CPU, `regs` the frame, `hsr` the
 * syndrome. The guest continues at ELR_hyp with SPSR, which the frame only shows: a handler that
 * changes pc or cpsr there ends with world_resume. run_work, which the vectors call if there is
 * work, may change the frame freely.
 */
void exit_undef(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr); /* all other classes */
void exit_wfx(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
void exit_cp(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
void exit_hcptr(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
void exit_hvc(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr); /* HVC #0, PC behind it */
void exit_hvc_other(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
void exit_data_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
void exit_prefetch_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);

/* Acknowledges and handles one interrupt; called by vectors.S, too. */
void exit_irq(struct cpu *cpu);

/* A handler that may change the whole frame. */
static inline __attribute__((always_inline)) void
exit_whole(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr,
	   void (*handle)(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr))
{
	handle(cpu, regs, hsr);
	world_resume(regs->pc, regs->cpsr);
}

#endif
