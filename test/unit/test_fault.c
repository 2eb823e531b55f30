/* SPDX-License-Identifier: BSD-2-Clause */
/* Syndromes are typed from the ARM ARM (DDI 0406C), B3.13.6. */
#include "hyp/trap/fault.h"
#include "test/unit/test.h"

#define EC(n) ((uint32_t)(n) << 26)

static void check_name(uint32_t hsr, const char *want)
{
	char text[48];
	size_t length = fault_name(hsr, text, sizeof(text));

	CHECK_EQ(length, strlen(want));
	CHECK(length == 0 || strcmp(text, want) == 0);
}

/* Opc2 19..17, Opc1 16..14, CRn 13..10, Rt 8..5, CRm 4..1, bit 0 read. */
static uint32_t iss(uint32_t opc1, uint32_t rt, uint32_t crn, uint32_t crm, uint32_t opc2)
{
	return opc2 << 17 | opc1 << 14 | crn << 10 | rt << 5 | crm << 1;
}

static void run_names(void)
{
	check_name(EC(0x03) | iss(0, 1, 9, 13, 0) | 1, "MRC p15, 0, r1, c9, c13, 0");
	check_name(EC(0x03) | iss(7, 12, 15, 4, 5), "MCR p15, 7, r12, c15, c4, 5");
	check_name(EC(0x05) | iss(6, 3, 0, 0, 0) | 1, "MRC p14, 6, r3, c0, c0, 0");
	check_name(EC(0x08) | iss(7, 0, 7, 0, 0) | 1, "MRC p10, 7, r0, c7, c0, 0");
	/* MCRR, MRRC: Opc1 19..16, Rt2 13..10 */
	check_name(EC(0x04) | 2u << 16 | 5u << 10 | 4u << 5 | 14u << 1 | 1,
		   "MRRC p15, 2, r4, r5, c14");
	check_name(EC(0x0c) | 0u << 16 | 1u << 10 | 0u << 5 | 2u << 1, "MCRR p14, 0, r0, r1, c2");
	check_name(EC(0x07) | 3, "coprocessor p3");
	check_name(EC(0x07) | 0x20, "Advanced SIMD");
	check_name(EC(0x0a), "BXJ");
	check_name(EC(0x12) | 4660, "HVC #4660 (calls are HVC #0)");
	check_name(EC(0x13), "SMC (calls are HVC #0)");
	check_name(EC(0x06), "LDC or STC p14");
	check_name(EC(0x00), "");
	check_name(EC(0x3f) | 0x1ffffff, "");
}

static void run_seen(void)
{
	static struct fault_seen seen;

	memset(&seen, 0, sizeof(seen));
	CHECK_EQ(fault_see(&seen, 3, 0x1000, 4), FAULT_NEW);
	CHECK_EQ(fault_see(&seen, 3, 0x1000, 4), FAULT_OLD);
	CHECK_EQ(fault_see(&seen, 3, 0x1000, 8), FAULT_NEW);
	CHECK_EQ(fault_see(&seen, 3, 0x1004, 8), FAULT_LAST);
	CHECK_EQ(fault_see(&seen, 3, 0x1008, 8), FAULT_OLD);
	CHECK_EQ(fault_see(&seen, 3, 0x1000, 4), FAULT_OLD);
	/* Never more than there is room for, whatever the limit. */
	memset(&seen, 0, sizeof(seen));
	for (uint32_t n = 0; n < 100; n++) {
		CHECK_EQ(fault_see(&seen, 1000, n, 0), n < 15	 ? FAULT_NEW
						       : n == 15 ? FAULT_LAST
								 : FAULT_OLD);
	}
	CHECK_EQ(seen.count, 16);
}

static void run_loop(void)
{
	struct fault_loop loop = { 0 };

	for (uint32_t n = 1; n < 1000; n++) {
		CHECK(!fault_repeats(&loop, 0x8000, 0x10, 7));
	}
	CHECK(!fault_is_loop(&loop, 7));
	CHECK(fault_repeats(&loop, 0x8000, 0x10, 7));
	CHECK(fault_is_loop(&loop, 7));
	CHECK(!fault_is_loop(&loop, 8)); /* it has done something else since */
	for (uint32_t n = 0; n < 3000; n++) {
		CHECK(!fault_repeats(&loop, 0x8000, 0x10, 7)); /* told already */
	}
	CHECK(fault_is_loop(&loop, 7));
	CHECK(!fault_repeats(&loop, 0x8004, 0x10, 7));
	CHECK(!fault_is_loop(&loop, 7));
}

/* Progress, another place or another address each begin anew. */
static void run_no_loop(void)
{
	struct fault_loop loop = { 0 };

	for (uint32_t n = 0; n < 5000; n++) {
		CHECK(!fault_repeats(&loop, 0x8000, 0x10, n / 999));
	}
	for (uint32_t n = 0; n < 5000; n++) {
		CHECK(!fault_repeats(&loop, 0x8000 + n % 2 * 4, 0x10, 9));
	}
	for (uint32_t n = 0; n < 5000; n++) {
		CHECK(!fault_repeats(&loop, 0x8000, 0x10 + n % 2, 9));
	}
}

/* 32 lines at once, then one a period, whatever else; what is left out is counted and told once. */
static void run_budget(void)
{
	struct fault_budget budget = { 0 };
	uint64_t now = 5000;
	uint32_t told = 0;

	for (uint32_t n = 0; n < 100; n++) {
		told += fault_may_tell(&budget, now, 1000) ? 1 : 0;
	}
	CHECK_EQ(told, 32);
	CHECK_EQ(fault_left_out(&budget, now, 1000), 0); /* not yet */
	CHECK_EQ(fault_left_out(&budget, now + 999, 1000), 0);
	CHECK_EQ(fault_left_out(&budget, now + 1000, 1000), 68);
	CHECK_EQ(fault_left_out(&budget, now + 5000, 1000), 0);
	now += 5000; /* five periods, one of them used */
	told = 0;
	for (uint32_t n = 0; n < 100; n++) {
		told += fault_may_tell(&budget, now, 1000) ? 1 : 0;
	}
	CHECK_EQ(told, 4);
	/* All the time: a line a period, and never more than the burst after a pause. */
	told = 0;
	for (uint32_t n = 0; n < 100000; n++, now += 10) {
		told += fault_may_tell(&budget, now, 1000) ? 1 : 0;
	}
	CHECK(told >= 999 && told <= 1001);
	now += 10000000;
	told = 0;
	for (uint32_t n = 0; n < 100; n++) {
		told += fault_may_tell(&budget, now, 1000) ? 1 : 0;
	}
	CHECK_EQ(told, 32);
	/* The counts do not wrap, nor does time. */
	budget.left_out = UINT32_MAX;
	budget.due = now + 100000;
	CHECK(!fault_may_tell(&budget, now, 1000));
	CHECK_EQ(fault_left_out(&budget, now + 100000, 1000), UINT32_MAX);
}

static const struct test_case cases[] = {
	{ "names", run_names },	    { "seen", run_seen },     { "loop", run_loop },
	{ "no_loop", run_no_loop }, { "budget", run_budget },
};

TEST_MAIN("fault", cases)
