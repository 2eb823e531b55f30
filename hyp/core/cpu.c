/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/cpu.h"
#include "hyp/base/cold.h"
#include "hyp/core/trace.h"
#include "hyp/hw/gic.h"

struct cpu cpus[BOARD_MAX_CPUS];

/* Separate, so that the other way needs no stack. */
static COLD void cpu_interrupt_traced(uint32_t index)
{
	trace_kick(cpu_this(), index);
	gic_kick(cpus[index].gic_mask);
}

void cpu_interrupt(uint32_t index)
{
	uint32_t kick;

	if (index == SCHED_NO_CPU || index == cpu_this()->index) {
		return;
	}
	kick = cpus[index].kick;
	if (kick & CPU_KICK_TRACED) {
		cpu_interrupt_traced(index);
	} else {
		gic_kick(kick);
	}
}

COLD void cpu_poke(uint32_t index)
{
	cpus[index].resched = true;
	cpu_interrupt(index);
}
