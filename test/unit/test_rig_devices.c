/* SPDX-License-Identifier: BSD-2-Clause */
/* Release against retarget: a device's level and another's edge, whose vCPUs move; where the
 * guest's EOI ends the physical interrupt, and where the monitor does. */
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

static const struct rig_mix mix = {
	.weight = { [MIX_NOTHING] = 2,
		    [MIX_WAIT] = 6,
		    [MIX_TIMER] = 3,
		    [MIX_YIELD] = 6,
		    [MIX_SGI] = 2,
		    [MIX_CPU_ON] = 4,
		    [MIX_CPU_OFF] = 2,
		    [MIX_GICD] = 3,
		    [MIX_STATE] = 2,
		    [MIX_EDGE] = 2 },
	.actions = 40,
	.few = 8,
	.devices = 30,
	.typed = 0,
	.resets = 1,
};

static void ended_by_the_guest(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(300)));
}

static void ended_by_the_monitor(void)
{
	rig_boot(rig_mix_manifest, 2, false);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(300)));
}

static void three_cpus(void)
{
	rig_boot(rig_mix_manifest, 3, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(150)));
}

static void laid_down(void)
{
	rig_boot(rig_mix_manifest, 2, true);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 17, 300));
}

static void laid_down_soft(void)
{
	rig_boot(rig_mix_manifest, 2, false);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 17, 300));
}

static const struct test_case cases[] = {
	{ "ended_by_the_guest", ended_by_the_guest },
	{ "ended_by_the_monitor", ended_by_the_monitor },
	{ "three_cpus", three_cpus },
	{ "laid_down", laid_down },
	{ "laid_down_soft", laid_down_soft },
};

TEST_MAIN("rig_devices", cases)
