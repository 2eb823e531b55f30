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

static const struct test_case cases[] = {
	{ "any_exit", any_exit },
	{ "any_exit_soft", any_exit_soft },
};

TEST_MAIN("rig_odd", cases)
