/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * While one CPU has the TLBs flushed for a VM that is destroyed, another makes calls about the same
 * slot. The flush waits for other CPUs, so that what the other one does may be long.
 */
#include "hyp/core/child.h"
#include "hyp/core/creator.h"
#include "hyp/core/settle.h"
#include "test/rig/rig_kids.h"
#include "test/unit/test.h"

#define EAGAIN	11
#define CREATE	0x86000001u
#define DESTROY 0x86000f02u
#define H	0x100u

static const char system_of_one[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe "
	"ff ff ea]; vms = <1>; vm-pool = <0x80000>; }; };\n";

static bool flushes; /* the other CPU's turn is this flush */
static bool made;    /* it has destroyed the VM, and made and ended the next in its slot */
static uint32_t flushed;

bool settle_is_needed(uint32_t midr)
{
	(void)midr;
	return true;
}

/* Of hyp/core/settle.c: other CPUs go on until they answer. */
void settle_others(void)
{
	struct vm *parent = rig_kids_parent();

	flushed++;
	if (!flushes) {
		return;
	}
	flushes = false;
	rig_demand(child_destroy(parent, H) == -EAGAIN, "another CPU is not told to call again");
	made = child_destroy(parent, H) == 0;
	if (made) {
		rig_demand(child_create(parent) == (int32_t)H, "the slot is free, and no VM made");
		rig_demand(child_destroy(parent, H) == -EAGAIN, "the next VM does not end");
		flushed = 0;
	}
}

/* CREATE, and DESTROY until it returns something else than -EAGAIN. */
static void step(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->at++;

	if (at == 0) {
		rig_hvc(g, regs, CREATE, 0, 0, 0);
		return;
	}
	if (at > 1 && (int32_t)g->result != -EAGAIN) {
		rig_demand((int32_t)g->result == 0, "it is not destroyed");
		rig_demand(flushed > 0, "a VM is freed that no TLB was flushed for");
		rig_demand(rig_kids_pool_is_whole(), "the pool is not whole");
		rig_done();
	}
	flushes = at == 2;
	rig_hvc(g, regs, DESTROY, H, 0, 0);
}

static void begins(struct rig_guest *g)
{
	g->masked = true;
}

static const struct rig_program program = { .step = step, .begins = begins };

static void begin_run(void)
{
	flushes = made = false;
	flushed = 0;
	rig_kids_keep();
}

static void next_in_slot(void)
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
	{ "next_in_slot", next_in_slot },
};

TEST_MAIN("rig_child_flush", cases)
