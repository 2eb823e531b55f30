/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/pl011.h"
#include "hyp/base/bits.h"
#include "hyp/base/cold.h"
#include <string.h>

/* Offsets: DDI 0183 section 3.2. */
#define PL011_DR      0x000u
#define PL011_RSR     0x004u /* write: ECR */
#define PL011_ILPR    0x020u
#define PL011_IBRD    0x024u
#define PL011_FBRD    0x028u
#define PL011_LCR_H   0x02cu
#define PL011_CR      0x030u
#define PL011_IFLS    0x034u
#define PL011_IMSC    0x038u
#define PL011_RIS     0x03cu
#define PL011_MIS     0x040u
#define PL011_ICR     0x044u
#define PL011_DMACR   0x048u
#define PL011_ID      0xfe0u /* PeriphID0..3, PCellID0..3 */
#define PL011_ID_SIZE 0x020u

#define PL011_DR_DATA GENMASK32(7, 0)
#define PL011_DR_OE   BIT32(11)
#define PL011_RSR_OE  BIT32(3)

#define PL011_FR_CTS  BIT32(0)
#define PL011_FR_DSR  BIT32(1)
#define PL011_FR_DCD  BIT32(2)
#define PL011_FR_BUSY BIT32(3)
#define PL011_FR_RXFE BIT32(4)
#define PL011_FR_TXFF BIT32(5)
#define PL011_FR_RXFF BIT32(6)
#define PL011_FR_TXFE BIT32(7)
#define PL011_FR_RI   BIT32(8)

#define PL011_LCR_H_FEN BIT32(4)

#define PL011_CR_UARTEN	 BIT32(0)
#define PL011_CR_LBE	 BIT32(7)
#define PL011_CR_TXE	 BIT32(8)
#define PL011_CR_RXE	 BIT32(9)
#define PL011_CR_DTR	 BIT32(10)
#define PL011_CR_RTS	 BIT32(11)
#define PL011_CR_OUT1	 BIT32(12)
#define PL011_CR_OUT2	 BIT32(13)
#define PL011_CR_DEFINED (GENMASK32(15, 7) | GENMASK32(2, 0))

/* A guest that prints reads FR twice per byte (TXFF, then BUSY); one that reads it more often waits
 * for input. */
#define PL011_LOOKS 8u

#define PL011_IFLS_TX	 GENMASK32(2, 0)
#define PL011_IFLS_RX	 GENMASK32(5, 3)
#define PL011_IFLS_RESET 0x12u /* both half full */

/* IMSC, RIS, MIS, ICR */
#define PL011_INT_RI  BIT32(0)
#define PL011_INT_CTS BIT32(1)
#define PL011_INT_DCD BIT32(2)
#define PL011_INT_DSR BIT32(3)
#define PL011_INT_RX  BIT32(4)
#define PL011_INT_TX  BIT32(5)
#define PL011_INT_RT  BIT32(6)
#define PL011_INT_OE  BIT32(10)
#define PL011_INT_ALL GENMASK32(10, 0)

static uint32_t pl011_depth(const struct pl011 *uart)
{
	return (uart->lcr_h & PL011_LCR_H_FEN) != 0 ? PL011_FIFO : 1;
}

/* Bytes at which an IFLS setting triggers (DDI 0183 section 3.3.9); 5..7 are reserved. */
static uint32_t pl011_trigger(uint32_t setting)
{
	static const uint8_t bytes[] = { 2, 4, 8, 12, 14 };

	return bytes[bits_min(setting, ARRAY_SIZE(bytes) - 1)];
}

/* RX is raised at this many bytes, or more. */
static uint32_t pl011_rx_level(const struct pl011 *uart)
{
	return pl011_depth(uart) == 1 ? 1 : pl011_trigger(FIELD_GET(PL011_IFLS_RX, uart->ifls));
}

/* TX is raised at this many bytes, or less. */
static uint32_t pl011_tx_level(const struct pl011 *uart)
{
	return pl011_depth(uart) == 1 ? 0 : pl011_trigger(FIELD_GET(PL011_IFLS_TX, uart->ifls));
}

static void pl011_raise(struct pl011 *uart, uint32_t interrupts)
{
	uart->ris = (uint16_t)(uart->ris | interrupts);
}

static void pl011_clear(struct pl011 *uart, uint32_t interrupts)
{
	uart->ris = (uint16_t)(uart->ris & ~interrupts);
}

/* The modem inputs in FR; in loop-back they are the outputs (section 3.3.8, LBE). */
static uint32_t pl011_modem(const struct pl011 *uart)
{
	uint32_t modem = 0;

	if ((uart->cr & PL011_CR_LBE) == 0) {
		return PL011_FR_CTS | PL011_FR_DSR | PL011_FR_DCD;
	}
	modem |= (uart->cr & PL011_CR_RTS) != 0 ? PL011_FR_CTS : 0;
	modem |= (uart->cr & PL011_CR_DTR) != 0 ? PL011_FR_DSR : 0;
	modem |= (uart->cr & PL011_CR_OUT1) != 0 ? PL011_FR_DCD : 0;
	modem |= (uart->cr & PL011_CR_OUT2) != 0 ? PL011_FR_RI : 0;
	return modem;
}

static uint32_t pl011_flags(const struct pl011 *uart)
{
	uint32_t flags = pl011_modem(uart);

	flags |= uart->tx_count == 0 ? PL011_FR_TXFE : PL011_FR_BUSY;
	flags |= uart->tx_count >= pl011_depth(uart) ? PL011_FR_TXFF : 0;
	flags |= uart->rx_count == 0 ? PL011_FR_RXFE : 0;
	flags |= uart->rx_count >= pl011_depth(uart) ? PL011_FR_RXFF : 0;
	return flags;
}

/* Section 2.8: RX by the level, RT after 32 bit periods without a read, which pass at once here: it
 * means 'not empty' until it is cleared. */
COLD void pl011_rx_wait(struct pl011 *uart)
{
	if (uart->rx_count >= pl011_rx_level(uart)) {
		pl011_raise(uart, PL011_INT_RX);
	}
	if (uart->rx_count > 0) {
		pl011_raise(uart, PL011_INT_RT);
	}
}

void pl011_rx_lose(struct pl011 *uart)
{
	uart->rsr = PL011_RSR_OE;
	uart->overrun = true;
	pl011_raise(uart, PL011_INT_OE);
	pl011_rx_wait(uart);
}

/* A byte at the receiver. */
static COLD bool pl011_receive(struct pl011 *uart, uint8_t byte)
{
	if (uart->rx_count >= pl011_depth(uart)) {
		pl011_rx_lose(uart);
		return false;
	}
	uart->rx[(uart->rx_head + uart->rx_count) % PL011_FIFO] = byte;
	uart->rx_count++;
	uart->overrun = false;
	pl011_rx_wait(uart);
	return true;
}

static uint32_t pl011_read_data(struct pl011 *uart)
{
	uint32_t error = uart->overrun ? PL011_DR_OE : 0;
	uint32_t data;

	if (uart->rx_count == 0) {
		return error;
	}
	data = uart->rx[uart->rx_head];
	uart->rx_head = (uint8_t)((uart->rx_head + 1u) % PL011_FIFO);
	uart->rx_count--;
	if (uart->rx_count < pl011_rx_level(uart)) {
		pl011_clear(uart, PL011_INT_RX);
	}
	if (uart->rx_count == 0) {
		pl011_clear(uart, PL011_INT_RT);
	} else {
		pl011_raise(uart, PL011_INT_RT);
	}
	uart->rx_again = true;
	return data | error;
}

/* TX is raised by a byte that leaves, not by the level itself: setting the mask bit over an idle
 * FIFO raises nothing (section 2.8.2, UARTTXINTR). */
static void pl011_sent(struct pl011 *uart)
{
	if (uart->tx_count <= pl011_tx_level(uart)) {
		pl011_raise(uart, PL011_INT_TX);
	}
}

static void pl011_write_data(struct pl011 *uart, uint8_t byte)
{
	uart->tx_again = uart->tx_again || (uart->ris & uart->imsc & PL011_INT_TX) != 0;
	if ((uart->cr & PL011_CR_LBE) != 0) {
		if ((uart->cr & PL011_CR_RXE) != 0) {
			pl011_receive(uart, byte);
		}
		pl011_sent(uart);
		return;
	}
	if (uart->tx_count >= pl011_depth(uart)) {
		return; /* TXFF was set */
	}
	uart->tx[(uart->tx_head + uart->tx_count) % PL011_FIFO] = byte;
	uart->tx_count++;
	if (uart->tx_count > pl011_tx_level(uart)) {
		pl011_clear(uart, PL011_INT_TX);
	}
}

/*
 * On a real line bytes take time, so a handler that first writes or reads, and then clears the
 * interrupt, is interrupted again when its bytes have been sent, or the remaining ones time out.
 * Here that event happens before the handler clears the interrupt, so it is kept.
 */
static COLD void pl011_clear_interrupts(struct pl011 *uart, uint32_t interrupts)
{
	pl011_clear(uart, interrupts);
	if ((interrupts & PL011_INT_TX) != 0) {
		if (uart->tx_again) {
			pl011_sent(uart);
		}
		uart->tx_again = false;
	}
	if ((interrupts & PL011_INT_RT) != 0) {
		if (uart->rx_again && uart->rx_count > 0) {
			pl011_raise(uart, PL011_INT_RT);
		}
		uart->rx_again = false;
	}
}

static void pl011_write_mask(struct pl011 *uart, uint32_t mask)
{
	uart->imsc = (uint16_t)(mask & PL011_INT_ALL);
	if ((mask & PL011_INT_TX) == 0) {
		uart->tx_again = false;
	}
}

/* FEN = 0 empties the receive FIFO (section 3.3.7). Bytes to be sent count as sent already. */
static void pl011_write_line_control(struct pl011 *uart, uint32_t value)
{
	if ((uart->lcr_h & ~value & PL011_LCR_H_FEN) != 0) {
		uart->rx_count = 0;
		pl011_clear(uart, PL011_INT_RX | PL011_INT_RT);
	}
	uart->lcr_h = (uint16_t)(value & GENMASK32(7, 0));
}

/* A change of a modem input raises its interrupt; only loop-back can change one. */
static COLD void pl011_write_control(struct pl011 *uart, uint32_t value)
{
	uint32_t before = pl011_modem(uart);
	uint32_t changed;

	uart->cr = (uint16_t)(value & PL011_CR_DEFINED);
	changed = before ^ pl011_modem(uart);
	pl011_raise(uart, ((changed & PL011_FR_CTS) != 0 ? PL011_INT_CTS : 0) |
				  ((changed & PL011_FR_DSR) != 0 ? PL011_INT_DSR : 0) |
				  ((changed & PL011_FR_DCD) != 0 ? PL011_INT_DCD : 0) |
				  ((changed & PL011_FR_RI) != 0 ? PL011_INT_RI : 0));
}

/* Part 0x011, designer 0x41, revision 1 (16-byte FIFOs); the PrimeCell class. Elsewhere 0. */
static uint32_t pl011_id(uint32_t offset)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	if (offset < PL011_ID || offset >= PL011_ID + PL011_ID_SIZE || offset % 4 != 0) {
		return 0;
	}
	return id[(offset - PL011_ID) / 4];
}

static __attribute__((noinline)) void pl011_look(struct pl011 *uart)
{
	if (uart->tx_count == 0 && (uart->cr & PL011_CR_UARTEN) == 0) {
		uart->looks++;
	}
}

bool pl011_shows_flags(const struct pl011 *uart, uint32_t *flags)
{
	*flags = pl011_flags(uart);
	return uart->looks >= PL011_LOOKS || uart->tx_count != 0 ||
	       (uart->cr & PL011_CR_UARTEN) != 0;
}

static COLD uint32_t pl011_read(struct pl011 *uart, uint32_t offset)
{
	switch (offset) {
	case PL011_DR:
		return pl011_read_data(uart);
	case PL011_RSR:
		return uart->rsr;
	case PL011_FR:
		if (uart->looks < PL011_LOOKS) {
			pl011_look(uart);
		}
		return pl011_flags(uart);
	case PL011_ILPR:
		return uart->ilpr;
	case PL011_IBRD:
		return uart->ibrd;
	case PL011_FBRD:
		return uart->fbrd;
	case PL011_LCR_H:
		return uart->lcr_h;
	case PL011_CR:
		return uart->cr;
	case PL011_IFLS:
		return uart->ifls;
	case PL011_IMSC:
		return uart->imsc;
	case PL011_RIS:
		return uart->ris;
	case PL011_MIS:
		return uart->ris & (uint32_t)uart->imsc;
	case PL011_DMACR:
		return uart->dmacr;
	default:
		return pl011_id(offset);
	}
}

static void pl011_write(struct pl011 *uart, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case PL011_DR:
		pl011_write_data(uart, (uint8_t)(value & PL011_DR_DATA));
		break;
	case PL011_RSR:
		uart->rsr = 0; /* any value */
		break;
	case PL011_ILPR:
		uart->ilpr = (uint16_t)(value & GENMASK32(7, 0));
		break;
	case PL011_IBRD:
		uart->ibrd = (uint16_t)(value & GENMASK32(15, 0));
		break;
	case PL011_FBRD:
		uart->fbrd = (uint16_t)(value & GENMASK32(5, 0));
		break;
	case PL011_LCR_H:
		pl011_write_line_control(uart, value);
		break;
	case PL011_CR:
		pl011_write_control(uart, value);
		break;
	case PL011_IFLS:
		uart->ifls = (uint16_t)(value & (PL011_IFLS_TX | PL011_IFLS_RX));
		break;
	case PL011_IMSC:
		pl011_write_mask(uart, value);
		break;
	case PL011_ICR:
		pl011_clear_interrupts(uart, value & PL011_INT_ALL);
		break;
	case PL011_DMACR:
		uart->dmacr = (uint16_t)(value & GENMASK32(2, 0)); /* there is no DMA engine */
		break;
	default:
		break;
	}
}

void pl011_reset(struct pl011 *uart)
{
	memset(uart, 0, sizeof(*uart));
	uart->cr = PL011_CR_TXE | PL011_CR_RXE;
	uart->ifls = PL011_IFLS_RESET;
}

enum mmio_result pl011_access(struct pl011 *uart, struct mmio *mmio)
{
	if (mmio->is_write) {
		uart->looks = 0;
		pl011_write(uart, mmio->offset, mmio->value & mmio_mask(mmio->size));
		return MMIO_OK;
	}
	mmio->value = pl011_read(uart, mmio->offset);
	if (mmio->size == 1) { /* no register has more than 16 bits */
		mmio->value &= mmio_mask(1);
	}
	return MMIO_OK;
}

bool pl011_irq(const struct pl011 *uart)
{
	return (uart->ris & uart->imsc) != 0;
}

/* Does the receiver listen to the console? */
static bool pl011_listens(const struct pl011 *uart)
{
	return (uart->cr & (PL011_CR_RXE | PL011_CR_LBE)) == PL011_CR_RXE;
}

void pl011_rx_poll(struct pl011 *uart)
{
	uart->looks = PL011_LOOKS;
}

bool pl011_rx_listens(const struct pl011 *uart)
{
	return pl011_listens(uart) &&
	       ((uart->cr & PL011_CR_UARTEN) != 0 || uart->looks >= PL011_LOOKS);
}

bool pl011_rx_push(struct pl011 *uart, uint8_t byte)
{
	return !pl011_listens(uart) || pl011_receive(uart, byte);
}

bool pl011_rx_has_room(const struct pl011 *uart)
{
	return !pl011_listens(uart) || uart->rx_count < pl011_depth(uart);
}

int pl011_tx_pop(struct pl011 *uart)
{
	uint8_t byte;

	if (uart->tx_count == 0) {
		return -1;
	}
	byte = uart->tx[uart->tx_head];
	uart->tx_head = (uint8_t)((uart->tx_head + 1u) % PL011_FIFO);
	uart->tx_count--;
	pl011_sent(uart);
	return byte;
}
