/* SPDX-License-Identifier: BSD-2-Clause */
/* The STM32's driver on a model after RM0436's chapter on the USART: with FIFOs of 16 bytes, and
 * without; an overrun shares reception's interrupt. */
#include "test/unit/uart_model.h"

static struct {
	uint32_t cr1, cr3;
	bool overrun;
	uint32_t overruns;
} reg;

static uint32_t loader_cr1;

static void tick(void)
{
	if (model.overruns != reg.overruns) {
		reg.overrun = true;
		reg.overruns = model.overruns;
	}
}

static uint32_t status(void)
{
	return (reg.overrun ? 8u : 0) | (model.rx.count ? 0x20u : 0) |
	       (model_is_idle() ? 0x40u : 0) | (model.tx.count < model.tx.depth ? 0x80u : 0) |
	       (model.tx.count == 0 ? 0x800000u : 0) | 0x10 /* IDLE */;
}

static uint32_t read(uint32_t offset, uint32_t width)
{
	(void)width;
	switch (offset) {
	case 0x00:
		return reg.cr1;
	case 0x08:
		return reg.cr3;
	case 0x1c:
		return status();
	case 0x24:
		return model_read_data();
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
		if ((reg.cr1 & 1) && ((value ^ reg.cr1) & 0x33ff9e01)) {
			model_wrong("a change while it is on", offset);
		}
		reg.cr1 = value;
		break;
	case 0x08:
		reg.cr3 = value;
		break;
	case 0x20:
		reg.overrun = reg.overrun && !(value & 8);
		break;
	case 0x28:
		model_write_data(value);
		break;
	default:
		model_wrong("write", offset);
	}
}

static bool line(void)
{
	uint32_t flags = status();

	return ((reg.cr1 & 0x10) && (flags & 0x10)) || ((reg.cr1 & 0x20) && (flags & 0x28)) ||
	       ((reg.cr1 & 0x40) && (flags & 0x40)) || ((reg.cr1 & 0x80) && (flags & 0x80)) ||
	       ((reg.cr1 & 0x40000000) && (flags & 0x800000)) ||
	       ((reg.cr3 & 0x01) && (flags & 0x08));
}

static const struct model_kind kind = { read, write, tick, line };

static void fresh(void)
{
	memset(&reg, 0, sizeof(reg));
	reg.cr1 = loader_cr1 | 0x400000f0;
	reg.cr3 = 0x11c004d1;
	model.tx.depth = model.rx.depth = (loader_cr1 & 0x20000000) ? 16 : 1;
}

static void each(void (*run)(void))
{
	/* UE, RE, TE; even parity with nine bits; with FIFO and without */
	static const uint32_t loader[] = { 0x2000000d, 0x2000140d, 0x0000000d };

	for (uint32_t i = 0; i < 3; i++) {
		loader_cr1 = loader[i];
		flow_begin(&kind, fresh, &uart_stm32, 0, 4);
		CHECK(!line());
		run();
		CHECK_EQ(reg.cr1 & ~0x400000a0u, loader_cr1);
		CHECK_EQ(reg.cr3, 0x10);
	}
}

UART_MODEL_CASES(each)

static void overrun(void)
{
	loader_cr1 = 0x2000000d;
	flow_begin(&kind, fresh, &uart_stm32, 0, 4);
	flow_settle();
	for (uint32_t n = 1; n < 40; n++) {
		model_input(flow_byte(n));
		model_tick();
	}
	CHECK(line());
	flow_interrupt();
	CHECK_EQ(flow.received, 17);
	CHECK(flow_line_stays_low(10));
	model_input('x');
	CHECK(line());
	flow_interrupt();
	CHECK_EQ(flow.last, 'x');
	CHECK_EQ(flow.received, 18);
}

/* Who only prints leaves the receiver off. */
static void receiver_off(void)
{
	loader_cr1 = 0x20000009;
	flow_begin(&kind, fresh, &uart_stm32, 0, 4);
	CHECK_EQ(reg.cr1, 0x2000000d);
	loader_cr1 = 0;
	flow_begin(&kind, fresh, &uart_stm32, 0, 4);
	CHECK_EQ(reg.cr1, 0x0000000d);
	CHECK_EQ(model.wrong, 0);
}

static void few_interrupts(void)
{
	loader_cr1 = 0x2000000d;
	flow_begin(&kind, fresh, &uart_stm32, 0, 4);
	flow_few(16);
}

static const struct test_case cases[] = {
	{ "polled", polled },
	{ "input", input },
	{ "race", race },
	{ "hold", hold },
	{ "transmit", transmit },
	{ "both", both },
	{ "few_interrupts", few_interrupts },
	{ "overrun", overrun },
	{ "receiver_off", receiver_off },
};

TEST_MAIN("uart_stm32", cases)
