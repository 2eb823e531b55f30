/* SPDX-License-Identifier: BSD-2-Clause */
/* 16550 (National Semiconductor's PC16550D data sheet, chapter 8), DesignWare APB UART (Synopsys's
 * databook), OMAP (TI's AM335x manual SPRUH73, 19.5). */
#include "hyp/base/bits.h"
#include "hyp/hw/io.h"
#include "hyp/hw/uart_driver.h"

#define UART_8250_DATA 0u
#define UART_8250_IER  1u
#define UART_8250_IIR  2u /* read */
#define UART_8250_FCR  2u /* written */
#define UART_8250_LCR  3u
#define UART_8250_MCR  4u
#define UART_8250_LSR  5u
#define UART_8250_SSR  17u /* OMAP */
#define UART_8250_USR  31u /* DesignWare */

#define UART_8250_IER_RX      BIT32(0)
#define UART_8250_IER_TX      BIT32(1)
#define UART_8250_IIR_ID      GENMASK32(3, 0)
#define UART_8250_IIR_FIFO    GENMASK32(7, 6)
#define UART_8250_FCR_FIFO    BIT32(0)
#define UART_8250_LCR_DLAB    BIT32(7)
#define UART_8250_MCR_OUT2    BIT32(3)
#define UART_8250_LSR_DR      BIT32(0)
#define UART_8250_LSR_THRE    BIT32(5)
#define UART_8250_LSR_TEMT    BIT32(6)
#define UART_8250_SSR_TX_FULL BIT32(0)
#define UART_8250_ID_BUSY     0x7u /* DesignWare: LCR was written during a transfer */
#define UART_8250_ID_TIMEOUT  0xcu
#define UART_8250_DEPTH \
	16u /* the smallest FIFO; of deeper ones (32, 64, 128) only this part is used */

static uint32_t uart_8250_read(const struct uart *uart, uint32_t number)
{
	uintptr_t address = uart->shape.base + (number << uart->shape.shift);

	return uart->shape.width == 4 ? io_read32(address) & 0xffu : io_read8(address);
}

static void uart_8250_write(const struct uart *uart, uint32_t number, uint32_t value)
{
	uintptr_t address = uart->shape.base + (number << uart->shape.shift);

	if (uart->shape.width == 4) {
		io_write32(address, value);
	} else {
		io_write8(address, (uint8_t)value);
	}
}

static bool uart_8250_is_idle(struct uart *uart)
{
	return (uart_8250_read(uart, UART_8250_LSR) & UART_8250_LSR_TEMT) != 0;
}

static bool uart_8250_has_fifo(const struct uart *uart)
{
	return (uart_8250_read(uart, UART_8250_IIR) & UART_8250_IIR_FIFO) == UART_8250_IIR_FIFO;
}

/* No FIFO is cleared, not even by enabling it: it may still hold the boot loader's last output, or
 * early input. Trigger levels 0: reception interrupts at the first byte (OMAP: at the eighth, or
 * after a timeout). OUT2 gates the interrupt on a PC's 16550. A DesignWare ignores writes to LCR
 * during a transfer. */
static void uart_8250_start(struct uart *uart)
{
	uint32_t line = uart_8250_read(uart, UART_8250_LCR);

	if (line & UART_8250_LCR_DLAB) {
		while (!uart_8250_is_idle(uart)) {
		}
		uart_8250_write(uart, UART_8250_LCR, line & ~UART_8250_LCR_DLAB);
	}
	uart_8250_write(uart, UART_8250_IER, 0);
	if (uart_8250_has_fifo(uart) ||
	    (uart_8250_is_idle(uart) &&
	     !(uart_8250_read(uart, UART_8250_LSR) & UART_8250_LSR_DR))) {
		uart_8250_write(uart, UART_8250_FCR, UART_8250_FCR_FIFO);
	}
	uart_8250_write(uart, UART_8250_MCR,
			uart_8250_read(uart, UART_8250_MCR) | UART_8250_MCR_OUT2);
	uart->depth = uart_8250_has_fifo(uart) ? UART_8250_DEPTH : 1;
}

/* THRE shows that the FIFO is empty, but no register shows its fill level: the driver counts from
 * the empty FIFO. */
static bool uart_8250_can_send(struct uart *uart)
{
	if (uart->room == 0 && (uart_8250_read(uart, UART_8250_LSR) & UART_8250_LSR_THRE)) {
		uart->room = uart->depth;
	}
	return uart->room > 0;
}

static void uart_8250_send(struct uart *uart, uint8_t byte)
{
	uart_8250_write(uart, UART_8250_DATA, byte);
	uart->room -= uart->room > 0 ? 1 : 0;
}

/* Reads a byte if there is one. Else a timeout interrupt may still be pending, if the last byte was
 * read when the timeout began (DesignWare, OMAP): only a read of the empty FIFO ends it. */
static int uart_8250_receive_or_settle(struct uart *uart, uint32_t *id)
{
	*id = 0;
	if (!(uart_8250_read(uart, UART_8250_LSR) & UART_8250_LSR_DR)) {
		*id = uart_8250_read(uart, UART_8250_IIR) & UART_8250_IIR_ID;
		if (*id != UART_8250_ID_TIMEOUT) {
			return -1;
		}
		if (!(uart_8250_read(uart, UART_8250_LSR) & UART_8250_LSR_DR)) {
			uart_8250_read(uart, UART_8250_DATA);
			return -1;
		}
	}
	return (int)uart_8250_read(uart, UART_8250_DATA);
}

static int uart_8250_receive(struct uart *uart)
{
	uint32_t id;

	return uart_8250_receive_or_settle(uart, &id);
}

static int uart_8250_dw_receive(struct uart *uart)
{
	uint32_t id;
	int byte = uart_8250_receive_or_settle(uart, &id);

	if (id == UART_8250_ID_BUSY) {
		uart_8250_read(uart, UART_8250_USR); /* ends the interrupt */
	}
	return byte;
}

static void uart_8250_enable_interrupts(struct uart *uart, bool receive, bool transmit)
{
	uart_8250_write(uart, UART_8250_IER,
			(receive ? UART_8250_IER_RX : 0) | (transmit ? UART_8250_IER_TX : 0));
}

/* Its transmit interrupt is a level, asserted at eight free places, long before THRE. With a count
 * from THRE, the interrupt would come again and again without room by that count. */
static bool uart_8250_omap_can_send(struct uart *uart)
{
	return !(uart_8250_read(uart, UART_8250_SSR) & UART_8250_SSR_TX_FULL);
}

const struct uart_driver uart_8250 = {
	.start = uart_8250_start,
	.can_send = uart_8250_can_send,
	.send = uart_8250_send,
	.receive = uart_8250_receive,
	.enable_interrupts = uart_8250_enable_interrupts,
	.is_idle = uart_8250_is_idle,
};

const struct uart_driver uart_8250_dw = {
	.start = uart_8250_start,
	.can_send = uart_8250_can_send,
	.send = uart_8250_send,
	.receive = uart_8250_dw_receive,
	.enable_interrupts = uart_8250_enable_interrupts,
	.is_idle = uart_8250_is_idle,
};

const struct uart_driver uart_8250_omap = {
	.start = uart_8250_start,
	.can_send = uart_8250_omap_can_send,
	.send = uart_8250_send,
	.receive = uart_8250_receive,
	.enable_interrupts = uart_8250_enable_interrupts,
	.is_idle = uart_8250_is_idle,
};
