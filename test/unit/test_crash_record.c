/* SPDX-License-Identifier: BSD-2-Clause */
/* The record of a crash: words by the numbers of docs/control-abi.md, the ring of 64 exits, the
 * lines for the log. */
#include "hyp/trap/crash_record.h"
#include "test/unit/test.h"
#include <string.h>

static struct trail trail;
static struct crash_record record;

/* As vectors.S does. */
static struct trail_entry *add(struct trail_entry *cursor, uint32_t word, uint32_t cause,
			       uint32_t pc)
{
	*cursor++ = (struct trail_entry) { word, cause, pc, 0x600001d3 };
	return cursor == trail.entry + 64 ? trail.entry : cursor;
}

static void begin(void)
{
	memset(&trail, 0, sizeof(trail));
	memset(&record, 0xa5, sizeof(record));
	record.trail = &trail;
	crash_record_clear(&record);
}

static uint32_t word(uint32_t index)
{
	uint32_t words[3];

	CHECK(crash_record_words(&record, index, words));
	return words[0];
}

static void registers(void)
{
	struct guest_regs regs = { .lr_usr = 0x1401, .pc = 0x40001000, .cpsr = 0x1d3 };
	uint32_t r[7] = { 0xb08, 0xb09, 0xb0a, 0xb0b, 0xb0c, 0xb0d, 0xb0e };

	begin();
	for (uint32_t n = 0; n < 13; n++) {
		regs.r[n] = 0xa00 + n;
	}
	crash_record_registers(&record, &regs, r, 0x600001d0);
	for (uint32_t n = 0; n < 15; n++) {
		CHECK_EQ(word(6 + n), n < 8 ? 0xa00 + n : 0xb00 + n);
	}
	CHECK_EQ(word(21), 0x40001000);
	CHECK_EQ(word(22), 0x1d3);
	CHECK_EQ(word(23), 0x600001d0);
	for (uint32_t n = 0; n < 5; n++) {
		CHECK_EQ(word(57 + n), 0xa08 + n);
	}
	CHECK_EQ(word(0) | word(5) | word(24) | word(52) | word(62) | word(64) | word(79), 0);
}

/* n exits, of which the last 64 are there. */
static void wraps(void)
{
	static const uint32_t counts[] = { 0, 1, 63, 64, 65, 127, 128, 1000 };

	for (uint32_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct trail_entry *cursor = trail.entry;

		begin();
		for (uint32_t n = 0; n < counts[i]; n++) {
			cursor = add(cursor, 0x86000000 + n, 0x4a000000, n * 4);
		}
		crash_record_exits(&trail, cursor);
		for (uint32_t n = 0; n < 64; n++) {
			uint32_t at = 80 + 4 * n, from = counts[i] - 1 - n;
			bool is = n < counts[i];

			CHECK_EQ(word(at), is ? 0x4a000000 : 0);
			CHECK_EQ(word(at + 1), is ? 0x86000000 + from : 0);
			CHECK_EQ(word(at + 2), is ? from * 4 : 0);
			CHECK_EQ(word(at + 3), is ? 0x600001d3 : 0);
		}
	}
}

/* HDFAR is another partition's but for data aborts. */
static void meanings(void)
{
	static const struct {
		uint32_t cause;
		bool has;
	} causes[] = {
		{ 0x4a000000, true },  /* HVC #0 */
		{ 0x4a000001, false }, /* HVC #1 */
		{ 0x93800046, true },  /* data abort */
		{ 0x82000006, false }, /* prefetch abort */
		{ 0x06000000, false }, /* WFI */
		{ 0x0e000000, false }, /* MCR */
		{ 0x02000000, false }, /* unknown */
		{ 27, false },	       /* interrupts */
		{ 0x1c05, false },     { 0, false }, { 0x3ff, false },
	};

	for (uint32_t n = 0; n < sizeof(causes) / sizeof(causes[0]); n++) {
		begin();
		crash_record_exits(&trail, add(trail.entry, 0x5ec2e7, causes[n].cause, 4));
		CHECK_EQ(word(80), causes[n].cause);
		CHECK_EQ(word(81), causes[n].has ? 0x5ec2e7 : 0);
	}
}

static void ends(void)
{
	uint32_t words[3] = { 1, 2, 3 };

	begin();
	for (uint32_t n = 0; n < 64; n++) {
		trail.saved[n] = (struct trail_entry) { 4 * n + 1, 4 * n, 4 * n + 2, 4 * n + 3 };
	}
	CHECK(crash_record_words(&record, 334, words));
	CHECK(words[0] == 254 && words[1] == 255 && words[2] == 0);
	CHECK(crash_record_words(&record, 335, words));
	CHECK(words[0] == 255 && words[1] == 0 && words[2] == 0);
	words[0] = 77;
	CHECK(!crash_record_words(&record, 336, words));
	CHECK(!crash_record_words(&record, 0xffffffff, words));
	CHECK_EQ(words[0], 77);
	record.word[79] = 0x79;
	CHECK(crash_record_words(&record, 79, words));
	CHECK(words[0] == 0x79 && words[1] == 0 && words[2] == 1);
}

static const char *line(uint32_t n)
{
	static char text[160];

	CHECK(crash_record_line(&record, n, text, sizeof(text)) == strlen(text));
	CHECK(strlen(text) < 90);
	return text;
}

static void check_text(const char *got, const char *wanted)
{
	CHECK(strcmp(got, wanted) == 0);
}

static void lines(void)
{
	struct trail_entry *cursor = trail.entry;

	begin();
	for (uint32_t n = 0; n < 16; n++) {
		record.word[6 + n] = 0x1000 + n;
		record.word[64 + n] = 0x57ac0000 + n;
	}
	record.word[22] = 0x600001d3;
	record.word[5] = 0xfffd;
	cursor = add(cursor, 0x84000000, 0x4a000000, 0x100);
	crash_record_exits(&trail, cursor);
	check_text(line(0), "crash: pc 0000100f lr 0000100e sp 0000100d cpsr 600001d3");
	check_text(line(1), "stack 57ac0000 absent 57ac0002 57ac0003, last exit: 4a000000 "
			    "(84000000) at 00000100");
	crash_record_exits(&trail, add(cursor, 0xffffffff, 0x1c1b, 0x108));
	check_text(line(1), "stack 57ac0000 absent 57ac0002 57ac0003, last exit: interrupt 27 at "
			    "00000108");
	begin();
	check_text(line(1), "stack absent absent absent absent, no exit");
}

static const struct test_case cases[] = {
	{ "registers, as the mode has them", registers },
	{ "the ring wraps at 64", wraps },
	{ "which words have a meaning", meanings },
	{ "the last words, and past them", ends },
	{ "lines for the log", lines },
};

TEST_MAIN("crash_record", cases)
