/* SPDX-License-Identifier: BSD-2-Clause */
/* Exits from guests: traps by exception class (HSR.EC), and interrupts. */
#ifndef HYP_CORE_EXIT_H
#define HYP_CORE_EXIT_H

#include "hyp/core/vm.h"

/* Called by vectors.S with the frame. A class without a handler is UNDEFINED to the guest. */
void exit_trap(struct guest_regs *regs);

/* Acknowledges and handles one interrupt; called by vectors.S with the frame. */
void exit_irq(struct guest_regs *regs);

/* Handlers by class, in files of their own. */
void exit_hvc(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
void exit_data_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
void exit_prefetch_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);

#endif
