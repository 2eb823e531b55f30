/* SPDX-License-Identifier: BSD-2-Clause */
/* A console for more than text: takes all 256 bytes in their order, then sends them, past the C
 * library. What arrives outside is judged there (test/check/kernel.py). */
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/lib/uart.h"
#include <stdio.h>

#define BYTES_LIMIT_US TIMER_PATIENCE_US

int main(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(BYTES_LIMIT_US);
	uint32_t next = 0, wrong = 0;

	printf("bytes: ready\n");
	while (next < 256 && timer_count() < end) {
		int byte = uart_getc();

		if (byte >= 0) {
			wrong += (uint32_t)byte != next;
			next++;
		}
	}
	printf("bytes: %u taken, %u wrong\n", (unsigned)next, (unsigned)wrong);
	for (uint32_t byte = 0; byte < 256; byte++) {
		uart_putc((uint8_t)byte);
	}
	uart_putc('\n');
	(void)report_equal(next, 256, "bytes: all came");
	(void)report_equal(wrong, 0, "bytes: in their order");
	report_summary();
}
