/* SPDX-License-Identifier: BSD-2-Clause */
/* Address ranges against a bitmap of 256 granules, by random operations. */
#include "hyp/board/regions.h"
#include "test.h"

#define SPACE 256u
#define TOP   UINT64_MAX

static uint32_t seed;

static uint32_t random_below(uint32_t limit)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % limit;
}

/* Ascending, disjoint, not touching, and exactly the set bits. */
static void check_same(const struct regions *set, const bool *bit)
{
	bool seen[SPACE] = { false };
	uint64_t last = 0;

	CHECK(set->count <= 32);
	for (uint32_t i = 0; i < set->count; i++) {
		CHECK(set->r[i].size != 0);
		CHECK(i == 0 || set->r[i].base.pa > last);
		last = set->r[i].base.pa + set->r[i].size;
		CHECK(last <= SPACE);
		for (uint64_t at = set->r[i].base.pa; at < last && at < SPACE; at++) {
			seen[at] = true;
		}
	}
	CHECK(memcmp(seen, bit, sizeof(seen)) == 0);
}

static uint32_t runs(const bool *bit)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < SPACE; i++) {
		count += bit[i] && (i == 0 || !bit[i - 1]) ? 1 : 0;
	}
	return count;
}

static bool any(const bool *bit, uint32_t base, uint32_t size, bool value)
{
	for (uint32_t i = base; i < base + size; i++) {
		if (bit[i] == value) {
			return true;
		}
	}
	return false;
}

/* The place that take must find, the plain way. */
static int model_place(const bool *bit, uint32_t size, uint32_t align, uint32_t limit, bool top)
{
	int found = -1;

	for (uint32_t base = 0; base + size <= limit && base + size <= SPACE; base += align) {
		if (!any(bit, base, size, false)) {
			found = (int)base;
			if (!top) {
				break;
			}
		}
	}
	return found;
}

static void step_take(struct regions *set, bool *bit)
{
	uint32_t size = 1 + random_below(12);
	uint32_t align = 1u << random_below(5);
	uint32_t limit = random_below(SPACE + 40);
	bool top = random_below(2) != 0;
	int want = model_place(bit, size, align, limit, top);
	struct regions before = *set;
	pa_t base = pa_make(0);
	bool ok = regions_take(set, size, align, limit, top, &base);

	if (ok) {
		CHECK_EQ(base.pa, want);
		memset(bit + base.pa, 0, size);
	} else {
		/* The only other reason: the split would not fit into the table. */
		CHECK(want < 0 || before.count == 32);
		CHECK(memcmp(&before, set, sizeof(before)) == 0);
	}
}

static void step_change(struct regions *set, bool *bit, bool add)
{
	uint32_t base = random_below(SPACE);
	uint32_t size = 1 + random_below(add ? 6 : 4);
	struct regions before = *set;
	bool after[SPACE];
	bool ok;

	size = size < SPACE - base ? size : SPACE - base;
	CHECK_EQ(regions_overlaps(set, pa_make(base), size), any(bit, base, size, true));
	CHECK_EQ(regions_contains(set, pa_make(base), size), !any(bit, base, size, false));
	memcpy(after, bit, sizeof(after));
	memset(after + base, add ? 1 : 0, size);
	ok = add ? regions_add(set, pa_make(base), size) : regions_remove(set, pa_make(base), size);
	CHECK_EQ(ok, runs(after) <= 32);
	if (ok) {
		memcpy(bit, after, sizeof(after));
	} else {
		CHECK(memcmp(&before, set, sizeof(before)) == 0);
	}
}

static void random_operations(void)
{
	for (seed = 1; seed < 1000000000u; seed += 100000007u) {
		struct regions set = { 0 };
		bool bit[SPACE] = { false };

		for (uint32_t i = 0; i < 2000 && test_failures == 0; i++) {
			uint32_t what = random_below(16);

			if (what == 0) {
				step_take(&set, bit);
			} else {
				step_change(&set, bit, what < 9);
			}
			check_same(&set, bit);
		}
	}
}

static void edges(void)
{
	struct regions set = { 0 };
	pa_t base;

	CHECK(!regions_add(&set, pa_make(0x1000), 0));
	CHECK(!regions_add(&set, pa_make(TOP), 2));
	CHECK(!regions_add(&set, pa_make(TOP - 0xfff), 0x1000)); /* ends at 2^64: wraps to 0 */
	CHECK_EQ(set.count, 0);
	CHECK(regions_add(&set, pa_make(TOP - 0x1fff), 0x1000));
	CHECK(!regions_remove(&set, pa_make(TOP), 2));
	CHECK(!regions_remove(&set, pa_make(0), 0));
	CHECK(!regions_contains(&set, pa_make(TOP - 0x1fff), 0));
	CHECK(!regions_contains(&set, pa_make(TOP - 0x1fff), UINT64_C(1) << 63));
	CHECK(regions_overlaps(&set, pa_make(TOP - 0x2fff), 0x4000)); /* wraps: still overlaps */
	CHECK(!regions_overlaps(&set, pa_make(TOP - 0x1fff), 0));
	CHECK(!regions_take(&set, 0, 1, TOP, true, &base));
	/* Aligning up from here passes the top of the space. */
	CHECK(!regions_take(&set, 0x100, UINT64_C(1) << 62, TOP, false, &base));
	CHECK(regions_take(&set, 0x1000, 0x1000, TOP, false, &base));
	CHECK_EQ(base.pa, TOP - 0x1fff);
	CHECK_EQ(set.count, 0);
}

static void full(void)
{
	struct regions set = { 0 };
	struct regions before;

	for (uint64_t i = 0; i < 32; i++) {
		CHECK(regions_add(&set, pa_make(i * 0x100), 0x80));
	}
	before = set;
	CHECK(!regions_add(&set, pa_make(0x10000), 1));
	CHECK(!regions_remove(&set, pa_make(0x110), 1)); /* would split one */
	CHECK(memcmp(&before, &set, sizeof(set)) == 0);
	CHECK(regions_add(&set, pa_make(0x80), 0x80)); /* joins two */
	CHECK_EQ(set.count, 31);
	CHECK(regions_add(&set, pa_make(0), 0x10000)); /* swallows all */
	CHECK_EQ(set.count, 1);
	CHECK_EQ(set.r[0].size, 0x10000);
}

static const struct test_case cases[] = {
	{ "random_operations", random_operations },
	{ "edges", edges },
	{ "full", full },
};

TEST_MAIN("regions", cases)
