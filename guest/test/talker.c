/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints a line now and then beside partitions that flood the console (flood.c): its lines are
 * whole and in time. A line is written in pieces, as programs do. */
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/uart.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define TALKER_LINES 20u

int main(void)
{
	uint64_t start = timer_count();

	gic_init();
	nap_init();
	for (uint32_t i = 1; i <= TALKER_LINES; i++) {
		nap(20000);
		printf("talker: line %u", (unsigned)i);
		printf(" of %u, whole\n", (unsigned)TALKER_LINES);
	}
	uart_drain();
	(void)report_check(timer_count() - start < timer_us_to_ticks(TIMER_PATIENCE_US),
			   "talker: %u lines in time", (unsigned)TALKER_LINES);
	report_summary();
}
