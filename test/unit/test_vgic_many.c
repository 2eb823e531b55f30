/* SPDX-License-Identifier: BSD-2-Clause */
/* More is active or pending than fits, up to all 1020; and what GICD_CTLR holds back. */
#include "test/unit/test_vgic.h"

static struct rig rig;

static void take_at(int line, uint32_t v, uint32_t iar)
{
	test_check_eq(rig_ack(&rig, v), iar, __FILE__, line, "the acknowledged interrupt");
}

#define take(v, iar) take_at(__LINE__, v, iar)

static uint32_t state(uint32_t v, uint32_t intid)
{
	rig_sync(&rig, v);
	return vgic_irq_state(rig.vgic, v, intid) & 0x7; /* level 1, pending 2, active 4 */
}

static void set_bit(uint32_t base, uint32_t v, uint32_t intid)
{
	rig_write(&rig, v, base + intid / 32 * 4, 1u << (intid % 32));
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
		set_bit(many.active[n] ? ISACTIVER : ICACTIVER, 0, n);
		set_bit(many.pending[n] ? ISPENDR : ICPENDR, 0, n);
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
		CHECK_EQ(rig.kick, 0xff);
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
	set_bit(ISPENDR, 0, 40);
	take(0, 40);
	set_bit(ISPENDR, 0, 40);
	rig_write(&rig, 0, CTLR, 0);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(state(0, 40), 2);
	take(0, SPURIOUS);
	set_bit(ISACTIVER, 0, 40);
	CHECK_EQ(state(0, 40), 6);
	rig_write(&rig, 0, CTLR, 1);
	take(0, SPURIOUS);
	rig_write(&rig, 0, CTLR, 0);
	set_bit(ICACTIVER, 0, 40);
	CHECK_EQ(state(0, 40), 2);
	set_bit(ICPENDR, 0, 40);
	CHECK_EQ(state(0, 40), 0);
	set_bit(ISPENDR, 0, 40);
	rig_write(&rig, 0, IGROUPR + 4, 1u << 8);
	rig_write(&rig, 0, CTLR, 1);
	take(0, SPURIOUS);
	rig_write(&rig, 0, IGROUPR + 4, 0);
	take(0, 40);
	rig_eoi(&rig, 0, 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "chosen", chosen },
	{ "all_at_once", all_at_once },
	{ "barred_and_active", barred_and_active },
};

TEST_MAIN("vgic_many", cases)
