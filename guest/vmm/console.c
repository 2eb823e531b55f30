/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/console.h"
#include "guest/lib/gic.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/smp.h"
#include "guest/lib/uart.h"
#include "guest/vmm/pl011.h"
#include "guest/vmm/vmm.h"
#include <string.h>

#define CONSOLE_PREFIX	      "child: "
#define CONSOLE_PREFIX_LENGTH (sizeof(CONSOLE_PREFIX) - 1)
#define CONSOLE_LINE	      240u
#define CONSOLE_INPUT	      256u

static struct spinlock console_lock; /* all below */
static struct pl011 console_uart;
static bool console_level;
static uint32_t console_count_passed, console_count_failed;

/* The line so far, behind its prefix. */
static char console_text[CONSOLE_PREFIX_LENGTH + CONSOLE_LINE] = CONSOLE_PREFIX;
static uint32_t console_length, console_shown; /* both with the prefix; shown: 0, or so many */

/* Input for which the FIFO had no room. */
static uint8_t console_input[CONSOLE_INPUT];
static uint32_t console_input_head, console_input_count;

/* ---- output; locked ---- */

static void console_show(void)
{
	uart_write(console_text + console_shown, console_length - console_shown);
	console_shown = console_length;
}

static void console_count(void)
{
	const char *line = console_text + CONSOLE_PREFIX_LENGTH;

	console_count_passed += strncmp(line, "PASS: ", 6) == 0;
	console_count_failed += strncmp(line, "FAIL: ", 6) == 0;
}

static void console_out(uint8_t byte)
{
	if (byte == '\r') {
		return; /* the console of this partition adds it */
	}
	if (console_length == 0) {
		console_length = CONSOLE_PREFIX_LENGTH;
		console_shown = 0;
	}
	console_text[console_length++] = (char)byte;
	if (byte == '\n' || console_length == sizeof(console_text)) {
		console_show();
		console_count();
		console_length = 0;
	}
}

void console_flush(void)
{
	spin_lock(&console_lock);
	if (console_length != 0 && console_shown != console_length) {
		console_show();
	}
	spin_unlock(&console_lock);
}

/* ---- input; locked ---- */

static void console_feed(void)
{
	while (console_input_count != 0 &&
	       pl011_push(&console_uart, console_input[console_input_head])) {
		console_input_head = (console_input_head + 1) % CONSOLE_INPUT;
		console_input_count--;
	}
}

/* What does not fit is lost, as on a line without flow control. */
static void console_take(uint8_t byte)
{
	if (console_input_count < CONSOLE_INPUT) {
		console_input[(console_input_head + console_input_count) % CONSOLE_INPUT] = byte;
		console_input_count++;
	}
}

static void console_drive(void)
{
	bool level = pl011_level(&console_uart);

	if (level != console_level) {
		console_level = level;
		(void)kvm_irq_line(vmm.vm, kvm_irq_spi(VMM_UART_INTID), level);
	}
}

static void console_on_input(uint32_t iar, void *arg)
{
	int byte;

	(void)iar;
	(void)arg;
	spin_lock(&console_lock);
	while ((byte = uart_getc()) >= 0) {
		console_take((uint8_t)byte);
	}
	console_feed();
	console_drive();
	spin_unlock(&console_lock);
}

/* ---- */

uint32_t console_access(uint32_t offset, bool write, uint32_t value)
{
	spin_lock(&console_lock);
	if (write) {
		pl011_write(&console_uart, offset, value);
	} else {
		value = pl011_read(&console_uart, offset);
		console_feed();
	}
	console_drive();
	spin_unlock(&console_lock);
	return value;
}

void console_reset(void)
{
	spin_lock(&console_lock);
	memset(&console_uart, 0, sizeof(console_uart));
	console_uart.out = console_out;
	console_level = false;
	spin_unlock(&console_lock);
}

void console_init(void)
{
	console_reset();
	irq_set_handler(GIC_SPI_UART, console_on_input, NULL);
	gic_enable(GIC_SPI_UART);
	uart_set_interrupts(UART_INT_RX | UART_INT_RT);
}

uint32_t console_passed(void)
{
	return console_count_passed;
}

uint32_t console_failed(void)
{
	return console_count_failed;
}
