/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/stage2/pages.c: the owners of a pool's pages, beside a model that has nothing but an array.
 */
#include "hyp/stage2/pages.h"
#include "test/unit/test.h"

#define MOST 16384u
#define NONE 0xffffffffu

static struct pages pool;
static uint8_t owners[MOST + 1];

/* Each page's owner by the calls' answers; where the next search begins. */
static uint8_t model[MOST];
static uint32_t model_count, model_from;

static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(seed ^ seed >> 15) * n >> 32);
}

static void see(void)
{
	uint32_t unused = 0;

	for (uint32_t n = 0; n < model_count; n++) {
		unused += model[n] == 0;
	}
	CHECK(!memcmp(owners, model, model_count));
	CHECK_EQ(owners[model_count], 0xa5); /* not the pool's */
	CHECK_EQ(pages_free(&pool), unused);
}

static void begin(uint32_t count)
{
	memset(&pool, 0x5a, sizeof(pool));
	memset(owners, 0xa5, sizeof(owners));
	memset(model, 0, sizeof(model));
	model_count = count;
	model_from = 0;
	pages_init(&pool, owners, count);
	see();
}

static bool model_fits(uint32_t first, uint32_t n)
{
	if (n == 0 || n > model_count - first) {
		return false;
	}
	for (uint32_t page = first; page < first + n; page++) {
		if (model[page]) {
			return false;
		}
	}
	return true;
}

static uint32_t model_find(uint32_t from, uint32_t n)
{
	for (uint32_t page = from; page < model_count; page++) {
		if (model_fits(page, n)) {
			return page;
		}
	}
	return NONE;
}

static uint32_t take(uint32_t owner, uint32_t n)
{
	uint32_t want = model_find(model_from, n);
	uint32_t got = pages_take(&pool, owner, n);

	want = want == NONE ? model_find(0, n) : want;
	CHECK_EQ(got, want);
	if (want != NONE) {
		memset(&model[want], (int)owner, n);
		model_from = (want + n) / 32 * 32;
		model_from = model_from < model_count ? model_from : 0;
	}
	see();
	return got;
}

/* Returns the number of calls. */
static uint32_t give_back(uint32_t owner)
{
	uint32_t cursor = 0;
	uint32_t calls = 0;
	bool done;

	do {
		uint32_t end = cursor + 1024 < model_count ? cursor + 1024 : model_count;

		for (uint32_t n = cursor; n < end; n++) {
			model[n] = model[n] == owner ? 0 : model[n];
		}
		done = pages_give_back(&pool, owner, &cursor);
		CHECK_EQ(cursor, end);
		CHECK_EQ(done, end == model_count);
		see();
		calls++;
	} while (!done && calls < 20);
	return calls;
}

static void from_the_first_one(void)
{
	begin(100);
	CHECK_EQ(take(255, 5), 0); /* the allocator's arrays */
	CHECK_EQ(take(1, 1), 5);
	CHECK_EQ(take(2, 3), 6);
	CHECK_EQ(take(254, 91), 9);
	CHECK_EQ(pages_free(&pool), 0);
	CHECK_EQ(take(1, 1), NONE);
	CHECK_EQ(take(1, 0), NONE);
	CHECK_EQ(give_back(2), 1);
	CHECK_EQ(take(1, 4), NONE);
	CHECK_EQ(take(1, 3), 6);
	CHECK_EQ(take(1, 0xffffffff), NONE);
}

/* The last group of 32 pages has fewer. */
static void pools_of_any_size(void)
{
	static const uint32_t counts[] = { 1,  2,   31,	  32,	33,   63,    64,   65,
					   95, 100, 1023, 1024, 1025, 16383, 16384 };

	for (uint32_t n = 0; n < sizeof(counts) / sizeof(counts[0]); n++) {
		begin(counts[n]);
		CHECK_EQ(take(1, counts[n] + 1), NONE);
		CHECK_EQ(take(1, counts[n]), 0);
		CHECK_EQ(take(1, 1), NONE);
		CHECK_EQ(give_back(1), (counts[n] + 1023) / 1024);
		CHECK_EQ(take(2, 1), counts[n] % 32 ? counts[n] / 32 * 32 : 0);
		CHECK_EQ(take(3, counts[n]), NONE);
	}
}

/* Every second page is free. */
static void fragments(void)
{
	begin(256);
	for (uint32_t n = 0; n < 256; n++) {
		CHECK_EQ(take(1 + n % 2, 1), n);
	}
	CHECK_EQ(give_back(2), 1);
	CHECK_EQ(pages_free(&pool), 128);
	CHECK_EQ(take(3, 2), NONE);
	CHECK_EQ(take(3, 33), NONE);
	CHECK_EQ(take(3, 1), 1);
	CHECK_EQ(give_back(1), 1);
	CHECK_EQ(take(4, 255), NONE);
	CHECK_EQ(take(4, 254), 2);
	CHECK_EQ(take(4, 1), 0);
}

/* Free pages at both sides of others do not follow each other. */
static void both_sides(void)
{
	for (uint32_t others = 1; others < 130; others++) {
		begin(256);
		CHECK_EQ(take(1, 60), 0);
		CHECK_EQ(take(2, 4), 60);
		CHECK_EQ(take(3, others), 64);
		CHECK_EQ(take(2, 5), 64 + others);
		CHECK_EQ(take(1, 256 - 69 - others), 69 + others);
		give_back(2);
		CHECK_EQ(take(4, 6), NONE);
		CHECK_EQ(take(4, 5), 64 + others);
	}
}

/* A run of each length, at each place of its group, in the midst of pages that are taken. */
static void runs(void)
{
	for (uint32_t n = 1; n < 100; n++) {
		for (uint32_t first = 0; first < 64; first += n % 7 == 1 ? 1 : 3) {
			begin(192);
			if (first) {
				CHECK_EQ(take(1, first), 0);
			}
			CHECK_EQ(take(2, n), first);
			CHECK_EQ(take(1, 192 - first - n), first + n);
			give_back(2);
			CHECK_EQ(take(3, n + 1), NONE);
			CHECK_EQ(take(3, n), first);
		}
	}
}

/* What is given back is used again only when the search has come to the end. */
static void it_goes_on_behind(void)
{
	begin(128);
	CHECK_EQ(take(1, 40), 0);
	CHECK_EQ(take(2, 24), 40);
	give_back(1);
	CHECK_EQ(take(3, 8), 64);
	CHECK_EQ(take(3, 30), 72);
	CHECK_EQ(take(3, 30), 0); /* it wraps */
	CHECK_EQ(take(3, 26), 102);
	CHECK_EQ(take(3, 1), 30); /* behind the end is the begin */
}

/* A run that begins in front of the place where the search does. */
static void around_the_place(void)
{
	begin(128);
	CHECK_EQ(take(1, 20), 0);
	CHECK_EQ(take(2, 50), 20);
	CHECK_EQ(take(1, 58), 70);
	give_back(2);
	CHECK_EQ(take(3, 30), 20);
	CHECK_EQ(take(4, 20), 50);
	give_back(3);
	give_back(4); /* 20 to 69 are free, and the search begins at 64 */
	CHECK_EQ(take(5, 6), 64);
	give_back(5);
	CHECK_EQ(take(5, 50), 20);
}

/* PAGES_STEP pages a call, and those of others stay. */
static void bounded(void)
{
	uint32_t cursor = 0;

	CHECK_EQ(PAGES_STEP, 1024);
	begin(2050);
	CHECK_EQ(take(1, 1023), 0);
	CHECK_EQ(take(2, 2), 1023);
	CHECK_EQ(take(3, 1024), 1025);
	CHECK_EQ(take(2, 1), 2049);
	CHECK(!pages_give_back(&pool, 2, &cursor));
	CHECK_EQ(cursor, 1024);
	CHECK_EQ(pages_free(&pool), 1);
	CHECK_EQ(owners[1023], 0);
	CHECK_EQ(owners[1024], 2);
	CHECK(!pages_give_back(&pool, 2, &cursor));
	CHECK_EQ(pages_free(&pool), 2);
	CHECK(pages_give_back(&pool, 2, &cursor));
	CHECK_EQ(cursor, 2050);
	CHECK_EQ(pages_free(&pool), 3);
	CHECK(pages_give_back(&pool, 1, &cursor)); /* nothing is left to look at */
	CHECK_EQ(pages_free(&pool), 3);
	begin(2050);
	CHECK_EQ(give_back(7), 3); /* somebody who has none */
}

static void random_step(void)
{
	uint32_t owner = any(8) ? 1 + any(9) : 255;

	switch (any(10)) {
	case 0:
		give_back(owner);
		break;
	case 1:
		take(owner, any(model_count + 2));
		break;
	case 2:
	case 3:
		take(owner, 2 + any(70));
		break;
	default:
		take(owner, 1 + any(6));
	}
}

/* 1,000 steps of several owners. */
static void random_steps(void)
{
	static const uint32_t counts[] = { 8, 61, 256, 700, 3000, 16384 };

	for (uint32_t n = 0; n < sizeof(counts) / sizeof(counts[0]); n++) {
		seed = n + 1;
		begin(counts[n]);
		for (uint32_t step = 0; step < 1000 && !test_failures; step++) {
			random_step();
		}
		for (uint32_t owner = 1; owner < 256; owner++) {
			if (owner < 10 || owner == 255) {
				give_back(owner);
			}
		}
		CHECK_EQ(pages_free(&pool), counts[n]);
		for (uint32_t page = 0; page < counts[n]; page++) {
			CHECK_EQ(owners[page], 0);
		}
		CHECK_EQ(take(1, counts[n]), 0);
	}
}

/* At the end of a partition: all pages but its own, by steps. */
static void all_at_once(void)
{
	static uint8_t owner[3000];
	static struct pages p;
	uint32_t cursor = 0, calls = 1;

	pages_init(&p, owner, 3000);
	CHECK_EQ(pages_take(&p, 255, 3), 0);
	CHECK_EQ(pages_take(&p, 1, 900), 3);
	CHECK_EQ(pages_take(&p, 64, 1500), 903);
	while (!pages_give_back_all(&p, &cursor)) {
		calls++;
	}
	CHECK_EQ(calls, 3);
	CHECK_EQ(pages_free(&p), 2997);
	CHECK_EQ(owner[2], 255);
	CHECK_EQ(owner[3], 0);
	CHECK_EQ(pages_take(&p, 7, 2997), 3);
}

static const struct test_case cases[] = {
	{ "from_the_first_one", from_the_first_one },
	{ "pools_of_any_size", pools_of_any_size },
	{ "fragments", fragments },
	{ "both_sides", both_sides },
	{ "runs", runs },
	{ "it_goes_on_behind", it_goes_on_behind },
	{ "around_the_place", around_the_place },
	{ "bounded", bounded },
	{ "random_steps", random_steps },
	{ "all_at_once", all_at_once },
};

TEST_MAIN("pages", cases)
