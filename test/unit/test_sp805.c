/* SPDX-License-Identifier: BSD-2-Clause */
/* The watchdog, register by register as DDI 0270 has them. Its Linux driver (sp805_wdt) and the
 * firmware's write LOAD, then INTCLR, then CONTROL, with LOCK around. */
#include "hyp/dev/sp805.h"
#include "test/unit/test.h"

static struct sp805 dog;
static uint64_t now;

static uint32_t get(uint32_t offset)
{
	struct mmio mmio = { .offset = offset, .size = 4 };

	CHECK_EQ(sp805_access(&dog, &mmio, now), 0);
	return mmio.value;
}

static void set(uint32_t offset, uint32_t value)
{
	struct mmio mmio = { .offset = offset, .size = 4, .is_write = true, .value = value };

	CHECK_EQ(sp805_access(&dog, &mmio, now), 0);
}

static uint64_t alarm(void)
{
	uint64_t at;

	return sp805_alarm(&dog, now, &at) ? at : UINT64_MAX;
}

static void pass(uint64_t clocks)
{
	now += clocks;
	sp805_advance(&dog, now);
}

static void start(uint64_t at)
{
	memset(&dog, 0xff, sizeof(dog));
	sp805_reset(&dog);
	now = at;
}

/* Table 3-1: after reset; and the IDs (3.3.12 to 3.3.19). */
static void after_reset(void)
{
	static const uint8_t ids[] = { 0x05, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	start(1000);
	CHECK_EQ(get(0x000), 0xffffffff);
	CHECK_EQ(get(0x004), 0xffffffff);
	CHECK_EQ(get(0x008), 0);
	CHECK_EQ(get(0x00c), 0);
	CHECK_EQ(get(0x010), 0);
	CHECK_EQ(get(0x014), 0);
	CHECK_EQ(get(0xc00), 0);
	CHECK_EQ(get(0xf00), 0);
	CHECK_EQ(get(0xf04), 0);
	for (uint32_t n = 0; n < 8; n++) {
		CHECK_EQ(get(0xfe0 + 4 * n), ids[n]);
		CHECK_EQ(get(0xfe1 + 4 * n), 0);
	}
	for (uint32_t offset = 0x018; offset < 0xfe0; offset += 4) {
		CHECK_EQ(get(offset), 0);
	}
	CHECK(!sp805_irq(&dog) && !sp805_bites(&dog));
	CHECK_EQ(alarm(), UINT64_MAX);
	pass(UINT64_C(1) << 40); /* it stands still */
	CHECK_EQ(get(0x004), 0xffffffff);
	CHECK(!sp805_irq(&dog) && !sp805_bites(&dog));
}

static void counts_down(void)
{
	start(500);
	set(0x000, 100);
	CHECK_EQ(get(0x000), 100);
	CHECK_EQ(get(0x004), 100);
	set(0x008, 1);
	CHECK_EQ(get(0x008), 1);
	CHECK_EQ(alarm(), 600);
	pass(40);
	CHECK_EQ(get(0x004), 60);
	set(0x004, 7); /* read-only */
	CHECK_EQ(get(0x004), 60);
	set(0x000, 200); /* begins at once from the new value */
	CHECK_EQ(get(0x004), 200);
	pass(199);
	CHECK_EQ(get(0x004), 1);
	CHECK_EQ(get(0x010), 0);
	CHECK(!sp805_irq(&dog));
	pass(1);
	CHECK_EQ(get(0x004), 0);
	CHECK_EQ(get(0x010), 1);
	CHECK_EQ(get(0x014), 1);
	CHECK(sp805_irq(&dog));
	pass(1); /* reloaded one clock later */
	CHECK_EQ(get(0x004), 200);
	CHECK_EQ(alarm(), UINT64_MAX); /* no RESEN: nothing more happens */
	pass(201 * 5 + 3);
	CHECK_EQ(get(0x004), 197);
	CHECK(!sp805_bites(&dog));
}

/* Any value clears it, and reloads the counter. */
static void is_cleared(void)
{
	start(0);
	set(0x000, 10);
	set(0x008, 3);
	for (uint32_t n = 0; n < 5; n++) {
		pass(15);
		CHECK(sp805_irq(&dog));
		CHECK_EQ(get(0x004), 6);
		set(0x00c, n);
		CHECK(!sp805_irq(&dog));
		CHECK_EQ(get(0x010), 0);
		CHECK_EQ(get(0x004), 10);
		CHECK_EQ(alarm(), now + 10);
	}
	CHECK(!sp805_bites(&dog));
	pass(9);
	set(0x00c, 1); /* before: reloads, too */
	pass(9);
	CHECK(!sp805_irq(&dog));
}

/* The second zero, load + 1 clocks after the first. */
static void bites(void)
{
	start(77);
	set(0x000, 1000);
	set(0x008, 3);
	CHECK_EQ(alarm(), 1077);
	pass(1000);
	CHECK(sp805_irq(&dog) && !sp805_bites(&dog));
	CHECK_EQ(alarm(), 2078);
	pass(1000);
	CHECK(!sp805_bites(&dog));
	pass(1);
	CHECK(sp805_bites(&dog));
	CHECK_EQ(alarm(), now);
	pass(12345);
	CHECK(sp805_bites(&dog));
	CHECK_EQ(alarm(), now);
	sp805_stop(&dog);
	CHECK(!sp805_bites(&dog));
	CHECK_EQ(alarm(), UINT64_MAX);
	start(0); /* both at one look */
	set(0x000, 5);
	set(0x008, 3);
	pass(11);
	CHECK(sp805_irq(&dog) && sp805_bites(&dog));
	start(0); /* RESEN set late: at the next zero */
	set(0x000, 9);
	set(0x008, 1);
	pass(95);
	set(0x008, 3);
	CHECK(!sp805_bites(&dog));
	CHECK_EQ(alarm(), 99);
	pass(3);
	CHECK(!sp805_bites(&dog));
	pass(1);
	CHECK(sp805_bites(&dog));
	start(0); /* cleared in time, over and over; then RESEN alone does not count */
	set(0x000, 9);
	set(0x008, 2);
	pass(1000);
	CHECK(!sp805_bites(&dog) && !sp805_irq(&dog));
}

/* INTEN low stops counter and interrupt; high again, it begins from LOAD. */
static void stops(void)
{
	start(0);
	set(0x000, 50);
	set(0x008, 3);
	pass(20);
	set(0x008, 2);
	CHECK_EQ(get(0x008), 2);
	CHECK_EQ(get(0x004), 30);
	pass(1000);
	CHECK_EQ(get(0x004), 30);
	CHECK_EQ(alarm(), UINT64_MAX);
	set(0x008, 3);
	CHECK_EQ(get(0x004), 50);
	pass(50);
	CHECK(sp805_irq(&dog));
	set(0x008, 2);
	CHECK(!sp805_irq(&dog));
	CHECK_EQ(get(0x010), 1); /* raw */
	CHECK_EQ(get(0x014), 0);
	set(0x008, 3); /* raised still: the next zero bites */
	CHECK(sp805_irq(&dog));
	pass(50);
	CHECK(sp805_bites(&dog));
	start(0);
	set(0x000, 50);
	set(0x008, 1);
	pass(20);
	set(0x008, 3); /* it was enabled: goes on */
	CHECK_EQ(get(0x004), 30);
	set(0x008, 0xffffffff);
	CHECK_EQ(get(0x008), 3);
	start(0); /* LOAD and INTCLR reload a counter that stands still */
	set(0x000, 8);
	CHECK_EQ(get(0x004), 8);
	set(0x008, 1);
	pass(3);
	set(0x008, 0);
	CHECK_EQ(get(0x004), 5);
	set(0x00c, 0);
	CHECK_EQ(get(0x004), 8);
}

/* A load value of 0 raises the interrupt at once; the largest. */
static void edges(void)
{
	start(9);
	set(0x008, 3);
	set(0x000, 0);
	CHECK(sp805_irq(&dog) && !sp805_bites(&dog));
	CHECK_EQ(get(0x004), 0);
	CHECK_EQ(alarm(), 10);
	pass(1);
	CHECK(sp805_bites(&dog));
	start(9);
	set(0x000, 0);
	CHECK_EQ(get(0x010), 0);
	set(0x008, 1);
	CHECK(sp805_irq(&dog));
	start(UINT64_C(0x123456789));
	set(0x000, 0xffffffff);
	set(0x008, 3);
	CHECK_EQ(alarm(), UINT64_C(0x123456789) + 0xffffffff);
	pass(0xffffffff);
	CHECK(sp805_irq(&dog));
	pass(0xffffffff);
	CHECK(!sp805_bites(&dog));
	pass(1);
	CHECK(sp805_bites(&dog));
	start(0); /* no end of pieces: years at once */
	set(0x000, 0);
	set(0x008, 1);
	pass(UINT64_C(1) << 62);
	CHECK(sp805_irq(&dog));
}

/* 3.3.8: 0x1acce551 gives write access to all other registers, any other value takes it. */
static void locks(void)
{
	start(0);
	set(0x000, 100);
	set(0x008, 1);
	set(0xc00, 1);
	CHECK_EQ(get(0xc00), 1);
	set(0x000, 5);
	set(0x008, 0);
	set(0xf00, 1);
	set(0xf04, 3);
	CHECK_EQ(get(0x000), 100);
	CHECK_EQ(get(0x008), 1);
	CHECK_EQ(get(0xf00), 0);
	pass(100);
	set(0x00c, 1);
	CHECK_EQ(get(0x010), 1);
	set(0xc00, 0x1acce550);
	CHECK_EQ(get(0xc00), 1);
	set(0xc00, 0x1acce551);
	CHECK_EQ(get(0xc00), 0);
	set(0x00c, 1);
	CHECK_EQ(get(0x010), 0);
	set(0xc00, 0);
	CHECK_EQ(get(0xc00), 1);
}

/* 3.3.9, 3.3.10: the outputs are what ITOP says. */
static void integration_test(void)
{
	start(0);
	set(0x000, 3);
	set(0xf04, 2);
	CHECK(!sp805_irq(&dog) && !sp805_bites(&dog));
	set(0xf00, 0xfffffffe);
	CHECK_EQ(get(0xf00), 0);
	set(0xf00, 1);
	CHECK_EQ(get(0xf00), 1);
	CHECK_EQ(get(0xf04), 0); /* write-only */
	CHECK(sp805_irq(&dog) && !sp805_bites(&dog));
	CHECK_EQ(get(0x010), 0);
	set(0xf04, 1);
	CHECK(!sp805_irq(&dog) && sp805_bites(&dog));
	CHECK_EQ(alarm(), now);
	sp805_stop(&dog);
	CHECK(!sp805_bites(&dog));
	set(0x008, 3);
	pass(7);
	CHECK(!sp805_irq(&dog) && !sp805_bites(&dog)); /* hidden until it ends */
	set(0xf00, 0);
	CHECK(sp805_irq(&dog) && sp805_bites(&dog));
}

/* Bytes and halfwords at a register's own address; nothing between registers. */
static void sizes(void)
{
	struct mmio byte = { .offset = 0xc00, .size = 1, .is_write = true, .value = 0x1acce551 };
	struct mmio half = { .offset = 0x000, .size = 2 };

	start(0);
	CHECK_EQ(sp805_access(&dog, &byte, now), 0);
	CHECK_EQ(get(0xc00), 1); /* 0x51 is not the key */
	CHECK_EQ(sp805_access(&dog, &half, now), 0);
	CHECK_EQ(half.value, 0xffff);
	byte.offset = 0x001;
	byte.is_write = false;
	CHECK_EQ(sp805_access(&dog, &byte, now), 0);
	CHECK_EQ(byte.value, 0);
}

static const struct test_case cases[] = {
	{ "after_reset", after_reset },
	{ "counts_down", counts_down },
	{ "is_cleared", is_cleared },
	{ "bites", bites },
	{ "stops", stops },
	{ "edges", edges },
	{ "locks", locks },
	{ "integration_test", integration_test },
	{ "sizes", sizes },
};

TEST_MAIN("sp805", cases)
