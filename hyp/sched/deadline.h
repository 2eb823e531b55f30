/* SPDX-License-Identifier: BSD-2-Clause */
/* The board's counter value at which a timer of an unloaded vCPU is due. */
#ifndef HYP_SCHED_DEADLINE_H
#define HYP_SCHED_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

#define DEADLINE_NEVER UINT64_MAX

/*
 * The timer's condition is now - offset >= cval, as unsigned 64-bit numbers (ARM ARM B8.1.5): a
 * CompareValue near the counter's end is not reached early, however large `offset` is. Returns
 * `now` if the condition holds already, else the first counter value at which it holds;
 * DEADLINE_NEVER: not within 2^62 ticks, a century at any rate that the counter may have.
 */
uint64_t deadline_of(uint64_t cval, uint64_t offset, uint64_t now);

#define DEADLINE_FAR (UINT64_C(1) << 62)

/* The same, as mostly: true, if that is later than `now`, and within 2^62 ticks. */
static inline bool deadline_is_ahead(uint64_t cval, uint64_t offset, uint64_t now,
				     uint64_t *deadline)
{
	uint64_t count = now - offset;
	uint64_t left = cval - count;

	*deadline = now + left;
	return count < cval && left < DEADLINE_FAR && now < DEADLINE_FAR;
}

#endif
