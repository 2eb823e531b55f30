/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passed-through interrupts from the device's wire to the guest's handler: the VGIC, and the code
 * that drives the physical distributor (hyp/hw/gic.c), on a model of that distributor typed from
 * IHI 0048B. With the list registers' HW bit, and without it.
 */
#include "hyp/hw/gic.h"
#include "hyp/hw/io.h"
#include "hyp/regs/gic.h"
#include "test/unit/test_vgic.h"

#define GICD_AT UINT32_C(0x10000000)
#define GICC_AT UINT32_C(0x20000000)

#define NR_SPIS 96u
#define EDGY	41u /* passed through, an edge by the manifest's word */
#define LEVEL	42u /* passed through, a level by the manifest's word */
#define OTHERS	43u /* in the same registers, another partition's: it is enabled */
#define VIRTUAL 44u /* the guest's own, which no device has */

/* The distributor and one CPU's interface, as far as a device's interrupt goes (IHI 0048B 3.2.4:
 * the states; 4.3.13: the trigger). */
struct model_irq {
	bool enabled, line, latch, active;
	uint32_t config; /* two bits of GICD_ICFGR */
	uint32_t target;
};

static struct {
	struct model_irq irq[NR_SPIS];
	uint32_t accesses;
	bool unknown; /* 4.3.13: what a change of the trigger makes of a pending one */
	uint32_t typer, iidr;
	bool repeats; /* GICC's first page is there again behind it */
} model;

static struct rig rig;

static bool model_is_edge(const struct model_irq *irq)
{
	return (irq->config & 2) != 0;
}

static bool model_is_pending(const struct model_irq *irq)
{
	return irq->latch || (irq->line && !model_is_edge(irq));
}

static bool model_signals(const struct model_irq *irq)
{
	return irq->enabled && model_is_pending(irq) && !irq->active && irq->target == 1;
}

static void model_wire(uint32_t intid, bool high)
{
	struct model_irq *irq = &model.irq[intid];

	if (high && !irq->line && model_is_edge(irq)) {
		irq->latch = true;
	}
	irq->line = high;
}

static void model_configure(uint32_t intid, uint32_t config)
{
	struct model_irq *irq = &model.irq[intid];

	if (config == irq->config) {
		return;
	}
	CHECK(!irq->enabled);			 /* else UNPREDICTABLE */
	CHECK_EQ((config ^ irq->config) & 1, 0); /* reserved: as it was read */
	CHECK(intid == EDGY || intid == LEVEL);
	irq->latch = model_is_pending(irq) && model.unknown;
	irq->config = config;
}

/* One bit of a register with 32 of them: 4.3.5 to 4.3.10 */
static void model_set_bit(uint32_t reg, struct model_irq *irq)
{
	switch (reg) {
	case 0x100:
		irq->enabled = true;
		break;
	case 0x180:
		irq->enabled = false;
		break;
	case 0x200:
		irq->latch = true;
		break;
	case 0x280:
		irq->latch = false;
		break;
	case 0x300:
		irq->active = true;
		break;
	case 0x380:
		irq->active = false;
		break;
	default:
		CHECK(false);
	}
}

static bool is_set_up; /* the driver knows where its registers are */

void io_write32(uintptr_t address, uint32_t value)
{
	uint32_t offset = (uint32_t)address - GICD_AT;

	if (!is_set_up) {
		return;
	}
	model.accesses++;
	if (address >= GICC_AT) {
		CHECK_EQ(address, GICC_AT + 0x10); /* GICC_EOIR: the priority drops, no more */
		return;
	}
	for (uint32_t n = 0; offset >= 0xc00 && n < 16; n++) {
		model_configure(4 * (offset - 0xc00) + n, value >> (2 * n) & 3);
	}
	for (uint32_t n = 0; offset < 0xc00 && n < 32; n++) {
		if (value >> n & 1) {
			model_set_bit(offset & ~0x7fu, &model.irq[8 * (offset & 0x7fu) + n]);
		}
	}
}

void io_write8(uintptr_t address, uint8_t value)
{
	uint32_t offset = (uint32_t)address - GICD_AT;

	model.accesses++;
	CHECK(offset >= 0x800 + 32 && offset < 0x800 + NR_SPIS); /* GICD_ITARGETSR */
	model.irq[offset - 0x800].target = value;
}

static uint32_t model_acknowledge(void)
{
	for (uint32_t n = 32; n < NR_SPIS; n++) {
		if (model_signals(&model.irq[n])) {
			model.irq[n].latch = false;
			model.irq[n].active = true;
			return n;
		}
	}
	return SPURIOUS;
}

uint32_t io_read32(uintptr_t address)
{
	uint32_t offset = (uint32_t)address - GICD_AT;
	uint32_t value = 0;

	model.accesses++;
	if (address == GICC_AT + 0xc) {
		return model_acknowledge();
	}
	if (address == GICC_AT + 0xfc || address == GICC_AT + 0x10fc) {
		return address == GICC_AT + 0xfc || model.repeats ? model.iidr : 0;
	}
	if (offset == 4) {
		return model.typer;
	}
	if (offset >= 0x200 && offset < 0x200 + NR_SPIS / 8) { /* GICD_ISPENDR */
		for (uint32_t n = 0; n < 32; n++) {
			value |= (uint32_t)model_is_pending(&model.irq[8 * (offset - 0x200) + n])
				 << n;
		}
		return value;
	}
	CHECK(offset >= 0xc00 && offset < 0xc00 + NR_SPIS / 4);
	for (uint32_t n = 0; n < 16; n++) {
		value |= model.irq[4 * (offset - 0xc00) + n].config << (2 * n);
	}
	return value;
}

/* ---- the monitor's part (hyp/core/irq.c) and the guest's ---- */

static void change_trigger(uint32_t physid, bool edge)
{
	gic_set_edge(physid, edge);
	gic_enable(physid);
}

static void give(uint32_t intid, bool edge)
{
	vgic_phys_set_owner(rig.vgic, intid, VGIC_OWNER_PASSED, intid);
	if (edge) {
		vgic_phys_set_edge(rig.vgic, intid);
	}
	gic_set_edge(intid, edge);
	gic_clear_pending(intid);
	gic_target(intid, 1);
	gic_enable(intid);
}

static void boot(bool soft)
{
	const struct gic_map map = { GICD_AT, GICC_AT, 0 };

	is_set_up = false;
	gic_init(&map);
	is_set_up = true;
	memset(&model, 0, sizeof(model));
	for (uint32_t n = 32; n < NR_SPIS; n++) {
		model.irq[n].config = n & 3; /* firmware's, whatever that was */
		model.irq[n].enabled = n == OTHERS;
	}
	model.irq[EDGY].config = 1; /* the wrong one each time */
	model.irq[LEVEL].config = 2;
	model.irq[LEVEL].latch = true; /* something that firmware left behind */
	rig_boot(&rig, 1, NR_SPIS, 4);
	rig.on_trigger = change_trigger;
	if (soft) {
		vgic_phys_set_soft_eoi(rig.vgic);
	}
	give(EDGY, true);
	give(LEVEL, false);
	vgic_reset(rig.vgic); /* as a partition starts */
	rig_releases(&rig, 0);
	rig_load(&rig, 0);
	rig_write(&rig, 0, ISENABLER + 4, 0xffffffff);
	rig_write(&rig, 0, CTLR, 1);
}

/* What the guest has ended is deactivated: by the list register's HW bit, or by the monitor. */
static void follow(bool soft)
{
	static const uint32_t ids[] = { EDGY, LEVEL };

	for (uint32_t n = 0; n < 2; n++) {
		if (model.irq[ids[n]].active && !rig.physical[ids[n]]) {
			if (soft) {
				gic_deactivate(ids[n]);
			} else {
				model.irq[ids[n]].active = false;
			}
		}
	}
}

/* Physical interrupts until none is signalled. Bounded: each is held until the guest ends it. */
static uint32_t deliver(void)
{
	uint32_t taken = 0;

	for (uint32_t iar = gic_acknowledge(); iar != SPURIOUS; iar = gic_acknowledge()) {
		gic_drop(iar);
		rig_fire(&rig, 0, iar, iar);
		taken++;
		CHECK(taken <= 2);
	}
	return taken;
}

static void wire(uint32_t intid, bool high)
{
	model_wire(intid, high);
	deliver();
}

static uint32_t take(void)
{
	return rig_ack(&rig, 0);
}

static void end(bool soft, uint32_t iar)
{
	rig_eoi(&rig, 0, iar);
	follow(soft);
	deliver();
}

/* ---- tests ---- */

static void given(void)
{
	boot(false);
	CHECK_EQ(model.irq[EDGY].config, 3);
	CHECK_EQ(model.irq[LEVEL].config, 0);
	CHECK(!model.irq[LEVEL].latch);
	CHECK(model.irq[EDGY].enabled && model.irq[LEVEL].enabled && model.irq[OTHERS].enabled);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 8), 2u << (2 * (EDGY - 32)));
	rig_free(&rig);
}

/* The physical GICD_ICFGR is what the guest's own reads, for its devices and nobody else's. */
static void followed(void)
{
	uint32_t before;

	boot(false);
	rig_write(&rig, 0, ICFGR + 8, 2u << (2 * (LEVEL - 32)) | 2u << (2 * (VIRTUAL - 32)));
	CHECK_EQ(model.irq[EDGY].config, 1);
	CHECK_EQ(model.irq[LEVEL].config, 2);
	CHECK_EQ(model.irq[OTHERS].config, OTHERS & 3);
	CHECK_EQ(model.irq[VIRTUAL].config, VIRTUAL & 3);
	CHECK(model.irq[EDGY].enabled && model.irq[LEVEL].enabled && !model.irq[VIRTUAL].enabled);
	before = model.accesses;
	rig_write(&rig, 0, ICFGR + 8, 2u << (2 * (LEVEL - 32))); /* the guest's own alone */
	rig_write(&rig, 0, ICFGR + 8, 2u << (2 * (LEVEL - 32)) | 0x55555555);
	rig_write(&rig, 0, ICFGR + 12, 0xffffffff);
	rig_write(&rig, 0, ICFGR, 0xffffffff);
	rig_write8(&rig, 0, ICFGR + 8, 0xff); /* a width that it does not take */
	CHECK_EQ(model.accesses, before);
	rig_write(&rig, 0, ICFGR + 8, 0xffffffff);
	CHECK_EQ(model.irq[EDGY].config, 3);
	CHECK_EQ(model.irq[OTHERS].config, OTHERS & 3);
	rig_unload(&rig, 0);
	vgic_reset(rig.vgic);
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 8), 2u << (2 * (EDGY - 32)));
	CHECK_EQ(rig_read(&rig, 0, ICFGR + 12), 0);
	rig_free(&rig);
}

/* Pending, or active, at the change: it is not lost, and its end is seen. */
static void changed_while_held(void)
{
	for (uint32_t n = 0; n < 4; n++) {
		bool soft = n & 1;

		boot(soft);
		model.unknown = n >> 1;
		wire(LEVEL, true);
		rig_write(&rig, 0, ICFGR + 8, 2u << (2 * (LEVEL - 32)));
		CHECK_EQ(take(), LEVEL);
		rig_write(&rig, 0, ICFGR + 8, 0);
		CHECK_EQ(take(), SPURIOUS);
		end(soft, LEVEL);
		CHECK_EQ(take(), LEVEL); /* a level again, and high */
		wire(LEVEL, false);
		end(soft, LEVEL);
		if (model.unknown) { /* once more is allowed */
			end(soft, take());
		}
		CHECK_EQ(take(), SPURIOUS);
		CHECK(!model.irq[LEVEL].active && model.irq[LEVEL].enabled);
		rig_free(&rig);
	}
}

static void level(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		bool soft = n & 1;

		boot(soft);
		wire(LEVEL, true);
		for (int again = 0; again < 5; again++) { /* as long as it is high */
			CHECK_EQ(take(), LEVEL);
			CHECK_EQ(take(), SPURIOUS);
			CHECK_EQ(deliver(), 0); /* active: it cannot come to the CPU */
			end(soft, LEVEL);
			CHECK(model.irq[LEVEL].active);
		}
		CHECK_EQ(take(), LEVEL);
		wire(LEVEL, false);
		end(soft, LEVEL);
		CHECK_EQ(take(), SPURIOUS);
		CHECK(!model.irq[LEVEL].active);
		CHECK_EQ(rig.deactivated, soft ? 6 : 0); /* by the HW bit: not the monitor's work */
		rig_free(&rig);
	}
}

static void edge(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		bool soft = n & 1;

		boot(soft);
		wire(EDGY, true);
		CHECK_EQ(take(), EDGY);
		end(soft, EDGY);
		CHECK_EQ(take(), SPURIOUS); /* still high: no edge */
		wire(EDGY, false);
		CHECK_EQ(take(), SPURIOUS);
		wire(EDGY, true);
		CHECK_EQ(take(), EDGY);
		for (int more = 0; more < 3; more++) { /* while it is active: latched, once */
			wire(EDGY, false);
			wire(EDGY, true);
		}
		CHECK_EQ(take(), SPURIOUS);
		end(soft, EDGY);
		CHECK_EQ(take(), EDGY);
		end(soft, EDGY);
		CHECK_EQ(take(), SPURIOUS);
		CHECK(!model.irq[EDGY].active);
		rig_free(&rig);
	}
}

/* Disabled by the guest and never ended: one interrupt of the monitor's, then silence. */
static void left_alone(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		boot(n & 1);
		rig_write(&rig, 0, ICENABLER + 4, 0xffffffff);
		model_wire(LEVEL, true);
		CHECK_EQ(deliver(), 1);
		for (int more = 0; more < 100; more++) {
			model_wire(EDGY, false);
			model_wire(EDGY, true);
			CHECK_EQ(deliver(), more ? 0 : 1);
		}
		CHECK_EQ(take(), SPURIOUS);
		rig_write(&rig, 0, ISENABLER + 4, 0xffffffff);
		CHECK_EQ(take(), EDGY);
		end(n & 1, EDGY);
		CHECK_EQ(take(), EDGY); /* one for all that came behind it */
		end(n & 1, EDGY);
		CHECK_EQ(take(), LEVEL);
		rig_free(&rig);
	}
}

/* ---- any order of events ---- */

struct walk {
	bool soft, owed; /* an edge since the guest's last acknowledge */
	uint32_t intid, in_service, rises, taken;
};

static void walk_take(struct walk *walk)
{
	uint32_t iar = take();

	if (iar == walk->intid) {
		walk->owed = false;
		walk->in_service = iar;
		walk->taken++;
	} else {
		CHECK_EQ(iar, SPURIOUS);
	}
}

static void walk_step(struct walk *walk, uint32_t what)
{
	bool high = model.irq[walk->intid].line;

	if (what < 4) {
		walk->rises += !high;
		walk->owed = walk->owed || !high;
		wire(walk->intid, !high);
	} else if (what < 6 && !walk->in_service) {
		walk_take(walk);
	} else if (what < 8 && walk->in_service) {
		walk->in_service = 0;
		end(walk->soft, walk->intid);
	} else if (what == 8) {
		rig_sync(&rig, 0);
	} else if (what == 9) {
		rig_unload(&rig, 0);
		deliver();
		rig_load(&rig, 0);
	}
	follow(walk->soft);
	deliver();
}

/* Served to the end. The limit is more than any edge has; a level that is high has no end. */
static uint32_t walk_drain(struct walk *walk)
{
	uint32_t turns = 0;

	do {
		if (walk->in_service) {
			walk->in_service = 0;
			end(walk->soft, walk->intid);
		}
		walk_take(walk);
	} while (walk->in_service && ++turns < 8);
	return turns;
}

static void any_order(void)
{
	for (uint32_t n = 0; n < 400; n++) {
		struct walk walk = { .soft = n & 1, .intid = n & 2 ? EDGY : LEVEL };

		srand(n);
		boot(walk.soft);
		for (uint32_t step = 0; step < 200; step++) {
			walk_step(&walk, (uint32_t)rand() % 10);
		}
		if (walk.intid == LEVEL && model.irq[LEVEL].line) {
			CHECK_EQ(walk_drain(&walk), 8);
			wire(LEVEL, false);
		}
		CHECK(walk_drain(&walk) < 8);
		CHECK(walk.intid == LEVEL || !walk.owed);		/* no edge is lost */
		CHECK(walk.intid == LEVEL || walk.taken <= walk.rises); /* and none made up */
		CHECK(!model.irq[walk.intid].active);
		rig_free(&rig);
	}
}

/* GICD_TYPER (4.3.2) and GICC_IIDR (4.4.14), which is read behind GICC's first page, too. */
static void of_board(void)
{
	static const struct {
		uint32_t typer, intids;
	} rows[] = { { 0x00, 32 },    { 0x02, 96 },  { 0x04, 160 },
		     { 0xfc68, 288 }, { 0x1e, 992 }, { 0xfc1f, 1020 } };

	boot(false);
	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		model.typer = rows[n].typer;
		CHECK_EQ(gic_nr_intids(), rows[n].intids);
	}
	model.iidr = 0x0202143b; /* GIC-400 */
	CHECK(!gic_page_repeats());
	model.repeats = true;
	CHECK(gic_page_repeats());
	model.iidr = 0; /* QEMU */
	CHECK(!gic_page_repeats());
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "given", given },
	{ "followed", followed },
	{ "changed_while_held", changed_while_held },
	{ "level", level },
	{ "edge", edge },
	{ "left_alone", left_alone },
	{ "any_order", any_order },
	{ "of_board", of_board },
};

TEST_MAIN("passed", cases)
