/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/tty.h"
#include "hyp/base/cold.h"
#include "hyp/core/facts.h"
#include "hyp/core/log.h"
#include "hyp/core/remote.h"
#include "hyp/core/serial.h"
#include "hyp/core/vm.h"
#include "hyp/dev/console.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/uart.h"

#define TTY_COMMAND 4u /* bytes of a turn */

static struct vm *tty_vm[CONSOLE_MAX_PORTS];
static uint32_t tty_next; /* round robin: the partition before the next one; lock: serial_lock */
static bool tty_asked;	  /* the state report is requested, not started yet; lock: serial_lock */

#define TTY_FLAGS_UNKNOWN BIT32(31) /* of the complement of vm->uart_flags; FR has 16 bits */

static bool tty_has_input(const struct vm *vm)
{
	return serial_input[vm->port]->head != serial_input[vm->port]->tail;
}

/* For tty_read, after each change of the UART or of its input. */
static void tty_show_flags(struct serial_locked held, struct vm *vm)
{
	uint32_t flags;
	bool known = pl011_shows_flags(&vm->uart, &flags) && !tty_has_input(vm);

	(void)held;
	vm->uart_flags = known ? ~flags : 0;
}

/* The level of the emulated UART's interrupt, to the partition's VGIC. serial_lock is held, so
 * levels arrive in order. */
static void tty_update_line(struct serial_locked serial, struct vm *vm)
{
	bool level = pl011_irq(&vm->uart);
	struct vgic_locked held;
	vgic_kick_t kick = 0;

	vm->uart_moved = false;
	tty_show_flags(serial, vm);
	if (level == vm->uart_line || !vm->vgic) {
		return;
	}
	vm->uart_line = level;
	held = vm_lock_vgic(vm);
	vgic_device_line(vm->vgic, machine_windows[MACHINE_UART].intid, level, &kick);
	kick = remote_do(held, kick);
	vm_unlock_vgic(held);
	if (kick) {
		vm_kick(vm, kick);
	}
}

/* Moves bytes from the partition's transmit FIFO to its ring while there is room. Returns their
 * number. */
static uint32_t tty_collect(struct serial_locked held, struct vm *vm)
{
	uint32_t count = 0;

	while (console_has_room(held.console, vm->port)) {
		int byte = pl011_tx_pop(&vm->uart);

		if (byte < 0) {
			break;
		}
		console_put(held.console, vm->port, (uint8_t)byte);
		count++;
		vm->uart_moved = true;
	}
	return count;
}

/* Bytes that do not fit keep the receive interrupts asserted, as the next byte would on a line with
 * flow control. */
static void tty_deliver_input(struct serial_locked held, struct vm *vm)
{
	struct serial_input *input = serial_input[vm->port];

	vm->uart_moved = true;
	while (tty_has_input(vm) && pl011_rx_listens(&vm->uart)) {
		if (timer_now() < input->quiet) {
			serial_arm_tick(held);
			break;
		}
		if (!pl011_rx_has_room(&vm->uart)) {
			pl011_rx_wait(&vm->uart);
			break;
		}
		pl011_rx_push(&vm->uart, input->bytes[input->head++ % SERIAL_INPUT]);
	}
	tty_show_flags(held, vm);
}

static void tty_take_input(struct serial_locked held, uint32_t port, uint8_t byte)
{
	struct serial_input *input = serial_input[port];
	struct vm *vm = tty_vm[port];

	if (!vm) {
		return;
	}
	if (input->tail - input->head < SERIAL_INPUT) {
		input->bytes[input->tail++ % SERIAL_INPUT] = byte;
		tty_deliver_input(held, vm);
	} else if (pl011_rx_listens(&vm->uart)) {
		vm->uart_moved = true;
		pl011_rx_lose(&vm->uart);
	}
}

/* Takes input that the multiplexer has kept as a possible answer of the terminal. */
static void tty_take_kept(struct serial_locked held)
{
	uint8_t byte;
	int port;

	while ((port = console_input_more(held.console, &byte)) >= 0) {
		tty_take_input(held, (uint32_t)port, byte);
	}
}

/* Returns the share of a turn that it has taken: a command of the multiplexer prints a line. */
static uint32_t tty_receive(struct serial_locked held, uint8_t byte)
{
	uint32_t focus = held.console->focus;
	uint8_t out;
	int port = console_input(held.console, byte, &out);

	tty_asked = tty_asked || port == CONSOLE_STATE;
	if (port >= 0) {
		tty_take_input(held, (uint32_t)port, out);
	}
	tty_take_kept(held);
	if (held.console->focus != focus) {
		serial_be_patient(held);
	}
	return port == CONSOLE_TAKEN ? TTY_COMMAND : 1;
}

/* Receives the bytes of one turn. The rest interrupts again, because the interrupt stays
 * asserted. */
static void tty_receive_some(struct serial_locked held)
{
	for (uint32_t n = 0; n < SERIAL_TURN && serial_may_receive(held);) {
		int byte = uart_receive();

		if (byte < 0) {
			break;
		}
		n += tty_receive(held, (uint8_t)byte);
	}
}

/* Under the lock: must the caller begin the report after it has released the lock? */
static bool tty_take_asked(struct serial_locked held)
{
	bool asked = tty_asked;

	(void)held;
	tty_asked = false;
	return asked;
}

/* For callers that do not check for a report request: a tick will. */
static void tty_pass_asked_on(struct serial_locked held)
{
	if (tty_asked) {
		serial_arm(held, 0, true);
	}
}

/* Sends what is left of a turn. Nearly all of it was of the present port: there is room there. A
 * port that was full before has more to send in a later turn. */
static void tty_send_on(struct serial_locked held, uint32_t left)
{
	struct vm *vm = tty_vm[held.console->current];

	if (vm && tty_collect(held, vm)) {
		serial_send_some(held, &left);
	}
}

/* Where rings have room again: as many bytes as a turn sends, or a little more. True: there may be
 * more. */
static bool tty_collect_some(struct serial_locked held)
{
	uint32_t count = 0;

	for (uint32_t n = 0; n < vm_count; n++) {
		tty_next = tty_next + 1 < vm_count ? tty_next + 1 : 0;
		if (pl011_tx_waits(&vms[tty_next].uart)) {
			count += tty_collect(held, &vms[tty_next]);
		}
		if (count >= SERIAL_TURN) {
			return true;
		}
	}
	return false;
}

static void tty_pump_all(struct serial_locked held)
{
	uint32_t left = SERIAL_TURN;
	bool more;

	log_catch_up(held);
	more = tty_collect_some(held);
	if (serial_send_some(held, &left) && !serial_is_full && !serial_has_more) {
		tty_send_on(held, left);
	}
	if (more) {
		serial_ask_turn(held); /* if the UART is full, there will be one */
	}
	for (uint32_t n = 0; n < vm_count; n++) {
		if (vms[n].uart_moved) {
			tty_update_line(held, &vms[n]);
		}
	}
}

uint32_t tty_add_vm(struct vm *vm, struct serial_input *input)
{
	uint32_t port = console_add_port(&serial_console, vm->config->name);

	serial_input[port] = input;
	tty_vm[port] = vm;
	pl011_reset(&vm->uart);
	return port;
}

void tty_reset(struct vm *vm)
{
	struct serial_locked held = serial_take();

	tty_collect(held, vm);
	if (!console_has_room(held.console, vm->port) && serial_send(held)) {
		tty_collect(held, vm); /* what is left in the FIFO would be lost */
	}
	console_end_sequence(held.console, vm->port);
	pl011_reset(&vm->uart);
	tty_update_line(held, vm);
	serial_ask_turn(held);
	serial_drop(held);
}

void tty_enable_interrupts(void)
{
	struct serial_locked held = serial_take();

	serial_use_interrupts(held);
	tty_receive_some(held); /* early input may cause no interrupt */
	tty_pump_all(held);
	serial_wait_for_room(held);
	tty_pass_asked_on(held);
	serial_drop(held);
}

/* Called before an access to the data register: a guest that reads it expects a byte, whether or
 * not it has read FR. */
static __attribute__((noinline)) void tty_poll_input(struct serial_locked held, struct vm *vm,
						     const struct mmio *mmio)
{
	if (!mmio->is_write && tty_has_input(vm)) {
		pl011_rx_poll(&vm->uart);
		serial_input[vm->port]->quiet = 0;
		tty_deliver_input(held, vm);
	}
}

/* Called after a write to its UART; `listened`: its receiver was on before. */
static __attribute__((noinline)) void tty_written(struct serial_locked held, struct vm *vm,
						  bool listened)
{
	uint32_t left = SERIAL_TURN;

	if (!listened && pl011_rx_listens(&vm->uart)) {
		/* A driver discards the contents of a receiver that it has just enabled; on a real
		 * line, no byte would have arrived yet. */
		serial_input[vm->port]->quiet = timer_now() + facts_tty_tick;
	}
	tty_collect(held, vm);
	serial_send_some(held, &left);
	if (tty_collect(held, vm) && !serial_is_full) {
		serial_send_some(held, &left);
	}
	if (serial_is_full || serial_has_more) {
		serial_wait_for_room(held);
	}
}

/* Called when there may be room for input again. */
static __attribute__((noinline)) void tty_read_on(struct serial_locked held, struct vm *vm)
{
	tty_deliver_input(held, vm);
	if (serial_holds && serial_may_receive(held)) {
		tty_receive_some(held);
		serial_wait_for_room(held);
		tty_pass_asked_on(held);
	}
}

bool tty_read(const struct vcpu *vcpu, uint32_t offset, uint32_t *value)
{
	uint32_t flags = ~vcpu->vm->uart_flags;

	if (offset != PL011_FR || (flags & TTY_FLAGS_UNKNOWN)) {
		return false;
	}
	*value = flags;
	return true;
}

enum mmio_result tty_access(struct vcpu *vcpu, struct mmio *mmio)
{
	struct serial_locked held = serial_take();
	struct vm *vm = vcpu->vm;
	enum mmio_result result;
	bool listened;

	if (mmio->offset == 0) {
		tty_poll_input(held, vm, mmio);
	}
	listened = mmio->is_write && pl011_rx_listens(&vm->uart);
	result = pl011_access(&vm->uart, mmio);
	if (mmio->is_write) {
		tty_written(held, vm, listened);
	}
	if (tty_has_input(vm)) {
		tty_read_on(held, vm);
	}
	tty_update_line(held, vm);
	serial_drop(held);
	return result;
}

COLD bool tty_irq(void)
{
	struct serial_locked held;
	bool asked;

	held = serial_take();
	tty_receive_some(held);
	tty_pump_all(held);
	serial_wait_for_room(held);
	asked = tty_take_asked(held);
	serial_drop(held);
	return asked;
}

COLD bool tty_tick(void)
{
	struct serial_locked held;
	bool asked;

	held = serial_take();
	if (serial_tick(held)) {
		tty_take_kept(held);
	}
	for (uint32_t n = 0; n < vm_count; n++) {
		if (tty_has_input(&vms[n])) {
			tty_deliver_input(held, &vms[n]); /* arms a tick again if this was early */
		}
	}
	tty_pump_all(held);
	serial_wait_for_room(held);
	asked = tty_take_asked(held);
	serial_drop(held);
	return asked;
}
