/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs where: vCPUs with an affinity set and a priority share CPUs, round robin within a
 * priority, the highest priority first. Pure. Lock: sched_lock.
 */
#ifndef HYP_SCHED_H
#define HYP_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#define SCHED_MAX_CPUS	8
#define SCHED_MAX_VCPUS 64
#define SCHED_NO_CPU	0xff
#define SCHED_NONE	0xffffffffu

enum sched_state {
	SCHED_OFF,     /* not to be run: powered off, partition off */
	SCHED_BLOCKED, /* waits for an interrupt */
	SCHED_READY,   /* waits for a CPU */
	SCHED_RUNNING, /* on CPU `cpu` */
};

struct sched_entity {
	uint8_t state;	  /* enum sched_state */
	uint8_t cpu;	  /* where it runs, or ran last; SCHED_NO_CPU if never */
	uint8_t affinity; /* bit n: may run on CPU n */
	uint8_t priority; /* 0..7, 7 the highest */
	bool pinned;	  /* stays on `cpu` for now (caches off, ARM ARM set/way maintenance) */
	uint32_t queued;  /* order of arrival */
};

struct sched {
	struct sched_entity entity[SCHED_MAX_VCPUS];
	uint32_t nr_entities;
	uint32_t nr_cpus;
	uint32_t current[SCHED_MAX_CPUS]; /* entity index or SCHED_NONE (idle) */
	uint32_t arrivals;
};

void sched_init(struct sched *s, uint32_t nr_cpus);

/* Adds an entity (state OFF). Returns its index, or SCHED_NONE if the table is full. `affinity`
 * holds at least one existing CPU. */
uint32_t sched_add(struct sched *s, uint8_t affinity, uint8_t priority);

/* OFF or BLOCKED -> READY. Returns the CPU that should be told to reschedule (it is idle, or runs a
 * lower priority), or SCHED_NO_CPU. Prefers the CPU it ran on last, then an idle one, then the
 * lowest priority. */
uint8_t sched_wake(struct sched *s, uint32_t e);

/* The entity to run next on `cpu` (its current one included if still RUNNING; `yield` puts that
 * behind equals), made RUNNING; SCHED_NONE: idle. The former current one becomes READY if it was
 * RUNNING. */
uint32_t sched_pick(struct sched *s, uint32_t cpu, bool yield);

/* The running entity e leaves its CPU for `state` (BLOCKED or OFF); sched_pick follows on that CPU.
 * Also for an entity that is READY or BLOCKED (then it just changes state). */
void sched_stop(struct sched *s, uint32_t e, enum sched_state state);

/* Does anything else wait for `cpu` with at least the current one's priority (so that a time slice
 * is needed)? */
bool sched_contended(const struct sched *s, uint32_t cpu);

/* May any entity but e ever run on `cpu`? If not, e owns it: no ticks, no WFI traps. */
bool sched_shared(const struct sched *s, uint32_t e, uint32_t cpu);

#endif
