/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/rig/rig_lines.h"
#include "abi/plumbline.h"
#include "hyp/base/bits.h"
#include "hyp/core/vm.h"
#include "test/rig/rig_search.h"
#include <stdio.h>
#include <string.h>

#define GICD 0x08000000u

/* INTIDs; QUIT, an edge of the lowest priority, is driven last. */
#define EDGE	36u
#define QUIT	39u
#define LEVEL	40u
#define VIRT	27u
#define NR	42u
#define ALL_ARE 0xf8000003u /* GICV: PMR lowest, both groups on (VMCR, 5.3.4) */

#define PARTITION                                                                                 \
	"compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe ff " \
	"ff ea]; "
#define HEAD "/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"

const char rig_lines_alone[] = HEAD "a { " PARTITION "rights = \"a\"; cpus = <1>; };\n"
				    "b { " PARTITION "cpus = <2>; rights = \"a\"; };\n"
				    "c { " PARTITION "cpus = <4>; rights = \"a\"; }; };\n";

const char rig_lines_shared[] = HEAD "a { " PARTITION "rights = \"a\"; cpus = <1>; };\n"
				     "b { " PARTITION "cpus = <2>; rights = \"a\"; };\n"
				     "c { " PARTITION "cpus = <6>; rights = \"a\"; };\n"
				     "d { " PARTITION "cpus = <1>; }; };\n";

const char rig_lines_moving[] = HEAD "a { " PARTITION "rights = \"a\"; };\n"
				     "b { " PARTITION "rights = \"a\"; };\n"
				     "c { " PARTITION "rights = \"a\"; };\n"
				     "d { " PARTITION "}; };\n";

const char rig_lines_sibling[] =
	HEAD "a { " PARTITION "rights = \"a\"; vcpus = <2>; cpus = <1 2>; };\n"
	     "b { " PARTITION "cpus = <4>; rights = \"a\"; }; };\n";

static const struct rig_lines *lines;

/* ---- the account ---- */

static struct {
	uint32_t credit[NR];	       /* driven, and not taken */
	bool owed[NR];		       /* driven since it was last taken */
	bool settled[NR];	       /* ... and that call has returned */
	uint64_t driving[RIG_MAX_VMS]; /* bits: the lines of the call that is made */
	uint32_t drivers;	       /* that have not finished */
	uint32_t opened;	       /* the point at which the target was ready */
	bool disabled, quits;
} account;

static const uint8_t priorities[NR] = { [EDGE] = 0xa0, [EDGE + 1] = 0x80, [EDGE + 2] = 0x60,
					[QUIT] = 0xf0, [LEVEL] = 0x90,	  [LEVEL + 1] = 0x70 };

static bool line_is_high(uint32_t intid)
{
	return vgic_irq_state(vms[0].vgic, 0, intid) & PLUMB_IRQ_LEVEL;
}

static bool is_off(uint32_t intid)
{
	return intid == EDGE + 2 && account.disabled;
}

static void owe(uint32_t intid)
{
	account.credit[intid]++;
	account.owed[intid] = true;
	account.settled[intid] = false;
}

/* Another CPU, with the lock, is just writing it to the target's list registers. The mirror says so
 * before the hardware does, and list registers are written one after another: the target may take
 * another interrupt in between, as if this one took a moment longer through the distributor. */
static bool is_being_written(uint32_t intid)
{
	const struct vgic_cif *cif = vms[0].vcpus[0].cif;

	for (uint32_t n = 0; n < rig_nr_lrs; n++) {
		if (vms[0].vgic_lock.holder && (cif->dirty >> n & 1) &&
		    (cif->lr[n] & 0x3ff) == intid) {
			return true;
		}
	}
	return false;
}

/* No call is under way for what is settled, and no kick for this CPU: the target takes it first. */
static void check_order(uint32_t intid)
{
	for (uint32_t n = EDGE; n <= QUIT && intid >= EDGE; n++) {
		rig_demand(!account.owed[n] || !account.settled[n] || is_off(n) ||
				   priorities[n] >= priorities[intid] || is_being_written(n),
			   "an interrupt is taken before one of a higher priority");
	}
	for (uint32_t n = LEVEL; n < NR && intid == QUIT; n++) {
		rig_demand(!line_is_high(n) || is_being_written(n),
			   "a level is not taken that is high");
	}
}

/* ---- the target ---- */

static void takes(struct rig_guest *g)
{
	uint32_t intid = g->iar & 0x3ff;

	g->linger = rig_throw(g, 3) ? 0 : rig_throw(g, 6);
	if (g->vm != 0 || g->index != 0) {
		return;
	}
	if (intid == VIRT) {
		rig_demand(rig_timer_level(rig_self, VIRT), "a timer is taken that is not due");
		return;
	}
	if (intid >= NR || account.credit[intid]-- == 0) {
		rig_fail("interrupt %u is taken more often than it was driven", intid);
	}
	check_order(intid);
	account.owed[intid] = false;
	account.quits = account.quits || intid == QUIT;
}

static uint32_t spi_word(uint32_t intid)
{
	return 1u << 24 | intid;
}

static bool handle(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t intid = g->iar & 0x3ff;
	uint32_t at = g->handling++;

	if (at < g->linger) {
		return false;
	}
	if (at > g->linger) {
		return true;
	}
	if (intid == VIRT) {
		rig_this()->reg[FAKE_CNTV_CTL] = 0;
	} else if (intid >= LEVEL) {
		g->wants_zero = true;
		rig_hvc(g, regs, PLUMB_IRQ_LINE, 0, spi_word(intid), 0);
		return false;
	}
	return true;
}

static void timer(uint32_t ticks)
{
	uint64_t *reg = rig_this()->reg;

	if (!(reg[FAKE_CNTV_CTL] & 1)) {
		reg[FAKE_CNTV_CVAL] = rig.now - reg[FAKE_CNTVOFF] + ticks;
		reg[FAKE_CNTV_CTL] = 1;
	}
}

static const struct {
	uint16_t offset;
	uint32_t value;
} opening[] = {
	{ 0x100, 0xffffffff }, { 0xc08, 0x0000aa00 }, { 0x424, 0xf06080a0 }, { 0x428, 0x00007090 },
	{ 0x824, 0x01010101 }, { 0x828, 0x01010101 }, { 0x104, 0xffffffff }, { 0x000, 3 },
};

static void open(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->phase++;

	if (at < ARRAY_SIZE(opening)) {
		rig_store(g, regs, GICD + opening[at].offset, opening[at].value);
	} else if (at == ARRAY_SIZE(opening) && vms[0].nr_vcpus > 1) {
		rig_hvc(g, regs, PSCI_CPU_ON, 1, 0x40010000u, 0);
	} else {
		g->ready = true;
		g->left = lines->acts;
		account.opened = rig_points();
	}
}

enum act { CALL, SPIN, YIELD, SGI, READ, DISABLE, MASK, TIMER, PRIORITY, WAIT, ACTS };

static void turn_off(struct rig_guest *g, struct guest_regs *regs, bool off)
{
	account.disabled = off;
	rig_store(g, regs, GICD + (off ? 0x184u : 0x104u), BIT32(EDGE + 2 - 32));
}

/* A mask is for a few steps; all of them are open where it waits. */
static void act(struct rig_guest *g, struct guest_regs *regs, enum act which)
{
	static const uint16_t reads[] = { 0x204, 0x304, 0x384, 0x104 };

	g->masked = which == MASK;
	rig_this()->vmcr = which == PRIORITY ? 0x88000003u : ALL_ARE;
	switch (which) {
	case CALL:
		rig_hvc(g, regs, PSCI_VERSION, 0, 0, 0);
		break;
	case YIELD:
		if (rig_this()->reg[FAKE_HCR] & 1u << 14) {
			rig_trap(g, regs, 0x01u << 26 | 1u << 25 | 1u << 24 | 0xeu << 20 | 1u);
		}
		break;
	case SGI:
		owe(g->left % 2);
		rig_store(g, regs, GICD + 0xf00, BIT32(16) | g->left % 2);
		break;
	case READ:
		rig_load(g, regs, GICD + reads[rig_throw(g, ARRAY_SIZE(reads))]);
		break;
	case DISABLE:
		turn_off(g, regs, !account.disabled);
		break;
	case TIMER:
		timer(rig_throw(g, 60));
		break;
	case WAIT:
		if (account.disabled) {
			turn_off(g, regs, false);
		} else {
			rig_wfi(g, regs);
		}
		break;
	default:
		break;
	}
}

static void step_target(struct rig_guest *g, struct guest_regs *regs)
{
	if (!g->ready) {
		open(g, regs);
	} else if (account.quits) {
		rig_hvc(g, regs, PSCI_SYSTEM_OFF, 0, 0, 0);
	} else if (g->left) {
		g->left--;
		act(g, regs, rig_throw(g, 2) ? WAIT : (enum act)rig_throw(g, ACTS));
	} else {
		act(g, regs, WAIT);
	}
}

/* ---- the others ---- */

static void drive(struct rig_guest *g, struct guest_regs *regs, uint32_t intid, bool level)
{
	if (level) {
		owe(intid);
	} else {
		account.credit[intid]++; /* it may be taken before the kick tells of that */
	}
	account.driving[g->vm] = BIT64(intid);
	g->wants_zero = true;
	rig_hvc(g, regs, PLUMB_IRQ_LINE, 1, spi_word(intid), level);
}

static void drive_many(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t *table = (uint32_t *)(void *)rig_memory(g->vm, 0x40000400u);
	uint32_t count = 1 + rig_throw(g, 5);

	for (uint32_t n = 0; n < count; n++) {
		uint32_t intid = EDGE + rig_throw(g, 3);

		owe(intid);
		account.driving[g->vm] |= BIT64(intid);
		table[2 * n] = spi_word(intid);
		table[2 * n + 1] = 1;
	}
	rig_hvc(g, regs, PLUMB_IRQ_LINE_MANY, 1, 0x40000400u, count);
}

/* The calls for a line have returned, and with them all that was told of it. */
static void settle(const struct rig_guest *g)
{
	uint64_t returned = account.driving[g->vm];

	account.driving[g->vm] = 0;
	for (uint32_t n = 0; n < RIG_MAX_VMS; n++) {
		returned &= ~account.driving[n];
	}
	for (uint32_t intid = 0; intid < NR; intid++) {
		account.settled[intid] = account.settled[intid] || (returned & BIT64(intid));
	}
}

static void step_driver(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t which = rig_throw(g, 12);

	settle(g);
	if (!rig_guest[0][0].ready) {
		rig_sleep(RIG_RUNS);
	} else if (!g->ready) {
		g->ready = true;
		g->left = 1 + rig_throw(g, lines->drives);
	} else if (!g->left) {
		rig_hvc(g, regs, PSCI_SYSTEM_OFF, 0, 0, 0);
	} else if (--g->left == 0) {
		if (--account.drivers == 0) {
			drive(g, regs, QUIT, true);
		}
	} else if (which < 6) {
		drive(g, regs, EDGE + which % 3, true);
	} else if (which < 10) {
		drive(g, regs, LEVEL + which % 2, which < 9);
	} else if (which == 10) {
		drive_many(g, regs);
	} else {
		rig_hvc(g, regs, PLUMB_GET_IRQ_STATE, 1, spi_word(EDGE + rig_throw(g, 3)), 0);
	}
}

/* The target's second vCPU. */
static void step_sibling(struct rig_guest *g, struct guest_regs *regs)
{
	if (!g->ready) {
		g->ready = true;
		g->left = 1 + rig_throw(g, lines->drives);
	} else if (g->left && !account.quits) {
		g->left--;
		owe(2 + g->left % 2);
		rig_store(g, regs, GICD + 0xf00, BIT32(16) | (2 + g->left % 2));
	} else {
		rig_hvc(g, regs, PSCI_CPU_OFF, 0, 0, 0);
	}
}

/* It takes the target's CPU now and then. */
static void step_other(struct rig_guest *g, struct guest_regs *regs)
{
	if (!g->ready) {
		g->ready = true;
		g->left = lines->acts;
	} else if (g->left) {
		g->left--;
		if (rig_throw(g, 2)) {
			rig_trap(g, regs, 0x01u << 26 | 1u << 25 | 1u << 24 | 0xeu << 20 | 1u);
		}
	} else {
		rig_hvc(g, regs, PSCI_SYSTEM_OFF, 0, 0, 0);
	}
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->vm == 0 && g->index == 0) {
		step_target(g, regs);
	} else if (g->vm == 0) {
		step_sibling(g, regs);
	} else if (g->vm == 3) {
		step_other(g, regs);
	} else {
		step_driver(g, regs);
	}
}

/* ---- at rest ---- */

static const char *rests(void)
{
	static char why[80];

	for (uint32_t n = 0; n < NR; n++) {
		bool owed = n < LEVEL ? account.owed[n] && n <= QUIT : line_is_high(n);

		if (owed && rig_guest[0][0].ready && !account.quits) {
			snprintf(why, sizeof(why), "interrupt %u is lost", n);
			return why;
		}
	}
	return NULL;
}

static const struct rig_program program = {
	.step = step, .takes = takes, .handle = handle, .at_rest = rests
};

static void begin_run(void)
{
	memset(&account, 0, sizeof(account));
	account.drivers = vm_count == 2 ? 1 : 2;
}

/* ---- runs ---- */

static void use(const struct rig_lines *of)
{
	lines = of;
	rig_program = &program;
	rig_begin_run = begin_run;
}

bool rig_lines_by_chance(const struct rig_lines *of, uint64_t seed, uint32_t runs)
{
	use(of);
	return rig_search_seeds(seed, runs, rig_search_failed);
}

/* Locks, barriers, devices, the guest's own accesses. What CPUs read without a lock is next to one
 * of these. */
#define KINDS (1u << RIG_AT_BARRIER | 1u << RIG_AT_DEVICE | 1u << RIG_AT_LOCKS | 1u << RIG_AT_GUEST)

static bool lay_down(uint64_t seed, const struct rig_preempt *p, uint32_t count)
{
	return rig_search_laid_down(seed, p, count, KINDS, rig_search_failed, NULL);
}

static bool lay_down_all(uint64_t seed, uint32_t stride, uint32_t pairs)
{
	struct rig_preempt p[2] = { { 0, 0 } };
	uint32_t first, end;

	if (!rig_search_laid_down(seed, p, 0, KINDS, rig_search_failed, &end)) {
		return false;
	}
	first = account.opened;
	for (p[0].at = first; p[0].at < end; p[0].at += stride) {
		for (p[0].to = 0; p[0].to < rig_nr_cpus; p[0].to++) {
			if (!lay_down(seed, p, 1)) {
				return false;
			}
		}
	}
	for (uint32_t n = 0; n < pairs; n++) {
		p[0].at = first + rig_random(end - first);
		p[0].to = rig_random(rig_nr_cpus);
		p[1].at = p[0].at + 1 + rig_random(60);
		p[1].to = rig_random(rig_nr_cpus);
		if (!lay_down(seed, p, 2)) {
			return false;
		}
	}
	return true;
}

bool rig_lines_laid_down(const struct rig_lines *of, uint64_t seed, uint32_t seeds, uint32_t stride,
			 uint32_t pairs)
{
	use(of);
	for (uint64_t n = seed; n < seed + seeds; n++) {
		if (!lay_down_all(n, stride, pairs)) {
			return false;
		}
	}
	return true;
}
