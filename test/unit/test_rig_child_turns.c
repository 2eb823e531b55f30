/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child's guest that never leaves by itself: its creator has its CPU back when there is something
 * for it, and others on the CPU have their slices.
 */
#include "hyp/base/bits.h"
#include "hyp/core/child.h"
#include "test/rig/rig_kids.h"
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

#define GICD  0x08000000u
#define VIRT  27u
#define PHYS  30u
#define LINE  40u
#define SLICE 400u    /* ticks: 1 MHz */
#define LATE  700u    /* an exit, a fold, a switch; each access to a register is a tick */
#define FAR   300000u /* the other CPU may go on all the while */
#define ROUND 30u

#define PARTS                                                                                     \
	"compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe ff " \
	"ff ea]; "
#define HEAD "/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"

static const char alone[] =
	HEAD "a { " PARTS "cpus = <1>; vms = <2>; vm-pool = <0x80000>; };\n"
	     "b { " PARTS "cpus = <2>; rights = \"a\"; manages = \"a\"; }; };\n";
static const char together[] =
	HEAD "a { " PARTS "cpus = <1>; vms = <2>; vm-pool = <0x80000>; };\n"
	     "b { " PARTS "cpus = <1>; rights = \"a\"; manages = \"a\"; }; };\n";
enum subject { TIMERS, LINES, PAUSES, SLICES };

static enum subject subject;
static uint64_t due;  /* of the timer that is armed, or when the line was raised; 0: none */
static uint64_t last; /* step of b */
static uint64_t longest;
static uint32_t rounds, runs, spun;
static uint32_t b_at;

/* `other`: the other one is armed, too, and due long after it. */
static void timer(bool phys, uint32_t ticks, bool other)
{
	uint64_t *reg = rig_this()->reg;
	uint64_t late = rig.now + UINT64_C(100000000);

	due = rig.now + ticks;
	reg[FAKE_CNTP_CVAL] = phys ? due : late;
	reg[FAKE_CNTP_CTL] = phys || other;
	reg[FAKE_CNTV_CVAL] = (phys ? late : due) - reg[FAKE_CNTVOFF];
	reg[FAKE_CNTV_CTL] = !phys || other;
}

static const uint32_t opening[][2] = {
	{ GICD + 0x828, 1 },
	{ GICD + 0xc08, 0x20000 },
	{ GICD + 0x100, 1 << VIRT | 1 << PHYS },
	{ GICD + 0x104, 1 << 8 },
	{ GICD, 3 },
};

static const uint32_t making[][6] = {
	{ 0x86000001 },
	{ 0x86000041, 0x100, 0 },
	{ 0x860000e0, 0x100, 5 },
	{ 0x860000e1, 0x100, 0, 0, 0x2c001000, 0 },
	{ 0x860000e1, 0x100, 0, 1, 0x2c002000, 0 },
	{ 0x860000ae, 0x100, 0, 2 },
};

static void creator(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->phase++;

	if (at < ARRAY_SIZE(opening)) {
		rig_store(g, regs, opening[at][0], opening[at][1]);
		return;
	}
	at -= ARRAY_SIZE(opening);
	if (at < ARRAY_SIZE(making)) {
		regs->r[4] = making[at][4];
		regs->r[5] = making[at][5];
		rig_hvc(g, regs, making[at][0], making[at][1], making[at][2], making[at][3]);
		return;
	}
	rig_demand(at == ARRAY_SIZE(making) || g->result == 1, "PLUMB_RUN returns something else");
	g->ready = true;
	runs++;
	if (subject == TIMERS) {
		if (rounds == ROUND) {
			rig_done();
		}
		if (!due) {
			timer(rounds % 2, 300 + rig_throw(g, 2000), rounds % 4 > 1);
		}
	}
	rig_hvc(g, regs, 0x86000080, 0x100, 0, 0);
}

/* Its lines, its calls, or nothing but time. */
static void neighbour(struct rig_guest *g, struct guest_regs *regs)
{
	if (last && rig.now - last > longest) {
		longest = rig.now - last;
	}
	last = rig.now;
	if (subject == TIMERS) {
		rig_wfi(g, regs);
		return;
	}
	if (!rig_guest[0][0].ready) {
		return;
	}
	if (subject == LINES && !due) {
		if (rounds == ROUND) {
			rig_done();
		}
		if (b_at++ % 2) {
			due = rig.now;
			rig_hvc(g, regs, 0x86000061, 1, 1u << 24 | LINE, 1);
		} else {
			rig_hvc(g, regs, 0x86000061, 1, 1u << 24 | LINE, 0);
		}
	} else if (subject == PAUSES && vms[0].life.state != LIFE_PAUSING) {
		bool paused = vms[0].life.state == LIFE_PAUSED;

		rig_demand(!paused || !cpus[0].runner, "a partition is paused, and runs a child");
		if (paused && ++rounds == ROUND) {
			rig_done();
		}
		if (paused || b_at++ % 64 == 63) {
			rig_hvc(g, regs, paused ? 0x86000f14 : 0x86000f13, 1, 0, 0);
		}
	} else if (subject == SLICES && rig.now > 200000) {
		rig_done();
	}
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	rig_this()->vmcr = 0xf8000003u;
	if (rig_is_kid(g)) {
		spun++;
	} else if (g->vm == 0) {
		creator(g, regs);
	} else {
		neighbour(g, regs);
	}
}

static void takes(struct rig_guest *g)
{
	uint32_t intid = g->iar & 0x3ff;

	rig_demand(g->vm == 0 && (intid == VIRT || intid == PHYS || intid == LINE),
		   "an interrupt that nobody sends");
	rig_demand(due && rig.now >= due, "an interrupt comes early");
	rig_demand(rig.now - due < (rig_nr_cpus == 1 ? LATE : FAR), "an interrupt comes late");
	rounds++;
	due = 0;
}

static bool handle(struct rig_guest *g, struct guest_regs *regs)
{
	(void)g, (void)regs;
	rig_this()->reg[FAKE_CNTV_CTL] = 0;
	rig_this()->reg[FAKE_CNTP_CTL] = 0;
	return true;
}

static const struct rig_program program = { .step = step, .takes = takes, .handle = handle };

static void begin_run(void)
{
	due = last = longest = 0;
	rounds = runs = b_at = 0;
	rig_kids_keep();
}

static void chance(enum subject about, const char *manifest, uint32_t nr_cpus, uint32_t count)
{
	subject = about;
	rig_alias = RIG_NO_ALIAS;
	rig_boot(manifest, nr_cpus, true);
	rig_program = &program;
	rig_begin_run = begin_run;
	spun = 0;
	for (uint64_t seed = 1; seed <= count; seed++) {
		struct rig_result r = rig_run_random(seed, ~0u);

		CHECK(!r.failed);
		if (r.failed) {
			printf("seed %u: %s (%u rounds, %u runs)\n", (unsigned)seed, r.why, rounds,
			       runs);
			return;
		}
	}
	CHECK(spun > 100);
}

static void timers(void)
{
	chance(TIMERS, together, 1, RUNS(10));
	CHECK(rounds == ROUND);
	chance(TIMERS, alone, 2, RUNS(10));
}

static void lines(void)
{
	chance(LINES, alone, 2, RUNS(10));
	CHECK(rounds == ROUND);
}

static void pauses(void)
{
	chance(PAUSES, alone, 2, RUNS(10));
	CHECK(rounds == ROUND);
}

static void slices(void)
{
	chance(SLICES, together, 1, RUNS(5));
	CHECK(longest < SLICE + LATE);
	printf("longest without a step: %u ticks; %u runs\n", (unsigned)longest, runs);
}

static const struct test_case cases[] = {
	{ "timers", timers },
	{ "lines", lines },
	{ "pauses", pauses },
	{ "slices", slices },
};

TEST_MAIN("rig_child_turns", cases)
