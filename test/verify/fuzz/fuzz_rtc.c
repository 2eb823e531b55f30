/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PL031 by a byte program against its manual (ARM DDI 0224, 3.3): DR counts seconds from what
 * LR was set to, and the interrupt is raised once when it comes to MR.
 */
#include "hyp/dev/pl031.h"
#include "test/verify/fuzz/fuzz.h"

static struct {
	uint64_t now;
	uint32_t dr, mr, lr; /* DR as of `now` */
	bool imsc, ris;
	bool waits; /* MR or LR was written, and DR has not been MR since */
} model;

static void model_look(void)
{
	if (model.waits && model.dr == model.mr) {
		model.ris = true;
		model.waits = false;
	}
}

static void model_pass(uint64_t seconds)
{
	/* DR meets MR on the way if the way to it is no longer than the step. */
	uint32_t way = model.mr - model.dr;

	if (model.waits && way <= seconds) {
		model.ris = true;
		model.waits = false;
	}
	model.now += seconds;
	model.dr += (uint32_t)seconds;
}

static uint32_t model_read(uint32_t offset)
{
	static const uint8_t id[] = { 0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	switch (offset) {
	case 0x00:
		return model.dr;
	case 0x04:
		return model.mr;
	case 0x08:
		return model.lr;
	case 0x0c:
		return 1;
	case 0x10:
		return model.imsc;
	case 0x14:
		return model.ris;
	case 0x18:
		return model.ris && model.imsc;
	default:
		return offset >= 0xfe0 && offset < 0x1000 && offset % 4 == 0
			       ? id[(offset - 0xfe0) / 4]
			       : 0;
	}
}

static void model_write(uint32_t offset, uint32_t value)
{
	switch (offset) {
	case 0x04:
		model.mr = value;
		model.waits = true;
		break;
	case 0x08:
		model.lr = value;
		model.dr = value;
		model.waits = true;
		break;
	case 0x10:
		model.imsc = value & 1;
		break;
	case 0x1c:
		model.ris = model.ris && !(value & 1);
		break;
	default:
		break;
	}
	model_look();
}

static void try_access(struct fuzz_input *in, struct pl031 *rtc)
{
	uint32_t place = fuzz_byte(in);
	uint32_t size = 1u << (fuzz_byte(in) % 8u < 6 ? 2 : place % 2);
	uint32_t mask = size == 4 ? 0xffffffff : size == 2 ? 0xffff : 0xff;
	struct mmio mmio = { .size = size, .is_write = fuzz_byte(in) & 1 };

	mmio.offset = place < 200 ? place % 9 * 4 : place < 230 ? 0xfe0 + place % 36 : place;
	mmio.offset &= ~(size - 1);
	if (!mmio.is_write) {
		CHECK_EQ(pl031_access(rtc, &mmio, model.now), MMIO_OK);
		CHECK_EQ(mmio.value, model_read(mmio.offset) & mask);
		return;
	}
	/* Values near DR are those that matter. */
	mmio.value = fuzz_byte(in) & 1 ? model.dr + fuzz_byte(in) - 8u : fuzz_word(in);
	CHECK_EQ(pl031_access(rtc, &mmio, model.now), MMIO_OK);
	model_write(mmio.offset, mmio.value & mask);
}

static void check_alarm(const struct pl031 *rtc)
{
	uint64_t at = 0;

	CHECK_EQ(pl031_irq(rtc), model.ris && model.imsc);
	CHECK_EQ(pl031_alarm(rtc, &at), model.waits);
	if (model.waits) {
		CHECK_EQ(at, model.now + (uint32_t)(model.mr - model.dr));
	}
}

unsigned fuzz_rtc(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };
	struct pl031 rtc = { 0 };

	memset(&model, 0, sizeof(model));
	pl031_reset(&rtc);
	while (fuzz_more(&in) && !test_failures) {
		uint32_t what = fuzz_byte(&in);

		if (what < 160) {
			try_access(&in, &rtc);
		} else if (what < 250) {
			model_pass(what & 1 ? fuzz_byte(&in) % 16u : fuzz_word(&in));
			pl031_advance(&rtc, model.now);
		} else {
			/* The clock goes on; all else is as new. */
			pl031_reset(&rtc);
			model.mr = 0;
			model.imsc = model.ris = model.waits = false;
		}
		check_alarm(&rtc);
	}
	return fuzz_failures();
}
