/* SPDX-License-Identifier: BSD-2-Clause */
/* Routing of the physical interrupts that this CPU takes. */
#ifndef HYP_CORE_IRQ_H
#define HYP_CORE_IRQ_H

#include "hyp/core/vm.h"

/* Handles an interrupt that has been acknowledged and is not spurious (GICC_IAR as read). No lock
 * is held. */
void irq_handle(struct cpu *cpu, uint32_t iar);

/* Handles what is pending, from the monitor's own loops: 16 interrupts at most, and one at least,
 * as long as none of them sets this CPU's resched. */
void irq_poll(struct cpu *cpu);

#endif
