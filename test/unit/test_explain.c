/* SPDX-License-Identifier: BSD-2-Clause */
/* CPSR is typed from the ARM ARM (DDI 0406C) B1.3.3, hints from A8.8.424 and A8.8.425. */
#include "hyp/text/explain.h"
#include "test/unit/test.h"

#define SVC	   0x13u
#define MASK_I	   0x80u
#define MASK_F	   0x40u
#define NOT_AT_ALL 0xffffu

static struct explain_vcpu vcpu;
static char line[EXPLAIN_TEXT];

/* On CPU 1, in SVC mode, all open; nothing pends, nothing is enabled. */
static void start(void)
{
	vcpu = (struct explain_vcpu) {
		.name = "linux",
		.index = 2,
		.alone = true,
		.where = EXPLAIN_ON_CPU,
		.cpu = 1,
		.pc = 0xc0101234,
		.cpsr = SVC,
		.vectors = 0xffff0000,
		.has_gic = true,
		.view = { .intid = NOT_AT_ALL, .active = NOT_AT_ALL, .open_other = NOT_AT_ALL },
	};
}

static void check_line(uint32_t n, const char *want)
{
	size_t length = explain_line(&vcpu, n, line, sizeof(line));

	CHECK_EQ(length, strlen(want));
	if (length && strcmp(line, want) != 0) {
		printf("got: %s\nwant: %s\n", line, want);
		CHECK(false);
	}
}

#define PRE "state: linux vcpu 2: "

static void run_where(void)
{
	start();
	check_line(0, PRE "runs on CPU 1, pc 0xc0101234, svc mode, IRQ open, FIQ open");
	vcpu.cpsr = 0x10u | MASK_I | 0x20u;
	check_line(0, PRE "runs on CPU 1, pc 0xc0101234 (Thumb), user mode, IRQ masked, FIQ open");
	vcpu.insn = EXPLAIN_WFI;
	vcpu.cpsr = 0x17u | MASK_F;
	check_line(0, PRE "waits in WFI on CPU 1, pc 0xc0101234, abort mode, IRQ open, FIQ masked");
	vcpu.where = EXPLAIN_WAITS;
	vcpu.cpsr = 0x1fu;
	check_line(0, PRE "waits in WFI, pc 0xc0101234, system mode, IRQ open, FIQ open");
	vcpu.where = EXPLAIN_READY;
	vcpu.cpsr = 0x12u;
	check_line(0, PRE "ready, waits for a CPU, pc 0xc0101234, irq mode, IRQ open, FIQ open");
	vcpu.where = EXPLAIN_START;
	check_line(0, PRE "about to start at pc 0xc0101234");
	check_line(1, "");
	vcpu.where = EXPLAIN_OFF;
	check_line(0, PRE "off (PSCI)");
	check_line(1, "");
	check_line(3, "");
	vcpu.where = EXPLAIN_MUTE;
	check_line(0, PRE "on CPU 1, which does not respond: is the monitor stuck?");
	check_line(1, "");
}

static void check_hold(enum vgic_hold hold, const char *why)
{
	char want[EXPLAIN_TEXT];

	vcpu.view.hold = hold;
	vcpu.view.intid = 40;
	snprintf(want, sizeof(want),
		 PRE "interrupt 40 pending, %s; timers: virtual off, physical off", why);
	check_line(1, want);
}

static void run_pending(void)
{
	start();
	check_line(1, PRE "no interrupt pending; timers: virtual off, physical off");
	vcpu.view.active = 33;
	check_line(1, PRE "no interrupt pending; 33 active; timers: virtual off, physical off");
	vcpu.view.active = NOT_AT_ALL;
	check_hold(VGIC_HOLD_NONE, "is about to be taken");
	check_hold(VGIC_HOLD_DISABLED, "is not enabled (GICD_ISENABLER)");
	check_hold(VGIC_HOLD_GROUP, "is held by GICD_CTLR: its group is off");
	check_hold(VGIC_HOLD_TARGETS, "has no target (GICD_ITARGETSR)");
	check_hold(VGIC_HOLD_INTERFACE, "is held by GICC_CTLR: its group is off");
	check_hold(VGIC_HOLD_PMR, "is held by GICC_PMR");
	check_hold(VGIC_HOLD_ACTIVE, "waits for the end of an active one");
	vcpu.cpsr |= MASK_I;
	check_hold(VGIC_HOLD_NONE, "is masked by CPSR.I");
	vcpu.view.fiq = true;
	check_hold(VGIC_HOLD_NONE, "is about to be taken");
	vcpu.cpsr |= MASK_F;
	check_hold(VGIC_HOLD_NONE, "is masked by CPSR.F");
	vcpu.has_gic = false;
	vcpu.irq_line = true;
	check_line(1, PRE "no GIC; IRQ line high, FIQ line low");
}

static void run_timers_and_exits(void)
{
	start();
	vcpu.timer[0] = (struct explain_timer) { true, 12 };
	vcpu.timer[1] = (struct explain_timer) { true, -3 };
	check_line(1, PRE "no interrupt pending; timers: virtual due in 12 ms, "
			  "physical overdue by 3 ms");
	for (uint32_t n = 0; n < PLUMB_STAT_COUNT; n++) {
		vcpu.stats[n] = 0xffffffff00000000u + n;
	}
	CHECK(explain_line(&vcpu, 2, line, sizeof(line)) < sizeof(line));
	for (uint32_t n = 0; n < PLUMB_STAT_COUNT; n++) {
		vcpu.stats[n] = 100 + n;
	}
	check_line(2, PRE "exits: hvc 101 mmio 102 cp15 103 wfi 104 irq 105 abort 106 other 107");
	CHECK_EQ(explain_line(&vcpu, 4, line, sizeof(line)), 0);
	CHECK_EQ(explain_line(&vcpu, 0xffffffffu, line, sizeof(line)), 0);
}

/* Only what is certain is said; "" is nothing. */
static void check_why(const char *why)
{
	char want[EXPLAIN_TEXT] = "";

	if (*why) {
		snprintf(want, sizeof(want), PRE "it %s", why);
	}
	check_line(3, want);
}

static void run_asleep(void)
{
	start();
	vcpu.insn = EXPLAIN_WFI;
	vcpu.cpsr |= MASK_I;
	check_why("waits in WFI with no interrupt enabled: nothing can wake it");
	vcpu.view.open_sgi = true; /* from nobody */
	check_why("waits in WFI with no interrupt enabled: nothing can wake it");
	vcpu.alone = false;
	check_why("waits in WFI: only an SGI of another of its vCPUs can wake it");
	vcpu.alone = true;
	vcpu.view.open_timer[1] = true;
	vcpu.timer[0].armed = true; /* the other one */
	check_why("waits in WFI with a timer's interrupt enabled, but no timer armed: nothing can "
		  "wake it");
	vcpu.timer[1].armed = true;
	check_why("");
	vcpu.timer[1].armed = false;
	vcpu.view.open_other = 40;
	check_why("");
	vcpu.view.open_other = NOT_AT_ALL;
	vcpu.view.hold = VGIC_HOLD_NONE;
	check_why("");
	vcpu.view.hold = VGIC_HOLD_PMR;
	vcpu.view.open_timer[1] = false;
	check_why("waits in WFI with no interrupt enabled: nothing can wake it");
	vcpu.has_gic = false;
	check_why("waits in WFI for a CPU line, which another partition raises");
}

static void run_awake(void)
{
	start();
	check_why("");
	vcpu.cpsr |= MASK_I;
	check_why("runs with interrupts masked: it may loop there");
	vcpu.where = EXPLAIN_READY; /* masked for a moment, as it lost its CPU: who knows */
	check_why("");
	vcpu.where = EXPLAIN_ON_CPU;
	vcpu.insn = EXPLAIN_WFE;
	check_why("waits in WFE, and has no other vCPU to send an event");
	vcpu.alone = false;
	check_why("waits in WFE: for a lock, or another of its vCPUs");
	vcpu.loops = true;
	check_why("loops in aborts at this pc");
	vcpu.where = EXPLAIN_OFF;
	check_why("");
}

/* ARM ARM B1.8.1: undefined 0x04, prefetch abort 0x0c, data abort 0x10. */
static void run_vectors(void)
{
	static const struct {
		uint32_t mode, offset;
		bool stands;
	} rows[] = { { 0x1b, 0x04, true },  { 0x17, 0x0c, true },  { 0x17, 0x10, true },
		     { 0x17, 0x04, false }, { 0x1b, 0x0c, false }, { 0x13, 0x04, false },
		     { 0x17, 0x14, false } };

	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		start();
		vcpu.cpsr = rows[n].mode;
		vcpu.vectors = 0x40300000;
		vcpu.pc = 0x40300000 + rows[n].offset;
		check_why(rows[n].stands ? "is at its own exception vector: it aborts forever "
					   "if it cannot execute there"
					 : "");
	}
}

static void run_instructions(void)
{
	CHECK_EQ(explain_instruction(0xe320f003, false, true), EXPLAIN_WFI);
	CHECK_EQ(explain_instruction(0x0320f003, false, true), EXPLAIN_WFI); /* wfieq */
	CHECK_EQ(explain_instruction(0xe320f002, false, true), EXPLAIN_WFE);
	CHECK_EQ(explain_instruction(0xe320f001, false, true), EXPLAIN_OTHER); /* yield */
	CHECK_EQ(explain_instruction(0xe320f004, false, true), EXPLAIN_OTHER); /* sev */
	CHECK_EQ(explain_instruction(0xf320f003, false, true), EXPLAIN_OTHER);
	CHECK_EQ(explain_instruction(0xe320f0f3, false, true), EXPLAIN_OTHER); /* dbg #3 */
	CHECK_EQ(explain_instruction(0xbf30, true, false), EXPLAIN_WFI);
	CHECK_EQ(explain_instruction(0xbf20, true, false), EXPLAIN_WFE);
	CHECK_EQ(explain_instruction(0xbf38, true, false), EXPLAIN_OTHER); /* it cc */
	CHECK_EQ(explain_instruction(0xbf10, true, false), EXPLAIN_OTHER);
	CHECK_EQ(explain_instruction(0xf3af8003, true, true), EXPLAIN_WFI);
	CHECK_EQ(explain_instruction(0xf3af8002, true, true), EXPLAIN_WFE);
	CHECK_EQ(explain_instruction(0xe320f003, true, true), EXPLAIN_OTHER);
	CHECK_EQ(explain_instruction(0xbf30, false, true), EXPLAIN_OTHER);
}

static void run_milliseconds(void)
{
	CHECK_EQ(explain_milliseconds(62500000, 0, 62500000), 1000);
	CHECK_EQ((uint32_t)explain_milliseconds(0, 62500000, 62500000), (uint32_t)-1000);
	CHECK_EQ(explain_milliseconds(5, 5, 62500000), 0);
	CHECK_EQ(explain_milliseconds(UINT64_MAX, 0, 62500000), 999999);
	CHECK_EQ((uint32_t)explain_milliseconds(0, UINT64_MAX, 62500000), (uint32_t)-999999);
	CHECK_EQ(explain_milliseconds(100, 0, 0), 999999);
}

static const struct test_case cases[] = {
	{ "where", run_where },
	{ "pending", run_pending },
	{ "timers_and_exits", run_timers_and_exits },
	{ "asleep", run_asleep },
	{ "awake", run_awake },
	{ "vectors", run_vectors },
	{ "instructions", run_instructions },
	{ "milliseconds", run_milliseconds },
};

TEST_MAIN("explain", cases)
