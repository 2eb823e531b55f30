/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/board/regions.h"
#include "hyp/base/bits.h"
#include <string.h>

static bool regions_range_ok(uint64_t base, uint64_t size)
{
	return size != 0 && base + size > base;
}

static uint64_t regions_end(const struct region *region)
{
	return region->base.pa + region->size;
}

/* Replaces the entries [from, to) of the set's array by `put` entries of new[]. */
static void regions_replace(struct regions *set, uint32_t from, uint32_t to,
			    const struct region *new, uint32_t put)
{
	uint32_t tail = set->count - to;

	memmove(&set->r[from + put], &set->r[to], tail * sizeof(set->r[0]));
	for (uint32_t i = 0; i < put; i++) {
		set->r[from + i] = new[i];
	}
	set->count = from + put + tail;
}

bool regions_add(struct regions *set, pa_t start, uint64_t size)
{
	uint64_t base = start.pa;
	uint64_t end = base + size;
	uint32_t from = 0;
	uint32_t to;
	struct region merged;

	if (!regions_range_ok(base, size)) {
		return false;
	}
	/* [from, to): the entries that the new range overlaps or touches. */
	while (from < set->count && regions_end(&set->r[from]) < base) {
		from++;
	}
	for (to = from; to < set->count && set->r[to].base.pa <= end; to++) {
		if (set->r[to].base.pa < base) {
			base = set->r[to].base.pa;
		}
		if (regions_end(&set->r[to]) > end) {
			end = regions_end(&set->r[to]);
		}
	}
	if (from == to && set->count == REGIONS_MAX) {
		return false;
	}
	merged = (struct region) { .base = pa_make(base), .size = end - base };
	regions_replace(set, from, to, &merged, 1);
	return true;
}

bool regions_remove(struct regions *set, pa_t start, uint64_t size)
{
	uint64_t base = start.pa;
	uint64_t end = base + size;
	struct region rest[2];
	uint32_t nr_rest = 0;
	uint32_t from = 0;
	uint32_t to;

	if (!regions_range_ok(base, size)) {
		return false;
	}
	while (from < set->count && regions_end(&set->r[from]) <= base) {
		from++;
	}
	for (to = from; to < set->count && set->r[to].base.pa < end; to++) {
		const struct region *r = &set->r[to];

		/* Only the first can extend below, and only the last above. */
		if (r->base.pa < base) {
			rest[nr_rest++] =
				(struct region) { .base = r->base, .size = base - r->base.pa };
		}
		if (regions_end(r) > end) {
			rest[nr_rest++] = (struct region) { .base = pa_make(end),
							    .size = regions_end(r) - end };
		}
	}
	if (set->count - (to - from) + nr_rest > REGIONS_MAX) {
		return false;
	}
	regions_replace(set, from, to, rest, nr_rest);
	return true;
}

bool regions_contains(const struct regions *set, pa_t start, uint64_t size)
{
	uint64_t base = start.pa;

	if (!regions_range_ok(base, size)) {
		return false;
	}
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->r[i].base.pa <= base && base + size <= regions_end(&set->r[i])) {
			return true;
		}
	}
	return false;
}

bool regions_overlaps(const struct regions *set, pa_t start, uint64_t size)
{
	uint64_t base = start.pa;

	if (size == 0) {
		return false;
	}
	if (!regions_range_ok(base, size)) {
		/* A range that wraps counts as extending to the top, which is the safe
		 * assumption. */
		size = UINT64_MAX - base;
	}
	for (uint32_t i = 0; i < set->count; i++) {
		if (set->r[i].base.pa < base + size && base < regions_end(&set->r[i])) {
			return true;
		}
	}
	return false;
}

/* The lowest or highest place in a region that fits. */
static bool regions_place(const struct region *region, uint64_t size, uint64_t align,
			  uint64_t limit, bool top, pa_t *base)
{
	uint64_t end = regions_end(region) < limit ? regions_end(region) : limit;
	uint64_t place;

	if (end < region->base.pa || end - region->base.pa < size) {
		return false;
	}
	if (top) {
		place = bits_align_down(end - size, align);
	} else {
		place = bits_align_up(region->base.pa, align);
	}
	/* place < base: aligned down out of the region, or up past the top of the space */
	if (place < region->base.pa || place > end - size) {
		return false;
	}
	*base = pa_make(place);
	return true;
}

bool regions_take(struct regions *set, uint64_t size, uint64_t align, uint64_t limit, bool top,
		  pa_t *base)
{
	pa_t place;

	if (size == 0) {
		return false;
	}
	for (uint32_t i = 0; i < set->count; i++) {
		uint32_t index = top ? set->count - 1 - i : i;

		if (regions_place(&set->r[index], size, align, limit, top, &place)) {
			if (!regions_remove(set, place, size)) {
				return false;
			}
			*base = place;
			return true;
		}
	}
	return false;
}
