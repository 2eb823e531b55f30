/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/base/uart_kinds.h"
#include "hyp/base/bits.h"
#include "hyp/hw/uart.h"
#include <stddef.h>

#define UART_DRIVER(number, driver, ...) &(driver),

/* A row without a driver in any file is an error of the linker. */
static const struct uart_driver *const uart_drivers[] = { NULL, UART_KINDS(UART_DRIVER) };

const struct uart_driver *uart_driver_of(uint32_t kind)
{
	return kind < ARRAY_SIZE(uart_drivers) ? uart_drivers[kind] : NULL;
}
