/* SPDX-License-Identifier: BSD-2-Clause */
/* Manifests with budgets: which are refused, and whether the CPUs have the time. */
#define _POSIX_C_SOURCE 200809L
#include "manifest_nodes.h"

/* On a board with so many CPUs, unless `cpus` is 0. */
static bool read_nodes(const char *nodes, uint32_t cpus)
{
	return read_nodes_on(nodes, cpus, cpus ? 1u << 30 : 0);
}

static void accept(const char *nodes, uint32_t cpus)
{
	report(read_nodes(nodes, cpus), nodes);
}

static void refuse(const char *nodes, uint32_t cpus, const char *property, const char *said)
{
	report(!read_nodes(nodes, cpus) && strcmp(why.property, property) == 0 &&
		       strstr(why.reason, said),
	       nodes);
}

static void values(void)
{
	const struct manifest_partition *p = &manifest.partition[0];

	accept(PARTITION("p", ""), 1);
	CHECK_EQ(p->budget[0].period_us, 0);
	accept(PARTITION("p", "budget-us = <100>; period-us = <1000>;"), 1);
	CHECK_EQ(p->budget[0].budget_us, 100);
	CHECK_EQ(p->budget[0].period_us, 1000);
	CHECK_EQ(p->budget[1].period_us, 0);
	accept(PARTITION("p", "budget-us = <1000000>; period-us = <1000000>;"), 1);
	accept(PARTITION("p", "vcpus = <3>; budget-us = <300>; period-us = <1000 2000 3000>;"), 1);
	CHECK_EQ(p->budget[2].budget_us, 300);
	CHECK_EQ(p->budget[2].period_us, 3000);
	CHECK_EQ(p->budget[3].period_us, 0);
	accept(PARTITION("p", "vcpus = <2>; budget-us = <300 400>; period-us = <1000>;"), 1);
	CHECK_EQ(p->budget[1].budget_us, 400);
	CHECK_EQ(p->budget[1].period_us, 1000);
}

static void refused(void)
{
	static const struct {
		const char *more, *property, *said;
	} bad[] = {
		{ "budget-us = <300>;", "period-us", "missing: budget-us needs it" },
		{ "period-us = <1000>;", "budget-us", "missing: period-us needs it" },
		{ "budget-us = <0>; period-us = <1000>;", "budget-us", "at least 100" },
		{ "budget-us = <99>; period-us = <1000>;", "budget-us", "at least 100" },
		{ "budget-us = <1001>; period-us = <1000>;", "budget-us", "more than its period" },
		{ "budget-us = <0xffffffff>; period-us = <1000>;", "budget-us", "more than its" },
		{ "budget-us = <100>; period-us = <999>;", "period-us", "1000 to 1000000" },
		{ "budget-us = <100>; period-us = <0>;", "period-us", "1000 to 1000000" },
		{ "budget-us = <100>; period-us = <1000001>;", "period-us", "1000 to 1000000" },
		{ "budget-us; period-us = <1000>;", "budget-us", "must be cells" },
		{ "vcpus = <3>; budget-us = <300 300>; period-us = <1000>;", "budget-us",
		  "one for each vCPU" },
		{ "vcpus = <3>; budget-us = <300>; period-us = <1000 1000 1000 1000>;", "period-us",
		  "one for each vCPU" },
		{ "vcpus = <2>; budget-us = <300 0>; period-us = <1000>;", "budget-us",
		  "at least 100" },
		{ "vcpus = <2>; budget-us = <300>; period-us = <1000 500>;", "period-us",
		  "1000 to 1000000" },
		{ "vcpus = <9>; budget-us = <300>; period-us = <1000>;", "vcpus", "1 to 8" },
	};

	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		char nodes[512];

		snprintf(nodes, sizeof(nodes), PARTITION("p", "%s"), bad[n].more);
		refuse(nodes, 0, bad[n].property, bad[n].said);
	}
	refuse(PARTITION("p", "vcpus = <2>; budget-us = <300 0>; period-us = <1000>;"), 0,
	       "budget-us", "at least");
	CHECK_EQ(why.item, 2);
}

/* The sum of what is bound to a set of CPUs. */
static void admission(void)
{
	static const char *const third = "cpus = <4>; budget-us = <1000>; period-us = <3000>;";
	static const char more[] = "makes more than the whole time of the CPUs";
	char nodes[2048];

	/* Three thirds are one; a microsecond more is too much. */
	snprintf(nodes, sizeof(nodes),
		 PARTITION("a", "%s") PARTITION("b", "%s") PARTITION("c", "%s"), third, third,
		 third);
	accept(nodes, 0);
	snprintf(nodes, sizeof(nodes),
		 PARTITION("a", "%s") PARTITION("b", "%s")
			 PARTITION("c", "cpus = <4>; budget-us = <333334>; period-us = <1000000>;"),
		 third, third);
	refuse(nodes, 0, "budget-us", more);
	CHECK_EQ(why.at, manifest.partition[2].at);
	/* On CPUs of their own: all of each. */
	accept(PARTITION("p", "vcpus = <8>; cpus = <1 2 4 8 16 32 64 128>; budget-us = <1000>; "
			      "period-us = <1000>;"),
	       8);
	accept(PARTITION("p", "vcpus = <2>; cpus = <3>; budget-us = <1000>; period-us = <1000>;"),
	       2);
	/* Two CPUs have no time for three; nor have they for one each, and one for both. */
	refuse(PARTITION("p", "vcpus = <3>; cpus = <3>; budget-us = <700>; period-us = <1000>;"), 0,
	       "budget-us", more);
	refuse(PARTITION("a",
			 "vcpus = <3>; cpus = <1 2 3>; budget-us = <700>; period-us = <1000>;"),
	       0, "budget-us", more);
	accept(PARTITION("a",
			 "vcpus = <3>; cpus = <1 2 7>; budget-us = <700>; period-us = <1000>;"),
	       3);
	/* ... of which this board has two only. */
	refuse(PARTITION("a",
			 "vcpus = <3>; cpus = <1 2 7>; budget-us = <700>; period-us = <1000>;"),
	       2, "budget-us", more);
	accept(PARTITION("a", "vcpus = <8>; budget-us = <1000>; period-us = <1000>;"), 8);
	refuse(PARTITION("a", "vcpus = <8>; budget-us = <1000>; period-us = <1000>;"), 7,
	       "budget-us", more);
	/* One without a budget counts nothing. */
	accept(PARTITION("a", "cpus = <1>; budget-us = <1000>; period-us = <1000>;")
		       PARTITION("b", "cpus = <1>;"),
	       1);
}

static const struct test_case cases[] = {
	{ "values", values },
	{ "refused", refused },
	{ "admission", admission },
};

TEST_MAIN("manifest_budget", cases)
