/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU's times on a CPU and waiting for one. */
#include "hyp/sched/times.h"
#include "test/unit/test.h"

enum { OTHER, WAITS, RUNS };

static void run_life(void)
{
	struct times t = { 0 }, at;

	at = times_at(&t, OTHER, 1000);
	CHECK_EQ(at.cpu, 0);
	CHECK_EQ(at.wait, 0);
	times_mark(&t, 1000); /* woken */
	at = times_at(&t, WAITS, 1030);
	CHECK_EQ(at.cpu, 0);
	CHECK_EQ(at.wait, 30);
	CHECK_EQ(t.wait, 0); /* asking changes nothing */
	times_enter(&t, 1100);
	at = times_at(&t, RUNS, 1107);
	CHECK_EQ(at.cpu, 7);
	CHECK_EQ(at.wait, 100);
	times_leave(&t, 1300);
	/* Displaced: it waits from then on. */
	at = times_at(&t, WAITS, 1304);
	CHECK_EQ(at.cpu, 200);
	CHECK_EQ(at.wait, 104);
	/* Or it sleeps, until it is woken: neither. */
	at = times_at(&t, OTHER, 9000);
	CHECK_EQ(at.cpu, 200);
	CHECK_EQ(at.wait, 100);
	times_mark(&t, 9000);
	times_enter(&t, 9001);
	times_leave(&t, UINT64_C(0x100000000) + 9001);
	at = times_at(&t, OTHER, 0);
	CHECK_EQ(at.cpu, UINT64_C(0x1000000c8));
	CHECK_EQ(at.wait, 101);
}

/* The counter of the other CPU was read some ticks later. */
static void run_late(void)
{
	struct times t = { 0 }, at;

	times_mark(&t, 100);
	at = times_at(&t, WAITS, 97);
	CHECK_EQ(at.wait, 0);
	times_enter(&t, 97);
	at = times_at(&t, RUNS, 95);
	CHECK_EQ(at.cpu, 0);
	CHECK_EQ(at.wait, 0);
	times_leave(&t, 107);
	at = times_at(&t, WAITS, 117);
	CHECK_EQ(at.cpu, 10);
	CHECK_EQ(at.wait, 7);
}

static const struct test_case cases[] = {
	{ "a life: waits, runs, sleeps", run_life },
	{ "never negative", run_late },
};

TEST_MAIN("times", cases)
