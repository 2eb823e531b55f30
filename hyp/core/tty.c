/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/tty.h"
#include "hyp/dev/console.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/uart.h"
#include "hyp/core/main.h"
#include "hyp/core/report.h"
#include "hyp/core/tty_own.h"
#include "hyp/core/vm.h"

#define TTY_INPUT    4096 /* a power of two: a page that is pasted */
#define TTY_SHORT    32	  /* of them make a tick */
#define TTY_TURN     32	  /* bytes each way in one go, with interrupts masked */
#define TTY_FILLS    16 /* turns in a row that no UART's FIFO takes without being full (256 bytes) */
#define TTY_PATIENCE 100 /* ticks (4 s) for which a guest that does not read is waited for */

/* What was typed for a port and does not fit its UART's FIFO yet. */
struct tty_input {
	uint8_t bytes[TTY_INPUT];
	uint32_t head, tail;
	uint64_t quiet; /* counter value: until then nothing arrives at a receiver just enabled */
};

struct lock tty_lock; /* all of the following, and every vm->uart */
struct console tty_console;
bool tty_is_open;
bool tty_guests_run;
static struct tty_input tty_input[CONSOLE_MAX_PORTS];
static struct vm *tty_vm[CONSOLE_MAX_PORTS];
static bool tty_by_interrupt;
static bool tty_is_full;       /* the UART took no more, when last asked: something may wait */
static uint32_t tty_fills;     /* it has been full, so many turns less than TTY_FILLS ago */
static bool tty_has_more;      /* a turn was over before it was full */
static bool tty_tick_armed;    /* some CPU's tick_at is set ... */
static bool tty_tick_is_short; /* ... for the UART alone */
static uint32_t tty_shorts;    /* such ticks since the last long one */
static bool tty_holds;	       /* the board's UART keeps what is typed: nobody has room for it */
static uint32_t tty_patience;  /* ticks for which that may last */

/* The level of the emulated UART's interrupt, to the partition's VGIC. tty_lock is held, so levels
 * arrive in order. */
static void tty_update_line(struct vm *vm)
{
	const struct irq_line line = { IRQ_LINE_SPI, 0, VM_UART_INTID };
	bool level = pl011_irq(&vm->uart);
	vgic_kick_t kick = 0;

	if (level == vm->uart_line || !vm->vgic) {
		return;
	}
	vm->uart_line = level;
	lock_take(&vm->vgic_lock);
	vgic_set_line(vm->vgic, &line, level, &kick);
	lock_drop(&vm->vgic_lock);
	if (kick) {
		vm_kick(vm, kick);
	}
}

/* This CPU looks again soon. */
static void tty_arm(uint64_t ticks, bool is_short)
{
	struct cpu *cpu = cpu_this();

	if (tty_tick_armed && !(is_short && !tty_tick_is_short && cpu->tick_at)) {
		return;
	}
	tty_tick_armed = true;
	tty_tick_is_short = is_short;
	cpu->tick_at = timer_now() + ticks;
	cpu->resched = true; /* sets the timer */
}

static void tty_arm_tick(void)
{
	tty_arm(main_tty_tick, false);
}

/* At most *left bytes. */
static bool tty_send_some(uint32_t *left)
{
	bool sent = false;

	tty_has_more = false;
	while (tty_is_open) {
		int byte;

		tty_is_full = !uart_can_send();
		tty_fills = tty_is_full ? TTY_FILLS : tty_fills;
		tty_has_more = !tty_is_full && *left == 0;
		if (tty_is_full || tty_has_more) {
			if (tty_has_more && tty_fills > 0) {
				tty_fills--;
			}
			break;
		}
		byte = console_next(&tty_console);
		if (byte < 0) {
			if (console_waiting(&tty_console)) {
				tty_arm_tick(); /* for another port to finish its own line */
			}
			break;
		}
		uart_send((uint8_t)byte);
		sent = true;
		(*left)--;
	}
	return sent;
}

bool tty_send(void)
{
	uint32_t left = TTY_TURN;

	return tty_send_some(&left);
}

/* The partition's transmit FIFO -> its ring, as much as fits. True: something was there. */
static bool tty_collect(struct vm *vm)
{
	bool progress = false;

	while (console_has_room(&tty_console, vm->port)) {
		int byte = pl011_tx_pop(&vm->uart);

		if (byte < 0) {
			break;
		}
		console_put(&tty_console, vm->port, (uint8_t)byte);
		progress = true;
	}
	return progress;
}

/* ---- input: the board's UART -> the ring of the port in focus -> its partition's FIFO ---- */

static bool tty_has_input(const struct vm *vm)
{
	return tty_input[vm->port].head != tty_input[vm->port].tail;
}

/* What does not fit keeps its interrupts up, as the next byte would on a line with flow control. */
static void tty_deliver_input(struct vm *vm)
{
	struct tty_input *input = &tty_input[vm->port];

	while (tty_has_input(vm) && pl011_rx_listens(&vm->uart)) {
		if (timer_now() < input->quiet) {
			tty_arm_tick();
			break;
		}
		if (!pl011_rx_has_room(&vm->uart)) {
			pl011_rx_wait(&vm->uart);
			break;
		}
		pl011_rx_push(&vm->uart, input->bytes[input->head++ % TTY_INPUT]);
	}
}

/* Room for the next byte? With `spare`, also for many more. */
static bool tty_has_space(uint32_t spare)
{
	const struct tty_input *input = &tty_input[tty_console.focus];

	return !tty_vm[tty_console.focus] || input->tail - input->head + spare < TTY_INPUT;
}

/*
 * May a byte be taken from the board's UART? While the guest in focus leaves no room, bytes stay
 * there, so that who sends sees it full, and sends no more. But not for ever: a guest that does not
 * read could not be left by Ctrl-] any more. After TTY_PATIENCE ticks without room for a good many
 * its bytes are taken and lost, until it has read as many. Once held, there must be as much room to
 * go on: not an interrupt for each byte.
 */
static bool tty_may_receive(void)
{
	return tty_has_space(tty_holds ? TTY_INPUT / 4 : 0) || tty_patience == 0;
}

static void tty_take_input(uint32_t port, uint8_t byte)
{
	struct tty_input *input = &tty_input[port];
	struct vm *vm = tty_vm[port];

	if (!vm) {
		return;
	}
	if (input->tail - input->head < TTY_INPUT) {
		input->bytes[input->tail++ % TTY_INPUT] = byte;
		tty_deliver_input(vm);
	} else if (pl011_rx_listens(&vm->uart)) {
		pl011_rx_lose(&vm->uart);
	}
}

/* What the multiplexer had kept, as it might have been a terminal's answer. */
static void tty_take_kept(void)
{
	uint8_t byte;
	int port;

	while ((port = console_input_more(&tty_console, &byte)) >= 0) {
		tty_take_input((uint32_t)port, byte);
	}
}

/* True: the state of all was asked for. */
static bool tty_receive(uint8_t byte)
{
	uint32_t focus = tty_console.focus;
	uint8_t out;
	int port = console_input(&tty_console, byte, &out);

	bool asked = port == CONSOLE_STATE;

	if (port >= 0) {
		tty_take_input((uint32_t)port, out);
	}
	tty_take_kept();
	if (tty_console.focus != focus) {
		tty_patience = TTY_PATIENCE;
	}
	return asked;
}

/* A turn's bytes. What is left comes again: its interrupt is not over. True as tty_receive. */
static bool tty_receive_some(void)
{
	bool asked = false;

	for (uint32_t n = 0; n < TTY_TURN && tty_may_receive(); n++) {
		int byte = uart_receive();

		if (byte < 0) {
			break;
		}
		asked = tty_receive((uint8_t)byte) || asked;
	}
	return asked;
}

/* ---- both ways ---- */

static void tty_pump_all(void)
{
	uint32_t left = TTY_TURN;

	tty_say_left_out(TTY_RESERVE);
	for (uint32_t turn = 0; turn < 2; turn++) { /* what the first makes room for goes, too */
		for (uint32_t n = 0; n < vm_count; n++) {
			tty_collect(&vms[n]);
		}
		if (!tty_send_some(&left) || tty_is_full || tty_has_more) {
			break;
		}
	}
	for (uint32_t n = 0; n < vm_count; n++) {
		tty_update_line(&vms[n]);
	}
}

/* A UART that was full when bytes were left, and has room by now, is waited for, too: its interrupt
 * comes at once, and nobody else may come. One that is never full (QEMU's) would interrupt without
 * end, and no guest would get on meanwhile: ticks pace it. Where the UART's interrupt does not
 * reach the GIC, or its FIFO has not been full, this CPU looks. */
void tty_wait_for_room(void)
{
	tty_holds = !tty_may_receive();
	if (tty_has_space(TTY_INPUT / 4)) {
		tty_patience = TTY_PATIENCE; /* who takes a byte now and then does not read */
	}
	if (tty_by_interrupt) {
		uart_enable_interrupts(!tty_holds, tty_is_full || (tty_has_more && tty_fills));
	}
	if (tty_has_more || (tty_is_full && !tty_by_interrupt)) {
		tty_arm(main_tty_tick / TTY_SHORT, true);
	} else if (tty_holds) {
		tty_arm_tick(); /* patience ends */
	}
}

void tty_init(void)
{
	console_init(&tty_console, false);
	console_add_port(&tty_console, "plumbline");
	console_tick(&tty_console);
}

void tty_open(bool raw)
{
	lock_take(&tty_lock);
	if (raw) {
		console_init(&tty_console, true);
		console_add_port(&tty_console, "plumbline");
		console_tick(&tty_console);
	}
	tty_is_open = true;
	tty_send();
	lock_drop(&tty_lock);
}

uint32_t tty_add_vm(struct vm *vm)
{
	uint32_t port = console_add_port(&tty_console, vm->config->name);

	tty_vm[port] = vm;
	pl011_reset(&vm->uart);
	return port;
}

void tty_reset_vm(struct vm *vm)
{
	lock_take(&tty_lock);
	tty_collect(vm);
	console_end_sequence(&tty_console, vm->port);
	pl011_reset(&vm->uart);
	tty_update_line(vm);
	tty_send();
	tty_wait_for_room();
	lock_drop(&tty_lock);
}

void tty_enable_interrupts(void)
{
	bool asked;

	lock_take(&tty_lock);
	tty_by_interrupt = true;
	tty_patience = TTY_PATIENCE;
	asked = tty_receive_some(); /* what was typed early may bring no interrupt */
	tty_pump_all();
	tty_wait_for_room();
	lock_drop(&tty_lock);
	if (asked) {
		report_start();
	}
}

/* Before an access to the data register. Who reads it wants a byte, however it came to know of it.
 */
static __attribute__((noinline)) void tty_poll_input(struct vm *vm, const struct mmio *mmio)
{
	if (!mmio->is_write && tty_has_input(vm)) {
		pl011_rx_poll(&vm->uart);
		tty_input[vm->port].quiet = 0;
		tty_deliver_input(vm);
	}
}

void tty_stop_waiting(void)
{
	lock_take(&tty_lock);
	tty_guests_run = true;
	lock_drop(&tty_lock);
}

/* Behind a write to its UART; `listened`: its receiver was on before. */
static __attribute__((noinline)) void tty_written(struct vm *vm, bool listened)
{
	uint32_t left = TTY_TURN;

	if (!listened && pl011_rx_listens(&vm->uart)) {
		/* A driver throws away what it finds in a receiver that it has just enabled; on a
		 * line, nothing would be there yet. */
		tty_input[vm->port].quiet = timer_now() + main_tty_tick;
	}
	tty_collect(vm);
	tty_send_some(&left);
	if (tty_collect(vm) && !tty_is_full) {
		tty_send_some(&left);
	}
	if (tty_is_full || tty_has_more) {
		tty_wait_for_room();
	}
}

/* There may be room for input again. True as tty_receive. */
static __attribute__((noinline)) bool tty_read_on(struct vm *vm)
{
	bool asked = false;

	tty_deliver_input(vm);
	if (tty_holds && tty_may_receive()) {
		asked = tty_receive_some();
		tty_wait_for_room();
	}
	return asked;
}

enum mmio_result tty_access(struct vm *vm, struct mmio *mmio)
{
	enum mmio_result result;
	bool asked = false;
	bool listened;

	lock_take(&tty_lock);
	if (mmio->offset == 0) {
		tty_poll_input(vm, mmio);
	}
	listened = mmio->is_write && pl011_rx_listens(&vm->uart);
	result = pl011_access(&vm->uart, mmio);
	if (mmio->is_write) {
		tty_written(vm, listened);
	}
	if (tty_has_input(vm)) {
		asked = tty_read_on(vm);
	}
	tty_update_line(vm);
	lock_drop(&tty_lock);
	if (asked) {
		report_start();
	}
	return result;
}

void tty_irq(void)
{
	bool asked;

	lock_take(&tty_lock);
	asked = tty_receive_some();
	tty_pump_all();
	tty_wait_for_room();
	lock_drop(&tty_lock);
	if (asked) {
		report_start();
	} else {
		report_go_on();
	}
}

/* Some 40 ms have passed. */
static void tty_long_tick(void)
{
	tty_shorts = 0;
	console_tick(&tty_console);
	tty_take_kept();
	if (tty_holds && tty_patience > 0) {
		tty_patience--;
	}
}

void tty_tick(void)
{
	lock_take(&tty_lock);
	tty_tick_armed = false;
	if (!tty_tick_is_short || ++tty_shorts >= TTY_SHORT) {
		tty_long_tick();
	}
	for (uint32_t n = 0; n < vm_count; n++) {
		tty_deliver_input(&vms[n]); /* which arms a tick anew, if this came early */
	}
	tty_pump_all();
	tty_wait_for_room();
	lock_drop(&tty_lock);
	report_go_on();
}

void tty_ask_tick(void)
{
	lock_take(&tty_lock);
	tty_arm_tick();
	lock_drop(&tty_lock);
}
