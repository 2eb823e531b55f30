/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/hw/uart.h"
#include "hyp/base/bits.h"
#include "hyp/hw/io.h"

#define UART_DR	  0x00u
#define UART_FR	  0x18u
#define UART_LCRH 0x2cu
#define UART_CR	  0x30u
#define UART_IFLS 0x34u
#define UART_IMSC 0x38u
#define UART_ICR  0x44u

#define UART_FR_BUSY	   BIT32(3)
#define UART_FR_RXFE	   BIT32(4)
#define UART_FR_TXFF	   BIT32(5)
#define UART_INT_RX	   BIT32(4)
#define UART_INT_TX	   BIT32(5)
#define UART_INT_RT	   BIT32(6)
#define UART_LCRH_8N1_FIFO 0x70u
#define UART_CR_ON	   0x301u /* UARTEN, TXE, RXE */

static uintptr_t uart_base;

/* The line's speed stays as the boot loader set it. */
void uart_init(uintptr_t base)
{
	uart_base = base;
	io_write32(base + UART_IMSC, 0);
	io_write32(base + UART_ICR, 0x7ff);
	io_write32(base + UART_LCRH, UART_LCRH_8N1_FIFO);
	io_write32(base + UART_IFLS, 0);
	io_write32(base + UART_CR, UART_CR_ON);
}

bool uart_can_send(void)
{
	return !uart_base || !(io_read32(uart_base + UART_FR) & UART_FR_TXFF);
}

void uart_send(uint8_t byte)
{
	if (uart_base) {
		io_write32(uart_base + UART_DR, byte);
	}
}

int uart_receive(void)
{
	if (!uart_base || (io_read32(uart_base + UART_FR) & UART_FR_RXFE)) {
		return -1;
	}
	return (int)(io_read32(uart_base + UART_DR) & 0xffu);
}

void uart_enable_interrupts(bool transmit)
{
	if (uart_base) {
		io_write32(uart_base + UART_IMSC,
			   UART_INT_RX | UART_INT_RT | (transmit ? UART_INT_TX : 0));
	}
}

void uart_drain(void)
{
	while (uart_base && (io_read32(uart_base + UART_FR) & UART_FR_BUSY)) {
	}
}
