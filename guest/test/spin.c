/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that never sleeps and asks nothing of anybody: it has only its time slices. Runs
 * until the partition in bootargs watch=HANDLE, on which it holds rights, is off.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

#define SPIN_TURNS    1000000u /* a millisecond or more */
#define SPIN_LIMIT_US (10 * TIMER_PATIENCE_US)

static bool spin_is_over(uint32_t handle)
{
	struct vm_info info = { .state = PLUMB_VM_OFF };

	return vm_info(handle, &info) != 0 || info.state == PLUMB_VM_OFF ||
	       info.state == PLUMB_VM_CRASHED;
}

int main(void)
{
	uint32_t watch = guest_arg("watch", 0), rounds = 0;
	uint64_t end = timer_count() + timer_us_to_ticks(SPIN_LIMIT_US);

	while (!spin_is_over(watch) && timer_count() < end) {
		for (volatile uint32_t i = 0; i < SPIN_TURNS; i++) {
		}
		rounds++;
	}
	(void)report_check(timer_count() < end, "spin: the other ends");
	(void)report_check(rounds > 0, "spin: ran meanwhile (%u rounds)", (unsigned)rounds);
	report_summary();
}
