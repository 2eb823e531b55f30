/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/sched/restarts.h"

bool restarts_may(const struct restarts *restarts, uint32_t limit, uint64_t period, uint64_t now)
{
	if (restarts->count < limit) {
		return true;
	}
	return limit != 0 && now - restarts->at[(restarts->count - limit) % RESTARTS_MAX] >= period;
}

void restarts_add(struct restarts *restarts, uint64_t now)
{
	restarts->at[restarts->count++ % RESTARTS_MAX] = now;
}
