/* SPDX-License-Identifier: BSD-2-Clause */
/* End against start: CPU_ON and CPU_OFF, SYSTEM_RESET and SYSTEM_OFF of vCPUs that are started,
 * sleep, run or change CPUs; who raises lines of a partition that ends. */
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

static const struct rig_mix mix = {
	.weight = { [MIX_NOTHING] = 2,
		    [MIX_WAIT] = 4,
		    [MIX_TIMER] = 3,
		    [MIX_YIELD] = 2,
		    [MIX_EDGE] = 3,
		    [MIX_SGI] = 3,
		    [MIX_CPU_ON] = 8,
		    [MIX_CPU_OFF] = 6,
		    [MIX_RESET] = 4 },
	.actions = 16,
	.few = 6,
	.devices = 2,
	.typed = 0,
	.resets = 4,
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

static void laid_down(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 17, 500));
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "three_cpus", three_cpus },
	{ "laid_down", laid_down },
};

TEST_MAIN("rig_ends", cases)
