/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts for tests of the calls about VMs: a script is a list of calls and results, which a
 * partition in the world rig makes one after the other.
 */
#ifndef TEST_UNIT_CHILD_SCRIPT_H
#define TEST_UNIT_CHILD_SCRIPT_H

#include "hyp/base/bits.h"
#include "hyp/core/child_call.h"
#include "hyp/core/creator.h"
#include "hyp/core/route_call.h"
#include "test/rig/rig_kids.h"
#include "test/unit/test.h"

/* Linux's errno.h */
#define EPERM	1
#define ENOENT	2
#define ENXIO	6
#define E2BIG	7
#define ENOEXEC 8
#define EBADF	9
#define EAGAIN	11
#define ENOMEM	12
#define EFAULT	14
#define EBUSY	16
#define EEXIST	17
#define ENODEV	19
#define EINVAL	22

#define CREATE	   0x86000001u
#define DESTROY	   0x86000f02u
#define VCPU	   0x86000041u
#define MAP	   0x86000046u
#define UNMAP	   0x86000f46u
#define DIRTY	   0x86000042u
#define DEVICE	   0x860000e0u
#define SET_ATTR   0x860000e1u
#define GET_ATTR   0x860000e2u
#define INIT	   0x860000aeu
#define GET_REG	   0x860000abu
#define SET_REG	   0x860000acu
#define GET_MP	   0x86000098u
#define SET_MP	   0x86000099u
#define RUN	   0x86000080u
#define WAKE	   0x86000f80u
#define GET_EVENTS 0x8600009fu
#define SET_EVENTS 0x860000a0u
#define WATCH	   0x86000f76u
#define ENDED	   0x86000f77u
#define GSI	   0x86000f6au
#define ROUTES	   0x8600006au
#define LINE	   0x86000061u
#define STATE	   0x86000062u
#define MANY	   0x86000f61u
/* None of the calls: r1 an address of the caller's memory, r2 and r3 go there; the number of free
 * pages is kept; it is as it was; the pool is as boot has left it. */
#define POKE	   1u
#define KEEP	   2u
#define SAME	   3u
#define WHOLE	   4u
#define BUSY                                                                                \
	5u /* another CPU runs vCPU r1 of the first VM, and its GIC's registers are refused \
	    */
#define FAULT \
	6u /* vCPU r1 of the first VM has left by an access without memory. r2: its HSR, or 0 */
#define MARK	7u
#define CLEANED 8u /* so many pages since the last MARK: r1; each is less than a line */
#define BEGUN	9u /* another vCPU is in the middle of a table of GSIs for the first VM: its IRQs */
#define ENDS	10u /* that one goes on, and its call returns r1 */

#define RAM	0x40000000u
#define RAM_END 0x40020000u
#define AT	0x40010000u
#define H	0x100u /* the first one's handle */
#define V(n)	(H | (uint32_t)(n) << 16)
#define CPSR	0x00100010u, 0x40200000u
#define PC	0x0010000fu, 0x40200000u

struct line {
	uint32_t call, r[6];
	int32_t want;
	uint32_t more[2]; /* r1, r2, if `has` */
	bool has;
};

/* clang-format off */
#define DO(result, number, ...) { .call = (number), .r = { __VA_ARGS__ }, .want = (result) }
#define GIVES(result, r1, r2, number, ...) \
	{ .call = (number), .r = { __VA_ARGS__ }, .want = (result), .more = { (r1), (r2) }, .has = true }
/* clang-format on */

static const struct line *script;
static uint32_t nr_lines, caller, at_line, kept_free, marked;

#define PARTS                                                                                     \
	"compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe ff " \
	"ff ea]; "
#define HEAD "/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"

static const char system_of_two[] =
	HEAD "a { " PARTS "vms = <2>; vm-pool = <0x80000>; };\nb { " PARTS "}; };\n";

static uint32_t pages_left(void)
{
	return pages_free(&rig_kids_parent()->creator->pages);
}

static void poke(uint32_t ipa, uint32_t first, uint32_t second)
{
	uint32_t *to = (uint32_t *)(void *)rig_memory(caller, ipa);

	to[0] = first;
	to[1] = second;
}

static void demand_busy(struct child *child, uint32_t vcpu)
{
	struct mmio mmio = { .is_write = true };

	child->life.runs = (uint8_t)(1u << vcpu);
	for (uint32_t group = 1; group <= 7; group += group == 2 ? 5 : 1) {
		const struct guest_regs regs = { .r = { [2] = group, [6] = 2 } };

		rig_demand(child_gic_access(child, &regs, &mmio) == -EBUSY,
			   "a vCPU runs, and a register of the GIC is not refused");
	}
	child->life.runs = 0;
}

/* ROUTES of another vCPU, whose turns have 16 entries: GSI n is vCPU 0's IRQ without a GIC. */
#define OTHERS 20u

static struct vcpu other;
static struct guest_regs others;

static void begin_table(void)
{
	for (uint32_t n = 0; n < OTHERS; n++) {
		uint32_t *entry = (uint32_t *)(void *)rig_memory(caller, AT + 48 * n);

		memset(entry, 0, 48);
		entry[0] = n;
		entry[1] = 0x80000001;
	}
	other = (struct vcpu) { .vm = rig_kids_parent() };
	others = (struct guest_regs) { .r = { ROUTES, H, AT, OTHERS } };
	route_call_set(&other, &rig_kids_in(0)->vm, &others);
	rig_demand(other.lines_of && others.r[0] == ROUTES, "a table of 20 GSIs takes two turns");
}

static void end_table(uint32_t want)
{
	route_call_rest(&other, &others);
	rig_demand(!other.lines_of && others.r[0] == want,
		   "a table begun by another vCPU ends in another way");
}

/* What is no call. */
static void prepare(const struct line *line)
{
	switch (line->call) {
	case POKE:
		poke(line->r[0], line->r[1], line->r[2]);
		break;
	case MARK:
		marked = rig_lines_cleaned;
		break;
	case KEEP:
		kept_free = pages_left();
		break;
	case SAME:
		rig_demand(pages_left() == kept_free, "another number of pages is free");
		break;
	case BUSY:
		demand_busy(rig_kids_in(0), line->r[0]);
		break;
	case CLEANED:
		rig_demand(rig_lines_cleaned - marked == line->r[0],
			   "another number of pages is cleaned");
		break;
	case FAULT:
		rig_kids_in(0)->vcpu[line->r[0]].left =
			line->r[1] ? CHILD_LEFT_PLAIN : CHILD_LEFT_DATA;
		rig_kids_in(0)->vcpu[line->r[0]].hsr = line->r[1];
		break;
	case BEGUN:
		begin_table();
		break;
	case ENDS:
		end_table(line->r[0]);
		break;
	default:
		rig_demand(rig_kids_pool_is_whole(), "the pool is not whole");
		break;
	}
}

static void check(const struct rig_guest *g)
{
	const struct line *line = &script[at_line - 1];

	if ((int32_t)g->result != line->want ||
	    (line->has && (g->more[0] != line->more[0] || g->more[1] != line->more[1]))) {
		rig_fail("line %u: call 0x%x (0x%x, 0x%x, 0x%x) returns %d, 0x%x, 0x%x, not %d",
			 at_line - 1, line->call, line->r[0], line->r[1], line->r[2],
			 (int)g->result, g->more[0], g->more[1], line->want);
	}
}

static void next(struct rig_guest *g, struct guest_regs *regs)
{
	const struct line *line;

	while (at_line < nr_lines && script[at_line].call <= ENDS) {
		prepare(&script[at_line++]);
	}
	if (at_line == nr_lines) {
		rig_done();
	}
	line = &script[at_line++];
	g->at = 1;
	regs->r[4] = line->r[3];
	regs->r[5] = line->r[4];
	regs->r[6] = line->r[5];
	rig_hvc(g, regs, line->call, line->r[0], line->r[1], line->r[2]);
}

/* The guest was to wait, and the end of a slice came before. */
static bool is_interrupted(const struct rig_guest *g)
{
	const struct line *line = &script[at_line - 1];

	return line->call == RUN && line->want == 3 && g->result == 1;
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->vm != caller) {
		rig_wfi(g, regs);
		return;
	}
	if (g->at && is_interrupted(g)) {
		at_line--;
	} else if (g->at) {
		check(g);
	}
	next(g, regs);
}

static void begins(struct rig_guest *g)
{
	g->masked = true;
}

static const struct rig_program program = { .step = step, .begins = begins };

static void begin_run(void)
{
	at_line = 0;
	rig_kids_keep();
}

static void follow(const char *manifest, uint32_t vm, const struct line *lines, uint32_t count)
{
	struct rig_result result;

	rig_boot(manifest, 1, true);
	rig_program = &program;
	rig_begin_run = begin_run;
	script = lines;
	nr_lines = count;
	caller = vm;
	result = rig_run_laid_down(1, NULL, 0, 0);
	CHECK(!result.failed);
	if (result.failed) {
		printf("%s\n", result.why);
	}
}

#define FOLLOW(manifest, vm, lines) follow(manifest, vm, lines, ARRAY_SIZE(lines))

#endif
