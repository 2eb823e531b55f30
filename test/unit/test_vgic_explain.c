/* SPDX-License-Identifier: BSD-2-Clause */
/* Why nothing is taken: each gate of IHI 0048B 3.2, 3.3 shut in turn. VMCR is typed from 5.3.3. */
#include "test/unit/test_vgic.h"

#define VMCR_GRP0   0x00000001u
#define VMCR_GRP1   0x00000002u
#define VMCR_FIQEN  0x00000008u
#define VMCR_CBPR   0x00000010u
#define VMCR_PMR(p) ((uint32_t)(p) << 24) /* of GICC_PMR: its upper five bits at 31..27 */
#define VMCR_BP(n)  ((uint32_t)(n) << 21)
#define VMCR_ABP(n) ((uint32_t)(n) << 18)
#define VMCR_OPEN   (VMCR_GRP0 | VMCR_PMR(0xf8))

static struct rig rig;

/* Two vCPUs, everything off but GICD_CTLR's group 0. */
static void boot(uint32_t nr_vcpus)
{
	rig_make(&rig, nr_vcpus, 96, 4);
	for (uint32_t v = 0; v < nr_vcpus; v++) {
		rig_load(&rig, v);
	}
	rig_write(&rig, 0, CTLR, 1);
}

static struct vgic_view look(uint32_t v, uint32_t vmcr, uint32_t apr)
{
	static const uint32_t timers[2] = { 27, 30 };
	struct vgic_cif *cif = vgic_cif(rig.vgic, v);
	struct vgic_view view;

	rig_fold(&rig, v);
	cif->vmcr = vmcr;
	cif->apr = apr;
	view = vgic_explain(rig.vgic, v, timers);
	rig_enter(&rig, v);
	return view;
}

static void check(struct vgic_view view, enum vgic_hold hold, uint32_t intid)
{
	CHECK_EQ(view.hold, hold);
	CHECK_EQ(view.intid, intid);
}

static void pend(uint32_t intid)
{
	rig_line(&rig, 0, intid, true);
}

static void enable(uint32_t intid)
{
	rig_write(&rig, 0, ISENABLER + intid / 32 * 4, 1u << (intid % 32));
}

static void run_gates(void)
{
	boot(2);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_IDLE, 0xffff);
	pend(40);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_DISABLED, 40);
	check(look(1, VMCR_OPEN, 0), VGIC_HOLD_IDLE, 0xffff);
	enable(40);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_TARGETS, 40);
	check(look(1, VMCR_OPEN, 0), VGIC_HOLD_IDLE, 0xffff);
	rig_write8(&rig, 0, ITARGETSR + 40, 2);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_IDLE, 0xffff);
	check(look(1, VMCR_OPEN, 0), VGIC_HOLD_NONE, 40);
	check(look(1, VMCR_PMR(0xf8), 0), VGIC_HOLD_INTERFACE, 40);
	check(look(1, VMCR_GRP1 | VMCR_PMR(0xf8), 0), VGIC_HOLD_INTERFACE, 40);
	check(look(1, VMCR_GRP0, 0), VGIC_HOLD_PMR, 40);
	rig_write(&rig, 0, CTLR, 0);
	check(look(1, VMCR_OPEN, 0), VGIC_HOLD_GROUP, 40);
	rig_write(&rig, 0, CTLR, 2);
	check(look(1, VMCR_OPEN, 0), VGIC_HOLD_GROUP, 40);
	rig_free(&rig);
}

static void run_priorities(void)
{
	boot(1);
	enable(40);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x40);
	pend(40);
	CHECK_EQ(rig.cpu[0].lr[0] & 0x3ff, 40);
	check(look(0, VMCR_GRP0 | VMCR_PMR(0x40), 0), VGIC_HOLD_PMR, 40);
	check(look(0, VMCR_GRP0 | VMCR_PMR(0x48), 0), VGIC_HOLD_NONE, 40);
	/* GICH_APR: bit n is priority 8n. Binary point 2: five bits of group priority. */
	check(look(0, VMCR_OPEN | VMCR_BP(2), 1u << 9), VGIC_HOLD_NONE, 40);
	check(look(0, VMCR_OPEN | VMCR_BP(2), 1u << 8), VGIC_HOLD_ACTIVE, 40);
	check(look(0, VMCR_OPEN | VMCR_BP(2), 1u << 7), VGIC_HOLD_ACTIVE, 40);
	/* Binary point 5: bits 7..6 alone; 0x40 preempts 0x80, but not what runs at 0x40. */
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x30);
	check(look(0, VMCR_OPEN | VMCR_BP(5), 1u << 8), VGIC_HOLD_NONE, 40);
	check(look(0, VMCR_OPEN | VMCR_BP(5), 1u << 4), VGIC_HOLD_NONE, 40);
	check(look(0, VMCR_OPEN | VMCR_BP(4), 1u << 4), VGIC_HOLD_ACTIVE, 40);
	check(look(0, VMCR_OPEN | VMCR_BP(5), 1u << 0), VGIC_HOLD_ACTIVE, 40);
	rig_free(&rig);
}

/* Group 1 has a binary point of its own, unless CBPR, and is never a FIQ. */
static void run_groups(void)
{
	boot(1);
	enable(40);
	pend(40);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x30);
	CHECK(!look(0, VMCR_OPEN, 0).fiq);
	CHECK(look(0, VMCR_OPEN | VMCR_FIQEN, 0).fiq);
	rig_write(&rig, 0, CTLR, 3);
	rig_write(&rig, 0, IGROUPR + 4, 1u << 8);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_INTERFACE, 40);
	CHECK(!look(0, VMCR_OPEN | VMCR_GRP1 | VMCR_FIQEN, 0).fiq);
	/* 0x30 beside 0x38 active: apart with three bits below the point, one with four. */
	check(look(0, VMCR_OPEN | VMCR_GRP1 | VMCR_ABP(3) | VMCR_BP(6), 1u << 7), VGIC_HOLD_NONE,
	      40);
	check(look(0, VMCR_OPEN | VMCR_GRP1 | VMCR_ABP(7) | VMCR_BP(2), 1u << 3), VGIC_HOLD_NONE,
	      40);
	check(look(0, VMCR_OPEN | VMCR_GRP1 | VMCR_ABP(3) | VMCR_BP(2) | VMCR_CBPR, 1u << 6),
	      VGIC_HOLD_ACTIVE, 40);
	rig_free(&rig);
}

/* What got furthest is named, then the highest priority. */
static void run_first(void)
{
	boot(1);
	rig_write8(&rig, 0, IPRIORITYR + 41, 0x80);
	rig_write8(&rig, 0, IPRIORITYR + 42, 0x70);
	pend(40);
	pend(41);
	pend(42);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_DISABLED, 40);
	enable(41);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_NONE, 41);
	enable(42);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_NONE, 42);
	rig_free(&rig);
}

/* Acknowledged and not ended: by its priority it holds up others, and itself. */
static void run_active(void)
{
	boot(1);
	enable(40);
	pend(40);
	CHECK_EQ(rig_ack(&rig, 0), 40);
	CHECK_EQ(look(0, VMCR_OPEN, 1).active, 40);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_ACTIVE, 40); /* its level is still high */
	enable(41);
	pend(41);
	check(look(0, VMCR_OPEN, 1), VGIC_HOLD_ACTIVE, 40);
	rig_line(&rig, 0, 40, false);
	check(look(0, VMCR_OPEN, 1), VGIC_HOLD_ACTIVE, 41);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(look(0, VMCR_OPEN, 0).active, 0xffff);
	check(look(0, VMCR_OPEN, 0), VGIC_HOLD_NONE, 41);
	rig_free(&rig);
}

static void run_open(void)
{
	struct vgic_view view;

	boot(2);
	view = look(0, VMCR_OPEN, 0);
	CHECK(view.open_sgi);
	CHECK(!view.open_timer[0] && !view.open_timer[1]);
	CHECK_EQ(view.open_other, 0xffff);
	enable(27);
	view = look(0, VMCR_OPEN, 0);
	CHECK(view.open_timer[0] && !view.open_timer[1]);
	CHECK(!look(1, VMCR_OPEN, 0).open_timer[0]); /* banked */
	enable(30);
	CHECK(look(0, VMCR_OPEN, 0).open_timer[1]);
	enable(60);
	CHECK_EQ(look(0, VMCR_OPEN, 0).open_other, 0xffff); /* no target yet */
	rig_write8(&rig, 0, ITARGETSR + 60, 1);
	CHECK_EQ(look(0, VMCR_OPEN, 0).open_other, 60);
	CHECK_EQ(look(1, VMCR_OPEN, 0).open_other, 0xffff);
	rig_write8(&rig, 0, ITARGETSR + 60, 2);
	CHECK_EQ(look(0, VMCR_OPEN, 0).open_other, 0xffff);
	CHECK_EQ(look(1, VMCR_OPEN, 0).open_other, 60);
	enable(29);
	CHECK_EQ(look(0, VMCR_OPEN, 0).open_other, 29);
	view = look(0, VMCR_PMR(0xf8), 0);
	CHECK(!view.open_sgi && !view.open_timer[0] && view.open_other == 0xffff);
	rig_write(&rig, 0, CTLR, 0);
	CHECK(!look(0, VMCR_OPEN, 0).open_sgi);
	rig_free(&rig);
}

/* Looking changes nothing: the guest takes what it would have taken. */
static void run_silent(void)
{
	boot(1);
	for (uint32_t intid = 40; intid < 50; intid++) {
		enable(intid);
		rig_write8(&rig, 0, IPRIORITYR + intid, (intid - 39) << 3);
		pend(intid);
	}
	for (uint32_t intid = 40; intid < 50; intid++) {
		(void)look(0, VMCR_OPEN, 0);
		CHECK_EQ(rig_ack(&rig, 0), intid);
		(void)look(0, VMCR_OPEN, 1);
		rig_line(&rig, 0, intid, false);
		rig_eoi(&rig, 0, intid);
	}
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "gates", run_gates },	  { "priorities", run_priorities }, { "groups", run_groups },
	{ "first", run_first },	  { "active", run_active },	    { "open", run_open },
	{ "silent", run_silent },
};

TEST_MAIN("vgic_explain", cases)
