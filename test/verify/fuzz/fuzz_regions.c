/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of ranges by a byte program against a map of units, one flag each: at the bottom of the
 * address space, around 4 GiB, and at its top, where a range can wrap.
 */
#include "hyp/board/regions.h"
#include "test/verify/fuzz/fuzz.h"

#define UNITS 128u
#define UNIT  UINT64_C(0x100000)
#define FULL  32 /* REGIONS_MAX */

static struct {
	bool has[UNITS + 1]; /* the last one is no unit: every run ends */
	uint64_t base;
} model;

/* ---- what must be ---- */

static uint32_t model_runs(const bool has[UNITS + 1])
{
	uint32_t runs = 0;

	for (uint32_t n = 0; n < UNITS; n++) {
		runs += has[n] && !has[n + 1] ? 1 : 0;
	}
	return runs;
}

static void check_same(const struct regions *set)
{
	uint32_t index = 0;

	for (uint32_t n = 0; n < UNITS; n++) {
		uint32_t first = n;

		while (model.has[n]) {
			n++;
		}
		if (n > first) {
			CHECK(index < set->count);
			CHECK_EQ(set->r[index].base.pa, model.base + first * UNIT);
			CHECK_EQ(set->r[index].size, (n - first) * UNIT);
			index++;
		}
	}
	CHECK_EQ(set->count, index);
}

/* Sets or clears units if the result is not too many ranges. */
static bool model_change(uint32_t first, uint32_t count, bool to)
{
	bool next[UNITS + 1];

	memcpy(next, model.has, sizeof(next));
	for (uint32_t n = first; n < first + count; n++) {
		next[n] = to;
	}
	if (count == 0 || model_runs(next) > FULL) {
		return false;
	}
	memcpy(model.has, next, sizeof(next));
	return true;
}

static uint32_t model_count(uint32_t first, uint32_t count)
{
	uint32_t found = 0;

	for (uint32_t n = first; n < first + count; n++) {
		found += model.has[n] ? 1 : 0;
	}
	return found;
}

/* The first place, from below or from the top, that is aligned, free and below the limit. */
static bool model_place(uint32_t count, uint64_t align, uint64_t limit, bool top, uint32_t *place)
{
	for (uint32_t i = 0; i + count <= UNITS; i++) {
		uint32_t n = top ? UNITS - count - i : i;
		uint64_t at = model.base + n * UNIT;

		if (model_count(n, count) == count && at % align == 0 &&
		    at + count * UNIT <= limit) {
			*place = n;
			return true;
		}
	}
	return false;
}

/* ---- a byte program ---- */

static void try_take(struct fuzz_input *in, struct regions *set, uint32_t count)
{
	uint64_t align = UINT64_C(1) << (fuzz_byte(in) % 25u);
	uint32_t how = fuzz_byte(in);
	uint64_t limit = how & 2 ? UINT64_MAX : model.base + (how >> 2) * 2 * UNIT;
	pa_t base = pa_make(7);
	uint32_t place = 0;
	bool wanted = count != 0 && model_place(count, align, limit, how & 1, &place) &&
		      model_change(place, count, false);
	bool taken = regions_take(set, count * UNIT, align, limit, how & 1, &base);

	CHECK_EQ(taken, wanted);
	CHECK_EQ(base.pa, taken ? model.base + place * UNIT : 7);
}

/* Ranges that are none: empty, or past the end of all addresses. */
static void try_wild(struct fuzz_input *in, struct regions *set)
{
	uint64_t base = fuzz_long(in);
	uint64_t size = fuzz_byte(in) & 1 ? 0 : UINT64_MAX - base + 1 + fuzz_byte(in);

	if (size != 0 && base + size > base) {
		return;
	}
	CHECK(!regions_add(set, pa_make(base), size) && !regions_remove(set, pa_make(base), size));
	CHECK(!regions_contains(set, pa_make(base), size));
	/* Up to the top, if it wraps. */
	for (uint32_t n = 0; n < set->count && size != 0; n++) {
		if (set->r[n].base.pa + set->r[n].size > base) {
			CHECK(regions_overlaps(set, pa_make(base), size));
		}
	}
	CHECK(size != 0 || !regions_overlaps(set, pa_make(base), size));
}

static void try_step(struct fuzz_input *in, struct regions *set)
{
	uint32_t what = fuzz_byte(in);
	uint32_t first = fuzz_byte(in) % UNITS;
	uint32_t count = fuzz_byte(in) % 12u;
	uint64_t at = model.base + first * UNIT;

	if (first + count > UNITS) {
		count = UNITS - first;
	}
	switch (what % 8) {
	case 0:
	case 1:
	case 2:
		count = count > 3 ? 1 : count; /* many small ones fill the set */
		CHECK_EQ(regions_add(set, pa_make(at), count * UNIT),
			 model_change(first, count, true));
		break;
	case 3:
		CHECK_EQ(regions_add(set, pa_make(at), count * UNIT),
			 model_change(first, count, true));
		break;
	case 4:
		CHECK_EQ(regions_remove(set, pa_make(at), count * UNIT),
			 model_change(first, count, false));
		break;
	case 5:
		CHECK_EQ(regions_contains(set, pa_make(at), count * UNIT),
			 count != 0 && model_count(first, count) == count);
		CHECK_EQ(regions_overlaps(set, pa_make(at), count * UNIT),
			 model_count(first, count) != 0);
		break;
	case 6:
		try_take(in, set, count);
		break;
	default:
		try_wild(in, set);
		break;
	}
}

unsigned fuzz_regions(const uint8_t *data, size_t size)
{
	/* The last one's top unit ends where no 64-bit number is any more: it is left out. */
	static const uint64_t bases[] = { 0, UINT64_C(0xfc000000), UINT64_MAX - UNITS * UNIT };
	struct fuzz_input in = { data, size, 0 };
	struct regions set = { 0 };

	memset(&model, 0, sizeof(model));
	model.base = bases[fuzz_byte(&in) % 3u] / UNIT * UNIT;
	while (fuzz_more(&in) && !test_failures) {
		try_step(&in, &set);
		check_same(&set);
	}
	return fuzz_failures();
}
