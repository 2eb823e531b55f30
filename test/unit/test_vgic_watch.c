/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that are watched: at the guest's EOI they fall, and that is told once. */
#include "test/unit/test_vgic.h"

static struct rig rig;

#define take(v, iar) rig_take(&rig, v, iar)

static void watch(uint32_t intid, bool on)
{
	vgic_watch_spi(rig.vgic, intid - 32, on);
}

/* A vCPU that is loaded: what its list registers hold is known after a fold. */
static uint32_t ended(uint32_t v)
{
	if (rig.cpu[v].loaded) {
		rig_sync(&rig, v);
	}
	return vgic_take_ended(rig.vgic);
}

static bool is_high(uint32_t intid)
{
	return vgic_irq_state(rig.vgic, 0, intid) & 1;
}

static void falls_at_the_end(void)
{
	rig_boot(&rig, 1, 64, 4);
	watch(40, true);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(ended(0), 0);
	take(0, 40);
	CHECK_EQ(ended(0), 0); /* acknowledged, not ended */
	CHECK(is_high(40));
	rig_eoi(&rig, 0, 40);
	CHECK(vgic_has_ended(rig.vgic)); /* the guest need not exit for it */
	CHECK(!is_high(40));
	take(0, SPURIOUS);
	CHECK_EQ(ended(0), 40);
	CHECK_EQ(ended(0), 0);
	CHECK(!vgic_has_ended(rig.vgic));
	rig_line(&rig, 0, 40, true); /* it is still asserted, says its driver */
	take(0, 40);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(ended(0), 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

/* It was written again while it was active: the end is seen, too. */
static void end_of_an_active_one(void)
{
	rig_boot(&rig, 1, 64, 4);
	watch(40, true);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_sync(&rig, 0);
	rig_eoi(&rig, 0, 40);
	CHECK(vgic_has_ended(rig.vgic));
	take(0, SPURIOUS);
	CHECK_EQ(ended(0), 40);
	rig_free(&rig);
}

/* It has a list register no more when the guest ends it. */
static void end_of_one_outside(void)
{
	rig_boot(&rig, 1, 64, 1);
	watch(40, true);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x80);
	rig_write8(&rig, 0, IPRIORITYR + 41, 0x20);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_line(&rig, 0, 41, true); /* precedes it */
	take(0, 41);
	rig_line(&rig, 0, 41, false);
	rig_eoi(&rig, 0, 41);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(ended(0), 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void others_stay(void)
{
	rig_boot(&rig, 1, 64, 4);
	watch(40, true);
	watch(40, false);
	watch(42, true);
	rig_set_edge(&rig, 42, true);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(ended(0), 0); /* not watched any more */
	take(0, 40);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	rig_line(&rig, 0, 42, true);
	take(0, 42);
	rig_eoi(&rig, 0, 42);
	CHECK_EQ(ended(0), 0); /* an edge */
	CHECK(is_high(42));
	rig_free(&rig);
}

/* By the distributor: what is active ends, and nothing else. */
static void end_by_clearing(void)
{
	rig_boot(&rig, 1, 64, 4);
	for (uint32_t n = 40; n < 43; n++) {
		watch(n, true);
	}
	rig_set_edge(&rig, 41, true);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_write(&rig, 0, ICACTIVER + 4, 0xffffffff);
	CHECK_EQ(ended(0), 40);
	CHECK(!is_high(40));
	rig_eoi(&rig, 0, 40); /* of its priority alone */
	CHECK_EQ(ended(0), 0);
	rig_line(&rig, 0, 41, true);
	take(0, 41);
	rig_write(&rig, 0, ICACTIVER + 4, 0xffffffff);
	CHECK_EQ(ended(0), 0); /* an edge */
	rig_eoi(&rig, 0, 41);
	rig_write(&rig, 0, ICENABLER + 4, 1u << 10);
	rig_line(&rig, 0, 42, true);
	rig_write(&rig, 0, ICACTIVER + 4, 0xffffffff);
	CHECK_EQ(ended(0), 0); /* pending alone */
	CHECK(is_high(42));
	rig_free(&rig);
}

/* Who has raised it lowers it before the guest's EOI, of which it is told nevertheless. */
static void end_of_a_low_one(void)
{
	rig_boot(&rig, 1, 64, 4);
	watch(40, true);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_sync(&rig, 0);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(ended(0), 40);
	CHECK(!is_high(40));
	rig_free(&rig);
}

/* The vCPU goes off, or waits, before the maintenance interrupt: what it has is read then. */
static void end_before_maintenance(void)
{
	for (uint32_t row = 0; row < 4; row++) {
		rig_boot(&rig, 1, 64, 4);
		rig.eoi_is_empty = row % 2 != 0;
		watch(40, true);
		rig_line(&rig, 0, 40, true);
		take(0, 40);
		rig_line(&rig, 0, 40, false);
		rig_sync(&rig, 0);
		hw_eoi(&rig, 0, 40);
		if (row < 2) {
			rig_unload(&rig, 0);
		} else {
			CHECK(rig_waits(&rig, 0));
		}
		CHECK_EQ(vgic_take_ended(rig.vgic), 40);
		rig_free(&rig);
	}
}

/* GICV_DIR of one that is pending and not active is the end of nothing. */
static void no_end_of_a_pending_one(void)
{
	rig_boot(&rig, 1, 64, 4);
	watch(40, true);
	rig_write(&rig, 0, ICENABLER + 4, 1u << 8);
	rig_line(&rig, 0, 40, true);
	rig_dir(&rig, 0, 40);
	CHECK_EQ(ended(0), 0);
	CHECK(is_high(40));
	rig_free(&rig);
}

static void all_are_told(void)
{
	rig_boot(&rig, 1, 128, 4);
	for (uint32_t n = 32; n < 128; n += 30) {
		watch(n, true);
		rig_line(&rig, 0, n, true);
		take(0, n);
		rig_eoi(&rig, 0, n);
	}
	for (uint32_t n = 32; n < 128; n += 30) {
		CHECK_EQ(ended(0), n);
	}
	CHECK_EQ(ended(0), 0);
	rig_line(&rig, 0, 62, true);
	take(0, 62);
	rig_eoi(&rig, 0, 62);
	watch(62, false); /* nor is what is not told yet */
	CHECK_EQ(ended(0), 0);
	CHECK(!vgic_has_ended(rig.vgic));
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "falls_at_the_end", falls_at_the_end },
	{ "end_of_an_active_one", end_of_an_active_one },
	{ "end_of_one_outside", end_of_one_outside },
	{ "others_stay", others_stay },
	{ "end_by_clearing", end_by_clearing },
	{ "end_of_a_low_one", end_of_a_low_one },
	{ "end_before_maintenance", end_before_maintenance },
	{ "no_end_of_a_pending_one", no_end_of_a_pending_one },
	{ "all_are_told", all_are_told },
};

TEST_MAIN("vgic_watch", cases)
