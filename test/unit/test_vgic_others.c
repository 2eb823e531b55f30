/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU reads and writes what another vCPU's list registers hold. */
#include "test/unit/test_vgic.h"

static struct rig rig;

#define take(v, iar) rig_take(&rig, v, iar)

static void read_of_others_retries(void)
{
	struct mmio mmio = { ISPENDR + 4, 4, false, 0 };

	rig_boot(&rig, 3, 96, 4);
	rig_line(&rig, 0, 40, true);
	rig.kick = 0;
	CHECK_EQ(rig_try(&rig, 1, &mmio), MMIO_RETRY);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_SYNC);
	CHECK_EQ(rig_try(&rig, 1, &mmio), MMIO_RETRY); /* nothing has happened yet */
	hw_ack(&rig, 0);
	rig_line(&rig, 0, 41, true); /* vCPU 0 settles, and has 40 and 41 loaded again */
	rig_settle(&rig);
	CHECK_EQ(rig_try(&rig, 1, &mmio), MMIO_OK); /* no second wait for the same read */
	CHECK_EQ(mmio.value, 0x300);
	rig.kick = 0;
	mmio.value = 0;
	mmio.offset = ISACTIVER + 4;
	CHECK_EQ(rig_try(&rig, 2, &mmio), MMIO_RETRY);
	CHECK_EQ(rig.kick, 1);
	rig_unload(&rig, 0);
	CHECK_EQ(rig_try(&rig, 2, &mmio), MMIO_OK);
	CHECK_EQ(mmio.value, 0x100);
	mmio.offset = ISPENDR + 8; /* a word with nothing in list registers */
	CHECK_EQ(rig_try(&rig, 2, &mmio), MMIO_OK);
	rig.kick = 0;
	rig_free(&rig);
}

/* The holder alternates between fold and flush for ever, the reader still gets its answer. */
static void retry_ends(void)
{
	struct mmio mmio = { ISACTIVER + 4, 4, false, 0 };
	int tries = 0;

	rig_boot(&rig, 2, 64, 4);
	rig_line(&rig, 0, 40, true);
	while (rig_try(&rig, 1, &mmio) == MMIO_RETRY && tries < 5) {
		uint32_t iar = hw_ack(&rig, 0);

		rig_sync(&rig, 0);
		rig_eoi(&rig, 0, iar);
		tries++;
	}
	CHECK_EQ(tries, 1);
	rig.kick = 0;
	rig_free(&rig);
}

static void others_change_it(void)
{
	rig_boot(&rig, 2, 64, 4);
	rig_set_edge(&rig, 40, true);
	rig_line(&rig, 0, 40, true);
	rig_set_bit(&rig, ICPENDR, 1, 40); /* before vCPU 0 acknowledges */
	take(0, SPURIOUS);
	rig_line(&rig, 0, 40, false);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(hw_ack(&rig, 0), 40); /* ... and after, unseen */
	rig_set_bit(&rig, ICPENDR, 1, 40);
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 1, 40), 1);
	CHECK_EQ(rig_bit(&rig, ISPENDR, 1, 40), 0);
	rig_set_bit(&rig, ISPENDR, 1, 40);
	CHECK_EQ(rig_bit(&rig, ISPENDR, 1, 40), 1);
	rig_set_bit(&rig, ICACTIVER, 1, 40);
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 1, 40), 0);
	hw_eoi(&rig, 0, 40);
	CHECK_EQ(hw_ack(&rig, 0), 40);
	rig_set_bit(&rig, ISACTIVER, 1, 40);
	rig_set_bit(&rig, ICACTIVER, 1, 40);
	rig_set_bit(&rig, ISACTIVER, 1, 40);
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 1, 40), 1);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 1, 40), 0);
	rig_line(&rig, 0, 41, true);
	rig_set_bit(&rig, ISACTIVER, 1, 41); /* pending in the list register: pending and active */
	take(0, SPURIOUS);
	rig_set_bit(&rig, ICACTIVER, 1, 41);
	take(0, 41);
	rig_free(&rig);
}

/* The list register of the interrupt was empty when the change came, so the short fold has applied
 * it: nobody waits for it any more. */
static void the_wait_ends(void)
{
	struct mmio set = { ISACTIVER + 4, 4, true, 0x100 };
	struct mmio clear = { ICACTIVER + 4, 4, true, 0x100 };
	int tries = 0;

	rig_boot(&rig, 2, 64, 4);
	rig_write(&rig, 0, ICFGR + 8, 2u << 16); /* an edge, so that its end is no exit */
	rig_line(&rig, 0, 40, true);
	rig_settle(&rig);
	hw_eoi(&rig, 0, hw_ack(&rig, 0));
	CHECK_EQ(rig_try(&rig, 1, &set), MMIO_OK);
	rig_settle(&rig);
	while (rig_try(&rig, 1, &clear) == MMIO_RETRY && tries < 5) {
		rig_settle(&rig);
		tries++;
	}
	CHECK(tries <= 1);
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 1, 40), 0);
	rig_free(&rig);
}

/* The same, and then the vCPU leaves its CPU, by a WFI or not, with nothing in a list register: it
 * may never come back. */
static void nobody_waits_for_one_that_left(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		struct mmio clear = { ICACTIVER + 4, 4, true, 0x100 };
		struct mmio set = { ISACTIVER + 4, 4, true, 0x100 };

		rig_boot(&rig, 2, 64, 4);
		rig_write(&rig, 0, ICFGR + 8, 2u << 16);
		rig_line(&rig, 0, 40, true);
		rig_settle(&rig);
		hw_eoi(&rig, 0, hw_ack(&rig, 0));
		CHECK_EQ(rig_try(&rig, 1, &clear), MMIO_OK);
		rig_settle(&rig);
		if (n) {
			CHECK(rig_waits(&rig, 0));
		}
		rig_unload(&rig, 0);
		CHECK_EQ(rig_try(&rig, 1, &set), MMIO_OK);
		rig_free(&rig);
	}
}

/* A change before the holder has applied the first one waits: it never has many to apply at once.
 * The last one counts. */
static void others_change_it_unseen(void)
{
	struct mmio set = { ISACTIVER + 4, 4, true, 0x100 };
	struct mmio clear = { ICACTIVER + 4, 4, true, 0x100 };

	for (int n = 0; n < 4; n++) {
		rig_boot(&rig, 2, 64, 4);
		rig_line(&rig, 0, 40, true);
		if (n & 1) {
			CHECK_EQ(hw_ack(&rig, 0), 40);
		}
		CHECK_EQ(rig_try(&rig, 1, n & 2 ? &clear : &set), MMIO_OK);
		CHECK_EQ(rig_try(&rig, 1, n & 2 ? &set : &clear), MMIO_RETRY);
		rig_settle(&rig);
		CHECK_EQ(rig_bit(&rig, ISACTIVER, 1, 40), n & 2 ? 0 : 1);
		CHECK_EQ(rig_try(&rig, 1, n & 2 ? &set : &clear), MMIO_OK);
		rig_settle(&rig);
		CHECK_EQ(rig_bit(&rig, ISACTIVER, 1, 40), n & 2 ? 1 : 0);
		rig_free(&rig);
	}
}

/* Active outside the list registers, ended and cleared at once: nobody else's active is lost. */
static void outside_and_cleared(void)
{
	struct mmio clear = { ICACTIVER + 4, 4, true, 0x100 };

	rig_boot(&rig, 2, 64, 1);
	for (uint32_t n = 0; n < 3; n++) {
		rig_write8(&rig, 0, IPRIORITYR + 41 - n, 0x80 - 8 * n);
		rig_set_edge(&rig, 41 - n, true);
	}
	rig_line(&rig, 0, 41, true);
	take(0, 41);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_line(&rig, 0, 39, true);
	take(0, 39);
	rig_eoi(&rig, 0, 39);
	rig_line(&rig, 0, 50, true); /* pending: takes the only list register */
	CHECK_EQ(rig_read(&rig, 1, ISACTIVER + 4), 0x300);
	hw_eoi(&rig, 0, 40);
	CHECK_EQ(rig_try(&rig, 1, &clear), MMIO_OK);
	rig_enter(&rig, 0);
	rig_settle(&rig);
	CHECK_EQ(rig_read(&rig, 1, ISACTIVER + 4), 0x200);
	rig_eoi(&rig, 0, 41);
	CHECK_EQ(rig_read(&rig, 1, ISACTIVER + 4), 0);
	rig_line(&rig, 0, 40, false);
	rig_line(&rig, 0, 40, true);
	take(0, 40); /* and the next one is not cleared by what is long past */
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 0, 40), 1);
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 0, 40), 1);
	rig_eoi(&rig, 0, 40);
	take(0, 50);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "read_of_others_retries", read_of_others_retries },
	{ "retry_ends", retry_ends },
	{ "others_change_it", others_change_it },
	{ "the_wait_ends", the_wait_ends },
	{ "nobody_waits_for_one_that_left", nobody_waits_for_one_that_left },
	{ "others_change_it_unseen", others_change_it_unseen },
	{ "outside_and_cleared", outside_and_cleared },
};

TEST_MAIN("vgic_others", cases)
