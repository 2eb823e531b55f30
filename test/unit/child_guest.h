/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The guests of the VMs in test_rig_children: what they do is chosen by chance; what they store and
 * load is known. Their creator's account of them is here, too.
 */
#ifndef TEST_UNIT_CHILD_GUEST_H
#define TEST_UNIT_CHILD_GUEST_H

#include "hyp/base/bits.h"
#include "test/rig/rig_kids.h"
#include "test/rig/rig_mix.h"

#define GICD	 0x08000000u
#define VIRT	 27u
#define KID_EDGE 36u /* SPIs of a child: 36, and 37, which any of its vCPUs may take */
#define SLOTS	 3u
#define KID_RAM	 0x80000000u
#define KID_MMIO 0x10000000u

/* What a scenario has beside children. */
static struct {
	uint32_t actions, orders, ends;
	bool rivals; /* vCPUs are run by two at once; then they make no accesses */
	bool power;  /* guests mostly turn their second vCPU on and off */
	bool stays;  /* some accesses are answered, and the vCPU is not run further */
} mix;

enum kid_state { KID_FREE, KID_MADE, KID_ALIVE, KID_ENDS };

struct kid {
	enum kid_state state;
	uint32_t life;	/* counts VMs in this slot */
	uint8_t want;	/* vCPUs to run */
	uint32_t calls; /* PLUMB_RUN, begun so far */
	uint64_t due[2];
	uint32_t value[2], action[2];
	bool owed[64];
	bool owed_start; /* vCPU 1 */
	uint32_t taken[64];
	bool tells;  /* its lines say whom they wake */
	bool spoilt; /* a line that was meant for the former one may reach it */
};

static struct kid kids[SLOTS];

static struct rig_guest *guest_of(uint32_t slot, uint32_t v)
{
	return &rig_guest[RIG_MAX_VMS + slot][v];
}

static uint32_t answer_of(uint32_t ipa)
{
	return (ipa ^ 0x5a5a0000u) | 1u;
}

/* ---- all ---- */

static void timer(uint64_t ticks)
{
	uint64_t *reg = rig_this()->reg;

	reg[FAKE_CNTV_CVAL] = rig.now - reg[FAKE_CNTVOFF] + ticks;
	reg[FAKE_CNTV_CTL] = 1;
}

static uint32_t gicd_of(uint32_t slot)
{
	return slot == 0 ? GICD : 0x2c000000u + slot * 0x100000;
}

static uint32_t gicc_of(uint32_t slot)
{
	return slot == 0 ? GICD + 0x10000 : gicd_of(slot) + 0x4000;
}

/* Stores to the distributor, one after the other; true: done. */
static bool opened(struct rig_guest *g, struct guest_regs *regs, uint32_t gicd)
{
	const struct {
		uint32_t at, value;
	} opening[] = {
		{ 0x824, g->vm == 0 ? 0x00030000 : 0x00000301 },
		{ 0x828, 0x00000001 },
		{ 0xc08, 0x00020a00 }, /* 36, 37, 40: edges */
		{ 0x100, 1 << VIRT },
		{ 0x104, g->vm == 0 ? 0x140 : 0x30 },
		{ 0x000, 3 },
	};
	uint32_t at;

	if (g->phase == ARRAY_SIZE(opening)) {
		return true;
	}
	at = g->phase++;
	rig_store(g, regs, gicd + opening[at].at, opening[at].value);
	return false;
}

/* ---- a child's guest ---- */

static struct kid *kid_of(const struct rig_guest *g)
{
	return &kids[g->vm - RIG_MAX_VMS];
}

/* A device of its creator. It may be where a partition has its distributor, if the VM's is
 * elsewhere. */
static bool is_device(uint32_t slot, uint32_t ipa)
{
	return ipa - KID_MMIO < 4000 || (slot != 0 && ipa - GICD < 4000);
}

static void kid_access(struct rig_guest *g, struct guest_regs *regs, uint32_t which)
{
	uint32_t at = KID_MMIO + 4 * rig_throw(g, 1000);

	if (mix.rivals) {
		return;
	}
	if (which < 3 && g->vm != RIG_MAX_VMS && rig_throw(g, 2)) {
		at += GICD - KID_MMIO;
	}
	if (which == 0) {
		g->at = 1;
		g->text_at = at;
		rig_load(g, regs, at);
	} else if (which == 1) {
		rig_store(g, regs, at, answer_of(at));
	} else if (which == 2) {
		rig_store8(g, regs, at, answer_of(at));
	} else {
		at = KID_RAM + rig_throw(g, 8) * 0x1000;
		if (rig_throw(g, 2)) {
			rig_load(g, regs, at);
		} else {
			rig_store(g, regs, at, at);
		}
	}
}

static void kid_power(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t which = rig_throw(g, mix.power ? 20 : 24);

	if (g->index == 1 && which < 16) {
		rig_hvc(g, regs, PSCI_CPU_OFF, 0, 0, 0);
	} else if (which < 20) {
		g->at = 2;
		g->text_at = guest_of(g->vm - RIG_MAX_VMS, 1)->lives;
		rig_hvc(g, regs, PSCI_CPU_ON, 1, KID_RAM, 0);
	} else if (which < 23) {
		rig_hvc(g, regs, PSCI_CPU_SUSPEND, 0, 0, 0);
	} else {
		rig_hvc(g, regs, which & 1 ? PSCI_SYSTEM_OFF : PSCI_SYSTEM_RESET, 0, 0, 0);
	}
}

/* Its distributor, by words that have a short way: GICD_CTLR is read; GICD_SGIR, to itself;
 * GICD_ICENABLER1, and ISENABLER1 two steps later, when one is pending by GICD_ISPENDR1: a sibling
 * may have to take it. By others: that, and ITARGETSR9. */
static void kid_dist(struct rig_guest *g, struct guest_regs *regs, uint32_t which)
{
	uint32_t gicd = gicd_of(g->vm - RIG_MAX_VMS);

	if (which == 0) {
		g->at = 3;
		rig_load(g, regs, gicd);
	} else if (which == 1) {
		rig_store(g, regs, gicd + 0xf00, 2u << 24);
	} else if (which == 2) {
		g->at = 4;
		rig_store(g, regs, gicd + 0x184, 0x30);
	} else if (rig_throw(g, 2)) {
		rig_store(g, regs, gicd + 0x204, 0x10u << rig_throw(g, 2));
	} else {
		rig_store(g, regs, gicd + 0x824, 0x101 | rig_throw(g, 2) << 9);
	}
}

static void kid_acts(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t which = mix.power && rig_throw(g, 4) ? 6 : rig_throw(g, 16);

	g->left--;
	if (which < 4) {
		kid_access(g, regs, which);
	} else if (which < 6) {
		rig_store(g, regs, gicd_of(g->vm - RIG_MAX_VMS) + 0xf00, 1u << (16 + !g->index));
	} else if (which < 8) {
		kid_power(g, regs);
	} else if (which == 8) {
		timer(1 + rig_throw(g, 300));
	} else if (which < 11) {
		timer(1 + rig_throw(g, 300));
		rig_wfi(g, regs);
	} else if (which == 11) {
		rig_wfi(g, regs);
	} else {
		kid_dist(g, regs, which - 12);
	}
}

static void kid_step(struct rig_guest *g, struct guest_regs *regs)
{
	if (!g->ready) {
		if (opened(g, regs, gicd_of(g->vm - RIG_MAX_VMS))) {
			g->ready = true;
			g->left = 1 + rig_throw(g, mix.actions);
		}
		return;
	}
	if (g->at == 1) {
		rig_demand(g->result == answer_of(g->text_at), "a load has another answer");
	}
	if (g->at == 2 && g->result == 0 && g->text_at == guest_of(g->vm - RIG_MAX_VMS, 1)->lives) {
		kid_of(g)->owed_start = true;
	}
	rig_demand(g->at != 3 || g->result == 3, "GICD_CTLR has another value");
	if (g->at == 4) {
		g->at = 5;
		rig_store(g, regs, gicd_of(g->vm - RIG_MAX_VMS) + 0x204, 0x10u << rig_throw(g, 2));
		return;
	}
	if (g->at == 5) {
		g->at = 0;
		rig_store(g, regs, gicd_of(g->vm - RIG_MAX_VMS) + 0x104, 0x30);
		return;
	}
	g->at = 0;
	if (g->left) {
		kid_acts(g, regs);
	} else {
		rig_wfi(g, regs);
	}
}

static void kid_takes(struct rig_guest *g)
{
	uint32_t intid = g->iar & 0x3ff;
	struct kid *kid = kid_of(g);

	rig_demand(intid == VIRT || intid == 0 || intid == KID_EDGE || intid == KID_EDGE + 1,
		   "a child's guest takes an interrupt that nobody sends");
	kid->owed[intid] = false;
	kid->taken[intid]++;
}

#endif
