/* SPDX-License-Identifier: BSD-2-Clause */
/* The short fold: list registers that hold nothing are given back and filled again, the others are
 * not even looked at, unless one of them shows what is no longer so. */
#include "test/unit/test_vgic.h"

static struct rig rig;

static void take_and_end(uint32_t v, uint32_t iar)
{
	CHECK_EQ(rig_ack(&rig, v), iar);
	rig_eoi(&rig, v, iar);
}

static void pulse(uint32_t intid)
{
	rig_line(&rig, 0, intid, true);
	rig_line(&rig, 0, intid, false);
}

static void boot(uint32_t nr_vcpus, uint32_t nr_lrs)
{
	rig_boot(&rig, nr_vcpus, 96, nr_lrs);
	for (uint32_t intid = 64; intid < 80; intid++) {
		rig_set_edge(&rig, intid, true);
	}
}

/* Again and again: one write each, and no list register is read. */
static void sgi_again(void)
{
	boot(1, 4);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(hw_ack(&rig, 0), 40); /* unseen, and stays */
	rig_write8(&rig, 0, IPRIORITYR + 5, 0x10);
	for (int n = 0; n < 10; n++) {
		uint32_t syncs = rig.cpu[0].syncs, writes = rig.cpu[0].writes;

		rig_write(&rig, 0, SGIR, 0x02000005);
		CHECK_EQ(rig.cpu[0].syncs, syncs);
		CHECK_EQ(rig.cpu[0].writes, writes + 1);
		take_and_end(0, 5);
	}
	CHECK(hw_find_active(&rig, 0, 40) >= 0);
	CHECK_EQ(rig.cpu[0].maintained, 0);
	rig_free(&rig);
}

/* Again, but not as it was: what its list register still holds must not come back. */
static void sgi_again_otherwise(void)
{
	boot(2, 4);
	rig_write(&rig, 0, SGIR, 0x02000005);
	take_and_end(0, 5);
	rig_write8(&rig, 0, IPRIORITYR + 5, 0x10);
	rig_write(&rig, 0, SGIR, 0x02000005);
	CHECK_EQ(rig.cpu[0].lr[hw_best(&rig, 0)] >> 23 & 0x1f, 2);
	take_and_end(0, 5);
	rig_write(&rig, 1, SGIR, 0x00010005); /* another sender */
	take_and_end(0, 5 | 1 << 10);
	rig_write(&rig, 0, SGIR, 0x02000005);
	take_and_end(0, 5);
	rig_write(&rig, 0, CTLR, 0);
	rig_write(&rig, 0, SGIR, 0x02000005);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_write(&rig, 0, CTLR, 1);
	take_and_end(0, 5);
	rig_write(&rig, 0, SGIR, 0x02000005); /* twice before it is taken: once */
	rig_write(&rig, 0, SGIR, 0x02000005);
	take_and_end(0, 5);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* Again, with another one that came in the same exit. */
static void sgi_again_in_company(void)
{
	struct mmio sgir = { .offset = SGIR, .size = 4, .is_write = true, .value = 0x02000005 };

	boot(1, 4);
	rig_write(&rig, 0, SGIR, 0x02000005);
	take_and_end(0, 5);
	CHECK_EQ(rig_try_line(&rig, 0, 64, true), 0);
	CHECK_EQ(rig_try(&rig, 0, &sgir), MMIO_OK);
	rig_settle(&rig);
	take_and_end(0, 5);
	take_and_end(0, 64);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* More interrupts, one after the other, than there are list registers. */
static void all_used_and_empty(void)
{
	boot(1, 3);
	for (uint32_t intid = 64; intid < 80; intid++) {
		uint32_t syncs = rig.cpu[0].syncs;

		pulse(intid);
		CHECK_EQ(rig.cpu[0].syncs, syncs);
		take_and_end(0, intid);
	}
	rig_free(&rig);
}

/* Some are empty, but too few. */
static void not_enough(void)
{
	uint32_t syncs;

	boot(1, 2);
	pulse(64);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	rig_write8(&rig, 0, IPRIORITYR + 65, 0x80);
	rig_write8(&rig, 0, IPRIORITYR + 66, 0x60);
	pulse(65);
	take_and_end(0, 65);
	syncs = rig.cpu[0].syncs;
	CHECK_EQ(rig_try_line(&rig, 0, 65, true), 0);
	CHECK_EQ(rig_try_line(&rig, 0, 66, true), 0);
	rig_settle(&rig);
	CHECK_EQ(rig.cpu[0].syncs, syncs + 1);
	take_and_end(0, 66);
	take_and_end(0, 65);
	rig_eoi(&rig, 0, 64);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 64) & 4, 0);
	rig_free(&rig);
}

/* With something left outside, its EOI is counted elsewhere: everything is read. */
static void outside(void)
{
	uint32_t syncs;

	boot(1, 1);
	rig_write8(&rig, 0, IPRIORITYR + 65, 0x80);
	pulse(64);
	CHECK_EQ(rig_ack(&rig, 0), 64);
	pulse(65);
	CHECK_EQ(rig_ack(&rig, 0), 65); /* 64 is outside */
	hw_eoi(&rig, 0, 65);
	syncs = rig.cpu[0].syncs;
	CHECK_EQ(rig_try_line(&rig, 0, 65, true), 0);
	rig_settle(&rig);
	CHECK_EQ(rig.cpu[0].syncs, syncs + 1);
	take_and_end(0, 65);
	rig_eoi(&rig, 0, 64);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* What a list register that is not empty shows is wrong: a look at ELRSR does not do. */
static void recalled(void)
{
	uint32_t syncs;

	boot(1, 4);
	rig_line(&rig, 0, 40, true);
	syncs = rig.cpu[0].syncs;
	rig_line(&rig, 0, 40, false);
	CHECK_EQ(rig.cpu[0].syncs, syncs + 1);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(rig_ack(&rig, 0), 40);
	rig_line(&rig, 0, 40, false);
	CHECK_EQ(rig.cpu[0].syncs, syncs + 2); /* the EOI bit goes */
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(rig.cpu[0].maintained, 0);
	rig_line(&rig, 0, 40, true); /* empty by now */
	CHECK_EQ(rig.cpu[0].syncs, syncs + 2);
	CHECK_EQ(rig_ack(&rig, 0), 40);
	rig_free(&rig);
}

/* What was recalled once is known after the fold. */
static void recalled_once(void)
{
	uint32_t syncs;

	boot(1, 4);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 40, false);
	pulse(65); /* where 40 was */
	CHECK_EQ(hw_ack(&rig, 0), 65);
	rig_write8(&rig, 0, IPRIORITYR + 64, 0x10);
	syncs = rig.cpu[0].syncs;
	for (int n = 0; n < 3; n++) {
		pulse(64);
		take_and_end(0, 64);
	}
	CHECK_EQ(rig.cpu[0].syncs, syncs);
	rig_free(&rig);
}

/* One recalled register is empty, another one is not. */
static void one_of_two(void)
{
	uint32_t syncs;

	boot(1, 4);
	rig_line(&rig, 0, 41, true);
	rig_write8(&rig, 0, IPRIORITYR + 64, 0x10);
	pulse(64);
	take_and_end(0, 64);
	syncs = rig.cpu[0].syncs;
	CHECK_EQ(rig_try_line(&rig, 0, 64, true), 0);
	CHECK_EQ(rig_try_line(&rig, 0, 41, false), 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK);
	rig_settle(&rig);
	CHECK_EQ(rig.cpu[0].syncs, syncs + 1);
	take_and_end(0, 64);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* The EOI of a level that is still high, beside another interrupt that the guest has: pending again
 * after a look at EISR. And then not high any more. */
static void maintenance(void)
{
	for (int n = 0; n < 2; n++) {
		uint32_t syncs;

		boot(1, 4);
		rig.eoi_is_empty = n != 0;
		rig_write8(&rig, 0, IPRIORITYR + 40, 0x50);
		rig_line(&rig, 0, 41, true);
		CHECK_EQ(hw_ack(&rig, 0), 41);
		rig_line(&rig, 0, 40, true);
		syncs = rig.cpu[0].syncs;
		for (uint32_t turn = 1; turn < 5; turn++) {
			take_and_end(0, 40);
			CHECK_EQ(rig.cpu[0].maintained, turn);
		}
		CHECK_EQ(hw_ack(&rig, 0), 40);
		hw_eoi(&rig, 0, 40);
		CHECK(hw_eisr(&rig, 0) != 0);
		CHECK_EQ(rig.cpu[0].syncs, syncs);
		CHECK_EQ(rig_try_line(&rig, 0, 40, false),
			 0); /* before the maintenance interrupt */
		rig_settle(&rig);
		CHECK_EQ(rig.cpu[0].syncs, n ? syncs : syncs + 1);
		CHECK_EQ(hw_eisr(&rig, 0), 0);
		CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
		CHECK(hw_find_active(&rig, 0, 41) >= 0);
		rig_free(&rig);
	}
}

/* What was asked for while the list register was, or became, empty. */
static void changed_by_others(void)
{
	struct mmio set = { ISACTIVER + 8, 4, true, 1 };
	uint32_t syncs;

	boot(2, 4);
	pulse(64);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	hw_eoi(&rig, 0, 64);
	syncs = rig.cpu[0].syncs;
	CHECK_EQ(rig_try(&rig, 1, &set), MMIO_OK);
	rig_settle(&rig);
	CHECK_EQ(rig.cpu[0].syncs, syncs);
	CHECK_EQ(rig_read(&rig, 1, ISACTIVER + 8), 1);
	set.offset = ICACTIVER + 8;
	CHECK_EQ(rig_try(&rig, 1, &set), MMIO_OK);
	CHECK_EQ(rig_read(&rig, 1, ISACTIVER + 8), 0);
	pulse(64);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	syncs = rig.cpu[0].syncs;
	CHECK_EQ(rig_try(&rig, 1, &set), MMIO_OK); /* and its EOI before vCPU 0 hears of that */
	hw_eoi(&rig, 0, 64);
	pulse(64);
	CHECK_EQ(rig.cpu[0].syncs, syncs);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	CHECK_EQ(rig_read(&rig, 1, ISACTIVER + 8), 1);
	rig_eoi(&rig, 0, 64);
	pulse(64);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	hw_eoi(&rig, 0, 64);
	rig_write8(&rig, 1, ITARGETSR + 64, 2); /* vCPU 0 gives it back without a read */
	pulse(64);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	take_and_end(1, 64);
	rig_free(&rig);
}

/* An answer that comes late: everything has been read meanwhile, or is to be. */
static void not_asked(void)
{
	boot(1, 4);
	pulse(64);
	hw_read(&rig, 0);
	vgic_fold(rig.vgic, 0, &rig.kick);
	CHECK_EQ(vgic_fold_empty(rig.vgic, 0, 0xf, &rig.kick), VGIC_WORK_ADD);
	vgic_flush(rig.vgic, 0);
	hw_write(&rig, 0);
	CHECK_EQ(rig_try_line(&rig, 0, 66, true), 0);
	vgic_flush(rig.vgic, 0);
	CHECK_EQ(vgic_fold_empty(rig.vgic, 0, 0xe, &rig.kick), VGIC_WORK_NONE); /* unwritten */
	hw_write(&rig, 0);
	CHECK_EQ(vgic_fold_empty(rig.vgic, 0, 0, &rig.kick), VGIC_WORK_NONE);
	CHECK_EQ(vgic_fold_empty(rig.vgic, 0, 0xc, &rig.kick), VGIC_WORK_NONE);
	vgic_ask_fold(rig.vgic, 0);
	CHECK_EQ(vgic_fold_empty(rig.vgic, 0, 0xe, &rig.kick), VGIC_WORK_SYNC);
	rig_enter(&rig, 0);
	take_and_end(0, 64);
	take_and_end(0, 66);
	CHECK_EQ(vgic_fold_empty(rig.vgic, 0, 0xf, &rig.kick), VGIC_WORK_NONE);
	CHECK_EQ(vgic_cif(rig.vgic, 0)->used, 0);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* What pends again was put back into its list register, then there turn out to be too few: what
 * hardware has not got yet is not read from it. */
static void refilled_and_too_few(void)
{
	boot(1, 2);
	rig_write8(&rig, 0, IPRIORITYR + 64, 0x40);
	pulse(65);
	CHECK_EQ(hw_ack(&rig, 0), 65);
	pulse(64);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	hw_eoi(&rig, 0, 64);
	CHECK_EQ(rig_try_line(&rig, 0, 64, true), 0);
	CHECK_EQ(rig_try_line(&rig, 0, 66, true), 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK);
	rig_settle(&rig);
	take_and_end(0, 64);
	rig_eoi(&rig, 0, 65);
	take_and_end(0, 66);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* A timer whose list register goes without the HW bit: each tick costs one maintenance interrupt
 * and no read, and an interrupt in another list register notices nothing. */
static void soft_tick(void)
{
	boot(1, 4);
	vgic_phys_set_owner(rig.vgic, 27, VGIC_OWNER_TIMER, 27);
	vgic_phys_set_soft_eoi(rig.vgic);
	rig_write8(&rig, 0, IPRIORITYR + 27, 0x10);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(hw_ack(&rig, 0), 40);
	for (uint32_t n = 1; n < 6; n++) {
		uint32_t syncs = rig.cpu[0].syncs;

		rig_fire(&rig, 0, 27, 27);
		take_and_end(0, 27);
		CHECK_EQ(rig.cpu[0].syncs, syncs);
		CHECK_EQ(rig.cpu[0].maintained, n);
		CHECK_EQ(rig.deactivated, n);
		CHECK_EQ(rig.physical[27], 0);
		CHECK(!vgic_phys_held(rig.vgic, 0, 27));
	}
	CHECK(hw_find_active(&rig, 0, 40) >= 0);
	rig_free(&rig);
}

/* With the HW bit and without: the guest pends it itself while it has it, so that the end of the
 * physical one is seen by a fold, short or not. */
static void held_and_pended(void)
{
	for (int soft = 0; soft < 2; soft++) {
		boot(1, 4);
		vgic_phys_set_owner(rig.vgic, 65, VGIC_OWNER_PASSED, 165);
		if (soft) {
			vgic_phys_set_soft_eoi(rig.vgic);
		}
		rig_fire(&rig, 0, 65, 165);
		CHECK_EQ(rig_ack(&rig, 0), 65);
		hw_eoi(&rig, 0, 65);
		CHECK_EQ(rig.physical[165], soft);
		rig_write(&rig, 0, ISPENDR + 8, 2);
		rig_settle(&rig);
		CHECK_EQ(rig.physical[165], 0);
		CHECK(!vgic_phys_held(rig.vgic, 0, 65));
		take_and_end(0, 65);
		CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
		CHECK_EQ(rig.deactivated, soft);
		rig_free(&rig);
	}
}

/* The physical interrupt comes again, then another vCPU makes the interrupt active before this one
 * enters: it waits behind what is active, and is not the guest's when that is cleared. */
static void held_behind(void)
{
	struct mmio set = { ISACTIVER + 8, 4, true, 2 };

	boot(2, 4);
	vgic_phys_set_owner(rig.vgic, 65, VGIC_OWNER_PASSED, 165);
	rig_fire(&rig, 0, 65, 165);
	CHECK_EQ(hw_ack(&rig, 0), 65);
	hw_eoi(&rig, 0, 65);
	rig.physical[165] = 1;
	vgic_phys_fired(rig.vgic, 0, 65, &rig.kick);
	CHECK_EQ(rig_try(&rig, 1, &set), MMIO_OK);
	rig_settle(&rig);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_sync(&rig, 0);
	rig_write(&rig, 1, ICACTIVER + 8, 2);
	CHECK_EQ(rig.physical[165], 1);
	CHECK(vgic_phys_held(rig.vgic, 0, 65));
	take_and_end(0, 65);
	CHECK_EQ(rig.physical[165], 0);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* ---- whose list registers know more than memory ---- */

static void holder(void)
{
	uint32_t seq = 0, later = 0;

	boot(2, 4);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 0, 64, &seq), 8);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 0, 96, &seq), 8);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 2, 20, &seq), 8);
	rig_line(&rig, 1, 20, true);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 0, 20, &seq), 8);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, 20, &seq), 1);
	pulse(64);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, 64, &seq), 0);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	CHECK_EQ(vgic_irq_state(rig.vgic, 1, 64) & 6, 2); /* old */
	vgic_ask_fold(rig.vgic, 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_SYNC);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, 64, &later), 0);
	CHECK_EQ(later, seq);
	rig_enter(&rig, 0);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, 64, &later), 0);
	CHECK(later != seq);
	CHECK_EQ(vgic_irq_state(rig.vgic, 1, 64) & 6, 4);
	rig_unload(&rig, 0);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, 64, &later), 8);
	rig_load(&rig, 0);
	rig_eoi(&rig, 0, 64);
	rig_unload(&rig, 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 1, 64) & 6, 0);
	rig_free(&rig);
}

/* Active outside the list registers: its EOI is counted, so its vCPU knows more, too. A short fold
 * does not count as one. */
static void holder_outside(void)
{
	uint32_t seq = 0, later = 0;

	boot(2, 1);
	rig_write8(&rig, 0, IPRIORITYR + 65, 0x80);
	pulse(64);
	CHECK_EQ(rig_ack(&rig, 0), 64);
	pulse(65);
	CHECK_EQ(rig_ack(&rig, 0), 65);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, 64, &seq), 0);
	rig_eoi(&rig, 0, 65);
	rig_eoi(&rig, 0, 64);
	pulse(64);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, 64, &seq), 0);
	CHECK_EQ(hw_ack(&rig, 0), 64);
	hw_eoi(&rig, 0, 64);
	pulse(64);
	CHECK_EQ(vgic_irq_holder(rig.vgic, 1, 64, &later), 0);
	CHECK_EQ(later, seq);
	rig_free(&rig);
}

/* A VMM that never lowers: each call is an edge, those before the acknowledge are one. */
static void edge_raised_again(void)
{
	boot(2, 1);
	for (uint32_t n = 0; n < 3; n++) {
		rig_line(&rig, 0, 64, true);
		take_and_end(0, 64);
	}
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_line(&rig, 0, 64, true);
	rig_line(&rig, 0, 64, true);
	CHECK_EQ(rig_ack(&rig, 0), 64);
	rig_line(&rig, 0, 64, true);
	rig_line(&rig, 0, 64, true);
	rig_eoi(&rig, 0, 64);
	take_and_end(0, 64);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_unload(&rig, 0);
	rig_line(&rig, 0, 64, true);
	CHECK(vgic_has_pending(rig.vgic, 0));
	rig_line(&rig, 0, 64, false);
	rig_load(&rig, 0);
	take_and_end(0, 64);
	CHECK_EQ(rig_ack(&rig, 0), SPURIOUS);
	rig_free(&rig);
}

/* A vCPU that waits is folded, and the world switch behind that reads nothing again. */
static void folded_then_switched(void)
{
	uint32_t reads;

	boot(1, 4);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(hw_ack(&rig, 0), 40);
	rig_fold(&rig, 0);
	reads = rig.cpu[0].reads;
	rig_unload(&rig, 0);
	CHECK_EQ(rig.cpu[0].reads, reads);
	rig_load(&rig, 0);
	CHECK(hw_find_active(&rig, 0, 40) >= 0);
	rig_free(&rig);
}

/* What a fold has taken back is not in hardware any more once the vCPU has been elsewhere. */
static void folded_and_forgotten(void)
{
	struct mmio disable = { .offset = ICENABLER + 8, .size = 4, .is_write = true, .value = 3 };

	boot(2, 4);
	pulse(64);
	pulse(65);
	rig_fold(&rig, 0);
	CHECK_EQ(rig_try(&rig, 1, &disable), MMIO_OK);
	rig_unload(&rig, 0);
	rig_load(&rig, 0);
	rig_write(&rig, 1, ISENABLER + 8, 3);
	take_and_end(0, 64);
	take_and_end(0, 65);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "sgi_again", sgi_again },
	{ "sgi_again_otherwise", sgi_again_otherwise },
	{ "sgi_again_in_company", sgi_again_in_company },
	{ "all_used_and_empty", all_used_and_empty },
	{ "not_enough", not_enough },
	{ "outside", outside },
	{ "recalled", recalled },
	{ "recalled_once", recalled_once },
	{ "one_of_two", one_of_two },
	{ "held_behind", held_behind },
	{ "maintenance", maintenance },
	{ "changed_by_others", changed_by_others },
	{ "not_asked", not_asked },
	{ "refilled_and_too_few", refilled_and_too_few },
	{ "soft_tick", soft_tick },
	{ "held_and_pended", held_and_pended },
	{ "holder", holder },
	{ "holder_outside", holder_outside },
	{ "edge_raised_again", edge_raised_again },
	{ "folded_then_switched", folded_then_switched },
	{ "folded_and_forgotten", folded_and_forgotten },
};

TEST_MAIN("vgic_look", cases)
