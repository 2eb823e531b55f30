/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/tty_own.h"
#include "hyp/text/fmt.h"
#include "hyp/hw/uart.h"
#include "hyp/core/tty.h"
#include <string.h>

#define TTY_LINE     200
#define TTY_HOLD     2048
#define TTY_OWN_NAME "plumbline: " /* before the monitor's lines on a raw console */
#define TTY_OWN_LINE 64		   /* the longest about lines left out */

/* Lock: tty_lock. */
static uint32_t tty_left_out;	/* lines that had no room, and are not told of yet */
static uint32_t tty_held;	/* bytes in tty_hold */
static char tty_hold[TTY_HOLD]; /* raw: for the last words */

/* Into the monitor's ring. While the monitor boots a full ring is emptied by polling: nobody else
 * waits. Afterwards, and before tty_open, when nothing empties it, there must be room. */
static void tty_put_text(const char *text, size_t length)
{
	for (size_t n = 0; n < length; n++) {
		while (!console_put(&tty_console, 0, (uint8_t)text[n])) {
			if (!tty_send() && uart_can_send()) {
				console_tick(&tty_console); /* an unfinished line is in the way */
			}
		}
	}
}

void tty_say_left_out(size_t more)
{
	char line[TTY_OWN_LINE];
	size_t length;

	if (!tty_left_out) {
		return;
	}
	length = fmt_format(line, sizeof(line), "lines left out here, for want of room: %u\n",
			    (unsigned)tty_left_out);
	if (console_room(&tty_console, 0) >= length + more) {
		tty_put_text(line, length);
		tty_left_out = 0;
	}
}

/* Whole lines; when there is no more room, the first ones are those that explain, and the end. */
static bool tty_hold_text(const char *text, size_t length, size_t reserve)
{
	static const char name[] = TTY_OWN_NAME;
	size_t all = sizeof(name) - 1 + length;

	if (all + reserve >= TTY_HOLD - tty_held) {
		return false;
	}
	memcpy(&tty_hold[tty_held], name, sizeof(name) - 1);
	memcpy(&tty_hold[tty_held + sizeof(name) - 1], text, length);
	tty_held += (uint32_t)all;
	return true;
}

static bool tty_put_line(const char *line, size_t length, size_t reserve)
{
	if (tty_console.raw) {
		return tty_hold_text(line, length, reserve);
	}
	if (tty_guests_run) {
		tty_say_left_out(length + reserve);
	} else {
		reserve = 0;
	}
	if ((tty_guests_run || !tty_is_open) && console_room(&tty_console, 0) < length + reserve) {
		return false;
	}
	tty_put_text(line, length);
	return true;
}

static void tty_print(size_t reserve, const char *format, va_list args)
{
	char line[TTY_LINE];
	size_t length = fmt_vformat(line, sizeof(line), format, args);

	lock_take(&tty_lock);
	tty_left_out += tty_put_line(line, length, reserve) ? 0 : 1;
	tty_send();
	tty_wait_for_room();
	lock_drop(&tty_lock);
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tty_print(TTY_RESERVE, format, args);
	va_end(args);
}

void print_end(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	tty_print(0, format, args);
	va_end(args);
}

/* Raw: as much of what is held as has room, by lines. False: some is left. */
static bool tty_say_held(void)
{
	while (tty_held) {
		const char *end = memchr(tty_hold, '\n', tty_held);
		uint32_t length = end ? (uint32_t)(end - tty_hold) + 1 : tty_held;

		if (console_room(&tty_console, 0) < length) {
			return false;
		}
		tty_put_text(tty_hold, length);
		tty_held -= length;
		memmove(tty_hold, &tty_hold[length], tty_held);
	}
	return true;
}

bool tty_say(const char *line)
{
	char text[sizeof(TTY_OWN_NAME) + TTY_LINE];
	size_t length =
		fmt_format(text, sizeof(text), "%s%s\n", tty_console.raw ? TTY_OWN_NAME : "", line);
	bool fits;

	lock_take(&tty_lock);
	fits = tty_say_held() && console_room(&tty_console, 0) >= length + TTY_RESERVE;
	if (fits) {
		tty_put_text(text, length);
	}
	tty_send();
	tty_wait_for_room();
	lock_drop(&tty_lock);
	return fits;
}

static void tty_poll_byte(uint8_t byte)
{
	while (!uart_can_send()) {
	}
	uart_send(byte);
}

static void tty_poll_text(const char *text, size_t length)
{
	for (size_t n = 0; n < length; n++) {
		if (text[n] == '\n') {
			tty_poll_byte('\r');
		}
		tty_poll_byte((uint8_t)text[n]);
	}
}

void tty_last_words(const char *format, ...)
{
	char line[TTY_LINE];
	va_list args;
	size_t length;

	console_tick(&tty_console);
	console_tick(&tty_console); /* nobody's unfinished line holds another up any more */
	for (int byte = console_next(&tty_console); byte >= 0; byte = console_next(&tty_console)) {
		tty_poll_byte((uint8_t)byte);
	}
	if (tty_console.mid_line) {
		if (tty_console.colours) {
			tty_poll_text("\x1b[0m", 4);
		}
		tty_poll_text("\n", 1);
		tty_console.mid_line = false;
	}
	tty_poll_text(tty_hold, tty_held);
	tty_held = 0;
	if (tty_left_out) {
		length = fmt_format(line, sizeof(line), TTY_OWN_NAME "lines left out: %u\n",
				    (unsigned)tty_left_out);
		tty_poll_text(line, length);
		tty_left_out = 0;
	}
	va_start(args, format);
	length = fmt_vformat(line, sizeof(line), format, args);
	va_end(args);
	tty_poll_text(line, length);
	uart_drain();
}
