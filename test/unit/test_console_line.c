/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/dev/console_line.c against a terminal's row: what a port has printed, drawn again, leaves the
 * same text and the cursor in the same place, or the line counts as lost. */
#include "hyp/dev/console_line.h"
#include "test/unit/test.h"

#define COLUMNS 400

struct terminal {
	char row[COLUMNS];
	int column;
	bool other; /* something that the model of a row does not have */
};

static struct console_line line;
static struct terminal shown;
static uint64_t seed;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

static void terminal_start(struct terminal *terminal)
{
	memset(terminal, 0, sizeof(*terminal));
	memset(terminal->row, ' ', COLUMNS);
}

static void terminal_byte(struct terminal *terminal, char c)
{
	if (c == '\b') {
		terminal->column--;
		terminal->other |= terminal->column < 0; /* the name's */
	} else if (c == '\r') {
		terminal->column = 0;
	} else if (c >= ' ' && c <= '~' && terminal->column < COLUMNS) {
		terminal->row[terminal->column++] = c;
	} else {
		terminal->other |= c != '\a';
	}
}

static void byte(char c)
{
	console_line_byte(&line, (uint8_t)c);
	if (!shown.other || c == '\r') {
		terminal_byte(&shown, c);
	}
}

static void sequence(const char *text)
{
	console_line_sequence(&line, (const uint8_t *)text, (uint32_t)strlen(text));
}

/* Draws the line on a row of its own. */
static void check_drawn(void)
{
	struct terminal again;
	uint32_t size = console_line_size(&line);

	terminal_start(&again);
	CHECK(size <= 256);
	for (uint32_t n = 0; n < size; n++) {
		terminal_byte(&again, (char)console_line_draw(&line, n));
	}
	CHECK(!again.other);
	CHECK_EQ(again.column, shown.column);
	CHECK(memcmp(again.row, shown.row, COLUMNS) == 0);
}

static void start(void)
{
	memset(&line, 0, sizeof(line));
	terminal_start(&shown);
}

static void erase(void)
{
	sequence(dice(2) ? "\x1b[K" : "\x1b[0J");
	memset(shown.row + shown.column, ' ', (size_t)(COLUMNS - shown.column));
}

static void move(void)
{
	static const char *const right[] = { "\x1b[C", "\x1b[0C", "\x1b[1C", "\x1b[2C",
					     "\x1b[12C" };
	static const char *const left[] = { "\x1b[D", "\x1b[0D", "\x1b[1D", "\x1b[2D", "\x1b[12D" };
	static const int by[] = { 1, 1, 1, 2, 12 };
	uint32_t n = dice(5);

	if (dice(2)) {
		if (shown.column + by[n] <= line.length) {
			sequence(right[n]);
			shown.column += by[n];
		}
	} else if (shown.column >= by[n]) {
		sequence(left[n]);
		shown.column -= by[n];
	}
}

static void run_random(void)
{
	for (seed = 1; seed < 20000 && test_failures == 0;) {
		uint64_t next = seed + 1;

		start();
		for (uint32_t n = dice(150); n > 0; n--) {
			uint32_t what = dice(12);

			if (what < 2 && shown.column > 0) {
				byte('\b');
			} else if (what == 2) {
				erase();
			} else if (what == 3) {
				move();
			} else if (what == 4) {
				sequence(dice(2) ? "\x1b[1;31m" : "\x1b[6n");
				byte('\a');
			} else if (what == 5 && dice(9) == 0) {
				byte('\r');
			} else if (shown.column < 128) {
				byte((char)(' ' + dice(95)));
			}
		}
		CHECK(!line.lost);
		check_drawn();
		seed = next;
	}
}

static void run_lost(void)
{
	static const char bytes[] = "\t\v\f\x7f\x80\xff\x1f";
	static const char *const sequences[] = {
		"\x1b[A",  "\x1b[1K", "\x1b[2J",    "\x1b[P",	  "\x1b[1;2C", "\x1bM",	   "\033D",
		"\x1b[2D", "\x1b[C",  "\x1b[9999C", "\x1b[9999D", "\x1b[2:1D", "\x1b[129C"
	};

	for (uint32_t n = 0; n < sizeof(bytes) - 1; n++) {
		start();
		byte('a');
		byte(bytes[n]);
		CHECK(line.lost);
		byte('b');
		CHECK(line.lost);
		console_line_break(&line, false);
		CHECK(!line.again);
		byte('\r');
		byte('c');
		CHECK(!line.lost);
		CHECK_EQ(console_line_size(&line), 1);
		byte(bytes[n]);
		byte('\n');
		CHECK(!line.lost);
		CHECK_EQ(console_line_size(&line), 0);
	}
	for (uint32_t n = 0; n < sizeof(sequences) / sizeof(sequences[0]); n++) {
		start();
		byte('a');
		sequence(sequences[n]);
		CHECK(line.lost);
		sequence("\x1b[K");
		CHECK(line.lost);
	}
	start();
	byte('\b');
	CHECK(line.lost);
	start();
	for (uint32_t n = 0; n < 128; n++) {
		byte('x');
	}
	CHECK(!line.lost);
	check_drawn();
	byte('\r');
	byte('y');
	check_drawn();
	CHECK_EQ(console_line_size(&line), 128 + 127);
	sequence("\x1b[127C");
	CHECK(!line.lost);
	byte('x');
	CHECK(line.lost);
}

static void run_break(void)
{
	start();
	console_line_break(&line, false);
	CHECK(!line.again); /* nothing stands there */
	byte('$');
	console_line_break(&line, true);
	CHECK(!line.again);
	console_line_break(&line, false);
	CHECK(line.again);
	line.waits = true;
	line.again = false;
	console_line_break(&line, true);
	CHECK(line.again);
	byte('\n');
	CHECK(!line.again && !line.waits);
}

static const struct test_case cases[] = {
	{ "random", run_random },
	{ "lost", run_lost },
	{ "break", run_break },
};

TEST_MAIN("console_line", cases)
