/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hypercall leaves in r0 to r3: results, and nothing of the monitor's. Each call of the ABI,
 * and numbers that are none, is made with arguments of all shapes, by a partition with every right
 * and by one with none. A register that holds no result must be as the caller had it; one that does
 * must be the same in two runs whose stacks, and registers without an argument, are filled with
 * different patterns before each call. Built with MemorySanitizer (test/rig/rig.mk), each must also
 * have been initialised.
 */
#include "hyp/base/bits.h"
#include "hyp/core/vm.h"
#include "test/rig/rig_kids.h"
#include "test/unit/test.h"

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define IS_DEFINED(p) (__msan_test_shadow((p), sizeof(*(p))) == -1)
#endif
#endif
#ifndef IS_DEFINED
#define IS_DEFINED(p) ((void)(p), true)
#endif

/* Locals stay on the stack that was filled. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_stack_use_after_return=0";
}

#define GICD	0x08000000u
#define WINDOW	0x0a000000u
#define LEVELS	0x40010000u /* in the caller's memory: lines for one call */
#define ROUTES	0x40011000u /* a table of GSIs */
#define RUNS_AT 0x40012000u /* pages for a child, and its log */
#define CHILD	0x100u
#define MAKING	6u /* calls that make it */
#define RAM_END 0x40020000u
#define PARTS                                                                                     \
	"compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe ff " \
	"ff ea];"
#define ALL	 "\"a\", \"b\", \"c\", \"d\""
#define CALLER_A 0u
#define CLIENT	 1u
#define CALLER_D 3u
#define CRASHES	 2u

/* a may do everything, and serves a window of b; c crashes; d may do nothing. */
static const char system_of_calls[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { " PARTS " vcpus = <2>; rights = " ALL "; manages = " ALL "; traces;\n"
	" vms = <3>; vm-pool = <0x80000>; };\n"
	"b { " PARTS " };\n"
	"c { " PARTS " gic = \"none\"; };\n"
	"d { " PARTS " };\n"
	"v { compatible = \"plumbline,virtio\"; client = \"b\"; backend = \"a\"; windows = <0>;\n"
	" ipa = <0x80000000>; }; };\n";

static const struct call {
	uint32_t number;
	uint32_t arguments; /* in r1 and so on */
	uint32_t results;   /* bit n: rn, */
	int32_t from;	    /* if r0 is at least this */
	bool any;	    /* succeeds without a right, too */
	uint32_t before;    /* a call before each, with the same r1; 0: none */
	bool has_gic;	    /* the child */
} calls[] = {
	{ .number = 0x8600ff00, .any = true },
	{ .number = 0x8600ff01, .results = 0xe, .any = true },
	{ .number = 0x8600ff03, .results = 0x2, .any = true },
	{ .number = 0x86000000, .any = true },
	{ .number = 0x86000003, .arguments = 1, .any = true },
	{ .number = 0x86000061, .arguments = 3 },
	{ .number = 0x86000067, .arguments = 3 },
	{ .number = 0x86000f61, .arguments = 3 },
	{ .number = 0x8600006a, .arguments = 3 },
	{ .number = 0x86000f6a, .arguments = 3 },
	{ .number = 0x86000062, .arguments = 2, .results = 0x2 },
	{ .number = 0x86000f00, .arguments = 1, .results = 0xe },
	{ .number = 0x86000f01, .arguments = 2, .results = 0xe },
	{ .number = 0x860000ce, .arguments = 3, .results = 0x6 },
	{ .number = 0x86000f10, .arguments = 1, .before = 0x86000f11 },
	{ .number = 0x86000f11, .arguments = 1 },
	{ .number = 0x86000f12, .arguments = 1 },
	{ .number = 0x86000f13, .arguments = 1 },
	{ .number = 0x86000f14, .arguments = 1, .before = 0x86000f13 },
	{ .number = 0x86000f15, .results = 0x6 },
	{ .number = 0x86000f18, .arguments = 3, .results = 0xe },
	{ .number = 0x86000f19, .arguments = 3, .results = 0x6, .any = true },
	{ .number = 0x86000f1a, .arguments = 3, .results = 0xe },
	{ .number = 0x860000ab, .arguments = 3, .results = 0x6, .before = 0x86000f13 },
	{ .number = 0x860000ac, .arguments = 3, .before = 0x86000f13 },
	{ .number = 0x860000b0, .arguments = 2, .results = 0x6, .any = true },
	{ .number = 0x86000f20, .results = 0xe, .from = 1 },
	{ .number = 0x86000f21, .arguments = 2, .before = 0x86000f20 },
	{ .number = 0x86000f22, .arguments = 2, .results = 0xe },
	{ .number = 0x86000001, .arguments = 1 },
	{ .number = 0x86000f02, .arguments = 2 }, /* again and again */
	{ .number = 0x86000041, .arguments = 2 },
	{ .number = 0x86000046, .arguments = 3 },
	{ .number = 0x86000f46, .arguments = 3 },
	{ .number = 0x86000042, .arguments = 3 },
	{ .number = 0x860000e0, .arguments = 2 },
	{ .number = 0x860000e1, .arguments = 3, .has_gic = true },
	{ .number = 0x860000e2, .arguments = 3, .results = 0x6, .has_gic = true },
	{ .number = 0x860000ae, .arguments = 3 },
	{ .number = 0x86000098, .arguments = 1, .results = 0x2 },
	{ .number = 0x86000099, .arguments = 2 },
	{ .number = 0x86000080, .arguments = 3, .results = 0xe },
	{ .number = 0x86000f80, .arguments = 1, .results = 0xe },
	{ .number = 0x8600009f, .arguments = 1, .results = 0x2 },
	{ .number = 0x860000a0, .arguments = 2 },
	{ .number = 0x86000f76, .arguments = 3, .has_gic = true },
	{ .number = 0x86000f77, .arguments = 1, .results = 0x2 },
	/* PSCI and SMCCC: but for those that do not return */
	{ .number = 0x84000000, .any = true },
	{ .number = 0x84000001, .arguments = 3, .any = true },
	{ .number = 0x84000003, .arguments = 3 },
	{ .number = 0x84000004, .arguments = 2, .any = true },
	{ .number = 0x84000006, .any = true },
	{ .number = 0x8400000a, .arguments = 1, .any = true },
	{ .number = 0x80000000, .any = true },
	{ .number = 0x80000001, .arguments = 1, .any = true },
/* none: the first is named */
#define FIRST_OF_NONE 0x00000000u
	{ .number = 0 },
	{ .number = 1 },
	{ .number = 0xffffffff },
	{ .number = 0x86000002 },
	{ .number = 0x86000060 },
	{ .number = 0x86000f23 },
	{ .number = 0x86001061 },
	{ .number = 0x8600ff02 },
	{ .number = 0xc6000061 },
	{ .number = 0x06000061 },
	{ .number = 0x84000002 + 0x100 },
	{ .number = 0x84000005 },
	{ .number = 0xc4000003 },
};

/* Handles, and what is none; capabilities; numbers of vCPUs */
static const uint32_t firsts[] = {
	0, 1, 2, 3, 4, 5, 9, 25, 66, CHILD, CHILD | 1 << 16, 0x10000061, 0x80000000, 0xffffffff
};
/* Irq words, addresses, GSIs, characters, the low half of a register's ID */
static const uint32_t seconds[] = { 0,		1,	    2,		 5,	     12,
				    15,		16,	    255,	 256,	     0x01000028,
				    0x01000021, 0x0100007f, 0x01000080,	 0x02000016, 0x0200001b,
				    0x02010016, 0x03000000, 0xffffffff,	 LEVELS,     LEVELS + 2,
				    ROUTES,	RAM_END,    RAM_END - 8, GICD,	     0x00100000 };
/* Levels, counts, indices, the high half of an ID */
static const uint32_t thirds[] = { 0,  1,  2,	3,	    9,	     10,	17,
				   64, 65, 257, 0x40200000, RUNS_AT, 0xffffffff };

#define MOST (ARRAY_SIZE(firsts) * ARRAY_SIZE(seconds) * ARRAY_SIZE(thirds))

static struct record {
	uint32_t in[4], out[4];
} records[2][MOST];

static const struct call *call;
static uint32_t caller; /* the partition */
static uint32_t pattern;
static struct record *record;
static uint32_t nr_records, succeeded;
static uint32_t taken; /* the access to a window that waits for its answer */

/* ---- the caller ---- */

/* Where the call's frames will be. */
static __attribute__((noinline)) void fill_stack(uint32_t with)
{
	volatile uint32_t room[8192];

	for (uint32_t n = 0; n < ARRAY_SIZE(room); n++) {
		room[n] = with;
	}
}

/* Arguments of call n, and patterns behind them; false: there are no more. */
static bool choose(uint32_t n, uint32_t *r)
{
	static const uint32_t *const lists[] = { firsts, seconds, thirds };
	static const uint32_t sizes[] = { ARRAY_SIZE(firsts), ARRAY_SIZE(seconds),
					  ARRAY_SIZE(thirds) };

	r[0] = call->number;
	for (uint32_t i = 0; i < 3; i++) {
		r[1 + i] = pattern ^ i;
		if (i < call->arguments) {
			r[1 + i] = lists[i][n % sizes[i]];
			n /= sizes[i];
		}
	}
	if (call->number == 0x84000003) {
		r[2] &= ~1u; /* an entry in ARM state */
	}
	if (call->number == 0x86000f21 && r[1] == 9) {
		r[1] = taken;
	}
	return n < (call->arguments ? 1 : 20);
}

/* A partition that stops or pauses itself does not return. */
static bool returns(uint32_t number, uint32_t r1)
{
	bool leaves = number >= 0x86000f11 && number <= 0x86000f13;

	return !leaves || caller != CALLER_A || (r1 != 0 && r1 != CALLER_A + 1);
}

static void next_call(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t r[4];

	do {
		if (!choose(g->left++, r)) {
			rig_done();
		}
	} while (!returns(call->number, r[1]));
	memcpy(record[nr_records].in, r, sizeof(r));
	regs->r[4] = r[0] == 0x86000046 ? 1 : r[0] == 0x86000042 ? RUNS_AT : 0x08000000;
	regs->r[5] = 0;
	fill_stack(pattern);
	rig_hvc(g, regs, r[0], r[1], r[2], r[3]);
}

/* As next_call will have them. */
static void call_before(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t r[4];

	if (call->before && choose(g->left, r) && returns(call->before, r[1])) {
		rig_hvc(g, regs, call->before, r[1], 0, 0);
	}
}

static void has_returned(const struct guest_regs *regs)
{
	struct record *done = &record[nr_records++];

	for (uint32_t n = 0; n < 4; n++) {
		if (!IS_DEFINED(&regs->r[n])) {
			rig_fail("call 0x%x (0x%x, 0x%x, 0x%x): r%u is not initialised",
				 done->in[0], done->in[1], done->in[2], done->in[3], n);
		}
	}
	memcpy(done->out, regs->r, sizeof(done->out));
}

/* A child with two vCPUs, the second one off. */
static void make_child(struct rig_guest *g, struct guest_regs *regs, uint32_t at)
{
	static const uint32_t making[MAKING][4] = {
		{ 0x86000001 },
		{ 0x86000041, CHILD, 0 },
		{ 0x86000041, CHILD, 1 },
		{ 0x860000e0, CHILD, 5 },
		{ 0x860000ae, CHILD, 0, 2 },
		{ 0x860000ae, CHILD | 1 << 16, 0, 3 },
	};

	if (making[at][0] != 0x860000e0 || call->has_gic) {
		rig_hvc(g, regs, making[at][0], making[at][1], making[at][2], making[at][3]);
	}
}

/* Entries that are accepted, of a partition with a GIC. */
static void write_tables(void)
{
	uint32_t *runs = (uint32_t *)(void *)rig_memory(caller, RUNS_AT);
	uint32_t *levels = (uint32_t *)(void *)rig_memory(caller, LEVELS);
	uint32_t *routes = (uint32_t *)(void *)rig_memory(caller, ROUTES);

	runs[0] = RUNS_AT / 0x1000 + 1;
	runs[1] = 1;
	for (uint32_t n = 0; n < 70; n++) {
		levels[2 * n] = 0x01000028 + n % 8;
		levels[2 * n + 1] = n % 3;
	}
	for (uint32_t n = 0; n < 70; n++) {
		memset(&routes[12 * n], 0, 48);
		routes[12 * n] = n;
		routes[12 * n + 1] = 1;
		routes[12 * n + 5] = n;
	}
}

/* Others have their turn: WFE, which traps while there are any (HCR.TWE). */
static void yield(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_this()->reg[FAKE_HCR] & BIT32(14)) {
		rig_trap(g, regs, 0x01u << 26 | 1u << 25 | 1u << 24 | 0xeu << 20 | 1u);
	}
}

/* One SPI is pending all the time, and masked: no wait is long. */
static const uint32_t opening[][2] = {
	{ 0x104, 0x100 }, { 0x828, 0x01010101 }, { 0x204, 0x100 }, { 0x000, 1 }
};

#define LOADED 100u /* turns, after which all partitions run */

static void act_as_caller(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->phase++;

	if (at < ARRAY_SIZE(opening)) {
		rig_store(g, regs, GICD + opening[at][0], opening[at][1]);
		return;
	}
	if (at < LOADED) {
		write_tables();
		yield(g, regs);
		return;
	}
	if (at < LOADED + MAKING) {
		make_child(g, regs, at - LOADED);
		return;
	}
	switch ((at - LOADED - MAKING) % 4) {
	case 0:
		yield(g, regs);
		break;
	case 1:
		call_before(g, regs);
		break;
	case 2:
		if (call->before == 0x86000f20 && regs->r[0] == 1) {
			taken = regs->r[1];
		}
		next_call(g, regs);
		break;
	default:
		has_returned(regs);
		break;
	}
}

/* What PLUMB_RUN returns for. */
static void act_as_child(struct rig_guest *g, struct guest_regs *regs)
{
	switch (g->phase++ % 4) {
	case 0:
		rig_load(g, regs, 0x10000000);
		break;
	case 1:
		rig_store(g, regs, 0x10000004, 7);
		break;
	case 2:
		rig_wfi(g, regs);
		break;
	default:
		rig_hvc(g, regs, 0x84000003, 1, 0x80000000, 0);
		break;
	}
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->vm == caller && g->index == 0) {
		act_as_caller(g, regs);
	} else if (rig_is_kid(g)) {
		act_as_child(g, regs);
	} else if (g->vm == CRASHES) {
		rig_hvc(g, regs, 0x86000f08, 7, 0, 0);
	} else if (g->vm != CLIENT) {
		rig_wfi(g, regs);
	} else if (g->phase++ % 2) {
		rig_load(g, regs, WINDOW + 0x100);
	} else {
		rig_store(g, regs, WINDOW + 0x50, 1);
	}
}

static void begins(struct rig_guest *g)
{
	g->masked = true;
}

static const struct rig_program program = { .step = step, .begins = begins };

/* ---- two runs ---- */

static uint32_t run(uint32_t with, struct record *to)
{
	struct rig_result result;

	pattern = with;
	record = to;
	nr_records = taken = 0;
	result = rig_run_laid_down(1, NULL, 0, 0);
	if (result.failed) {
		printf("call 0x%x: %s\n", call->number, result.why);
	}
	CHECK(!result.failed);
	return nr_records;
}

static bool is_result(const struct record *of, uint32_t n)
{
	return n == 0 || ((call->results >> n & 1) && (int32_t)of->out[0] >= call->from);
}

/* In both: r0 and the other results are equal, what is no result is as it was. */
static bool is_clean(const struct record *one, const struct record *other)
{
	bool clean = one->out[0] == other->out[0];

	for (uint32_t n = 1; n < 4; n++) {
		clean = clean && (is_result(one, n) ? one->out[n] == other->out[n]
						    : one->out[n] == one->in[n] &&
							      other->out[n] == other->in[n]);
	}
	return clean;
}

static void show(const struct record *of)
{
	printf("0x%x (0x%x, 0x%x, 0x%x): 0x%x, 0x%x, 0x%x, 0x%x\n", of->in[0], of->in[1], of->in[2],
	       of->in[3], of->out[0], of->out[1], of->out[2], of->out[3]);
}

static void compare(void)
{
	uint32_t count = run(0x5a5a5a5a, records[0]);

	CHECK_EQ(run(0xc3b2a190, records[1]), count);
	CHECK(count >= (call->arguments ? 10 : 4));
	succeeded = 0;
	for (uint32_t n = 0; n < count; n++) {
		bool clean = is_clean(&records[0][n], &records[1][n]);

		CHECK(clean);
		if (!clean) {
			show(&records[0][n]);
			show(&records[1][n]);
			return;
		}
		succeeded += (int32_t)records[0][n].out[0] >= call->from;
	}
}

static void compare_all(uint32_t vm)
{
	bool none = false;

	rig_boot(system_of_calls, 1, true);
	rig_program = &program;
	rig_begin_run = NULL;
	caller = vm;
	for (uint32_t n = 0; n < ARRAY_SIZE(calls); n++) {
		call = &calls[n];
		compare();
		none = none || call->number == FIRST_OF_NONE;
		CHECK_EQ(succeeded != 0, !none && (call->any || vm == CALLER_A));
	}
}

static void with_rights(void)
{
	compare_all(CALLER_A);
}

static void without_rights(void)
{
	compare_all(CALLER_D);
}

static const struct test_case cases[] = {
	{ "with_rights", with_rights },
	{ "without_rights", without_rights },
};

TEST_MAIN("rig_results", cases)
