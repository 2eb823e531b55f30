/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/chore.h"
#include "hyp/core/child.h"
#include "hyp/core/irq.h"
#include "hyp/core/partition.h"
#include "hyp/core/report.h"
#include "hyp/core/settle.h"
#include "hyp/core/tick.h"
#include "hyp/core/trace.h"

void chore_pause(struct cpu *cpu)
{
	irq_poll(cpu);
	tick_catch_up(cpu);
}

void chore_asked(struct cpu *cpu, struct guest_regs *regs)
{
	settle_answer(cpu);
	trace_follow(cpu);
	if (cpu->report) {
		chore_pause(cpu);
		report_sample(cpu, regs);
		chore_pause(cpu);
	}
}

void chore_bite(struct cpu *cpu)
{
	struct vm *vm = cpu->bitten;

	chore_pause(cpu); /* a bite is long, too */
	cpu->bitten = NULL;
	partition_bite(vm);
	chore_pause(cpu);
}

void chore_clear_up(struct cpu *cpu)
{
	while (cpu->ended) {
		if (!child_end_step(cpu->ended)) {
			partition_clear_up(cpu);
		}
		chore_pause(cpu);
	}
}
