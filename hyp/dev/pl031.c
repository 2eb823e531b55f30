/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/pl031.h"
#include "hyp/base/bits.h"

/* DDI 0224, table 3-1 */
#define PL031_DR   0x00u
#define PL031_MR   0x04u
#define PL031_LR   0x08u
#define PL031_CR   0x0cu
#define PL031_IMSC 0x10u
#define PL031_RIS  0x14u
#define PL031_MIS  0x18u
#define PL031_ICR  0x1cu
#define PL031_ID   0xfe0u

static const uint8_t pl031_id[8] = { 0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static uint32_t pl031_time(const struct pl031 *rtc, uint64_t now)
{
	return (uint32_t)now + rtc->offset;
}

/* The alarm is due when DR becomes equal to MR: the time until then wraps with DR. */
static void pl031_arm(struct pl031 *rtc, uint64_t now)
{
	uint32_t left = rtc->match - pl031_time(rtc, now);

	rtc->armed = true;
	rtc->alarm_at = now + left;
	pl031_advance(rtc, now);
}

void pl031_reset(struct pl031 *rtc)
{
	*rtc = (struct pl031) { .offset = rtc->offset, .load = rtc->load };
}

void pl031_advance(struct pl031 *rtc, uint64_t now)
{
	if (rtc->armed && now >= rtc->alarm_at) {
		rtc->armed = false;
		rtc->raised = true;
	}
}

bool pl031_irq(const struct pl031 *rtc)
{
	return rtc->raised && rtc->masked_in;
}

bool pl031_alarm(const struct pl031 *rtc, uint64_t *at)
{
	*at = rtc->alarm_at;
	return rtc->armed;
}

static uint32_t pl031_read(const struct pl031 *rtc, uint32_t offset, uint64_t now)
{
	switch (offset) {
	case PL031_DR:
		return pl031_time(rtc, now);
	case PL031_MR:
		return rtc->match;
	case PL031_LR:
		return rtc->load;
	case PL031_CR:
		return 1; /* it runs, and cannot be stopped (3.3.4) */
	case PL031_IMSC:
		return rtc->masked_in;
	case PL031_RIS:
		return rtc->raised;
	case PL031_MIS:
		return pl031_irq(rtc);
	default:
		break;
	}
	if (offset >= PL031_ID && offset < PL031_ID + 4 * ARRAY_SIZE(pl031_id) && offset % 4 == 0) {
		return pl031_id[(offset - PL031_ID) / 4];
	}
	return 0;
}

static void pl031_write(struct pl031 *rtc, uint32_t offset, uint32_t value, uint64_t now)
{
	switch (offset) {
	case PL031_MR:
		rtc->match = value;
		pl031_arm(rtc, now);
		break;
	case PL031_LR:
		rtc->load = value;
		rtc->offset = value - (uint32_t)now;
		pl031_arm(rtc, now);
		break;
	case PL031_IMSC:
		rtc->masked_in = (value & 1u) != 0;
		break;
	case PL031_ICR:
		if (value & 1u) {
			rtc->raised = false;
		}
		break;
	default:
		break;
	}
}

enum mmio_result pl031_access(struct pl031 *rtc, struct mmio *mmio, uint64_t now)
{
	uint32_t mask = mmio_mask(mmio->size);

	pl031_advance(rtc, now);
	if (mmio->is_write) {
		pl031_write(rtc, mmio->offset, mmio->value & mask, now);
	} else {
		mmio->value = pl031_read(rtc, mmio->offset, now) & mask;
	}
	return MMIO_OK;
}
