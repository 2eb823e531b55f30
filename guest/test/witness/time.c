/* SPDX-License-Identifier: BSD-2-Clause */
/* Both counters, which never go back and keep their distance; and what the CPU does for others. */
#include "guest/lib/timer.h"
#include "guest/test/witness/witness.h"

#define TIME_TRIES  100000u /* to read both counters at once: under -icount a few are enough */
#define TIME_EXACT  2u	    /* ticks */
#define TIME_READS  4000u
#define TIME_SLACK  2u	/* ticks */
#define TIME_GAP_US 20u /* between two reads: somebody else had the CPU */

struct witness_count witness_time_count;
uint32_t witness_absent;
uint64_t witness_present_us, witness_away_us;

uint64_t witness_width;

static uint64_t time_offset, time_last;
static uint32_t time_frequency;

/* The virtual counter between two reads of the physical one: the latter minus the former is at
 * least this. */
static uint64_t time_distance(uint64_t *width)
{
	uint64_t first = timer_physical_count(), virtual = timer_count();
	uint64_t second = timer_physical_count();

	*width = second - first;
	witness_compare(&witness_time_count, 1, second < first, 0);
	witness_compare(&witness_time_count, 2, virtual < time_last, 0);
	time_last = virtual;
	return first - virtual;
}

/* Where the host's time passes, two reads are never that close: then the closest of so many tries
 * must do, and is no fault if that is known (`host_time`). */
void witness_time_init(bool host_time)
{
	time_frequency = timer_frequency();
	witness_width = ~0ull;
	for (uint32_t i = 0; i < TIME_TRIES && witness_width > TIME_EXACT; i++) {
		uint64_t width, offset = time_distance(&width);

		if (width < witness_width) {
			witness_width = width;
			time_offset = offset;
		}
	}
	if (!host_time && witness_width > TIME_EXACT) {
		witness_compare(&witness_time_count, 6, (uint32_t)witness_width, TIME_EXACT);
	}
}

static void time_reads(void)
{
	uint64_t begin = timer_count(), last = begin, gap = timer_us_to_ticks(TIME_GAP_US);
	uint64_t away = 0;

	for (uint32_t i = 0; i < TIME_READS; i++) {
		uint64_t now = timer_count();

		witness_compare(&witness_time_count, 3, now < last, 0);
		if (now - last > gap) {
			uint64_t us = timer_ticks_to_us(now - last);

			away += now - last;
			witness_absent = us > witness_absent ? (uint32_t)us : witness_absent;
		}
		last = now;
	}
	witness_away_us += timer_ticks_to_us(away);
	witness_present_us += timer_ticks_to_us(last - begin - away);
}

void witness_time(void)
{
	uint64_t width, offset = time_distance(&width);
	/* offset = exact - (read of the virtual counter - first read), which is 0 to `width`; and
	 * so is time_offset, 0 to `witness_width` */
	uint64_t error = time_offset + witness_width + TIME_SLACK - offset;

	witness_compare(&witness_time_count, 4, error <= width + witness_width + 2 * TIME_SLACK, 1);
	witness_compare(&witness_time_count, 5, timer_frequency(), time_frequency);
	witness_time_count.done++;
	time_reads();
}
