/* SPDX-License-Identifier: BSD-2-Clause */
/* The Exynos UART's driver on a model after the Exynos 5250 user manual's chapter: FIFOs of 256, 64
 * and 16 bytes by channel, UINTP as a latch. */
#include "test/unit/uart_model.h"

static struct {
	uint32_t ulcon, ucon, ufcon, ubrdiv, uintp, uintsp, uintm;
	uint32_t before_tx, before_rx;
	bool timeout;
} reg;

static uint32_t depth;
static bool holds; /* UINTP keeps what it once showed, also when that is masked later */

/* UFCON's trigger fields: none to 7/8 of the FIFO to write, 1/8 to all of it to read. */
static bool tx_low(uint32_t count)
{
	return count <= depth / 8 * (reg.ufcon >> 8 & 7);
}

static bool rx_high(uint32_t count)
{
	return count >= depth / 8 * ((reg.ufcon >> 4 & 7) + 1);
}

static void latch(void)
{
	uint32_t shown = reg.uintsp & ~reg.uintm;

	reg.uintp = holds ? reg.uintp | shown : shown;
}

/* UCON[8], UCON[9]: level or pulse. UCON[7]: timeout after 8 (N + 1) frames, UCON[11]: with nothing
 * received, too. */
static void tick(void)
{
	bool tx = tx_low(model.tx.count), rx = rx_high(model.rx.count);
	uint32_t frames = 8 * ((reg.ucon >> 12) + 1);

	if (model.quiet == 0) {
		reg.timeout = false;
	} else if (model.quiet == frames * MODEL_CHAR && (reg.ucon & 0x80) &&
		   (model.rx.count > 0 || (reg.ucon & 0x800))) {
		reg.timeout = true;
		reg.uintsp |= 1;
	}
	if (tx && ((reg.ucon & 0x200) || !tx_low(reg.before_tx))) {
		reg.uintsp |= 4;
	}
	if ((rx || (reg.timeout && model.rx.count > 0)) &&
	    ((reg.ucon & 0x100) || !rx_high(reg.before_rx))) {
		reg.uintsp |= 1;
	}
	reg.before_tx = model.tx.count;
	reg.before_rx = model.rx.count;
	latch();
}

static uint32_t read(uint32_t offset, uint32_t width)
{
	(void)width;
	switch (offset) {
	case 0x00:
		return reg.ulcon;
	case 0x04:
		return reg.ucon;
	case 0x10:
		return (model.rx.count ? 1u : 0) | (model.tx.count ? 0 : 2u) |
		       (model_is_idle() ? 4u : 0);
	case 0x18:
		return (model.rx.count == 256 ? 0x100u : model.rx.count) |
		       (model.rx.count == depth ? 0x100u : 0) | (model.tx.count & 0xff) << 16 |
		       (model.tx.count == depth ? 0x1000000u : 0);
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
	case 0x04:
		reg.ucon = value;
		break;
	case 0x08:
		if (value & 6) {
			model.tx.count = model.rx.count = 0;
		}
		reg.ufcon = value;
		break;
	case 0x20:
		if ((reg.ucon & 0xc) != 4) {
			model_wrong("sending while it is off", offset);
		}
		model_write_data(value);
		break;
	case 0x30:
		reg.uintsp &= ~value;
		reg.uintp &= ~value;
		break;
	case 0x38:
		reg.uintm = value & 15;
		latch();
		break;
	default:
		model_wrong("write", offset);
	}
}

static bool line(void)
{
	return reg.uintp != 0;
}

static const struct model_kind kind = { read, write, tick, line };

/* As U-Boot leaves it: polled, nothing masked, everything pending. */
static void fresh(void)
{
	memset(&reg, 0, sizeof(reg));
	reg.ulcon = 3;
	reg.ucon = 0x245;
	reg.ufcon = 1;
	reg.ubrdiv = 52;
	reg.uintsp = reg.uintp = 15;
	model.tx.depth = model.rx.depth = depth;
}

static void each(void (*run)(void))
{
	static const uint32_t depths[] = { 256, 64, 16 };

	for (uint32_t i = 0; i < 6; i++) {
		depth = depths[i / 2];
		holds = i % 2 != 0;
		flow_begin(&kind, fresh, &uart_exynos, 0, 4);
		CHECK(!line());
		run();
		CHECK_EQ(reg.ulcon, 3);
		CHECK_EQ(reg.ubrdiv, 52);
		CHECK_EQ(reg.ufcon & 1, 1);
		CHECK_EQ(reg.ucon & 0xc70, 0); /* no DMA, no error interrupt, loopback, break */
	}
}

UART_MODEL_CASES(each)

/* UCON's other fields, the timeout's length and the clock's choice, are the boot loader's. */
static void keeps(void)
{
	depth = 64;
	holds = false;
	flow_begin(&kind, fresh, &uart_exynos, 0, 4);
	CHECK_EQ(reg.ucon, 0x385);
	io_write32(MODEL_BASE + 4, 0xfffff000);
	uart_init(&uart_exynos, &(struct uart_shape) { MODEL_BASE, 0, 4 });
	CHECK_EQ(reg.ucon, 0xfffff385);
	CHECK_EQ(model.wrong, 0);
}

static void few_interrupts(void)
{
	depth = 16;
	flow_begin(&kind, fresh, &uart_exynos, 0, 4);
	flow_few(14);
}

static const struct test_case cases[] = {
	{ "polled", polled },
	{ "input", input },
	{ "race", race },
	{ "hold", hold },
	{ "transmit", transmit },
	{ "both", both },
	{ "few_interrupts", few_interrupts },
	{ "keeps", keeps },
};

TEST_MAIN("uart_exynos", cases)
