/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/serial.h"
#include "hyp/base/bits.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/dev/console.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/uart.h"

#define SERIAL_SHORT	64  /* short periods per long one */
#define SERIAL_SOON	16  /* of these: for a report's next step */
#define SERIAL_FILLS	32  /* turns in a row, more bytes than any UART's FIFO holds (256) */
#define SERIAL_PATIENCE 100 /* ticks (4 s) of waiting for a guest that does not read */

struct lock serial_lock;
struct console serial_console;
bool serial_is_open;
struct serial_input *serial_input[CONSOLE_MAX_PORTS];
bool serial_is_full;
bool serial_has_more;
bool serial_holds;

static bool serial_by_interrupt;
static uint32_t serial_fills;	  /* turns left until the UART counts as never full */
static bool serial_tick_armed;	  /* some CPU's tick_at is set ... */
static bool serial_tick_is_short; /* ... for the UART alone */
static uint64_t serial_long_at;	  /* counter value: the end of the long period */
static uint32_t serial_patience;  /* ticks for which serial_holds may last */

/* This CPU checks again after `ticks`. */
void serial_arm(struct serial_locked held, uint64_t ticks, bool is_short)
{
	struct cpu *cpu = cpu_this();
	uint64_t now = timer_now();

	(void)held;
	if (serial_tick_armed && !(is_short && !serial_tick_is_short && cpu->tick_at)) {
		return;
	}
	if (serial_long_at < now) { /* no tick was needed for long */
		serial_long_at = now + facts_tty_tick;
	}
	serial_tick_armed = true;
	serial_tick_is_short = is_short;
	cpu->tick_at = now + ticks;
	cpu->resched = true; /* sets the timer */
}

void serial_arm_tick(struct serial_locked held)
{
	serial_arm(held, facts_tty_tick, false);
}

bool serial_send_some(struct serial_locked held, uint32_t *left)
{
	bool sent = false;

	serial_has_more = false;
	while (serial_is_open) {
		uint32_t choices;
		int byte;

		serial_is_full = !uart_can_send();
		serial_fills = serial_is_full ? SERIAL_FILLS : serial_fills;
		serial_has_more = !serial_is_full && *left == 0;
		if (serial_is_full || serial_has_more) {
			if (serial_has_more && serial_fills > 0) {
				serial_fills--;
			}
			break;
		}
		choices = held.console->choices;
		byte = console_next(held.console);
		if (byte < 0) {
			if (console_waiting(held.console)) {
				serial_arm_tick(held); /* another port may finish its own line */
			}
			break;
		}
		uart_send((uint8_t)byte);
		sent = true;
		(*left)--;
		if (held.console->choices != choices) {
			*left -= bits_min(*left, held.console->nr_ports / SERIAL_CHOICE);
		}
	}
	return sent;
}

bool serial_send(struct serial_locked held)
{
	uint32_t left = SERIAL_TURN;

	return serial_send_some(held, &left);
}

/* Is there room for the next byte, and for `spare` more? The monitor's own port needs no room. */
static bool serial_has_space(struct serial_locked held, uint32_t spare)
{
	const struct serial_input *input = serial_input[held.console->focus];

	return !input || input->tail - input->head + spare < SERIAL_INPUT;
}

/*
 * May a byte be taken from the board's UART? While the guest in focus has no room, bytes stay
 * there, so that flow control stops the sender. But not forever: otherwise Ctrl-] could no longer
 * move the focus away from a guest that does not read. After SERIAL_PATIENCE ticks without room for
 * a good many bytes, its bytes are read and lost, until it has read as many. After a hold, the same
 * room is needed to continue, so that not every byte causes an interrupt.
 */
bool serial_may_receive(struct serial_locked held)
{
	return serial_has_space(held, serial_holds ? SERIAL_INPUT / 4 : 0) || serial_patience == 0;
}

void serial_be_patient(struct serial_locked held)
{
	(void)held;
	serial_patience = SERIAL_PATIENCE;
}

/* The interrupt is requested also if the UART was full while bytes were left, and has room by now:
 * it comes at once, and no other event may follow. A UART that is never full (QEMU's) would
 * interrupt without end, and no guest would run: ticks pace it. If the UART's interrupt does not
 * reach the GIC, or its FIFO has not been full, this CPU polls by ticks. */
void serial_wait_for_room(struct serial_locked held)
{
	serial_holds = !serial_may_receive(held);
	if (serial_has_space(held, SERIAL_INPUT / 4)) {
		serial_patience = SERIAL_PATIENCE; /* a byte read now and then does not count */
	}
	if (serial_by_interrupt) {
		uart_enable_interrupts(!serial_holds,
				       serial_is_full || (serial_has_more && serial_fills));
	}
	if (serial_has_more || (serial_is_full && !serial_by_interrupt)) {
		serial_arm(held, facts_tty_tick / SERIAL_SHORT, true);
	} else if (serial_holds) {
		serial_arm_tick(held); /* ends the patience */
	}
}

bool serial_tick(struct serial_locked held)
{
	uint64_t now = timer_now();

	serial_tick_armed = false;
	if (now < serial_long_at) {
		return false;
	}
	serial_long_at = now + facts_tty_tick;
	console_tick(held.console);
	if (serial_holds && serial_patience > 0) {
		serial_patience--;
	}
	return true;
}

void serial_init(void)
{
	console_init(&serial_console, false);
	console_add_port(&serial_console, "plumbline");
	console_tick(&serial_console);
}

void serial_open(bool raw)
{
	struct serial_locked held = serial_take();

	if (raw) {
		console_init(held.console, true);
		console_add_port(held.console, "plumbline");
		console_tick(held.console);
	}
	serial_is_open = true;
	while (serial_send(held)) {
	}
	serial_drop(held);
}

void serial_use_interrupts(struct serial_locked held)
{
	(void)held;
	serial_by_interrupt = true;
	serial_patience = SERIAL_PATIENCE;
}

void serial_ask_turn(struct serial_locked held)
{
	if (!serial_is_full) {
		serial_arm(held, 0, true);
	}
}

void serial_ask_soon(void)
{
	struct serial_locked held = serial_take();

	serial_arm(held, facts_tty_tick / SERIAL_SOON, true);
	serial_drop(held);
}

void serial_ask_tick(void)
{
	struct serial_locked held = serial_take();

	serial_arm_tick(held);
	serial_drop(held);
}
