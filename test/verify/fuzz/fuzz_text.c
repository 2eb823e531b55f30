/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formats of one conversion between two texts, against the C library's, into buffers of any size.
 * What hyp/text/fmt.h does not promise ends the formatting: from there it is copied.
 */
#include "hyp/text/fmt.h"
#include "test/verify/fuzz/fuzz.h"

#define ROOM 96

static char format[48];
static char got[ROOM];
static char want[2 * ROOM];

static void put(const char *text)
{
	strncat(format, text, sizeof(format) - strlen(format) - 1);
}

/* '<' and '>' around it, so that padding shows. */
static void make_format(struct fuzz_input *in, const char *conversion, bool number)
{
	uint32_t how = fuzz_byte(in);
	char width[8];

	format[0] = 0;
	put(how & 1 ? "<" : "");
	put("%");
	put(how & 2 && number ? "0" : "");
	put(how & 4 ? how & 16 ? "--" : "-" : "");
	snprintf(width, sizeof(width), "%u", how >= 240 ? 12345 : 1u + (how >> 4) * 3);
	put(how & 8 ? width : "");
	put(conversion);
	put(">");
}

/* The C library's text, cut to `size`. */
static void check_text(size_t length, uint32_t size, int whole)
{
	size_t fits = size == 0 ? 0 : (size_t)whole < size - 1 ? (size_t)whole : size - 1;

	CHECK_EQ(length, fits);
	CHECK(memcmp(got, want, fits) == 0);
	CHECK(size == 0 || got[fits] == 0);
	for (size_t n = size; n < sizeof(got); n++) {
		CHECK(got[n] == '#');
	}
	if (test_failures) {
		printf("format '%s', %u bytes: '%.*s', not '%s'\n", format, size, (int)fits, got,
		       want);
	}
}

static void try_number(struct fuzz_input *in, uint32_t size)
{
	static const char *const letters[] = { "d", "i", "u", "x", "X" };
	const char *letter = letters[fuzz_byte(in) % 5u];
	uint32_t longs = fuzz_byte(in) % 3u;
	uint64_t value = fuzz_long(in) >> (fuzz_byte(in) % 64u);
	char conversion[4] = "";
	size_t length;
	int whole;

	value = fuzz_byte(in) & 1 ? 0 - value : value;
	snprintf(conversion, sizeof(conversion), "%s%s", &"ll"[2 - longs], letter);
	make_format(in, conversion, true);
	if (longs == 0) {
		whole = snprintf(want, sizeof(want), format, (unsigned)value);
		length = fmt_format(got, size, format, (unsigned)value);
	} else if (longs == 1) {
		whole = snprintf(want, sizeof(want), format, (unsigned long)value);
		length = fmt_format(got, size, format, (unsigned long)value);
	} else {
		whole = snprintf(want, sizeof(want), format, (unsigned long long)value);
		length = fmt_format(got, size, format, (unsigned long long)value);
	}
	check_text(length, size, whole);
}

static void try_text(struct fuzz_input *in, uint32_t size)
{
	static const char *const texts[] = { "", "a", "partition", "state: of all of them" };
	uint32_t which = fuzz_byte(in) % 5u;
	const char *text = which < 4 ? texts[which] : NULL;
	size_t length;
	int whole;

	make_format(in, "s", false);
	whole = snprintf(want, sizeof(want), format, text ? text : "(null)");
	length = fmt_format(got, size, format, text);
	check_text(length, size, whole);
}

static void try_character(struct fuzz_input *in, uint32_t size)
{
	int c = ' ' + fuzz_byte(in) % 95;
	size_t length;
	int whole;

	make_format(in, "c", false);
	whole = snprintf(want, sizeof(want), format, c);
	length = fmt_format(got, size, format, c);
	check_text(length, size, whole);
}

/* No arguments: '%%', and what is not known, which the format is copied from. */
static void try_none(struct fuzz_input *in, uint32_t size)
{
	static const char *const odd[] = { "%p",  "%n",	   "%5f", "%ls", "%lc",
					   "%l%", "%llld", "%",	  "%zu", "%.3d" };
	uint32_t which = fuzz_byte(in) % 11u;
	size_t length;

	format[0] = 0;
	put(fuzz_byte(in) & 1 ? "100%% " : "a");
	put(which < 10 ? odd[which] : "%%");
	put(" %d");
	snprintf(want, sizeof(want), "%s%s%s", format[0] == 'a' ? "a" : "100% ",
		 which < 10 ? odd[which] : "%", which < 10 ? " %d" : " 5");
	length = fmt_format(got, size, format, 5);
	check_text(length, size, (int)strlen(want));
}

unsigned fuzz_text(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };

	while (fuzz_more(&in) && !test_failures) {
		uint32_t what = fuzz_byte(&in) % 8u;
		uint32_t room = fuzz_byte(&in) % (ROOM + 1u);

		memset(got, '#', sizeof(got));
		switch (what) {
		case 0:
			try_text(&in, room);
			break;
		case 1:
			try_character(&in, room);
			break;
		case 2:
			try_none(&in, room);
			break;
		default:
			try_number(&in, room);
			break;
		}
	}
	return fuzz_failures();
}
