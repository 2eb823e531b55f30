/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/deadline.h"

uint64_t deadline_of(uint64_t cval, uint64_t offset, uint64_t now)
{
	uint64_t count = now - offset;
	uint64_t left;

	if (count >= cval) {
		return now;
	}
	left = cval - count;
	return left >= DEADLINE_FAR || now >= DEADLINE_FAR ? DEADLINE_NEVER : now + left;
}
