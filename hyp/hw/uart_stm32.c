/* SPDX-License-Identifier: BSD-2-Clause */
/* USART of STM32H7 and STM32MP1 (ST's RM0436, chapter "USART"). */
#include "hyp/base/bits.h"
#include "hyp/hw/io.h"
#include "hyp/hw/uart_driver.h"

#define STM32_CR1 0x00u
#define STM32_CR3 0x08u
#define STM32_ISR 0x1cu
#define STM32_ICR 0x20u
#define STM32_RDR 0x24u
#define STM32_TDR 0x28u

#define STM32_CR1_ON	 (GENMASK32(3, 2) | BIT32(0)) /* TE, RE, UE */
#define STM32_CR1_RXNEIE BIT32(5)
#define STM32_CR1_TXEIE	 BIT32(7)
#define STM32_CR1_FIFOEN BIT32(29)
#define STM32_CR1_TXFEIE BIT32(30)
/* All interrupts: RXFF, TXFE, EOB, RTO, CM, PE, TXE, TC, RXNE, IDLE. */
#define STM32_CR1_OFF	 (GENMASK32(31, 30) | GENMASK32(27, 26) | BIT32(14) | GENMASK32(8, 4))
/* RXFT, TCBGT, TXFT, WUF, CTS, error; DMA both ways. */
#define STM32_CR3_OFF	 (BIT32(28) | GENMASK32(24, 22) | BIT32(10) | GENMASK32(7, 6) | BIT32(0))
#define STM32_ISR_ORE	 BIT32(3)
#define STM32_ISR_RXNE	 BIT32(5)
#define STM32_ISR_TC	 BIT32(6)
#define STM32_ISR_TXE	 BIT32(7) /* with FIFO: not full */

/* FIFOEN can only be changed while the UART is off; it stays, because both values work. A boot
 * loader that only prints may leave the receiver off. */
static void uart_stm32_start(struct uart *uart)
{
	uintptr_t base = uart->shape.base;

	io_write32(base + STM32_CR1, (io_read32(base + STM32_CR1) & ~STM32_CR1_OFF) | STM32_CR1_ON);
	io_write32(base + STM32_CR3, io_read32(base + STM32_CR3) & ~STM32_CR3_OFF);
}

static bool uart_stm32_can_send(struct uart *uart)
{
	return (io_read32(uart->shape.base + STM32_ISR) & STM32_ISR_TXE) != 0;
}

static void uart_stm32_send(struct uart *uart, uint8_t byte)
{
	io_write32(uart->shape.base + STM32_TDR, byte);
}

/* An overrun uses the enable bit of reception, and stays until it is cleared. */
static int uart_stm32_receive(struct uart *uart)
{
	uint32_t status = io_read32(uart->shape.base + STM32_ISR);

	if (status & STM32_ISR_RXNE) {
		return (int)(io_read32(uart->shape.base + STM32_RDR) & 0xffu);
	}
	if (status & STM32_ISR_ORE) {
		io_write32(uart->shape.base + STM32_ICR, STM32_ISR_ORE);
	}
	return -1;
}

/* With a FIFO, the interrupt comes when it is empty, not after every byte. */
static void uart_stm32_enable_interrupts(struct uart *uart, bool receive, bool transmit)
{
	uint32_t control = io_read32(uart->shape.base + STM32_CR1) & ~STM32_CR1_OFF;
	uint32_t room = (control & STM32_CR1_FIFOEN) ? STM32_CR1_TXFEIE : STM32_CR1_TXEIE;

	io_write32(uart->shape.base + STM32_CR1,
		   control | (receive ? STM32_CR1_RXNEIE : 0) | (transmit ? room : 0));
}

static bool uart_stm32_is_idle(struct uart *uart)
{
	return (io_read32(uart->shape.base + STM32_ISR) & STM32_ISR_TC) != 0;
}

const struct uart_driver uart_stm32 = {
	.start = uart_stm32_start,
	.can_send = uart_stm32_can_send,
	.send = uart_stm32_send,
	.receive = uart_stm32_receive,
	.enable_interrupts = uart_stm32_enable_interrupts,
	.is_idle = uart_stm32_is_idle,
};
