/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints as fast as it can, with and without line ends, until partition 1 is off. */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define FLOOD_LIMIT_US (10 * TIMER_PATIENCE_US)

int main(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(FLOOD_LIMIT_US);
	struct vm_info info;
	uint32_t lines = 0;

	while (vm_info(1, &info) == 0 && info.state != PLUMB_VM_OFF &&
	       info.state != PLUMB_VM_CRASHED && timer_count() < end) {
		for (uint32_t i = 0; i < 20; i++) {
			printf("%s", "flood flood flood flood flood flood flood flood flood");
		}
		printf("\nflood: line %u\n", (unsigned)++lines);
	}
	printf("\nflood: over\n");
	return 0;
}
