/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler by a byte program, against a restatement of hyp/sched/sched.h that keeps no bits
 * and no numbers that wrap, and counts budgets tick by tick. CPUs that were told to reschedule do
 * so sooner or later; when all have, none is idle, or runs a lower priority, beside somebody who
 * waits for it. Alarms are taken sooner or later, too.
 */
#include "hyp/sched/alarm.h"
#include "hyp/sched/sched.h"
#include "test/verify/fuzz/fuzz.h"

#define NOBODY 0xffffffffu
#define NO_CPU 0xffu
#define NEVER  UINT64_MAX

enum state { OFF, BLOCKED, READY, RUNNING, SPENT };

struct who {
	enum state state;
	uint32_t cpu; /* the last one, or NO_CPU */
	uint32_t cpus, priority;
	bool pinned;
	uint64_t order;		      /* of arrival */
	int64_t budget, period, left; /* ticks; period 0: no budget */
	uint64_t alarm;		      /* NEVER: none */
	uint32_t alarm_cpu;
};

static struct {
	struct who who[64];
	uint32_t count, cpus;
	uint32_t on[8]; /* who has the CPU, or has not let go of it */
	uint64_t arrivals;
	uint32_t told; /* bit per CPU: it is to reschedule */
	bool timed;    /* there may be budgets */
	uint64_t now;
} model;

static struct alarms alarms;

/* ---- the restatement ---- */

static bool model_may(uint32_t e, uint32_t cpu)
{
	const struct who *who = &model.who[e];

	if (!(who->cpus >> cpu & 1)) {
		return false;
	}
	if (who->cpu == NO_CPU || who->cpu == cpu) {
		return true;
	}
	return !who->pinned && model.on[who->cpu] != e;
}

/* The priority; then a budget before none; then the shorter period: they are multiples of 8. */
static int model_rank(uint32_t e)
{
	const struct who *who = &model.who[e];

	return (int)who->priority * 1000 + (who->period ? 900 - (int)who->period : 0);
}

/* -1: idle */
static int model_level(uint32_t cpu)
{
	uint32_t e = model.on[cpu];

	return e != NOBODY && model.who[e].state == RUNNING ? model_rank(e) : -1;
}

/* Idle before busy, low before high, the last one before others, else the first. */
static uint32_t model_place(uint32_t e)
{
	uint32_t best = NO_CPU;

	for (uint32_t cpu = 0; cpu < model.cpus; cpu++) {
		int level = model_level(cpu);

		if (!model_may(e, cpu) || level >= model_rank(e)) {
			continue;
		}
		if (best == NO_CPU || level < model_level(best) ||
		    (level == model_level(best) && cpu == model.who[e].cpu)) {
			best = cpu;
		}
	}
	return best;
}

static bool model_precedes(uint32_t a, uint32_t b)
{
	int x = model_rank(a), y = model_rank(b);

	return x > y || (x == y && model.who[a].order < model.who[b].order);
}

static uint32_t model_first(uint32_t cpu)
{
	uint32_t first = NOBODY;

	for (uint32_t e = 0; e < model.count; e++) {
		if (model.who[e].state == READY && model_may(e, cpu) &&
		    (first == NOBODY || model_precedes(e, first))) {
			first = e;
		}
	}
	return first;
}

/* ---- budgets ---- */

static uint64_t model_ends(const struct who *who)
{
	return (model.now / (uint64_t)who->period + 1) * (uint64_t)who->period;
}

static void model_tick(struct who *who, uint64_t now, bool runs)
{
	if (runs && who->left > -who->budget) {
		who->left--;
	}
	if (now % (uint64_t)who->period == 0) {
		who->left = (who->left < 0 ? who->left : 0) + who->budget;
	}
}

/* When nothing is left, if it runs on. */
static uint64_t model_last(struct who who)
{
	uint64_t now = model.now;

	while (who.left > 0 && now < model.now + 3 * (uint64_t)who.period) {
		model_tick(&who, ++now, true);
	}
	return who.left > 0 ? NEVER : now;
}

static void model_alarm(uint32_t e, uint32_t cpu, uint64_t at)
{
	model.who[e].alarm = at;
	model.who[e].alarm_cpu = cpu;
}

static void model_spend(uint32_t e, uint32_t cpu)
{
	model.who[e].state = SPENT;
	model_alarm(e, cpu, model_ends(&model.who[e]));
}

/* It runs, and is charged. */
static void model_charge(uint32_t cpu)
{
	uint32_t e = model.on[cpu];

	if (e == NOBODY || !model.who[e].period || model.who[e].state != RUNNING) {
		return;
	}
	if (model.who[e].left > 0) {
		model_alarm(e, cpu, model_last(model.who[e]));
	} else {
		model_spend(e, cpu);
	}
}

/* The first with something left; those before it wait for their next period. */
static uint32_t model_first_fit(uint32_t cpu)
{
	uint32_t e = model_first(cpu);

	for (; e != NOBODY && model.who[e].period && model.who[e].left <= 0; e = model_first(cpu)) {
		model_spend(e, cpu);
	}
	return e;
}

static void model_turn(uint32_t cpu, uint32_t from, uint32_t to)
{
	if (from != NOBODY && model.who[from].period &&
	    (model.who[from].state == READY || model.who[from].state == OFF)) {
		model.who[from].alarm = NEVER;
	}
	if (to != NOBODY && model.who[to].period) {
		model_alarm(to, cpu, model_last(model.who[to]));
	}
}

static bool model_any_ready(void)
{
	bool any = false;

	for (uint32_t e = 0; e < model.count; e++) {
		any = any || model.who[e].state == READY;
	}
	return any;
}

static uint32_t model_pick(uint32_t cpu, bool yield)
{
	uint32_t old = model.on[cpu];
	uint32_t next;

	if (model_level(cpu) >= 0 && !model_any_ready()) {
		return old;
	}
	next = model_first_fit(cpu);
	if (model_level(cpu) >= 0) {
		int level = next == NOBODY ? -1 : model_rank(next);

		if (level < model_level(cpu) || (level == model_level(cpu) && !yield)) {
			return old;
		}
		model.who[old].order = yield ? model.arrivals++ : model.who[old].order;
		model.who[old].state = READY;
	}
	model.on[cpu] = next;
	if (next != NOBODY) {
		model.who[next].cpu = cpu;
		model.who[next].state = RUNNING;
	}
	model_turn(cpu, old, next);
	return next;
}

static uint32_t model_spread(void)
{
	uint32_t first = NOBODY;

	for (uint32_t e = 0; e < model.count; e++) {
		if (model.who[e].state == READY && model_place(e) != NO_CPU &&
		    (first == NOBODY || model_precedes(e, first))) {
			first = e;
		}
	}
	return first == NOBODY ? NO_CPU : model_place(first);
}

/* ---- steps ---- */

static void tell(uint32_t cpu)
{
	model.told |= cpu == NO_CPU ? 0 : 1u << cpu;
}

static void do_add(struct fuzz_input *in, struct sched *s)
{
	uint32_t cpus = fuzz_byte(in);
	uint32_t priority = fuzz_byte(in) % 9u;
	uint32_t there = cpus & ((1u << model.cpus) - 1);
	bool wanted = there != 0 && priority < 8 && model.count < 64;

	CHECK_EQ(sched_add(s, (uint8_t)cpus, (uint8_t)priority), wanted ? model.count : NOBODY);
	if (wanted) {
		model.who[model.count++] = (struct who) {
			.cpu = NO_CPU, .cpus = there, .priority = priority, .alarm = NEVER
		};
	}
}

static void do_wake(struct sched *s, uint32_t e)
{
	uint32_t cpu = NO_CPU;

	if (e < model.count && model.who[e].state < READY) {
		model.who[e].state = READY;
		model.who[e].order = model.arrivals++;
		cpu = model_place(e);
	}
	CHECK_EQ(sched_wake(s, e), cpu);
	tell(cpu);
}

/* A budget is given before the first start. */
static void do_reserve(struct fuzz_input *in, struct sched *s, uint32_t e)
{
	uint32_t how = fuzz_byte(in);
	uint32_t period = 8 * (how % 16u), budget = fuzz_byte(in) % 128u;
	bool wanted = e < model.count && !model.who[e].period && budget && budget <= period;

	if (e < model.count && (model.who[e].cpu != NO_CPU || model.who[e].state != OFF)) {
		return;
	}
	CHECK_EQ(sched_reserve(s, e, budget, period, &alarms), wanted);
	if (wanted) {
		model.who[e].period = period;
		model.who[e].budget = model.who[e].left = budget;
	}
}

/* Who waits has a timer's alarm, or none. */
static void do_wait(uint32_t cpu, uint32_t old)
{
	if (old != NOBODY && model.who[old].period && model.who[old].state == BLOCKED) {
		uint64_t at = model.now % 2 ? NEVER : model.now + 5;

		alarm_set(&alarms, cpu, old, at);
		model_alarm(old, cpu, at);
	}
}

static void do_pick(struct sched *s, uint32_t cpu, bool yield)
{
	uint32_t old = cpu < model.cpus ? model.on[cpu] : NOBODY;
	uint32_t next = NOBODY;

	if (s->alarms && cpu < model.cpus) {
		sched_charge(s, cpu, model.now);
		model_charge(cpu);
	}
	if (cpu < model.cpus) {
		next = model_pick(cpu, yield);
	}
	CHECK_EQ(sched_pick(s, cpu, yield), next);
	CHECK_EQ(sched_spread(s), model_spread());
	do_wait(cpu, old);
	model.told &= ~(1u << cpu);
	tell(model_spread());
}

static void do_pass(uint32_t ticks)
{
	for (; ticks != 0; ticks--) {
		model.now++;
		for (uint32_t e = 0; e < model.count; e++) {
			uint32_t cpu = model.who[e].cpu;

			if (model.who[e].period) {
				model_tick(&model.who[e], model.now,
					   cpu != NO_CPU && model.on[cpu] == e);
			}
		}
	}
}

/* What the alarm of e is for; true: its budget. */
static bool model_due(uint32_t cpu, uint32_t e, uint32_t *who_must)
{
	struct who *who = &model.who[e];

	if (!who->period || who->state == BLOCKED) {
		return false;
	}
	if (who->state == RUNNING) {
		*who_must = who->cpu;
	} else if (who->state == SPENT && who->left <= 0) {
		model_spend(e, cpu);
	} else if (who->state == SPENT) {
		who->state = READY;
		who->order = model.arrivals++;
		*who_must = model_place(e);
	}
	return true;
}

/* `cpu` takes an alarm: one of those that are first, if it is due. */
static void do_due(struct sched *s, uint32_t cpu)
{
	uint64_t first = NEVER;
	uint32_t e, must = NO_CPU;
	uint8_t told = 0;

	for (uint32_t n = 0; n < model.count; n++) {
		const struct who *who = &model.who[n];

		first = who->alarm_cpu == cpu && who->alarm < first ? who->alarm : first;
	}
	CHECK_EQ(alarm_first(&alarms, cpu), first);
	e = alarm_take(&alarms, cpu, model.now);
	CHECK_EQ(e == NOBODY, first > model.now);
	if (e >= model.count) {
		return;
	}
	CHECK_EQ(model.who[e].alarm, first);
	model.who[e].alarm = NEVER;
	CHECK_EQ(sched_due(s, cpu, e, model.now, &told), model_due(cpu, e, &must));
	CHECK_EQ(told, must);
	tell(must);
}

static void do_stop(struct sched *s, uint32_t e, uint32_t state)
{
	sched_stop(s, e, (enum sched_state)state);
	if (e < model.count && state < READY && model.who[e].state != OFF) {
		if (model.who[e].state == RUNNING) {
			tell(model.who[e].cpu);
		}
		if (model.who[e].state == SPENT) {
			model.who[e].alarm = NEVER;
		}
		model.who[e].state = (enum state)state;
	}
}

/* Set while it runs; cleared then, or by a restart while it is off. */
static void do_pin(struct sched *s, uint32_t e)
{
	struct who *who = &model.who[e % 64];

	if (e < model.count && (who->state == RUNNING || who->state == OFF)) {
		who->pinned = !who->pinned && who->state == RUNNING;
		s->entity[e].pinned = who->pinned;
	}
}

/* All that were told reschedule: nobody who could run is left waiting. */
static void do_settle(struct sched *s)
{
	uint32_t turns = 0;

	for (; model.told != 0 && turns < 200; turns++) {
		do_pick(s, (uint32_t)__builtin_ctz(model.told), false);
	}
	CHECK(turns < 200);
	for (uint32_t e = 0; e < model.count; e++) {
		CHECK(model.who[e].state != READY || model_place(e) == NO_CPU);
	}
}

static void check_queries(const struct sched *s, uint32_t e, uint32_t cpu)
{
	uint32_t first = cpu < model.cpus ? model_first(cpu) : NOBODY;
	bool others = false;

	/* One with a budget owns no CPU. */
	for (uint32_t n = 0; n < model.count && cpu < model.cpus; n++) {
		others =
			others || ((n != e || model.who[n].period) && model.who[n].cpus >> cpu & 1);
	}
	CHECK_EQ(sched_shared(s, e, cpu), others);
	CHECK_EQ(sched_contended(s, cpu), first != NOBODY && model_rank(first) >= model_level(cpu));
	if (e < model.count && cpu < model.cpus) {
		CHECK_EQ(sched_waits_for(s, e, cpu), model.who[e].state == READY &&
							     model_may(e, cpu) &&
							     model_rank(e) >= model_level(cpu));
	}
	/* At 5: of no slice, of one that is over, that ends just now, that goes on. */
	for (uint32_t end = 0; end < 8; end += end == 0 ? 4 : 1) {
		bool keeps = e < model.count && model.who[e].state == READY && end != 0;

		CHECK_EQ(sched_slice_left(s, e, end, 5), !keeps ? 0 : end > 5 ? end - 5 : 1);
	}
}

/* Each that is READY is in the queue of its priority, in order of arrival. */
static void check_queues(const struct sched *s)
{
	uint32_t queued = 0, ready = 0;

	for (uint32_t p = 0; p < 8; p++) {
		uint32_t before = 0xff;

		CHECK_EQ(s->waiting >> p & 1, s->queue[p].first != 0xff);
		for (uint32_t e = s->queue[p].first; e != 0xff && queued <= model.count;
		     e = s->entity[e].next) {
			queued++;
			CHECK(model.who[e].state == READY && model.who[e].priority == p);
			CHECK(before == 0xff || model_precedes(before, e));
			CHECK_EQ(s->entity[e].prev, before);
			before = e;
		}
		CHECK_EQ(s->queue[p].last, before);
	}
	for (uint32_t e = 0; e < model.count; e++) {
		ready += model.who[e].state == READY;
	}
	CHECK_EQ(queued, ready);
}

/* What is left now, and which alarm is set. */
static void check_budget(const struct sched *s, uint32_t e)
{
	const struct who *who = &model.who[e];
	struct budget b = s->budget[e];

	if (!who->period) {
		return;
	}
	if (who->cpu != NO_CPU && model.on[who->cpu] == e) {
		budget_charge(&b, model.now);
	} else {
		budget_renew(&b, model.now);
	}
	CHECK_EQ(b.left, who->left);
	CHECK_EQ(b.ends, model_ends(who));
	CHECK_EQ(alarms.heap[e], who->alarm == NEVER ? 0 : who->alarm_cpu + 1);
	CHECK(who->alarm == NEVER || alarms.at[e] == who->alarm);
	/* None runs beyond its budget, or stays without one, for want of an alarm: one that was
	 * taken has told a CPU. */
	CHECK(who->state != SPENT || who->alarm != NEVER);
	CHECK(who->state != RUNNING || who->alarm <= model_last(*who) ||
	      (model.told >> who->cpu & 1));
}

static void check_same(const struct sched *s)
{
	check_queues(s);
	CHECK_EQ(s->nr_entities, model.count);
	for (uint32_t e = 0; e < model.count; e++) {
		const struct who *who = &model.who[e];

		CHECK_EQ(s->entity[e].state, who->state);
		CHECK_EQ(s->entity[e].cpu, who->cpu);
		check_budget(s, e);
		CHECK(who->state != RUNNING || model.on[who->cpu] == e);
	}
	for (uint32_t cpu = 0; cpu < 8; cpu++) {
		CHECK_EQ(s->current[cpu], cpu < model.cpus ? model.on[cpu] : NOBODY);
	}
}

static void do_timed(struct fuzz_input *in, struct sched *s, uint32_t what, uint32_t e)
{
	switch (what) {
	case 1:
		do_reserve(in, s, e);
		break;
	case 2:
		do_pass(fuzz_byte(in));
		break;
	default:
		do_due(s, e % model.cpus);
		break;
	}
}

static void do_step(struct fuzz_input *in, struct sched *s)
{
	uint32_t byte = fuzz_byte(in), what = byte % 16u;
	uint32_t e = fuzz_byte(in) % (model.count + 2);

	if (model.timed && what >= 14 && byte >= 64) {
		do_timed(in, s, byte / 64, e);
		return;
	}
	switch (what) {
	case 0:
	case 1:
		do_add(in, s);
		break;
	case 2:
	case 3:
	case 4:
	case 5:
		do_wake(s, e);
		break;
	case 6:
	case 7:
	case 8:
		do_pick(s, e % 9, what == 7);
		break;
	case 9:
	case 10:
		do_stop(s, e, 1);
		break;
	case 11:
		do_stop(s, e, e % 4);
		break;
	case 12:
		do_pin(s, e);
		break;
	case 13:
		check_queries(s, e, fuzz_byte(in) % 9u);
		break;
	default:
		do_settle(s);
		break;
	}
}

unsigned fuzz_sched(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };
	struct sched s;
	uint32_t how;

	memset(&model, 0, sizeof(model));
	memset(&alarms, 0, sizeof(alarms));
	model.cpus = fuzz_byte(&in) % 8u + 1;
	for (uint32_t cpu = 0; cpu < 8; cpu++) {
		model.on[cpu] = NOBODY;
	}
	sched_init(&s, fuzz_byte(&in) == 255 && model.cpus == 8 ? 200 : model.cpus);
	/* Arrival numbers wrap on the way. */
	how = fuzz_byte(&in);
	s.arrivals = 0u - how % 8u;
	model.timed = how >= 128;
	model.now = model.timed ? fuzz_word(&in) : 0;
	while (fuzz_more(&in) && !test_failures) {
		do_step(&in, &s);
		check_same(&s);
	}
	do_settle(&s);
	return fuzz_failures();
}
