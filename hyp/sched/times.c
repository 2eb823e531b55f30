/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/times.h"

static uint64_t times_not_negative(uint64_t time)
{
	return time >> 63 ? 0 : time;
}

struct times times_at(const struct times *times, enum times_state state, uint64_t now)
{
	struct times at = *times;

	if (state == TIMES_RUNS) {
		times_leave(&at, now);
	} else if (state == TIMES_WAITS) {
		times_enter(&at, now);
	}
	at.cpu = times_not_negative(at.cpu);
	at.wait = times_not_negative(at.wait);
	return at;
}
