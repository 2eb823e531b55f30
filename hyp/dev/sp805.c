/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/dev/sp805.h"
#include "hyp/base/bits.h"

/* DDI 0270, table 3-1 */
#define SP805_LOAD    0x000u
#define SP805_VALUE   0x004u
#define SP805_CONTROL 0x008u
#define SP805_INTCLR  0x00cu
#define SP805_RIS     0x010u
#define SP805_MIS     0x014u
#define SP805_LOCK    0xc00u
#define SP805_ITCR    0xf00u
#define SP805_ITOP    0xf04u
#define SP805_ID      0xfe0u

#define SP805_CONTROL_INTEN 1u
#define SP805_CONTROL_RESEN 2u
#define SP805_ITOP_RES	    1u
#define SP805_ITOP_INT	    2u
#define SP805_UNLOCK	    0x1acce551u

static const uint8_t sp805_id[8] = { 0x05, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static bool sp805_counts(const struct sp805 *watchdog)
{
	return (watchdog->control & SP805_CONTROL_INTEN) != 0;
}

bool sp805_bites(const struct sp805 *watchdog)
{
	return watchdog->tests ? (watchdog->outputs & SP805_ITOP_RES) != 0 : watchdog->bitten;
}

static void sp805_reload(struct sp805 *watchdog, uint64_t now)
{
	watchdog->value = watchdog->load;
	watchdog->zero_at = now + watchdog->load;
}

void sp805_reset(struct sp805 *watchdog)
{
	*watchdog = (struct sp805) { .load = UINT32_MAX, .value = UINT32_MAX };
}

/* The counter is reloaded one clock after it was 0 (3.3.1). */
void sp805_advance(struct sp805 *watchdog, uint64_t now)
{
	uint64_t period = (uint64_t)watchdog->load + 1;

	if (!sp805_counts(watchdog) || now < watchdog->zero_at) {
		return;
	}
	if (!watchdog->raised) {
		watchdog->raised = true;
		watchdog->zero_at += period;
	}
	if (now >= watchdog->zero_at) {
		watchdog->bitten = watchdog->bitten || (watchdog->control & SP805_CONTROL_RESEN);
		watchdog->zero_at += ((now - watchdog->zero_at) / period + 1) * period;
	}
}

bool sp805_irq(const struct sp805 *watchdog)
{
	return watchdog->tests ? (watchdog->outputs & SP805_ITOP_INT) != 0
			       : watchdog->raised && sp805_counts(watchdog);
}

void sp805_stop(struct sp805 *watchdog)
{
	watchdog->control = 0;
	watchdog->outputs = 0;
	watchdog->bitten = false;
}

bool sp805_alarm(const struct sp805 *watchdog, uint64_t now, uint64_t *at)
{
	*at = sp805_bites(watchdog) ? now : watchdog->zero_at;
	return sp805_bites(watchdog) ||
	       (sp805_counts(watchdog) &&
		(!watchdog->raised || (watchdog->control & SP805_CONTROL_RESEN)));
}

/* At its zero, the next one is load + 1 away. */
static uint32_t sp805_value(const struct sp805 *watchdog, uint64_t now)
{
	uint64_t left = watchdog->zero_at - now;

	if (!sp805_counts(watchdog)) {
		return watchdog->value;
	}
	return left > watchdog->load ? 0 : (uint32_t)left;
}

static uint32_t sp805_read(const struct sp805 *watchdog, uint32_t offset, uint64_t now)
{
	switch (offset) {
	case SP805_LOAD:
		return watchdog->load;
	case SP805_VALUE:
		return sp805_value(watchdog, now);
	case SP805_CONTROL:
		return watchdog->control;
	case SP805_RIS:
		return watchdog->raised;
	case SP805_MIS:
		return watchdog->raised && sp805_counts(watchdog);
	case SP805_LOCK:
		return watchdog->locked;
	case SP805_ITCR:
		return watchdog->tests;
	default:
		break;
	}
	if (offset >= SP805_ID && offset % 4 == 0) {
		return sp805_id[(offset - SP805_ID) / 4 % ARRAY_SIZE(sp805_id)];
	}
	return 0;
}

/* INTEN starts the counter from the load value, or stops it where it is (table 3-4). */
static void sp805_write_control(struct sp805 *watchdog, uint32_t value, uint64_t now)
{
	bool counted = sp805_counts(watchdog);

	watchdog->value = sp805_value(watchdog, now);
	watchdog->control = value & (SP805_CONTROL_INTEN | SP805_CONTROL_RESEN);
	if (!counted && sp805_counts(watchdog)) {
		sp805_reload(watchdog, now);
	}
}

static void sp805_write(struct sp805 *watchdog, uint32_t offset, uint32_t value, uint64_t now)
{
	switch (offset) {
	case SP805_LOAD:
		watchdog->load = value;
		sp805_reload(watchdog, now);
		break;
	case SP805_CONTROL:
		sp805_write_control(watchdog, value, now);
		break;
	case SP805_INTCLR:
		watchdog->raised = false;
		sp805_reload(watchdog, now);
		break;
	case SP805_ITCR:
		watchdog->tests = (value & 1u) != 0;
		break;
	case SP805_ITOP:
		watchdog->outputs = value & (SP805_ITOP_RES | SP805_ITOP_INT);
		break;
	default:
		break;
	}
	sp805_advance(watchdog, now); /* a load value of 0 raises the interrupt at once */
}

enum mmio_result sp805_access(struct sp805 *watchdog, struct mmio *mmio, uint64_t now)
{
	uint32_t mask = mmio_mask(mmio->size);

	sp805_advance(watchdog, now);
	if (!mmio->is_write) {
		mmio->value = sp805_read(watchdog, mmio->offset, now) & mask;
	} else if (mmio->offset == SP805_LOCK) {
		watchdog->locked = (mmio->value & mask) != SP805_UNLOCK;
	} else if (!watchdog->locked) {
		sp805_write(watchdog, mmio->offset, mmio->value & mask, now);
	}
	return MMIO_OK;
}
