/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/console.h"

#include <stddef.h>
#include <string.h>

#include "hyp/base/bits.h"
#include "hyp/fmt.h"

#define CONSOLE_NO_PORT 0xffffffffu
#define CONSOLE_MESSAGE 100 /* bytes, the longest message of the multiplexer and its zero */

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
	return port < con->nr_ports ? CONSOLE_RING - console_count(&con->port[port]) : 0;
}

bool console_has_room(const struct console *con, uint32_t port)
{
	return console_room(con, port) > 0;
}

bool console_put(struct console *con, uint32_t port, uint8_t byte)
{
	struct console_port *to;

	if (!console_has_room(con, port)) {
		return false;
	}
	to = &con->port[port];
	to->ring[to->head % CONSOLE_RING] = byte;
	to->head++;
	to->newlines += byte == '\n' ? 1 : 0;
	con->busy |= BIT32(port);
	return true;
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

static int console_take_pending(struct console *con)
{
	uint8_t byte = con->pending[con->pending_head];

	con->pending_head = (con->pending_head + 1) % sizeof(con->pending);
	con->pending_count--;
	con->turn++;
	return byte;
}

/* May current's line go on without asking who else waits? Its end may always. */
static bool console_goes_on(const struct console *con)
{
	if (!con->mid_line || (con->busy & BIT32(con->current)) == 0) {
		return false;
	}
	return con->turn < CONSOLE_TURN || console_peek(&con->port[con->current]) == '\n';
}

/*
 * May port p, which has bytes, print now? Current's line has had its turn by then, or has nothing
 * to go on with. A partial line from outside the focus does not break another's without a clock:
 * two of them would break each other at every byte. `later`: when enough ticks have passed.
 */
static bool console_may_start(const struct console *con, uint32_t p, bool later)
{
	const struct console_port *port = &con->port[p];
	bool full = console_count(port) == CONSOLE_RING;
	bool fresh = con->ticking && con->patience > 0 && con->turn < CONSOLE_TURN && !later;

	if (con->mid_line && p == con->current) {
		return true;
	}
	if (con->mid_line && fresh) {
		return false; /* a flood waits as well: its ring is full all the time */
	}
	if (full || port->newlines > 0 || p == con->focus) {
		return true;
	}
	return con->busy == BIT32(p) && (!con->mid_line || con->ticking || later);
}

/* Round robin: the current port is asked last. */
static uint32_t console_choose(const struct console *con, bool later)
{
	uint32_t p = con->current;

	for (uint32_t i = 0; i < con->nr_ports && con->busy != 0; i++) {
		p = p + 1 < con->nr_ports ? p + 1 : 0;
		if ((con->busy & BIT32(p)) != 0 && console_may_start(con, p, later)) {
			return p;
		}
	}
	return CONSOLE_NO_PORT;
}

static void console_start(struct console *con, uint32_t p)
{
	con->turn = 0;
	if (con->mid_line && p == con->current) {
		return; /* nobody else waits */
	}
	if (con->mid_line) {
		console_queue(con, "\r\n");
	}
	con->current = p;
	con->mid_line = true;
	con->cr = false;
	con->patience = CONSOLE_PATIENCE;
	console_queue_prefix(con);
}

/* One byte of current's line, which has one. */
static int console_take(struct console *con)
{
	struct console_port *port = &con->port[con->current];
	uint8_t byte = console_peek(port);

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
		con->busy &= ~BIT32(con->current);
	}
	con->turn++;
	con->cr = byte == '\r';
	if (byte == '\n') {
		port->newlines--;
		con->mid_line = false;
	}
	return byte;
}

int console_next(struct console *con)
{
	if (con->pending_count == 0 && !console_goes_on(con)) {
		uint32_t p = console_choose(con, false);

		if (p == CONSOLE_NO_PORT) {
			return -1;
		}
		console_start(con, p);
	}
	if (con->pending_count > 0) {
		return console_take_pending(con);
	}
	return console_take(con);
}

void console_tick(struct console *con)
{
	con->ticking = true;
	if (con->patience > 0) {
		con->patience--;
	}
}

bool console_waiting(const struct console *con)
{
	return con->pending_count > 0 || console_goes_on(con) ||
	       console_choose(con, true) != CONSOLE_NO_PORT;
}

/* All of the message, or nothing. */
static void console_say(struct console *con, const char *text)
{
	uint32_t length = (uint32_t)strlen(text);

	if (con->nr_ports == 0 || length > CONSOLE_RING - console_count(&con->port[0])) {
		return;
	}
	for (; *text != '\0'; text++) {
		console_put(con, 0, (uint8_t)*text);
	}
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

static void console_list(struct console *con)
{
	char text[CONSOLE_MESSAGE];

	for (uint32_t p = 0; p < con->nr_ports; p++) {
		fmt_format(text, sizeof(text), "%2u %s%s\n", (unsigned int)p, con->port[p].name,
			   p == con->focus ? " (input)" : "");
		console_say(con, text);
	}
}

static void console_command(struct console *con, uint8_t byte)
{
	if (byte >= '0' && byte <= '9') {
		console_set_focus(con, byte - (uint32_t)'0');
	} else if (byte == 'n') {
		console_set_focus(con, con->focus + 1 < con->nr_ports ? con->focus + 1 : 1);
	} else if (byte == '?') {
		console_list(con);
	} else {
		console_say(con,
			    "after Ctrl-]: 0..9 input to that console, n to the next partition, "
			    "? lists, s the state of all, Ctrl-] sends one\n");
	}
}

int console_input(struct console *con, uint8_t byte, uint8_t *out)
{
	bool escape = con->escape;

	con->escape = !escape && byte == CONSOLE_ESCAPE;
	if (con->escape) {
		return CONSOLE_TAKEN;
	}
	if (escape && byte == 's') {
		return CONSOLE_STATE;
	}
	if (escape && byte != CONSOLE_ESCAPE) {
		console_command(con, byte);
		return CONSOLE_TAKEN;
	}
	if (con->focus >= con->nr_ports) {
		return CONSOLE_TAKEN; /* no partition has a console */
	}
	*out = byte;
	return (int)con->focus;
}
