/* SPDX-License-Identifier: BSD-2-Clause */
/* Kick against idle: a vCPU that waits is woken by what another CPU does, wherever on its way to
 * sleep it is. At rest nobody sleeps who has something to do. */
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

static const struct rig_mix mix = {
	.weight = { [MIX_NOTHING] = 1,
		    [MIX_WAIT] = 6,
		    [MIX_EDGE] = 6,
		    [MIX_LEVEL] = 3,
		    [MIX_SGI] = 4,
		    [MIX_TIMER] = 3 },
	.actions = 20,
	.few = 6,
	.devices = 0,
	.typed = 0,
	.resets = 0,
};

static void by_chance(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(200)));
}

static void three_cpus(void)
{
	rig_boot(rig_mix_manifest, 3, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(100)));
}

static void pinned(void)
{
	rig_boot(rig_mix_pinned, 2, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(300)));
}

static void laid_down(void)
{
	rig_boot(rig_mix_pinned, 2, true);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 7, 500));
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "three_cpus", three_cpus },
	{ "pinned", pinned },
	{ "laid_down", laid_down },
};

TEST_MAIN("rig_idle", cases)
