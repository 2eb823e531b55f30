/* SPDX-License-Identifier: BSD-2-Clause */
/* An emulated PL011 (ARM DDI 0183): registers, 16-byte FIFOs, interrupts. Pure. Lock: the
 * console's. */
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
};

void pl011_reset(struct pl011 *uart);

/* One guest access; 8-, 16- and 32-bit sizes. Unknown offsets are RAZ/WI. Always MMIO_OK. */
enum mmio_result pl011_access(struct pl011 *uart, struct mmio *mmio);

/* The interrupt output (UARTINTR): level. */
bool pl011_irq(const struct pl011 *uart);

/* Receive side: false (and the overrun recorded) if the FIFO is full. */
bool pl011_rx_push(struct pl011 *uart, uint8_t byte);
bool pl011_rx_has_room(const struct pl011 *uart);

/* Transmit side: -1 if empty. */
int pl011_tx_pop(struct pl011 *uart);

#endif
