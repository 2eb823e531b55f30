/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Faults of a VM's guest in its stage 2 that are no plain load or store: cache maintenance of a
 * page with a log, and of a hole; walks of its own tables (ARM ARM B3.13.6, B3.13.7).
 */
#include "hyp/core/child.h"
#include "test/rig/rig_kids.h"
#include "test/unit/test.h"

#define CREATE 0x86000001u
#define VCPU   0x86000041u
#define MAP    0x86000046u
#define INIT   0x860000aeu
#define RUN    0x86000080u
#define H      0x100u

/* HSR of a data abort (B3.13.6), without a valid syndrome of the instruction. */
#define ABORT	    0x92000000u
#define CM	    0x100u
#define S1PTW	    0x080u
#define WRITES	    0x040u
#define TRANSLATION 0x07u
#define PERMISSION  0x0fu

#define LOGGED 0x80000000u /* a page of the VM */
#define HOLE   0x90000000u

static const char system_of_one[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe "
	"ff ff ea]; vms = <1>; vm-pool = <0x80000>; }; };\n";

static uint32_t faults; /* the creator has seen */
static uint32_t pc;	/* of the guest's last */

static void fault(struct rig_guest *g, struct guest_regs *regs, uint32_t hsr, uint32_t at)
{
	rig_this()->reg[FAKE_HDFAR] = at + 0x24;
	rig_this()->reg[FAKE_HPFAR] = at >> 12 << 4;
	pc = regs->pc;
	rig_trap(g, regs, ABORT | hsr);
}

static void guest(struct rig_guest *g, struct guest_regs *regs)
{
	switch (g->at++) {
	case 0:
		rig_demand(!rig_kids_maps(g, LOGGED, true), "a page with a log is writable");
		fault(g, regs, CM | WRITES | PERMISSION, LOGGED);
		break;
	case 1:
		rig_demand(regs->pc == pc, "cache maintenance is not repeated");
		rig_demand(rig_kids_maps(g, LOGGED, true), "cache maintenance faults for ever");
		fault(g, regs, CM | WRITES | TRANSLATION, HOLE);
		break;
	case 2:
		rig_demand(regs->pc == pc + 4, "cache maintenance of nothing goes on");
		fault(g, regs, S1PTW | TRANSLATION, LOGGED);
		break;
	case 3:
		rig_demand(regs->pc == pc, "a walk that finds memory by now is not repeated");
		rig_demand(faults == 0, "its creator was asked");
		fault(g, regs, S1PTW | PERMISSION, LOGGED);
		break;
	case 4:
		rig_demand(regs->pc == pc && faults == 1, "a walk in registers is repeated");
		fault(g, regs, S1PTW | TRANSLATION, HOLE);
		break;
	default:
		rig_demand(regs->pc == 0x10 && faults == 2, "a walk without memory is no abort");
		rig_wfi(g, regs);
		break;
	}
}

static void runs(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t action = 0;

	if (regs->r[0] == 7) {
		rig_demand(regs->r[1] == (faults ? HOLE : LOGGED) + 0x24, "a fault is elsewhere");
		rig_demand(regs->r[2] == 0 && regs->r[3] == 0, "a walk writes, or fetches");
		action = ++faults; /* again; an abort */
	} else if (regs->r[0] == 3) {
		rig_demand(faults == 2, "a fault was not told");
		rig_done();
	}
	rig_hvc(g, regs, RUN, H, 0, action);
}

static void creator(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint32_t making[][4] = {
		{ CREATE }, { VCPU, H, 0 }, { INIT, H, 0, 2 }, { MAP, H, LOGGED >> 12, 0x40010000 }
	};
	uint32_t *list = (uint32_t *)(void *)rig_memory(0, 0x40010000);

	if (g->at >= ARRAY_SIZE(making)) {
		runs(g, regs);
		return;
	}
	list[0] = 0x40018;
	list[1] = 1;
	regs->r[4] = 1;
	regs->r[5] = 2; /* with a log */
	rig_hvc(g, regs, making[g->at][0], making[g->at][1], making[g->at][2], making[g->at][3]);
	g->at++;
}

static void step(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_is_kid(g)) {
		guest(g, regs);
	} else {
		creator(g, regs);
	}
}

static void begins(struct rig_guest *g)
{
	g->masked = true;
}

static const struct rig_program program = { .step = step, .begins = begins, .unmarked = true };

static void begin_run(void)
{
	faults = 0;
	rig_kids_keep();
}

static void told_and_repeated(void)
{
	struct rig_result result;

	rig_boot(system_of_one, 1, true);
	rig_program = &program;
	rig_begin_run = begin_run;
	result = rig_run_laid_down(1, NULL, 0, 0);
	CHECK(!result.failed);
	if (result.failed) {
		printf("%s\n", result.why);
	}
}

static const struct test_case cases[] = {
	{ "told_and_repeated", told_and_repeated },
};

TEST_MAIN("rig_child_faults", cases)
