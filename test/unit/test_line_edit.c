/* SPDX-License-Identifier: BSD-2-Clause */
/* guest/lib/line_edit.c, as guests have it: against a terminal, and against an editor that is
 * written in another way. Numbers are typed: control characters of ASCII, keys of ECMA-48
 * terminals. */
#include "guest/lib/line_edit.h"
#include "test/unit/test.h"

#define PROMPT	"> "
#define COLUMNS 80

static struct line_edit edit;
static char row[COLUMNS + 1]; /* of the terminal, where its cursor is */
static uint32_t column, rows, bells;
static char sent[2000]; /* all that came out, since it was last looked at */

static void clear_row(void)
{
	memset(row, ' ', COLUMNS);
	row[COLUMNS] = '\0';
	column = 0;
}

/* The terminal. It has no sequences but those of Ctrl-L. */
static void take_out(void)
{
	CHECK(edit.out_length <= sizeof(edit.out));
	for (uint32_t n = 0; n < edit.out_length; n++) {
		char c = edit.out[n];

		if (n + 6 <= edit.out_length && memcmp(edit.out + n, "\x1b[H\x1b[J", 6) == 0) {
			clear_row();
			rows = 0;
			n += 5;
		} else if (c == '\n') {
			clear_row();
			rows++;
		} else if (c == '\r') {
			column = 0;
		} else if (c == '\b') {
			CHECK(column > 0);
			column -= column > 0 ? 1 : 0;
		} else if (c == '\a') {
			bells++;
		} else {
			CHECK(c >= ' ' && c <= '~' && column < COLUMNS - 1);
			row[column < COLUMNS - 1 ? column++ : column] = c;
		}
	}
	if (strlen(sent) + edit.out_length < sizeof(sent)) {
		strncat(sent, edit.out, edit.out_length);
	}
	edit.out_length = 0;
}

static void check_row(const char *text, uint32_t cursor)
{
	char want[COLUMNS + 1];

	snprintf(want, sizeof(want), PROMPT "%-*s", (int)(COLUMNS - strlen(PROMPT)), text);
	CHECK(strcmp(row, want) == 0);
	CHECK_EQ(column, strlen(PROMPT) + cursor);
	if (strcmp(row, want) != 0) {
		printf("the terminal shows '%s', not '%s'\n", row, want);
	}
}

static void check_text(const char *text, uint32_t cursor)
{
	CHECK(strcmp(edit.text, text) == 0);
	CHECK_EQ(edit.length, strlen(text));
	CHECK_EQ(edit.cursor, cursor);
	check_row(text, cursor);
}

static void start(void)
{
	memset(&edit, 0, sizeof(edit));
	memset(sent, 0, sizeof(sent));
	clear_row();
	rows = bells = 0;
	line_edit_begin(&edit, PROMPT);
	take_out();
	check_text("", 0);
	sent[0] = '\0';
}

static enum line_edit_event keys(const char *text)
{
	enum line_edit_event event = LINE_EDIT_MORE;

	for (; *text != '\0'; text++) {
		event = line_edit_key(&edit, (uint8_t)*text);
		take_out();
	}
	return event;
}

static void enter(const char *line)
{
	CHECK_EQ(keys(line), LINE_EDIT_MORE);
	CHECK_EQ(keys("\r"), LINE_EDIT_DONE);
	line_edit_begin(&edit, PROMPT);
	take_out();
}

/* What a pipe sends is echoed byte by byte, and nothing else comes. */
static void run_plain(void)
{
	start();
	CHECK_EQ(keys("raise gicguest spi 40"), LINE_EDIT_MORE);
	CHECK(strcmp(sent, "raise gicguest spi 40") == 0);
	check_text("raise gicguest spi 40", 21);
	CHECK_EQ(keys("\n"), LINE_EDIT_DONE);
	CHECK(strcmp(sent, "raise gicguest spi 40\n") == 0);
	CHECK(strcmp(edit.text, "raise gicguest spi 40") == 0);
	start();
	keys("ab\x7f");
	CHECK(strcmp(sent, "ab\b \b") == 0);
	keys("\b\b");
	CHECK(strcmp(sent, "ab\b \b\b \b\a") == 0);
	check_text("", 0);
}

static void run_moves(void)
{
	start();
	keys("hello");
	keys("\x1b[D\x1b[D");
	check_text("hello", 3);
	keys("X");
	check_text("helXlo", 4);
	keys("\x02\x02");
	check_text("helXlo", 2);
	keys("\x06\x1b[C\x1bOC");
	check_text("helXlo", 5);
	keys("\x01");
	check_text("helXlo", 0);
	CHECK_EQ(bells, 0);
	keys("\x1b[D");
	CHECK_EQ(bells, 1);
	keys("\x05");
	check_text("helXlo", 6);
	keys("\x1b[C");
	CHECK_EQ(bells, 2);
	/* Home and end, as terminals differ; with Ctrl or Shift held, arrows are arrows. */
	for (uint32_t n = 0; n < 4; n++) {
		static const char *const home[] = { "\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~" };
		static const char *const end[] = { "\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~" };

		keys(home[n]);
		check_text("helXlo", 0);
		keys(end[n]);
		check_text("helXlo", 6);
	}
	keys("\x1b[1;5D");
	check_text("helXlo", 5);
	CHECK_EQ(bells, 2);
}

static void run_deletes(void)
{
	start();
	keys("one two  three");
	keys("\x17");
	check_text("one two  ", 9);
	keys("\x17");
	check_text("one ", 4);
	keys("\x17\x17");
	check_text("", 0);
	CHECK_EQ(bells, 1);
	keys("abcdef\x01\x04\x1b[3~");
	check_text("cdef", 0);
	keys("\x06\x06\x0b");
	check_text("cd", 2);
	keys("\x0b\x04");
	CHECK_EQ(bells, 3);
	keys("efgh\x02\x02\x15");
	check_text("gh", 0);
	keys("\x15");
	CHECK_EQ(bells, 4);
	keys("\x06\x7f");
	check_text("h", 0);
	keys("\x05\x04");
	check_text("h", 1);
	keys("\x02\x04");
	check_text("", 0);
	keys("\x04"); /* of an empty line it is no end */
	check_text("", 0);
	CHECK_EQ(bells, 6);
}

static void run_history(void)
{
	start();
	keys("\x10\x0e");
	CHECK_EQ(bells, 2);
	enter("first");
	enter("second, longer");
	enter("second, longer"); /* is remembered once */
	enter("");
	check_text("", 0);
	keys("dra\x1b[A");
	check_text("second, longer", 14);
	keys("\x1b[A");
	check_text("first", 5);
	keys("\x10");
	check_text("first", 5);
	CHECK_EQ(bells, 3);
	keys("\x1b[B\x1bOB");
	check_text("dra", 3);
	keys("\x0e");
	CHECK_EQ(bells, 4);
	/* A line of the past that was changed is a new one; the past stays. */
	keys("\x10\x7f\x7fR");
	check_text("second, longR", 13);
	CHECK_EQ(keys("\r"), LINE_EDIT_DONE);
	line_edit_begin(&edit, PROMPT);
	take_out();
	keys("\x10\x10");
	check_text("second, longer", 14);
	/* Sixteen are kept. */
	start();
	for (char n = 0; n < 20; n++) {
		enter((char[]) { (char)('a' + n), '\0' });
	}
	for (uint32_t n = 0; n < 16; n++) {
		keys("\x10");
		check_text((char[]) { (char)('t' - n), '\0' }, 1);
	}
	CHECK_EQ(bells, 0);
	keys("\x10");
	check_text("e", 1);
	CHECK_EQ(bells, 1);
}

static void run_begins_anew(void)
{
	start();
	enter("old");
	keys("some\x10\x03");
	CHECK_EQ(rows, 2);
	check_text("", 0);
	keys("\x0e"); /* no draft is left */
	CHECK_EQ(bells, 1);
	keys("ab\x02\x0c");
	CHECK_EQ(rows, 0);
	check_text("ab", 1);
	CHECK_EQ(keys("\r"), LINE_EDIT_DONE);
	CHECK(strcmp(edit.text, "ab") == 0);
}

static void run_full(void)
{
	start();
	for (uint32_t n = 0; n < 60; n++) {
		keys("x");
	}
	CHECK_EQ(bells, 0);
	keys("y");
	CHECK_EQ(bells, 1);
	CHECK_EQ(edit.length, 60);
	keys("\x01y");
	CHECK_EQ(bells, 2);
	check_text("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 0);
}

/* Keys that are none here: they ring, or do nothing, and never come into the line. */
static void run_others(void)
{
	static const char *const silent[] = { "\x1bx",	  "\x1b[5~",   "\x1b[Z",     "\x1bOP",
					      "\x1b[15~", "\x1b[3;5~", "\x1b[13~",   "\x1b[31~",
					      "\x1b[<",	  "\x1b\x1b",  "\x1b[\x1b[Z" };

	start();
	keys("a");
	for (uint32_t n = 0; n < sizeof(silent) / sizeof(silent[0]); n++) {
		keys(silent[n]);
		keys("\x1b[Z");
		check_text("a", 1);
	}
	CHECK_EQ(bells, 0);
	keys("\x14\x1a\x80\xc3\xa4\xff");
	CHECK_EQ(bells, 6);
	CHECK_EQ(keys("\x1b\t"), LINE_EDIT_TAB); /* a control character ends a sequence */
	CHECK_EQ(keys("\x1b[\r"), LINE_EDIT_DONE);
	CHECK(strcmp(edit.text, "a") == 0);
}

static void run_insert(void)
{
	start();
	keys("ra 1\x02\x02");
	CHECK_EQ(keys("\t"), LINE_EDIT_TAB);
	check_text("ra 1", 2);
	line_edit_insert(&edit, "ise");
	take_out();
	check_text("raise 1", 5);
	/* A list was printed below. */
	keys("");
	clear_row();
	line_edit_show(&edit);
	take_out();
	check_text("raise 1", 5);
	for (uint32_t n = 0; n < 9; n++) {
		line_edit_insert(&edit, "12345678");
	}
	take_out();
	CHECK_EQ(edit.length, 60);
	check_row(edit.text, edit.cursor);
	line_edit_bell(&edit);
	take_out();
	CHECK_EQ(bells, 1);
}

/* ---- at random, against an editor that copies strings ---- */

static struct {
	char before[64], after[64]; /* the cursor */
	char past[300][64];
	uint32_t entries, recalled;
	char draft[64];
} model;

static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

static void model_recall(uint32_t n)
{
	char whole[128];

	if (n > model.entries || n > 16) {
		return;
	}
	if (model.recalled == 0) {
		snprintf(whole, sizeof(whole), "%s%s", model.before, model.after);
		memcpy(model.draft, whole, sizeof(model.draft));
	}
	model.recalled = n;
	strcpy(model.before, n == 0 ? model.draft : model.past[model.entries - n]);
	model.after[0] = '\0';
}

static void model_left(void)
{
	size_t end = strlen(model.before);

	if (end > 0) {
		memmove(model.after + 1, model.after, strlen(model.after) + 1);
		model.after[0] = model.before[end - 1];
		model.before[end - 1] = '\0';
	}
}

static void model_right(void)
{
	if (model.after[0] != '\0') {
		strncat(model.before, model.after, 1);
		memmove(model.after, model.after + 1, strlen(model.after));
	}
}

static void model_done(void)
{
	char whole[128];

	snprintf(whole, sizeof(whole), "%s%s", model.before, model.after);
	CHECK(strcmp(edit.text, whole) == 0);
	if (whole[0] != '\0' &&
	    (model.entries == 0 || strcmp(model.past[model.entries - 1], whole) != 0)) {
		memcpy(model.past[model.entries++], whole, 64);
	}
	model.before[0] = model.after[0] = '\0';
	model.recalled = 0;
	line_edit_begin(&edit, PROMPT);
	take_out();
}

static void model_word(void)
{
	size_t end = strlen(model.before);

	while (end > 0 && model.before[end - 1] == ' ') {
		end--;
	}
	while (end > 0 && model.before[end - 1] != ' ') {
		end--;
	}
	model.before[end] = '\0';
}

/* One key for the editor, and what it means. */
static void random_key(void)
{
	static const char plain[] = "abc  d0~";
	char one[2] = { plain[dice(8)], '\0' };
	size_t end = strlen(model.before);

	switch (dice(16)) {
	case 0:
		keys(dice(2) ? "\x1b[D" : "\x02");
		model_left();
		break;
	case 1:
		keys(dice(2) ? "\x1bOC" : "\x06");
		model_right();
		break;
	case 2:
		keys("\x7f");
		model.before[end > 0 ? end - 1 : 0] = '\0';
		break;
	case 3:
		keys("\x04");
		memmove(model.after, model.after + 1, strlen(model.after));
		break;
	case 4:
		keys("\x1b[Z"); /* none of ours */
		break;
	case 5:
		keys("\x10");
		model_recall(model.recalled + 1);
		break;
	case 6:
		keys("\x0e");
		model_recall(model.recalled - 1);
		break;
	case 7:
		keys(dice(4) ? "\x1b[1;2" : "\x1b"); /* ends here */
		keys("\x0c");
		break;
	default:
		keys(one);
		if (end + strlen(model.after) < 60) {
			strcat(model.before, one);
		}
		break;
	}
}

static void random_step(void)
{
	char whole[128];

	if (dice(30) == 0) {
		CHECK_EQ(keys("\r"), LINE_EDIT_DONE);
		model_done();
	} else if (dice(20) == 0) {
		keys("\x15");
		model.before[0] = '\0';
	} else if (dice(20) == 0) {
		keys("\x17");
		model_word();
	} else if (dice(20) == 0) {
		keys("\x0b");
		model.after[0] = '\0';
	} else {
		random_key();
	}
	snprintf(whole, sizeof(whole), "%s%s", model.before, model.after);
	check_text(whole, (uint32_t)strlen(model.before));
}

static void run_random(void)
{
	for (uint32_t round = 1; round <= 40 && test_failures == 0; round++) {
		seed = round;
		memset(&model, 0, sizeof(model));
		start();
		for (uint32_t n = 0; n < 2000 && test_failures == 0; n++) {
			random_step();
		}
	}
}

/* Any bytes at all: what is shown is what is there. */
static void run_bytes(void)
{
	start();
	for (uint32_t n = 0; n < 50000 && test_failures == 0; n++) {
		uint8_t byte = (uint8_t)(dice(3) ? dice(128) : dice(256));
		enum line_edit_event event = line_edit_key(&edit, byte);

		take_out();
		sent[0] = '\0';
		CHECK(edit.cursor <= edit.length && edit.length <= 60);
		CHECK_EQ(strlen(edit.text), edit.length);
		if (event == LINE_EDIT_DONE) {
			line_edit_begin(&edit, PROMPT);
			take_out();
		}
		check_row(edit.text, edit.cursor);
	}
}

static const struct test_case cases[] = {
	{ "plain", run_plain },
	{ "moves", run_moves },
	{ "deletes", run_deletes },
	{ "history", run_history },
	{ "begins_anew", run_begins_anew },
	{ "full", run_full },
	{ "others", run_others },
	{ "insert", run_insert },
	{ "random", run_random },
	{ "bytes", run_bytes },
};

TEST_MAIN("line_edit", cases)
