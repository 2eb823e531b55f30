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
	.devices = 2,
	.typed = 0,
	.resets = 4,
};

/* The same, but few: each point of it is met. */
static struct rig_mix few(void)
{
	struct rig_mix of = mix;

	of.actions = 6;
	of.devices = of.devices ? 2 : 0;
	of.typed = of.typed ? 1 : 0;
	return of;
}

static void by_chance(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	rig_mix_use(&mix);
	CHECK(rig_mix_by_chance(1, RUNS(500)));
}

static void three_cpus(void)
{
	rig_boot(rig_mix_manifest, 3, true);
	rig_mix_use(&mix);
	CHECK(rig_mix_by_chance(1, RUNS(200)));
}

static void laid_down(void)
{
	const struct rig_mix of = few();

	rig_boot(rig_mix_manifest, 2, true);
	rig_mix_use(&of);
	for (uint32_t seed = 1; seed <= RUNS(1); seed++) {
		CHECK(rig_mix_laid_down(seed, 17, 500));
	}
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "three_cpus", three_cpus },
	{ "laid_down", laid_down },
};

TEST_MAIN("rig_ends", cases)
