/* SPDX-License-Identifier: BSD-2-Clause */
/* The real-time clock, register by register as DDI 0224 has them. */
#include "hyp/dev/pl031.h"
#include "test/unit/test.h"

static struct pl031 rtc;
static uint64_t now;

static uint32_t get(uint32_t offset)
{
	struct mmio mmio = { .offset = offset, .size = 4 };

	CHECK_EQ(pl031_access(&rtc, &mmio, now), 0);
	return mmio.value;
}

static void set(uint32_t offset, uint32_t value)
{
	struct mmio mmio = { .offset = offset, .size = 4, .is_write = true, .value = value };

	CHECK_EQ(pl031_access(&rtc, &mmio, now), 0);
}

static void start(uint64_t at)
{
	memset(&rtc, 0, sizeof(rtc));
	now = at;
}

static void run_time(void)
{
	start(1600000000);
	CHECK_EQ(get(0x00), 1600000000);
	now += 7;
	CHECK_EQ(get(0x00), 1600000007);
	set(0x08, 5);
	CHECK_EQ(get(0x00), 5);
	CHECK_EQ(get(0x08), 5);
	now += 10;
	CHECK_EQ(get(0x00), 15);
	CHECK_EQ(get(0x08), 5);
	set(0x08, 0xffffffff);
	now++;
	CHECK_EQ(get(0x00), 0); /* wraps */
	set(0x00, 77);		/* read-only */
	CHECK_EQ(get(0x00), 0);
	CHECK_EQ(get(0x0c), 1);
	set(0x0c, 0);
	CHECK_EQ(get(0x0c), 1);
}

static void run_alarm(void)
{
	uint64_t at;

	start(100);
	CHECK(!pl031_alarm(&rtc, &at));
	set(0x10, 1);
	set(0x04, 103);
	CHECK_EQ(get(0x04), 103);
	CHECK(pl031_alarm(&rtc, &at));
	CHECK_EQ(at, 103);
	now = 102;
	pl031_advance(&rtc, now);
	CHECK(!pl031_irq(&rtc));
	CHECK_EQ(get(0x14), 0);
	now = 103;
	pl031_advance(&rtc, now);
	CHECK(pl031_irq(&rtc));
	CHECK(!pl031_alarm(&rtc, &at));
	CHECK_EQ(get(0x14), 1);
	CHECK_EQ(get(0x18), 1);
	set(0x10, 0); /* masked: raw status stays */
	CHECK(!pl031_irq(&rtc));
	CHECK_EQ(get(0x14), 1);
	CHECK_EQ(get(0x18), 0);
	set(0x10, 1);
	CHECK(pl031_irq(&rtc));
	set(0x1c, 0); /* clears nothing */
	CHECK(pl031_irq(&rtc));
	set(0x1c, 1);
	CHECK(!pl031_irq(&rtc));
	CHECK_EQ(get(0x14), 0);
	now = 200; /* once only */
	pl031_advance(&rtc, now);
	CHECK_EQ(get(0x14), 0);
}

static void run_alarm_moves(void)
{
	uint64_t at;

	start(100);
	set(0x04, 100); /* now */
	CHECK_EQ(get(0x14), 1);
	set(0x1c, 1);
	set(0x04, 99); /* a second ago: once around */
	CHECK_EQ(get(0x14), 0);
	CHECK(pl031_alarm(&rtc, &at));
	CHECK_EQ(at, 100 + 0xffffffffull);
	set(0x08, 90); /* the clock is set: nine seconds left */
	CHECK(pl031_alarm(&rtc, &at));
	CHECK_EQ(at, 109);
	now = 109;
	CHECK_EQ(get(0x14), 1); /* an access sees it, without a tick */
}

/* RTCDR has 32 bits: its last second is 2106-02-07 06:28:15. The time of the monitor goes on. */
static void run_year_2106(void)
{
	uint64_t at;

	start(0xfffffffe);
	CHECK_EQ(get(0x00), 0xfffffffe);
	set(0x10, 1);
	set(0x04, 1);
	CHECK(pl031_alarm(&rtc, &at));
	CHECK_EQ(at, 0x100000001);
	now = 0x100000000;
	CHECK_EQ(get(0x00), 0);
	CHECK(!pl031_irq(&rtc));
	now = 0x100000001;
	CHECK_EQ(get(0x00), 1);
	CHECK(pl031_irq(&rtc));
	set(0x1c, 1);
	set(0x08, 0x80000000); /* set across the wrap: the alarm is still at 1 */
	CHECK_EQ(get(0x00), 0x80000000);
	CHECK(pl031_alarm(&rtc, &at));
	CHECK_EQ(at, 0x100000001 + 0x80000001);
	now = at - 1;
	CHECK_EQ(get(0x00), 0);
	CHECK_EQ(get(0x14), 0);
	now = at;
	CHECK_EQ(get(0x14), 1);
}

static void run_identity(void)
{
	static const uint8_t id[8] = { 0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
	struct mmio byte = { .offset = 0xff0, .size = 1 };

	start(0);
	for (uint32_t n = 0; n < 8; n++) {
		CHECK_EQ(get(0xfe0 + 4 * n), id[n]);
	}
	CHECK_EQ(get(0x20), 0);
	CHECK_EQ(get(0xfdc), 0);
	set(0x20, 0xffffffff);
	pl031_access(&rtc, &byte, now);
	CHECK_EQ(byte.value, 0x0d);
}

static void run_reset(void)
{
	uint64_t at;

	start(100);
	set(0x08, 1000);
	set(0x10, 1);
	set(0x04, 1005);
	pl031_reset(&rtc);
	CHECK(!pl031_alarm(&rtc, &at));
	CHECK_EQ(get(0x10), 0);
	now += 20;
	CHECK_EQ(get(0x00), 1020); /* the time goes on */
	CHECK_EQ(get(0x14), 0);
}

static const struct test_case cases[] = {
	{ "time", run_time },
	{ "alarm", run_alarm },
	{ "alarm_moves", run_alarm_moves },
	{ "year_2106", run_year_2106 },
	{ "identity", run_identity },
	{ "reset", run_reset },
};

TEST_MAIN("pl031", cases)
