/* SPDX-License-Identifier: BSD-2-Clause */
/* More is active or pending than fits, up to all 1020; and what GICD_CTLR holds back. */
#include "test/unit/test_vgic.h"
#include "vgic/vgic_state.h"

static struct rig rig;

#define take(v, iar) rig_take(&rig, v, iar)

static uint32_t state(uint32_t v, uint32_t intid)
{
	rig_sync(&rig, v);
	return vgic_irq_state(rig.vgic, v, intid) & 0x7; /* level 1, pending 2, active 4 */
}

#define MANY 1020

static uint32_t chosen_seed;

static uint32_t chosen_rnd(void)
{
	chosen_seed = chosen_seed * 1664525u + 1013904223u;
	return chosen_seed >> 8;
}

static struct {
	uint8_t priority[MANY];
	bool active[MANY], pending[MANY];
} many;

/* What is to be in list registers, found the slow way: priority by priority, INTID by INTID. */
static uint32_t many_first(bool active, uint32_t max, bool *in, uint32_t *all)
{
	uint32_t found = 0;

	*all = 0;
	for (uint32_t priority = 0; priority < 256; priority += 8) {
		for (uint32_t n = 32; n < MANY; n++) {
			bool is = active ? many.active[n] && priority == 0
					 : many.pending[n] && !many.active[n] &&
						   many.priority[n] == priority;

			*all += is;
			if (is && found < max) {
				in[n] = true;
				found++;
			}
		}
	}
	return found;
}

static void many_check(uint32_t nr_lrs)
{
	bool in[MANY] = { false };
	uint32_t nr_active, nr_pending, have, room;

	many_first(false, 0, in, &nr_pending);
	room = nr_lrs - (nr_pending ? 1 : 0);
	have = many_first(true, room, in, &nr_active);
	CHECK_EQ(rig.cpu[0].hcr & 4u, nr_active > room ? 4 : 0);
	room = nr_lrs - have;
	have += many_first(false, room, in, &nr_pending);
	CHECK_EQ(rig.cpu[0].hcr & 8u, nr_pending > room ? 8 : 0);
	for (uint32_t n = 0; n < nr_lrs; n++) {
		uint32_t lr = rig.cpu[0].lr[n];

		if (hw_state(lr)) {
			CHECK(in[lr & 0x3ff]);
			in[lr & 0x3ff] = false;
			have--;
		}
	}
	CHECK_EQ(have, 0);
}

static void many_make(uint32_t distinct, uint32_t actives, uint32_t pendings)
{
	rig_write(&rig, 0, CTLR, 0);
	for (uint32_t n = 32; n < MANY; n++) {
		many.priority[n] = (uint8_t)(chosen_rnd() % distinct * (256 / distinct));
		many.active[n] = chosen_rnd() % MANY < actives;
		many.pending[n] = chosen_rnd() % MANY < pendings;
		rig_write8(&rig, 0, IPRIORITYR + n, many.priority[n]);
		rig_set_bit(&rig, many.active[n] ? ISACTIVER : ICACTIVER, 0, n);
		rig_set_bit(&rig, many.pending[n] ? ISPENDR : ICPENDR, 0, n);
	}
	rig_write(&rig, 0, CTLR, 1);
}

/* Of any number that is active or pending, those are in list registers that must be. */
static void chosen(void)
{
	static const uint32_t numbers[] = { 0, 2, 20, 500, MANY };

	for (uint32_t nr_lrs = 1; nr_lrs <= 16; nr_lrs += nr_lrs < 5 ? 1 : 11) {
		rig_boot(&rig, 1, MANY, nr_lrs);
		for (uint32_t n = 0; n < 25; n++) {
			many_make(1u << chosen_rnd() % 6, numbers[n % 5], numbers[n / 5]);
			many_check(nr_lrs);
		}
		rig_free(&rig);
	}
}

/* While the distributor is off nobody is disturbed by what pends; then all of it goes to whom it
 * is for, and back. */
static void all_at_once(void)
{
	rig_boot(&rig, 8, MANY, 4);
	rig_write(&rig, 0, CTLR, 0);
	for (uint32_t n = 32; n < MANY; n++) {
		rig_write8(&rig, 0, ITARGETSR + n, 1u << n % 8);
	}
	for (uint32_t n = 4; n < 128; n += 4) {
		struct mmio mmio = { ISPENDR + n, 4, true, 0xffffffff };

		CHECK_EQ(rig_try(&rig, 0, &mmio), MMIO_OK);
		CHECK_EQ(rig.kick, 0);
	}
	for (uint32_t turn = 0; turn < 3; turn++) {
		struct mmio mmio = { CTLR, 4, true, 1 };

		for (uint32_t v = 0; v < 8; v++) {
			CHECK(!vgic_has_pending(rig.vgic, v));
			take(v, SPURIOUS);
		}
		CHECK_EQ(rig_try(&rig, 3, &mmio), MMIO_OK);
		CHECK_EQ(rig.kick, 0xf7); /* vCPU 3 has looked itself */
		rig_settle(&rig);
		for (uint32_t v = 0; v < 8; v++) {
			take(v, 32 + v + 8 * turn);
			rig_eoi(&rig, v, 32 + v + 8 * turn);
			CHECK(vgic_has_pending(rig.vgic, v));
		}
		rig_write(&rig, 7, CTLR, turn ? 0 : 2);
	}
	rig_free(&rig);
}

/* Ended, or made active, while its group is off. */
static void barred_and_active(void)
{
	rig_boot(&rig, 1, 64, 1);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	take(0, 40);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	rig_write(&rig, 0, CTLR, 0);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(state(0, 40), 2);
	take(0, SPURIOUS);
	rig_set_bit(&rig, ISACTIVER, 0, 40);
	CHECK_EQ(state(0, 40), 6);
	rig_write(&rig, 0, CTLR, 1);
	take(0, SPURIOUS);
	rig_write(&rig, 0, CTLR, 0);
	rig_set_bit(&rig, ICACTIVER, 0, 40);
	CHECK_EQ(state(0, 40), 2);
	rig_set_bit(&rig, ICPENDR, 0, 40);
	CHECK_EQ(state(0, 40), 0);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	rig_write(&rig, 0, IGROUPR + 4, 1u << 8);
	rig_write(&rig, 0, CTLR, 1);
	take(0, SPURIOUS);
	rig_write(&rig, 0, IGROUPR + 4, 0);
	take(0, 40);
	rig_eoi(&rig, 0, 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

/* Between the fold and the flush, which was on its way already, another vCPU writes GICD_CTLR. */
static void turned_behind_the_fold(void)
{
	for (uint32_t on = 0; on < 2; on++) {
		struct mmio mmio = { CTLR, 4, true, on };

		rig_boot(&rig, 2, 64, 1);
		rig_write(&rig, 0, CTLR, !on);
		rig_set_bit(&rig, ISPENDR, 0, 40);
		rig_fold(&rig, 0);
		CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_ADD);
		CHECK_EQ(rig_try(&rig, 1, &mmio), MMIO_OK);
		rig_works(&rig, 0, VGIC_WORK_ADD);
		CHECK(rig_work(&rig, 0) != VGIC_WORK_NONE ||
		      hw_ack(&rig, 0) == (on ? 40 : SPURIOUS));
		rig_free(&rig);
	}
}

/* Passed through: the first and the last of words, neighbours, the last of all. */
static const uint16_t owned[] = { 32, 63, 64, 65, 200, 223, 992, 1019 };

#define OWNED	   (sizeof(owned) / sizeof(owned[0]))
#define PHYSID(n)  (100 + 7 * (n))
#define IS_EDGE(n) ((n) % 3 == 0)

static void boot_owned(struct rig *to)
{
	rig_make(to, 8, MANY, 4);
	vgic_phys_set_owner(to->vgic, 27, VGIC_OWNER_TIMER, 27);
	vgic_phys_set_owner(to->vgic, 31, VGIC_OWNER_PASSED, 31);
	for (uint32_t n = 0; n < OWNED; n++) {
		vgic_phys_set_owner(to->vgic, owned[n], VGIC_OWNER_PASSED, PHYSID(n));
		if (IS_EDGE(n)) {
			vgic_phys_set_edge(to->vgic, owned[n]);
		}
	}
	vgic_reset(to->vgic);
}

static void fire_owned(void)
{
	for (uint32_t n = 0; n < OWNED; n++) {
		rig.physical[PHYSID(n)] = 1;
		vgic_phys_fired(rig.vgic, 0, owned[n], &rig.kick);
	}
}

/* Every register of every vCPU is used, every owned interrupt has fired, and odd SPIs' lines are
 * high; half of all are active, the others are ready, or barred if `ctlr` is 0. */
static void use_all(uint32_t ctlr)
{
	fire_owned();
	for (uint32_t n = 33; n < MANY; n += 2) {
		(void)rig_try_line(&rig, 0, n, true);
	}
	for (uint32_t v = 0; v < 8; v++) {
		for (uint32_t at = IGROUPR; at < SGIR + 0x40; at += 4) {
			if (at != SGIR && (at < ICENABLER || at >= ISPENDR) &&
			    (at < ICPENDR || at >= ISACTIVER) &&
			    (at < ICACTIVER || at >= IPRIORITYR)) {
				rig_write(&rig, v, at,
					  at >= ISACTIVER && at < ICACTIVER ? 0xffff : 0xffffffff);
			}
		}
	}
	rig_write(&rig, 0, CTLR, ctlr);
}

static void check_fresh(const struct rig *fresh)
{
	for (uint32_t v = 0; v < 8; v++) {
		for (uint32_t at = 0; at < 0x1000; at += 4) {
			CHECK_EQ(rig_read(&rig, v, at), rig_read((struct rig *)fresh, v, at));
		}
		for (uint32_t n = 0; n < MANY; n++) {
			CHECK_EQ(vgic_irq_state(rig.vgic, v, n), vgic_irq_state(fresh->vgic, v, n));
		}
		CHECK(!vgic_has_pending(rig.vgic, v));
		CHECK_EQ(rig.vgic->cpu[v].nr_ready, 0);
		CHECK_EQ(rig.vgic->cpu[v].ready_sum, 0);
		for (uint32_t n = 0; n < VGIC_MAX_WORDS; n++) {
			CHECK_EQ(rig.vgic->cpu[v].ready[n] | rig.vgic->cpu[v].barred[n], 0);
		}
	}
}

/* As new, but for lines and owners. */
static void reset_of_all(void)
{
	static struct rig fresh;

	boot_owned(&rig);
	boot_owned(&fresh);
	use_all(3);
	vgic_reset(rig.vgic);
	rig_releases(&rig, 0);
	CHECK_EQ(rig.deactivated, OWNED);
	for (uint32_t n = 33; n < MANY; n += 2) {
		(void)rig_try_line(&fresh, 0, n, true);
	}
	check_fresh(&fresh);
	fire_owned();
	for (uint32_t n = 0; n < OWNED; n++) {
		CHECK_EQ(vgic_irq_state(rig.vgic, 0, owned[n]) & 3u, IS_EDGE(n) ? 2 : 3);
	}
	vgic_reset(rig.vgic);
	rig_releases(&rig, 0); /* by the numbers that they had */
	CHECK_EQ(rig.deactivated, 2 * OWNED);
	rig_free(&rig);
	rig_free(&fresh);
}

/* Lines of every word rise and fall between the pieces of a reset, whatever was reset by then. */
static void lines_within(uint32_t ctlr)
{
	static struct rig fresh;
	uint32_t piece = 0;

	boot_owned(&rig);
	boot_owned(&fresh);
	use_all(ctlr);
	while (vgic_reset_piece(rig.vgic, piece++)) {
		for (uint32_t n = 34 + piece; n < MANY; n += 31) {
			(void)rig_try_line(&rig, 0, n, piece % 2 == 0);
			(void)rig_try_line(&rig, 0, n - 1, piece % 2 == 1);
		}
		for (uint32_t v = 0; v < 8; v++) {
			(void)rig_try_line(&rig, v, 20, piece & 1u);
		}
	}
	CHECK_EQ(piece, 8);
	rig_releases(&rig, 0);
	for (uint32_t v = 0; v < 8; v++) {
		for (uint32_t n = 16; n < (v ? 32 : MANY); n++) {
			if (n != 27) { /* the timer's is nobody's */
				(void)rig_try_line(&fresh, v, n,
						   vgic_irq_state(rig.vgic, v, n) & 1u);
			}
		}
	}
	check_fresh(&fresh);
	for (uint32_t v = 0; v < 8; v++) { /* it goes as a new one does */
		rig_load(&rig, v);
		rig_load(&fresh, v);
		CHECK_EQ(rig_work(&rig, v), VGIC_WORK_NONE);
	}
	for (uint32_t at = 4; at < 0x80; at += 4) {
		rig_write(&rig, 0, ISENABLER + at, 0xaaaaaaaa);
		rig_write(&fresh, 0, ISENABLER + at, 0xaaaaaaaa);
	}
	for (uint32_t at = 32; at < MANY; at += 4) {
		rig_write(&rig, 0, ITARGETSR + at, 0x01010101);
		rig_write(&fresh, 0, ITARGETSR + at, 0x01010101);
	}
	rig_write(&rig, 0, CTLR, 1);
	rig_write(&fresh, 0, CTLR, 1);
	for (uint32_t n = 0; n < 100; n++) {
		uint32_t intid = rig_ack(&fresh, 0);

		CHECK(intid >= 32 && intid < MANY);
		take(0, intid);
		rig_line(&fresh, 0, intid, false);
		rig_line(&rig, 0, intid, false);
		rig_eoi(&fresh, 0, intid);
		rig_eoi(&rig, 0, intid);
	}
	rig_free(&rig);
	rig_free(&fresh);
}

static void lines_within_a_reset(void)
{
	lines_within(3);
	lines_within(0);
}

/* The work was ADD for one interrupt, and another of a lower priority is added before the lock is
 * taken: one list register is free for two. */
static void another_behind_the_work(void)
{
	rig_boot(&rig, 1, 64, 1);
	rig_write8(&rig, 0, IPRIORITYR + 50, 0x10);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x80);
	CHECK_EQ(rig_try_line(&rig, 0, 50, true), 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_ADD);
	CHECK_EQ(rig_try_line(&rig, 0, 40, true), 0);
	rig_works(&rig, 0, VGIC_WORK_ADD);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_NONE);
	CHECK_EQ(hw_ack(&rig, 0), 50);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "reset_of_all", reset_of_all },
	{ "lines_within_a_reset", lines_within_a_reset },
	{ "chosen", chosen },
	{ "all_at_once", all_at_once },
	{ "barred_and_active", barred_and_active },
	{ "turned_behind_the_fold", turned_behind_the_fold },
	{ "another_behind_the_work", another_behind_the_work },
};

TEST_MAIN("vgic_many", cases)
