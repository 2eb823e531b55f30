/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ring of one CPU's trace: the newest EVENTS_MAX events, by number. Pure. Only its CPU writes,
 * without a lock; others may read meanwhile. The writer puts a barrier after events_begin, and
 * another one before events_end; a reader copies the event between events_find and events_has, with
 * a barrier after each.
 */
#ifndef HYP_TRAP_EVENTS_H
#define HYP_TRAP_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#define EVENTS_MAX 4096u /* a power of two */

/* As PLUMB_TRACE reads it: abi/plumbline.h. */
struct event {
	uint32_t time; /* the low word of CNTPCT */
	uint32_t head; /* events_head */
	uint32_t word[2];
};

/* Zeroed, it is empty. Numbers of events, from 0 on, are modulo 2^32. */
struct events {
	struct event event[EVENTS_MAX];
	uint32_t begun; /* the number of the next one to be begun; count, or count + 1 */
	uint32_t count; /* the number of the next one to be complete */
	bool full;	/* it has held EVENTS_MAX events */
};

/* kind: PLUMB_TRACE_*, 1..255; vm: a handle, 0: none; vcpu 0..7. Bit 31 is 0. */
static inline uint32_t events_head(uint32_t kind, uint32_t vm, uint32_t vcpu)
{
	return kind | vm << 8 | vcpu << 16;
}

static inline void events_clear(struct events *events)
{
	events->begun = 0;
	events->count = 0;
	events->full = false;
}

/* The place of the next event, which may be that of the oldest. */
static inline struct event *events_begin(struct events *events)
{
	return &events->event[events->begun++ % EVENTS_MAX];
}

static inline void events_end(struct events *events)
{
	events->count++;
	events->full |= events->count == EVENTS_MAX;
}

/* How many were overwritten: the number of the oldest one. */
static inline uint32_t events_lost(const struct events *events)
{
	return events->full ? events->count - EVENTS_MAX : 0;
}

/* Event `number`; NULL: overwritten, or not there yet. */
const struct event *events_find(const struct events *events, uint32_t number);

/* Was the event that events_find has found still there when the caller had copied it? */
bool events_has(const struct events *events, uint32_t number);

#endif
