/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VGIC by a byte program. The first byte chooses: legal guests and devices against the model of
 * test/unit/vgic_model.h, in lock-step or with late kicks; or wild ones: any access of any width,
 * any line, any EOI and DIR, resets. Of those the model says nothing; the invariants hold all the
 * same.
 */
#include "test/unit/vgic_model.h"
#include "test/verify/fuzz/fuzz.h"

static struct fuzz_input input;

uint32_t rnd(uint32_t below)
{
	uint32_t value = fuzz_byte(&input);

	return (below > 256 ? value << 8 | fuzz_byte(&input) : value) % below;
}

/* ---- wild ---- */

/* Registers that there are, a little beside them, and anything. */
static uint32_t wild_offset(void)
{
	static const uint32_t bases[] = { CTLR,	      0x004,	 0x008,	  IGROUPR,   ISENABLER,
					  ICENABLER,  ISPENDR,	 ICPENDR, ISACTIVER, ICACTIVER,
					  IPRIORITYR, ITARGETSR, ICFGR,	  SGIR,	     CPENDSGIR,
					  SPENDSGIR,  0xfd0,	 0xd00 };
	uint32_t place = rnd(32);

	if (place >= sizeof(bases) / sizeof(bases[0])) {
		return rnd(0x1000);
	}
	return bases[place] + rnd(64);
}

static void wild_access(uint32_t v)
{
	uint32_t size = 1u << rnd(3);
	struct mmio mmio = { (wild_offset() & 0xfffu) & ~(size - 1), size, rnd(4) != 0, 0 };
	uint32_t turns = 0;

	mmio.value = mmio.is_write ? fuzz_word(&input) : 0;
	while (rig_try(&rig, v, &mmio) == MMIO_RETRY && turns < STORM) {
		rig_settle(&rig);
		turns++;
	}
	CHECK(turns < STORM);
	/* Nothing is read above the width. */
	CHECK(mmio.is_write || size == 4 || mmio.value >> (8 * size) == 0);
}

/* What reads must show whatever was done: IHI 0048B 4.3.1 to 4.3.13, 4.3.16. */
static void wild_registers(uint32_t v)
{
	CHECK_EQ(rig_read(&rig, v, CTLR) & ~3u, 0);
	CHECK_EQ(rig_read(&rig, v, 0x004), (model.nr_vcpus - 1) << 5 | (IRQS / 32 - 1));
	CHECK_EQ(rig_read(&rig, v, ISENABLER) & 0xffffu, 0xffff);
	CHECK_EQ(rig_read(&rig, v, ISENABLER + 4), rig_read(&rig, v, ICENABLER + 4));
	CHECK_EQ(rig_read(&rig, v, ISENABLER + 8), 0);
	CHECK_EQ(rig_read(&rig, v, ISPENDR + 4), rig_read(&rig, v, ICPENDR + 4));
	CHECK_EQ(rig_read(&rig, v, ISACTIVER), rig_read(&rig, v, ICACTIVER));
	CHECK_EQ(rig_read(&rig, v, CPENDSGIR), rig_read(&rig, v, SPENDSGIR));
	CHECK_EQ(rig_read(&rig, v, ITARGETSR), 0x01010101u << v);
	CHECK_EQ(rig_read(&rig, v, ITARGETSR + 32) & ~(0x01010101u * ((1u << model.nr_vcpus) - 1)),
		 0);
	CHECK_EQ(rig_read(&rig, v, IPRIORITYR + 32) & 0x07070707u, 0);
	CHECK_EQ(rig_read(&rig, v, ICFGR), 0xaaaaaaaa);
	CHECK_EQ(rig_read(&rig, v, ICFGR + 8) & 0x55555555u, 0);
}

/* A fold is one fold, however often it is asked for; and no list register is then asked. */
static void wild_fold_again(uint32_t v)
{
	uint32_t seq = 0, again = 0;

	rig_sync(&rig, v);
	for (uint32_t n = 0; n < NR_USED; n++) {
		uint32_t holder = vgic_irq_holder(rig.vgic, v, used[n], &seq);

		CHECK(holder == 8 || rig.cpu[holder].loaded);
	}
	vgic_fold(rig.vgic, v, &rig.kick);
	vgic_fold(rig.vgic, v, &rig.kick);
	again = vgic_fold_empty(rig.vgic, v, 0, &rig.kick);
	CHECK_EQ(again, rig_work(&rig, v));
}

/* What the state report says of it agrees with the registers. */
static void wild_explain(uint32_t v)
{
	static const uint32_t timer[2] = { 27, 30 };
	struct vgic_view view;

	/* As of the last look, whatever that was. */
	(void)vgic_has_pending(rig.vgic, v);
	if (rig.cpu[v].loaded) {
		wild_fold_again(v);
	}
	vgic_cif(rig.vgic, v)->vmcr = fuzz_word(&input);
	vgic_cif(rig.vgic, v)->apr = rig.cpu[v].apr;
	view = vgic_explain(rig.vgic, v, timer);
	CHECK_EQ(view.hold == VGIC_HOLD_IDLE, view.intid == 0xffff);
	CHECK(view.hold != VGIC_HOLD_NONE || vgic_has_pending(rig.vgic, v));
	if (view.intid != 0xffff) {
		CHECK(view.intid < IRQS);
		CHECK(vgic_irq_state(rig.vgic, v, view.intid & (IRQS - 1)) & 2);
	}
	if (view.active != 0xffff) {
		CHECK(view.active < IRQS);
		CHECK(vgic_irq_state(rig.vgic, v, view.active & (IRQS - 1)) & 4);
	}
	rig_enter(&rig, v);
	rig_settle(&rig);
}

static void wild_line(uint32_t v, uint32_t intid)
{
	bool level = rnd(2);
	int got = rig_try_line(&rig, v, intid, level);

	/* EBUSY: passed through, an emulated device's */
	CHECK_EQ(got, intid == FIRED || intid == WIRED ? -16 : 0);
	if (intid == WIRED) {
		vgic_device_line(rig.vgic, intid, level, &rig.kick);
	}
	rig_settle(&rig);
}

/* As glue does at a partition's restart: nobody is loaded, the physical ones are let go. */
static void wild_reset(void)
{
	uint32_t physid;

	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		if (rig.cpu[v].loaded) {
			rig_unload(&rig, v);
		}
	}
	vgic_reset(rig.vgic);
	rig.kick = 0;
	while (vgic_phys_release_next(rig.vgic, 0, &physid)) {
		CHECK_EQ(physid, 141);
		rig.physical[physid] = 0;
	}
	rig.physical[27] = 0; /* a timer's own CPU has it inactive */
	for (uint32_t v = 0; v < model.nr_vcpus; v++) {
		rig.cpu[v].apr = 0;
		rig_releases(&rig, v);
	}
}

/* Another vCPU writes GICD_CTLR between this one's fold and its flush, which was on its way: what
 * is off is not signalled. */
static void wild_turn(uint32_t v)
{
	uint32_t on = rnd(4);
	enum vgic_work work;
	struct mmio mmio = { CTLR, 4, true, on };

	rig_fold(&rig, v);
	work = rig_work(&rig, v);
	CHECK_EQ(rig_try(&rig, (v + 1) % model.nr_vcpus, &mmio), MMIO_OK);
	rig_works(&rig, v, work);
	for (uint32_t n = 0; n < rig.nr_lrs; n++) { /* state in 29:28, group in 30 (5.3.10) */
		uint32_t lr = rig.cpu[v].lr[n];

		CHECK((lr >> 28 & 3) != 1 || (on >> (lr >> 30 & 1) & 1));
	}
	rig_settle(&rig);
}

static void wild_fire(uint32_t v, uint32_t intid)
{
	uint32_t physid = physid_of(v, intid);

	if (!rig.physical[physid] && !vgic_phys_held(rig.vgic, v, intid)) {
		rig_fire(&rig, v, intid, physid);
	}
}

/* The source went quiet: what the guest has not acknowledged is forgotten. */
static void wild_quiet(uint32_t v, uint32_t intid)
{
	bool held = vgic_phys_held(rig.vgic, v, intid);

	if (vgic_phys_release(rig.vgic, v, intid)) {
		CHECK(held && !vgic_phys_held(rig.vgic, v, intid));
		rig.physical[physid_of(v, intid)] = 0;
	}
	rig_settle(&rig);
}

/* All is enabled, for everybody; groups, priorities and the control register are any. */
static void wild_open(uint32_t v)
{
	const uint32_t writes[][2] = { { CTLR, 3 },
				       { ISENABLER, 0xffffffff },
				       { ISENABLER + 4, 0xffffffff },
				       { IGROUPR, rnd(2) ? 0xffffffff : fuzz_word(&input) },
				       { IGROUPR + 4, fuzz_word(&input) },
				       { ITARGETSR + 32, 0x03030303 },
				       { ITARGETSR + 36, fuzz_word(&input) } };

	for (uint32_t n = 0; n < sizeof(writes) / sizeof(writes[0]); n++) {
		struct mmio mmio = { writes[n][0], 4, true, writes[n][1] };

		CHECK_EQ(rig_try(&rig, v, &mmio), MMIO_OK);
	}
	rig_settle(&rig);
}

static void wild_step(void)
{
	uint32_t v = rnd(model.nr_vcpus);
	uint32_t intid = used[rnd(NR_USED)];

	switch (rnd(16)) {
	case 0:
		if (intid >= 16 && !has_line(intid) && rnd(2)) {
			wild_fire(v, intid);
		} else if (intid >= 16 && !has_line(intid) && rnd(2)) {
			wild_quiet(v, intid);
		} else if (intid >= 16 && !has_line(intid)) {
			rig.low[physid_of(v, intid)] = true;
		}
		break;
	case 1:
	case 2:
		if (intid >= 16) {
			wild_line(v, intid);
		}
		break;
	case 3:
		do_switch(v);
		break;
	case 4:
		wild_explain(v);
		break;
	case 5:
		if (rnd(8) == 0) {
			wild_reset();
		} else if (rig.cpu[v].loaded && model.nr_vcpus > 1) {
			wild_turn(v);
		}
		break;
	case 6:
		rig.cpu[v].eoimode = rnd(2) != 0;
		break;
	case 7:
		if (rig.cpu[v].loaded) {
			rig_dir(&rig, v, rnd(2) ? intid : fuzz_word(&input));
		}
		break;
	case 8:
	case 9:
		if (rig.cpu[v].loaded) {
			rig_ack(&rig, v);
		}
		break;
	case 10:
		if (rig.cpu[v].loaded) {
			rig_eoi(&rig, v, rnd(8) ? intid : rnd(0x2000));
		}
		break;
	case 11:
		wild_registers(v);
		break;
	case 12:
		wild_open(v);
		break;
	default:
		wild_access(v);
		break;
	}
}

static void wild(void)
{
	while (fuzz_more(&input) && !test_failures) {
		wild_step();
		rig_settle(&rig);
		no_two_list_registers();
		lists_are_right();
	}
}

unsigned fuzz_vgic(const uint8_t *data, size_t size)
{
	uint32_t way;

	input = (struct fuzz_input) { data, size, 0 };
	way = rnd(4);
	start();
	if (way == 0) {
		while (fuzz_more(&input) && !test_failures) {
			lock_step_one();
		}
	} else if (way == 1) {
		late_begin();
		while (fuzz_more(&input) && !test_failures) {
			late_one();
		}
		late_end();
	} else {
		wild();
	}
	rig_free(&rig);
	return fuzz_failures();
}
