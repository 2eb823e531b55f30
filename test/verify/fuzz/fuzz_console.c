/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many consoles on one UART by a byte program. What comes out is taken to a terminal, where each
 * partition's bytes must stand, all and in order, on lines that begin with its name. In the end all
 * comes out but unfinished lines that wait for each other. What changes the terminal for others
 * does not come out, and a sequence comes in one piece. A line that is drawn again is the one that
 * stood there. Input goes where the last command has led it, or to who asks the terminal, each byte
 * once and in order.
 */
#include "hyp/dev/console.h"
#include "test/verify/fuzz/fuzz.h"

#define RING  512
#define PORTS 65
#define START 24  /* of a line: '[', a name, '] ' */
#define ROW   128 /* columns behind that, of a line that may be drawn again */

/* A port's unfinished line, as a terminal has it. */
struct row {
	char text[ROW];
	uint32_t length, column;
	bool other; /* what is not modelled here: sequences, say */
};

static struct console con;

static struct {
	uint8_t ring[PORTS][RING];
	uint32_t head[PORTS], tail[PORTS];
	char start[PORTS][START];
	uint32_t ports, focus;
	bool raw, escape;
	bool asked;	   /* some port has asked the terminal */
	uint8_t typed[64]; /* not come out yet */
	uint32_t nr_typed;
	uint8_t sequence[32]; /* the terminal is within it */
	uint32_t length, of;  /* and whose it is; PORTS: the multiplexer's */
	bool colours;
	char line[START]; /* since the last \r or \n */
	uint32_t column;
	uint8_t last;
	struct row row[PORTS], again;
} model;

static void add_port(struct fuzz_input *in)
{
	char name[20] = { 0 };
	uint32_t length = fuzz_byte(in) % 19u;
	uint32_t port = model.ports;

	for (uint32_t n = 0; n < length; n++) {
		name[n] = (char)('a' + (port + n) % 26);
	}
	CHECK_EQ(console_add_port(&con, name), port < PORTS ? port : PORTS);
	if (port < PORTS) {
		snprintf(model.start[port], START, "[%.15s] ", name);
		model.ports++;
	}
}

/* ---- output ---- */

/* A byte of a port: where it stands on the terminal. */
static void check_place(uint32_t port, uint8_t byte)
{
	if (model.raw) {
		return;
	}
	if (byte == '\n') {
		CHECK_EQ(model.last, '\r');
	} else if (byte != '\r') {
		CHECK(model.column >= strlen(model.start[port]));
		CHECK(strncmp(model.line, model.start[port], strlen(model.start[port])) == 0);
	}
}

/* The terminal's attributes are plain where a line ends or another port's goes on; there is nothing
 * else to put back. Finals are those that change nothing for good (ECMA-48). */
static void terminal_sequence(uint32_t port, uint8_t byte)
{
	uint32_t n = model.length;

	CHECK(n == 0 || port == model.of);
	model.of = port;
	model.sequence[n] = byte;
	model.length = n + 1 < sizeof(model.sequence) ? n + 1 : n;
	CHECK(n < 24);
	if (n == 0 || (n == 1 && byte == '[')) {
		return;
	}
	if (n == 1) {
		CHECK(strchr("78DEM", byte));
		model.colours = model.colours || byte == '8';
	} else if (byte < '@') {
		CHECK(byte >= '0' && byte <= ';');
		return;
	} else {
		CHECK(strchr("mncABCDEFGHIJKLMPSTXZ@`adefsu", byte));
		if (byte == 'm') {
			model.colours = false;
			for (uint32_t at = 2; at < n; at++) {
				model.colours |=
					model.sequence[at] != '0' && model.sequence[at] != ';';
			}
		}
		CHECK(byte != 'n' || model.sequence[n - 1] == '5' || model.sequence[n - 1] == '6');
		model.asked = model.asked || byte == 'n' || byte == 'c';
	}
	model.length = 0;
}

static void terminal_escapes(uint32_t port, uint8_t byte)
{
	if (model.raw) {
		model.asked = false;
	} else if (model.length > 0 || byte == 0x1b) {
		terminal_sequence(port, byte);
	} else {
		CHECK(byte >= 0x20 || strchr("\a\b\t\v\f\r\n", byte));
		CHECK(byte != 0x7f);
		CHECK(!model.colours || (byte != '\n' && byte != '\r'));
	}
}

static void terminal(uint8_t byte)
{
	model.last = byte;
	if (byte == '\n' || byte == '\r') {
		model.column = 0;
		memset(model.line, 0, sizeof(model.line));
	} else if (model.column++ < START - 1) {
		model.line[model.column - 1] = (char)byte;
	}
}

static void row_byte(struct row *row, uint8_t byte)
{
	if (byte == '\n') {
		memset(row, 0, sizeof(*row));
	} else if (byte == '\r') {
		row->column = 0;
	} else if (byte == '\b' && row->column > 0) {
		row->column--;
	} else if (byte >= ' ' && byte < 0x7f && row->column < ROW) {
		row->text[row->column++] = (char)byte;
		row->length = row->column > row->length ? row->column : row->length;
	} else {
		row->other = row->other || byte != '\a';
	}
}

/* A byte of the line of the port in focus, which is drawn again. */
static void check_drawn(uint8_t byte)
{
	const struct row *row = &model.row[con.current];

	if (con.drawn == 1) {
		memset(&model.again, 0, sizeof(model.again));
	}
	if (byte != '\b') {
		check_place(con.current, byte);
	}
	row_byte(&model.again, byte);
	CHECK(!model.again.other && !model.raw);
	if (con.draw == 0 && !row->other) {
		CHECK_EQ(model.again.length, row->length);
		CHECK_EQ(model.again.column, row->column);
		CHECK(memcmp(model.again.text, row->text, row->length) == 0);
	}
}

/* Drawing begins: a line that does not go on comes when no other is unfinished. */
static void check_draw_begins(uint32_t column)
{
	CHECK_EQ(con.current, model.focus);
	CHECK(column == 0 || model.head[con.current] != model.tail[con.current]);
}

/* Which port has lost a byte from its ring? PORTS: none, the byte is the multiplexer's own. */
static uint32_t taken_from(void)
{
	for (uint32_t p = 0; p < model.ports; p++) {
		if (con.port[p].tail != model.tail[p]) {
			return p;
		}
	}
	return PORTS;
}

/* Ports with bytes; each must have nothing to wait for but the others: no whole line, no focus. */
static uint32_t left_over(void)
{
	uint32_t ports = 0;

	for (uint32_t p = 0; p < model.ports; p++) {
		uint32_t count = model.head[p] - model.tail[p];

		for (uint32_t n = 0; n < count; n++) {
			CHECK(model.ring[p][(model.tail[p] + n) % RING] != '\n');
		}
		count += con.port[p].escape.length;
		CHECK(count < RING && (count == con.port[p].escape.length || p != model.focus));
		ports += count > con.port[p].escape.length ? 1 : 0;
	}
	return ports;
}

/* What the multiplexer says goes to port 0, whole or not at all. */
static void messages(uint32_t before)
{
	uint32_t head = con.port[0].head;

	CHECK_EQ(model.head[0], before);
	for (; model.head[0] != head; model.head[0]++) {
		model.ring[0][model.head[0] % RING] = con.port[0].ring[model.head[0] % RING];
	}
	CHECK(head == before || con.port[0].ring[(head - 1) % RING] == '\n');
	CHECK(head - model.tail[0] <= RING);
}

static bool next(void)
{
	bool drawn = con.pending_count == 0 && con.draw > 0, draws = con.draw > 0;
	int byte = console_next(&con);
	uint32_t port = taken_from();

	messages(model.head[0]); /* a line of the list, when the one before is out */

	CHECK(byte >= -1 && byte <= 255);
	if (byte < 0) {
		CHECK_EQ(port, PORTS);
		return false;
	}
	if (port < PORTS) {
		CHECK_EQ(byte, model.ring[port][model.tail[port] % RING]);
		model.tail[port]++;
		check_place(port, (uint8_t)byte);
		row_byte(&model.row[port], (uint8_t)byte);
	} else if (drawn) {
		check_drawn((uint8_t)byte);
	} else {
		CHECK(byte == '\r' || byte == '\n' || !model.raw);
		if (con.draw > 0 && !draws) {
			check_draw_begins(model.column);
		}
	}
	terminal_escapes(port, (uint8_t)byte);
	terminal((uint8_t)byte);
	CHECK_EQ(taken_from(), PORTS);
	return true;
}

/* ---- input ---- */

/* What comes out of `port`, or of CONSOLE_*, for what was typed up to now. */
static void check_typed(int port, uint8_t byte, uint32_t focus)
{
	while (port >= 0) {
		CHECK(model.nr_typed > 0 && (uint32_t)port < model.ports);
		if (test_failures) {
			return;
		}
		CHECK_EQ(byte, model.typed[0]);
		CHECK(model.asked || (uint32_t)port == focus);
		model.nr_typed--;
		memmove(model.typed, model.typed + 1, model.nr_typed);
		if (test_failures) {
			return;
		}
		byte = 0xa5;
		port = console_input_more(&con, &byte);
	}
	CHECK_EQ(byte, 0xa5);
	CHECK(model.asked || model.nr_typed == 0);
	CHECK(model.nr_typed <= 50);
}

/* True: the byte is for a port. */
static bool want_input(uint8_t byte)
{
	bool escape = model.escape;

	model.escape = !escape && byte == 0x1d;
	if (model.escape) {
		return false;
	}
	if (!escape || byte == 0x1d) {
		return model.focus < model.ports;
	}
	if (byte >= '0' && byte <= '9' && byte - (uint32_t)'0' < model.ports) {
		model.focus = byte - (uint32_t)'0';
	} else if (byte == 'n') {
		uint32_t to = model.focus + 1 < model.ports ? model.focus + 1 : 1;

		model.focus = to < model.ports ? to : model.focus;
	}
	return false;
}

static void do_key(uint8_t byte)
{
	bool state = model.escape && byte == 's';
	uint32_t focus = model.focus;
	uint8_t out = 0xa5;
	int port;

	if (model.asked && model.focus >= model.ports) {
		return; /* the monitor's port alone, and it has asked */
	}
	if (want_input(byte)) {
		model.typed[model.nr_typed++] = byte;
	}
	port = console_input(&con, byte, &out);
	CHECK_EQ(port == CONSOLE_STATE, state);
	if (state) {
		port = console_input_more(&con, &out);
	}
	check_typed(port, out, focus);
	messages(model.head[0]);
}

static void do_input(struct fuzz_input *in)
{
	static const char keys[] = "\x1d\x1d\x1dn0123456789?sx\x1b\x1b[1;Rc";
	uint32_t how = fuzz_byte(in);

	do_key(how < 240 ? (uint8_t)keys[how % (sizeof(keys) - 1)] : fuzz_byte(in));
}

/* What terminals answer, and keys that look so. */
static void do_answer(uint32_t which)
{
	static const char *const answers[] = { "\x1b[24;80R", "\x1b[0n",    "\x1b[?1;2c",
					       "\x1b[?1;2R",  "\x1b[A",	    "\x1bOP",
					       "\x1b[R",      "\x1b[?0n",   "\x1b[0c",
					       "\x1b\x1b[1",  "\x1b[1\x7f", "\x1b[1\t" };
	const char *at = answers[which % 12];

	for (; *at && !test_failures; at++) {
		do_key((uint8_t)*at);
	}
	for (uint32_t n = 0; which % 12 == 9 && n < 60; n++) {
		do_key('1');
	}
}

static void do_tick(void)
{
	uint8_t out = 0xa5;
	int port;

	console_tick(&con);
	port = console_input_more(&con, &out);
	check_typed(port, out, model.focus);
}

/* ---- steps ---- */

/* All that can, with a clock that goes on: some 30 bytes for each one at most. */
static void drain(void)
{
	uint32_t limit = 40 * RING * PORTS;

	while (console_waiting(&con) && limit-- > 0 && !test_failures) {
		if (!next()) {
			do_tick();
		}
	}
	if (!test_failures) {
		CHECK(!console_waiting(&con));
		CHECK(left_over() != 1);
	}
}

/* From outside the focus nothing that reaches into others' lines: ECMA-48 8.3, CUU to VPR; two
 * bytes are indices, and the cursor's saved place. No number has more than four digits. */
static void check_reach(uint32_t port, uint32_t from, uint32_t count)
{
	uint8_t last = model.ring[port][(from + count - 1) % RING];
	uint32_t digits = 0;

	for (uint32_t n = 0; n < count && count > 2; n++) {
		uint8_t byte = model.ring[port][(from + n) % RING];

		digits = byte >= '0' && byte <= '9' ? digits + 1 : 0;
		CHECK(digits <= 4);
	}
	if (port != model.focus) {
		CHECK(count != 2);
		CHECK(count < 3 || !strchr("ABEFHJKLMPSTX@defsu", last));
		CHECK(count != 1 || (last != '\v' && last != '\f'));
	}
}

/* What has come to the ring with this byte: nothing, the byte, or a sequence that ends with it. */
static void take_put(uint32_t port, uint8_t byte)
{
	uint32_t from = model.head[port], count = con.port[port].head - from;

	for (uint32_t n = 0; n < count && n < RING; n++) {
		model.ring[port][(from + n) % RING] = con.port[port].ring[(from + n) % RING];
	}
	model.head[port] += count;
	CHECK(count <= (model.raw ? 1 : 24));
	CHECK(count == 1 || !model.raw);
	CHECK(count == 0 || model.ring[port][(from + count - 1) % RING] == byte);
	CHECK(count < 2 || model.ring[port][from % RING] == 0x1b);
	CHECK(count == 1 || (byte != '\n' && byte != '\r'));
	if (count > 0 && !model.raw) {
		check_reach(port, from, count);
	}
}

static void do_put(uint32_t port, uint8_t byte)
{
	uint32_t kept = port < PORTS ? con.port[port].escape.length : 0;
	uint32_t used = model.head[port % PORTS] - model.tail[port % PORTS] + kept;
	bool room = port < model.ports && used < RING;

	CHECK_EQ(console_has_room(&con, port), room);
	CHECK_EQ(console_room(&con, port), room ? RING - used : 0);
	CHECK_EQ(console_put(&con, port, byte), room);
	if (room) {
		take_put(port, byte);
	}
}

/* Sequences of every kind that there is, whole. */
static void do_sequence(uint32_t port, uint32_t which)
{
	static const char *const sequences[] = {
		"\x1b[m",
		"\x1b[31m",
		"\x1b[0;0m",
		"\x1b[0;1m",
		"\x1b[6n",
		"\x1b[5n",
		"\x1b[7n",
		"\x1b[c",
		"\x1b[0c",
		"\x1b[1c",
		"\x1b[00c",
		"\x1b[s",
		"\x1b[1s",
		"\x1b[T",
		"\x1b[1;2T",
		"\x1b[K",
		"\x1b[2A",
		"\x1b[2J",
		"\x1b[9999@",
		"\x1b[10000C",
		"\x1b[1;2H\v\f",
		"\x1b[?25l",
		"\x1b[ q",
		"\x1b[3 q",
		"\x1bM",
		"\x1b\x37",
		"\x1b\x38",
		"\x1b\x63",
		"\x1b(0",
		"\x1b##8",
		"\x1b]0;x\a",
		"\x1bPq\x1b\\",
		"\x1b_\x18x",
		"\x1b^\nx",
		"\x1bX\rx",
		"\x1b[\xe2",
		"\x1b[1\x7f",
		"\x1b[1\x1a",
		"\xc2\x9b",
		"\xe0\x82\x9b",
		"\xf0\x82",
		"\xe2\x9b\x94",
		"\xc1\xff\xc0",
		"\xf0\x9f\x98\x80",
		"\x7f\x05\t",
		"\x1b[5\a",
		"\x1b[11111111111111111111111111111m",
		"\x1b]\x1b[31m",
		"\x1b[1;1;1;1;1;1;1;1;1;1m",
		"\b",
		"ab\bc\b\b",
		"\x1b[D",
		"ab\x1b[2D\x1b[C",
		"ab\b\x1b[0K",
		"\x1b[1K",
		"\x1b[9C",
		"\x1b[1;1D",
		"", /* its partition has gone */
	};
	const char *at = sequences[which % (sizeof(sequences) / sizeof(sequences[0]))];

	if (!*at && port < model.ports) {
		console_end_sequence(&con, port);
		memset(&model.row[port], 0, sizeof(model.row[port]));
	}
	for (; *at && !test_failures; at++) {
		do_put(port, (uint8_t)*at);
	}
}

static void do_step(struct fuzz_input *in)
{
	static const uint8_t some[] = "ab\n\r\nc d\x1b[\x1b[31m;0m6nHc?hl]\a\x9b\xe2\xc2 78x";
	uint32_t what = fuzz_byte(in) % 8u;
	uint32_t port = fuzz_byte(in) % (model.ports + 1);
	uint32_t count = fuzz_byte(in);

	switch (what) {
	case 0:
	case 1:
		if (count >= 192) {
			do_sequence(port, count - 192);
			break;
		}
		for (uint32_t n = 0; n < count % 16; n++) {
			do_put(port, some[fuzz_byte(in) % (sizeof(some) - 1)]);
		}
		break;
	case 2: /* a flood, of lines or of one endless line */
		for (uint32_t n = 0; n < 3 * count; n++) {
			do_put(port, count & 1 && n % 7 == 6 ? '\n' : 'x');
		}
		break;
	case 3:
		do_tick();
		break;
	case 4:
		if (count >= 192) {
			do_answer(count - 192);
			break;
		}
		do_input(in);
		break;
	case 5:
		add_port(in);
		break;
	default:
		for (uint32_t n = 0; n < 3 * count && next(); n++) {
		}
		break;
	}
}

unsigned fuzz_console(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };

	memset(&model, 0, sizeof(model));
	model.raw = fuzz_byte(&in) % 8u == 0;
	model.focus = 1;
	console_init(&con, model.raw);
	while (fuzz_more(&in) && !test_failures) {
		do_step(&in);
	}
	drain();
	return fuzz_failures();
}
