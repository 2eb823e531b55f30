/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a vCPU has been on a CPU, and how long it has waited for one. Pure; the unit is the
 * caller's. Lock: vm_sched_lock. Each change of its state costs one sum; the state itself is the
 * scheduler's and the life's, and the caller says which one it is.
 */
#ifndef HYP_SCHED_TIMES_H
#define HYP_SCHED_TIMES_H

#include <stdint.h>

struct times {
	_Alignas(32) uint64_t since; /* when it entered its present state; 32: found by a shift */
	uint64_t cpu;
	uint64_t wait;
};

/* It can run from now on, or no longer: what it did before does not count as waiting. */
static inline void times_mark(struct times *times, uint64_t now)
{
	times->since = now;
}

/* A CPU takes it: it has waited. */
static inline void times_enter(struct times *times, uint64_t now)
{
	times->wait += now - times->since;
	times->since = now;
}

/* It leaves its CPU. */
static inline void times_leave(struct times *times, uint64_t now)
{
	times->cpu += now - times->since;
	times->since = now;
}

enum times_state { TIMES_OTHER, TIMES_WAITS, TIMES_RUNS };

/* The times up to now. Two CPUs may read the counter in another order than they get the lock in: a
 * time that would be negative is 0. */
struct times times_at(const struct times *times, enum times_state state, uint64_t now);

#endif
