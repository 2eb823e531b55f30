/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PL011 by a byte program: two queues beside it, and its registers by the manual (ARM DDI 0183,
 * 3.3). Every byte comes out once and in order; flags tell of the queues; UARTINTR is what RIS and
 * IMSC make of it, and each cause is there when its condition is.
 */
#include "hyp/dev/pl011.h"
#include "test/verify/fuzz/fuzz.h"

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

struct queue {
	uint8_t byte[16];
	uint32_t count;
};

static struct {
	struct queue rx, tx;
	uint32_t cr, lcr_h, ifls, imsc, dmacr, ilpr, ibrd, fbrd;
	bool overrun, lost; /* RSR.OE; DR.OE of the next read */
} model;

static struct pl011 uart;

static uint32_t access(uint32_t offset, bool write, uint32_t value, uint32_t size)
{
	struct mmio mmio = { offset, size, write, write ? value : 0 };

	CHECK_EQ(pl011_access(&uart, &mmio), MMIO_OK);
	return mmio.value;
}

static uint32_t see(uint32_t offset)
{
	return access(offset, false, 0, 4);
}

static void queue_put(struct queue *queue, uint8_t byte)
{
	queue->byte[queue->count++ % 16] = byte;
}

static uint8_t queue_take(struct queue *queue)
{
	uint8_t byte = queue->byte[0];

	memmove(queue->byte, queue->byte + 1, --queue->count);
	return byte;
}

/* 3.3.7: FEN; without it one byte is held. */
static uint32_t depth(void)
{
	return model.lcr_h & 0x10 ? 16 : 1;
}

/* 3.3.9: 1/8, 1/4, 1/2, 3/4, 7/8 of 16; above is reserved. */
static uint32_t level(uint32_t setting)
{
	return setting == 0 ? 2 : setting == 1 ? 4 : setting == 2 ? 8 : setting == 3 ? 12 : 14;
}

/* 3.3.8: RXE, and not LBE. */
static bool listens(void)
{
	return (model.cr & 0x280) == 0x200;
}

static bool model_receive(uint8_t byte)
{
	if (model.rx.count >= depth()) {
		model.overrun = model.lost = true;
		return false;
	}
	queue_put(&model.rx, byte);
	model.lost = false;
	return true;
}

/* 3.2.1 to 3.2.5: RX is raised by a byte that comes, and goes below the trigger; what is left times
 * out at once. */
static void check_received(bool came)
{
	uint32_t trigger = depth() == 1 ? 1 : level(model.ifls >> 3 & 7);

	CHECK(!came || (see(RIS) & 0x10) || model.rx.count < trigger);
	CHECK(came || !(see(RIS) & 0x10) || model.rx.count >= trigger);
	CHECK_EQ((see(RIS) & 0x40) != 0, model.rx.count > 0);
}

/* ---- what a guest does ---- */

static void do_read_data(uint32_t size)
{
	uint32_t want = model.lost ? 0x800 : 0;
	bool there = model.rx.count > 0;

	want |= model.rx.count ? queue_take(&model.rx) : 0;
	CHECK_EQ(access(DR, false, 0, size), size == 1 ? want & 0xff : want);
	if (there) {
		check_received(false);
	}
}

static void do_write_data(uint32_t value, uint32_t size)
{
	access(DR, true, value, size);
	if (model.cr & 0x80) { /* LBE */
		if (model.cr & 0x200) {
			(void)model_receive((uint8_t)value);
		}
	} else if (model.tx.count < depth()) {
		queue_put(&model.tx, (uint8_t)value);
	}
}

static void do_write(uint32_t offset, uint32_t value)
{
	access(offset, true, value, 4);
	switch (offset) {
	case RSR:
		model.overrun = false;
		break;
	case ILPR:
		model.ilpr = value & 0xff;
		break;
	case IBRD:
		model.ibrd = value & 0xffff;
		break;
	case FBRD:
		model.fbrd = value & 0x3f;
		break;
	case LCR_H:
		if ((model.lcr_h & 0x10) && !(value & 0x10)) {
			model.rx.count = 0;
		}
		model.lcr_h = value & 0xff;
		break;
	case CR:
		model.cr = value & 0xff87;
		break;
	case IFLS:
		model.ifls = value & 0x3f;
		break;
	case IMSC:
		model.imsc = value & 0x7ff;
		break;
	case DMACR:
		model.dmacr = value & 7;
		break;
	default:
		break;
	}
}

/* 3.3.13: what is cleared is gone, unless its cause is there anew (hyp/dev/pl011.c tells when). */
static void do_clear(uint32_t value)
{
	uint32_t was = see(RIS);

	access(ICR, true, value, 4);
	CHECK_EQ(see(RIS) & ~0x60u, was & ~(value & 0x7ff) & ~0x60u);
	CHECK_EQ(see(RIS) & ~was & ~0x60u, 0);
}

/* ---- what must hold ---- */

/* 3.3.3 */
static uint32_t want_flags(void)
{
	bool loop = model.cr & 0x80;
	uint32_t flags = 7; /* CTS, DSR, DCD */

	if (loop) {
		flags = (model.cr & 0x800 ? 1u : 0) | (model.cr & 0x400 ? 2u : 0) |
			(model.cr & 0x1000 ? 4u : 0) | (model.cr & 0x2000 ? 0x100u : 0);
	}
	flags |= model.tx.count ? 8 : 0x80;
	flags |= model.tx.count >= depth() ? 0x20 : 0;
	flags |= model.rx.count ? 0 : 0x10;
	flags |= model.rx.count >= depth() ? 0x40 : 0;
	return flags;
}

static void check_registers(void)
{
	CHECK_EQ(see(FR), want_flags());
	CHECK_EQ(see(RSR), model.overrun ? 8 : 0);
	CHECK_EQ(see(CR), model.cr);
	CHECK_EQ(see(LCR_H), model.lcr_h);
	CHECK_EQ(see(IFLS), model.ifls);
	CHECK_EQ(see(IMSC), model.imsc);
	CHECK_EQ(see(DMACR), model.dmacr);
	CHECK_EQ(see(ILPR) << 24 | see(FBRD) << 16 | see(IBRD),
		 model.ilpr << 24 | model.fbrd << 16 | model.ibrd);
	CHECK_EQ(see(MIS), see(RIS) & model.imsc);
	CHECK_EQ(pl011_irq(&uart), see(MIS) != 0);
	CHECK_EQ(pl011_rx_has_room(&uart), !listens() || model.rx.count < depth());
}

static void do_push(uint8_t byte)
{
	bool ears = listens();
	bool taken = pl011_rx_push(&uart, byte);

	CHECK_EQ(taken, !ears || model_receive(byte));
	if (ears && taken) {
		check_received(true);
	} else if (ears) {
		CHECK(see(RIS) & 0x400);
	}
}

/* 2.8: a byte that is held back, or lost, in front of what is there: as if it had just come. */
static void do_wait(bool lost)
{
	if (lost) {
		pl011_rx_lose(&uart);
		model.overrun = model.lost = true;
		CHECK(see(RIS) & 0x400);
	} else {
		pl011_rx_wait(&uart);
	}
	check_received(true);
}

/* Somebody listens: UARTEN, RXE and not LBE; or whoever polls, where RXE and LBE allow it. */
static void do_poll(bool poll)
{
	if (poll) {
		pl011_rx_poll(&uart);
		CHECK_EQ(pl011_rx_listens(&uart), listens());
	} else {
		CHECK(!pl011_rx_listens(&uart) || listens());
		CHECK(pl011_rx_listens(&uart) || !listens() || !(model.cr & 1));
	}
}

static void do_pop(void)
{
	int want = model.tx.count ? queue_take(&model.tx) : -1;

	CHECK_EQ(pl011_tx_pop(&uart), want);
	if (want >= 0 && model.tx.count <= (depth() == 1 ? 0 : level(model.ifls & 7))) {
		CHECK(see(RIS) & 0x20);
	}
}

/* Part 0x011, designer 0x41, revision 1: 3.3.16 to 3.3.23. Elsewhere, and what is only written. */
static void check_nothing(uint32_t offset)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
	uint32_t want = offset >= 0xfe0 && offset < 0x1000 && offset % 4 == 0
				? id[(offset - 0xfe0) / 4]
				: 0;

	if ((offset > 0x48 || offset == ICR || (offset > RSR && offset < FR))) {
		CHECK_EQ(see(offset), want);
		if (offset != ICR) {
			access(offset, true, 0xffffffff, 4);
		}
	}
}

static void do_step(struct fuzz_input *in)
{
	static const uint8_t writable[] = { RSR,  ILPR, IBRD,  FBRD,  LCR_H, CR,
					    IFLS, IMSC, DMACR, LCR_H, CR,    IMSC };
	uint32_t what = fuzz_byte(in) % 16u;
	uint32_t count = fuzz_byte(in) % 20u;
	uint32_t offset;

	for (uint32_t n = 0; n < count && what < 8; n++) {
		if (what < 3) {
			do_push(fuzz_byte(in));
		} else if (what < 5) {
			do_write_data(fuzz_word(in), 1u << count % 3);
		} else if (what < 7) {
			do_read_data(1u << count % 3);
		} else {
			do_pop();
		}
	}
	if (what == 8 || what == 9) {
		do_clear(fuzz_word(in));
	} else if (what == 10) {
		offset = fuzz_word(in) & 0x1fff;
		check_nothing(count < 10 ? 0xfe0 + offset % 0x20 : offset);
	} else if (what == 11 && count < 8) {
		do_wait(count & 1);
	} else if (what == 12 && count < 8) {
		do_poll(count & 1);
	} else if (what > 10) {
		offset = writable[fuzz_byte(in) % sizeof(writable)];
		do_write(offset, fuzz_byte(in) & 1 ? 0x301 | fuzz_word(in) : fuzz_word(in));
	}
}

unsigned fuzz_uart(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };

	memset(&model, 0, sizeof(model));
	model.cr = 0x300; /* 3.3.8: TXE, RXE */
	model.ifls = 0x12;
	pl011_reset(&uart);
	while (fuzz_more(&in) && !test_failures) {
		do_step(&in);
		check_registers();
	}
	return fuzz_failures();
}
