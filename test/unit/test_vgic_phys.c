/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts that stand for physical ones: no physical interrupt is ever left active for good, and
 * none is deactivated while the guest still has it (hazard 29). */
#include "test/unit/test_vgic.h"

#define VTIMER	  27
#define PTIMER	  30
#define VPHYS	  27
#define DEV	  50  /* a passed-through SPI */
#define DEV_PHYS  201 /* bit 19 of a list register is not set by this one ... */
#define DEV2	  51
#define DEV2_PHYS 0x27b /* ... but by this one */

static struct rig rig;

static void boot(uint32_t nr_vcpus, uint32_t nr_lrs)
{
	rig_boot(&rig, nr_vcpus, 96, nr_lrs);
	vgic_phys_set_owner(rig.vgic, VTIMER, VGIC_OWNER_TIMER, VPHYS);
	vgic_phys_set_owner(rig.vgic, PTIMER, VGIC_OWNER_TIMER, 30);
	vgic_phys_set_owner(rig.vgic, DEV, VGIC_OWNER_PASSED, DEV_PHYS);
	vgic_phys_set_owner(rig.vgic, DEV2, VGIC_OWNER_PASSED, DEV2_PHYS);
}

static void take(uint32_t iar)
{
	CHECK_EQ(rig_ack(&rig, 0), iar);
}

static uint32_t best_lr(void)
{
	int n = hw_best(&rig, 0);

	CHECK(n >= 0);
	return n < 0 ? 0 : rig.cpu[0].lr[n];
}

static void owners(void)
{
	boot(2, 4);
	CHECK_EQ(rig_try_line(&rig, 0, VTIMER, true), 0); /* 0 and ignored */
	CHECK_EQ(rig_try_line(&rig, 1, PTIMER, true), 0);
	CHECK_EQ(rig_try_line(&rig, 0, DEV, true), -16);
	CHECK_EQ(rig.kick, 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, VTIMER) & 7, 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, DEV) & 7, 0);
	take(SPURIOUS);
	vgic_phys_set_owner(rig.vgic, DEV, VGIC_OWNER_DEVICE, 0);
	CHECK_EQ(rig_try_line(&rig, 0, DEV, true), -16);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, DEV) & 7, 0);
	vgic_phys_set_owner(rig.vgic, DEV, VGIC_OWNER_LINE, 0);
	CHECK_EQ(rig_try_line(&rig, 0, DEV, true), 0);
	vgic_phys_set_owner(rig.vgic, 3, VGIC_OWNER_PASSED, 1); /* no such thing */
	vgic_phys_set_owner(rig.vgic, 96, VGIC_OWNER_PASSED, 1);
	vgic_phys_fired(rig.vgic, 0, 40, &rig.kick); /* nobody's */
	vgic_phys_fired(rig.vgic, 0, 3, &rig.kick);
	vgic_phys_fired(rig.vgic, 0, 96, &rig.kick);
	vgic_phys_fired(rig.vgic, 2, VTIMER, &rig.kick);
	CHECK(!vgic_phys_held(rig.vgic, 0, 40));
	CHECK(!vgic_phys_held(rig.vgic, 0, 1000));
	CHECK(!vgic_phys_release(rig.vgic, 0, 1000));
	rig.kick = 0;
	rig_free(&rig);
}

/* The line of an emulated device: nobody else's, a wire where the guest makes it an edge, and what
 * it is through a reset. */
static void device(void)
{
	rig_boot(&rig, 1, 96, 4);
	vgic_phys_set_owner(rig.vgic, 50, VGIC_OWNER_DEVICE, 0);
	CHECK_EQ(rig_try_line(&rig, 0, 50, true), -16);
	CHECK_EQ(rig_try_line(&rig, 0, 50, false), -16);
	take(SPURIOUS);
	vgic_device_line(rig.vgic, 50, true, &rig.kick);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 50) & 3, 3); /* pending, its line is high */
	rig_settle(&rig);
	take(50);
	rig_eoi(&rig, 0, 50);
	take(50); /* still high */
	vgic_device_line(rig.vgic, 50, false, &rig.kick);
	rig_settle(&rig);
	rig_eoi(&rig, 0, 50);
	take(SPURIOUS);
	rig_write(&rig, 0, ICFGR + 50 / 16 * 4, 2u << 50 % 16 * 2);
	for (uint32_t n = 0; n < 2; n++) { /* the second is none */
		vgic_device_line(rig.vgic, 50, true, &rig.kick);
		rig_settle(&rig);
		take(n == 0 ? 50 : SPURIOUS);
		if (n == 0) {
			rig_eoi(&rig, 0, 50);
		}
	}
	rig_unload(&rig, 0);
	vgic_reset(rig.vgic);
	CHECK_EQ(rig_try_line(&rig, 0, 50, false), -16);
	CHECK(vgic_irq_state(rig.vgic, 0, 50) & 1u);
	rig.kick = 0;
	vgic_device_line(rig.vgic, 50, false, &rig.kick);
	CHECK(!(vgic_irq_state(rig.vgic, 0, 50) & 1u));
	rig_free(&rig);
}

/* Of lines that are not an emulated device's, of private ones and of those past the last. */
static void device_of_none(void)
{
	boot(2, 4);
	vgic_phys_set_owner(rig.vgic, 20, VGIC_OWNER_DEVICE, 0);
	CHECK_EQ(rig_try_line(&rig, 1, 20, true), -16);
	for (uint32_t n = 0; n < 2000; n++) {
		vgic_device_line(rig.vgic, n, true, &rig.kick);
	}
	CHECK_EQ(rig.kick, 0);
	for (uint32_t n = 16; n < 96; n++) {
		CHECK_EQ(vgic_irq_state(rig.vgic, 0, n) & 7, 0);
	}
	rig_free(&rig);
}

static void timer(void)
{
	boot(2, 4);
	CHECK(!vgic_phys_held(rig.vgic, 0, VTIMER));
	rig_fire(&rig, 0, VTIMER, VPHYS);
	CHECK(vgic_phys_held(rig.vgic, 0, VTIMER));
	CHECK(!vgic_phys_held(rig.vgic, 1, VTIMER));
	CHECK_EQ(best_lr(), 0x90000000u | 0xa0u << 20 | 27 << 10 | 27);
	take(VTIMER);
	rig_sync(&rig, 0);
	CHECK(vgic_phys_held(rig.vgic, 0, VTIMER));
	CHECK_EQ(rig.physical[VPHYS], 1);
	rig_eoi(&rig, 0, VTIMER);
	CHECK_EQ(rig.physical[VPHYS], 0);
	rig_sync(&rig, 0);
	CHECK(!vgic_phys_held(rig.vgic, 0, VTIMER));
	take(SPURIOUS);
	CHECK_EQ(rig.deactivated, 0);
	rig_free(&rig);
}

/* Tick after tick: one write each, no read. */
static void tick_reads_nothing(void)
{
	boot(1, 4);
	rig_line(&rig, 0, 40, true);
	for (int n = 0; n < 10; n++) {
		uint32_t writes = rig.cpu[0].writes, reads = rig.cpu[0].reads;

		rig_fire(&rig, 0, VTIMER, VPHYS);
		CHECK_EQ(rig.cpu[0].reads, reads);
		CHECK_EQ(rig.cpu[0].writes, writes + 1);
		CHECK_EQ(hw_ack(&rig, 0), n ? VTIMER : 40);
		if (n == 0) {
			rig_eoi(&rig, 0, 40);
			rig_line(&rig, 0, 40, false);
			CHECK_EQ(hw_ack(&rig, 0), VTIMER);
		}
		hw_eoi(&rig, 0, VTIMER);
		CHECK_EQ(hw_misr(&rig, 0), 0);
	}
	rig_free(&rig);
}

/* Fires again between the guest's EOI and the next look at its list registers, then a world switch
 * before the flush. */
static void fires_again(void)
{
	boot(1, 4);
	rig_fire(&rig, 0, VTIMER, VPHYS);
	CHECK_EQ(hw_ack(&rig, 0), VTIMER);
	hw_eoi(&rig, 0, VTIMER);
	rig.physical[VPHYS] = 1;
	vgic_phys_fired(rig.vgic, 0, VTIMER, &rig.kick);
	rig.kick = 0;
	rig_unload(&rig, 0);
	CHECK(vgic_phys_held(rig.vgic, 0, VTIMER));
	CHECK(vgic_has_pending(rig.vgic, 0));
	rig_load(&rig, 0);
	take(VTIMER);
	rig_eoi(&rig, 0, VTIMER);
	take(SPURIOUS);
	CHECK_EQ(rig.physical[VPHYS], 0);
	rig_free(&rig);
}

static void disabled_while_active(void)
{
	boot(1, 4);
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	take(DEV);
	rig_write(&rig, 0, ICENABLER + 4, 0xffffffff);
	rig_write(&rig, 0, CTLR, 0);
	rig_write8(&rig, 0, ITARGETSR + DEV, 0);
	CHECK_EQ(rig.physical[DEV_PHYS], 1);
	rig_eoi(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	rig_fire(&rig, 0, DEV, DEV_PHYS); /* pends and waits */
	take(SPURIOUS);
	rig_write(&rig, 0, ISENABLER + 4, 0xffffffff);
	rig_write(&rig, 0, CTLR, 1);
	take(DEV);
	rig_eoi(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	rig_free(&rig);
}

/* GICD_ISPENDR without a physical interrupt: no HW bit, nothing physical is touched. */
static void pended_by_the_guest(void)
{
	boot(1, 4);
	rig_write(&rig, 0, ISPENDR + 4, 1u << (DEV - 32));
	CHECK_EQ(best_lr() >> 31, 0);
	CHECK(!vgic_phys_held(rig.vgic, 0, DEV));
	take(DEV);
	rig_fire(&rig, 0, DEV, DEV_PHYS); /* the real one, behind it */
	take(SPURIOUS);
	CHECK_EQ(rig.physical[DEV_PHYS], 1);
	rig_eoi(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 1);
	CHECK_EQ(best_lr() >> 31, 1);
	take(DEV);
	rig_eoi(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	take(SPURIOUS);
	rig_write(&rig, 0, ISPENDR + 4, 1u << (DEV - 32));
	rig_fire(&rig, 0, DEV, DEV_PHYS); /* both pending: one interrupt */
	take(DEV);
	rig_eoi(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	take(SPURIOUS);
	rig_free(&rig);
}

/* The guest pends it once more while the physical one is active: hardware has no such state. */
static void pended_while_active(void)
{
	static const uint32_t ids[2][2] = { { DEV, DEV_PHYS }, { DEV2, DEV2_PHYS } };

	for (int n = 0; n < 2; n++) {
		boot(1, 4);
		rig_fire(&rig, 0, ids[n][0], ids[n][1]);
		take(ids[n][0]);
		rig_write(&rig, 0, ISPENDR + 4, 1u << (ids[n][0] - 32));
		for (uint32_t lr = 0; lr < 4; lr++) {
			CHECK(hw_state(rig.cpu[0].lr[lr]) != 3 || !(rig.cpu[0].lr[lr] >> 31));
		}
		rig_eoi(&rig, 0, ids[n][0]);
		CHECK_EQ(rig.physical[ids[n][1]], 0);
		CHECK_EQ(rig.deactivated, 1);
		CHECK(!vgic_phys_held(rig.vgic, 0, ids[n][0]));
		take(ids[n][0]);
		rig_eoi(&rig, 0, ids[n][0]);
		take(SPURIOUS);
		rig_free(&rig);
	}
}

/* GICD_ICPENDR clears an edge; a level that is high stays pending (4.3.8). */
static void cleared_by_the_guest(void)
{
	boot(2, 4);
	vgic_phys_set_edge(rig.vgic, DEV);
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	rig_write(&rig, 0, ICPENDR + 4, 0xffffffff);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	CHECK(!vgic_phys_held(rig.vgic, 0, DEV));
	take(SPURIOUS);
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	rig_write(&rig, 1, ICPENDR + 4, 0xffffffff); /* from the other vCPU: when 0 folds */
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	take(SPURIOUS);
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	CHECK_EQ(hw_ack(&rig, 0), DEV);
	rig_write(&rig, 1, ICPENDR + 4, 0xffffffff); /* too late */
	CHECK_EQ(rig.physical[DEV_PHYS], 1);
	rig_write(&rig, 1, ICACTIVER + 4, 0xffffffff);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	CHECK(!vgic_phys_held(rig.vgic, 0, DEV));
	rig_eoi(&rig, 0, DEV);
	rig_fire(&rig, 0, DEV2, DEV2_PHYS);
	rig_write(&rig, 0, ICPENDR + 4, 0xffffffff);
	rig_write(&rig, 1, ICPENDR + 4, 0xffffffff);
	CHECK_EQ(rig.physical[DEV2_PHYS], 1);
	take(DEV2);
	rig_eoi(&rig, 0, DEV2);
	CHECK_EQ(rig.physical[DEV2_PHYS], 0);
	rig_fire(&rig, 0, VTIMER, VPHYS);
	take(VTIMER);
	rig_write(&rig, 0, ICACTIVER, 1u << VTIMER);
	CHECK_EQ(rig.physical[VPHYS], 0);
	rig_eoi(&rig, 0, VTIMER);
	CHECK_EQ(rig.deactivated, 4);
	rig_free(&rig);
}

/* ---- levels that fall ---- */

struct level {
	uint32_t intid, physid;
};

static const struct level levels[] = { { VTIMER, VPHYS }, { PTIMER, 30 }, { DEV, DEV_PHYS } };
#define NR_LEVELS (sizeof(levels) / sizeof(levels[0]))

static uint32_t word_of(uint32_t base, const struct level *level)
{
	return base + level->intid / 32 * 4;
}

static uint32_t bit_of(const struct level *level)
{
	return 1u << (level->intid % 32);
}

static bool shown(const struct level *level)
{
	return (rig_read(&rig, 0, word_of(ISPENDR, level)) & bit_of(level)) != 0;
}

/* What was let go may come again, and does. */
static void over(const struct level *level)
{
	take(SPURIOUS);
	CHECK(!vgic_phys_held(rig.vgic, 0, level->intid));
	CHECK_EQ(rig.physical[level->physid], 0);
	rig_fire(&rig, 0, level->intid, level->physid);
	CHECK(shown(level));
	take(level->intid);
	rig.low[level->physid] = true;
	rig_eoi(&rig, 0, level->intid);
	take(SPURIOUS);
	CHECK_EQ(rig.physical[level->physid], 0);
}

/* Calls `what` for each source, with the HW bit and without, and with little room. */
static void each_level(void (*what)(const struct level *level))
{
	for (uint32_t n = 0; n < 4 * NR_LEVELS; n++) {
		boot(2, n & 2 ? 4 : 1);
		if (n & 1) {
			vgic_phys_set_soft_eoi(rig.vgic);
		}
		what(&levels[n / 4]);
		rig_free(&rig);
	}
}

static void falls_seen(const struct level *level)
{
	rig_fire(&rig, 0, level->intid, level->physid);
	CHECK(shown(level));
	CHECK_EQ(best_lr() & 0x3ff, level->intid);
	rig.low[level->physid] = true;
	CHECK(!shown(level));
	over(level);
}

static void falls_disabled(const struct level *level)
{
	rig_write(&rig, 0, word_of(ICENABLER, level), bit_of(level));
	rig_fire(&rig, 0, level->intid, level->physid);
	CHECK(shown(level));
	rig.low[level->physid] = true;
	rig_write(&rig, 0, word_of(ISENABLER, level), bit_of(level));
	over(level);
	rig_write(&rig, 0, word_of(ICENABLER, level), bit_of(level));
	rig_fire(&rig, 0, level->intid, level->physid);
	rig.low[level->physid] = true;
	CHECK(!shown(level));
	rig_write(&rig, 0, word_of(ISENABLER, level), bit_of(level));
	over(level);
}

static void falls_with_distributor_off(const struct level *level)
{
	rig_write(&rig, 0, CTLR, 0);
	rig_fire(&rig, 0, level->intid, level->physid);
	rig.low[level->physid] = true;
	rig_write(&rig, 0, CTLR, 1);
	over(level);
}

/* Behind another: it is in no list register when there is one alone. */
static void falls_waiting(const struct level *level)
{
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x80);
	rig_line(&rig, 0, 40, true);
	take(40);
	rig_line(&rig, 0, 40, false);
	rig_fire(&rig, 0, level->intid, level->physid);
	rig.low[level->physid] = true;
	rig_sync(&rig, 0);
	CHECK_EQ(rig.physical[level->physid], 0);
	rig_eoi(&rig, 0, 40);
	over(level);
}

/* WFI folds, and sleeps. */
static void falls_asleep(const struct level *level)
{
	rig_fire(&rig, 0, level->intid, level->physid);
	CHECK(vgic_has_pending(rig.vgic, 0));
	rig.low[level->physid] = true;
	rig_sync(&rig, 0);
	CHECK(!vgic_has_pending(rig.vgic, 0));
	over(level);
}

/* Its vCPU leaves the CPU, or is away when it falls. */
static void falls_away(const struct level *level)
{
	rig_fire(&rig, 0, level->intid, level->physid);
	rig.low[level->physid] = true;
	rig_unload(&rig, 0);
	CHECK(level->intid >= 32 || !vgic_has_pending(rig.vgic, 0));
	rig_load(&rig, 0);
	over(level);
}

/* What the guest has acknowledged it ends, low or not. High, it is active and pending. */
static void falls_late(const struct level *level)
{
	rig_fire(&rig, 0, level->intid, level->physid);
	take(level->intid);
	CHECK(shown(level));
	rig_sync(&rig, 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, level->intid) & 7, 7);
	rig.low[level->physid] = true;
	CHECK(!shown(level));
	rig_sync(&rig, 0);
	CHECK_EQ(rig.physical[level->physid], 1);
	CHECK(vgic_phys_held(rig.vgic, 0, level->intid));
	rig_eoi(&rig, 0, level->intid);
	CHECK_EQ(rig.physical[level->physid], 0);
	rig_sync(&rig, 0);
	over(level);
}

/* GICD_ISPENDR is the guest's own latch, before and after it fired, taken with it or left. */
static void falls_latched(const struct level *level)
{
	for (uint32_t n = 0; n < 2; n++) {
		if (n) {
			rig_write(&rig, 0, word_of(ISPENDR, level), bit_of(level));
		}
		rig_fire(&rig, 0, level->intid, level->physid);
		if (!n) {
			rig_write(&rig, 0, word_of(ISPENDR, level), bit_of(level));
		}
		rig.low[level->physid] = true;
		CHECK(shown(level));
		CHECK_EQ(rig.physical[level->physid], 0);
		take(level->intid);
		rig_eoi(&rig, 0, level->intid);
		take(SPURIOUS);
		rig_fire(&rig, 0, level->intid, level->physid);
		rig_write(&rig, 0, word_of(ISPENDR, level), bit_of(level));
		take(level->intid);
		rig.low[level->physid] = true;
		CHECK(!shown(level));
		rig_write(&rig, 0, word_of(ISPENDR, level), bit_of(level));
		CHECK(shown(level));
		rig_eoi(&rig, 0, level->intid);
		take(level->intid);
		rig_eoi(&rig, 0, level->intid);
		rig_write(&rig, 0, word_of(ICPENDR, level), bit_of(level));
	}
	over(level);
}

/* As an edge it stays, however long its line was high; back as a level, too, until it is taken. */
static void falls_as_edge(const struct level *level)
{
	uint32_t offset = ICFGR + level->intid / 16 * 4;
	uint32_t bit = 2u << (level->intid % 16 * 2);

	rig_write(&rig, 0, offset, rig_read(&rig, 0, offset) | bit);
	rig_fire(&rig, 0, level->intid, level->physid);
	rig.low[level->physid] = true;
	CHECK(shown(level));
	take(level->intid);
	rig_eoi(&rig, 0, level->intid);
	rig_write(&rig, 0, offset, rig_read(&rig, 0, offset) & ~bit);
	rig_fire(&rig, 0, level->intid, level->physid);
	rig_write(&rig, 0, offset, rig_read(&rig, 0, offset) | bit); /* while it waits */
	rig.low[level->physid] = true;
	CHECK(shown(level));
	rig_write(&rig, 0, offset, rig_read(&rig, 0, offset) & ~bit);
	CHECK(shown(level));
	CHECK_EQ(rig.physical[level->physid], 0);
	take(level->intid);
	rig_eoi(&rig, 0, level->intid);
	over(level);
}

static void fallen(void)
{
	each_level(falls_seen);
	each_level(falls_disabled);
	each_level(falls_with_distributor_off);
	each_level(falls_waiting);
	each_level(falls_asleep);
	each_level(falls_away);
	each_level(falls_late);
	each_level(falls_latched);
	each_level(falls_as_edge);
}

/* Seen by the other vCPU: an SPI that waits for the first, in its list register or disabled. */
static void fallen_seen_by_another(void)
{
	for (uint32_t n = 0; n < 4; n++) {
		boot(2, 4);
		if (n & 1) {
			vgic_phys_set_soft_eoi(rig.vgic);
		}
		if (n & 2) {
			rig_write(&rig, 0, ICENABLER + 4, 1u << (DEV - 32));
		}
		rig_fire(&rig, 0, DEV, DEV_PHYS);
		CHECK_EQ(rig_read(&rig, 1, ISPENDR + 4), 1u << (DEV - 32));
		rig.low[DEV_PHYS] = true;
		CHECK_EQ(rig_read(&rig, 1, ISPENDR + 4), 0);
		CHECK_EQ(rig.physical[DEV_PHYS], 0);
		CHECK_EQ(rig.deactivated, 1);
		rig_write(&rig, 1, ISENABLER + 4, 1u << (DEV - 32));
		take(SPURIOUS);
		rig_free(&rig);
	}
}

/* PLUMB_GET_IRQ_STATE of a timer: its vCPU must look, if it is on a CPU. */
static void holder_of_a_line(void)
{
	uint32_t seq = 0, after = 0;

	boot(2, 4);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, VTIMER, &seq), 8);
	rig_write(&rig, 1, ICENABLER, 1u << VTIMER);
	rig_fire(&rig, 1, VTIMER, VPHYS);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, VTIMER, &seq), 1);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 0, VTIMER, &after), 8);
	rig.low[VPHYS] = true;
	vgic_ask_fold(rig.vgic, 1);
	rig_enter(&rig, 1);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, VTIMER, &after), 8);
	CHECK_EQ(vgic_irq_state(rig.vgic, 1, VTIMER) & 7, 0);
	rig_fire(&rig, 1, VTIMER, VPHYS);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, VTIMER, &after), 1);
	CHECK(after != seq);
	rig_unload(&rig, 1);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, VTIMER, &after), 8);
	CHECK_EQ(vgic_irq_state(rig.vgic, 1, VTIMER) & 7, 3);
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	rig_write(&rig, 0, ICENABLER + 4, 1u << (DEV - 32));
	CHECK_EQ(vgic_irq_holder(rig.vgic, 0, DEV, &after), 8);
	rig_free(&rig);
}

/* Active, but out of the list registers when the guest ends it. */
static void evicted(void)
{
	for (uint32_t lrs = 1; lrs <= 3; lrs++) {
		boot(1, lrs);
		rig_fire(&rig, 0, DEV, DEV_PHYS);
		take(DEV);
		for (uint32_t n = 0; n < 3; n++) {
			rig_write8(&rig, 0, IPRIORITYR + 40 + n, 0x80 - 8 * n);
			rig_line(&rig, 0, 40 + n, true);
			take(40 + n);
			rig_line(&rig, 0, 40 + n, false);
		}
		rig_line(&rig, 0, 60, true);
		for (uint32_t n = 3; n-- > 0;) {
			rig_eoi(&rig, 0, 40 + n);
		}
		CHECK_EQ(rig.physical[DEV_PHYS], 1);
		rig_eoi(&rig, 0, DEV);
		CHECK_EQ(rig.physical[DEV_PHYS], 0);
		CHECK(!vgic_phys_held(rig.vgic, 0, DEV) || rig_work(&rig, 0) == VGIC_WORK_NONE);
		take(60);
		rig_free(&rig);
	}
}

static void split_eoi(void)
{
	boot(2, 4);
	rig.cpu[0].eoimode = true;
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	take(DEV);
	rig_eoi(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 1);
	rig_dir(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	CHECK(!vgic_phys_held(rig.vgic, 0, DEV));
	rig_dir(&rig, 0, DEV); /* again: nothing */
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	take(DEV);
	rig_eoi(&rig, 0, DEV);
	rig_dir(&rig, 1, DEV); /* by another vCPU */
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	rig_free(&rig);
}

static void released(void)
{
	boot(1, 4);
	CHECK(!vgic_phys_release(rig.vgic, 0, VTIMER));
	rig_unload(&rig, 0);
	rig_fire(&rig, 0, VTIMER, VPHYS);
	CHECK(vgic_has_pending(rig.vgic, 0));
	CHECK(vgic_phys_release(rig.vgic, 0, VTIMER));
	rig.physical[VPHYS] = 0;
	CHECK(!vgic_has_pending(rig.vgic, 0));
	CHECK(!vgic_phys_held(rig.vgic, 0, VTIMER));
	CHECK(!vgic_phys_release(rig.vgic, 0, VTIMER));
	rig_load(&rig, 0);
	take(SPURIOUS);
	rig_fire(&rig, 0, VTIMER, VPHYS); /* acknowledged: the guest will */
	take(VTIMER);
	rig_unload(&rig, 0);
	CHECK(!vgic_phys_release(rig.vgic, 0, VTIMER));
	CHECK(vgic_phys_held(rig.vgic, 0, VTIMER));
	rig_load(&rig, 0);
	rig_eoi(&rig, 0, VTIMER);
	CHECK_EQ(rig.physical[VPHYS], 0);
	rig_fire(&rig, 0, VTIMER, VPHYS); /* loaded, in a list register: fold finds out */
	CHECK(!vgic_phys_release(rig.vgic, 0, VTIMER));
	rig_sync(&rig, 0);
	CHECK_EQ(rig.physical[VPHYS], 0);
	take(SPURIOUS);
	rig_free(&rig);
}

static void reset_releases(void)
{
	boot(1, 4);
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	rig_fire(&rig, 0, DEV2, DEV2_PHYS);
	take(DEV);
	rig_unload(&rig, 0);
	vgic_reset(rig.vgic);
	CHECK(!vgic_phys_held(rig.vgic, 0, DEV));
	rig_releases(&rig, 0);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	CHECK_EQ(rig.physical[DEV2_PHYS], 0);
	CHECK_EQ(rig.deactivated, 2);
	CHECK_EQ(rig_try_line(&rig, 0, DEV, true), -16); /* owners stay */
	rig_free(&rig);
}

static void retargeted(void)
{
	boot(2, 4);
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	rig_write8(&rig, 0, ITARGETSR + DEV, 2);
	take(SPURIOUS);
	CHECK_EQ(rig_ack(&rig, 1), DEV);
	rig_write8(&rig, 0, ITARGETSR + DEV, 1);
	rig_eoi(&rig, 1, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	rig_fire(&rig, 1, DEV, DEV_PHYS);
	CHECK_EQ(rig_ack(&rig, 1), SPURIOUS);
	take(DEV);
	rig_free(&rig);
}

/* Without the HW bit: the EOI is seen by its maintenance interrupt, and glue deactivates. */
static void soft_eoi(void)
{
	boot(1, 4);
	vgic_phys_set_soft_eoi(rig.vgic);
	for (int n = 0; n < 3; n++) {
		rig_fire(&rig, 0, VTIMER, VPHYS);
		CHECK_EQ(best_lr(), 0x10000000u | 0xa0u << 20 | 1u << 19 | 27);
		rig_sync(&rig, 0);
		CHECK_EQ(rig.deactivated, n);
		take(VTIMER);
		rig_sync(&rig, 0);
		CHECK_EQ(rig.physical[VPHYS], 1);
		CHECK(vgic_phys_held(rig.vgic, 0, VTIMER));
		CHECK_EQ(rig.deactivated, n);
		rig_unload(&rig, 0);
		CHECK(vgic_phys_held(rig.vgic, 0, VTIMER));
		rig_load(&rig, 0);
		rig_eoi(&rig, 0, VTIMER);
		CHECK_EQ(rig.physical[VPHYS], 0);
		CHECK_EQ(rig.deactivated, n + 1);
		CHECK(!vgic_phys_held(rig.vgic, 0, VTIMER));
		take(SPURIOUS);
	}
	rig_write(&rig, 0, ISPENDR + 4,
		  1u << (DEV - 32)); /* the guest's own is not the physical one */
	take(DEV);
	rig_fire(&rig, 0, DEV, DEV_PHYS);
	rig_eoi(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 1);
	take(DEV);
	rig_eoi(&rig, 0, DEV);
	CHECK_EQ(rig.physical[DEV_PHYS], 0);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "owners", owners },
	{ "device", device },
	{ "device_of_none", device_of_none },
	{ "timer", timer },
	{ "tick_reads_nothing", tick_reads_nothing },
	{ "fires_again", fires_again },
	{ "disabled_while_active", disabled_while_active },
	{ "pended_by_the_guest", pended_by_the_guest },
	{ "pended_while_active", pended_while_active },
	{ "cleared_by_the_guest", cleared_by_the_guest },
	{ "fallen", fallen },
	{ "fallen_seen_by_another", fallen_seen_by_another },
	{ "holder_of_a_line", holder_of_a_line },
	{ "evicted", evicted },
	{ "split_eoi", split_eoi },
	{ "released", released },
	{ "reset_releases", reset_releases },
	{ "retargeted", retargeted },
	{ "soft_eoi", soft_eoi },
};

TEST_MAIN("vgic_phys", cases)
