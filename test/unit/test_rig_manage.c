/* SPDX-License-Identifier: BSD-2-Clause */
/* Partitions that start, stop, reset, pause and resume each other and themselves, and crash, or are
 * bitten, and restarted, from any vCPU, while their vCPUs run, sleep, are started and change CPUs,
 * and while others raise their lines. */
#include "test/rig/rig_mix.h"
#include "test/unit/test.h"

static const struct rig_mix mix = {
	.weight = { [MIX_NOTHING] = 2,
		    [MIX_WAIT] = 4,
		    [MIX_TIMER] = 3,
		    [MIX_YIELD] = 2,
		    [MIX_EDGE] = 4,
		    [MIX_LEVEL] = 2,
		    [MIX_MANY] = 1,
		    [MIX_STATE] = 1,
		    [MIX_SGI] = 3,
		    [MIX_PRINT] = 1,
		    [MIX_CPU_ON] = 5,
		    [MIX_CPU_OFF] = 3,
		    [MIX_RESET] = 1,
		    [MIX_CRASH] = 1,
		    [MIX_WATCHDOG] = 8,
		    [MIX_MANAGE] = 10 },
	.actions = 30,
	.few = 8,
	.resets = 3,
};

static void by_chance(void)
{
	rig_boot(rig_mix_managed, 2, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(500)));
}

static void one_cpu(void)
{
	rig_boot(rig_mix_managed, 1, true);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(200)));
}

static void three_cpus(void)
{
	rig_boot(rig_mix_managed, 3, false);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(200)));
}

static void laid_down(void)
{
	rig_boot(rig_mix_managed, 2, true);
	CHECK(rig_mix_laid_down(&mix, 1, RUNS(1), 17, 300));
}

/* Nothing is printed: a line that waits for the next period may be broken by another one. */
static const struct rig_mix sparing = {
	.weight = { [MIX_NOTHING] = 4,
		    [MIX_WAIT] = 4,
		    [MIX_TIMER] = 3,
		    [MIX_YIELD] = 2,
		    [MIX_EDGE] = 4,
		    [MIX_LEVEL] = 2,
		    [MIX_SGI] = 3,
		    [MIX_CPU_ON] = 5,
		    [MIX_CPU_OFF] = 3,
		    [MIX_RESET] = 1,
		    [MIX_CRASH] = 1,
		    [MIX_MANAGE] = 5 },
	.actions = 60,
	.few = 8,
	.resets = 3,
};

/* Starts, ends and pauses are not a way to more time, and no budget is left without an alarm. */
static void budgets(void)
{
	rig_boot(rig_mix_budgets, 2, true);
	CHECK(rig_mix_by_chance(&sparing, 1, RUNS(300)));
}

static void budgets_of_one_cpu(void)
{
	rig_boot(rig_mix_budgets, 1, true);
	CHECK(rig_mix_by_chance(&sparing, 1, RUNS(300)));
}

static void budgets_of_three_cpus(void)
{
	rig_boot(rig_mix_budgets, 3, true);
	CHECK(rig_mix_by_chance(&sparing, 1, RUNS(100)));
}

static void budgets_laid_down(void)
{
	rig_boot(rig_mix_budgets, 2, true);
	CHECK(rig_mix_laid_down(&sparing, 1, RUNS(1), 97, 100));
}

static const struct test_case cases[] = {
	{ "by_chance", by_chance },
	{ "one_cpu", one_cpu },
	{ "three_cpus", three_cpus },
	{ "laid_down", laid_down },
	{ "budgets", budgets },
	{ "budgets_of_one_cpu", budgets_of_one_cpu },
	{ "budgets_of_three_cpus", budgets_of_three_cpus },
	{ "budgets_laid_down", budgets_laid_down },
};

TEST_MAIN("rig_manage", cases)
