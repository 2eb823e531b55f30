/* SPDX-License-Identifier: BSD-2-Clause */
/* The control partition beside two Linux kernels: sees `restless` restart, until `calm` is off. */
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define WATCH_LIMIT_US (10 * TIMER_PATIENCE_US)
#define WATCH_NAP_US   5000u
#define WATCH_STARTS   2u /* its boot, and a restart: how many more there are is the host's speed */

static uint32_t watch_state(uint32_t handle)
{
	struct vm_info info = { .state = PLUMB_VM_CRASHED };

	(void)vm_info(handle, &info);
	return info.state;
}

int main(void)
{
	uint32_t calm = vm_find("calm"), restless = vm_find("restless");
	uint32_t starts = 0, state, before = PLUMB_VM_LOADING;
	uint64_t end = timer_count() + timer_us_to_ticks(WATCH_LIMIT_US);

	gic_init();
	nap_init();
	while (((state = watch_state(calm)) == PLUMB_VM_RUNNING || state == PLUMB_VM_LOADING) &&
	       timer_count() < end) {
		uint32_t now = watch_state(restless);

		starts += now != before && now == PLUMB_VM_RUNNING;
		before = now;
		nap(WATCH_NAP_US);
	}
	(void)report_equal(state, PLUMB_VM_OFF, "calm came to its end");
	(void)report_check(starts >= WATCH_STARTS, "restless started meanwhile: %u times",
			   (unsigned)starts);
	report_summary();
}
