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
	.few = 3,
	.devices = 0,
	.typed = 10,
	.resets = 1,
};

static void by_chance(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(250)));
}

static void three_cpus(void)
{
	rig_boot(rig_mix_manifest, 3, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(100)));
}

static void laid_down(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 61, 100));
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "three_cpus", three_cpus },
	{ "laid_down", laid_down },
};

TEST_MAIN("rig_console", cases)
