/* SPDX-License-Identifier: BSD-2-Clause */
/* What a CPU does between two vCPUs beside the choice. No lock is held. */
#ifndef HYP_CORE_CHORE_H
#define HYP_CORE_CHORE_H

#include "hyp/base/guest_regs.h"
#include "hyp/core/cpu.h"

/* Between two long pieces of work: takes interrupts, and wakes the vCPUs whose timers are due,
 * which no interrupt signals once the HYP timer's has been taken. */
void chore_pause(struct cpu *cpu);

/* What other CPUs want of this one (cpu->asked). A step of the report is a long piece of work. */
void chore_asked(struct cpu *cpu, struct guest_regs *regs);

/* A partition whose watchdog has expired: cpu->bitten. */
void chore_bite(struct cpu *cpu);

/* Partitions that have ended (cpu->ended): a piece of one is a long piece of work. */
void chore_clear_up(struct cpu *cpu);

#endif
