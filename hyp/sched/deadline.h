/* SPDX-License-Identifier: BSD-2-Clause */
/* When a timer of a vCPU that is on no CPU is due, told by the board's counter. */
#ifndef HYP_SCHED_DEADLINE_H
#define HYP_SCHED_DEADLINE_H

#include <stdint.h>

#define DEADLINE_NEVER UINT64_MAX

/*
 * The timer's condition is now - offset >= cval, of 64 bits without a sign (ARM ARM B8.1.5): a
 * CompareValue near the counter's end waits for it, however great `offset` is. Returns `now` if it
 * holds by now, else the counter value from which on it does; DEADLINE_NEVER: not in 2^62 ticks, a
 * century at any rate that the counter may have.
 */
uint64_t deadline_of(uint64_t cval, uint64_t offset, uint64_t now);

#endif
