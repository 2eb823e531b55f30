/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An emulated PL011 (ARM DDI 0183): registers, 16-byte FIFOs, interrupts. Pure. Lock: the
 * console's.
 *
 * The line has no speed: a byte is sent when the console takes it (pl011_tx_pop), so the baud rate,
 * the frame format and break have no effect, and a receive timeout is over as soon as it begins.
 * Where real guests depend on more than the manual promises:
 * - Transmission asks neither UARTEN nor TXE, reception not UARTEN: early boot code prints, and
 *   polls, without having enabled anything, and QEMU's model lets it.
 * - Bytes written are never dropped by a later change of LCR_H or CR: they count as sent at once.
 * - In loop-back nothing reaches the console: Linux before 4.1 sends a byte there only to provoke
 *   an interrupt.
 * - The modem inputs CTS, DSR and DCD are asserted, so a guest that uses flow control can send.
 */
#ifndef HYP_PL011_H
#define HYP_PL011_H

#include "hyp/mmio.h"

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

/* Transmit side: -1 if empty. */
int pl011_tx_pop(struct pl011 *uart);

#endif
