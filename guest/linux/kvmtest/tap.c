/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/sys.h"

static uint32_t tap_count, tap_failed;

/* A line is written at once: output of the kernel does not break it. */
static char tap_line[200];
static uint32_t tap_size;

static void tap_text(const char *text)
{
	while (*text && tap_size < sizeof(tap_line) - 1) {
		tap_line[tap_size++] = *text++;
	}
}

static void tap_unsigned(uint64_t value)
{
	char digits[21];
	uint32_t at = sizeof(digits) - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	tap_text(&digits[at]);
}

static void tap_number(int64_t value)
{
	if (value < 0) {
		tap_text("-");
	}
	tap_unsigned(value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

static void tap_write(void)
{
	tap_line[tap_size++] = '\n';
	(void)sys_call3(SYS_WRITE, 1, sys_at(tap_line), tap_size);
	tap_size = 0;
}

static void tap_begin(bool good, const char *name)
{
	tap_count++;
	tap_failed += good ? 0 : 1;
	tap_text(good ? "ok " : "not ok ");
	tap_number(tap_count);
	tap_text(" - ");
	tap_text(name);
}

void tap_ok(bool good, const char *name)
{
	tap_begin(good, name);
	tap_write();
}

void tap_is_one(int64_t got, int64_t want, int64_t other, const char *name)
{
	bool good = got == want || got == other;

	tap_begin(good, name);
	if (!good) {
		tap_text(": ");
		tap_number(got);
		tap_text(", not ");
		tap_number(want);
	}
	tap_write();
}

void tap_is(int64_t got, int64_t want, const char *name)
{
	tap_is_one(got, want, want, name);
}

void tap_skip(const char *name, const char *why)
{
	tap_begin(true, name);
	tap_text(" # SKIP ");
	tap_text(why);
	tap_write();
}

void tap_note(const char *text)
{
	tap_text("# ");
	tap_text(text);
	tap_write();
}

void tap_figure(int64_t value, const char *name)
{
	tap_text("# ");
	tap_text(name);
	tap_text(": ");
	tap_number(value);
	tap_write();
}

int tap_end(void)
{
	tap_text("1..");
	tap_number(tap_count);
	tap_write();
	return tap_failed ? 1 : 0;
}
