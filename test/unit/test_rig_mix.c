/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything against everything. */
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

static const struct rig_mix mix = {
	.weight = { [MIX_NOTHING] = 2, [MIX_WAIT] = 6,	 [MIX_TIMER] = 3,   [MIX_YIELD] = 1,
		    [MIX_EDGE] = 6,    [MIX_LEVEL] = 4,	 [MIX_MANY] = 2,    [MIX_STATE] = 2,
		    [MIX_GSI] = 2,     [MIX_ASK] = 2,	 [MIX_SGI] = 4,	    [MIX_GICD] = 3,
		    [MIX_PRINT] = 2,   [MIX_CPU_ON] = 4, [MIX_CPU_OFF] = 2, [MIX_RESET] = 1,
		    [MIX_VFP] = 2,     [MIX_FAULT] = 1,	 [MIX_CP15] = 1,    [MIX_PMU] = 3 },
	.actions = 40,
	.few = 8,
	.devices = 10,
	.typed = 6,
	.resets = 2,
};

/* Tables of GSIs, and what they are used for. */
static const struct rig_mix tables = {
	.weight = { [MIX_GSI] = 12, [MIX_WAIT] = 2, [MIX_EDGE] = 1, [MIX_RESET] = 1 },
	.actions = 60,
	.few = 8,
	.resets = 2,
};

static void by_chance(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(500)));
}

static void three_cpus(void)
{
	rig_boot(rig_mix_manifest, 3, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(200)));
}

static void ended_by_the_monitor(void)
{
	rig_boot(rig_mix_manifest, 2, false);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(200)));
}

static void laid_down(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 97, 300));
}

static void tables_of_gsis(void)
{
	rig_boot(rig_mix_manifest, 3, true);
	CHECK(rig_mix_by_chance(&tables, 1, RUNS(300)));
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "three_cpus", three_cpus },
	{ "ended_by_the_monitor", ended_by_the_monitor },
	{ "laid_down", laid_down },
	{ "tables_of_gsis", tables_of_gsis },
};

TEST_MAIN("rig_mix", cases)
