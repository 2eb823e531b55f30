/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SP805 by a byte program against its manual (ARM DDI 0270, chapter 3): a counter that goes
 * down by one each clock, and is LOAD again one clock after it was 0. Its zero raises the
 * interrupt; a zero while that is raised asserts the reset.
 */
#include "hyp/dev/sp805.h"
#include "test/verify/fuzz/fuzz.h"

#define LATEST (UINT64_C(1) << 62)

static struct {
	uint64_t now;
	uint32_t load, count;
	bool inten, resen, ris, bitten;
	bool locked, itcr, itop_res, itop_int;
	bool stopped; /* from outside: the counter is nobody's until it is loaded again */
} model;

static void model_zero(void)
{
	model.bitten = model.bitten || (model.ris && model.resen);
	model.ris = true;
}

static void model_reload(void)
{
	model.count = model.load;
	model.stopped = false;
	if (model.inten && model.count == 0) {
		model_zero();
	}
}

/* Clocks until the counter is 0, and more than none. */
static uint64_t model_way(void)
{
	return model.count ? model.count : (uint64_t)model.load + 1;
}

static void model_pass(uint64_t clocks)
{
	model.now += clocks;
	for (uint32_t zeroes = 0; model.inten && clocks >= model_way(); zeroes++) {
		clocks -= model_way();
		model.count = 0;
		model_zero();
		if (zeroes == 1) { /* what further ones do has been done */
			clocks %= (uint64_t)model.load + 1;
		}
	}
	if (model.inten && clocks != 0) {
		model.count = (uint32_t)(model_way() - clocks);
	}
}

static uint32_t model_read(uint32_t offset)
{
	static const uint8_t id[] = { 0x05, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	switch (offset) {
	case 0x000:
		return model.load;
	case 0x004:
		return model.count;
	case 0x008:
		return (uint32_t)model.inten | (uint32_t)model.resen << 1;
	case 0x010:
		return model.ris;
	case 0x014:
		return model.ris && model.inten;
	case 0xc00:
		return model.locked;
	case 0xf00:
		return model.itcr;
	default:
		return offset >= 0xfe0 && offset % 4 == 0 ? id[(offset - 0xfe0) / 4] : 0;
	}
}

static void model_control(uint32_t value)
{
	bool starts = !model.inten && (value & 1);

	model.inten = value & 1;
	model.resen = value >> 1 & 1;
	if (starts) {
		model_reload();
	}
}

static void model_write(uint32_t offset, uint32_t value)
{
	if (offset == 0xc00) {
		model.locked = value != 0x1acce551;
	}
	if (model.locked) {
		return;
	}
	switch (offset) {
	case 0x000:
		model.load = value;
		model_reload();
		break;
	case 0x008:
		model_control(value);
		break;
	case 0x00c:
		model.ris = false;
		model_reload();
		break;
	case 0xf00:
		model.itcr = value & 1;
		break;
	case 0xf04:
		model.itop_res = value & 1;
		model.itop_int = value >> 1 & 1;
		break;
	default:
		break;
	}
}

static uint32_t any_offset(struct fuzz_input *in)
{
	static const uint16_t lone[] = { 0xc00, 0xc00, 0xf00, 0xf04 };
	uint32_t place = fuzz_byte(in);

	if (place < 180) {
		return place % 6 * 4;
	}
	if (place < 220) {
		return lone[place % 4];
	}
	return place < 240 ? 0xfe0 + place % 32 : fuzz_word(in) % 0x1000;
}

static uint32_t any_value(struct fuzz_input *in, uint32_t offset)
{
	uint32_t how = fuzz_byte(in);

	if (offset == 0xc00 && how & 1) {
		return 0x1acce551;
	}
	return how < 200 ? how % 16u : how < 250 ? fuzz_byte(in) : fuzz_word(in);
}

static void try_access(struct fuzz_input *in, struct sp805 *watchdog)
{
	uint32_t how = fuzz_byte(in);
	uint32_t size = 1u << (how % 8 < 6 ? 2 : how % 2);
	uint32_t mask = size == 4 ? 0xffffffff : size == 2 ? 0xffff : 0xff;
	struct mmio mmio = { .size = size, .is_write = how & 64 };

	mmio.offset = any_offset(in) & ~(size - 1);
	if (!mmio.is_write) {
		CHECK_EQ(sp805_access(watchdog, &mmio, model.now), MMIO_OK);
		if (mmio.offset != 0x004 || !model.stopped) {
			CHECK_EQ(mmio.value, model_read(mmio.offset) & mask);
		}
		return;
	}
	mmio.value = any_value(in, mmio.offset);
	CHECK_EQ(sp805_access(watchdog, &mmio, model.now), MMIO_OK);
	model_write(mmio.offset, mmio.value & mask);
}

/* A few clocks, up to the next zero or about so, any number. */
static uint64_t any_clocks(struct fuzz_input *in, uint32_t how)
{
	uint64_t clocks;

	switch (how % 4) {
	case 0:
		clocks = fuzz_byte(in) % 16u;
		break;
	case 1:
		clocks = model_way() + fuzz_byte(in) % 4u;
		clocks -= clocks > 2 ? 2 : 0;
		break;
	case 2:
		clocks = fuzz_word(in);
		break;
	default:
		clocks = fuzz_long(in) % LATEST;
		break;
	}
	return clocks < LATEST - model.now ? clocks : 0;
}

static void check_outputs(const struct sp805 *watchdog)
{
	bool bites = model.itcr ? model.itop_res : model.bitten;
	bool acts = bites || (model.inten && (!model.ris || model.resen));
	uint64_t at = 0;

	CHECK_EQ(sp805_irq(watchdog), model.itcr ? model.itop_int : model.ris && model.inten);
	CHECK_EQ(sp805_bites(watchdog), bites);
	CHECK_EQ(sp805_alarm(watchdog, model.now, &at), acts);
	if (acts) {
		CHECK_EQ(at, bites ? model.now : model.now + model_way());
	}
}

static void model_reset(void)
{
	uint64_t now = model.now;

	memset(&model, 0, sizeof(model));
	model.now = now;
	model.load = model.count = 0xffffffff;
}

static void do_stop(struct sp805 *watchdog)
{
	sp805_advance(watchdog, model.now);
	sp805_stop(watchdog);
	model.inten = model.resen = model.itop_res = model.itop_int = model.bitten = false;
	model.stopped = true;
}

unsigned fuzz_watchdog(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };
	struct sp805 watchdog;

	memset(&watchdog, 0xff, sizeof(watchdog));
	sp805_reset(&watchdog);
	model.now = fuzz_word(&in);
	model_reset();
	while (fuzz_more(&in) && !test_failures) {
		uint32_t what = fuzz_byte(&in);

		if (what < 160) {
			try_access(&in, &watchdog);
		} else if (what < 248) {
			model_pass(any_clocks(&in, what));
			if (what & 4) { /* its alarm may come late */
				continue;
			}
			sp805_advance(&watchdog, model.now);
		} else if (what < 252) {
			do_stop(&watchdog);
		} else {
			sp805_reset(&watchdog);
			model_reset();
		}
		check_outputs(&watchdog);
	}
	return fuzz_failures();
}
