/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/trap/events.h"
#include <stddef.h>

const struct event *events_find(const struct events *events, uint32_t number)
{
	uint32_t oldest = events_lost(events);

	if (number - oldest >= events->count - oldest) {
		return NULL;
	}
	return &events->event[number % EVENTS_MAX];
}

bool events_has(const struct events *events, uint32_t number)
{
	return events->begun - number <= EVENTS_MAX;
}
