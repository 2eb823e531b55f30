/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/sched/deadline.c: DDI 0406C B8.1.5, TimerConditionMet = ((Counter - Offset) - CompareValue)
 * >= 0, where all are unsigned and the first difference is of 64 bits. */
#include "hyp/sched/deadline.h"
#include "test/unit/test.h"

#define NEVER UINT64_MAX
#define LAST  UINT64_MAX
#define NOW   UINT64_C(1000000)

static void due(void)
{
	CHECK_EQ(deadline_of(0, 0, NOW), NOW);
	CHECK_EQ(deadline_of(NOW, 0, NOW), NOW);
	CHECK_EQ(deadline_of(NOW - 1, 0, NOW), NOW);
	CHECK_EQ(deadline_of(0, NOW, NOW), NOW);
	CHECK_EQ(deadline_of(0, NOW - 1, NOW), NOW);
	CHECK_EQ(deadline_of(0, 0, 0), 0);
}

static void later(void)
{
	CHECK_EQ(deadline_of(NOW + 1, 0, NOW), NOW + 1);
	CHECK_EQ(deadline_of(1, NOW, NOW), NOW + 1);
	CHECK_EQ(deadline_of(500, NOW - 100, NOW), NOW + 400);
	CHECK_EQ(deadline_of(UINT64_C(1) << 61, 0, NOW), UINT64_C(1) << 61);
}

/* What a guest parks there is not due, whatever is added to it: the sum wraps. */
static void parked(void)
{
	static const uint64_t offsets[] = { 0, 1, NOW - 1, NOW };

	for (uint32_t n = 0; n < 4; n++) {
		for (uint64_t back = 0; back < 2 * NOW; back += NOW / 4) {
			CHECK_EQ(deadline_of(LAST - back, offsets[n], NOW), NEVER);
		}
	}
	CHECK_EQ(deadline_of(UINT64_C(1) << 63, NOW, NOW), NEVER);
	CHECK_EQ(deadline_of(UINT64_C(1) << 62, NOW, NOW), NEVER);
}

/* The counter's other end: a virtual counter ahead of the physical one, as an offset below 0 makes
 * it. */
static void wrapped(void)
{
	CHECK_EQ(deadline_of(LAST, NOW + 1, NOW), NOW); /* count is LAST */
	CHECK_EQ(deadline_of(LAST, NOW + 2, NOW), NOW + 1);
	CHECK_EQ(deadline_of(LAST - 5, NOW + 1, NOW), NOW);
	CHECK_EQ(deadline_of(7, LAST - 1, 4), 7 - 2); /* offset -2: count is 6 */
	CHECK_EQ(deadline_of(6, LAST - 1, 4), 4);
	CHECK_EQ(deadline_of(LAST, 0, LAST - 1), NEVER); /* nobody waits for that */
	CHECK_EQ(deadline_of(LAST, 0, LAST), LAST);
}

static const struct test_case cases[] = {
	{ "due", due },
	{ "later", later },
	{ "parked", parked },
	{ "wrapped", wrapped },
};

TEST_MAIN("deadline", cases)
