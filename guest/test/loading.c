/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First instruction of a partition that was loaded on the CPU of a busy one: CNTPCT, which counts
 * from the board's reset (ARM ARM DDI 0406C, B8.1.1), tells how long it took. With -icount only.
 */
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

#define LOADING_LIMIT_MS 1000u /* a multiple of what half a CPU needs for 32 MiB */

int main(void)
{
	uint64_t ms = timer_physical_count() / timer_us_to_ticks(1000);

	(void)report_check(ms < LOADING_LIMIT_MS, "loading: began after %u ms", (unsigned)ms);
	report_summary();
}
