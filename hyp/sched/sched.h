/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler: vCPUs with an affinity set and a priority share CPUs, round robin within a
 * priority, the highest priority first. Pure. Lock: vm_sched_lock, which protects all of struct
 * sched.
 *
 * A vCPU may have a budget (budget.h): it runs for at most that long in each period, also if its
 * CPU would be idle otherwise. Within a priority, those with a budget precede those without, and
 * the shorter period precedes the longer one. The counter is read only if any has a budget.
 *
 * An entity stays current[] of its CPU until that CPU calls sched_pick, even if another CPU stops
 * it, or wakes it again; until then no other CPU can pick it. After sched_pick the entity that was
 * replaced may run elsewhere as soon as the lock is released, so its registers must be in memory by
 * then.
 */
#ifndef HYP_SCHED_SCHED_H
#define HYP_SCHED_SCHED_H

#include "hyp/sched/budget.h"

#define SCHED_MAX_CPUS	 8
#define SCHED_MAX_VCPUS	 64
#define SCHED_PRIORITIES 8
#define SCHED_NO_CPU	 0xff
#define SCHED_NONE	 0xffffffffu
#define SCHED_NOBODY	 0xff /* the same in a byte */

enum sched_state {
	SCHED_OFF,     /* does not run: powered off, or its partition is off */
	SCHED_BLOCKED, /* waits for an interrupt */
	SCHED_READY,   /* waits for a CPU */
	SCHED_RUNNING, /* on CPU `cpu` */
	SCHED_SPENT,   /* would be READY, and has no budget left: its alarm ends that */
};

struct alarms;

struct sched_entity {
	_Alignas(16) uint8_t state; /* enum sched_state; 16: found by a shift */
	uint8_t cpu;		    /* where it runs, or ran last; SCHED_NO_CPU if never */
	uint8_t affinity;	    /* bit n: may run on CPU n; fixed by sched_add */
	uint8_t priority;	    /* 0..7, 7 the highest */
	bool pinned; /* stays on `cpu` for now (caches off, set/way maintenance); the caller sets
			and clears it while the entity runs */
	uint8_t next,
		prev; /* READY: its neighbours in the queue of its priority, SCHED_NOBODY: none */
	uint32_t queued; /* order of arrival, free-running */
	uint32_t level;	 /* which of two runs: the priority, then the budget's period */
};

struct sched {
	struct sched_entity entity[SCHED_MAX_VCPUS];
	uint32_t nr_entities;
	uint32_t nr_cpus;
	uint32_t current[SCHED_MAX_CPUS]; /* entity index or SCHED_NONE (idle) */
	uint32_t arrivals;
	uint8_t waiting; /* bit per priority: its queue is not empty */
	/* READY entities by priority, in order of arrival. */
	struct sched_queue {
		uint8_t first, last;
	} queue[SCHED_PRIORITIES];
	/* Entities whose affinity holds the CPU. One with a budget counts twice: it owns no CPU. */
	uint8_t users[SCHED_MAX_CPUS];
	/* A RUNNING entity with a budget, and a SPENT one, have an alarm: for sched_due. NULL: no
	 * entity has a budget. */
	struct alarms *alarms;
	uint64_t now; /* counter value of the last sched_charge */
	struct budget budget[SCHED_MAX_VCPUS];
};

void sched_init(struct sched *s, uint32_t nr_cpus);

/* Adds an entity (state OFF). Returns its index, or SCHED_NONE if the table is full, `affinity`
 * holds no existing CPU, or `priority` is above 7. */
uint32_t sched_add(struct sched *s, uint8_t affinity, uint8_t priority);

/* Gives entity e, which is OFF and has not run yet, a budget. Returns false, and does nothing, if
 * budget_init does not accept the numbers. `alarms`: the same at each call. */
bool sched_reserve(struct sched *s, uint32_t e, uint32_t budget, uint32_t period,
		   struct alarms *alarms);

/* OFF or BLOCKED -> READY. Returns the CPU that must
 * reschedule (it is idle, or runs a lower priority), or SCHED_NO_CPU. Prefers an idle CPU, then the
 * one with the lowest priority, and among equal CPUs the one that the entity ran on last. */
uint8_t sched_wake(struct sched *s, uint32_t e);

/* The current entity of `cpu` pays for its time until counter value `now`: if nothing is left, it
 * is SPENT. Before each sched_pick, in the same hold of the lock, if s->alarms is not NULL. After
 * the pick, the first alarm of `cpu` may be another one. */
void sched_charge(struct sched *s, uint32_t cpu, uint64_t now);

/* The work of the monitor on `cpu` from `from` until `now`, since its last sched_pick, was for e:
 * e pays for it, not the current entity. If e is another one, it is OFF. */
void sched_charge_other(struct sched *s, uint32_t cpu, uint32_t e, uint64_t from, uint64_t now);

/* `cpu` has taken e's alarm, at counter value `now`. False: it is not that of a budget. True: e's
 * budget ends now (it runs), or its next period begins (it was SPENT). *tell: the CPU that must
 * reschedule, as sched_wake returns it. */
bool sched_due(struct sched *s, uint32_t cpu, uint32_t e, uint64_t now, uint8_t *tell);

/* Makes the entity to run next on `cpu` RUNNING and returns it; SCHED_NONE: idle. The current one
 * is a candidate if it is still RUNNING; `yield` puts it behind those of its level. If another
 * one is picked, the current one becomes READY if it was RUNNING; without `yield` it keeps its
 * place in the queue, and is the next of its priority. */
uint32_t sched_pick(struct sched *s, uint32_t cpu, bool yield);

/* After a sched_pick: another CPU that must reschedule, because it is idle, or runs a lower
 * priority than a READY entity that may run there (the one just displaced, or one whose wake-up
 * named a CPU that has since picked another one); else SCHED_NO_CPU. If every CPU returned here
 * calls this in turn, no CPU stays idle, or at a lower priority, beside a READY entity. */
uint8_t sched_spread(const struct sched *s);

/* False: no READY entity may run on another CPU than `cpu`, so sched_spread, and sched_contended of
 * another CPU, need not be asked. In a few steps: true may mean nothing. */
bool sched_may_spread(const struct sched *s, uint32_t cpu);

/* The running entity e leaves its CPU for `state` (BLOCKED or OFF); sched_pick follows on that CPU.
 * An entity that is READY or BLOCKED only changes its state. OFF stays OFF: only sched_wake ends
 * it. */
void sched_stop(struct sched *s, uint32_t e, enum sched_state state);

/* The counter ticks left, for an entity that leaves its CPU now, of a time slice that ends at
 * slice_end (0: there is none). Not 0 only if the entity is READY, and so displaced by a higher
 * priority before the end of its slice: with a whole slice each time it would keep others of its
 * priority off the CPU forever. 0: its next slice is a whole one. */
uint64_t sched_slice_left(const struct sched *s, uint32_t e, uint64_t slice_end, uint64_t now);

/* Is any entity READY? */
static inline bool sched_any_ready(const struct sched *s)
{
	return s->waiting != 0;
}

/* Does another entity wait for `cpu` with at least the current one's priority (so that a time slice
 * is needed)? */
bool sched_contended(const struct sched *s, uint32_t cpu);

/* The same of one READY entity, in a few steps, however many others wait. */
bool sched_waits_for(const struct sched *s, uint32_t e, uint32_t cpu);

/* May any entity but e ever run on `cpu`? If not, e owns it: no ticks, no WFI traps. */
bool sched_shared(const struct sched *s, uint32_t e, uint32_t cpu);

/* The same for the entity that `cpu` has picked. */
static inline bool sched_picked_shared(const struct sched *s, uint32_t cpu)
{
	return s->users[cpu] > 1;
}

#endif
