/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * List registers of a vCPU that runs, written by another CPU: hyp/core/remote.c and
 * vgic/vgic_remote.c. The model of hardware (vgic_rig.c) refuses a write to a list register that is
 * out of reach, or not empty. `exits` counts what the vCPU would have noticed.
 */
#include "test/unit/test_vgic.h"

#define QEMUS 0xeu /* LR0 is out of reach */
#define ALL   0xfu

static struct rig rig;

static void boot(uint32_t nr_vcpus, uint32_t nr_lrs, uint32_t reach)
{
	rig_boot(&rig, nr_vcpus, 96, nr_lrs);
	for (uint32_t intid = 64; intid < 80; intid += 16) {
		rig_write(&rig, 0, ICFGR + intid / 4, 0xaaaaaaaa);
	}
	for (uint32_t n = 0; n < 8; n++) {
		rig_write8(&rig, 0, IPRIORITYR + 64 + n, (uint8_t)(0x80 - 8 * n));
	}
	rig_set_reach(&rig, reach);
}

static void done(void)
{
	rig_settle(&rig);
	CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
	rig_set_reach(&rig, 0);
	rig_free(&rig);
}

static void pulse(uint32_t intid)
{
	rig_raises(&rig, intid, true);
	rig_raises(&rig, intid, false);
}

/* The guest alone, with no exit. */
static void take(uint32_t iar)
{
	CHECK_EQ(hw_ack(&rig, 0), iar);
	hw_eoi(&rig, 0, iar);
}

static void nobody_is_kicked(void)
{
	CHECK_EQ(rig.kick, 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_NONE);
	CHECK_EQ(vgic_cif(rig.vgic, 0)->dirty, 0);
}

/* One edge after the other, and all of them at once. */
static void edges(void)
{
	static const uint32_t reaches[] = { QEMUS, ALL };

	for (uint32_t n = 0; n < 2; n++) {
		uint32_t syncs;

		boot(1, 4, reaches[n]);
		syncs = rig.cpu[0].syncs;
		for (uint32_t i = 0; i < 40; i++) {
			uint32_t intid = 64 + i % 7;

			pulse(intid);
			nobody_is_kicked();
			take(intid);
			CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
		}
		for (uint32_t turn = 0; turn < 10; turn++) {
			for (uint32_t i = 0; i < 3; i++) {
				pulse(64 + i);
				nobody_is_kicked();
			}
			for (uint32_t i = 3; i-- > 0;) {
				take(64 + i);
			}
		}
		CHECK_EQ(rig.cpu[0].syncs, syncs);
		done();
	}
}

/* The level stays high: its EOI is a maintenance interrupt, and it comes again. Lowered while it is
 * pending, or active, it makes the vCPU exit; when it has ended it does not. */
static void levels(void)
{
	for (int eoi_is_empty = 0; eoi_is_empty < 2; eoi_is_empty++) {
		boot(1, 4, QEMUS);
		rig.eoi_is_empty = eoi_is_empty;
		rig_raises(&rig, 40, true);
		nobody_is_kicked();
		CHECK_EQ(hw_ack(&rig, 0), 40);
		hw_eoi(&rig, 0, 40);
		CHECK(hw_eisr(&rig, 0) != 0);
		rig_enter(&rig, 0); /* the maintenance interrupt */
		CHECK_EQ(hw_ack(&rig, 0), 40);
		rig_raises(&rig, 40, false);
		CHECK_EQ(rig.kick, 1);
		rig_settle(&rig);
		hw_eoi(&rig, 0, 40);
		CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
		rig_raises(&rig, 40, true);
		nobody_is_kicked();
		rig_raises(&rig, 40, false); /* not taken yet */
		CHECK_EQ(rig.kick, 1);
		rig_settle(&rig);
		CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
		rig_raises(&rig, 40, true);
		CHECK_EQ(hw_ack(&rig, 0), 40);
		hw_eoi(&rig, 0, 40);
		rig_raises(&rig, 40, false); /* before the maintenance interrupt is taken */
		CHECK_EQ(rig.kick, eoi_is_empty ? 0 : 1);
		rig_settle(&rig);
		CHECK_EQ(hw_eisr(&rig, 0), 0);
		done();
	}
}

/* An edge for an interrupt that the guest has not taken, or has active: only the vCPU's own CPU can
 * change its list register. None of the two is lost. */
static void not_empty(void)
{
	boot(1, 4, QEMUS);
	pulse(64);
	pulse(64);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK);
	pulse(65); /* a kick is on its way, and finds both */
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK);
	rig_settle(&rig);
	take(65);
	take(64);
	CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
	pulse(64);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	pulse(64);
	CHECK_EQ(rig.kick, 1);
	hw_eoi(&rig, 0, 64);
	rig.kick = 0; /* still on its way */
	pulse(66);
	nobody_is_kicked(); /* it will find nothing */
	take(66);
	take(64);
	done();
}

/* More than free list registers in reach: nothing is lost, and the priorities are kept. */
static void too_many(void)
{
	boot(1, 4, QEMUS);
	for (uint32_t i = 0; i < 3; i++) {
		pulse(64 + i);
		nobody_is_kicked();
	}
	pulse(67); /* LR0 is free */
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_ADD);
	pulse(68);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK);
	rig_settle(&rig);
	CHECK(rig.cpu[0].hcr != 1); /* with more waiting, each new one is a new choice */
	pulse(69);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK);
	rig_settle(&rig);
	take(69);
	pulse(69); /* its list register is empty, but 64 and 65 have waited longer */
	CHECK_EQ(rig.kick, 1);
	rig_settle(&rig);
	for (uint32_t i = 6; i-- > 0;) {
		CHECK_EQ(rig_ack(&rig, 0), 64 + i);
		rig_eoi(&rig, 0, 64 + i);
	}
	done();
}

/* The vCPU's own CPU goes on with those that are still free. */
static void free_ones(void)
{
	boot(1, 4, QEMUS);
	pulse(64);
	pulse(65);
	rig_set_reach(&rig, 0);
	for (uint32_t i = 0; i < 3; i++) {
		rig_raises(&rig, 66 + i, true);
	}
	rig_settle(&rig);
	for (uint32_t i = 5; i-- > 0;) {
		CHECK_EQ(rig_ack(&rig, 0), 64 + i);
		rig_eoi(&rig, 0, 64 + i);
	}
	done();
}

/* The guest has ended an interrupt that is in no list register: it stays outside until the vCPU's
 * own CPU has read the count of such EOIs. */
static void outside(void)
{
	boot(1, 1, 1);
	pulse(64);
	CHECK_EQ(rig_ack(&rig, 0), 64);
	pulse(65);
	CHECK_EQ(rig.kick, 1);
	rig_settle(&rig);
	CHECK_EQ(rig_ack(&rig, 0), 65);
	hw_eoi(&rig, 0, 65);
	hw_eoi(&rig, 0, 64);
	pulse(66);
	CHECK_EQ(rig.kick, 1);
	rig_settle(&rig);
	take(66);
	rig_sync(&rig, 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 64) & 4, 0);
	done();
}

/* Another vCPU has made it active after it had ended. */
static void made_active(void)
{
	boot(2, 4, QEMUS);
	pulse(64);
	take(64);
	CHECK_EQ(rig_try(&rig, 1, &(struct mmio) { ISACTIVER + 8, 4, true, 1 }), MMIO_OK);
	pulse(65);
	take(65);
	rig_settle(&rig);
	CHECK(hw_find_active(&rig, 0, 64) >= 0);
	pulse(64);
	CHECK_EQ(rig.kick, 1);
	rig_settle(&rig);
	CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
	rig_write(&rig, 1, ICACTIVER + 8, 1);
	take(64);
	done();
}

/* What the vCPU's own CPU has put into LR0 comes again in another one. Unless LR0 asked for a
 * maintenance interrupt, which would stay. */
static void out_of_reach(void)
{
	boot(1, 4, 0);
	rig_line(&rig, 0, 64, true);
	rig_line(&rig, 0, 64, false);
	CHECK_EQ(rig.cpu[0].lr[0] & 0x3ff, 64);
	rig_set_reach(&rig, QEMUS);
	for (uint32_t n = 0; n < 5; n++) {
		take(64);
		pulse(64);
		nobody_is_kicked();
		CHECK_EQ(rig.cpu[0].lr[1] & 0x100003ff, 0x10000040);
	}
	take(64);
	for (uint32_t i = 0; i < 3; i++) {
		pulse(64 + i);
	}
	nobody_is_kicked();
	rig_set_reach(&rig, 0);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(rig.cpu[0].lr[0] & 0x800803ff, 0x00080028);
	rig_set_reach(&rig, QEMUS);
	rig.eoi_is_empty = true;
	take(66);
	take(65);
	take(64);
	take(40);
	rig_raises(&rig, 40, false);
	CHECK_EQ(rig.kick, 1);
	rig_settle(&rig);
	CHECK_EQ(hw_eisr(&rig, 0), 0);
	done();
}

/* The end of a physical interrupt is the business of the CPU that has it: the list register stays
 * as it is. With the HW bit, and without. */
static void physical(void)
{
	for (int soft = 0; soft < 2; soft++) {
		boot(1, 2, 3);
		vgic_phys_set_owner(rig.vgic, 40, VGIC_OWNER_PASSED, 140);
		if (soft) {
			vgic_phys_set_soft_eoi(rig.vgic);
		}
		rig.eoi_is_empty = true;
		rig_fire(&rig, 0, 40, 140);
		pulse(64);
		nobody_is_kicked();
		take(64);
		take(40);
		pulse(65);
		nobody_is_kicked(); /* in the list register of 64 */
		CHECK_EQ(rig.physical[140], soft);
		pulse(66);
		CHECK_EQ(rig.kick, 1);
		rig_settle(&rig);
		CHECK_EQ(rig.physical[140], 0);
		take(66);
		take(65);
		done();
	}
}

/* Between a fold and the flush, or with a fold asked for, the vCPU's own CPU does it. On no CPU,
 * there is nothing to write to. */
static void not_now(void)
{
	boot(1, 4, QEMUS);
	rig_fold(&rig, 0);
	pulse(64);
	CHECK_EQ(rig.kick, 1);
	rig.kick = 0; /* it looks before it continues */
	rig_enter(&rig, 0);
	take(64);
	vgic_ask_fold(rig.vgic, 0);
	pulse(65);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_SYNC);
	rig_settle(&rig);
	take(65);
	rig_unload(&rig, 0);
	pulse(64);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig.cpu[0].lr[0] | rig.cpu[0].lr[1] | rig.cpu[0].lr[2], 0);
	rig_load(&rig, 0);
	take(64);
	done();
}

/* An SPI that has moved to another vCPU while it was in a list register: that one is told. */
static void moves(void)
{
	boot(2, 4, QEMUS);
	pulse(64);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	rig_try(&rig, 1, &(struct mmio) { ITARGETSR + 64, 1, true, 2 });
	rig.kick = 0; /* still on its way */
	hw_eoi(&rig, 0, 64);
	pulse(64);
	CHECK_EQ(rig.kick, 2);
	rig_settle(&rig);
	CHECK_EQ(rig_ack(&rig, 1), 64);
	rig_eoi(&rig, 1, 64);
	done();
}

/* An interrupt that has ended comes again, in the same list register: an SPI of the one vCPU that
 * is its target, and a PPI, both of group 1 too. */
static void comes_again(void)
{
	static const uint32_t intids[] = { 64, 20 };

	for (uint32_t n = 0; n < 4; n++) {
		uint32_t intid = intids[n / 2], group = n % 2;

		boot(2, 4, QEMUS);
		rig_write(&rig, 0, ICFGR + 4, 0xaaaaaaaa);
		rig_write(&rig, 0, CTLR, 3);
		rig_write(&rig, 0, IGROUPR + intid / 32 * 4, group << intid % 32);
		for (uint32_t i = 0; i < 4; i++) {
			pulse(intid);
			nobody_is_kicked();
			CHECK_EQ(rig.cpu[0].lr[1] & 0x700003ff, group << 30 | 0x10000000 | intid);
			take(intid);
			CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
		}
		done();
	}
}

/* Two list registers are out of date, and have been ended since. */
static void both_again(void)
{
	boot(1, 4, QEMUS);
	pulse(64);
	pulse(65);
	take(65);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	pulse(64);
	CHECK_EQ(rig.kick, 1);
	hw_eoi(&rig, 0, 64);
	rig.kick = 0; /* still on its way */
	pulse(65);
	nobody_is_kicked();
	take(65);
	take(64);
	CHECK_EQ(hw_ack(&rig, 0), SPURIOUS);
	done();
}

/* An SGI for a vCPU on another CPU; its sender's access is all that exits. */
static void sgis(void)
{
	boot(2, 4, QEMUS);
	for (uint32_t n = 0; n < 10; n++) {
		uint32_t syncs = rig.cpu[0].syncs;

		CHECK_EQ(rig_try(&rig, 1, &(struct mmio) { SGIR, 4, true, 0x00010005 }), MMIO_OK);
		nobody_is_kicked();
		CHECK_EQ(rig.cpu[0].syncs, syncs);
		take(5 | 1 << 10);
	}
	done();
}

/* No alias: as ever. */
static void no_alias(void)
{
	boot(1, 4, 0);
	pulse(64);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_ADD);
	rig_settle(&rig);
	take(64);
	done();
}

static const struct test_case cases[] = {
	{ "edges", edges },	      { "levels", levels },
	{ "not_empty", not_empty },   { "too_many", too_many },
	{ "free_ones", free_ones },   { "out_of_reach", out_of_reach },
	{ "outside", outside },	      { "made_active", made_active },
	{ "physical", physical },     { "not_now", not_now },
	{ "moves", moves },	      { "comes_again", comes_again },
	{ "both_again", both_again }, { "sgis", sgis },
	{ "no_alias", no_alias },
};

TEST_MAIN("vgic_remote", cases)
