/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/pl011.h"
#include "test/unit/test.h"

/* Offsets and bits as DDI 0183 chapter 3 lists them. */
enum {
	DR = 0x00,
	RSR = 0x04,
	FR = 0x18,
	ILPR = 0x20,
	IBRD = 0x24,
	FBRD = 0x28,
	LCR_H = 0x2c,
	CR = 0x30,
	IFLS = 0x34,
	IMSC = 0x38,
	RIS = 0x3c,
	MIS = 0x40,
	ICR = 0x44,
	DMACR = 0x48
};
enum { FR_BUSY = 0x08, FR_RXFE = 0x10, FR_TXFF = 0x20, FR_RXFF = 0x40, FR_TXFE = 0x80 };
enum { INT_RX = 0x10, INT_TX = 0x20, INT_RT = 0x40, INT_OE = 0x400 };

static struct pl011 uart;
static uint32_t size = 4; /* of the accesses */

static uint32_t rd(uint32_t offset)
{
	struct mmio mmio = { .offset = offset, .size = size };

	CHECK_EQ(pl011_access(&uart, &mmio), MMIO_OK);
	return mmio.value;
}

static void wr(uint32_t offset, uint32_t value)
{
	struct mmio mmio = { .offset = offset, .size = size, .is_write = true, .value = value };

	CHECK_EQ(pl011_access(&uart, &mmio), MMIO_OK);
}

static void run_reset(void)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	memset(&uart, 0xff, sizeof(uart));
	pl011_reset(&uart);
	CHECK_EQ(rd(DR), 0);
	CHECK_EQ(rd(RSR), 0);
	CHECK_EQ(rd(FR), 0x97); /* empty, CTS, DSR, DCD */
	CHECK_EQ(rd(CR), 0x300);
	CHECK_EQ(rd(IFLS), 0x12);
	for (uint32_t offset = 0; offset < 0x1000; offset++) {
		uint32_t want = 0;

		if (offset >= 0xfe0 && offset % 4 == 0) {
			want = id[(offset - 0xfe0) / 4];
		} else if (offset == FR || offset == CR || offset == IFLS) {
			continue;
		}
		CHECK_EQ(rd(offset), want);
	}
	CHECK(!pl011_irq(&uart));
	CHECK_EQ(pl011_tx_pop(&uart), -1);
	CHECK(pl011_rx_has_room(&uart));
}

/* Which bits stay of a write of ones. */
static void run_registers(void)
{
	static const struct {
		uint32_t offset, kept;
	} regs[] = {
		{ ILPR, 0xff },	 { IBRD, 0xffff },  { FBRD, 0x3f },  { LCR_H, 0xff },
		{ IFLS, 0x3f },	 { IMSC, 0x7ff },   { DMACR, 0x07 }, { CR, 0xff87 },
		{ FR, 0x97 },	 { RIS, 0 },	    { MIS, 0 },	     { ICR, 0 },
		{ 0xfe0, 0x11 }, { 0x4c, 0 },	    { 0x80, 0 },     { 0xffc, 0xb1 },
		{ 0x1000, 0 },	 { 0xfffffffc, 0 }, { RSR, 0 },
	};

	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		pl011_reset(&uart);
		wr(regs[i].offset, 0xffffffff);
		CHECK_EQ(rd(regs[i].offset), regs[i].kept);
		wr(regs[i].offset, 0);
	}
	/* Not a register's own address: nothing is read, taken or changed. */
	pl011_reset(&uart);
	pl011_rx_push(&uart, 'x');
	size = 1;
	wr(CR + 1, 0);
	CHECK_EQ(rd(DR + 1), 0);
	wr(DR + 1, 'y');
	CHECK_EQ(rd(CR + 1), 0);
	size = 2;
	CHECK_EQ(rd(DR + 2), 0);
	size = 4;
	CHECK_EQ(rd(CR), 0x300);
	CHECK_EQ(rd(DR), 'x');
	CHECK_EQ(pl011_tx_pop(&uart), -1);
}

static void run_sizes(void)
{
	for (size = 1; size <= 4; size *= 2) {
		pl011_reset(&uart);
		wr(DR, 0xffffff41); /* upper bits are no data */
		CHECK_EQ(pl011_tx_pop(&uart), 'A');
		pl011_rx_push(&uart, 0xfe);
		CHECK_EQ(rd(DR), 0xfe);
		CHECK_EQ(rd(CR), size == 1 ? 0 : 0x300);
		wr(IMSC, 0xffff07ff);
		CHECK_EQ(rd(IMSC), size == 1 ? 0xff : 0x7ff);
	}
	size = 1;
	wr(IMSC, 0x7ff);
	size = 4;
	CHECK_EQ(rd(IMSC), 0xff); /* a byte carries no more */
}

static void run_fifos(void)
{
	for (unsigned fen = 0; fen < 2; fen++) {
		unsigned depth = fen ? 16 : 1;

		pl011_reset(&uart);
		wr(LCR_H, fen ? 0x70 : 0x60);
		for (unsigned round = 0; round < 5; round++) {
			for (unsigned i = 0; i < depth; i++) {
				CHECK_EQ(rd(FR) & FR_TXFF, 0);
				wr(DR, 0x30 + i);
				CHECK_EQ(rd(FR) & (FR_BUSY | FR_TXFE), FR_BUSY);
			}
			CHECK_EQ(rd(FR) & FR_TXFF, FR_TXFF);
			wr(DR, 'X'); /* lost */
			for (unsigned i = 0; i < depth; i++) {
				CHECK_EQ(pl011_tx_pop(&uart), 0x30 + i);
			}
			CHECK_EQ(pl011_tx_pop(&uart), -1);
			CHECK_EQ(rd(FR) & (FR_BUSY | FR_TXFE | FR_TXFF), FR_TXFE);
			for (unsigned i = 0; i < depth; i++) {
				CHECK(pl011_rx_has_room(&uart));
				CHECK(pl011_rx_push(&uart, (uint8_t)(0x80 + i)));
				CHECK_EQ(rd(FR) & FR_RXFE, 0);
			}
			CHECK_EQ(rd(FR) & FR_RXFF, FR_RXFF);
			CHECK(!pl011_rx_has_room(&uart));
			for (unsigned i = 0; i < depth; i++) {
				CHECK_EQ(rd(DR), 0x80 + i);
			}
			CHECK_EQ(rd(FR) & (FR_RXFE | FR_RXFF), FR_RXFE);
			CHECK_EQ(rd(DR), 0);
		}
		CHECK_EQ(rd(RIS) & INT_OE, 0);
	}
}

static void run_overrun(void)
{
	pl011_reset(&uart);
	wr(IMSC, INT_OE);
	CHECK(pl011_rx_push(&uart, 'a'));
	CHECK(!pl011_irq(&uart));
	CHECK(!pl011_rx_push(&uart, 'b'));
	CHECK(pl011_irq(&uart));
	CHECK_EQ(rd(RSR), 0x08);
	CHECK_EQ(rd(DR), 0x800 | 'a');
	CHECK(pl011_rx_push(&uart, 'c'));
	CHECK_EQ(rd(DR), 'c');
	CHECK_EQ(rd(RSR), 0x08); /* until it is cleared, by any value */
	wr(RSR, 0x55);
	CHECK_EQ(rd(RSR), 0);
	CHECK_EQ(rd(RIS), INT_OE);
	wr(ICR, INT_OE);
	CHECK_EQ(rd(RIS), 0);
	CHECK(!pl011_irq(&uart));
}

/* 2.8: what waits in front of a full FIFO, or is lost there, brings the interrupts back that were
 * cleared over it; else a guest that clears and then waits is deaf. */
static void run_full(void)
{
	pl011_reset(&uart);
	wr(LCR_H, 0x70);
	wr(CR, 0x301);
	for (unsigned i = 0; i < 16; i++) {
		CHECK(pl011_rx_push(&uart, (uint8_t)i));
	}
	wr(ICR, 0x7ff);
	CHECK_EQ(rd(RIS), 0);
	pl011_rx_wait(&uart);
	CHECK_EQ(rd(RIS), INT_RX | INT_RT);
	CHECK_EQ(rd(RSR), 0);
	wr(ICR, 0x7ff);
	CHECK(!pl011_rx_push(&uart, 'x'));
	CHECK_EQ(rd(RIS), INT_OE | INT_RX | INT_RT);
	CHECK_EQ(rd(RSR), 8);
	for (unsigned i = 0; i < 16; i++) {
		CHECK_EQ(rd(DR), 0x800 | i);
	}
	CHECK(pl011_rx_push(&uart, 'y'));
	CHECK_EQ(rd(DR), 'y');
	wr(ICR, 0x7ff);
	pl011_rx_wait(&uart); /* nothing is there */
	CHECK_EQ(rd(RIS), 0);
	/* Lost although there is room by now: it came before. */
	wr(RSR, 0);
	pl011_rx_push(&uart, 'z');
	pl011_rx_lose(&uart);
	CHECK_EQ(rd(RSR), 8);
	CHECK_EQ(rd(DR), 0x800 | 'z');
}

/* Who listens: a receiver that is enabled, or a guest that polls. Who prints is neither. */
static void run_listens(void)
{
	pl011_reset(&uart);
	CHECK(!pl011_rx_listens(&uart));
	for (unsigned i = 0; i < 100; i++) {
		rd(FR);
		wr(DR, 'x');
		pl011_tx_pop(&uart);
		rd(FR);
		CHECK(!pl011_rx_listens(&uart));
	}
	wr(DR, 'x');
	for (unsigned i = 0; i < 1000; i++) { /* for BUSY to fall */
		rd(FR);
	}
	CHECK(!pl011_rx_listens(&uart));
	pl011_tx_pop(&uart);
	for (unsigned i = 0; i < 100; i++) {
		rd(FR);
	}
	CHECK(pl011_rx_listens(&uart));
	wr(CR, 0x301);
	CHECK(pl011_rx_listens(&uart));
	wr(CR, 0x101); /* no RXE */
	CHECK(!pl011_rx_listens(&uart));
	wr(CR, 0x381); /* LBE */
	CHECK(!pl011_rx_listens(&uart));
	wr(CR, 0x300);
	CHECK(!pl011_rx_listens(&uart));
	pl011_rx_poll(&uart);
	rd(DR);
	CHECK(pl011_rx_listens(&uart));
	wr(CR, 0x100);
	pl011_rx_poll(&uart);
	CHECK(!pl011_rx_listens(&uart));
	pl011_reset(&uart);
	CHECK(!pl011_rx_listens(&uart));
}

/* FEN = 0 drops what was received, never what was written. */
static void run_flush(void)
{
	pl011_reset(&uart);
	wr(LCR_H, 0x70);
	for (unsigned i = 0; i < 10; i++) {
		pl011_rx_push(&uart, 'r');
		wr(DR, '0' + i);
	}
	CHECK_EQ(rd(RIS) & (INT_RX | INT_RT), INT_RX | INT_RT);
	wr(LCR_H, 0x10); /* FEN stays */
	CHECK_EQ(rd(FR) & FR_RXFE, 0);
	wr(LCR_H, 0x60);
	CHECK_EQ(rd(FR) & FR_RXFE, FR_RXFE);
	CHECK_EQ(rd(RIS) & (INT_RX | INT_RT), 0);
	CHECK_EQ(rd(FR) & (FR_TXFF | FR_BUSY), FR_TXFF | FR_BUSY);
	for (unsigned i = 0; i < 10; i++) {
		CHECK_EQ(pl011_tx_pop(&uart), '0' + i);
	}
	/* 0 -> 1 keeps the byte of the holding register. */
	pl011_rx_push(&uart, 'k');
	wr(LCR_H, 0x70);
	CHECK_EQ(rd(DR), 'k');
}

static void run_rx_levels(void)
{
	static const unsigned levels[8] = { 2, 4, 8, 12, 14, 14, 14, 14 };

	for (uint32_t ifls = 0; ifls < 8; ifls++) {
		pl011_reset(&uart);
		wr(LCR_H, 0x70);
		wr(IFLS, ifls << 3);
		for (unsigned n = 1; n <= 16; n++) {
			pl011_rx_push(&uart, 'r');
			CHECK_EQ(rd(RIS), INT_RT | (n >= levels[ifls] ? INT_RX : 0));
		}
		for (unsigned n = 15; n < 16; n--) {
			rd(DR);
			CHECK_EQ(rd(RIS), (n > 0 ? INT_RT : 0) | (n >= levels[ifls] ? INT_RX : 0));
		}
	}
	/* No FIFO: one byte is enough. */
	pl011_reset(&uart);
	wr(IMSC, INT_RX);
	pl011_rx_push(&uart, 'r');
	CHECK_EQ(rd(MIS), INT_RX);
	CHECK(pl011_irq(&uart));
	rd(DR);
	CHECK(!pl011_irq(&uart));
}

static void run_tx_levels(void)
{
	static const unsigned levels[8] = { 2, 4, 8, 12, 14, 14, 14, 14 };

	for (uint32_t ifls = 0; ifls < 8; ifls++) {
		pl011_reset(&uart);
		wr(LCR_H, 0x70);
		wr(IFLS, ifls);
		wr(IMSC, INT_TX);
		CHECK_EQ(rd(RIS), 0); /* empty from the start: no transition */
		for (unsigned n = 1; n <= 16; n++) {
			wr(DR, 't');
			CHECK_EQ(rd(RIS), 0);
		}
		for (unsigned n = 15; n < 16; n--) {
			pl011_tx_pop(&uart);
			CHECK_EQ(rd(MIS), n <= levels[ifls] ? INT_TX : 0);
		}
		/* Filled past the level: cleared. */
		for (unsigned n = 1; n <= 16; n++) {
			wr(DR, 't');
			CHECK_EQ(rd(MIS), n <= levels[ifls] ? INT_TX : 0);
		}
	}
	/* No FIFO: set when the byte leaves, cleared by the next one. */
	pl011_reset(&uart);
	wr(DR, 't');
	CHECK_EQ(rd(RIS), 0);
	pl011_tx_pop(&uart);
	CHECK_EQ(rd(RIS), INT_TX);
	CHECK(!pl011_irq(&uart)); /* masked */
	wr(DR, 't');
	CHECK_EQ(rd(RIS), 0);
	pl011_tx_pop(&uart);
	wr(ICR, INT_TX);
	CHECK_EQ(rd(RIS), 0);
}

/* ICR clears what it names and nothing else; the level itself raises nothing again. */
static void run_clear(void)
{
	pl011_reset(&uart);
	wr(LCR_H, 0x70);
	for (unsigned i = 0; i < 16; i++) {
		pl011_rx_push(&uart, 'r');
		wr(DR, 't');
	}
	for (unsigned i = 0; i < 16; i++) {
		pl011_tx_pop(&uart);
	}
	CHECK_EQ(rd(RIS), INT_RX | INT_RT | INT_TX);
	wr(ICR, INT_RX);
	CHECK_EQ(rd(RIS), INT_RT | INT_TX);
	wr(ICR, INT_RT);
	CHECK_EQ(rd(RIS), INT_TX);
	wr(ICR, 0xffff);
	CHECK_EQ(rd(RIS), 0);
	rd(DR); /* 15 are left, and time out again */
	CHECK_EQ(rd(RIS), INT_RT);
}

/* Handlers that clear after the data, where real time would bring the next event after that. */
static void run_clear_late(void)
{
	pl011_reset(&uart);
	wr(LCR_H, 0x70);
	wr(IMSC, INT_RT | INT_TX);
	for (unsigned i = 0; i < 3; i++) {
		pl011_rx_push(&uart, (uint8_t)('a' + i));
	}
	for (unsigned i = 0; i < 3; i++) {
		CHECK(pl011_irq(&uart));
		CHECK_EQ(rd(DR), 'a' + i);
		wr(ICR, INT_RT);
	}
	CHECK(!pl011_irq(&uart));
	/* A byte that comes between the last read and the clearing. */
	pl011_rx_push(&uart, 'd');
	rd(DR);
	pl011_rx_push(&uart, 'e');
	wr(ICR, INT_RT);
	CHECK(pl011_irq(&uart));
	rd(DR);
	wr(ICR, INT_RT);

	wr(DR, 't');
	pl011_tx_pop(&uart);
	for (unsigned i = 0; i < 5; i++) {
		CHECK(pl011_irq(&uart));
		wr(DR, 't');
		pl011_tx_pop(&uart);
		wr(ICR, INT_TX);
	}
	CHECK(pl011_irq(&uart));
	wr(ICR, INT_TX); /* nothing more to send */
	CHECK(!pl011_irq(&uart));
	/* A polling guest's clearing is final: nobody waited for that interrupt. */
	wr(IMSC, 0);
	wr(DR, 't');
	pl011_tx_pop(&uart);
	wr(DR, 't');
	pl011_tx_pop(&uart);
	wr(ICR, 0x7ff);
	CHECK_EQ(rd(RIS), 0);
}

static void run_loopback(void)
{
	pl011_reset(&uart);
	wr(LCR_H, 0x70);
	wr(CR, 0x381); /* UARTEN, LBE, TXE, RXE; RTS, DTR off */
	CHECK_EQ(rd(FR), 0x90);
	CHECK_EQ(rd(RIS), 0x0e); /* CTS, DCD, DSR fell */
	wr(ICR, 0x0f);
	wr(CR, 0x381 | 0x0800);
	CHECK_EQ(rd(FR) & 0x107, 0x01);
	CHECK_EQ(rd(RIS), 0x02);
	wr(CR, 0x381 | 0x0400);
	CHECK_EQ(rd(FR) & 0x107, 0x02);
	wr(CR, 0x381 | 0x1000);
	CHECK_EQ(rd(FR) & 0x107, 0x04);
	wr(CR, 0x381 | 0x2000);
	CHECK_EQ(rd(FR) & 0x107, 0x100);
	CHECK_EQ(rd(RIS), 0x0f);
	wr(ICR, 0x0f);
	wr(DR, 'q');
	CHECK_EQ(pl011_tx_pop(&uart), -1); /* not to the console */
	CHECK_EQ(rd(RIS), INT_TX | INT_RT);
	CHECK(pl011_rx_push(&uart, 'c')); /* the console is cut off */
	CHECK_EQ(rd(DR), 'q');
	CHECK_EQ(rd(FR) & FR_RXFE, FR_RXFE);
	for (unsigned i = 0; i < 17; i++) {
		wr(DR, i);
	}
	CHECK_EQ(rd(RSR), 0x08);
	CHECK(pl011_rx_has_room(&uart));
	/* How Linux before 4.1 provokes a TX interrupt: no receiver, no FIFO. */
	pl011_reset(&uart);
	wr(CR, 0x181);
	wr(FBRD, 0);
	wr(IBRD, 1);
	wr(LCR_H, 0);
	wr(DR, 0);
	CHECK_EQ(rd(FR) & FR_BUSY, 0);
	CHECK_EQ(rd(RIS) & (INT_TX | INT_RX | INT_RT), INT_TX);
}

static void run_disabled(void)
{
	pl011_reset(&uart);
	wr(CR, 0);
	wr(DR, 'p'); /* printed all the same */
	CHECK_EQ(pl011_tx_pop(&uart), 'p');
	CHECK(pl011_rx_has_room(&uart));
	CHECK(pl011_rx_push(&uart, 'r')); /* lost */
	CHECK_EQ(rd(FR) & FR_RXFE, FR_RXFE);
	pl011_reset(&uart); /* never enabled */
	CHECK(pl011_rx_push(&uart, 'r'));
	CHECK_EQ(rd(DR), 'r');
}

/*
 * The way Linux's amba-pl011 goes: 16-bit accesses; start-up; transmit until the FIFO is full, then
 * half a FIFO an interrupt, unchecked; the interrupt loop with its 256 passes. `drain` is what the
 * console takes after each access: 16 is a console with room, 0 one that is full for now.
 */
static char sent[2048];
static size_t sent_length;
static unsigned drain;
static const char *to_send;

static void console_takes(unsigned count)
{
	int byte;

	while (count-- > 0 && (byte = pl011_tx_pop(&uart)) >= 0) {
		sent[sent_length++] = (char)byte;
	}
}

static void lwr(uint32_t offset, uint32_t value)
{
	wr(offset, value);
	console_takes(drain);
}

static bool linux_tx_chars(bool from_irq)
{
	unsigned count = 8;

	while (*to_send != '\0') {
		if (from_irq && count-- == 0) {
			break;
		}
		if (!from_irq && (rd(FR) & FR_TXFF) != 0) {
			break;
		}
		/* From the interrupt it does not look: TX means room for half a FIFO. */
		CHECK_EQ(rd(FR) & FR_TXFF, 0);
		lwr(DR, (uint8_t)*to_send++);
	}
	if (*to_send == '\0') {
		lwr(IMSC, rd(IMSC) & ~(uint32_t)INT_TX);
		return false;
	}
	return true;
}

static char got[64];
static size_t got_length;

static void linux_interrupt(void)
{
	unsigned passes = 256;
	uint32_t status = rd(RIS) & rd(IMSC);

	while (status != 0 && passes-- > 0) {
		lwr(ICR, status & ~(uint32_t)(INT_TX | INT_RX | INT_RT));
		if ((status & (INT_RX | INT_RT)) != 0) {
			while ((rd(FR) & FR_RXFE) == 0) {
				got[got_length++ % sizeof(got)] = (char)rd(DR);
			}
		}
		if ((status & INT_TX) != 0) {
			linux_tx_chars(true);
		}
		status = rd(RIS) & rd(IMSC);
	}
}

static void linux_startup(void)
{
	pl011_reset(&uart);
	pl011_rx_push(&uart, 'g');
	wr(DR, '!'); /* earlycon */
	console_takes(16);
	wr(ICR, 0x7f0 & ~(uint32_t)INT_TX);
	wr(IFLS, 0x12);
	wr(CR, 0xb01);
	wr(ICR, INT_RX | INT_RT);
	for (unsigned i = 0; i < 32 && (rd(FR) & FR_RXFE) == 0; i++) {
		rd(DR);
	}
	wr(IMSC, INT_RX | INT_RT);
	CHECK(!pl011_irq(&uart));
	wr(CR, 0);
	wr(FBRD, 0);
	wr(IBRD, 13);
	wr(LCR_H, 0x70);
	wr(CR, 0xb01);
	CHECK_EQ(rd(LCR_H), 0x70);
}

static void run_linux(void)
{
	static char text[1024];

	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		text[i] = (char)('!' + i % 90);
	}
	size = 2;
	for (drain = 0; drain <= 16; drain++) {
		sent_length = 0;
		got_length = 0;
		linux_startup();
		sent_length = 0;
		to_send = text;
		if (linux_tx_chars(false)) {
			wr(IMSC, rd(IMSC) | INT_TX);
		}
		for (unsigned i = 0; i < 4000 && sent_length < sizeof(text) - 1; i++) {
			if (pl011_irq(&uart)) {
				linux_interrupt();
			}
			console_takes(drain == 0 ? 1 + i % 5 : drain);
			if (i % 100 == 50) {
				pl011_rx_push(&uart, 'k');
				CHECK(pl011_irq(&uart));
				linux_interrupt();
			}
		}
		console_takes(16);
		CHECK_EQ(sent_length, sizeof(text) - 1);
		CHECK(memcmp(sent, text, sizeof(text) - 1) == 0);
		CHECK(!pl011_irq(&uart));
		CHECK_EQ(rd(IMSC), INT_RX | INT_RT);
		for (size_t i = 0; i < got_length; i++) {
			CHECK_EQ(got[i], 'k');
		}
		for (unsigned i = 0; i < 16; i++) {
			pl011_rx_push(&uart, (uint8_t)('A' + i));
		}
		got_length = 0;
		linux_interrupt();
		CHECK_EQ(got_length, 16);
		CHECK(memcmp(got, "ABCDEFGHIJKLMNOP", 16) == 0);
		CHECK(!pl011_irq(&uart));
	}
	size = 4;
}

/* Whatever a guest does, the state stays in its bounds (and the sanitizers quiet). */
static void run_random(void)
{
	uint64_t seed = 1;

	pl011_reset(&uart);
	for (unsigned i = 0; i < 300000; i++) {
		uint32_t r;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		r = (uint32_t)(seed >> 32);
		size = 1u << (r >> 8) % 3;
		switch (r % 8) {
		case 0:
			pl011_rx_push(&uart, (uint8_t)r);
			break;
		case 1:
			pl011_tx_pop(&uart);
			break;
		case 2:
			rd((r >> 12) % 0x80);
			break;
		case 3:
			wr((r >> 12), r * 77);
			break;
		case 4:
			rd(DR);
			break;
		case 5:
			wr(DR, r >> 16);
			break;
		default:
			wr((r >> 12) % 0x13 * 4, (uint32_t)(seed >> 17));
			break;
		}
		CHECK(uart.rx_count <= 16 && uart.tx_count <= 16);
		CHECK(uart.rx_head < 16 && uart.tx_head < 16);
		CHECK((uart.ris & ~0x7ffu) == 0 && (uart.imsc & ~0x7ffu) == 0);
		CHECK((uart.ris & (INT_RX | INT_RT)) == 0 || uart.rx_count > 0);
		CHECK(pl011_irq(&uart) == ((uart.ris & uart.imsc) != 0));
	}
	size = 4;
}

static const struct test_case cases[] = {
	{ "reset", run_reset },		{ "registers", run_registers },
	{ "sizes", run_sizes },		{ "fifos", run_fifos },
	{ "full", run_full },		{ "listens", run_listens },
	{ "overrun", run_overrun },	{ "flush", run_flush },
	{ "rx_levels", run_rx_levels }, { "tx_levels", run_tx_levels },
	{ "clear", run_clear },		{ "clear_late", run_clear_late },
	{ "loopback", run_loopback },	{ "disabled", run_disabled },
	{ "linux", run_linux },		{ "random", run_random },
};

TEST_MAIN("pl011", cases)
