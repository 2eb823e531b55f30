/* SPDX-License-Identifier: BSD-2-Clause */
/* The PL011's driver on a model after ARM DDI 0183G, chapters 2 and 3. */
#include "test/unit/uart_model.h"

static struct {
	uint32_t lcrh, cr, ifls, imsc, ris, ibrd;
} reg;

static void set_depth(void)
{
	model.tx.depth = model.rx.depth = (reg.lcrh & 0x10) ? 16 : 1;
}

/* IFLS values 0 to 4 as counts of the FIFO's 16 (3.3.9); without FIFO one byte. */
static uint32_t level(uint32_t field)
{
	static const uint32_t levels[] = { 2, 4, 8, 12, 14 };

	return model.tx.depth == 1 ? 1 : levels[field < 5 ? field : 4];
}

static uint32_t before;

/* TX is raised when the FIFO falls to its level (2.8.3), RX while it is filled to its own, RT after
 * 32 bits' time with something in it. */
static void tick(void)
{
	uint32_t low = model.tx.depth == 1 ? 0 : level(reg.ifls & 7);

	if (before > low && model.tx.count <= low) {
		reg.ris |= 0x20;
	} else if (model.tx.count > low) {
		reg.ris &= ~0x20u;
	}
	before = model.tx.count;
	if (model.rx.count >= level(reg.ifls >> 3 & 7)) {
		reg.ris |= 0x10;
	} else {
		reg.ris &= ~0x10u;
	}
	if (model.rx.count == 0) {
		reg.ris &= ~0x40u;
	} else if (model.quiet >= 3 * MODEL_CHAR) {
		reg.ris |= 0x40;
	}
}

static uint32_t read(uint32_t offset, uint32_t width)
{
	(void)width;
	switch (offset) {
	case 0x00:
		return model_read_data() | 0x100; /* a framing error, of no interest */
	case 0x18:
		return (model.tx.count >= model.tx.depth ? 0x20u : 0) |
		       (model.rx.count == 0 ? 0x10u : 0) | (model_is_idle() ? 0x80u : 0x08u);
	case 0x2c:
		return reg.lcrh;
	case 0x30:
		return reg.cr;
	default:
		model_wrong("read", offset);
		return 0;
	}
}

static void write(uint32_t offset, uint32_t width, uint32_t value)
{
	(void)width;
	switch (offset) {
	case 0x00:
		if ((reg.cr & 0x101) != 0x101) {
			model_wrong("sending while it is off", offset);
		}
		model_write_data(value);
		break;
	case 0x2c:
		if ((reg.cr & 1) && value != reg.lcrh) {
			model_wrong("a change while it is on", offset);
		}
		if ((value ^ reg.lcrh) & 0x10) {
			model.rx.count = 0; /* as QEMU does; 3.3.7 leaves it open */
		}
		reg.lcrh = value;
		set_depth();
		break;
	case 0x30:
		reg.cr = value;
		break;
	case 0x34:
		reg.ifls = value;
		break;
	case 0x38:
		reg.imsc = value;
		break;
	case 0x44:
		reg.ris &= ~value;
		break;
	default:
		model_wrong("write", offset);
	}
}

static bool line(void)
{
	return (reg.ris & reg.imsc) != 0;
}

static const struct model_kind kind = { read, write, tick, line };

static uint32_t loader_lcrh, loader_cr;

static void fresh(void)
{
	before = 0;
	reg.lcrh = loader_lcrh;
	reg.cr = loader_cr;
	reg.ifls = 0x12;
	reg.imsc = 0x7ff;
	reg.ris = 0x7ff;
	set_depth();
}

static void each(void (*run)(void))
{
	static const uint32_t loader[][2] = {
		{ 0x70, 0xb01 }, /* U-Boot: 8n1, FIFO, RTS */
		{ 0x7a, 0x301 }, /* 8 bits, odd parity, FIFO */
		{ 0x60, 0x301 }, /* no FIFO */
		{ 0x00, 0x300 }, /* reset */
	};

	for (uint32_t i = 0; i < 4; i++) {
		loader_lcrh = loader[i][0];
		loader_cr = loader[i][1];
		flow_begin(&kind, fresh, &uart_pl011, 2, 4);
		CHECK(!line());
		run();
		CHECK_EQ(reg.cr, loader_cr | 0x301);
		CHECK_EQ(reg.lcrh, (loader_cr & 1) ? loader_lcrh : 0x60);
	}
}

UART_MODEL_CASES(each)

static void few_interrupts(void)
{
	loader_lcrh = 0x70;
	loader_cr = 0x301;
	flow_begin(&kind, fresh, &uart_pl011, 2, 4);
	flow_few(12);
}

static const struct test_case cases[] = {
	{ "polled", polled },
	{ "input", input },
	{ "race", race },
	{ "hold", hold },
	{ "transmit", transmit },
	{ "both", both },
	{ "few_interrupts", few_interrupts },
};

TEST_MAIN("uart_pl011", cases)
