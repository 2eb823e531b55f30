/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads nothing for a while (ms=N), then all that was typed for it meanwhile (bytes=N, the alphabet
 * again and again). Each byte arrives, or the UART tells of an overrun (DDI 0183, 2.4.2 and 3.3.2);
 * with `whole`, each arrives.
 */
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/lib/uart.h"
#include <stdio.h>

#define INPUT_DR_OE    0x800u
#define INPUT_RSR_OE   0x8u
#define INPUT_RIS_OE   0x400u
#define INPUT_QUIET_US 1000000u /* after an overrun: what was lost does not come */

static uint32_t input_count, input_gaps, input_overruns, input_next;

static void input_take(uint32_t data)
{
	uint32_t letter = (data & 0xffu) - 'a';

	input_gaps += letter != input_next;
	input_overruns += (data & INPUT_DR_OE) != 0;
	input_next = (letter + 1) % 26;
	input_count++;
}

static bool input_overrun(void)
{
	return input_overruns > 0 || (mmio_read32(UART_BASE + UART_RSR) & INPUT_RSR_OE) != 0 ||
	       (mmio_read32(UART_BASE + UART_RIS) & INPUT_RIS_OE) != 0;
}

static void input_read(void)
{
	while (!(mmio_read32(UART_BASE + UART_FR) & UART_FR_RXFE)) {
		input_take(mmio_read32(UART_BASE + UART_DR));
	}
}

int main(void)
{
	uint32_t want = guest_arg("bytes", 0);
	uint32_t before;
	uint64_t last;

	printf("input: ready\n");
	timer_delay_us(guest_arg("ms", 1000) * 1000);
	last = timer_count();
	do {
		before = input_count;
		input_read();
		last = input_count != before ? timer_count() : last;
	} while (input_count < want &&
		 timer_count() - last <
			 timer_us_to_ticks(input_overrun() ? INPUT_QUIET_US : TIMER_PATIENCE_US));
	timer_delay_us(100000);
	input_read(); /* for one too many */
	input_overruns += input_overrun();
	report_check(input_count == want || input_overruns > 0,
		     "input: %u bytes of %u, overruns %u", (unsigned)input_count, (unsigned)want,
		     (unsigned)input_overruns);
	report_check(input_gaps == 0 || input_overruns > 0, "input: %u gaps", (unsigned)input_gaps);
	if (guest_has_arg("whole")) {
		report_check(input_count == want && input_gaps == 0, "input: whole");
	}
	report_summary();
}
