/* SPDX-License-Identifier: BSD-2-Clause */
/* The trace goes on and off while everything else goes on, and is read meanwhile. */
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

static const struct rig_mix mix = {
	.weight = { [MIX_TRACE] = 12,
		    [MIX_WAIT] = 4,
		    [MIX_TIMER] = 3,
		    [MIX_YIELD] = 1,
		    [MIX_EDGE] = 4,
		    [MIX_LEVEL] = 3,
		    [MIX_SGI] = 3,
		    [MIX_GICD] = 1,
		    [MIX_PRINT] = 1,
		    [MIX_RESET] = 1,
		    [MIX_PMU] = 1 },
	.actions = 60,
	.few = 8,
	.resets = 2,
};

static void by_chance(void)
{
	rig_boot(rig_mix_traced, 2, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(200)));
}

static void three_cpus(void)
{
	rig_boot(rig_mix_traced, 3, false);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(100)));
}

/* CPUs write each other's list registers. */
static void of_others(void)
{
	rig_alias = RIG_ALIAS;
	rig_boot(rig_mix_traced, 2, true);
	rig_remote_writes = 0;
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(100)));
	CHECK(rig_remote_writes != 0);
	rig_alias = RIG_NO_ALIAS;
}

static void laid_down(void)
{
	rig_boot(rig_mix_traced, 2, true);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 97, 100));
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "three_cpus", three_cpus },
	{ "of_others", of_others },
	{ "laid_down", laid_down },
};

TEST_MAIN("rig_trace", cases)
