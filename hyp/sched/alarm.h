/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The deadlines of waiting entities, for each CPU the earliest first: a binary heap, so that a
 * change costs at most the logarithm of their number, and the earliest is at hand. Pure. Lock:
 * vm_sched_lock. All zeros: no alarm is set. Entity numbers are below SCHED_MAX_VCPUS, CPUs below
 * SCHED_MAX_CPUS.
 */
#ifndef HYP_SCHED_ALARM_H
#define HYP_SCHED_ALARM_H

#include "hyp/sched/deadline.h"
#include "hyp/sched/sched.h"

_Static_assert(SCHED_MAX_VCPUS <= 256, "an entity's number, and its place, are one byte");

struct alarm_heap {
	uint32_t count;
	uint8_t entity[SCHED_MAX_VCPUS]; /* none before its parent, (n - 1) / 2 */
};

struct alarms {
	uint64_t at[SCHED_MAX_VCPUS];	/* counter value, by entity */
	uint8_t place[SCHED_MAX_VCPUS]; /* in the heap */
	uint8_t heap[SCHED_MAX_VCPUS];	/* CPU + 1; 0: no alarm is set */
	struct alarm_heap cpu[SCHED_MAX_CPUS];
};

/* Sets the entity's alarm, which `cpu` serves; an earlier one is replaced. `at`: a counter value;
 * DEADLINE_NEVER: none is set. */
void alarm_set(struct alarms *alarms, uint32_t cpu, uint32_t e, uint64_t at);

static inline bool alarm_is_set(const struct alarms *alarms, uint32_t e)
{
	return alarms->heap[e] != 0;
}

/* Does nothing if none is set. */
void alarm_clear(struct alarms *alarms, uint32_t e);

/* Clears the first alarm of `cpu` that is due at counter value `now`, and returns its entity;
 * SCHED_NONE: none is due. */
uint32_t alarm_take(struct alarms *alarms, uint32_t cpu, uint64_t now);

/* The first alarm of `cpu`; DEADLINE_NEVER: none. */
static inline uint64_t alarm_first(const struct alarms *alarms, uint32_t cpu)
{
	const struct alarm_heap *heap = &alarms->cpu[cpu];

	return heap->count ? alarms->at[heap->entity[0]] : DEADLINE_NEVER;
}

#endif
