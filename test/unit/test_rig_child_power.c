/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU of a VM goes off, and at each point of that another CPU turns it on: it is woken, and its
 * creator is told by the doorbell.
 */
#include "hyp/core/child.h"
#include "test/rig/rig_kids.h"
#include "test/rig/rig_search.h"
#include "test/unit/test.h"

#define CREATE	  0x86000001u
#define VCPU	  0x86000041u
#define INIT	  0x860000aeu
#define RUN	  0x86000080u
#define CPU_OFF	  0x84000002u
#define CPU_ON	  0x84000003u
#define H	  0x100u
#define ENTRY	  0x80000000u
#define RUN_AGAIN 1u
#define RUN_OFF	  6u

static const char manifest[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe "
	"ff ff ea]; vcpus = <2>; vms = <1>; vm-pool = <0x80000>; }; };\n";

static const uint32_t making[][4] = {
	{ CPU_ON, 1, 0x40010000 },
	{ CREATE },
	{ VCPU, H, 0 },
	{ VCPU, H, 1 },
	{ INIT, H, 0, 2 },
	{ INIT, H | 1 << 16, 0, 2 },
	{ RUN, H | 1 << 16 },
};
static uint32_t runs_from; /* the point from which on vCPU 1 runs */
static bool started;	   /* vCPU 0 has turned it on */
static uint32_t told;	   /* all runs in which it was on its way off then */

/* Runs the vCPU that goes off, once. */
static void runs_off(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->at++;

	if (at < ARRAY_SIZE(making)) {
		if (making[at][0] == RUN) {
			runs_from = rig_points();
		}
		rig_hvc(g, regs, making[at][0], making[at][1], making[at][2], making[at][3]);
	} else if (at < ARRAY_SIZE(making) + 4 && g->result == RUN_AGAIN) {
		rig_hvc(g, regs, RUN, H | 1 << 16, 0, 0);
	} else {
		told += g->result == RUN_OFF && started;
		rig_wfi(g, regs);
	}
}

static void runs_starter(struct rig_guest *g, struct guest_regs *regs)
{
	if (runs_from && g->at++ == 0) {
		rig_hvc(g, regs, RUN, H, 0, 0);
	} else {
		rig_wfi(g, regs);
	}
}

static void kid_step(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->index == 1) {
		rig_hvc(g, regs, CPU_OFF, 0, 0, 0);
	} else if (g->at++ == 0) {
		rig_hvc(g, regs, CPU_ON, 1, ENTRY, 0);
	} else {
		started |= g->result == 0;
		rig_wfi(g, regs);
	}
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_is_kid(g)) {
		kid_step(g, regs);
	} else if (g->index == 0) {
		runs_off(g, regs);
	} else {
		runs_starter(g, regs);
	}
}

static void begins(struct rig_guest *g)
{
	g->masked = true;
}

/* Beside what is always true at rest (rig_kids_at_rest). */
static const char *rests(void)
{
	const struct child *child = rig_kids_in(0);

	if (started && !(child->life.wake & 2)) {
		return "a vCPU was turned on, and its creator is not to run it";
	}
	rig_done();
}

static const struct rig_program program = { .step = step, .begins = begins, .at_rest = rests };

static void begin_run(void)
{
	runs_from = 0;
	started = false;
}

static void starts_meanwhile(void)
{
	uint32_t first, points;

	rig_boot(manifest, 2, true);
	rig_program = &program;
	rig_begin_run = begin_run;
	CHECK(rig_search_laid_down(1, NULL, 0, ~0u, rig_search_failed, &points));
	first = runs_from;
	CHECK(first && points > first);
	for (uint32_t at = first; at < points && !test_failures; at++) {
		struct rig_preempt there = { at, 1 };

		CHECK(rig_search_laid_down(1, &there, 1, ~0u, rig_search_failed, NULL));
	}
	CHECK(told > 0);
	printf("%u points, on its way off in %u\n", points - first, told);
}

static const struct test_case cases[] = {
	{ "starts_meanwhile", starts_meanwhile },
};

TEST_MAIN("rig_child_power", cases)
