/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/sched/restarts.c against a list of all restarts, searched each time: the limit of on-crash
 * (docs/manifest.md) is at most N restarts in any T. */
#include "hyp/sched/restarts.h"
#include "test/unit/test.h"

#define MANY 400u

static uint64_t all[MANY];
static uint32_t total;

static bool model_may(uint32_t limit, uint64_t period, uint64_t now)
{
	uint32_t recent = 0;

	for (uint32_t n = 0; n < total; n++) {
		recent += now - all[n] < period;
	}
	return recent < limit;
}

static void by_hand(void)
{
	struct restarts r = { .count = 0 };

	CHECK(!restarts_may(&r, 0, 10, 0)); /* "stop" */
	CHECK(restarts_may(&r, 2, 10, 100));
	restarts_add(&r, 100);
	CHECK(restarts_may(&r, 2, 10, 100));
	restarts_add(&r, 104);
	CHECK(!restarts_may(&r, 2, 10, 104));
	CHECK(!restarts_may(&r, 2, 10, 109));
	CHECK(restarts_may(&r, 2, 10, 110)); /* the one at 100 is 10 old */
	restarts_add(&r, 110);
	CHECK(!restarts_may(&r, 2, 10, 113));
	CHECK(restarts_may(&r, 2, 10, 114));
	CHECK(!restarts_may(&r, 0, 10, 1000));
}

static void against_the_model(void)
{
	for (uint32_t limit = 1; limit <= 16; limit++) {
		struct restarts r = { .count = 0 };
		uint32_t refused = 0, seed = limit;
		uint64_t now = UINT64_C(0xfffffff0);

		total = 0;
		for (uint32_t n = 0; n < MANY; n++) {
			bool may;

			seed = seed * 1103515245u + 12345u;
			now += seed >> 24 & (n % 64 < 32 ? 3u : 63u);
			may = restarts_may(&r, limit, 100, now);
			CHECK_EQ(may, model_may(limit, 100, now));
			refused += !may;
			if (may) {
				restarts_add(&r, now);
				all[total++] = now;
			}
		}
		CHECK(refused > 0 && total > limit);
	}
}

static const struct test_case cases[] = {
	{ "by_hand", by_hand },
	{ "against_the_model", against_the_model },
};
TEST_MAIN("restarts", cases)
