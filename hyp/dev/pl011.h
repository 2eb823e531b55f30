/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An emulated PL011 (ARM DDI 0183): registers, 16-byte FIFOs, interrupts. Pure. Lock: the
 * console's.
 *
 * The line has no speed: a byte is sent when the console takes it (pl011_tx_pop), so the baud rate,
 * the frame format and break have no effect, and a receive timeout is over as soon as it begins.
 * Where real guests depend on more than the manual promises:
 * - Transmission asks neither UARTEN nor TXE, reception not UARTEN: early boot code prints, and
 *   polls, without having enabled anything, and QEMU's model lets it. But what is typed for a UART
 *   that is not enabled waits (pl011_rx_listens), unless its guest polls: a driver that is about to
 *   enable it throws away what it finds.
 * - Bytes written are never dropped by a later change of LCR_H or CR: they count as sent at once.
 * - In loop-back nothing reaches the console: Linux before 4.1 sends a byte there only to provoke
 *   an interrupt.
 * - The modem inputs CTS, DSR and DCD are asserted, so a guest that uses flow control can send.
 */
#ifndef HYP_DEV_PL011_H
#define HYP_DEV_PL011_H

#include "hyp/base/mmio.h"

#define PL011_FIFO 16

/* pl011_rx and pl011_tx_* move bytes between this and the console multiplexer. */
struct pl011 {
	uint8_t rx[PL011_FIFO];
	uint8_t tx[PL011_FIFO];
	uint8_t rx_head, rx_count, tx_head, tx_count;
	uint16_t cr, lcr_h, ifls, imsc, ris, dmacr;
	uint16_t ibrd, fbrd, ilpr;
	uint8_t rsr;
	bool overrun;  /* DR.OE: bytes were lost since the last one received */
	uint8_t looks; /* reads in a row, with nothing to send, while UARTEN is 0 */
	bool rx_again; /* read from since RT was cleared: what is left times out anew */
	bool tx_again; /* written to while TX was reported: the drain is yet to be reported */
};

void pl011_reset(struct pl011 *uart);

/* One guest access; 8-, 16- and 32-bit sizes, all at a register's own address, zero-extended.
 * Other offsets are RAZ/WI. Always MMIO_OK. */
enum mmio_result pl011_access(struct pl011 *uart, struct mmio *mmio);

/* The interrupt output (UARTINTR): level. It changes with pl011_access, _rx_push and _tx_pop. */
bool pl011_irq(const struct pl011 *uart);

/* Receive side: false (and the overrun recorded) if the FIFO is full. A receiver that is switched
 * off, or looped back, loses the byte and has room for any number. */
bool pl011_rx_push(struct pl011 *uart, uint8_t byte);
bool pl011_rx_has_room(const struct pl011 *uart);

/* Is there somebody for what comes: a receiver that is enabled (UARTEN, RXE, no loop-back), or a
 * guest that polls one that is not? */
bool pl011_rx_listens(const struct pl011 *uart);

/* The guest is about to read DR, whether FR said so or not: it polls. */
void pl011_rx_poll(struct pl011 *uart);

/* A byte is held back on the line, as the FIFO is full: its arrival brings back the interrupts that
 * the FIFO's state calls for, if they were cleared (2.8.2, 2.8.4). */
void pl011_rx_wait(struct pl011 *uart);

/* A byte was lost on the line, as the FIFO was full: an overrun. */
void pl011_rx_lose(struct pl011 *uart);

/* Transmit side: -1 if empty. */
int pl011_tx_pop(struct pl011 *uart);

#endif
