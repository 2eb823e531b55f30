/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/log.h"
#include "hyp/base/bits.h"
#include "hyp/core/serial.h"
#include "hyp/dev/console.h"
#include "hyp/hw/uart.h"
#include "hyp/text/fmt.h"
#include <string.h>

/* Bytes of the monitor's ring that are reserved for the lines about the end of a partition. */
#define LOG_RESERVE  240
#define LOG_LINE     200
#define LOG_HOLD     2048
#define LOG_NAME     "plumbline: " /* before the monitor's lines on a raw console */
#define LOG_LEFT_OUT 64		   /* the longest line about lines left out */

/* Lock: serial_lock. */
static bool log_guests_run;	/* from now on log lines do not wait for the UART */
static uint32_t log_left_out;	/* lines that had no room, not reported yet */
static uint32_t log_held;	/* bytes in log_hold */
static char log_hold[LOG_HOLD]; /* raw: for the last words */

static bool log_given_up; /* the last words: the UART takes no more bytes */

/* Puts text into the monitor's ring. During boot, when nothing else runs, a full ring is emptied by
 * polling. Afterwards, and before serial_open, when the ring is not emptied, there must be room. */
static void log_put_text(struct serial_locked held, const char *text, size_t length)
{
	if (console_room(held.console, 0) >= length) {
		console_put_text(held.console, 0, text, length);
		return;
	}
	for (size_t n = 0; n < length; n++) {
		while (!console_put(held.console, 0, (uint8_t)text[n])) {
			if (!serial_send(held) && uart_can_send()) {
				console_tick(held.console); /* an unfinished line of another port
							       blocks it */
			}
		}
	}
}

static void log_say_left_out(struct serial_locked held, size_t more)
{
	char line[LOG_LEFT_OUT];
	size_t length;

	if (!log_left_out) {
		return;
	}
	length = fmt_format(line, sizeof(line), "lines left out here, for want of room: %u\n",
			    (unsigned)log_left_out);
	if (console_room(held.console, 0) >= length + more) {
		log_put_text(held, line, length);
		log_left_out = 0;
	}
}

/* A line of a running system goes out later: the caller has interrupts masked, and may have more
 * lines. */
static void log_send(struct serial_locked held)
{
	if (log_guests_run) {
		serial_ask_turn(held);
	} else {
		serial_send(held);
		serial_wait_for_room(held);
	}
}

void log_catch_up(struct serial_locked held)
{
	log_say_left_out(held, LOG_RESERVE);
}

/* Stores whole lines. If there is no more room, the first lines and the end are kept, because they
 * explain most. */
static bool log_hold_text(const char *text, size_t length, size_t reserve)
{
	static const char name[] = LOG_NAME;
	size_t all = sizeof(name) - 1 + length;

	if (all + reserve >= LOG_HOLD - log_held) {
		return false;
	}
	memcpy(&log_hold[log_held], name, sizeof(name) - 1);
	memcpy(&log_hold[log_held + sizeof(name) - 1], text, length);
	log_held += (uint32_t)all;
	return true;
}

static bool log_put_line(struct serial_locked held, const char *line, size_t length, size_t reserve)
{
	if (held.console->raw) {
		return log_hold_text(line, length, reserve);
	}
	if (!serial_is_open) {
		(void)log_hold_text(line, length, 0); /* the console may be raw: log_open */
	}
	if (log_guests_run) {
		log_say_left_out(held, length + reserve);
	} else {
		reserve = 0;
	}
	if ((log_guests_run || !serial_is_open) &&
	    console_room(held.console, 0) < length + reserve) {
		return false;
	}
	log_put_text(held, line, length);
	return true;
}

void log_open(bool raw)
{
	if (!raw) {
		log_held = 0;
	}
	serial_open(raw);
}

static void log_write(size_t reserve, const char *format, va_list args)
{
	struct serial_locked held;
	char line[LOG_LINE];
	size_t length = fmt_vformat(line, sizeof(line), format, args);

	held = serial_take();
	if (log_put_line(held, line, length, reserve)) {
		log_send(held);
	} else {
		log_left_out++;
	}
	serial_drop(held);
}

void log_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_write(LOG_RESERVE, format, args);
	va_end(args);
}

void log_end(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_write(0, format, args);
	va_end(args);
}

/* Raw: puts out held lines while there is room. False: some are left. */
static bool log_say_held(struct serial_locked held)
{
	while (log_held) {
		const char *end = memchr(log_hold, '\n', log_held);
		uint32_t length = end ? (uint32_t)(end - log_hold) + 1 : log_held;

		if (console_room(held.console, 0) < length) {
			return false;
		}
		log_put_text(held, log_hold, length);
		log_held -= length;
		memmove(log_hold, &log_hold[length], log_held);
	}
	return true;
}

bool log_say(const char *line)
{
	struct serial_locked held;
	char text[sizeof(LOG_NAME) + LOG_LINE];
	size_t length =
		fmt_format(text, sizeof(text), "%s%s\n", serial_console.raw ? LOG_NAME : "", line);
	bool fits;

	held = serial_take();
	fits = log_say_held(held) && console_room(held.console, 0) >= length + LOG_RESERVE;
	if (fits) {
		log_put_text(held, text, length);
		log_send(held);
	}
	serial_drop(held);
	return fits;
}

/* A UART that takes no byte for that long (flow control, no clock) takes none of the rest: the
 * system ends all the same. */
static void log_poll_byte(uint8_t byte)
{
	for (uint32_t polls = 0; !log_given_up && !uart_can_send(); polls++) {
		log_given_up = polls >= UART_POLLS;
	}
	if (!log_given_up) {
		uart_send(byte);
	}
}

static void log_poll_text(const char *text, size_t length)
{
	for (size_t n = 0; n < length; n++) {
		if (text[n] == '\n') {
			log_poll_byte('\r');
		}
		log_poll_byte((uint8_t)text[n]);
	}
}

/* True: at least one byte went out. */
static bool log_poll_rings(void)
{
	int byte;

	console_tick(&serial_console);
	console_tick(&serial_console); /* unfinished lines no longer delay other ports */
	byte = console_next(&serial_console);
	if (byte < 0 &&
	    serial_console.nr_busy) { /* unfinished lines wait for each other: end one */
		uint32_t port = 0;

		while (!console_is_busy(&serial_console, port)) {
			port++;
		}
		console_end_sequence(&serial_console, port);
		(void)console_put(&serial_console, port, '\n');
		byte = console_next(&serial_console);
	}
	if (byte < 0) {
		return false;
	}
	for (; byte >= 0; byte = console_next(&serial_console)) {
		log_poll_byte((uint8_t)byte);
	}
	return true;
}

void log_last_words(const char *kind, const char *format, ...)
{
	char line[LOG_LINE];
	va_list args;
	size_t length;

	log_given_up = false;
	while (log_poll_rings()) { /* an unfinished line that came out delays the lines behind it */
	}
	if (serial_console.mid_line) {
		if (serial_console.colours) {
			log_poll_text("\x1b[0m", 4);
		}
		log_poll_text("\n", 1);
		serial_console.mid_line = false;
	}
	if (serial_console.raw) {
		log_poll_text(log_hold, log_held);
	}
	log_held = 0;
	if (log_left_out) {
		length = fmt_format(line, sizeof(line), LOG_NAME "lines left out: %u\n",
				    (unsigned)log_left_out);
		log_poll_text(line, length);
		log_left_out = 0;
	}
	length = fmt_format(line, sizeof(line), LOG_NAME "%s: ", kind);
	log_poll_text(line, length);
	va_start(args, format);
	length = fmt_vformat(line, sizeof(line), format, args);
	va_end(args);
	log_poll_text(line, length);
	log_poll_text("\n", 1);
	uart_drain();
}

/* A line of any length has room then, by log_end, unless the UART takes nothing. */
static void log_make_room(struct serial_locked held)
{
	uint32_t polls = 0;

	while (!held.console->raw && console_room(held.console, 0) < LOG_LINE &&
	       polls < UART_POLLS) {
		polls = serial_send(held) ? 0 : polls + 1;
	}
}

void log_stop_waiting(void)
{
	struct serial_locked held = serial_take();

	log_make_room(held);
	log_guests_run = true;
	serial_drop(held);
}
