/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver of hyp/hw on a board that QEMU has, without the monitor: output by polling and by
 * interrupt, input by interrupt and by polling, and an interrupt line that is silent when there is
 * nothing to do. What only the other end can see, the text itself, is for test/check/uarts.py to
 * judge.
 */
#include "hyp/hw/io.h"
#include "hyp/hw/uart.h"

/* From the linker (uarts.mk). Addresses of the others stand for their values. */
extern const struct uart_driver uarts_driver;
extern const char uarts_base[], uarts_shift[], uarts_width[];
extern const char uarts_gicd[], uarts_gicc[], uarts_intid[];

#define UARTS_GICD  ((uintptr_t)uarts_gicd)
#define UARTS_GICC  ((uintptr_t)uarts_gicc)
#define UARTS_INTID ((uint32_t)(uintptr_t)uarts_intid)

/* IHI 0048B, 4.1.2 and 4.1.3 */
#define GICD_CTLR      0x000u
#define GICD_ISENABLER 0x100u
#define GICD_ICENABLER 0x180u
#define GICD_ITARGETSR 0x800u
#define GICC_CTLR      0x000u
#define GICC_PMR       0x004u
#define GICC_IAR       0x00cu
#define GICC_EOIR      0x010u

#define UARTS_LINES 60u	    /* of text, each way */
#define UARTS_QUIET 200000u /* turns of a loop: far more than an interrupt takes */
#define UARTS_INPUT 128u

int uarts_main(void);
void uarts_irq(void);

static const char uarts_text[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789";

static volatile uint32_t uarts_interrupts, uarts_strangers;
static volatile uint32_t uarts_received, uarts_sent, uarts_to_send;
static volatile char uarts_input[UARTS_INPUT];
static uint32_t uarts_failed, uarts_passed;

static void uarts_put(char byte)
{
	while (!uart_can_send()) {
	}
	uart_send((uint8_t)byte);
}

static void uarts_say(const char *text)
{
	for (; *text; text++) {
		uarts_put(*text);
	}
}

static void uarts_check(bool good, const char *what)
{
	uarts_say(good ? "PASS: " : "FAIL: ");
	uarts_say(what);
	uarts_say("\r\n");
	uarts_failed += good ? 0 : 1;
	uarts_passed += good ? 1 : 0;
}

/* Byte n of the long text: numbered lines. */
static char uarts_byte(uint32_t n)
{
	const uint32_t length = 3 + sizeof(uarts_text) - 1 + 2;
	uint32_t line = n / length, at = n % length;

	switch (at) {
	case 0:
		return (char)('0' + line / 10);
	case 1:
		return (char)('0' + line % 10);
	case 2:
		return ' ';
	default:
		return at < length - 2 ? uarts_text[at - 3] : at == length - 2 ? '\r' : '\n';
	}
}

static uint32_t uarts_text_length(void)
{
	return UARTS_LINES * (uint32_t)(3 + sizeof(uarts_text) - 1 + 2);
}

/* As hyp/core/tty.c's, but it sends little at a time: QEMU's FIFOs are never full. */
void uarts_irq(void)
{
	uint32_t intid = io_read32(UARTS_GICC + GICC_IAR);
	int byte;

	if (intid != UARTS_INTID) {
		uarts_strangers = uarts_strangers + 1;
		return;
	}
	uarts_interrupts = uarts_interrupts + 1;
	while ((byte = uart_receive()) >= 0) {
		if (uarts_received < UARTS_INPUT) {
			uarts_input[uarts_received] = (char)byte;
			uarts_received = uarts_received + 1;
		}
	}
	for (uint32_t n = 0; n < 16 && uarts_sent < uarts_to_send && uart_can_send(); n++) {
		uart_send((uint8_t)uarts_byte(uarts_sent));
		uarts_sent = uarts_sent + 1;
	}
	uart_enable_interrupts(true, uarts_sent < uarts_to_send);
	io_write32(UARTS_GICC + GICC_EOIR, intid);
}

static void uarts_mask(bool masked)
{
	if (masked) {
		__asm__ volatile("cpsid i" ::: "memory");
	} else {
		__asm__ volatile("cpsie i" ::: "memory");
	}
}

static void uarts_init_gic(void)
{
	uintptr_t word = UARTS_INTID / 32 * 4;

	io_write8(UARTS_GICD + GICD_ITARGETSR + UARTS_INTID, 1);
	io_write32(UARTS_GICD + GICD_ISENABLER + word, 1u << UARTS_INTID % 32);
	io_write32(UARTS_GICD + GICD_CTLR, 1);
	io_write32(UARTS_GICC + GICC_PMR, 0xff);
	io_write32(UARTS_GICC + GICC_CTLR, 1);
}

/* No interrupt for a while. */
static bool uarts_is_quiet(void)
{
	uint32_t before = uarts_interrupts;

	for (volatile uint32_t n = 0; n < UARTS_QUIET; n = n + 1) {
	}
	return uarts_interrupts == before;
}

static void uarts_test_output(void)
{
	uarts_say("by polling:\r\n");
	for (uint32_t n = 0; n < uarts_text_length(); n++) {
		uarts_put(uarts_byte(n));
	}
	uart_drain();
	uarts_check(true, "drained");

	uart_enable_interrupts(true, false);
	uarts_init_gic();
	uarts_mask(false);
	uarts_check(uarts_is_quiet(), "no interrupt while nothing is sent or typed");
	uart_drain();
	uart_enable_interrupts(true, true);
	while (uarts_interrupts == 0) {
	}
	uarts_check(true, "an interrupt for room to send");
	uarts_check(uarts_is_quiet(), "and no more, when there is nothing to send");

	uarts_say("by interrupt:\r\n");
	uart_drain();
	uarts_interrupts = 0;
	uarts_to_send = uarts_text_length();
	uart_enable_interrupts(true, true);
	while (uarts_sent < uarts_to_send) {
	}
	uarts_check(uarts_interrupts >= uarts_to_send / 16, "as many interrupts as it takes");
	uarts_check(uarts_is_quiet(), "then silence");
}

static void uarts_echo(const char *how, uint32_t from)
{
	uarts_say(how);
	for (uint32_t n = from; n < uarts_received && uarts_input[n] != '\r'; n++) {
		uarts_put(uarts_input[n]);
	}
	uarts_say("\r\n");
}

static bool uarts_has_line(uint32_t from)
{
	return uarts_received > from && uarts_input[uarts_received - 1] == '\r';
}

static void uarts_test_input(void)
{
	uint32_t from;

	uarts_interrupts = 0;
	uarts_say("type a line\r\n");
	while (!uarts_has_line(0)) {
	}
	uarts_check(uarts_interrupts > 0 && uarts_interrupts <= 2 * uarts_received,
		    "an interrupt for what is typed");
	uarts_check(uarts_is_quiet(), "and no more");
	uarts_echo("by interrupt: ", 0);

	uarts_mask(true);
	from = uarts_received;
	uarts_say("type another\r\n");
	while (!uarts_has_line(from)) {
		int byte = uart_receive();

		if (byte >= 0 && uarts_received < UARTS_INPUT) {
			uarts_input[uarts_received] = (char)byte;
			uarts_received = uarts_received + 1;
		}
	}
	uarts_echo("by polling: ", from);
	uarts_mask(false);
	uarts_check(uarts_is_quiet(), "silence to the end");
	uarts_check(uarts_strangers == 0, "no interrupt of another's");
}

int uarts_main(void)
{
	const struct uart_shape shape = {
		.base = (uintptr_t)uarts_base,
		.shift = (uint32_t)(uintptr_t)uarts_shift,
		.width = (uint32_t)(uintptr_t)uarts_width,
	};

	uart_init(&uarts_driver, &shape);
	uarts_test_output();
	uarts_test_input();
	uarts_say("SUMMARY: ");
	uarts_put((char)('0' + uarts_passed / 10));
	uarts_put((char)('0' + uarts_passed % 10));
	uarts_say(uarts_failed ? " passed, some failed\r\n" : " passed, 0 failed\r\n");
	uart_drain();
	return uarts_failed != 0;
}
