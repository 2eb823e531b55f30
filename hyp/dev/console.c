/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/console.h"
#include "hyp/base/bits.h"
#include "hyp/text/fmt.h"
#include <stddef.h>
#include <string.h>

#define CONSOLE_NO_PORT 0xffffffffu
#define CONSOLE_MESSAGE 100 /* bytes, the longest message of the multiplexer and its zero */

#define CONSOLE_PLAIN "\x1b[0m"	      /* SGR 0 */
#define CONSOLE_BELOW "\x1b[999B\r\n" /* CUD: to the bottom; and a new line there */

static uint32_t console_count(const struct console_port *port)
{
	return port->head - port->tail;
}

static uint8_t console_peek(const struct console_port *port)
{
	return port->ring[port->tail % CONSOLE_RING];
}

void console_init(struct console *con, bool raw)
{
	memset(con, 0, sizeof(*con));
	con->focus = 1;
	con->raw = raw;
}

uint32_t console_add_port(struct console *con, const char *name)
{
	uint32_t p = con->nr_ports;

	if (p >= CONSOLE_MAX_PORTS) {
		return CONSOLE_MAX_PORTS;
	}
	fmt_format(con->port[p].name, CONSOLE_NAME, "%s", name);
	con->nr_ports++;
	return p;
}

uint32_t console_room(const struct console *con, uint32_t port)
{
	if (port >= con->nr_ports) {
		return 0;
	}
	/* The stored part of a sequence will need its place. */
	return CONSOLE_RING - console_count(&con->port[port]) - con->port[port].escape.length;
}

bool console_is_busy(const struct console *con, uint32_t port)
{
	return console_count(&con->port[port]) > 0;
}

bool console_has_room(const struct console *con, uint32_t port)
{
	return console_room(con, port) > 0;
}

static void console_append(struct console *con, uint32_t port, uint8_t byte)
{
	struct console_port *to = &con->port[port];

	con->nr_busy += console_count(to) == 0 ? 1 : 0;
	to->ring[to->head % CONSOLE_RING] = byte;
	to->head++;
	to->newlines += byte == '\n' ? 1 : 0;
}

/* A whole sequence that may pass. */
static void console_append_sequence(struct console *con, uint32_t port)
{
	struct console_port *to = &con->port[port];
	uint32_t length = to->escape.length;
	uint32_t does = escape_does(to->escape.text, length);

	to->escape.length = 0;
	if ((does & ESCAPE_FOCUS) && port != con->focus) {
		return;
	}
	if (does & ESCAPE_ASKS) {
		if (to->asked >= CONSOLE_ASKED) {
			return; /* an answer without an open question would go to the port in focus
				 */
		}
		to->asked++;
	}
	for (uint32_t n = 0; n < length; n++) {
		console_append(con, port, to->escape.text[n]);
	}
}

bool console_put(struct console *con, uint32_t port, uint8_t byte)
{
	enum escape_step step = ESCAPE_BYTE;

	if (!console_has_room(con, port)) {
		return false;
	}
	if (!con->raw) {
		step = escape_feed(&con->port[port].escape, byte);
	}
	if (step == ESCAPE_BYTE && (con->raw || port == con->focus || !escape_goes_down(byte))) {
		console_append(con, port, byte);
	} else if (step == ESCAPE_WHOLE) {
		console_append_sequence(con, port);
	}
	return true;
}

void console_put_text(struct console *con, uint32_t port, const char *text, size_t length)
{
	struct console_port *to = &con->port[port];

	con->nr_busy += length && console_count(to) == 0 ? 1 : 0;
	for (size_t n = 0; n < length; n++) {
		to->ring[to->head++ % CONSOLE_RING] = (uint8_t)text[n];
		to->newlines += text[n] == '\n' ? 1 : 0;
	}
}

void console_end_sequence(struct console *con, uint32_t port)
{
	con->port[port].escape = (struct escape) { 0 };
	console_line_clear(&con->port[port].line);
	if (port == con->current) {
		con->draw = 0;
	}
}

static void console_queue(struct console *con, const char *text)
{
	for (; *text != '\0' && con->pending_count < sizeof(con->pending); text++) {
		con->pending[(con->pending_head + con->pending_count) % sizeof(con->pending)] =
			(uint8_t)*text;
		con->pending_count++;
	}
}

static void console_queue_prefix(struct console *con)
{
	if (!con->raw) {
		console_queue(con, "[");
		console_queue(con, con->port[con->current].name);
		console_queue(con, "] ");
	}
}

static void console_queue_plain(struct console *con)
{
	if (con->colours) {
		console_queue(con, CONSOLE_PLAIN);
		con->colours = false;
	}
}

static int console_take_pending(struct console *con)
{
	uint8_t byte = con->pending[con->pending_head];

	con->pending_head = (con->pending_head + 1) % sizeof(con->pending);
	con->pending_count--;
	con->turn++;
	return byte;
}

/* May current's line continue before other ports are considered? Its end always may, and so may the
 * rest of a sequence, which is complete in the ring. */
static bool console_goes_on(const struct console *con)
{
	if (!con->mid_line || !console_is_busy(con, con->current)) {
		return false;
	}
	return con->sequence_length > 0 || con->turn < CONSOLE_TURN ||
	       console_peek(&con->port[con->current]) == '\n';
}

/*
 * May port p, which has bytes, print now? Current's line has had its turn by then, or has no more
 * bytes. Without ticks, a partial line of a port without the focus does not break another's: two of
 * them would break each other at every byte. `later`: when enough ticks have passed.
 */
static bool console_may_start(const struct console *con, uint32_t p, bool later)
{
	const struct console_port *port = &con->port[p];
	bool fresh = con->ticking && con->patience > 0 && con->turn < CONSOLE_TURN && !later;

	if (con->mid_line && p == con->current) {
		return true;
	}
	if (con->mid_line && fresh) {
		return false; /* a flood waits too: its ring is always full */
	}
	if (port->newlines > 0 || p == con->focus || console_room(con, p) == 0) {
		return true;
	}
	return con->nr_busy == 1 && (!con->mid_line || con->ticking || later);
}

/* Must the line of the port in focus be drawn again? After all ports that may start, and not within
 * another's unfinished line. */
static bool console_redraws(const struct console *con, bool later)
{
	return con->focus < con->nr_ports && con->port[con->focus].line.again && !con->mid_line &&
	       (later || (con->ticking && con->patience == 0));
}

/* Round robin: the current port comes last. */
static uint32_t console_choose(const struct console *con, bool later)
{
	uint32_t p = con->current;

	for (uint32_t i = 0; i < con->nr_ports && con->nr_busy != 0; i++) {
		p = p + 1 < con->nr_ports ? p + 1 : 0;
		if (console_is_busy(con, p) && console_may_start(con, p, later)) {
			return p;
		}
	}
	return console_redraws(con, later) ? con->focus : CONSOLE_NO_PORT;
}

static void console_begin_draw(struct console *con, struct console_line *line)
{
	con->draw = line->again && con->current == con->focus ? console_line_size(line) : 0;
	con->drawn = 0;
	line->again = false;
	if (con->draw > 0) {
		line->waits = true; /* a prompt, however it was broken */
	}
}

static int console_draw(struct console *con)
{
	con->draw--;
	con->turn++;
	return console_line_draw(&con->port[con->current].line, con->drawn++);
}

static void console_start(struct console *con, uint32_t p)
{
	con->turn = 0;
	con->choices++;
	if (con->mid_line && p == con->current) {
		return; /* no other port waits */
	}
	if (con->mid_line) {
		console_queue_plain(con);
		console_queue(con, "\r\n");
		console_line_break(&con->port[con->current].line, con->current == con->focus);
	}
	if (con->moved && p != con->current) {
		console_queue(con, CONSOLE_BELOW);
		con->moved = false;
	}
	con->current = p;
	con->mid_line = true;
	con->cr = false;
	/* Nobody is waited for where a line is only drawn again. */
	con->patience = console_is_busy(con, p) ? CONSOLE_PATIENCE : 0;
	con->still = false;
	console_queue_prefix(con);
	console_begin_draw(con, &con->port[p].line);
}

static void console_ask(struct console *con, uint32_t asks)
{
	/* There is room for each, because console_append_sequence counts them. */
	con->question[con->nr_questions++] =
		(struct console_question) { (uint8_t)con->current, (uint8_t)asks };
	con->question_age = 0;
}

/* Tracks the effect of a byte that is sent to the terminal. */
static void console_watch(struct console *con, uint8_t byte)
{
	uint32_t does;
	bool ends;

	if (con->raw) {
		return;
	}
	if (con->sequence_length == 0 && byte != ESCAPE_START) {
		console_line_byte(&con->port[con->current].line, byte);
		return;
	}
	ends = con->sequence_length > 0 && escape_ends(con->sequence, con->sequence_length, byte);
	con->sequence[con->sequence_length++] = byte;
	if (!ends) {
		return;
	}
	does = escape_does(con->sequence, con->sequence_length);
	console_line_sequence(&con->port[con->current].line, con->sequence, con->sequence_length);
	con->sequence_length = 0;
	con->colours = (does & ESCAPE_COLOURS) || (con->colours && !(does & ESCAPE_PLAIN));
	con->moved = con->moved || (does & ESCAPE_MOVES);
	if (does & ESCAPE_ASKS) {
		console_ask(con, does & ESCAPE_ASKS);
	}
}

/* One byte of current's line, which has one. */
static int console_take(struct console *con)
{
	struct console_port *port = &con->port[con->current];
	uint8_t byte = console_peek(port);

	if (con->colours && (byte == '\n' || byte == '\r')) {
		console_queue_plain(con);
		return console_take_pending(con);
	}
	if (byte == '\n' && !con->cr && !con->raw) {
		con->cr = true;
		con->turn++;
		return '\r';
	}
	if (con->cr && byte != '\n' && byte != '\r' && !con->raw) {
		con->cr = false;
		console_queue_prefix(con);
		return console_take_pending(con);
	}
	port->tail++;
	if (console_count(port) == 0) {
		con->nr_busy--;
	}
	con->turn++;
	con->still = false;
	con->cr = byte == '\r';
	console_watch(con, byte);
	if (byte == '\n') {
		port->newlines--;
		con->mid_line = false;
	}
	return byte;
}

/* All of the message, or nothing. */
static void console_say(struct console *con, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	if (con->nr_ports == 0 || length > CONSOLE_RING - console_count(&con->port[0])) {
		return;
	}
	console_put_text(con, 0, text, length);
}

/* One line of the list of ports. The next one follows when the monitor's port has no line: all of
 * them at once would be a long piece of work, with interrupts masked. */
static void console_list_line(struct console *con)
{
	char text[CONSOLE_MESSAGE];
	uint32_t p = con->nr_ports - con->listing;

	fmt_format(text, sizeof(text), "%2u %s%s\n", (unsigned int)p, con->port[p].name,
		   p == con->focus ? " (input)" : "");
	con->listing--;
	console_say(con, text);
}

int console_next(struct console *con)
{
	if (con->pending_count == 0 && con->draw == 0 && !console_goes_on(con)) {
		uint32_t p;

		if (con->listing && con->port[0].newlines == 0) {
			console_list_line(con);
		}
		p = console_choose(con, false);

		if (p == CONSOLE_NO_PORT) {
			return -1;
		}
		console_start(con, p);
	}
	if (con->pending_count > 0) {
		return console_take_pending(con);
	}
	return con->draw > 0 ? console_draw(con) : console_take(con);
}

static void console_forget(struct console *con, uint32_t n)
{
	con->port[con->question[n].port].asked--;
	con->nr_questions--;
	memmove(&con->question[n], &con->question[n + 1],
		(con->nr_questions - n) * sizeof(con->question[0]));
}

/* The kept input is for this port. */
static void console_decide(struct console *con, uint32_t port)
{
	con->typed_port = port;
	con->nr_decided = con->nr_typed;
}

void console_tick(struct console *con)
{
	con->ticking = true;
	if (con->mid_line && con->still) {
		con->port[con->current].line.waits = true;
	}
	con->still = true;
	if (con->patience > 0) {
		con->patience--;
	}
	if (con->nr_typed > con->nr_decided && ++con->typed_age >= CONSOLE_TYPED) {
		console_decide(con, con->focus);
	}
	if (con->nr_questions > 0 && ++con->question_age >= CONSOLE_ANSWERED) {
		while (con->nr_questions > 0) {
			console_forget(con, 0);
		}
	}
}

bool console_waiting(const struct console *con)
{
	return con->pending_count > 0 || con->draw > 0 || con->listing > 0 ||
	       con->nr_questions > 0 || con->nr_typed > 0 || console_goes_on(con) ||
	       console_choose(con, true) != CONSOLE_NO_PORT;
}

static void console_set_focus(struct console *con, uint32_t port)
{
	char text[CONSOLE_MESSAGE];

	if (port < con->nr_ports) {
		con->focus = port;
		fmt_format(text, sizeof(text), "input to %s\n", con->port[port].name);
	} else {
		fmt_format(text, sizeof(text), "no console %u\n", (unsigned int)port);
	}
	console_say(con, text);
}

static void console_command(struct console *con, uint8_t byte)
{
	if (byte >= '0' && byte <= '9') {
		console_set_focus(con, byte - (uint32_t)'0');
	} else if (byte == 'n') {
		console_set_focus(con, con->focus + 1 < con->nr_ports ? con->focus + 1 : 1);
	} else if (byte == '?') {
		con->listing = con->nr_ports;
	} else {
		console_say(con,
			    "after Ctrl-]: 0..9, n: input to that console, the next one; ?: list; "
			    "s: state of all; Ctrl-]: send it\n");
	}
}

int console_input_more(struct console *con, uint8_t *out)
{
	if (con->nr_decided == 0) {
		return CONSOLE_TAKEN;
	}
	if (con->typed_port >= con->nr_ports) { /* no partition has one */
		con->nr_decided = con->nr_typed = 0;
		return CONSOLE_TAKEN;
	}
	con->port[con->typed_port].line.waits = con->port[con->typed_port].line.length > 0;
	*out = con->typed[0];
	con->nr_decided--;
	con->nr_typed--;
	memmove(con->typed, con->typed + 1, con->nr_typed);
	return (int)con->typed_port;
}

static void console_keep(struct console *con, uint8_t byte)
{
	if (con->nr_typed < sizeof(con->typed)) {
		con->typed[con->nr_typed++] = byte;
	}
	con->typed_age = 0;
}

/* The input so far may be an answer: ESC, [, parameters. It belongs to the oldest question of its
 * kind. */
static void console_answer(struct console *con, uint8_t byte)
{
	const uint8_t *text = con->typed;
	uint32_t length = con->nr_typed, asks, n = 0;
	bool more = length == 1 ? byte == '[' : byte >= '0' && byte < '@';

	console_keep(con, byte);
	if (more && length < CONSOLE_ANSWER) {
		return;
	}
	asks = length > 2 && byte >= '@' && byte < 0x7f ? escape_answers(text, length + 1) : 0;
	while (n < con->nr_questions && con->question[n].asks != asks) {
		n++;
	}
	if (n == con->nr_questions) {
		console_decide(con, con->focus);
		return;
	}
	console_decide(con, con->question[n].port);
	console_forget(con, n);
}

/* A key that is not a command of the multiplexer. */
static void console_key(struct console *con, uint8_t byte)
{
	if (byte == ESCAPE_START) {
		console_decide(con, con->focus);
		console_keep(con, byte);
		if (con->nr_questions == 0) {
			console_decide(con, con->focus);
		}
	} else if (con->nr_typed > con->nr_decided) {
		console_answer(con, byte);
	} else {
		console_keep(con, byte);
		console_decide(con, con->focus);
	}
}

int console_input(struct console *con, uint8_t byte, uint8_t *out)
{
	bool escape = con->escape;

	con->escape = !escape && byte == CONSOLE_ESCAPE;
	if (con->escape || escape) {
		console_decide(con, con->focus); /* not part of an answer */
	}
	if (escape && byte == 's') {
		return CONSOLE_STATE;
	}
	if (escape && byte != CONSOLE_ESCAPE) {
		console_command(con, byte);
	} else if (!con->escape) {
		console_key(con, byte);
	}
	return console_input_more(con, out);
}
