/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/cpu.h"
#include "hyp/hw/gic.h"

struct cpu cpus[BOARD_MAX_CPUS];

void cpu_interrupt(uint32_t index)
{
	if (index != SCHED_NO_CPU && index != cpu_this()->index) {
		gic_kick(cpus[index].gic_mask);
	}
}

void cpu_poke(uint32_t index)
{
	cpus[index].resched = true;
	cpu_interrupt(index);
}
