/* SPDX-License-Identifier: BSD-2-Clause */
/* The interface of uart.c to the driver of a kind of UART. Private to uart*.c. */
#ifndef HYP_HW_UART_DRIVER_H
#define HYP_HW_UART_DRIVER_H

#include "hyp/hw/uart.h"

struct uart {
	struct uart_shape shape;
	uint32_t depth; /* of the transmit FIFO; 8250 */
	uint32_t room;	/* bytes that certainly fit; 8250 */
};

struct uart_driver {
	void (*start)(struct uart *uart);
	bool (*can_send)(struct uart *uart);
	void (*send)(struct uart *uart, uint8_t byte);
	int (*receive)(struct uart *uart);
	void (*enable_interrupts)(struct uart *uart, bool receive, bool transmit);
	bool (*is_idle)(struct uart *uart); /* the last stop bit has left */
};

#endif
