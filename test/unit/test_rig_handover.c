/* SPDX-License-Identifier: BSD-2-Clause */
/* Hand-over of `loaded_on`: vCPUs that yield and wait go from CPU to CPU, each with all of its
 * registers. */
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

static const struct rig_mix mix = {
	.weight = { [MIX_NOTHING] = 1,
		    [MIX_WAIT] = 4,
		    [MIX_TIMER] = 3,
		    [MIX_YIELD] = 8,
		    [MIX_VFP] = 3,
		    [MIX_PMU] = 3,
		    [MIX_SGI] = 3,
		    [MIX_CPU_ON] = 3,
		    [MIX_LEVEL] = 2 },
	.actions = 30,
	.few = 6,
	.devices = 0,
	.typed = 0,
	.resets = 0,
};

static void by_chance(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(300)));
}

static void four_cpus(void)
{
	rig_boot(rig_mix_manifest, 4, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(200)));
}

static void laid_down(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 13, 500));
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "four_cpus", four_cpus },
	{ "laid_down", laid_down },
};

TEST_MAIN("rig_handover", cases)
