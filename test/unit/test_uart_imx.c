/* SPDX-License-Identifier: BSD-2-Clause */
/* The i.MX UART's driver on a model after the i.MX 7Dual reference manual's chapter: FIFOs of 32
 * bytes, interrupts that are levels with their enable bits spread over four registers. */
#include "test/unit/uart_model.h"

static struct {
	uint32_t ucr1, ucr2, ucr3, ucr4, ufcr;
	bool aging; /* USR1.AGTIM */
} reg;

static uint32_t loader_ucr1 = 0x336d, loader_ucr2 = 0x402f;
static uint32_t loader_ucr3 = 0x704, loader_ufcr = 0x0a81;

static void tick(void)
{
	if (model.quiet == 8 * MODEL_CHAR && model.rx.count > 0 &&
	    model.rx.count < (reg.ufcr & 0x3f)) {
		reg.aging = true;
	}
}

static uint32_t read(uint32_t offset, uint32_t width)
{
	(void)width;
	switch (offset) {
	case 0x00:
		if (!(reg.ucr2 & 2) || model.rx.count == 0) {
			model_wrong("a read of nothing is a bus error", offset);
		}
		return model_read_data() | 0x8000;
	case 0x80:
		return reg.ucr1;
	case 0x84:
		return reg.ucr2;
	case 0x88:
		return reg.ucr3;
	case 0x8c:
		return reg.ucr4;
	case 0x90:
		return reg.ufcr;
	case 0x98:
		return (model_is_idle() ? 8u : 0) | (model.tx.count ? 0 : 0x4000u) |
		       (model.rx.count ? 1u : 0);
	case 0xb4:
		return (model.tx.count == 0 ? 0x40u : 0) | (model.rx.count == 0 ? 0x20u : 0) |
		       (model.tx.count == 32 ? 0x10u : 0) | (model.rx.count == 32 ? 8u : 0);
	default:
		model_wrong("read", offset);
		return 0;
	}
}

static void write(uint32_t offset, uint32_t width, uint32_t value)
{
	(void)width;
	switch (offset) {
	case 0x40:
		if (!(reg.ucr1 & 1) || !(reg.ucr2 & 4)) {
			model_wrong("sending while it is off", offset);
		}
		model_write_data(value);
		break;
	case 0x80:
		reg.ucr1 = value;
		break;
	case 0x84:
		if (!(value & 1)) {
			model_wrong("a reset", offset);
		}
		reg.ucr2 = value;
		break;
	case 0x88:
		reg.ucr3 = value;
		break;
	case 0x8c:
		reg.ucr4 = value;
		break;
	case 0x90:
		reg.ufcr = value;
		break;
	default:
		model_wrong("write", offset);
	}
}

/* TRDY: fewer than TXTL to send. RRDY: RXTL or more received. */
static bool line(void)
{
	return ((reg.ucr1 & 0x2000) && model.tx.count < reg.ufcr >> 10) ||
	       ((reg.ucr1 & 0x0200) && model.rx.count >= (reg.ufcr & 0x3f)) ||
	       ((reg.ucr2 & 0x0008) && reg.aging) || ((reg.ucr1 & 0x0040) && model.tx.count == 0) ||
	       ((reg.ucr4 & 0x0008) && model_is_idle()) ||
	       ((reg.ucr4 & 0x0001) && model.rx.count > 0);
}

static const struct model_kind kind = { read, write, tick, line };

/* On, with all interrupts that there are left enabled. */
static void fresh(void)
{
	reg.ucr1 = loader_ucr1;
	reg.ucr2 = loader_ucr2;
	reg.ucr3 = loader_ucr3;
	reg.ucr4 = 0x804f;
	reg.ufcr = loader_ufcr;
	reg.aging = true;
	model.tx.depth = model.rx.depth = 32;
}

static void each(void (*run)(void))
{
	flow_begin(&kind, fresh, &uart_imx, 0, 4);
	CHECK(!line());
	run();
	CHECK_EQ(reg.ucr1 & ~0x2200u, 1);
	CHECK_EQ(reg.ucr2, 0x4027);
	CHECK_EQ(reg.ucr4, 0x8000);
	CHECK_EQ(reg.ufcr & 0x03c0, 0x0a81 & 0x03c0); /* the clock's divider, DCE */
}

UART_MODEL_CASES(each)

/* RI and DCD in UCR3 are pins' levels as DCE, interrupts as DTE. */
static void pins(void)
{
	loader_ucr3 = 0xff84 | 0x7a;
	flow_begin(&kind, fresh, &uart_imx, 0, 4);
	CHECK_EQ(reg.ucr3, 0xc786);
	loader_ufcr = 0x0ac1;
	flow_begin(&kind, fresh, &uart_imx, 0, 4);
	CHECK_EQ(reg.ucr3, 0xc486);
	CHECK_EQ(reg.ufcr & 0x03c0, 0x02c0);
	CHECK_EQ(model.wrong, 0);
}

/* Who only prints leaves the receiver off (as QEMU's stand-in for the boot ROM does, without SRST,
 * too): UCR2.RXEN, and UCR3.RXDMUXSEL, without which i.MX 6 and 7 hear nothing. One that is off
 * altogether has no format yet: WS, eight bits; IRTS, nobody's permission to send. */
static void receiver_off(void)
{
	loader_ucr1 = 0x0001;
	loader_ucr2 = 0x0004;
	loader_ucr3 = 0x0700;
	loader_ufcr = 0x0801;
	flow_begin(&kind, fresh, &uart_imx, 0, 4);
	CHECK_EQ(reg.ucr1, 1);
	CHECK_EQ(reg.ucr2, 0x0007);
	CHECK_EQ(reg.ucr3, 0x0704);
	flow_settle();
	loader_ucr1 = 0;
	loader_ucr2 = 0x0001;
	flow_begin(&kind, fresh, &uart_imx, 0, 4);
	CHECK_EQ(reg.ucr1, 1);
	CHECK_EQ(reg.ucr2, 0x4027);
	flow_settle();
	loader_ucr1 = 0x336d;
	loader_ucr2 = 0x402f;
	loader_ucr3 = 0x704;
	loader_ufcr = 0x0a81;
}

static void few_interrupts(void)
{
	flow_begin(&kind, fresh, &uart_imx, 0, 4);
	flow_few(28);
}

static const struct test_case cases[] = {
	{ "polled", polled },
	{ "input", input },
	{ "race", race },
	{ "hold", hold },
	{ "transmit", transmit },
	{ "both", both },
	{ "few_interrupts", few_interrupts },
	{ "receiver_off", receiver_off },
	{ "pins", pins },
};

TEST_MAIN("uart_imx", cases)
