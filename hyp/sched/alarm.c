/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/alarm.h"

static void alarm_put(struct alarms *alarms, struct alarm_heap *heap, uint32_t n, uint32_t e)
{
	heap->entity[n] = (uint8_t)e;
	alarms->place[e] = (uint8_t)n;
}

/* Moves the entity at place n before its parents that are later. */
static void alarm_rise(struct alarms *alarms, struct alarm_heap *heap, uint32_t n)
{
	uint32_t e = heap->entity[n];

	while (n > 0) {
		uint32_t up = (n - 1) / 2;
		uint32_t parent = heap->entity[up];

		if (alarms->at[parent] <= alarms->at[e]) {
			break;
		}
		alarm_put(alarms, heap, n, parent);
		n = up;
	}
	alarm_put(alarms, heap, n, e);
}

/* Moves it behind its children that are earlier. */
static void alarm_sink(struct alarms *alarms, struct alarm_heap *heap, uint32_t n)
{
	uint32_t e = heap->entity[n];

	for (uint32_t child = 2 * n + 1; child < heap->count; child = 2 * n + 1) {
		if (child + 1 < heap->count &&
		    alarms->at[heap->entity[child + 1]] < alarms->at[heap->entity[child]]) {
			child++;
		}
		if (alarms->at[heap->entity[child]] >= alarms->at[e]) {
			break;
		}
		alarm_put(alarms, heap, n, heap->entity[child]);
		n = child;
	}
	alarm_put(alarms, heap, n, e);
}

void alarm_clear(struct alarms *alarms, uint32_t e)
{
	struct alarm_heap *heap;
	uint32_t last;

	if (!alarms->heap[e]) {
		return;
	}
	heap = &alarms->cpu[alarms->heap[e] - 1];
	alarms->heap[e] = 0;
	last = heap->entity[--heap->count];
	if (last != e) {
		alarm_put(alarms, heap, alarms->place[e], last);
		alarm_rise(alarms, heap, alarms->place[last]);
		alarm_sink(alarms, heap, alarms->place[last]);
	}
}

void alarm_set(struct alarms *alarms, uint32_t cpu, uint32_t e, uint64_t at)
{
	struct alarm_heap *heap = &alarms->cpu[cpu];

	alarm_clear(alarms, e);
	if (at == DEADLINE_NEVER) {
		return;
	}
	alarms->at[e] = at;
	alarms->heap[e] = (uint8_t)(cpu + 1);
	alarm_put(alarms, heap, heap->count++, e);
	alarm_rise(alarms, heap, heap->count - 1);
}

uint32_t alarm_take(struct alarms *alarms, uint32_t cpu, uint64_t now)
{
	uint32_t e;

	if (alarm_first(alarms, cpu) > now || !alarms->cpu[cpu].count) {
		return SCHED_NONE;
	}
	e = alarms->cpu[cpu].entity[0];
	alarm_clear(alarms, e);
	return e;
}
