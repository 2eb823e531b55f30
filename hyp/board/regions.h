/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of physical address ranges: RAM, reserved ranges, free ranges. Pure. */
#ifndef HYP_BOARD_REGIONS_H
#define HYP_BOARD_REGIONS_H

#include "hyp/base/addr.h"
#include <stdbool.h>
#include <stdint.h>

#define REGIONS_MAX 32

struct region {
	pa_t base;
	uint64_t size; /* bytes, not 0; base + size does not wrap */
};

struct regions {
	uint32_t count;
	struct region r[REGIONS_MAX]; /* ascending, disjoint, not touching */
};

/* Returns false, and changes nothing, if the set is full or the range wraps or is empty. */
bool regions_add(struct regions *set, pa_t base, uint64_t size);
bool regions_remove(struct regions *set, pa_t base, uint64_t size);
bool regions_contains(const struct regions *set, pa_t base, uint64_t size);
bool regions_overlaps(const struct regions *set, pa_t base, uint64_t size);

/* Takes `size` bytes at a multiple of `align` (a power of two), below `limit`, from the highest
 * (top) or lowest place. */
bool regions_take(struct regions *set, uint64_t size, uint64_t align, uint64_t limit, bool top,
		  pa_t *base);

#endif
