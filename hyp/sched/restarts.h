/* SPDX-License-Identifier: BSD-2-Clause */
/* The restarts of a partition after crashes, and their limit (on-crash in docs/manifest.md). Pure.
 * Lock: vm_sched_lock. All zeros: there was none. */
#ifndef HYP_SCHED_RESTARTS_H
#define HYP_SCHED_RESTARTS_H

#include <stdbool.h>
#include <stdint.h>

#define RESTARTS_MAX 16u

struct restarts {
	uint64_t at[RESTARTS_MAX]; /* of restart n, modulo RESTARTS_MAX */
	uint32_t count;
};

/* May there be one more at `now`: were there fewer than `limit`, 0 to RESTARTS_MAX, in the last
 * `period`? Times have any unit, and do not decrease. */
bool restarts_may(const struct restarts *restarts, uint32_t limit, uint64_t period, uint64_t now);

void restarts_add(struct restarts *restarts, uint64_t now);

#endif
