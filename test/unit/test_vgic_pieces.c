/* SPDX-License-Identifier: BSD-2-Clause */
/* Many physical interrupts at once: all that a partition may have (8 devices of 8). The rig counts
 * how many are deactivated in one piece. */
#include "test/unit/test_vgic.h"
#include "vgic/vgic_state.h"

#define FIRST 64u
#define COUNT 64u

static struct rig rig;

static void boot(uint32_t nr_vcpus, uint32_t nr_lrs)
{
	rig_boot(&rig, nr_vcpus, 160, nr_lrs);
	vgic_phys_set_soft_eoi(rig.vgic);
	for (uint32_t n = FIRST; n < FIRST + COUNT; n++) {
		vgic_phys_set_owner(rig.vgic, n, VGIC_OWNER_PASSED, n);
	}
}

static void fire_all(void)
{
	for (uint32_t n = FIRST; n < FIRST + COUNT; n++) {
		rig_fire(&rig, 0, n, n);
	}
}

static void fall(uint32_t count)
{
	for (uint32_t n = FIRST; n < FIRST + count; n++) {
		rig.low[n] = true;
	}
}

static uint32_t nr_active(void)
{
	uint32_t count = 0;

	for (uint32_t n = FIRST; n < FIRST + COUNT; n++) {
		count += rig.physical[n];
	}
	return count;
}

static uint32_t pending(uint32_t word)
{
	return rig_read(&rig, 0, ISPENDR + FIRST / 8 + 4 * word);
}

/* All lines fall; what the guest has made pending itself stays so. */
static void lines_fall(void)
{
	for (uint32_t nr_lrs = 1; nr_lrs <= 16; nr_lrs *= 4) {
		boot(1, nr_lrs);
		fire_all();
		rig_write(&rig, 0, ISPENDR + FIRST / 8, 0x80000001);
		fall(COUNT - 2);
		CHECK_EQ(pending(0), 0x80000001);
		CHECK_EQ(pending(1), 0xc0000000);
		CHECK_EQ(nr_active(), 2);
		CHECK_EQ(rig.deactivated, COUNT - 2);
		CHECK_EQ(rig.vgic->cpu[0].nr_ready, nr_lrs < 4 ? 4 - nr_lrs : 0);
		for (uint32_t n = 0; n < 3; n++) { /* the third one's line is high */
			static const uint32_t left[] = { FIRST, FIRST + 31, FIRST + 62 };

			rig_take(&rig, 0, left[n]);
			rig_eoi(&rig, 0, left[n]);
		}
		rig_free(&rig);
	}
}

/* GICD_ICPENDR of 32 edges. */
static void edges_cleared(void)
{
	boot(1, 4);
	rig_write(&rig, 0, ICFGR + FIRST / 4, 0xaaaaaaaa);
	rig_write(&rig, 0, ICFGR + FIRST / 4 + 4, 0xaaaaaaaa);
	fire_all();
	rig_write(&rig, 0, ICPENDR + FIRST / 8, 0xffffffff);
	CHECK_EQ(nr_active(), COUNT - 32);
	CHECK_EQ(pending(0), 0);
	CHECK_EQ(pending(1), 0xffffffff);
	rig_free(&rig);
}

/* GICD_ICACTIVER of 32 that the guest has acknowledged, with EOImode 1; the lines are still high.
 */
static void ended_at_once(void)
{
	boot(1, 4);
	rig.cpu[0].eoimode = true;
	fire_all();
	for (uint32_t n = 0; n < 32; n++) {
		CHECK_EQ(rig_ack(&rig, 0), FIRST + n);
		rig_eoi(&rig, 0, FIRST + n);
	}
	CHECK_EQ(nr_active(), COUNT);
	rig_write(&rig, 0, ICACTIVER + FIRST / 8, 0xffffffff);
	CHECK_EQ(nr_active(), COUNT - 32);
	CHECK_EQ(pending(0), 0);
	rig_free(&rig);
}

/* The vCPU leaves before all are released: another one of its partition goes on. */
static void passed_on(void)
{
	boot(2, 4);
	fire_all();
	fall(20);
	rig_fold(&rig, 0);
	rig_unload(&rig, 0);
	CHECK_EQ(nr_active(), COUNT - 16); /* eight by the fold, eight by the unload */
	CHECK(rig.kick & 2);
	rig_settle(&rig);
	CHECK_EQ(nr_active(), COUNT - 20);
	rig_load(&rig, 0);
	CHECK_EQ(nr_active(), COUNT - 20);
	rig_free(&rig);
}

/* With vCPU 0 alone there, it goes on itself. */
static void loaded_again(void)
{
	boot(1, 4);
	fire_all();
	fall(40);
	rig_fold(&rig, 0);
	rig_unload(&rig, 0);
	CHECK_EQ(nr_active(), COUNT - 16);
	rig_load(&rig, 0);
	CHECK_EQ(nr_active(), COUNT - 40);
	CHECK_EQ(pending(0), 0);
	rig_free(&rig);
}

/* ---- a word is what 32 lines are */

static uint32_t seed;

static uint32_t rnd(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed >> 4;
}

static void any_state(uint32_t from)
{
	seed = from;
	boot(2, 4);
	for (uint32_t n = FIRST; n < FIRST + COUNT; n++) {
		rig_write8(&rig, 0, IPRIORITYR + n, (uint8_t)(rnd() & 0xf8u));
		rig_write8(&rig, 0, ITARGETSR + n, (uint8_t)(rnd() & 3u));
	}
	rig_write(&rig, 0, ICFGR + FIRST / 4, rnd() << 8 & rnd());
	rig_write(&rig, 0, ICENABLER + FIRST / 8, rnd() & rnd());
	rig_write(&rig, 0, IGROUPR + FIRST / 8, rnd());
	for (uint32_t n = FIRST; n < FIRST + COUNT; n++) {
		if (rnd() % 4) {
			rig_fire(&rig, 0, n, n);
		}
	}
	rig_write(&rig, 0, ISPENDR + FIRST / 8, rnd() & rnd() & rnd());
	for (uint32_t n = 0; n < 3; n++) {
		(void)rig_ack(&rig, rnd() % 2);
	}
	rig_write(&rig, 0, CTLR, rnd() % 4);
	rig_fold(&rig, rnd() % 2);
}

static void a_word_of_lines(void)
{
	for (uint32_t from = 1; from <= 200; from++) {
		struct vgic_bank bank[2];
		struct vgic_irq irq[32];
		uint32_t ready[2], waits[2], sum, high;

		any_state(from);
		high = rnd();
		vgic_phys_levels(rig.vgic, 0, FIRST / 32, high);
		memcpy(bank, rig.vgic->spi, sizeof(bank));
		memcpy(irq, &rig.vgic->spi_irq[FIRST - 32], sizeof(irq));
		for (uint32_t v = 0; v < 2; v++) {
			ready[v] = rig.vgic->cpu[v].ready[FIRST / 32];
			waits[v] = rig.vgic->cpu[v].nr_ready;
		}
		sum = rig.vgic->release_sum;
		rig_free(&rig);
		any_state(from);
		CHECK_EQ(high, rnd());
		for (uint32_t n = 0; n < 32; n++) {
			vgic_phys_level(rig.vgic, 0, FIRST + n, high >> n & 1);
		}
		CHECK(!memcmp(bank, rig.vgic->spi, sizeof(bank)));
		CHECK(!memcmp(irq, &rig.vgic->spi_irq[FIRST - 32], sizeof(irq)));
		for (uint32_t v = 0; v < 2; v++) {
			CHECK_EQ(ready[v], rig.vgic->cpu[v].ready[FIRST / 32]);
			CHECK_EQ(waits[v], rig.vgic->cpu[v].nr_ready);
		}
		CHECK_EQ(sum, rig.vgic->release_sum);
		rig_free(&rig);
	}
}

static void no_such_word(void)
{
	boot(1, 4);
	fire_all();
	rig_fold(&rig, 0);
	vgic_phys_levels(rig.vgic, 0, 0, 0);
	vgic_phys_levels(rig.vgic, 0, 5, 0);
	vgic_phys_levels(rig.vgic, 1, FIRST / 32, 0);
	CHECK_EQ(rig.vgic->release_sum, 0);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "lines_fall", lines_fall },	    { "edges_cleared", edges_cleared },
	{ "ended_at_once", ended_at_once }, { "passed_on", passed_on },
	{ "loaded_again", loaded_again },   { "a_word_of_lines", a_word_of_lines },
	{ "no_such_word", no_such_word },
};

TEST_MAIN("vgic_pieces", cases)
