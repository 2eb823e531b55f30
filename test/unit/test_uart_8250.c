/* SPDX-License-Identifier: BSD-2-Clause */
/* The 8250s' drivers on models after the PC16550D's data sheet (8.4 to 8.6), the DesignWare UART's
 * databook (IIR, USR) and TI's SPRUH73, 19.3.6 (interrupts), 19.5 (SSR). */
#include "test/unit/uart_model.h"

enum variant { PC16550, PC16450, DW, OMAP };

static struct {
	uint32_t ier, fcr, lcr, mcr;
	bool thre;    /* the transmit interrupt is pending */
	bool timeout; /* so is the receive FIFO's */
	bool busy;    /* DesignWare: LCR was written while a byte moved */
	bool was_full;
} reg;

static struct {
	enum variant variant;
	uint32_t shift, width;
	uint32_t lcr;  /* as the boot loader left it */
	bool fifo_off; /* this, too */
} now;

static uint32_t rx_level(void)
{
	static const uint32_t levels[] = { 1, 4, 8, 14 }, omap[] = { 8, 16, 56, 60 };

	if (!(reg.fcr & 1)) {
		return 1;
	}
	return (now.variant == OMAP ? omap : levels)[reg.fcr >> 6];
}

static void tick(void)
{
	if (model.tx.count > 0) {
		reg.was_full = true;
		reg.thre = false;
	} else if (reg.was_full) {
		reg.was_full = false;
		reg.thre = true;
	}
	if (now.variant == OMAP) {
		reg.thre = model.tx.depth - model.tx.count >= 8;
	}
	if (model.quiet == 4 * MODEL_CHAR && model.rx.count > 0) {
		reg.timeout = true;
	}
}

/* Highest first. Modem and line status are not modelled: their enable bits raise the line here. */
static uint32_t id(void)
{
	if (reg.ier & 0xc) {
		return 6;
	}
	if ((reg.ier & 1) && model.rx.count >= rx_level()) {
		return 4;
	}
	if ((reg.ier & 1) && reg.timeout) {
		return 0xc;
	}
	if ((reg.ier & 2) && reg.thre) {
		return 2;
	}
	return reg.busy ? 7 : 1;
}

static uint32_t read_status(void)
{
	return (model.rx.count ? 1u : 0) | (model.tx.count ? 0 : 0x20u) |
	       (model_is_idle() ? 0x40u : 0);
}

static uint32_t read_iir(void)
{
	uint32_t value = id();

	if (value == 2 && now.variant != OMAP) {
		reg.thre = false;
	}
	return value | (reg.fcr & 1 ? 0xc0u : 0);
}

static uint32_t read_rbr(void)
{
	reg.timeout = false;
	return model.rx.count ? model_read_data() : 0;
}

static uint32_t read(uint32_t offset, uint32_t width)
{
	if (width != now.width || offset % (1u << now.shift) != 0) {
		model_wrong("width or place", offset);
	}
	switch (offset >> now.shift) {
	case 0:
		if (reg.lcr & 0x80) {
			model_wrong("the divisor, not data", offset);
		}
		return read_rbr();
	case 2:
		return read_iir();
	case 3:
		return reg.lcr;
	case 4:
		return reg.mcr;
	case 5:
		return read_status();
	case 17:
		if (now.variant == OMAP) {
			return model.tx.count == model.tx.depth ? 1 : 0;
		}
		break;
	case 31:
		if (now.variant == DW) {
			reg.busy = false;
			return model_is_idle() ? 0 : 1;
		}
		break;
	default:
		break;
	}
	model_wrong("read", offset);
	return 0;
}

static void write_ier(uint32_t value)
{
	if (!(reg.ier & 2) && (value & 2) && model.tx.count == 0) {
		reg.thre = true;
	}
	reg.ier = value & 15;
}

static void write(uint32_t offset, uint32_t width, uint32_t value)
{
	if (width != now.width || offset % (1u << now.shift) != 0) {
		model_wrong("width or place", offset);
	}
	if (offset >> now.shift < 2 && (reg.lcr & 0x80)) {
		model_wrong("the divisor, not data", offset);
	}
	switch (offset >> now.shift) {
	case 0:
		reg.thre = false;
		model_write_data(value);
		break;
	case 1:
		write_ier(value);
		break;
	case 2:
		if ((value & 6) || (now.variant != PC16450 && ((value ^ reg.fcr) & 1))) {
			model.tx.count = model.rx.count = 0; /* 8.6.2 */
		}
		reg.fcr = now.variant == PC16450 ? 0 : value;
		break;
	case 3:
		if (now.variant == DW && !model_is_idle()) {
			reg.busy = true;
		} else {
			reg.lcr = value;
		}
		break;
	case 4:
		reg.mcr = value;
		break;
	default:
		model_wrong("write", offset);
	}
}

/* OUT2 gates it, as on a PC. */
static bool line(void)
{
	return (reg.mcr & 8) && id() != 1;
}

static const struct model_kind kind = { read, write, tick, line };

static void fresh(void)
{
	static const uint32_t depths[] = { [PC16550] = 16, [PC16450] = 1, [DW] = 64, [OMAP] = 64 };

	memset(&reg, 0, sizeof(reg));
	reg.ier = 15;
	reg.fcr = now.variant == PC16450 || now.fifo_off ? 0 : 0x81;
	reg.lcr = now.lcr;
	reg.mcr = 3;
	model.tx.depth = model.rx.depth = depths[now.variant];
}

static void begin(enum variant variant, uint32_t shift, uint32_t width, uint32_t lcr)
{
	static const struct uart_driver *const driver[] = { [PC16550] = &uart_8250,
							    [PC16450] = &uart_8250,
							    [DW] = &uart_8250_dw,
							    [OMAP] = &uart_8250_omap };

	now.variant = variant;
	now.shift = shift;
	now.width = width;
	now.lcr = lcr;
	flow_begin(&kind, fresh, driver[variant], shift, width);
}

static void each(void (*run)(void))
{
	static const struct {
		enum variant variant;
		uint32_t shift, width, lcr;
	} rows[] = {
		{ PC16550, 0, 1, 0x03 }, { PC16550, 2, 1, 0x1b }, { PC16550, 2, 4, 0x83 },
		{ PC16450, 0, 1, 0x03 }, { DW, 2, 4, 0x03 },	  { DW, 2, 1, 0x83 },
		{ OMAP, 2, 1, 0x03 },
	};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		begin(rows[i].variant, rows[i].shift, rows[i].width, rows[i].lcr);
		CHECK(!line());
		run();
		CHECK_EQ(reg.lcr, rows[i].lcr & 0x7f);
		CHECK_EQ(reg.mcr, 11);
	}
}

UART_MODEL_CASES(each)

/* A timeout without a byte, on a DesignWare's or OMAP's: a read of the data register ends it. */
static void ghost(void)
{
	for (enum variant variant = DW; variant <= OMAP; variant++) {
		begin(variant, 2, 1, 3);
		flow_settle();
		reg.timeout = true;
		CHECK(line());
		flow_interrupt();
		CHECK(flow_line_stays_low(1000));
		CHECK_EQ(flow.received, 1);
		/* A byte that comes while the driver looks is no ghost. (One that comes with the
		 * fourth access, the read of the empty FIFO itself, cannot be told from it.) */
		for (uint32_t moment = 1; moment < 6; moment++) {
			if (moment == 4) {
				continue;
			}
			reg.timeout = true;
			model.arriving = (uint8_t)moment;
			model.arrive_at = model.accesses + moment;
			for (uint32_t calls = 0; calls < 4 && flow_line_rises(5 * MODEL_CHAR);
			     calls++) {
				flow_interrupt();
			}
			CHECK_EQ(flow.last, moment);
		}
		CHECK_EQ(flow.received, 5);
	}
}

/* The busy interrupt has no enable bit; only a read of USR ends it. */
static void busy(void)
{
	begin(DW, 2, 4, 3);
	flow_settle();
	uart_send(0);
	io_write32(MODEL_BASE + 0xc, 3);
	CHECK(line());
	flow_interrupt();
	CHECK(flow_line_stays_low(1000));
	CHECK_EQ(model.wrong, 0);
}

/* Where only THRE tells of room, the smallest FIFO's sixteen; OMAP's interrupt comes with eight. */
static void few_interrupts(void)
{
	begin(PC16550, 0, 1, 3);
	flow_few(16);
	begin(DW, 2, 4, 3);
	flow_few(16);
	begin(OMAP, 2, 1, 3);
	flow_few(8);
}

/* Turning the FIFOs on empties them: not with something there that was typed or is to be sent. */
static void fifo_off(void)
{
	now.fifo_off = true;
	begin(PC16550, 0, 1, 3);
	CHECK_EQ(model.rx.count, 1);
	flow_settle();
	flow_check_wire();
	CHECK_EQ(reg.fcr, 0);
	now.fifo_off = false;
}

static const struct test_case cases[] = {
	{ "polled", polled },	  { "input", input },
	{ "race", race },	  { "hold", hold },
	{ "transmit", transmit }, { "both", both },
	{ "fifo_off", fifo_off }, { "ghost", ghost },
	{ "busy", busy },	  { "few_interrupts", few_interrupts },
};

TEST_MAIN("uart_8250", cases)
