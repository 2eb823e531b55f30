/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/sched/alarm.c, beside a plain list; and hyp/sched/deadline.c: DDI 0406C B8.1.5,
 * TimerConditionMet = ((Counter - Offset) - CompareValue)
 * >= 0, where all are unsigned and the first difference is of 64 bits. */
#include "hyp/sched/alarm.h"
#include "hyp/sched/deadline.h"
#include "test/unit/test.h"

#define NEVER UINT64_MAX
#define LAST  UINT64_MAX
#define NOW   UINT64_C(1000000)

/* Both ways. */
static uint64_t of(uint64_t cval, uint64_t offset, uint64_t now)
{
	uint64_t found = deadline_of(cval, offset, now), ahead = 0;

	CHECK_EQ(deadline_is_ahead(cval, offset, now, &ahead), found > now && found != NEVER);
	CHECK(found == now || found == NEVER || ahead == found);
	return found;
}

static void due(void)
{
	CHECK_EQ(of(0, 0, NOW), NOW);
	CHECK_EQ(of(NOW, 0, NOW), NOW);
	CHECK_EQ(of(NOW - 1, 0, NOW), NOW);
	CHECK_EQ(of(0, NOW, NOW), NOW);
	CHECK_EQ(of(0, NOW - 1, NOW), NOW);
	CHECK_EQ(of(0, 0, 0), 0);
}

static void later(void)
{
	CHECK_EQ(of(NOW + 1, 0, NOW), NOW + 1);
	CHECK_EQ(of(1, NOW, NOW), NOW + 1);
	CHECK_EQ(of(500, NOW - 100, NOW), NOW + 400);
	CHECK_EQ(of(UINT64_C(1) << 61, 0, NOW), UINT64_C(1) << 61);
}

/* What a guest parks there is not due, whatever is added to it: the sum wraps. */
static void parked(void)
{
	static const uint64_t offsets[] = { 0, 1, NOW - 1, NOW };

	for (uint32_t n = 0; n < 4; n++) {
		for (uint64_t back = 0; back < 2 * NOW; back += NOW / 4) {
			CHECK_EQ(of(LAST - back, offsets[n], NOW), NEVER);
		}
	}
	CHECK_EQ(of(UINT64_C(1) << 63, NOW, NOW), NEVER);
	CHECK_EQ(of(UINT64_C(1) << 62, NOW, NOW), NEVER);
}

/* The counter's other end: a virtual counter ahead of the physical one, as an offset below 0 makes
 * it. */
static void wrapped(void)
{
	CHECK_EQ(of(LAST, NOW + 1, NOW), NOW); /* count is LAST */
	CHECK_EQ(of(LAST, NOW + 2, NOW), NOW + 1);
	CHECK_EQ(of(LAST - 5, NOW + 1, NOW), NOW);
	CHECK_EQ(of(7, LAST - 1, 4), 7 - 2); /* offset -2: count is 6 */
	CHECK_EQ(of(6, LAST - 1, 4), 4);
	CHECK_EQ(of(LAST, 0, LAST - 1), NEVER); /* nobody waits for that */
	CHECK_EQ(of(LAST, 0, LAST), LAST);
}

/* ---- alarms ---- */

#define ENTITIES 64u
#define CPUS	 3u
#define NOBODY	 0xffffffffu

static struct alarms alarms;
static struct {
	uint64_t at;
	uint32_t cpu;
} list[ENTITIES];

/* The first of `cpu` in the list. */
static uint64_t list_first(uint32_t cpu)
{
	uint64_t first = NEVER;

	for (uint32_t e = 0; e < ENTITIES; e++) {
		first = list[e].cpu == cpu && list[e].at < first ? list[e].at : first;
	}
	return first;
}

static void check_list(void)
{
	uint32_t set = 0, counted = 0;

	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		CHECK_EQ(alarm_first(&alarms, cpu), list_first(cpu));
		if (list_first(cpu) > 0) {
			CHECK_EQ(alarm_take(&alarms, cpu, list_first(cpu) - 1), NOBODY);
		}
		counted += alarms.cpu[cpu].count;
	}
	for (uint32_t e = 0; e < ENTITIES; e++) {
		set += list[e].at != NEVER;
	}
	CHECK_EQ(counted, set);
}

static void list_set(uint32_t cpu, uint32_t e, uint64_t at)
{
	alarm_set(&alarms, cpu, e, at);
	list[e].cpu = cpu;
	list[e].at = at;
}

static void list_take(uint32_t cpu, uint64_t now)
{
	uint64_t first = list_first(cpu);
	uint32_t e = alarm_take(&alarms, cpu, now);

	if (first == NEVER || first > now) {
		CHECK_EQ(e, NOBODY);
		return;
	}
	CHECK(e < ENTITIES && list[e].cpu == cpu && list[e].at == first);
	if (e < ENTITIES) {
		list[e].at = NEVER;
	}
}

/* Steps by a fixed generator: sets, also of one that is set, on the same or another CPU; clears;
 * takes; equal deadlines. */
static void any_order(void)
{
	uint32_t dice = 1;

	memset(&alarms, 0, sizeof(alarms));
	for (uint32_t e = 0; e < ENTITIES; e++) {
		list[e].at = NEVER;
	}
	check_list();
	for (uint32_t step = 0; step < 20000; step++) {
		uint32_t e, cpu, at;

		dice = dice * 1664525u + 1013904223u;
		e = dice >> 26;
		cpu = (dice >> 20) % CPUS;
		at = (dice >> 10) % 256;
		switch ((dice >> 22) % 4) {
		case 0:
		case 1:
			list_set(cpu, e, at == 255 ? NEVER : at);
			break;
		case 2:
			alarm_clear(&alarms, e);
			list[e].at = NEVER;
			break;
		default:
			list_take(cpu, at);
			break;
		}
		check_list();
	}
	for (uint32_t cpu = 0; cpu < CPUS; cpu++) {
		while (alarms.cpu[cpu].count) {
			list_take(cpu, NEVER - 1);
			check_list();
		}
	}
}

/* None is due at the end of time, and nobody is taken from an empty heap. */
static void no_alarm(void)
{
	memset(&alarms, 0, sizeof(alarms));
	alarm_clear(&alarms, 0);
	CHECK_EQ(alarm_take(&alarms, 0, NEVER), NOBODY);
	alarm_set(&alarms, 0, 5, NEVER);
	CHECK_EQ(alarm_take(&alarms, 0, NEVER), NOBODY);
	alarm_set(&alarms, 2, ENTITIES - 1, 0);
	CHECK_EQ(alarm_first(&alarms, 2), 0);
	CHECK_EQ(alarm_take(&alarms, 1, NEVER), NOBODY);
	CHECK_EQ(alarm_take(&alarms, 2, 0), ENTITIES - 1);
	CHECK_EQ(alarm_take(&alarms, 2, 0), NOBODY);
}

static const struct test_case cases[] = {
	{ "due", due },		{ "later", later },	    { "parked", parked },
	{ "wrapped", wrapped }, { "any_order", any_order }, { "no_alarm", no_alarm },
};

TEST_MAIN("deadline", cases)
