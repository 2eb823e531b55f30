/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An emulated PL011 (ARM DDI 0183): registers, 16-byte FIFOs, interrupts. Pure. Lock: the
 * console's.
 *
 * The line has no speed: a byte is sent when the console takes it (pl011_tx_pop), so the baud rate,
 * the frame format and break have no effect, and a receive timeout ends as soon as it begins.
 * Existing guests depend on behaviour that the manual does not define:
 * - Transmission ignores UARTEN and TXE, and reception ignores UARTEN: early boot code prints and
 *   polls without enabling the UART, and QEMU's model permits it. But input for a UART that is not
 *   enabled waits (pl011_rx_listens), unless its guest polls: a driver that enables the UART later
 *   discards the contents of the FIFO.
 * - Bytes written are never dropped by a later change of LCR_H or CR: they count as sent
 *   immediately.
 * - In loop-back nothing reaches the console: Linux before 4.1 sends a byte there only to provoke
 *   an interrupt.
 * - The modem inputs CTS, DSR and DCD are asserted, so that a guest with flow control can send.
 */
#ifndef HYP_DEV_PL011_H
#define HYP_DEV_PL011_H

#include "hyp/base/mmio.h"

#define PL011_FIFO 16

/* pl011_rx_* and pl011_tx_* move bytes between this and the console multiplexer. */
struct pl011 {
	uint8_t rx[PL011_FIFO];
	uint8_t tx[PL011_FIFO];
	uint8_t rx_head, rx_count, tx_head, tx_count;
	uint16_t cr, lcr_h, ifls, imsc, ris, dmacr;
	uint16_t ibrd, fbrd, ilpr;
	uint8_t rsr;
	bool overrun;  /* DR.OE: bytes were lost since the last one received */
	uint8_t looks; /* reads in a row, with nothing to send, while UARTEN is 0 */
	bool rx_again; /* DR was read since RT was cleared: the rest times out again */
	bool tx_again; /* DR was written while TX was raised: the drain is not reported yet */
};

void pl011_reset(struct pl011 *uart);

/* One guest access; 8-, 16- and 32-bit sizes, all at a register's own address, zero-extended.
 * Other offsets are RAZ/WI. Always MMIO_OK. */
enum mmio_result pl011_access(struct pl011 *uart, struct mmio *mmio);

#define PL011_FR 0x018u

/* The value of PL011_FR. True: reading the register would change nothing. */
bool pl011_shows_flags(const struct pl011 *uart, uint32_t *flags);

/* The interrupt output (UARTINTR): level. It changes with pl011_access, _rx_push and _tx_pop. */
bool pl011_irq(const struct pl011 *uart);

/* Receive side: returns false, and records the overrun, if the FIFO is full. A receiver that is
 * disabled or in loop-back always has room, and loses the byte. */
bool pl011_rx_push(struct pl011 *uart, uint8_t byte);
bool pl011_rx_has_room(const struct pl011 *uart);

/* Can input be delivered: is the receiver enabled (UARTEN, RXE, no loop-back), or does the guest
 * poll one that is not? */
bool pl011_rx_listens(const struct pl011 *uart);

/* The guest is about to read DR, whatever it has read from FR: it polls. */
void pl011_rx_poll(struct pl011 *uart);

/* A byte waits on the line because the FIFO is full: its arrival raises again the interrupts of the
 * FIFO's state, if they were cleared (2.8.2, 2.8.4). */
void pl011_rx_wait(struct pl011 *uart);

/* A byte was lost on the line because the FIFO was full: an overrun. */
void pl011_rx_lose(struct pl011 *uart);

/* Transmit side: -1 if empty. */
int pl011_tx_pop(struct pl011 *uart);
static inline bool pl011_tx_waits(const struct pl011 *uart)
{
	return uart->tx_count != 0;
}

#endif
