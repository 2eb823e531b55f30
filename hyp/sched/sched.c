/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/sched.h"
#include "hyp/base/bits.h"
#include "hyp/base/cold.h"
#include "hyp/sched/alarm.h"
#include <string.h>

/* entity.level: the priority above; below it 1 without a budget, else more, and more for a shorter
 * period. Periods that differ by less than 8 ticks may count as equal. */
#define SCHED_LEVEL_SHIFT  28u
#define SCHED_LEVEL_BUDGET ((UINT32_C(1) << SCHED_LEVEL_SHIFT) - 1u)
#define SCHED_PERIOD_SHIFT 3u
#define SCHED_LEVEL_NONE   UINT32_C(1)
_Static_assert(BUDGET_MAX_PERIOD >> SCHED_PERIOD_SHIFT < SCHED_LEVEL_BUDGET - SCHED_LEVEL_NONE,
	       "never 0 or 1");

/* Fields that are entity numbers come from the caller; a number that is out of range is ignored. */
static bool sched_known(const struct sched *s, uint32_t e)
{
	return e < s->nr_entities;
}

static bool sched_runs(const struct sched *s, uint32_t cpu)
{
	uint32_t e = s->current[cpu];

	return e != SCHED_NONE && s->entity[e].state == SCHED_RUNNING;
}

/* May `cpu` take e, if e is READY? Not while it is current on another CPU. */
static inline bool sched_allowed(const struct sched *s, uint32_t e, uint32_t cpu)
{
	const struct sched_entity *entity = &s->entity[e];
	bool elsewhere = entity->cpu != SCHED_NO_CPU && entity->cpu != cpu;

	if ((entity->affinity & BIT32(cpu)) == 0) {
		return false;
	}
	return !elsewhere || (!entity->pinned && s->current[entity->cpu] != e);
}

static inline bool sched_has_budget(const struct sched *s, uint32_t e)
{
	return (s->entity[e].level & SCHED_LEVEL_BUDGET) != SCHED_LEVEL_NONE;
}

/* Does a precede b in their queue? Arrival numbers wrap, so their distance counts. */
static bool sched_before(const struct sched_entity *a, const struct sched_entity *b)
{
	if (a->level != b->level) {
		return a->level > b->level;
	}
	return a->queued - b->queued > UINT32_C(0x7fffffff);
}

/* Puts e between `prev` and `next` of its priority's queue (SCHED_NOBODY: the ends). */
static void sched_link(struct sched *s, uint32_t e, uint8_t prev, uint8_t next)
{
	struct sched_entity *entity = &s->entity[e];
	struct sched_queue *queue = &s->queue[entity->priority];

	entity->prev = prev;
	entity->next = next;
	if (prev == SCHED_NOBODY) {
		queue->first = (uint8_t)e;
	} else {
		s->entity[prev].next = (uint8_t)e;
	}
	if (next == SCHED_NOBODY) {
		queue->last = (uint8_t)e;
	} else {
		s->entity[next].prev = (uint8_t)e;
	}
	s->waiting |= (uint8_t)BIT32(entity->priority);
}

/* The last to arrive nearly always, else one that was displaced: near the beginning. */
static void sched_queue(struct sched *s, uint32_t e)
{
	const struct sched_entity *entity = &s->entity[e];
	const struct sched_queue *queue = &s->queue[entity->priority];
	uint8_t next = queue->first;

	if (next == SCHED_NOBODY || sched_before(&s->entity[queue->last], entity)) {
		sched_link(s, e, queue->last, SCHED_NOBODY);
		return;
	}
	while (sched_before(&s->entity[next], entity)) {
		next = s->entity[next].next;
	}
	sched_link(s, e, s->entity[next].prev, next);
}

static inline void sched_unqueue(struct sched *s, uint32_t e)
{
	const struct sched_entity *entity = &s->entity[e];
	struct sched_queue *queue = &s->queue[entity->priority];
	uint8_t prev = entity->prev, next = entity->next;

	if (prev == SCHED_NOBODY && next == SCHED_NOBODY) { /* most often */
		queue->first = SCHED_NOBODY;
		queue->last = SCHED_NOBODY;
		s->waiting &= (uint8_t)~BIT32(entity->priority);
		return;
	}
	if (prev == SCHED_NOBODY) {
		queue->first = next;
	} else {
		s->entity[prev].next = next;
	}
	if (next == SCHED_NOBODY) {
		queue->last = prev;
	} else {
		s->entity[next].prev = prev;
	}
}

static void sched_set_ready(struct sched *s, uint32_t e)
{
	s->entity[e].state = SCHED_READY;
	sched_queue(s, e);
}

/* The first READY entity; SCHED_NONE: there is none. */
static uint32_t sched_head(const struct sched *s)
{
	return s->waiting ? s->queue[bits_last(s->waiting)].first : SCHED_NONE;
}

/* The one after READY e. */
static uint32_t sched_after(const struct sched *s, uint32_t e)
{
	const struct sched_entity *entity = &s->entity[e];
	uint32_t lower = s->waiting & (BIT32(entity->priority) - 1u);

	if (entity->next != SCHED_NOBODY) {
		return entity->next;
	}
	return lower ? s->queue[bits_last(lower)].first : SCHED_NONE;
}

/* The cost of e on `cpu`: 0 if that is idle, else the level of the entity that e would displace. */
static uint32_t sched_cost(const struct sched *s, uint32_t cpu)
{
	return sched_runs(s, cpu) ? s->entity[s->current[cpu]].level : 0;
}

/* The CPU that should take READY e now, or SCHED_NO_CPU. */
static uint8_t sched_place(const struct sched *s, uint32_t e)
{
	const struct sched_entity *entity = &s->entity[e];
	uint32_t limit = entity->level - 1; /* costs up to this belong to lower levels */
	uint8_t best = SCHED_NO_CPU;

	for (uint32_t cpus = entity->affinity; cpus; cpus &= cpus - 1) {
		uint32_t cpu = bits_first(cpus);
		uint32_t cost = sched_cost(s, cpu);
		bool better = best == SCHED_NO_CPU ? cost <= limit : cost < limit;

		if (!sched_allowed(s, e, cpu)) {
			continue;
		}
		if (better || (cost == limit && best != SCHED_NO_CPU && cpu == entity->cpu)) {
			best = (uint8_t)cpu;
			limit = cost;
		}
	}
	return best;
}

COLD void sched_init(struct sched *s, uint32_t nr_cpus)
{
	memset(s, 0, sizeof(*s));
	s->nr_cpus = bits_min(nr_cpus, SCHED_MAX_CPUS);
	for (uint32_t cpu = 0; cpu < SCHED_MAX_CPUS; cpu++) {
		s->current[cpu] = SCHED_NONE;
	}
	for (uint32_t n = 0; n < SCHED_PRIORITIES; n++) {
		s->queue[n] = (struct sched_queue) { SCHED_NOBODY, SCHED_NOBODY };
	}
}

COLD uint32_t sched_add(struct sched *s, uint8_t affinity, uint8_t priority)
{
	uint32_t e = s->nr_entities;
	uint8_t cpus = (uint8_t)(affinity & (BIT32(s->nr_cpus) - 1u));

	if (e >= SCHED_MAX_VCPUS || cpus == 0 || priority >= SCHED_PRIORITIES) {
		return SCHED_NONE;
	}
	s->entity[e] = (struct sched_entity) {
		.state = SCHED_OFF,
		.cpu = SCHED_NO_CPU,
		.affinity = cpus,
		.priority = priority,
		.level = (uint32_t)priority << SCHED_LEVEL_SHIFT | SCHED_LEVEL_NONE,
		.next = SCHED_NOBODY,
		.prev = SCHED_NOBODY,
	};
	for (uint32_t cpu = 0; cpu < s->nr_cpus; cpu++) {
		if ((cpus & BIT32(cpu)) != 0) {
			s->users[cpu]++;
		}
	}
	s->nr_entities++;
	return e;
}

bool sched_reserve(struct sched *s, uint32_t e, uint32_t budget, uint32_t period,
		   struct alarms *alarms)
{
	if (!sched_known(s, e) || sched_has_budget(s, e) ||
	    !budget_init(&s->budget[e], budget, period)) {
		return false;
	}
	s->alarms = alarms;
	s->entity[e].level +=
		SCHED_LEVEL_BUDGET - SCHED_LEVEL_NONE - (period >> SCHED_PERIOD_SHIFT);
	for (uint32_t cpu = 0; cpu < s->nr_cpus; cpu++) {
		s->users[cpu] += (s->entity[e].affinity >> cpu) & 1u;
	}
	return true;
}

uint8_t sched_wake(struct sched *s, uint32_t e)
{
	if (!sched_known(s, e) || s->entity[e].state >= SCHED_READY) {
		return SCHED_NO_CPU;
	}
	s->entity[e].queued = s->arrivals++;
	sched_set_ready(s, e);
	return sched_place(s, e);
}

/* ---- budgets ---- */

/* `cpu` sees to the end of that. */
static void sched_set_spent(struct sched *s, uint32_t cpu, uint32_t e)
{
	s->entity[e].state = SCHED_SPENT;
	alarm_set(s->alarms, cpu, e, s->budget[e].ends);
}

void sched_charge(struct sched *s, uint32_t cpu, uint64_t now)
{
	uint32_t e = s->current[cpu];

	s->now = now;
	if (e == SCHED_NONE || !sched_has_budget(s, e)) {
		return;
	}
	budget_charge(&s->budget[e], now);
	if (s->entity[e].state == SCHED_RUNNING && s->budget[e].left <= 0) {
		sched_set_spent(s, cpu, e);
	} else if (s->entity[e].state == SCHED_RUNNING) {
		alarm_set(s->alarms, cpu, e, budget_last(&s->budget[e]));
	}
}

void sched_charge_other(struct sched *s, uint32_t cpu, uint32_t e, uint64_t from, uint64_t now)
{
	uint32_t current = s->current[cpu];

	if (current == e) {
		return;
	}
	if (current != SCHED_NONE) {
		budget_excuse(&s->budget[current], now - from);
	}
	if (sched_has_budget(s, e)) {
		budget_renew(&s->budget[e], now);
		budget_pay(&s->budget[e], now - from);
	}
}

bool sched_due(struct sched *s, uint32_t cpu, uint32_t e, uint64_t now, uint8_t *tell)
{
	struct sched_entity *entity = &s->entity[e];

	*tell = SCHED_NO_CPU;
	if (!sched_has_budget(s, e) || entity->state == SCHED_BLOCKED) {
		return false;
	}
	if (entity->state == SCHED_RUNNING) {
		*tell = entity->cpu;
	}
	if (entity->state != SCHED_SPENT) { /* stopped: its CPU has not picked yet */
		return true;
	}
	budget_renew(&s->budget[e], now);
	if (s->budget[e].left <= 0) {
		sched_set_spent(s, cpu, e);
		return true;
	}
	entity->queued = s->arrivals++;
	sched_set_ready(s, e);
	*tell = sched_place(s, e);
	return true;
}

/* The first READY entity behind READY e that `cpu` may take, SCHED_NONE if there is none. */
static __attribute__((noinline)) uint32_t sched_next(const struct sched *s, uint32_t e,
						     uint32_t cpu)
{
	do {
		e = sched_after(s, e);
	} while (e != SCHED_NONE && !sched_allowed(s, e, cpu));
	return e;
}

/* The first of all: most often the first in the queue. */
static inline uint32_t sched_first(const struct sched *s, uint32_t cpu)
{
	uint32_t e = sched_head(s);

	return e == SCHED_NONE || sched_allowed(s, e, cpu) ? e : sched_next(s, e, cpu);
}

/* The first that has a budget left, or needs none. The others have been woken since they had spent
 * theirs: they are SPENT from here on, each once. */
static uint32_t sched_first_fit(struct sched *s, uint32_t cpu)
{
	uint32_t e = sched_first(s, cpu);

	while (e != SCHED_NONE && sched_has_budget(s, e)) {
		budget_renew(&s->budget[e], s->now);
		if (s->budget[e].left > 0) {
			break;
		}
		sched_unqueue(s, e);
		sched_set_spent(s, cpu, e);
		e = sched_first(s, cpu);
	}
	return e;
}

/* `cpu` goes from one entity to another. The alarm of one that is BLOCKED is a timer's. */
static void sched_turn(struct sched *s, uint32_t cpu, uint32_t from, uint32_t to)
{
	if (from != SCHED_NONE && sched_has_budget(s, from) &&
	    (s->entity[from].state == SCHED_READY || s->entity[from].state == SCHED_OFF)) {
		alarm_clear(s->alarms, from);
	}
	if (to != SCHED_NONE && sched_has_budget(s, to)) {
		s->budget[to].since = s->now;
		alarm_set(s->alarms, cpu, to, budget_last(&s->budget[to]));
	}
}

/* Compiled twice: what budgets need is no cost without any. */
static inline __attribute__((always_inline)) uint32_t sched_pick_from(struct sched *s, uint32_t cpu,
								      bool yield, bool budgets)
{
	uint32_t old = cpu < s->nr_cpus ? s->current[cpu] : SCHED_NONE;
	uint32_t next;

	if (cpu >= s->nr_cpus) {
		return SCHED_NONE;
	}
	if (!sched_any_ready(s) && old != SCHED_NONE && s->entity[old].state == SCHED_RUNNING) {
		return old;
	}
	next = budgets ? sched_first_fit(s, cpu) : sched_first(s, cpu);
	if (sched_runs(s, cpu)) {
		uint32_t mine = s->entity[old].level;
		bool keep = next == SCHED_NONE || s->entity[next].level < mine ||
			    (s->entity[next].level == mine && !yield);

		if (keep) {
			return old;
		}
		if (yield) {
			s->entity[old].queued = s->arrivals++;
		}
		sched_set_ready(s, old);
	}
	s->current[cpu] = next;
	if (next != SCHED_NONE) {
		sched_unqueue(s, next);
		s->entity[next].cpu = (uint8_t)cpu;
		s->entity[next].state = SCHED_RUNNING;
	}
	if (budgets) {
		sched_turn(s, cpu, old, next);
	}
	return next;
}

static __attribute__((noinline)) uint32_t sched_pick_fit(struct sched *s, uint32_t cpu, bool yield)
{
	return sched_pick_from(s, cpu, yield, true);
}

uint32_t sched_pick(struct sched *s, uint32_t cpu, bool yield)
{
	return s->alarms ? sched_pick_fit(s, cpu, yield) : sched_pick_from(s, cpu, yield, false);
}

/* The CPUs that an entity of this level may displace, or that are idle: fewer with each lower
 * level. */
static uint32_t sched_open(const struct sched *s, uint32_t level)
{
	uint32_t open = 0;

	for (uint32_t cpu = 0; cpu < s->nr_cpus; cpu++) {
		open |= sched_cost(s, cpu) < level ? BIT32(cpu) : 0;
	}
	return open;
}

uint8_t sched_spread(const struct sched *s)
{
	uint32_t level = UINT32_MAX;
	uint32_t open = 0;
	uint8_t cpu = SCHED_NO_CPU;

	for (uint32_t e = sched_head(s); e != SCHED_NONE && cpu == SCHED_NO_CPU;
	     e = sched_after(s, e)) {
		if (s->entity[e].level != level) {
			level = s->entity[e].level;
			open = sched_open(s, level);
		}
		if (!open) {
			break;
		}
		if (s->entity[e].affinity & open) {
			cpu = sched_place(s, e);
		}
	}
	return cpu;
}

bool sched_may_spread(const struct sched *s, uint32_t cpu)
{
	uint32_t e = sched_head(s);

	if (s->nr_cpus == 1 || e == SCHED_NONE) {
		return false;
	}
	return sched_after(s, e) != SCHED_NONE || (s->entity[e].affinity & ~BIT32(cpu)) != 0;
}

void sched_stop(struct sched *s, uint32_t e, enum sched_state state)
{
	bool leaves = state == SCHED_OFF || state == SCHED_BLOCKED;

	/* A vCPU that another CPU has turned off may still reach its WFI: an interrupt must not
	 * wake it. */
	if (sched_known(s, e) && leaves && s->entity[e].state != SCHED_OFF) {
		if (s->entity[e].state == SCHED_READY) {
			sched_unqueue(s, e);
		} else if (s->entity[e].state == SCHED_SPENT) {
			alarm_clear(s->alarms, e);
		}
		s->entity[e].state = (uint8_t)state;
	}
}

uint64_t sched_slice_left(const struct sched *s, uint32_t e, uint64_t slice_end, uint64_t now)
{
	if (!sched_known(s, e) || s->entity[e].state != SCHED_READY || slice_end == 0) {
		return 0;
	}
	return slice_end > now ? slice_end - now : 1;
}

bool sched_contended(const struct sched *s, uint32_t cpu)
{
	uint32_t first;

	if (cpu >= s->nr_cpus || !sched_any_ready(s)) {
		return false;
	}
	first = sched_first(s, cpu);
	return first != SCHED_NONE && s->entity[first].level >= sched_cost(s, cpu);
}

bool sched_waits_for(const struct sched *s, uint32_t e, uint32_t cpu)
{
	return sched_known(s, e) && cpu < s->nr_cpus && s->entity[e].state == SCHED_READY &&
	       sched_allowed(s, e, cpu) && s->entity[e].level >= sched_cost(s, cpu);
}

bool sched_shared(const struct sched *s, uint32_t e, uint32_t cpu)
{
	uint32_t own = 0;

	if (cpu >= s->nr_cpus) {
		return false;
	}
	if (sched_known(s, e) && (s->entity[e].affinity & BIT32(cpu)) != 0) {
		own = 1;
	}
	return s->users[cpu] > own;
}
