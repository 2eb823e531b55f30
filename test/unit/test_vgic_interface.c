/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pending interrupt ends a WFI: each that the CPU interface signals, and no other. All masks,
 * running priorities, binary points, groups and priorities, against IHI 0048B 3.3 typed once more;
 * VMCR from 5.3.3, list registers from 5.3.8.
 */
#include "test/unit/test_vgic.h"

#define SPI 40u

static struct rig rig;

/* The CPU interface as the guest sees it. */
struct interface {
	uint32_t pmr;	  /* 0..31, of GICC_PMR's upper bits */
	uint32_t running; /* the active priority / 8; 32: none is active */
	uint32_t bp, abp; /* GICC_BPR, GICC_ABPR */
	bool cbpr;
	uint32_t on; /* bit n: group n */
};

/* Table 3-2: the bits that make the group priority. */
static uint32_t point_mask(const struct interface *interface, bool group1)
{
	static const uint8_t group0s[8] = { 0xfe, 0xfc, 0xf8, 0xf0, 0xe0, 0xc0, 0x80, 0x00 };
	static const uint8_t group1s[8] = { 0xff, 0xfe, 0xfc, 0xf8, 0xf0, 0xe0, 0xc0, 0x80 };

	return group1 && !interface->cbpr ? group1s[interface->abp] : group0s[interface->bp];
}

static bool is_signalled(const struct interface *interface, bool group1, uint32_t priority)
{
	if (!(interface->on & (group1 ? 2u : 1u)) || priority >= 8 * interface->pmr) {
		return false;
	}
	return interface->running == 32 ||
	       (priority & point_mask(interface, group1)) < 8 * interface->running;
}

/* As vgic_hw_look leaves it. Higher priorities run no more; lower ones may wait below. */
static void set(const struct interface *interface)
{
	struct vgic_cif *cif = vgic_cif(rig.vgic, 0);

	cif->vmcr = interface->pmr << 27 | interface->bp << 21 | interface->abp << 18 |
		    (interface->cbpr ? 0x10u : 0) | interface->on;
	cif->apr = interface->running == 32
			   ? 0
			   : 0xa5a5a5a5u << interface->running | 1u << interface->running;
}

static void boot(uint32_t nr_lrs)
{
	rig_boot(&rig, 1, 64, nr_lrs);
}

static uint32_t wrong;

static void check_one(const struct interface *interface, bool group1, uint32_t priority)
{
	static const uint32_t timers[2] = { 27, 30 };
	static uint32_t turn;
	bool want = is_signalled(interface, group1, priority);
	bool got;

	set(interface);
	got = vgic_has_pending(rig.vgic, 0);
	if (turn++ % 64 == 0) { /* it is the same predicate */
		CHECK_EQ(vgic_explain(rig.vgic, 0, timers).hold == VGIC_HOLD_NONE, want);
	}
	if (got != want && wrong++ < 10) {
		printf("group %u priority 0x%x: pmr 0x%x running 0x%x bp %u abp %u cbpr %u on %u\n",
		       group1, priority, 8 * interface->pmr, 8 * interface->running, interface->bp,
		       interface->abp, interface->cbpr, interface->on);
	}
}

/* Masks and what runs, then binary points. */
static void check_points(struct interface *interface, bool group1, uint32_t priority)
{
	for (uint32_t points = 0; points < 128; points++) {
		interface->bp = points & 7;
		interface->abp = (points >> 3) & 7;
		interface->cbpr = points >> 6;
		check_one(interface, group1, priority);
	}
}

static void check_all(bool group1, uint32_t priority)
{
	struct interface interface;

	for (uint32_t n = 0; n < 32 * 33 * 4; n++) {
		interface.on = n & 3;
		interface.pmr = (n >> 2) & 31;
		interface.running = n >> 7;
		check_points(&interface, group1, priority);
	}
}

static void all(void)
{
	boot(4);
	rig_write(&rig, 0, CTLR, 3);
	rig_unload(&rig, 0);
	rig_line(&rig, 0, SPI, true);
	for (uint32_t n = 0; n < 64; n++) {
		rig_write8(&rig, 0, IPRIORITYR + SPI, n / 2 * 8);
		rig_write(&rig, 0, IGROUPR + 4, (n & 1u) << (SPI % 32));
		check_all(n & 1, n / 2 * 8);
	}
	CHECK_EQ(wrong, 0);
	rig_free(&rig);
}

/* The same, of a loaded vCPU that was not folded: from what its list register shows. */
static void shown(void)
{
	boot(4);
	rig_write(&rig, 0, CTLR, 3);
	wrong = 0;
	for (uint32_t n = 0; n < 64; n++) {
		rig_write8(&rig, 0, IPRIORITYR + SPI, n / 2 * 8);
		rig_write(&rig, 0, IGROUPR + 4, (n & 1u) << (SPI % 32));
		rig_line(&rig, 0, SPI, true);
		for (uint32_t m = 0; m < 32 * 33 * 4; m += 7) {
			struct interface interface = { .on = m & 3,
						       .pmr = (m >> 2) & 31,
						       .running = m >> 7,
						       .bp = m % 5,
						       .abp = m % 6 };

			set(&interface);
			wrong += vgic_has_pending(rig.vgic, 0) !=
				 is_signalled(&interface, n & 1, n / 2 * 8);
		}
		rig_line(&rig, 0, SPI, false);
		set(&(struct interface) { 31, 32, 0, 0, false, 3 });
		CHECK(!vgic_has_pending(rig.vgic, 0));
	}
	CHECK_EQ(wrong, 0);
	rig_free(&rig);
}

/* One of many, in any word and place, is found; what it is for another vCPU is not. */
static void of_many(void)
{
	const struct interface interface = { 16, 32, 2, 3, false, 1 }; /* below 0x80 */

	rig_boot(&rig, 2, 1020, 4);
	rig_unload(&rig, 0);
	set(&interface);
	for (uint32_t intid = 32; intid < 1020; intid++) {
		rig_line(&rig, 0, intid, true); /* 0xa0 */
	}
	CHECK(!vgic_has_pending(rig.vgic, 0));
	for (uint32_t intid = 32; intid < 1020; intid += 13) {
		rig_write8(&rig, 1, IPRIORITYR + intid, 0x78);
		CHECK(vgic_has_pending(rig.vgic, 0));
		rig_write8(&rig, 1, ITARGETSR + intid, 2);
		CHECK(!vgic_has_pending(rig.vgic, 0));
		rig_write8(&rig, 1, IPRIORITYR + intid, 0x80);
		rig_write8(&rig, 1, ITARGETSR + intid, 1);
		CHECK(!vgic_has_pending(rig.vgic, 0));
	}
	rig_free(&rig);
}

/* A sleeper is kicked when something that it waits for comes, whoever does what. */
static void kicks(uint32_t offset, uint32_t value, bool want)
{
	rig.kick = 0;
	rig.woken = 0;
	rig_write(&rig, 1, offset, value);
	CHECK_EQ(rig.woken & 1, want);
	CHECK_EQ(vgic_has_pending(rig.vgic, 0), want);
}

static void sleeper(void)
{
	rig_boot(&rig, 2, 64, 4);
	rig.cpu[0].vmcr = 16u << 27 | 1; /* below 0x80, group 0 */
	rig_unload(&rig, 0);
	rig_line(&rig, 0, SPI, true);
	CHECK_EQ(rig.woken & 1, 0);
	kicks(ISPENDR + 4, 0xff00, false);
	kicks(IPRIORITYR + SPI, 0xa0a0a080, false);
	kicks(IPRIORITYR + SPI, 0xa0a0a078, true);
	kicks(IPRIORITYR + SPI, 0xa0a0a080, false);
	kicks(IGROUPR + 4, 1u << (SPI % 32), false);
	kicks(CTLR, 3, false);
	kicks(IPRIORITYR + SPI, 0xa0a0a000, false); /* group 1 is off at the interface */
	kicks(IGROUPR + 4, 0, true);
	kicks(CTLR, 2, false);
	kicks(CTLR, 1, true);
	kicks(ICENABLER + 4, 1u << (SPI % 32), false);
	kicks(ISENABLER + 4, 1u << (SPI % 32), true);
	kicks(ISACTIVER + 4, 1u << (SPI % 32), false);
	kicks(ICACTIVER + 4, 1u << (SPI % 32), true);
	rig_line(&rig, 0, SPI, false);
	kicks(ICPENDR + 4, 0xff00, false);
	kicks(SGIR, 0x00010001, false);
	kicks(SGIR, 0x00010002, false);
	rig_write8(&rig, 1, IPRIORITYR + 2, 0); /* its own, not the sleeper's */
	CHECK_EQ(rig.woken & 1, 0);
	rig_write8(&rig, 0, IPRIORITYR + 3, 0x10);
	kicks(SGIR, 0x00010003, true);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "all", all },
	{ "shown", shown },
	{ "of_many", of_many },
	{ "sleeper", sleeper },
};

TEST_MAIN("vgic_interface", cases)
