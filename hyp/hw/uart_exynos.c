/* SPDX-License-Identifier: BSD-2-Clause */
/* UART of Exynos 4210 and later (Samsung's Exynos 5250 user manual, chapter "UART"). */
#include "hyp/base/bits.h"
#include "hyp/hw/io.h"
#include "hyp/hw/uart_driver.h"

#define EXYNOS_UCON    0x04u
#define EXYNOS_UFCON   0x08u
#define EXYNOS_UTRSTAT 0x10u
#define EXYNOS_UFSTAT  0x18u
#define EXYNOS_UTXH    0x20u
#define EXYNOS_URXH    0x24u
#define EXYNOS_UINTP   0x30u
#define EXYNOS_UINTM   0x38u

/* Mode fields 1: interrupt or polling. Both interrupts are levels; input below the trigger level
 * interrupts after a timeout, but not with an empty FIFO (bit 11). No error interrupt, no DMA (bit
 * 10), no loopback, no break. */
#define EXYNOS_UCON_MASK   GENMASK32(11, 0)
#define EXYNOS_UCON_ON	   0x385u
#define EXYNOS_UFCON_FIFO  BIT32(0) /* triggers 0: the lowest for input, empty for output */
#define EXYNOS_UTRSTAT_TE  BIT32(2)
#define EXYNOS_UFSTAT_RX   GENMASK32(8, 0) /* a count, and full, when the count is 0 again */
#define EXYNOS_UFSTAT_FULL BIT32(24)
#define EXYNOS_INT_RX	   BIT32(0)
#define EXYNOS_INT_ERROR   BIT32(1)
#define EXYNOS_INT_TX	   BIT32(2)
#define EXYNOS_INT_ALL	   GENMASK32(3, 0)

static void uart_exynos_start(struct uart *uart)
{
	uintptr_t base = uart->shape.base;
	uint32_t control = io_read32(base + EXYNOS_UCON);

	io_write32(base + EXYNOS_UINTM, EXYNOS_INT_ALL);
	io_write32(base + EXYNOS_UFCON, EXYNOS_UFCON_FIFO);
	io_write32(base + EXYNOS_UCON, (control & ~EXYNOS_UCON_MASK) | EXYNOS_UCON_ON);
	io_write32(base + EXYNOS_UINTP, EXYNOS_INT_ALL);
}

static bool uart_exynos_can_send(struct uart *uart)
{
	return !(io_read32(uart->shape.base + EXYNOS_UFSTAT) & EXYNOS_UFSTAT_FULL);
}

static void uart_exynos_send(struct uart *uart, uint8_t byte)
{
	io_write32(uart->shape.base + EXYNOS_UTXH, byte);
}

/* UINTP holds an interrupt until it is cleared, even if its cause has ended. A byte that arrives
 * just before that is not lost: the level, or the timeout, makes it pending again. */
static int uart_exynos_receive(struct uart *uart)
{
	if (!(io_read32(uart->shape.base + EXYNOS_UFSTAT) & EXYNOS_UFSTAT_RX)) {
		io_write32(uart->shape.base + EXYNOS_UINTP, EXYNOS_INT_RX | EXYNOS_INT_ERROR);
		return -1;
	}
	return (int)(io_read32(uart->shape.base + EXYNOS_URXH) & 0xffu);
}

/* A pending transmit interrupt is out of date, and so is a masked receive interrupt: both are
 * cleared while masked. A FIFO that has room, or bytes, then makes its interrupt pending again,
 * because both are levels. */
static void uart_exynos_enable_interrupts(struct uart *uart, bool receive, bool transmit)
{
	uint32_t mask = receive ? EXYNOS_INT_ALL & ~EXYNOS_INT_RX : EXYNOS_INT_ALL;

	io_write32(uart->shape.base + EXYNOS_UINTM, mask);
	io_write32(uart->shape.base + EXYNOS_UINTP, EXYNOS_INT_TX | (receive ? 0 : EXYNOS_INT_RX));
	if (transmit) {
		io_write32(uart->shape.base + EXYNOS_UINTM, mask & ~EXYNOS_INT_TX);
	}
}

static bool uart_exynos_is_idle(struct uart *uart)
{
	return (io_read32(uart->shape.base + EXYNOS_UTRSTAT) & EXYNOS_UTRSTAT_TE) != 0;
}

const struct uart_driver uart_exynos = {
	.start = uart_exynos_start,
	.can_send = uart_exynos_can_send,
	.send = uart_exynos_send,
	.receive = uart_exynos_receive,
	.enable_interrupts = uart_exynos_enable_interrupts,
	.is_idle = uart_exynos_is_idle,
};
