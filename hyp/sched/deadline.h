/* SPDX-License-Identifier: BSD-2-Clause */
/* The board's counter value at which a timer of an unloaded vCPU is due. */
#ifndef HYP_SCHED_DEADLINE_H
#define HYP_SCHED_DEADLINE_H

#include <stdint.h>

#define DEADLINE_NEVER UINT64_MAX

/*
 * The timer's condition is now - offset >= cval, as unsigned 64-bit numbers (ARM ARM B8.1.5): a
 * CompareValue near the counter's end is not reached early, however large `offset` is. Returns
 * `now` if the condition holds already, else the first counter value at which it holds;
 * DEADLINE_NEVER: not within 2^62 ticks, a century at any rate that the counter may have.
 */
uint64_t deadline_of(uint64_t cval, uint64_t offset, uint64_t now);

#endif
