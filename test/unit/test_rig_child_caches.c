/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maintenance by set and way reaches the caches of one CPU (ARM ARM B2.2.6). A VM's vCPU runs where
 * its creator's vCPU does: if that was elsewhere before, all of its memory is cleaned by address
 * first, which reaches all caches.
 */
#include "hyp/core/child.h"
#include "test/rig/rig_kids.h"
#include "test/unit/test.h"

#define CREATE 0x86000001u
#define VCPU   0x86000041u
#define MAP    0x86000046u
#define INIT   0x860000aeu
#define RUN    0x86000080u
#define WAKE   0x86000f80u
#define CPU_ON 0x84000003u
#define H      0x100u

#define INTR 1u
#define WFI  3u

/* MCR p15, 0, r0, c7, c14, 2: DCCISW; HSR as in B3.13.6 */
#define DCCISW 0x0fe41c1cu

static const char system_of_two[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe "
	"ff ff ea]; vcpus = <2>; vms = <1>; vm-pool = <0x80000>; }; };\n";

/* Whose turn it is to run the VM; when the guest has waited so often, the next. */
static uint32_t waited, interrupted, before;

static void maps(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t *runs = (uint32_t *)(void *)rig_memory(0, 0x40010000);

	runs[0] = 0x40018;
	runs[1] = 2;
	regs->r[4] = 1;
	regs->r[5] = 0;
	rig_hvc(g, regs, MAP, H, 0x80000, 0x40010000);
}

static void makes(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint32_t making[][4] = {
		{ CPU_ON, 1, 0x40010000 },
		{ CREATE },
		{ VCPU, H, 0 },
		{ INIT, H, 0, 2 },
	};
	const uint32_t *call = making[g->at++];

	rig_hvc(g, regs, call[0], call[1], call[2], call[3]);
}

/* A run has returned. */
static void count(const struct rig_guest *g)
{
	rig_demand(g->result == INTR || g->result == WFI, "it returns otherwise");
	interrupted += g->result == INTR;
	if (g->result == WFI) {
		waited++;
	}
}

static void check(void)
{
	uint32_t cleaned = rig_lines_cleaned - before;

	before = rig_lines_cleaned;
	if (waited == 2) {
		rig_demand(cleaned == 2 && interrupted > 0,
			   "it has run elsewhere, and its memory is not cleaned");
	} else if (waited > 2) {
		rig_demand(cleaned == 0, "it has run nowhere else, and its memory is cleaned");
	}
	if (waited == 4) {
		rig_done();
	}
}

/* vCPU 0 runs it once, then vCPU 1. */
static void creates(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t turn = waited == 0 ? 0 : 1;

	if (g->index == 0 && g->at < 4) {
		makes(g, regs);
	} else if (g->index == 0 && g->at == 4) {
		g->at++;
		maps(g, regs);
	} else if (g->at == 100) {
		g->at = 99;
		count(g);
		if (g->result == WFI) {
			check();
		}
		rig_hvc(g, regs, WAKE, 0, 0, 0);
	} else if (turn == g->index && (turn || g->at >= 5)) {
		before = waited ? before : rig_lines_cleaned;
		g->at = 100;
		rig_hvc(g, regs, RUN, H, 0, 0);
	} else {
		rig_hvc(g, regs, WAKE, 0, 0, 0);
	}
}

/* The guest waits; cleans by set and way, and waits; and again. */
static void step(struct rig_guest *g, struct guest_regs *regs)
{
	if (!rig_is_kid(g)) {
		creates(g, regs);
	} else if (g->at++ % 2) {
		rig_trap(g, regs, DCCISW);
	} else {
		rig_wfi(g, regs);
	}
}

static void begins(struct rig_guest *g)
{
	g->masked = true;
}

static const struct rig_program program = { .step = step, .begins = begins };

static void begin_run(void)
{
	waited = interrupted = 0;
	rig_kids_keep();
}

static void set_and_way(void)
{
	rig_boot(system_of_two, 2, true);
	rig_program = &program;
	rig_begin_run = begin_run;
	for (uint64_t seed = 1; seed < 20; seed++) {
		struct rig_result result = rig_run_random(seed, ~0u);

		CHECK(!result.failed);
		if (result.failed) {
			printf("seed %u: %s\n", (unsigned)seed, result.why);
			return;
		}
	}
}

static const struct test_case cases[] = {
	{ "set_and_way", set_and_way },
};

TEST_MAIN("rig_child_caches", cases)
