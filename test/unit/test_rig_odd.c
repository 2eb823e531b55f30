/* SPDX-License-Identifier: BSD-2-Clause */
/* Any exit there is, in any mode, on the whole of the glue. */
#include "test/rig/rig.h"
#include "test/rig/rig_mix.h"
#include "test/rig/rig_odd.h"
#include "test/unit/test.h"

static void any_exit(void)
{
	rig_boot(rig_odd_manifest, 2, true);
	CHECK(rig_odd_by_chance(1, RUNS(40)));
}

static void any_exit_soft(void)
{
	rig_boot(rig_odd_manifest, 1, false);
	CHECK(rig_odd_by_chance(1, RUNS(20)));
}

/* Cortex-A15 r0p4, whose syndrome of a Thumb store is not believed (erratum 766422). */
static void any_exit_old_cpu(void)
{
	rig_midr = 0x410fc0f4;
	rig_pmu_is_silent = true;
	rig_boot(rig_odd_manifest, 2, true);
	CHECK(rig_odd_by_chance(1, RUNS(20)));
	rig_midr = 0x412fc0f1;
	rig_pmu_is_silent = false;
}

static const struct test_case cases[] = {
	{ "any_exit", any_exit },
	{ "any_exit_soft", any_exit_soft },
	{ "any_exit_old_cpu", any_exit_old_cpu },
};

TEST_MAIN("rig_odd", cases)
