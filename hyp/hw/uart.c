/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/hw/uart_driver.h"
#include <stddef.h>

static const struct uart_driver *uart_driver; /* NULL: there is none */
static struct uart uart;

void uart_init(const struct uart_driver *driver, const struct uart_shape *shape)
{
	uart = (struct uart) { .shape = *shape };
	uart_driver = driver;
	driver->start(&uart);
}

bool uart_can_send(void)
{
	return !uart_driver || uart_driver->can_send(&uart);
}

void uart_send(uint8_t byte)
{
	if (uart_driver) {
		uart_driver->send(&uart, byte);
	}
}

int uart_receive(void)
{
	return uart_driver ? uart_driver->receive(&uart) : -1;
}

void uart_enable_interrupts(bool receive, bool transmit)
{
	if (uart_driver) {
		uart_driver->enable_interrupts(&uart, receive, transmit);
	}
}

void uart_drain(void)
{
	for (uint32_t n = 0; n < UART_POLLS && uart_driver && !uart_driver->is_idle(&uart); n++) {
	}
}
