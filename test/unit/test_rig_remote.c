/* SPDX-License-Identifier: BSD-2-Clause */
/* CPUs that write each other's list registers, concurrent with all that a vCPU and its CPU do. */
#include "test/rig/rig_lines.h"
#include "test/unit/test.h"

static const struct rig_lines lines = { .acts = 20, .drives = 16 };
static const struct rig_lines few = { .acts = 4, .drives = 5 };

static void boot(const char *manifest, enum rig_alias alias, uint32_t nr_lrs)
{
	rig_alias = alias;
	rig_nr_lrs = nr_lrs;
	rig_boot(manifest, 3, alias == RIG_ALIAS);
	rig_remote_writes = 0;
}

/* On a board that has an alias, it is used: QEMU's does not reach LR0. */
static void chance(const char *manifest, enum rig_alias alias, uint32_t nr_lrs, uint32_t runs)
{
	boot(manifest, alias, nr_lrs);
	CHECK(rig_lines_by_chance(&lines, 1, RUNS(runs)));
	CHECK((rig_remote_writes != 0) == (nr_lrs > (uint32_t)alias - 1 && alias != RIG_NO_ALIAS));
}

static void list_registers(const char *manifest, uint32_t runs)
{
	static const uint8_t counts[] = { 1, 2, 3, 4, 16 };

	for (uint32_t n = 0; n < sizeof(counts); n++) {
		rig_ended_is_empty = n % 2;
		chance(manifest, RIG_ALIAS, counts[n], runs);
		rig_ended_is_empty = !rig_ended_is_empty;
		chance(manifest, RIG_ALIAS_SKEWED, counts[n], runs);
	}
	rig_ended_is_empty = false;
}

static void alone(void)
{
	list_registers(rig_lines_alone, 150);
}

static void shared(void)
{
	list_registers(rig_lines_shared, 60);
}

static void moving(void)
{
	list_registers(rig_lines_moving, 60);
}

static void sibling(void)
{
	list_registers(rig_lines_sibling, 60);
}

static void without_alias(void)
{
	chance(rig_lines_shared, RIG_NO_ALIAS, 4, 60);
}

static void laid_down(void)
{
	boot(rig_lines_alone, RIG_ALIAS, 2);
	CHECK(rig_lines_laid_down(&few, 1, RUNS(1), 5, 300));
	boot(rig_lines_shared, RIG_ALIAS, 2);
	CHECK(rig_lines_laid_down(&few, 1, RUNS(1), 9, 300));
}

/* Devices, whose interrupts have the HW bit, among all else. */
static void mixed(void)
{
	static const struct rig_mix mix = {
		.weight = { [MIX_NOTHING] = 2,
			    [MIX_WAIT] = 5,
			    [MIX_TIMER] = 4,
			    [MIX_YIELD] = 2,
			    [MIX_EDGE] = 8,
			    [MIX_LEVEL] = 6,
			    [MIX_MANY] = 2,
			    [MIX_STATE] = 2,
			    [MIX_SGI] = 6,
			    [MIX_GICD] = 3,
			    [MIX_CPU_ON] = 3,
			    [MIX_CPU_OFF] = 1,
			    [MIX_RESET] = 1 },
		.actions = 40,
		.few = 8,
		.devices = 12,
		.resets = 1,
	};

	boot(rig_mix_manifest, RIG_ALIAS, 4);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(60)));
	rig_ended_is_empty = true;
	boot(rig_mix_manifest, RIG_ALIAS_SKEWED, 3);
	CHECK(rig_mix_by_chance(&mix, 1, RUNS(60)));
	rig_ended_is_empty = false;
	CHECK(rig_remote_writes != 0);
}

static const struct test_case cases[] = {
	{ "alone", alone },
	{ "shared", shared },
	{ "moving", moving },
	{ "sibling", sibling },
	{ "without_alias", without_alias },
	{ "laid_down", laid_down },
	{ "mixed", mixed },
};

TEST_MAIN("rig_remote", cases)
