/* SPDX-License-Identifier: BSD-2-Clause */
/* Kick against idle: a vCPU that waits is woken by what another CPU does, wherever on its way to
 * sleep it is. */
#include "abi/plumbline.h"
#include "test/rig/rig.h"
#include "test/unit/test.h"

static const char manifest[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <1000>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; cpus = <3>;\n"
	" kernel = [fe ff ff ea]; no-dtb; rights = \"a\", \"b\"; };\n"
	"b { compatible = \"plumbline,partition\"; memory-size = <0x20000>; cpus = <3>;\n"
	" kernel = [fe ff ff ea]; no-dtb; }; };\n";

#define GICD	 0x08000000u
#define EDGE_40	 (1u << 24 | 40u)
#define PSCI_OFF 0x84000008u
#define ROUNDS	 3u

/* a raises an edge of b's, ROUNDS times; b answers none, but counts. Both end. */
static void step(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->at++;

	if (g->vm == 1) {
		static const struct {
			uint32_t offset, value;
		} setup[] = { { 0x000, 1 }, { 0x104, 0xff00 }, { 0xc08, 0xaaaaaaaa } };

		if (at < 3) {
			rig_store(g, regs, GICD + setup[at].offset, setup[at].value);
		} else if (at < 4) {
			rig_store8(g, regs, GICD + 0x828, 1);
		} else if (g->taken[40] < ROUNDS) {
			rig_wfi(g, regs);
		} else {
			rig_hvc(g, regs, PSCI_OFF, 0, 0, 0);
		}
	} else if (rig_guest[1][0].lives && rig_guest[1][0].at > 4 &&
		   rig_guest[1][0].taken[40] == g->handling && g->handling < ROUNDS &&
		   !rig_random(20)) {
		g->handling++;
		rig_hvc(g, regs, PLUMB_IRQ_LINE, 2, EDGE_40, 1);
	} else if (g->handling == ROUNDS) {
		rig_hvc(g, regs, PSCI_OFF, 0, 0, 0);
	} else {
		rig_sleep(RIG_RUNS);
	}
}

static const struct rig_program program = { .step = step };

static void by_chance(void)
{
	rig_boot(manifest, 2, true);
	rig_program = &program;
	for (uint32_t seed = 0; seed < 1000 && !test_failures; seed++) {
		struct rig_result r = rig_run_random(seed, ~0u);

		if (r.failed) {
			printf("seed %u: %s\n%s\n", seed, r.why, rig_output);
		}
		CHECK(!r.failed);
	}
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
};

TEST_MAIN("rig_idle", cases)
