/* SPDX-License-Identifier: BSD-2-Clause */
/* Console against everything: lines of all partitions, what is typed, reports (Ctrl-] s), ticks and
 * ends. A line that a guest has printed comes out whole, in its order. */
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

static const struct rig_mix mix = {
	.weight = { [MIX_NOTHING] = 1,
		    [MIX_WAIT] = 3,
		    [MIX_PRINT] = 8,
		    [MIX_FAULT] = 1,
		    [MIX_RESET] = 1,
		    [MIX_TIMER] = 3,
		    [MIX_YIELD] = 1,
		    [MIX_CPU_ON] = 2,
		    [MIX_EDGE] = 1 },
	.actions = 24,
	.devices = 0,
	.typed = 10,
	.resets = 1,
};

/* The same, but few: each point of it is met. */
static struct rig_mix few(void)
{
	struct rig_mix of = mix;

	of.actions = 3;
	of.devices = of.devices ? 2 : 0;
	of.typed = of.typed ? 1 : 0;
	return of;
}

static void by_chance(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	rig_mix_use(&mix);
	CHECK(rig_mix_by_chance(1, RUNS(250)));
}

static void three_cpus(void)
{
	rig_boot(rig_mix_manifest, 3, true);
	rig_mix_use(&mix);
	CHECK(rig_mix_by_chance(1, RUNS(100)));
}

static void laid_down(void)
{
	const struct rig_mix of = few();

	rig_boot(rig_mix_manifest, 2, true);
	rig_mix_use(&of);
	for (uint32_t seed = 1; seed <= RUNS(1); seed++) {
		CHECK(rig_mix_laid_down(seed, 61, 100));
	}
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "three_cpus", three_cpus },
	{ "laid_down", laid_down },
};

TEST_MAIN("rig_console", cases)
