/* SPDX-License-Identifier: BSD-2-Clause */
/* Computes on the CPU that starts the board while far-owner.c, on the other, takes its device's
 * interrupts: none of them is to come here. */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

#define STILL_LIMIT_US (10 * TIMER_PATIENCE_US)
#define STILL_MOST     200u /* the console's and the monitor's own; the device has 2000 */

int main(void)
{
	uint32_t owner = vm_find("owner");
	struct vm_info info = { .state = PLUMB_VM_RUNNING };
	uint64_t end = timer_count() + timer_us_to_ticks(STILL_LIMIT_US);
	uint64_t interrupts = 0;

	while (vm_info(owner, &info) == 0 && timer_count() < end &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING)) {
		timer_delay_us(1000);
	}
	(void)report_equal(info.state, PLUMB_VM_OFF, "still: the owner ends well");
	(void)report_equal((uint32_t)vm_stats(0, 0, PLUMB_STAT_IRQ, &interrupts), 0,
			   "still: may see its counts");
	(void)report_check(interrupts < STILL_MOST, "still: not interrupted by it: %u times in all",
			   (unsigned)interrupts);
	report_summary();
}
