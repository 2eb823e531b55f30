/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/cpu.h"
#include "hyp/core/exit.h"
#include "hyp/core/irq.h"
#include "hyp/hw/gic.h"
#include "hyp/regs/gic.h"

void exit_irq(struct cpu *cpu)
{
	uint32_t iar = gic_acknowledge();

	cpu->loaded->stats[PLUMB_STAT_IRQ]++;
	if (FIELD_GET(GICC_IAR_ID, iar) < GICC_IAR_SPURIOUS) {
		irq_handle(cpu, iar);
	}
}
