/* SPDX-License-Identifier: BSD-2-Clause */
/* PL011 (ARM DDI 0183G, chapter 3). */
#include "hyp/base/bits.h"
#include "hyp/hw/io.h"
#include "hyp/hw/uart_driver.h"

#define PL011_DR   0x00u
#define PL011_FR   0x18u
#define PL011_LCRH 0x2cu
#define PL011_CR   0x30u
#define PL011_IFLS 0x34u
#define PL011_IMSC 0x38u
#define PL011_ICR  0x44u

#define PL011_FR_BUSY	BIT32(3)
#define PL011_FR_RXFE	BIT32(4)
#define PL011_FR_TXFF	BIT32(5)
#define PL011_LCRH_8N1	0x60u
#define PL011_LCRH_FEN	BIT32(4)
#define PL011_CR_UARTEN BIT32(0)
#define PL011_CR_ON	0x301u /* UARTEN, TXE, RXE */
#define PL011_INT_RX	BIT32(4)
#define PL011_INT_TX	BIT32(5)
#define PL011_INT_RT	BIT32(6)
#define PL011_INT_ALL	0x7ffu

/* A UART that is on keeps its format: DDI 0183 3.3.7 forbids a change, even of the FIFO's enable
 * bit, while it runs. One that is off (QEMU's, without firmware) has none yet, and gets 8n1. Its
 * FIFOs stay as they are: QEMU's receives input even so, and loses it when that bit changes, for
 * example the first byte of a pipe. */
static void uart_pl011_start(struct uart *uart)
{
	uintptr_t base = uart->shape.base;
	uint32_t control = io_read32(base + PL011_CR);

	io_write32(base + PL011_IMSC, 0);
	io_write32(base + PL011_ICR, PL011_INT_ALL);
	if (!(control & PL011_CR_UARTEN)) {
		io_write32(base + PL011_LCRH,
			   (io_read32(base + PL011_LCRH) & PL011_LCRH_FEN) | PL011_LCRH_8N1);
	}
	io_write32(base + PL011_IFLS, 0);
	io_write32(base + PL011_CR, control | PL011_CR_ON);
}

static bool uart_pl011_can_send(struct uart *uart)
{
	return !(io_read32(uart->shape.base + PL011_FR) & PL011_FR_TXFF);
}

static void uart_pl011_send(struct uart *uart, uint8_t byte)
{
	io_write32(uart->shape.base + PL011_DR, byte);
}

static int uart_pl011_receive(struct uart *uart)
{
	if (io_read32(uart->shape.base + PL011_FR) & PL011_FR_RXFE) {
		return -1;
	}
	return (int)(io_read32(uart->shape.base + PL011_DR) & 0xffu);
}

static void uart_pl011_enable_interrupts(struct uart *uart, bool receive, bool transmit)
{
	io_write32(uart->shape.base + PL011_IMSC,
		   (receive ? PL011_INT_RX | PL011_INT_RT : 0) | (transmit ? PL011_INT_TX : 0));
}

static bool uart_pl011_is_idle(struct uart *uart)
{
	return !(io_read32(uart->shape.base + PL011_FR) & PL011_FR_BUSY);
}

const struct uart_driver uart_pl011 = {
	.start = uart_pl011_start,
	.can_send = uart_pl011_can_send,
	.send = uart_pl011_send,
	.receive = uart_pl011_receive,
	.enable_interrupts = uart_pl011_enable_interrupts,
	.is_idle = uart_pl011_is_idle,
};
