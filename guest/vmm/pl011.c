/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/pl011.h"
#include "guest/lib/uart.h"

#define PL011_ID     0xfe0u /* eight bytes, a word each */
#define PL011_ID_END 0x1000u

/* FR */
#define PL011_MODEM 0x007u /* CTS, DSR, DCD: a driver with flow control may send */
#define PL011_RXFF  0x040u
#define PL011_TXFE  0x080u

#define PL011_RX (UART_INT_RX | UART_INT_RT)

static uint32_t pl011_flags(const struct pl011 *uart)
{
	return PL011_MODEM | PL011_TXFE | (uart->count == 0 ? UART_FR_RXFE : 0) |
	       (uart->count == PL011_FIFO ? PL011_RXFF : 0);
}

static uint32_t pl011_pop(struct pl011 *uart)
{
	uint32_t byte;

	if (uart->count == 0) {
		return 0;
	}
	byte = uart->fifo[uart->head];
	uart->head = (uart->head + 1) % PL011_FIFO;
	uart->count--;
	if (uart->count == 0) {
		uart->raw &= ~PL011_RX;
	}
	return byte;
}

/* Peripheral and PrimeCell identification (3.3.14 to 3.3.21). */
static uint32_t pl011_id(uint32_t offset)
{
	static const uint8_t id[8] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	return id[(offset - PL011_ID) / 4];
}

uint32_t pl011_read(struct pl011 *uart, uint32_t offset)
{
	switch (offset) {
	case UART_DR:
		return pl011_pop(uart);
	case UART_FR:
		return pl011_flags(uart);
	case UART_IBRD:
		return uart->baud;
	case UART_FBRD:
		return uart->fraction;
	case UART_LCR_H:
		return uart->line_control;
	case UART_CR:
		return uart->control;
	case UART_IFLS:
		return uart->levels;
	case UART_IMSC:
		return uart->mask;
	case UART_RIS:
		return uart->raw;
	case UART_MIS:
		return uart->raw & uart->mask;
	default:
		return offset >= PL011_ID && offset < PL011_ID_END ? pl011_id(offset) : 0;
	}
}

void pl011_write(struct pl011 *uart, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case UART_DR:
		uart->out((uint8_t)value);
		uart->raw |= UART_INT_TX; /* it is sent: the FIFO is below its level again */
		break;
	case UART_IBRD:
		uart->baud = value & 0xffff;
		break;
	case UART_FBRD:
		uart->fraction = value & 0x3f;
		break;
	case UART_LCR_H:
		uart->line_control = value & 0xff;
		break;
	case UART_CR:
		uart->control = value & 0xffff;
		break;
	case UART_IFLS:
		uart->levels = value & 0x3f;
		break;
	case UART_IMSC:
		uart->mask = value & 0x7ff;
		break;
	case UART_ICR:
		uart->raw &= ~value;
		break;
	default:
		break;
	}
}

bool pl011_push(struct pl011 *uart, uint8_t byte)
{
	if (uart->count == PL011_FIFO) {
		return false;
	}
	uart->fifo[(uart->head + uart->count) % PL011_FIFO] = byte;
	uart->count++;
	uart->raw |= PL011_RX;
	return true;
}

bool pl011_level(const struct pl011 *uart)
{
	return (uart->raw & uart->mask) != 0;
}
