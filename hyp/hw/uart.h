/* SPDX-License-Identifier: BSD-2-Clause */
/* The board's UART. Bytes sent before uart_init are lost. */
#ifndef HYP_HW_UART_H
#define HYP_HW_UART_H

#include "hyp/base/uart_kinds.h"
#include <stdbool.h>
#include <stdint.h>

struct uart_driver;

/* Registers of an 8250 lie 1 << shift bytes apart and are accessed by `width` bytes, 1 or 4. The
 * drivers of other UARTs have fixed offsets. */
struct uart_shape {
	uintptr_t base;
	uint32_t shift, width;
};

#define UART_DECLARE(number, driver, ...) extern const struct uart_driver driver;
UART_KINDS(UART_DECLARE)

/* By the number of a kind, from 1; NULL: there is none of that number. */
const struct uart_driver *uart_driver_of(uint32_t kind);

/* Speed, parity and pins stay as the boot loader set them; FIFOs are turned on where a running UART
 * allows it, interrupts off. */
void uart_init(const struct uart_driver *driver, const struct uart_shape *shape);
/* True: the next uart_send loses no byte. */
bool uart_can_send(void);
void uart_send(uint8_t byte);
/* -1: nothing received, and the receive interrupt is no longer asserted. Bytes from before
 * uart_init may be present without an interrupt. */
int uart_receive(void);
/* Interrupts. Reception: while it is off, bytes stay in the FIFO, and flow control can stop the
 * sender; present bytes interrupt when it is on again. Transmission: an interrupt follows when
 * bytes were sent until uart_can_send returned false, and there is room again. */
void uart_enable_interrupts(bool receive, bool transmit);
/* A limit for loops that poll the UART. A read of it takes some 100 ns, so this is half a second or
 * more; a byte takes 1 ms at 9600 baud. */
enum { UART_POLLS = 0x400000 };
/* Waits until all bytes have left the UART, UART_POLLS at most. */
void uart_drain(void);

#endif
