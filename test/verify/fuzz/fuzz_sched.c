/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler by a byte program, against a restatement of hyp/sched/sched.h that keeps no bits
 * and no numbers that wrap. CPUs that were told to reschedule do so sooner or later; when all have,
 * none is idle, or runs a lower priority, beside somebody who waits for it.
 */
#include "hyp/sched/sched.h"
#include "test/verify/fuzz/fuzz.h"

#define NOBODY 0xffffffffu
#define NO_CPU 0xffu

enum state { OFF, BLOCKED, READY, RUNNING };

struct who {
	enum state state;
	uint32_t cpu; /* the last one, or NO_CPU */
	uint32_t cpus, priority;
	bool pinned;
	uint64_t order; /* of arrival */
};

static struct {
	struct who who[64];
	uint32_t count, cpus;
	uint32_t on[8]; /* who has the CPU, or has not let go of it */
	uint64_t arrivals;
	uint32_t told; /* bit per CPU: it is to reschedule */
} model;

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

/* -1: idle */
static int model_level(uint32_t cpu)
{
	uint32_t e = model.on[cpu];

	return e != NOBODY && model.who[e].state == RUNNING ? (int)model.who[e].priority : -1;
}

/* Idle before busy, low before high, the last one before others, else the first. */
static uint32_t model_place(uint32_t e)
{
	uint32_t best = NO_CPU;

	for (uint32_t cpu = 0; cpu < model.cpus; cpu++) {
		int level = model_level(cpu);

		if (!model_may(e, cpu) || level >= (int)model.who[e].priority) {
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
	const struct who *x = &model.who[a], *y = &model.who[b];

	return x->priority > y->priority || (x->priority == y->priority && x->order < y->order);
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

static uint32_t model_pick(uint32_t cpu, bool yield)
{
	uint32_t next = model_first(cpu);
	uint32_t old = model.on[cpu];

	if (model_level(cpu) >= 0) {
		int level = next == NOBODY ? -1 : (int)model.who[next].priority;

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
		model.who[model.count++] =
			(struct who) { .cpu = NO_CPU, .cpus = there, .priority = priority };
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

static void do_pick(struct sched *s, uint32_t cpu, bool yield)
{
	uint32_t next = cpu < model.cpus ? model_pick(cpu, yield) : NOBODY;

	CHECK_EQ(sched_pick(s, cpu, yield), next);
	CHECK_EQ(sched_spread(s), model_spread());
	model.told &= ~(1u << cpu);
	tell(model_spread());
}

static void do_stop(struct sched *s, uint32_t e, uint32_t state)
{
	sched_stop(s, e, (enum sched_state)state);
	if (e < model.count && state < READY && model.who[e].state != OFF) {
		if (model.who[e].state == RUNNING) {
			tell(model.who[e].cpu);
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

	for (uint32_t n = 0; n < model.count && cpu < model.cpus; n++) {
		others = others || (n != e && model.who[n].cpus >> cpu & 1);
	}
	CHECK_EQ(sched_shared(s, e, cpu), others);
	CHECK_EQ(sched_contended(s, cpu),
		 first != NOBODY && (int)model.who[first].priority >= model_level(cpu));
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
			CHECK(before == 0xff || model.who[before].order < model.who[e].order);
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

static void check_same(const struct sched *s)
{
	check_queues(s);
	CHECK_EQ(s->nr_entities, model.count);
	for (uint32_t e = 0; e < model.count; e++) {
		const struct who *who = &model.who[e];

		CHECK_EQ(s->entity[e].state, who->state);
		CHECK_EQ(s->entity[e].cpu, who->cpu);
		CHECK(who->state != RUNNING || model.on[who->cpu] == e);
	}
	for (uint32_t cpu = 0; cpu < 8; cpu++) {
		CHECK_EQ(s->current[cpu], cpu < model.cpus ? model.on[cpu] : NOBODY);
	}
}

static void do_step(struct fuzz_input *in, struct sched *s)
{
	uint32_t what = fuzz_byte(in) % 16u;
	uint32_t e = fuzz_byte(in) % (model.count + 2);

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

	memset(&model, 0, sizeof(model));
	model.cpus = fuzz_byte(&in) % 8u + 1;
	for (uint32_t cpu = 0; cpu < 8; cpu++) {
		model.on[cpu] = NOBODY;
	}
	sched_init(&s, fuzz_byte(&in) == 255 && model.cpus == 8 ? 200 : model.cpus);
	/* Arrival numbers wrap on the way. */
	s.arrivals = 0u - fuzz_byte(&in) % 8u;
	while (fuzz_more(&in) && !test_failures) {
		do_step(&in, &s);
		check_same(&s);
	}
	do_settle(&s);
	return fuzz_failures();
}
