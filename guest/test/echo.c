/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Says back what is typed, line by line, received by the console's interrupt (SPI 33): as text and
 * its length, other characters as \xNN. 'quit' ends the partition. With `asks` it asks the terminal
 * for the cursor's place (CSI 6 n) before that, and leaves colours, modes and a title behind.
 */
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/uart.h"
#include "guest/test/nap.h"
#include <stdio.h>
#include <string.h>

#define ECHO_LINE    120u
#define ECHO_QUIT_US (10 * TIMER_PATIENCE_US)

static char echo_line[ECHO_LINE];
static volatile bool echo_asks; /* the answer ends with an R */
static volatile uint32_t echo_length, echo_whole, echo_interrupts;

static void echo_interrupt(uint32_t iar, void *arg)
{
	int byte;

	(void)iar;
	(void)arg;
	echo_interrupts++;
	uart_clear_interrupts(UART_INT_RT);
	while (echo_whole == 0 && (byte = uart_getc()) >= 0) {
		if (byte == '\r' || (byte == 'R' && echo_asks)) {
			echo_asks = false;
			echo_whole = 1;
		} else if (echo_length < ECHO_LINE - 1) {
			echo_line[echo_length++] = (char)byte;
		}
	}
	if (echo_whole != 0) {
		uart_set_interrupts(0); /* the rest waits until this line is said */
	}
}

static void echo_say(void)
{
	char text[4 * ECHO_LINE + 1];
	uint32_t at = 0;

	for (uint32_t i = 0; i < echo_length; i++) {
		char c = echo_line[i];

		if (c >= ' ' && c <= '~') {
			text[at++] = c;
		} else {
			at += (uint32_t)sprintf(&text[at], "\\x%02x", (unsigned)(uint8_t)c);
		}
	}
	text[at] = '\0';
	printf("echo: %s (%u)\n", text, (unsigned)echo_length);
}

int main(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(ECHO_QUIT_US);
	bool quit = false;

	gic_init();
	nap_init();
	irq_set_handler(GIC_SPI_UART, echo_interrupt, NULL);
	gic_enable(GIC_SPI_UART);
	uart_set_interrupts(UART_INT_RX | UART_INT_RT);
	printf("echo: ready\n");
	if (guest_has_arg("asks")) {
		echo_asks = true;
		printf("\033[31mecho: asks\033[6n, in red\n\033[?25l\033[5i\033]0;title\n");
	}
	while (!quit && timer_count() < end) {
		(void)nap_wait_count(&echo_whole, 1, 1000000);
		if (echo_whole != 0) {
			echo_say();
			quit = echo_length == 4 && memcmp(echo_line, "quit", 4) == 0;
			echo_length = 0;
			echo_whole = 0;
			uart_set_interrupts(UART_INT_RX | UART_INT_RT);
		}
	}
	(void)report_check(quit, "echo: told to quit");
	(void)report_check(echo_interrupts > 0, "echo: by interrupt");
	(void)report_equal(irq_unexpected(0), 0, "echo: no other interrupt");
	report_summary();
}
