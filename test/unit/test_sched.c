/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/sched.h"
#include "test/unit/test.h"

#define NONE   0xffffffffu
#define NO_CPU 0xff

enum { OFF = 0, BLOCKED = 1, READY = 2, RUNNING = 3 };

static struct sched s;

static void run_table(void)
{
	sched_init(&s, 2);
	CHECK_EQ(sched_add(&s, 0, 3), NONE);
	CHECK_EQ(sched_add(&s, 0xfc, 3), NONE); /* only CPUs that do not exist */
	CHECK_EQ(sched_add(&s, 1, 8), NONE);
	for (uint32_t i = 0; i < 64; i++) {
		CHECK_EQ(sched_add(&s, 0xff, (uint8_t)(i % 8)), i);
	}
	CHECK_EQ(sched_add(&s, 1, 0), NONE);
	CHECK_EQ(s.entity[5].affinity, 3);
	CHECK_EQ(s.entity[5].state, OFF);
	CHECK_EQ(s.entity[5].cpu, NO_CPU);
	/* Numbers that name nobody. */
	CHECK_EQ(sched_wake(&s, 64), NO_CPU);
	CHECK_EQ(sched_wake(&s, NONE), NO_CPU);
	CHECK_EQ(sched_pick(&s, 2, false), NONE);
	CHECK_EQ(sched_pick(&s, NONE, true), NONE);
	sched_stop(&s, 64, SCHED_OFF);
	CHECK(!sched_contended(&s, 2));
	CHECK(!sched_shared(&s, 0, 2));
	CHECK(sched_shared(&s, 99, 1));
	sched_init(&s, 99);
	CHECK_EQ(s.nr_cpus, 8);
}

static void run_alone(void)
{
	sched_init(&s, 1);
	sched_add(&s, 1, 3);
	CHECK_EQ(sched_pick(&s, 0, false), NONE);
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(sched_wake(&s, 0), NO_CPU); /* READY already */
	CHECK_EQ(sched_pick(&s, 0, false), 0);
	CHECK_EQ(sched_wake(&s, 0), NO_CPU);
	CHECK_EQ(sched_pick(&s, 0, true), 0);
	CHECK_EQ(sched_pick(&s, 0, false), 0);
	CHECK(!sched_contended(&s, 0));
	CHECK(!sched_shared(&s, 0, 0));
	sched_stop(&s, 0, SCHED_READY); /* not a state to stop for */
	CHECK_EQ(s.entity[0].state, RUNNING);
	sched_stop(&s, 0, SCHED_BLOCKED);
	CHECK_EQ(sched_pick(&s, 0, false), NONE);
	CHECK_EQ(sched_wake(&s, 0), 0);
	sched_stop(&s, 0, SCHED_OFF); /* while READY */
	CHECK_EQ(sched_pick(&s, 0, false), NONE);
	sched_stop(&s, 0, SCHED_BLOCKED); /* OFF stays OFF */
	CHECK_EQ(s.entity[0].state, OFF);
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(sched_pick(&s, 0, false), 0);
}

static void run_round_robin(void)
{
	static const uint32_t order[] = { 2, 0, 1, 2, 0, 1, 2 };

	sched_init(&s, 1);
	s.arrivals = 0xfffffffeu; /* the arrival numbers wrap in the middle */
	for (int i = 0; i < 3; i++) {
		sched_add(&s, 1, 3);
	}
	CHECK_EQ(sched_wake(&s, 2), 0);
	sched_wake(&s, 0);
	sched_wake(&s, 1);
	for (size_t i = 0; i < 7; i++) {
		CHECK_EQ(sched_pick(&s, 0, true), order[i]);
		CHECK(sched_contended(&s, 0));
		CHECK_EQ(sched_pick(&s, 0, false), order[i]); /* no yield: goes on */
	}
}

static void run_priority(void)
{
	sched_init(&s, 1);
	sched_add(&s, 1, 2);
	sched_add(&s, 1, 2);
	sched_add(&s, 1, 5);
	sched_wake(&s, 0);
	sched_wake(&s, 1);
	CHECK_EQ(sched_pick(&s, 0, false), 0);
	CHECK_EQ(sched_wake(&s, 2), 0);
	CHECK(sched_contended(&s, 0));
	CHECK_EQ(sched_pick(&s, 0, false), 2);
	CHECK(!sched_contended(&s, 0)); /* only lower ones wait */
	CHECK_EQ(sched_pick(&s, 0, true), 2);
	sched_stop(&s, 2, SCHED_BLOCKED);
	/* The one that was put off without a yield had not used its slice up: it goes first. */
	CHECK_EQ(sched_pick(&s, 0, false), 0);
	CHECK_EQ(sched_pick(&s, 0, true), 1);
	sched_stop(&s, 1, SCHED_OFF);
	CHECK_EQ(sched_pick(&s, 0, false), 0);
	/* A lower priority never disturbs a higher one. */
	sched_wake(&s, 2);
	sched_pick(&s, 0, false);
	CHECK_EQ(sched_wake(&s, 1), NO_CPU);
}

static void run_place(void)
{
	sched_init(&s, 3);
	sched_add(&s, 7, 3); /* 0 */
	sched_add(&s, 7, 4); /* 1 */
	sched_add(&s, 7, 5); /* 2 */
	sched_add(&s, 7, 6); /* 3 */
	sched_add(&s, 2, 3); /* 4: CPU 1 only */
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(sched_pick(&s, 2, false), 0); /* another CPU was quicker */
	sched_stop(&s, 0, SCHED_BLOCKED);
	sched_pick(&s, 2, false);
	CHECK_EQ(sched_wake(&s, 0), 2); /* all idle: where it ran last */
	sched_pick(&s, 2, false);
	sched_wake(&s, 1);
	CHECK_EQ(sched_pick(&s, 0, false), 1);
	CHECK_EQ(sched_wake(&s, 2), 1); /* the idle one */
	CHECK_EQ(sched_pick(&s, 1, false), 2);
	CHECK_EQ(sched_wake(&s, 3), 2); /* the lowest priority: 4, 5, 3 run */
	CHECK_EQ(sched_wake(&s, 4), NO_CPU);
	CHECK_EQ(sched_pick(&s, 2, false), 3);
	CHECK_EQ(sched_spread(&s), NO_CPU); /* 0 and 4 wait behind 4, 5, 6 */
	sched_stop(&s, 2, SCHED_BLOCKED);
	CHECK_EQ(sched_pick(&s, 1, false), 0); /* woke before 4 */
	CHECK(sched_contended(&s, 1));
	CHECK(!sched_contended(&s, 0)); /* 4 may not run there */
	CHECK(!sched_contended(&s, 2));
}

/* Two wake-ups name the same idle CPU; the second entity still gets the other idle one. */
static void run_spread(void)
{
	sched_init(&s, 2);
	sched_add(&s, 3, 3);
	sched_add(&s, 3, 3);
	sched_add(&s, 1, 6);
	CHECK_EQ(sched_wake(&s, 0), 0);
	CHECK_EQ(sched_wake(&s, 1), 0);
	CHECK_EQ(sched_pick(&s, 0, false), 0);
	CHECK_EQ(sched_spread(&s), 1);
	CHECK_EQ(sched_pick(&s, 1, false), 1);
	CHECK_EQ(sched_spread(&s), NO_CPU);
	sched_stop(&s, 1, SCHED_BLOCKED);
	sched_pick(&s, 1, false);
	/* The one put off by a pinned higher priority moves to the idle CPU. */
	CHECK_EQ(sched_wake(&s, 2), 0);
	CHECK_EQ(sched_pick(&s, 0, false), 2);
	CHECK_EQ(s.entity[0].state, READY);
	CHECK_EQ(sched_spread(&s), 1);
	CHECK_EQ(sched_pick(&s, 1, false), 0);
}

static void run_pinned(void)
{
	sched_init(&s, 2);
	sched_add(&s, 3, 3);
	sched_add(&s, 3, 4);
	sched_wake(&s, 0);
	sched_pick(&s, 1, false);
	s.entity[0].pinned = true;
	CHECK_EQ(sched_wake(&s, 1), 0);
	CHECK_EQ(sched_pick(&s, 1, false), 1);
	CHECK_EQ(sched_pick(&s, 0, false), NONE); /* rather idle than move a pinned one */
	CHECK_EQ(sched_spread(&s), NO_CPU);
	CHECK(!sched_contended(&s, 0));
	sched_stop(&s, 1, SCHED_OFF);
	CHECK_EQ(sched_pick(&s, 1, false), 0);
	/* Pinned before it ever ran: it may start anywhere. */
	s.entity[1].pinned = true;
	s.entity[1].cpu = NO_CPU;
	CHECK_EQ(sched_wake(&s, 1), 0);
	CHECK_EQ(sched_pick(&s, 0, false), 1);
}

/* Stopped and woken from elsewhere before its CPU has let go: nobody else gets it. */
static void run_held(void)
{
	sched_init(&s, 2);
	sched_add(&s, 3, 3);
	sched_wake(&s, 0);
	CHECK_EQ(sched_pick(&s, 1, false), 0);
	sched_stop(&s, 0, SCHED_OFF);
	CHECK_EQ(sched_wake(&s, 0), 1);
	CHECK_EQ(sched_pick(&s, 0, false), NONE);
	CHECK_EQ(sched_spread(&s), 1);
	CHECK_EQ(sched_pick(&s, 1, false), 0);
	CHECK_EQ(s.entity[0].state, RUNNING);
	/* Once its CPU has picked another, it is free. */
	sched_add(&s, 2, 7);
	sched_stop(&s, 0, SCHED_BLOCKED);
	sched_wake(&s, 1);
	sched_wake(&s, 0);
	CHECK_EQ(sched_pick(&s, 0, false), NONE);
	CHECK_EQ(sched_pick(&s, 1, false), 1);
	CHECK_EQ(sched_spread(&s), 0);
	CHECK_EQ(sched_pick(&s, 0, false), 0);
}

static void run_shared(void)
{
	sched_init(&s, 3);
	sched_add(&s, 1, 3);
	sched_add(&s, 6, 3);
	CHECK(!sched_shared(&s, 0, 0));
	CHECK(sched_shared(&s, 0, 1));
	CHECK(!sched_shared(&s, 1, 1));
	sched_add(&s, 4, 0); /* OFF, and lower: it counts all the same */
	CHECK(sched_shared(&s, 1, 2));
	CHECK(!sched_shared(&s, 1, 1));
}

/* A random machine against the rules. */
static uint64_t seed;

static uint32_t rnd(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static uint32_t held[8]; /* whose registers each CPU holds: what its last pick returned */
static uint32_t told;	 /* CPUs that were told to reschedule and have not yet */

static void tell(uint8_t cpu)
{
	if (cpu != NO_CPU) {
		CHECK(cpu < s.nr_cpus);
		told |= 1u << cpu;
	}
}

static bool may_take(uint32_t e, uint32_t cpu)
{
	const struct sched_entity *x = &s.entity[e];

	if ((x->affinity >> cpu & 1) == 0) {
		return false;
	}
	return !(x->pinned && x->cpu != NO_CPU && x->cpu != cpu);
}

/* Each that is READY is in the queue of its priority, once. */
static void check_queues(void)
{
	uint32_t queued = 0, ready = 0;

	for (uint32_t p = 0; p < 8; p++) {
		uint8_t prev = 0xff;

		CHECK_EQ(s.waiting >> p & 1, s.queue[p].first != 0xff);
		for (uint8_t e = s.queue[p].first; e != 0xff && queued <= s.nr_entities;
		     e = s.entity[e].next) {
			queued++;
			CHECK_EQ(s.entity[e].state, READY);
			CHECK_EQ(s.entity[e].priority, p);
			CHECK_EQ(s.entity[e].prev, prev);
			prev = e;
		}
		CHECK_EQ(s.queue[p].last, prev);
	}
	for (uint32_t e = 0; e < s.nr_entities; e++) {
		ready += s.entity[e].state == READY;
	}
	CHECK_EQ(queued, ready);
}

static void check_structure(void)
{
	check_queues();
	for (uint32_t e = 0; e < s.nr_entities; e++) {
		const struct sched_entity *x = &s.entity[e];
		uint32_t on = 0;

		for (uint32_t cpu = 0; cpu < s.nr_cpus; cpu++) {
			if (held[cpu] == e) {
				on++;
				CHECK_EQ(x->cpu, cpu);
				CHECK((x->affinity >> cpu & 1) != 0);
			}
		}
		CHECK(on <= 1);
		CHECK(x->state != RUNNING || on == 1);
	}
}

/* When everybody who was told has rescheduled. */
static void check_settled(void)
{
	for (uint32_t cpu = 0; cpu < s.nr_cpus; cpu++) {
		uint32_t now = held[cpu];

		for (uint32_t e = 0; e < s.nr_entities; e++) {
			if (s.entity[e].state != READY || !may_take(e, cpu)) {
				continue;
			}
			CHECK(now != NONE);
			if (now != NONE) {
				CHECK(s.entity[e].priority <= s.entity[now].priority);
			}
		}
	}
}

static uint32_t short_ways;

/* Nothing that waits is for another CPU. */
static void nowhere_else(uint32_t cpu)
{
	uint8_t spread = sched_spread(&s);

	CHECK(spread == NO_CPU || spread == cpu);
	for (uint32_t other = 0; other < s.nr_cpus; other++) {
		CHECK(other == cpu || !sched_contended(&s, other));
	}
}

static void reschedule(uint32_t cpu, bool yield)
{
	uint32_t before = held[cpu];
	bool ran = before != NONE && s.entity[before].state == RUNNING;
	uint32_t next = sched_pick(&s, cpu, yield);
	bool waits = false;

	told &= ~(1u << cpu);
	held[cpu] = next;
	CHECK_EQ(s.current[cpu], next);
	if (ran && next != before) {
		CHECK_EQ(s.entity[before].state, READY);
		CHECK(s.entity[next].priority > s.entity[before].priority ||
		      (yield && s.entity[next].priority == s.entity[before].priority));
	}
	for (uint32_t e = 0; e < s.nr_entities && next != NONE; e++) {
		waits = waits || (e != next && s.entity[e].state == READY && may_take(e, cpu) &&
				  s.entity[e].priority >= s.entity[next].priority);
	}
	/* An entity held by another CPU waits for that one: `waits` may count it. */
	CHECK(!sched_contended(&s, cpu) || waits);
	if (held[cpu] != NONE) {
		CHECK_EQ(sched_picked_shared(&s, cpu), sched_shared(&s, held[cpu], cpu));
	}
	if (!sched_may_spread(&s, cpu)) {
		nowhere_else(cpu);
		short_ways++;
	}
	tell(sched_spread(&s));
}

static void step(void)
{
	uint32_t e = rnd(s.nr_entities);
	uint32_t cpu = rnd(s.nr_cpus);

	switch (rnd(8)) {
	case 0:
	case 1:
	case 2:
		tell(sched_wake(&s, e));
		break;
	case 3: /* the running one waits */
		if (held[cpu] != NONE) {
			sched_stop(&s, held[cpu], SCHED_BLOCKED);
			reschedule(cpu, false);
		}
		break;
	case 4: /* anyone is stopped from elsewhere; its CPU is told */
		if (s.entity[e].state == RUNNING) {
			told |= 1u << s.entity[e].cpu;
		}
		sched_stop(&s, e, rnd(2) ? SCHED_OFF : SCHED_BLOCKED);
		break;
	case 5:
		if (held[cpu] != NONE && s.entity[held[cpu]].state == RUNNING) {
			s.entity[held[cpu]].pinned = rnd(4) == 0;
		}
		break;
	default:
		reschedule(cpu, rnd(2) == 0);
		break;
	}
}

static void settle(void)
{
	for (unsigned i = 0; told != 0; i++) {
		CHECK(i < 1000); /* telling one another comes to an end */
		if (i >= 1000) {
			return;
		}
		reschedule((uint32_t)__builtin_ctz(told), false);
		check_structure();
	}
	check_settled();
}

static void run_random(void)
{
	for (uint32_t round = 0; round < 300; round++) {
		seed = round * 0x9e3779b97f4a7c15u + 1;
		sched_init(&s, 1 + rnd(8));
		s.arrivals = rnd(2) ? 0xffffff80u : 0;
		told = 0;
		for (uint32_t cpu = 0; cpu < 8; cpu++) {
			held[cpu] = NONE;
		}
		for (uint32_t n = 1 + rnd(rnd(4) ? 10 : 64); n > 0; n--) {
			sched_add(&s, (uint8_t)(1 + rnd(255)), (uint8_t)rnd(rnd(2) ? 8 : 2));
		}
		if (s.nr_entities == 0) {
			sched_add(&s, 1, 3);
		}
		for (unsigned i = 0; i < 300; i++) {
			step();
			check_structure();
			if (told != 0 && rnd(3) == 0) {
				settle();
			}
		}
		settle();
		if (test_failures > 0) {
			printf("round %u\n", round);
			return;
		}
	}
	CHECK(short_ways > 1000);
}

/* Equal priorities: nobody is passed over by a CPU that it may use more often than there are
 * others. */
static void run_fair(void)
{
	static uint32_t passed[64][8];

	for (uint32_t round = 0; round < 200; round++) {
		seed = round * 77 + 5;
		memset(passed, 0, sizeof(passed));
		sched_init(&s, 1 + rnd(4));
		uint32_t want = 1 + rnd(64);

		while (s.nr_entities < want) {
			sched_add(&s, (uint8_t)(1 + rnd(15)), 3);
		}
		for (uint32_t e = 0; e < want; e++) {
			sched_wake(&s, e);
		}
		for (uint32_t i = 0; i < 2000; i++) {
			uint32_t cpu = rnd(s.nr_cpus);
			uint32_t e = sched_pick(&s, cpu, true);

			for (uint32_t other = 0; other < want; other++) {
				if (s.entity[other].state == READY &&
				    (s.entity[other].affinity >> cpu & 1) != 0) {
					passed[other][cpu]++;
					CHECK(passed[other][cpu] < want);
				}
			}
			if (e != NONE) {
				memset(passed[e], 0, sizeof(passed[e]));
			}
		}
	}
}

/* A slice of 10 that began at 0; what is left of it to whom, and when. */
static void run_slice_left(void)
{
	sched_init(&s, 1);
	sched_add(&s, 1, 3);
	sched_add(&s, 1, 7);
	sched_wake(&s, 0);
	CHECK_EQ(sched_pick(&s, 0, false), 0);
	CHECK_EQ(sched_slice_left(&s, 0, 10, 4), 0); /* it runs */
	sched_wake(&s, 1);
	CHECK_EQ(sched_pick(&s, 0, false), 1);
	CHECK_EQ(sched_slice_left(&s, 0, 10, 4), 6);
	CHECK_EQ(sched_slice_left(&s, 0, 10, 9), 1);
	CHECK_EQ(sched_slice_left(&s, 0, 10, 10), 1); /* its end was not noticed yet */
	CHECK_EQ(sched_slice_left(&s, 0, 10, UINT64_MAX), 1);
	CHECK_EQ(sched_slice_left(&s, 0, 0, 4), 0);
	CHECK_EQ(sched_slice_left(&s, 1, 10, 4), 0);
	CHECK_EQ(sched_slice_left(&s, 2, 10, 4), 0); /* nobody */
	CHECK_EQ(sched_slice_left(&s, NONE, 10, 4), 0);
	sched_stop(&s, 0, BLOCKED);
	CHECK_EQ(sched_slice_left(&s, 0, 10, 4), 0);
}

/* What a wake-up makes contended, it makes so by the entity that has been woken. */
static void waits_for(void)
{
	uint32_t dice = 1;

	sched_init(&s, 3);
	for (uint32_t e = 0; e < 12; e++) {
		sched_add(&s, (uint8_t)(1 + e % 7), (uint8_t)(e % 3));
	}
	CHECK(!sched_waits_for(&s, 12, 0) && !sched_waits_for(&s, 0, 3));
	for (uint32_t n = 0; n < 20000; n++) {
		uint32_t e = (dice >> 8) % 12;
		uint32_t cpu = (dice >> 16) % 3;
		bool before[3];

		dice = dice * 1103515245u + 12345u;
		for (uint32_t c = 0; c < 3; c++) {
			before[c] = sched_contended(&s, c);
		}
		if (dice >> 31) {
			sched_pick(&s, cpu, (dice >> 30) & 1);
		} else if ((dice >> 29) & 1) {
			sched_stop(&s, e, (dice >> 28) & 1 ? SCHED_BLOCKED : SCHED_OFF);
		} else if (s.entity[e].state < READY) {
			sched_wake(&s, e);
			for (uint32_t c = 0; c < 3; c++) {
				CHECK_EQ(before[c] || sched_waits_for(&s, e, c),
					 sched_contended(&s, c));
			}
		}
	}
}

static const struct test_case cases[] = {
	{ "waits_for", waits_for },	    { "table", run_table },	  { "alone", run_alone },
	{ "round_robin", run_round_robin }, { "priority", run_priority }, { "place", run_place },
	{ "spread", run_spread },	    { "pinned", run_pinned },	  { "held", run_held },
	{ "shared", run_shared },	    { "random", run_random },	  { "fair", run_fair },
	{ "slice_left", run_slice_left },
};

TEST_MAIN("sched", cases)
