/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/uart.h"
#include "guest/lib/cpu.h"
#include "guest/lib/exceptions.h"
#include "guest/lib/mmio.h"
#include "guest/lib/smp.h"

static struct spinlock uart_lock;
static volatile uint32_t uart_owner; /* CPU + 1 that holds the lock */
static bool uart_present;

/* A partition may have no console: then the first access aborts, and output is dropped. */
void uart_init(void)
{
	struct exception_access probe = { UART_BASE + UART_FR, 0 };

	uart_present = exception_try(exception_read32, &probe).kind == EXCEPTION_NONE;
	if (!uart_present) {
		return;
	}
	mmio_write32(UART_BASE + UART_IMSC, 0);
	mmio_write32(UART_BASE + UART_ICR, 0x7ff);
	mmio_write32(UART_BASE + UART_LCR_H, 0x70); /* 8 bits, FIFOs */
	mmio_write32(UART_BASE + UART_CR, 0x301);   /* UARTEN, TXE, RXE */
}

void uart_putc(uint8_t byte)
{
	if (!uart_present) {
		return;
	}
	while (mmio_read32(UART_BASE + UART_FR) & UART_FR_TXFF) {
		cpu_relax();
	}
	mmio_write32(UART_BASE + UART_DR, byte);
}

void uart_write(const char *text, size_t length)
{
	uint32_t masks = cpu_irq_save();
	uint32_t me = smp_cpu() + 1;
	/* A fault while printing prints too: its text goes in between, because the lock is held by
	 * this CPU. */
	bool nested = uart_owner == me;

	if (!nested) {
		spin_lock(&uart_lock);
		uart_owner = me;
	}
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\n') {
			uart_putc('\r');
		}
		uart_putc((uint8_t)text[i]);
	}
	if (!nested) {
		uart_owner = 0;
		spin_unlock(&uart_lock);
	}
	cpu_irq_restore(masks);
}

void uart_drain(void)
{
	while (uart_present && (mmio_read32(UART_BASE + UART_FR) & UART_FR_BUSY)) {
		cpu_relax();
	}
}

int uart_getc(void)
{
	if (!uart_present || (mmio_read32(UART_BASE + UART_FR) & UART_FR_RXFE)) {
		return -1;
	}
	return (int)(mmio_read32(UART_BASE + UART_DR) & 0xff);
}

void uart_set_interrupts(uint32_t mask)
{
	mmio_write32(UART_BASE + UART_IMSC, mask);
}

void uart_clear_interrupts(uint32_t mask)
{
	mmio_write32(UART_BASE + UART_ICR, mask);
}
