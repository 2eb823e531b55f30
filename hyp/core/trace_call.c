/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/trace_call.h"
#include "abi/plumbline.h"
#include "hyp/base/error.h"
#include "hyp/core/facts.h"
#include "hyp/core/trace.h"

#define TRACE_CALL_PAGE 0x1000u

static uint32_t trace_call_each(void)
{
	return (uint32_t)bits_align_up(sizeof(struct trace), TRACE_CALL_PAGE);
}

uint32_t trace_call_size(const struct manifest *manifest)
{
	for (uint32_t n = 0; n < manifest->nr_partitions; n++) {
		if (manifest->partition[n].traces) {
			return facts_board.nr_cpus * trace_call_each();
		}
	}
	return 0;
}

void trace_call_make(uint8_t *memory)
{
	for (uint32_t n = 0; n < facts_board.nr_cpus; n++) {
		cpus[n].trace = (struct trace *)(void *)(memory + n * trace_call_each());
	}
}

/* Every CPU follows when it schedules next, at once; this one before its guest continues. None is
 * interrupted for what does not change. */
static void trace_call_switch(bool on)
{
	struct sched_locked held = vm_lock_sched();
	bool changes = (trace_run & 1u) != on;

	trace_run += changes;
	vm_unlock_sched(held);
	for (uint32_t n = 0; changes && n < facts_board.nr_cpus; n++) {
		cpus[n].trace_changes = true;
		hw_dmb(); /* a CPU that reads resched also reads the other */
		cpu_poke(n);
	}
}

/* The CPU's ring; NULL: it has not begun the newest run yet, and what it holds is old. */
static const struct trace *trace_call_ring(uint32_t cpu)
{
	const struct trace *trace = cpus[hw_at_most(cpu, BOARD_MAX_CPUS - 1)].trace;
	bool begun = trace->run == ((trace_run - 1) | 1u);

	hw_dmb(); /* trace_begin's: its ring was cleared before */
	return begun ? trace : NULL;
}

static int32_t trace_call_info(const struct trace *trace, struct guest_regs *regs)
{
	regs->r[1] = trace ? trace->events.count : 0;
	regs->r[2] = trace ? events_lost(&trace->events) : 0;
	return 0;
}

static int32_t trace_call_read(const struct trace *trace, uint32_t number, struct guest_regs *regs)
{
	uint32_t run = trace ? trace->run : 0;
	const struct event *found;
	struct event event;

	hw_dmb();
	found = trace ? events_find(&trace->events, number) : NULL;
	hw_dmb();
	if (!found) {
		return -HYP_ENOENT;
	}
	event = *found;
	hw_dmb();
	if (!events_has(&trace->events, number) || trace->run != run) {
		return -HYP_ENOENT;
	}
	regs->r[1] = event.time;
	regs->r[2] = event.word[0];
	regs->r[3] = event.word[1];
	return (int32_t)event.head;
}

int32_t trace_call(struct guest_regs *regs)
{
	uint32_t cpu = regs->r[2];

	switch (regs->r[1]) {
	case PLUMB_TRACE_OFF:
	case PLUMB_TRACE_ON:
		trace_call_switch(regs->r[1] == PLUMB_TRACE_ON);
		return 0;
	case PLUMB_TRACE_INFO:
		return cpu < facts_board.nr_cpus ? trace_call_info(trace_call_ring(cpu), regs)
						 : -HYP_ENOENT;
	case PLUMB_TRACE_READ:
		return cpu < facts_board.nr_cpus
			       ? trace_call_read(trace_call_ring(cpu), regs->r[3], regs)
			       : -HYP_ENOENT;
	default:
		return -HYP_EINVAL;
	}
}
