/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM without a GIC: one vCPU of its creator runs it and waits when it waits, another drives its
 * IRQ input, by chance. Each time that the input rises the guest takes it, and it waits only while
 * it is low: no wake is lost.
 */
#include "hyp/core/child.h"
#include "test/rig/rig_kids.h"
#include "test/unit/test.h"

#define CREATE 0x86000001u
#define VCPU   0x86000041u
#define INIT   0x860000aeu
#define RUN    0x86000080u
#define WAKE   0x86000f80u
#define LINE   0x86000061u
#define STATE  0x86000062u
#define CPU_ON 0x84000003u
#define H      0x100u
#define RISES  12u

static const char system_of_two[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe "
	"ff ff ea]; vcpus = <2>; vms = <1>; vm-pool = <0x80000>; }; };\n";

enum does { MAKES, RUNS, LOWERS, ASKS };

static enum does does;		      /* vCPU 0's present call */
static uint32_t raised, taken, waits; /* the last one: of all runs */
static bool high, is_raising;
static uint32_t ack; /* where nothing is mapped: the guest has taken it. A GIC might be there */

static void runs(struct rig_guest *g, struct guest_regs *regs)
{
	does = RUNS;
	rig_hvc(g, regs, RUN, H, 0, 0);
}

/* Its store is the end of the level. */
static void lowers(struct rig_guest *g, struct guest_regs *regs)
{
	rig_demand(g->more[0] == ack && high, "the guest takes what is not there");
	high = false;
	does = LOWERS;
	rig_hvc(g, regs, LINE, H, 0, 0);
}

/* Its run has ended by a WFI. Ticks 0: the input has risen meanwhile. */
static bool waits_for_good(const struct rig_guest *g)
{
	rig_demand(g->result == 1 || g->result == 3, "it returns otherwise");
	rig_demand(g->result == 1 || g->more[0] == 0 || g->more[0] == 0xffffffff,
		   "a VM without timers waits for one");
	return g->result == 3 && g->more[0] != 0;
}

static void creator(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint32_t making[][4] = {
		{ CREATE },
		{ VCPU, H, 0 },
		{ INIT, H, 0, 2 },
		{ CPU_ON, 1, 0x40010000 },
	};

	if (g->at < ARRAY_SIZE(making)) {
		const uint32_t *call = making[g->at++];

		rig_hvc(g, regs, call[0], call[1], call[2], call[3]);
	} else if (does == RUNS && g->result == 2) {
		lowers(g, regs);
	} else if (does == LOWERS) {
		taken++;
		runs(g, regs);
	} else if ((does == RUNS && waits_for_good(g)) || (does == ASKS && !(g->more[0] & 1))) {
		waits += does == RUNS;
		does = ASKS;
		rig_hvc(g, regs, WAKE, H, 0, 0);
	} else {
		runs(g, regs);
	}
}

static void driver(struct rig_guest *g, struct guest_regs *regs)
{
	if (is_raising) {
		is_raising = false;
		rig_demand(g->result == 0, "a CPU line is refused");
	}
	if (raised == RISES && taken == RISES) {
		rig_done();
	}
	if (!high && taken == raised && raised < RISES && rig_throw(g, 3)) {
		raised++;
		high = true;
		is_raising = true;
		rig_hvc(g, regs, LINE, H, 0, 1);
	} else {
		rig_hvc(g, regs, STATE, H, 0, 0);
	}
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_is_kid(g)) {
		rig_wfi(g, regs);
	} else if (g->index == 0) {
		creator(g, regs);
	} else {
		driver(g, regs);
	}
}

static bool handle(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->handling++ == 0) {
		rig_store(g, regs, ack, 1);
		return false;
	}
	return true;
}

static void begins(struct rig_guest *g)
{
	g->masked = !rig_is_kid(g);
}

static const struct rig_program program = { .step = step, .begins = begins, .handle = handle };

static void begin_run(void)
{
	does = MAKES;
	raised = taken = 0;
	high = is_raising = false;
	rig_kids_keep();
}

static void by_chance(void)
{
	for (uint32_t nr_cpus = 1; nr_cpus <= 2; nr_cpus++) {
		waits = 0;
		rig_boot(system_of_two, nr_cpus, true);
		rig_program = &program;
		rig_begin_run = begin_run;
		for (uint64_t seed = 1; seed <= 60; seed++) {
			static const uint32_t acks[] = { 0x10000000, 0x08000104, 0x104 };
			struct rig_result result;

			ack = acks[seed % ARRAY_SIZE(acks)];
			result = rig_run_random(seed, ~0u);

			CHECK(!result.failed);
			if (result.failed) {
				printf("%u CPUs, seed %u: %s\n", nr_cpus, (unsigned)seed,
				       result.why);
				return;
			}
		}
		CHECK(waits > 0);
	}
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
};

TEST_MAIN("rig_child_bare", cases)
