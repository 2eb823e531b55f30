/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole list registers, each bit from IHI 0048B 5.3.8: what the VGIC makes of an interrupt. */
#include "test/unit/test_vgic.h"

#define PENDING	     (1u << 28)
#define GROUP1	     (1u << 30)
#define HARDWARE     (1u << 31)
#define EOI	     (1u << 19)
#define PRIORITY(p)  ((p) >> 3 << 23) /* the upper five bits */
#define FROM_CPU(n)  ((n) << 10)
#define PHYSICAL(id) ((id) << 10)
#define TO_CPU0	     (1u << 16) /* GICD_SGIR.CPUTargetList */
#define VTIMER	     27u
#define VTIMER_LINE  0x2bbu /* a physical ID that no field but a whole one holds */

static struct rig rig;

static uint32_t best_lr(void)
{
	int n = hw_best(&rig, 0);

	CHECK(n >= 0);
	return n < 0 ? 0 : rig.cpu[0].lr[n];
}

static void spis(void)
{
	rig_boot(&rig, 1, 1020, 4);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x58);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(best_lr(), PENDING | PRIORITY(0x58u) | EOI | 40);
	rig_write8(&rig, 0, IPRIORITYR + 1019, 0x08);
	rig_write(&rig, 0, ICFGR + 1019 / 16 * 4, 2u << (1019 % 16 * 2));
	rig_line(&rig, 0, 1019, true); /* an edge, and before the other */
	CHECK_EQ(best_lr(), PENDING | PRIORITY(0x08u) | 1019);
	rig_free(&rig);
}

static void groups(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_write(&rig, 0, CTLR, 3);
	rig_write(&rig, 0, IGROUPR + 4, 1u << (40 - 32));
	rig_write8(&rig, 0, IPRIORITYR + 40, 0xf8);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(best_lr(), GROUP1 | PENDING | PRIORITY(0xf8u) | EOI | 40);
	rig_free(&rig);
}

/* The one that has this interrupt pending. */
static uint32_t lr_of(uint32_t intid)
{
	uint32_t found = 0;

	for (uint32_t n = 0; n < rig.nr_lrs; n++) {
		uint32_t lr = rig.cpu[0].lr[n];

		found = (lr & 0x3ffu) == intid && (lr & PENDING) ? lr : found;
	}
	return found;
}

/* Each way into a list register: alone is `groups`, these are two at once. */
static void groups_together(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_write(&rig, 0, CTLR, 3);
	rig_write(&rig, 0, IGROUPR + 4, 3u << (40 - 32));
	rig_unload(&rig, 0);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 41, true);
	rig_load(&rig, 0);
	CHECK_EQ(lr_of(40), GROUP1 | PENDING | PRIORITY(0xa0u) | EOI | 40);
	CHECK_EQ(lr_of(41), GROUP1 | PENDING | PRIORITY(0xa0u) | EOI | 41);
	rig_free(&rig);
}

/* Of an SGI and a physical interrupt that find nothing else to be done; the SGI a second time. */
static void groups_private(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_write(&rig, 0, CTLR, 3);
	rig_write(&rig, 0, IGROUPR, 1u << 5 | 1u << VTIMER);
	vgic_phys_set_owner(rig.vgic, VTIMER, VGIC_OWNER_TIMER, VTIMER_LINE);
	for (uint32_t times = 0; times < 2; times++) {
		rig_write(&rig, 0, SGIR, TO_CPU0 | 5);
		CHECK_EQ(lr_of(5), GROUP1 | PENDING | PRIORITY(0xa0u) | 5);
		rig_take(&rig, 0, 5);
		rig_eoi(&rig, 0, 5);
	}
	rig_fire(&rig, 0, VTIMER, VTIMER_LINE);
	CHECK_EQ(lr_of(VTIMER),
		 GROUP1 | HARDWARE | PENDING | PRIORITY(0xa0u) | PHYSICAL(VTIMER_LINE) | VTIMER);
	rig_free(&rig);
}

/* Another CPU finds the list register of an edge empty, and writes it. */
static void groups_of_another_cpu(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_write(&rig, 0, CTLR, 3);
	rig_write(&rig, 0, IGROUPR + 4, 1u << (40 - 32));
	rig_set_edge(&rig, 40, true);
	rig_set_reach(&rig, 0xf);
	for (uint32_t times = 0; times < 3; times++) {
		rig_raises(&rig, 40, true);
		CHECK_EQ(lr_of(40), GROUP1 | PENDING | PRIORITY(0xa0u) | 40);
		CHECK_EQ(hw_ack(&rig, 0), 40);
		hw_eoi(&rig, 0, 40);
	}
	rig_set_reach(&rig, 0);
	rig_free(&rig);
}

static void sgis(void)
{
	rig_boot(&rig, 4, 64, 4);
	rig_write8(&rig, 0, IPRIORITYR + 5, 0x40);
	rig_write(&rig, 3, SGIR, TO_CPU0 | 5);
	CHECK_EQ(best_lr(), PENDING | PRIORITY(0x40u) | FROM_CPU(3u) | 5);
	rig_write8(&rig, 0, IPRIORITYR + 6, 0x38);
	rig_unload(&rig, 0);
	rig_write(&rig, 2, SGIR, TO_CPU0 | 6);
	rig_write(&rig, 1, SGIR, TO_CPU0 | 6);
	rig_load(&rig, 0); /* a second source waits: its turn comes with the EOI */
	CHECK_EQ(best_lr(), PENDING | PRIORITY(0x38u) | FROM_CPU(1u) | EOI | 6);
	rig_free(&rig);
}

static void physical(void)
{
	rig_boot(&rig, 1, 64, 4);
	vgic_phys_set_owner(rig.vgic, VTIMER, VGIC_OWNER_TIMER, VTIMER_LINE);
	rig_write8(&rig, 0, IPRIORITYR + VTIMER, 0x90);
	rig_fire(&rig, 0, VTIMER, VTIMER_LINE);
	CHECK_EQ(best_lr(), HARDWARE | PENDING | PRIORITY(0x90u) | PHYSICAL(VTIMER_LINE) | VTIMER);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "spis", spis },
	{ "groups", groups },
	{ "groups_together", groups_together },
	{ "groups_private", groups_private },
	{ "groups_of_another_cpu", groups_of_another_cpu },
	{ "sgis", sgis },
	{ "physical", physical },
};

TEST_MAIN("vgic_lr", cases)
