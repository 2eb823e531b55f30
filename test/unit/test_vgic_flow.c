/* SPDX-License-Identifier: BSD-2-Clause */
/* From a raised line, an SGI or GICD_ISPENDR to the guest's acknowledge and EOI. */
#include "test/unit/test_vgic.h"

static struct rig rig;

#define take(v, iar) rig_take(&rig, v, iar)

#define take_and_end(v, iar) (take(v, iar), rig_eoi(&rig, v, iar))

static uint32_t state(uint32_t v, uint32_t intid)
{
	if (rig.cpu[v].loaded) {
		rig_sync(&rig, v);
	}
	return vgic_irq_state(rig.vgic, v, intid) & 0x7; /* level 1, pending 2, active 4 */
}

/* ---- lines ---- */

static void level(void)
{
	rig_boot(&rig, 1, 64, 4);
	take(0, SPURIOUS);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	take(0, SPURIOUS);
	CHECK_EQ(state(0, 40), 7); /* high: active and pending */
	rig_eoi(&rig, 0, 40);
	take(0, 40); /* still high */
	rig_line(&rig, 0, 40, false);
	CHECK_EQ(state(0, 40), 4);
	rig_eoi(&rig, 0, 40);
	take(0, SPURIOUS);
	CHECK_EQ(state(0, 40), 0);
	rig_line(&rig, 0, 40, true);
	take_and_end(0, 40);
	rig_free(&rig);
}

static void level_rises_while_active(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_line(&rig, 0, 40, false);
	rig_line(&rig, 0, 40, true);
	take(0, SPURIOUS);
	rig_eoi(&rig, 0, 40);
	take(0, 40);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void lowered_before_acknowledge(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_line(&rig, 0, 40, true);
	CHECK(hw_best(&rig, 0) >= 0);
	CHECK_EQ(rig_try_line(&rig, 0, 40, false), 0);
	CHECK_EQ(rig.kick, 1);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK);
	rig_settle(&rig);
	take(0, SPURIOUS);
	CHECK_EQ(state(0, 40), 0);
	rig_free(&rig);
}

static void no_change_disturbs_nobody(void)
{
	rig_boot(&rig, 1, 64, 4);
	CHECK_EQ(rig_try_line(&rig, 0, 40, false), 0);
	CHECK_EQ(rig.kick, 0);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(rig_try_line(&rig, 0, 40, true), 0);
	CHECK_EQ(rig.kick, 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_NONE);
	rig_set_edge(&rig, 41, true);
	rig_line(&rig, 0, 41, true);
	CHECK_EQ(rig_try_line(&rig, 0, 41, false), 0); /* a falling edge */
	CHECK_EQ(rig.kick, 0);
	rig_free(&rig);
}

static void edge(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_set_edge(&rig, 40, true);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 40, false); /* ignored */
	rig_line(&rig, 0, 40, true);  /* coalesces */
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	CHECK_EQ(state(0, 40), 5); /* high, active, not pending */
	rig_eoi(&rig, 0, 40);
	take(0, SPURIOUS); /* high is nothing to an edge */
	rig_line(&rig, 0, 40, false);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	for (int n = 0; n < 3; n++) { /* while active: once more, not thrice */
		rig_line(&rig, 0, 40, false);
		rig_line(&rig, 0, 40, true);
	}
	take(0, SPURIOUS);
	rig_eoi(&rig, 0, 40);
	take_and_end(0, 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void disabled_waits(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_set_bit(&rig, ICENABLER, 0, 40);
	rig_set_bit(&rig, ICENABLER, 0, 41);
	rig_set_edge(&rig, 41, true);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 41, true);
	rig_line(&rig, 0, 41, false);
	take(0, SPURIOUS);
	CHECK(!vgic_has_pending(rig.vgic, 0));
	CHECK_EQ(rig_read(&rig, 0, ISPENDR + 4), 0x300);
	rig_set_bit(&rig, ISENABLER, 0, 40);
	rig_set_bit(&rig, ISENABLER, 0, 41);
	CHECK(vgic_has_pending(rig.vgic, 0));
	take(0, 40);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	take_and_end(0, 41);
	rig_line(&rig, 0, 40, true); /* in a list register, then disabled */
	rig_set_bit(&rig, ICENABLER, 0, 40);
	take(0, SPURIOUS);
	CHECK_EQ(rig_bit(&rig, ISPENDR, 0, 40), 1);
	rig_set_bit(&rig, ISENABLER, 0, 40);
	take(0, 40);
	rig_set_bit(&rig, ICENABLER, 0, 40); /* active stays active */
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 0, 40), 1);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(rig_bit(&rig, ISACTIVER, 0, 40), 0);
	take(0, SPURIOUS);
	rig_free(&rig);
}

/* Lost by Linux 5.6. */
static void distributor_off(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_write(&rig, 0, CTLR, 0);
	rig_set_edge(&rig, 41, true);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 41, true);
	rig_line(&rig, 0, 20, true);
	rig_write(&rig, 0, SGIR, 0x02000007);
	take(0, SPURIOUS);
	rig_write(&rig, 0, CTLR, 2); /* the other group */
	take(0, SPURIOUS);
	rig_write(&rig, 0, CTLR, 1);
	take_and_end(0, 7);
	take(0, 20);
	rig_write(&rig, 0, CTLR, 0); /* with one active and two in list registers */
	rig_line(&rig, 0, 20, false);
	rig_eoi(&rig, 0, 20);
	take(0, SPURIOUS);
	rig_write(&rig, 0, CTLR, 1);
	take(0, 40);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	take_and_end(0, 41);
	take(0, SPURIOUS);
	rig_free(&rig);
}

/* Lost by Linux 5.6: to edge and back. */
static void configuration_flips(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_line(&rig, 0, 40, true);
	rig_set_edge(&rig, 40, true); /* no edge was seen */
	take(0, SPURIOUS);
	CHECK_EQ(rig_bit(&rig, ISPENDR, 0, 40), 0);
	rig_set_edge(&rig, 40, false);
	CHECK_EQ(rig_bit(&rig, ISPENDR, 0, 40), 1);
	take(0, 40);
	rig_set_edge(&rig, 40, true);
	rig_eoi(&rig, 0, 40);
	take(0, SPURIOUS);
	rig_set_edge(&rig, 40, false);
	take(0, 40);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	rig_set_edge(&rig, 40, true);
	rig_line(&rig, 0, 40, true);
	rig_set_edge(&rig, 40, false); /* the latch stays, and the line */
	rig_line(&rig, 0, 40, false);
	take_and_end(0, 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void private_lines(void)
{
	rig_boot(&rig, 2, 64, 4);
	rig_line(&rig, 1, 22, true);
	take(0, SPURIOUS);
	take(1, 22);
	CHECK_EQ(state(0, 22), 0);
	rig_line(&rig, 0, 22, true);
	rig_line(&rig, 1, 22, false);
	rig_eoi(&rig, 1, 22);
	take(1, SPURIOUS);
	take(0, 22);
	rig_free(&rig);
}

static void refused(void)
{
	struct irq_line cpu = { IRQ_LINE_CPU_IRQ, 0, 40 };

	rig_boot(&rig, 2, 64, 4);
	CHECK(vgic_set_line(rig.vgic, &cpu, true, &rig.kick) < 0);
	CHECK(rig_try_line(&rig, 0, 64, true) < 0);
	CHECK(rig_try_line(&rig, 2, 20, true) < 0);
	CHECK_EQ(rig.kick, 0);
	rig_free(&rig);
}

/* ---- GICD_ISPENDR and GICD_ICPENDR ---- */

static void software_pending(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	take_and_end(0, 40);
	take(0, SPURIOUS);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	rig_set_bit(&rig, ICPENDR, 0, 40); /* out of the list register again */
	take(0, SPURIOUS);
	rig_line(&rig, 0, 40, true);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	rig_line(&rig, 0, 40, false); /* the latch holds */
	take_and_end(0, 40);
	take(0, SPURIOUS);
	rig_line(&rig, 0, 40, true);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	rig_set_bit(&rig, ICPENDR, 0, 40); /* the line holds */
	take(0, 40);
	rig_set_bit(&rig, ISPENDR, 0, 40); /* while active */
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	take_and_end(0, 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void software_active(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_set_bit(&rig, ISACTIVER, 0, 40);
	rig_line(&rig, 0, 40, true);
	take(0, SPURIOUS);
	CHECK_EQ(state(0, 40), 7);
	rig_set_bit(&rig, ICACTIVER, 0, 40);
	take(0, 40);
	rig_set_bit(&rig, ICACTIVER, 0, 40); /* under the handler */
	take(0, SPURIOUS);		     /* same priority: not before the drop */
	rig_eoi(&rig, 0, 40);
	take(0, 40);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	CHECK_EQ(state(0, 40), 0);
	rig_free(&rig);
}

/* ---- SGIs ---- */

static void sgi_sources(void)
{
	rig_boot(&rig, 4, 64, 4);
	rig_write(&rig, 3, SGIR, 0x00010005);
	rig_write(&rig, 1, SGIR, 0x00010005);
	rig_write(&rig, 2, SGIR, 0x00010005);
	rig_write(&rig, 2, SGIR, 0x00010005); /* coalesces */
	CHECK_EQ(rig_read8(&rig, 0, SPENDSGIR + 5), 0x0e);
	take(0, 1u << 10 | 5);
	take(0, SPURIOUS);		      /* the others have the same priority */
	rig_write(&rig, 1, SGIR, 0x00010005); /* the active one's source again */
	CHECK_EQ(rig_read8(&rig, 0, SPENDSGIR + 5), 0x0e);
	rig_eoi(&rig, 0, 1u << 10 | 5);
	take_and_end(0, 1u << 10 | 5);
	take_and_end(0, 2u << 10 | 5);
	take_and_end(0, 3u << 10 | 5);
	take(0, SPURIOUS);
	rig_free(&rig);
}

/* The source that is active, once more: hardware can hold that, no exit is needed. */
static void sgi_again_needs_no_exit(void)
{
	uint32_t maintained;

	rig_boot(&rig, 2, 64, 4);
	rig_write(&rig, 1, SGIR, 0x00010005);
	take(0, 1u << 10 | 5);
	rig_write(&rig, 1, SGIR, 0x00010005);
	maintained = rig.cpu[0].maintained;
	rig_eoi(&rig, 0, 1u << 10 | 5);
	take_and_end(0, 1u << 10 | 5);
	CHECK_EQ(rig.cpu[0].maintained, maintained);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void sgi_kept_while_active(void)
{
	rig_boot(&rig, 3, 64, 2);
	rig_write(&rig, 2, SGIR, 0x00010005);
	take(0, 2u << 10 | 5);
	rig_write(&rig, 0, SGIR, 0x02000005); /* to itself, a lower source */
	rig_unload(&rig, 0);
	rig_load(&rig, 0);
	CHECK(hw_find_active(&rig, 0, 2u << 10 | 5) >= 0);
	rig_eoi(&rig, 0, 2u << 10 | 5);
	take_and_end(0, 5);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void sgi_cleared(void)
{
	rig_boot(&rig, 2, 64, 4);
	rig_write(&rig, 1, SGIR, 0x00010005);
	rig_write(&rig, 0, SGIR, 0x00010005);
	rig_write8(&rig, 0, CPENDSGIR + 5, 0x01);
	take_and_end(0, 1u << 10 | 5);
	take(0, SPURIOUS);
	rig_write8(&rig, 0, SPENDSGIR + 6, 0x03);
	take_and_end(0, 6);
	take_and_end(0, 1u << 10 | 6);
	take(0, SPURIOUS);
	rig_free(&rig);
}

/* ---- more than fits ---- */

static void never_two_list_registers(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_line(&rig, 0, 40, true);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	rig_line(&rig, 0, 41, true);
	take(0, 40);
	rig_set_bit(&rig, ISPENDR, 0, 40);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x10);
	rig_line(&rig, 0, 42, true);
	for (uint32_t n = 0, seen = 0; n < 4; n++) {
		if (hw_state(rig.cpu[0].lr[n])) {
			uint32_t bit = 1u << ((rig.cpu[0].lr[n] & 0x3ff) - 40);

			CHECK_EQ(seen & bit, 0);
			seen |= bit;
		}
	}
	rig_free(&rig);
}

/* Twenty pending, of all priorities, over few list registers: strictly in order. */
static void priority_order(void)
{
	for (uint32_t lrs = 1; lrs <= 5; lrs++) {
		rig_boot(&rig, 1, 128, lrs);
		for (uint32_t n = 0; n < 20; n++) {
			rig_write8(&rig, 0, IPRIORITYR + 40 + n, 8 * ((n * 7 + 3) % 20));
			rig_set_edge(&rig, 40 + n, true);
		}
		rig_write(&rig, 0, ISPENDR + 4, 0xffffff00);
		rig_write(&rig, 0, ICPENDR + 4, 0xf0000000);
		for (uint32_t n = 0; n < 20; n++) {
			uint32_t iar = rig_ack(&rig, 0);

			CHECK_EQ((((iar - 40) * 7 + 3) % 20), n);
			rig_eoi(&rig, 0, iar);
		}
		take(0, SPURIOUS);
		CHECK_EQ(rig.storms, 0);
		rig_free(&rig);
	}
}

/* Each preempts the one before; then all are ended, innermost first. */
static void nested(uint32_t lrs, uint32_t depth)
{
	rig_boot(&rig, 1, 128, lrs);
	for (uint32_t n = 0; n < depth; n++) {
		rig_set_edge(&rig, 40 + n, true);
		rig_write8(&rig, 0, IPRIORITYR + 40 + n, 0xf0 - 8 * n);
		rig_line(&rig, 0, 40 + n, true);
		take(0, 40 + n);
	}
	rig_line(&rig, 0, 70, true); /* lower than all but the outermost */
	rig_write8(&rig, 0, IPRIORITYR + 70, 0xe8);
	for (uint32_t n = depth; n-- > 0;) {
		take(0, SPURIOUS);
		CHECK_EQ(state(0, 40 + n) & 4, 4);
		rig_eoi(&rig, 0, 40 + n);
		CHECK_EQ(state(0, 40 + n) & 4, 0);
		if (n == 1) {
			take(0, 70);
			rig_line(&rig, 0, 70, false);
			rig_eoi(&rig, 0, 70);
		}
	}
	take(0, SPURIOUS);
	CHECK_EQ(rig_read(&rig, 0, ISACTIVER + 4), 0);
	CHECK_EQ(rig.cpu[0].apr, 0);
	rig_free(&rig);
}

static void nesting(void)
{
	for (uint32_t lrs = 1; lrs <= 6; lrs++) {
		nested(lrs, 3);
		nested(lrs, 9);
		nested(lrs, 20);
	}
}

/* Hazard 30: every list register active, one pending behind, of lower priority. */
static void full_of_active(void)
{
	for (uint32_t lrs = 1; lrs <= 4; lrs++) {
		uint32_t maintained;

		rig_boot(&rig, 1, 128, lrs);
		for (uint32_t n = 0; n < lrs; n++) {
			rig_write8(&rig, 0, IPRIORITYR + 40 + n, 0x80 - 8 * n);
			rig_line(&rig, 0, 40 + n, true);
			take(0, 40 + n);
			rig_line(&rig, 0, 40 + n, false);
		}
		rig_line(&rig, 0, 60, true); /* priority 0xa0 */
		maintained = rig.cpu[0].maintained;
		for (int n = 0; n < 10; n++) {
			rig_enter(&rig, 0);
		}
		CHECK_EQ(rig.cpu[0].maintained, maintained);
		take(0, SPURIOUS);
		for (uint32_t n = lrs; n-- > 0;) {
			rig_eoi(&rig, 0, 40 + n);
		}
		take(0, 60);
		rig_free(&rig);
	}
}

/* Deactivated by DIR, in any order, some outside the list registers. */
static void split_eoi(void)
{
	static const uint32_t order[] = { 42, 40, 44, 41, 43 };

	for (uint32_t lrs = 1; lrs <= 6; lrs++) {
		rig_boot(&rig, 1, 64, lrs);
		rig.cpu[0].eoimode = true;
		for (uint32_t n = 40; n < 45; n++) {
			rig_line(&rig, 0, n, true);
			take(0, n);
			rig_eoi(&rig, 0, n); /* drops the priority alone */
			rig_line(&rig, 0, n, false);
		}
		CHECK_EQ(rig_read(&rig, 0, ISACTIVER + 4), 0x1f00);
		for (uint32_t n = 0; n < 5; n++) {
			rig_dir(&rig, 0, order[n]);
			CHECK_EQ(rig_bit(&rig, ISACTIVER, 0, order[n]), 0);
		}
		rig_dir(&rig, 0, 45);
		rig_dir(&rig, 0, 1023);
		rig_dir(&rig, 0, 64);
		CHECK_EQ(rig_read(&rig, 0, ISACTIVER + 4), 0);
		rig_line(&rig, 0, 40, true);
		take(0, 40);
		rig_free(&rig);
	}
}

/* Active and pending again while a higher one waits outside: its EOI must not let it go first. */
static void pending_again_goes_last(void)
{
	rig_boot(&rig, 1, 64, 2);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x80);
	rig_write8(&rig, 0, IPRIORITYR + 41, 0x70);
	rig_write8(&rig, 0, IPRIORITYR + 42, 0x60);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x90);
	for (uint32_t n = 41; n < 43; n++) {
		rig_set_edge(&rig, n, true);
		rig_line(&rig, 0, n, true);
	}
	rig_eoi(&rig, 0, 40);
	take_and_end(0, 42);
	take_and_end(0, 41);
	take(0, 40);
	rig_free(&rig);
}

/* Two levels that stay high, one list register: each comes again after the other's EOI. */
static void levels_share_one(void)
{
	uint32_t count[2] = { 0, 0 };

	rig_boot(&rig, 1, 64, 1);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 41, true);
	for (int n = 0; n < 20; n++) {
		uint32_t iar = rig_ack(&rig, 0);

		CHECK(iar == 40 || iar == 41);
		count[iar & 1]++;
		rig_line(&rig, 0, iar, false);
		rig_eoi(&rig, 0, iar);
		rig_line(&rig, 0, iar ^ 1, true);
	}
	CHECK(count[0] == 10 && count[1] == 10);
	rig_free(&rig);
}

/* ---- changes of an interrupt that is in a list register ---- */

static void priority_changes(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 41, true);
	rig_write8(&rig, 0, IPRIORITYR + 41, 0x20);
	CHECK_EQ((rig.cpu[0].lr[hw_best(&rig, 0)] >> 23) & 0x1f, 4);
	take(0, 41);
	rig_write8(&rig, 0, IPRIORITYR + 40, 0x10);
	take(0, 40);
	rig_free(&rig);
	rig_boot(&rig, 1, 64, 1); /* and of one outside: it moves in */
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 41, true);
	rig_write8(&rig, 0, IPRIORITYR + 41, 0x20);
	take(0, 41);
	rig_free(&rig);
}

static void group_changes(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(rig.cpu[0].lr[hw_best(&rig, 0)] >> 30 & 1, 0);
	rig_set_bit(&rig, IGROUPR, 0, 40); /* group 1 is off */
	take(0, SPURIOUS);
	rig_write(&rig, 0, CTLR, 3);
	CHECK_EQ(rig.cpu[0].lr[hw_best(&rig, 0)] >> 30 & 1, 1);
	take(0, 40);
	rig_write(&rig, 0, CTLR, 2);
	rig_write(&rig, 0, IGROUPR + 4, 0);
	rig_eoi(&rig, 0, 40);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void retargeted(void)
{
	rig_boot(&rig, 3, 64, 4);
	rig_line(&rig, 0, 40, true);
	rig_write8(&rig, 2, ITARGETSR + 40, 0x02); /* out of vCPU 0's list register */
	take(0, SPURIOUS);
	take(1, 40);
	rig_write8(&rig, 2, ITARGETSR + 40, 0x04); /* active: stays */
	take(2, SPURIOUS);
	CHECK_EQ(state(1, 40) & 4, 4);
	rig_eoi(&rig, 1, 40);
	take(1, SPURIOUS);
	take(2, 40);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 2, 40);
	rig_write8(&rig, 0, ITARGETSR + 40, 0); /* nobody's: waits */
	rig_line(&rig, 0, 40, true);
	for (uint32_t v = 0; v < 3; v++) {
		take(v, SPURIOUS);
	}
	rig_write8(&rig, 0, ITARGETSR + 40, 0x06); /* the lowest */
	take(2, SPURIOUS);
	rig_write8(&rig, 0, ITARGETSR + 40, 0x07); /* where it is already */
	take(0, SPURIOUS);
	take(1, 40);
	rig_free(&rig);
}

/* A uniprocessor's GICD_ITARGETSR means nothing. */
static void one_cpu_needs_no_target(void)
{
	rig_boot(&rig, 1, 64, 4);
	rig_write8(&rig, 0, ITARGETSR + 40, 0);
	rig_line(&rig, 0, 40, true);
	take(0, 40);
	rig_free(&rig);
}

/* ---- a vCPU comes and goes ---- */

static void world_switch(void)
{
	rig_boot(&rig, 2, 64, 2);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 0, 41, true);
	rig_line(&rig, 0, 42, true);
	take(0, 40);
	rig_unload(&rig, 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 40) & 6, 6);
	CHECK_EQ(vgic_cif(rig.vgic, 0)->used, 0);
	rig_line(&rig, 0, 41, false);
	rig.kick = 0;
	CHECK_EQ(rig_try_line(&rig, 0, 43, true), 0);
	CHECK_EQ(rig.kick, 0); /* no higher than what is active: let it sleep */
	CHECK(!vgic_has_pending(rig.vgic, 0));
	CHECK_EQ(rig_try_line(&rig, 0, 44, true), 0);
	rig_settle(&rig);
	CHECK_EQ(rig.woken, 0);
	rig_write8(&rig, 1, IPRIORITYR + 44, 0x98);
	CHECK(vgic_has_pending(rig.vgic, 0));
	rig_line(&rig, 0, 44, false);
	CHECK(!vgic_has_pending(rig.vgic, 0));
	CHECK_EQ(rig_try_line(&rig, 0, 44, true), 0);
	rig_settle(&rig);
	CHECK_EQ(rig.woken, 1);
	CHECK(vgic_has_pending(rig.vgic, 0));
	rig_line(&rig, 0, 44, false);
	rig_load(&rig, 0);
	rig_line(&rig, 0, 40, false);
	rig_eoi(&rig, 0, 40);
	take(0, 42);
	rig_line(&rig, 0, 42, false);
	rig_eoi(&rig, 0, 42);
	take(0, 43);
	rig_line(&rig, 0, 43, false);
	rig_eoi(&rig, 0, 43);
	take(0, SPURIOUS);
	rig_free(&rig);
}

static void has_pending(void)
{
	rig_boot(&rig, 2, 64, 4);
	CHECK(!vgic_has_pending(rig.vgic, 0));
	rig_line(&rig, 0, 40, true);
	CHECK(vgic_has_pending(rig.vgic, 0));
	CHECK(!vgic_has_pending(rig.vgic, 1));
	take(0, 40);
	rig_sync(&rig, 0);
	CHECK(!vgic_has_pending(rig.vgic, 0)); /* active and pending: not to be taken */
	rig_fold(&rig, 0);
	CHECK(!vgic_has_pending(rig.vgic, 0));
	rig_enter(&rig, 0);
	rig_eoi(&rig, 0, 40);
	rig_fold(&rig, 0);
	CHECK(vgic_has_pending(rig.vgic, 0));
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_ADD); /* flush must follow */
	rig_unload(&rig, 0);
	CHECK(vgic_has_pending(rig.vgic, 0));
	rig_line(&rig, 0, 40, false);
	CHECK(!vgic_has_pending(rig.vgic, 0));
	rig_free(&rig);
}

/* With a list register free, nothing is read, and what the guest did meanwhile stays. */
static void adding_reads_nothing(void)
{
	uint32_t reads, writes;

	rig_boot(&rig, 1, 64, 4);
	rig_line(&rig, 0, 40, true);
	reads = rig.cpu[0].reads;
	writes = rig.cpu[0].writes;
	CHECK_EQ(hw_ack(&rig, 0), 40);
	CHECK_EQ(rig_try_line(&rig, 0, 41, true), 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_ADD);
	rig_settle(&rig);
	CHECK_EQ(rig.cpu[0].reads, reads);
	CHECK_EQ(rig.cpu[0].writes, writes + 1);
	CHECK(hw_find_active(&rig, 0, 40) >= 0);
	rig_line(&rig, 0, 42, true);
	rig_line(&rig, 0, 43, true);
	CHECK_EQ(rig.cpu[0].reads, reads);
	CHECK_EQ(rig_try_line(&rig, 0, 44, true), 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK); /* full, as far as is known */
	rig_settle(&rig);
	rig_free(&rig);
}

/* Two at once, one list register free. */
static void adding_more_than_fits(void)
{
	rig_boot(&rig, 1, 64, 2);
	rig_write8(&rig, 0, IPRIORITYR + 42, 0x10);
	rig_line(&rig, 0, 40, true);
	CHECK_EQ(rig_try_line(&rig, 0, 41, true), 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_ADD);
	CHECK_EQ(rig_try_line(&rig, 0, 42, true), 0);
	CHECK_EQ(rig_work(&rig, 0), VGIC_WORK_LOOK);
	rig_settle(&rig);
	take(0, 42);
	rig_free(&rig);
}

static void fold_twice(void)
{
	rig_boot(&rig, 1, 64, 1);
	rig_write8(&rig, 0, IPRIORITYR + 41, 0x10);
	rig_write8(&rig, 0, IPRIORITYR + 42, 0x08);
	for (uint32_t n = 40; n < 43; n++) {
		rig_set_edge(&rig, n, true);
		rig_line(&rig, 0, n, true);
		take(0, n);
	}
	rig_line(&rig, 0, 43, true);
	hw_eoi(&rig, 0, 42); /* outside: counted */
	for (int n = 0; n < 3; n++) {
		rig_fold(&rig, 0);
	}
	CHECK_EQ(rig_read(&rig, 0, ISACTIVER + 4), 0x300); /* once */
	rig_eoi(&rig, 0, 41);
	rig_eoi(&rig, 0, 40);
	take(0, 43);
	rig_free(&rig);
}

static void reset(void)
{
	rig_boot(&rig, 2, 64, 4);
	rig_line(&rig, 0, 40, true);
	rig_line(&rig, 1, 20, true);
	rig_write(&rig, 1, SGIR, 0x00010003);
	rig_set_edge(&rig, 41, true);
	rig_line(&rig, 0, 41, true);
	rig_line(&rig, 0, 41, false);
	rig_write8(&rig, 0, IPRIORITYR + 3, 0x80);
	take(0, 1u << 10 | 3);
	rig_unload(&rig, 0);
	rig_unload(&rig, 1);
	vgic_reset(rig.vgic);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 40), 0x03);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 41), 0);
	CHECK_EQ(vgic_irq_state(rig.vgic, 0, 3), 0x18);
	CHECK(!vgic_has_pending(rig.vgic, 0));
	rig.cpu[0].apr = 0;
	rig_load(&rig, 0);
	rig_load(&rig, 1);
	CHECK_EQ(rig_read(&rig, 0, CTLR), 0);
	CHECK_EQ(rig_read(&rig, 0, ISENABLER + 4), 0);
	CHECK_EQ(rig_read(&rig, 0, ISACTIVER), 0);
	CHECK_EQ(rig_read(&rig, 0, IPRIORITYR + 40), 0);
	rig_write8(&rig, 0, ITARGETSR + 40, 2);
	rig_set_bit(&rig, ISENABLER, 0, 40);
	rig_set_bit(&rig, ISENABLER, 1, 20);
	rig_write(&rig, 0, CTLR, 1);
	rig_write8(&rig, 1, IPRIORITYR + 40, 0x08);
	take(1, 20);
	rig_line(&rig, 1, 20, false);
	rig_eoi(&rig, 1, 20);
	take(1, 40);
	rig_free(&rig);
}

static const struct test_case cases[] = {
	{ "level", level },
	{ "level_rises_while_active", level_rises_while_active },
	{ "lowered_before_acknowledge", lowered_before_acknowledge },
	{ "no_change_disturbs_nobody", no_change_disturbs_nobody },
	{ "edge", edge },
	{ "disabled_waits", disabled_waits },
	{ "distributor_off", distributor_off },
	{ "configuration_flips", configuration_flips },
	{ "private_lines", private_lines },
	{ "refused", refused },
	{ "software_pending", software_pending },
	{ "software_active", software_active },
	{ "sgi_sources", sgi_sources },
	{ "sgi_again_needs_no_exit", sgi_again_needs_no_exit },
	{ "sgi_kept_while_active", sgi_kept_while_active },
	{ "sgi_cleared", sgi_cleared },
	{ "never_two_list_registers", never_two_list_registers },
	{ "priority_order", priority_order },
	{ "nesting", nesting },
	{ "full_of_active", full_of_active },
	{ "split_eoi", split_eoi },
	{ "pending_again_goes_last", pending_again_goes_last },
	{ "levels_share_one", levels_share_one },
	{ "priority_changes", priority_changes },
	{ "group_changes", group_changes },
	{ "retargeted", retargeted },
	{ "one_cpu_needs_no_target", one_cpu_needs_no_target },
	{ "world_switch", world_switch },
	{ "has_pending", has_pending },
	{ "adding_reads_nothing", adding_reads_nothing },
	{ "adding_more_than_fits", adding_more_than_fits },
	{ "fold_twice", fold_twice },
	{ "reset", reset },
};

TEST_MAIN("vgic_flow", cases)
