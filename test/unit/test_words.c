/* SPDX-License-Identifier: BSD-2-Clause */
/* guest/control/words.c: what a line at control's prompt says. */
#include "guest/control/words.h"
#include "test/unit/test.h"

static void run_split(void)
{
	const char *words[6];
	char line[] = "  raise   vm spi 40 ", six[] = "a b c d e f", seven[] = "a b c d e f g";
	char none[] = "    ", empty[] = "";

	CHECK_EQ(words_split(line, words), 4);
	CHECK(strcmp(words[0], "raise") == 0 && strcmp(words[1], "vm") == 0);
	CHECK(strcmp(words[2], "spi") == 0 && strcmp(words[3], "40") == 0);
	CHECK_EQ(words_split(six, words), 6);
	CHECK(strcmp(words[5], "f") == 0);
	CHECK_EQ(words_split(seven, words), 7);
	CHECK_EQ(words_split(none, words), 0);
	CHECK_EQ(words_split(empty, words), 0);
}

static void run_number(void)
{
	static const char *const wrong[] = { "",
					     "x",
					     "0x",
					     "-1",
					     "+1",
					     " 1",
					     "1 ",
					     "12z",
					     "0xg",
					     "0x-1",
					     "4f",
					     "1e3",
					     "4294967296",
					     "0x100000000",
					     "f",
					     "spi0",
					     "99999999999999999999" };
	uint32_t value = 0;

	CHECK(words_number("0", &value) && value == 0);
	CHECK(words_number("040", &value) && value == 40); /* not octal */
	CHECK(words_number("4294967295", &value) && value == 0xffffffff);
	CHECK(words_number("0x01000028", &value) && value == 0x01000028);
	CHECK(words_number("0XfF", &value) && value == 255);
	for (size_t n = 0; n < sizeof(wrong) / sizeof(wrong[0]); n++) {
		CHECK(!words_number(wrong[n], &value));
	}
}

static void run_common(void)
{
	static const char *const names[] = { "levelguest-1", "levelguest-99", "linux",
					     "levelguest-9" };
	const char *first;
	uint32_t matches;

	CHECK_EQ(words_common(names, 4, "l", &first, &matches), 0);
	CHECK_EQ(matches, 4);
	CHECK_EQ(words_common(names, 4, "le", &first, &matches), 9);
	CHECK_EQ(matches, 3);
	CHECK(first == names[0]);
	CHECK_EQ(words_common(names, 4, "levelguest-", &first, &matches), 0);
	CHECK_EQ(matches, 3);
	CHECK_EQ(words_common(names, 4, "levelguest-9", &first, &matches), 0);
	CHECK_EQ(matches, 2);
	CHECK(first == names[1]);
	CHECK_EQ(words_common(names, 4, "li", &first, &matches), 3);
	CHECK_EQ(matches, 1);
	CHECK(first == names[2]);
	CHECK_EQ(words_common(names, 4, "linux", &first, &matches), 0);
	CHECK_EQ(matches, 1);
	CHECK_EQ(words_common(names, 4, "linuxx", &first, &matches), 0);
	CHECK_EQ(matches, 0);
	CHECK_EQ(words_common(names, 4, "", &first, &matches), 1);
	CHECK_EQ(matches, 4);
	CHECK_EQ(words_common(names, 0, "", &first, &matches), 0);
	CHECK_EQ(matches, 0);
}

static void run_near(void)
{
	static const struct {
		const char *name, *word;
		bool near;
	} rows[] = {
		{ "levelguest-99", "levelguest-9", true },
		{ "levelguest-1", "levelguest-9", true },
		{ "levelguest-1", "level", true },
		{ "levelguest-1", "evelguest-1", true },
		{ "levelguest-1", "leevelguest-11", true },
		{ "levelguest-1", "guest-1", false },
		{ "gicguest", "gicgeust", true },
		{ "gicguest", "rawguest", false },
		{ "rawguest", "rawgust", true },
		{ "linux", "lnx", true },
		{ "linux", "unix", false },
		{ "linux", "rtos", false },
		{ "raise", "rais", true },
		{ "raise", "rasie", true },
		{ "vms", "x", false },
		{ "vms", "vn", false },
		{ "vms", "vmz", true },
		{ "irq", "ab", false },
		{ "abcdefghijklmno", "abcdefghijklmnopq", true },
		{ "abcdefghijklmno", "a-word-much-longer-than-any-name", false },
	};

	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		CHECK(words_near(rows[n].name, rows[n].word) == rows[n].near);
		if (words_near(rows[n].name, rows[n].word) != rows[n].near) {
			printf("%s for %s\n", rows[n].name, rows[n].word);
		}
	}
}

static const struct test_case cases[] = {
	{ "split", run_split },
	{ "number", run_number },
	{ "common", run_common },
	{ "near", run_near },
};

TEST_MAIN("words", cases)
