/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Many consoles on one UART by a byte program. What comes out is taken to a terminal, where each
 * partition's bytes must stand, all and in order, on lines that begin with its name. In the end all
 * comes out but unfinished lines that wait for each other. Input goes where the last command has
 * led it.
 */
#include "test/verify/fuzz/fuzz.h"
#include "hyp/console.h"

#define RING  512
#define PORTS 17
#define START 24 /* of a line: '[', a name, '] ' */

static struct console con;

static struct {
	uint8_t ring[PORTS][RING];
	uint32_t head[PORTS], tail[PORTS];
	char start[PORTS][START];
	uint32_t ports, focus;
	bool raw, escape;
	char line[START]; /* since the last \r or \n */
	uint32_t column;
	uint8_t last;
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
		CHECK(count < RING && (count == 0 || p != model.focus));
		ports += count ? 1 : 0;
	}
	return ports;
}

static bool next(void)
{
	int byte = console_next(&con);
	uint32_t port = taken_from();

	CHECK(byte >= -1 && byte <= 255);
	if (byte < 0) {
		CHECK_EQ(port, PORTS);
		return false;
	}
	if (port < PORTS) {
		CHECK_EQ(byte, model.ring[port][model.tail[port] % RING]);
		model.tail[port]++;
		check_place(port, (uint8_t)byte);
	} else {
		CHECK(byte == '\r' || byte == '\n' || !model.raw);
	}
	terminal((uint8_t)byte);
	CHECK_EQ(taken_from(), PORTS);
	return true;
}

/* All that can, with a clock that goes on: some 30 bytes for each one at most. */
static void drain(void)
{
	uint32_t limit = 40 * RING * PORTS;

	while (console_waiting(&con) && limit-- > 0 && !test_failures) {
		if (!next()) {
			console_tick(&con);
		}
	}
	if (!test_failures) {
		CHECK(!console_waiting(&con));
		CHECK(left_over() != 1);
	}
}

/* ---- input ---- */

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

static int want_input(uint8_t byte)
{
	bool escape = model.escape;

	model.escape = !escape && byte == 0x1d;
	if (model.escape) {
		return CONSOLE_TAKEN;
	}
	if (!escape || byte == 0x1d) {
		return model.focus < model.ports ? (int)model.focus : CONSOLE_TAKEN;
	}
	if (byte == 's') {
		return CONSOLE_STATE;
	}
	if (byte >= '0' && byte <= '9' && byte - (uint32_t)'0' < model.ports) {
		model.focus = byte - (uint32_t)'0';
	} else if (byte == 'n') {
		uint32_t to = model.focus + 1 < model.ports ? model.focus + 1 : 1;

		model.focus = to < model.ports ? to : model.focus;
	}
	return CONSOLE_TAKEN;
}

static void do_input(struct fuzz_input *in)
{
	static const char keys[] = "\x1d\x1d\x1dn0123456789?sx";
	uint32_t how = fuzz_byte(in);
	uint8_t byte = how < 240 ? (uint8_t)keys[how % (sizeof(keys) - 1)] : fuzz_byte(in);
	uint8_t out = 0xa5;
	int want = want_input(byte);

	CHECK_EQ(console_input(&con, byte, &out), want);
	CHECK_EQ(out, want >= 0 ? byte : 0xa5);
	messages(model.head[0]);
}

/* ---- steps ---- */

static void do_put(uint32_t port, uint8_t byte)
{
	bool room = port < model.ports && model.head[port] - model.tail[port] < RING;

	CHECK_EQ(console_has_room(&con, port), room);
	CHECK_EQ(console_room(&con, port), room ? RING - (model.head[port] - model.tail[port]) : 0);
	CHECK_EQ(console_put(&con, port, byte), room);
	if (room) {
		model.ring[port][model.head[port]++ % RING] = byte;
	}
}

static void do_step(struct fuzz_input *in)
{
	static const uint8_t some[] = "ab\n\r\nc d";
	uint32_t what = fuzz_byte(in) % 8u;
	uint32_t port = fuzz_byte(in) % (model.ports + 1);
	uint32_t count = fuzz_byte(in);

	switch (what) {
	case 0:
	case 1:
		for (uint32_t n = 0; n < count % 16; n++) {
			do_put(port, some[fuzz_byte(in) % 8u]);
		}
		break;
	case 2: /* a flood, of lines or of one endless line */
		for (uint32_t n = 0; n < 3 * count; n++) {
			do_put(port, count & 1 && n % 7 == 6 ? '\n' : 'x');
		}
		break;
	case 3:
		console_tick(&con);
		break;
	case 4:
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
