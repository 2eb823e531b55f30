/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * While one CPU has the TLBs flushed for a VM that is destroyed, another makes calls about the same
 * slot: the flush waits for other CPUs, so that what the other one does may be long. And a CPU
 * leaves a VM, while another destroys it: the tables are not free while a CPU may walk them. And
 * pages are unmapped while others are mapped.
 */
#include "hyp/core/child.h"
#include "hyp/core/creator.h"
#include "hyp/core/settle.h"
#include "test/rig/rig_kids.h"
#include "test/rig/rig_search.h"
#include "test/unit/test.h"

#define EAGAIN	11
#define CREATE	0x86000001u
#define VCPU	0x86000041u
#define MAP	0x86000046u
#define INIT	0x860000aeu
#define RUN	0x86000080u
#define CPU_ON	0x84000003u
#define DESTROY 0x86000f02u
#define UNMAP	0x86000f46u
#define DEVICE	0x860000e0u
#define ATTR	0x860000e1u
#define H	0x100u

static const char system_of_one[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe "
	"ff ff ea]; vms = <1>; vm-pool = <0x80000>; }; };\n";

static bool flushes; /* the other CPU's turn is this flush */
static bool made;    /* it has destroyed the VM, and made and ended the next in its slot */
static uint32_t flushed;
static uint32_t asked; /* CPUs but the one that flushes */
static bool mapped;
static uint64_t *root; /* of the VM, which maps something; NULL: of none */

bool settle_is_needed(uint32_t midr)
{
	(void)midr;
	return true;
}

static uint32_t unmaps; /* in so many flushes that come, another CPU removes one more page */
static void remove_page(void);

/* A CPU that has the VM's tables, or a vCPU of it, is among them. */
static void demand_all_asked(uint32_t which)
{
	const struct child *child = rig_kids_in(0);

	for (uint32_t n = 0; n < rig_nr_cpus; n++) {
		bool has = rig_kids_slot(rig.cpu[n].reg[FAKE_VTTBR] >> 48 & 0xff) == 0;

		rig_demand(!has || which >> n & 1, "a CPU has the tables, and is not asked");
		rig_demand(!cpus[n].loaded || cpus[n].loaded->vm != &child->vm || which >> n & 1,
			   "a CPU has a vCPU, and is not asked");
		asked += n != rig_self && (which >> n & 1);
	}
}

/* Of hyp/core/settle.c: other CPUs go on until they answer. */
void settle_others(uint32_t which)
{
	struct vm *parent = rig_kids_parent();

	demand_all_asked(which);

	flushed++;
	if (unmaps) {
		unmaps--;
		remove_page();
	}
	rig_demand(!root || !(root[0] | root[1] | root[2] | root[3]),
		   "a walk behind the flush finds memory");
	if (!flushes) {
		return;
	}
	flushes = false;
	rig_demand(child_destroy(parent, H) == -EAGAIN, "another CPU is not told to call again");
	made = child_destroy(parent, H) == 0;
	if (made) {
		rig_demand(child_create(parent, false) == (int32_t)H,
			   "the slot is free, and no VM made");
		rig_demand(child_destroy(parent, H) == -EAGAIN, "the next VM does not end");
		flushed = 0;
	}
}

/* PLUMB_MAP of one run of pages, which lies at `at`. */
static void maps_a_run(struct rig_guest *g, struct guest_regs *regs, uint32_t page, uint32_t at,
		       uint32_t pfn, uint32_t pages)
{
	uint32_t *runs = (uint32_t *)(void *)rig_memory(0, at);

	runs[0] = pfn;
	runs[1] = pages;
	regs->r[4] = 1;
	regs->r[5] = 0;
	rig_hvc(g, regs, MAP, H, page, at);
}

/* One page, at the end of its addresses. */
static void map(struct rig_guest *g, struct guest_regs *regs)
{
	root = rig_kids_in(0)->grow.tables.tables.root;
	maps_a_run(g, regs, 0xfffff, 0x40010000, 0x40018, 1);
}

/* CREATE, MAP, and DESTROY until it returns something else than -EAGAIN. */
static void step(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->at++;

	if (at == 0) {
		rig_hvc(g, regs, CREATE, 0, 0, 0);
		return;
	}
	if (at == 1) {
		map(g, regs);
		return;
	}
	if (at == 2) {
		rig_demand(g->result == 1 && root[3], "nothing is mapped");
	} else if ((int32_t)g->result != -EAGAIN) {
		rig_demand((int32_t)g->result == 0, "it is not destroyed");
		rig_demand(flushed > 0, "a VM is freed that no TLB was flushed for");
		rig_demand(rig_kids_pool_is_whole(), "the pool is not whole");
		rig_done();
	}
	flushes = at == 3;
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
	root = NULL;
	unmaps = 0;
	rig_kids_keep();
}

/* A run on one CPU. */
static void once(const struct rig_program *of)
{
	rig_boot(system_of_one, 1, true);
	rig_program = of;
	rig_begin_run = begin_run;
	CHECK(rig_search_laid_down(1, NULL, 0, 0, rig_search_failed, NULL));
}

/* Runs on two CPUs: at each point from *from on, which a run sets, the other one goes on. Returns
 * the number of these points. */
static uint32_t at_each_point(const char *manifest, const struct rig_program *of,
			      void (*begin)(void), const uint32_t *from)
{
	uint32_t first, points;

	rig_boot(manifest, 2, true);
	rig_program = of;
	rig_begin_run = begin;
	CHECK(rig_search_laid_down(1, NULL, 0, ~0u, rig_search_failed, &points));
	first = *from;
	CHECK(first && points > first);
	for (uint32_t at = first; at < points && !test_failures; at++) {
		struct rig_preempt there = { at, 1 };

		CHECK(rig_search_laid_down(1, &there, 1, ~0u, rig_search_failed, NULL));
	}
	return points - first;
}

static void next_in_slot(void)
{
	once(&program);
}

/* ---- pages are unmapped meanwhile ---- */

static void remove_page(void)
{
	struct grow *grow = &rig_kids_in(0)->grow;

	rig_demand(stage2_remove(&grow->tables, ipa_make(0xffff0000 + unmaps * 4096), 1) == 1,
		   "a page is not removed");
}

static void step_of_map(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->at++;

	if (at == 0) {
		rig_hvc(g, regs, CREATE, 0, 0, 0);
		return;
	}
	rig_demand(at == 1 || g->result == (at == 2 ? 8 : 1), "pages are not mapped");
	if (at == 3) {
		rig_demand(unmaps == 0, "nobody was met");
		rig_done();
	}
	if (at == 2) {
		unmaps = 3;
		remove_page();
	}
	maps_a_run(g, regs, at == 1 ? 0xffff0 : 0x80000, 0x40010000, 0x40018, at == 1 ? 8 : 1);
}

static const struct rig_program program_of_map = { .step = step_of_map, .begins = begins };

static void maps_meanwhile(void)
{
	once(&program_of_map);
}

/* The first run maps its GIC: if others unmap all the while, it is tried again by the next call. */
static void step_of_first_run(struct rig_guest *g, struct guest_regs *regs)
{
	static const uint32_t making[][4] = {
		{ CREATE },	  { VCPU, H, 0 },    { INIT, H, 0, 2 },
		{ DEVICE, H, 5 }, { ATTR, H, 0, 0 }, { ATTR, H, 0, 1 },
	};
	uint32_t at = g->at++;

	if (rig_is_kid(g)) {
		rig_wfi(g, regs);
	} else if (at < ARRAY_SIZE(making)) {
		regs->r[4] = 0x08000000 + 0x10000 * making[at][3];
		regs->r[5] = 0;
		rig_hvc(g, regs, making[at][0], making[at][1], making[at][2], making[at][3]);
	} else if (at == ARRAY_SIZE(making)) {
		maps_a_run(g, regs, 0xffff0, 0x40010000, 0x40018, 8);
	} else if (at == ARRAY_SIZE(making) + 1) {
		rig_demand(g->result == 8, "pages are not mapped");
		unmaps = 1;
		remove_page();
		rig_hvc(g, regs, RUN, H, 0, 0);
	} else {
		rig_demand(at > ARRAY_SIZE(making) + 2 ||
				   (g->result == 1 && unmaps == 0 && !rig_kids_in(0)->placed),
			   "the first run does not say that it is to be called again");
		rig_demand(g->result == 1 || g->result == 3, "it does not run");
		if (g->result == 3) {
			rig_demand(rig_kids_in(0)->placed, "it runs without its GIC");
			rig_done();
		}
		rig_hvc(g, regs, RUN, H, 0, 0);
	}
}

static const struct rig_program program_of_first_run = { .step = step_of_first_run,
							 .begins = begins };

static void runs_meanwhile(void)
{
	once(&program_of_first_run);
}

/* ---- a CPU leaves it ---- */

static const char system_of_two[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x20000>; no-dtb; kernel = [fe "
	"ff ff ea]; vcpus = <2>; vms = <1>; vm-pool = <0x80000>; }; };\n";

static const uint32_t making[][4] = {
	{ CPU_ON, 1, 0x40010000 }, { CREATE }, { VCPU, H, 0 }, { INIT, H, 0, 2 }, { RUN, H },
};
static uint32_t runs_from, freed; /* the point from which on it runs; all runs in which it was freed
				   */

static void makes(struct rig_guest *g, struct guest_regs *regs)
{
	uint32_t at = g->at++;

	if (at >= ARRAY_SIZE(making)) {
		rig_done();
	}
	if (making[at][0] == RUN) {
		runs_from = rig_points();
	}
	rig_hvc(g, regs, making[at][0], making[at][1], making[at][2], making[at][3]);
}

static void destroys(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->at && g->result == 0) {
		freed++;
		for (uint32_t n = 0; n < rig_nr_cpus; n++) {
			rig_demand(rig_kids_slot(rig.cpu[n].reg[FAKE_VTTBR] >> 48 & 0xff) != 0,
				   "a VM is freed, and its tables are still a CPU's");
		}
		rig_done();
	}
	if (g->at == 5 || (g->at && (int32_t)g->result != -EAGAIN)) {
		rig_done();
	}
	g->at++;
	rig_hvc(g, regs, DESTROY, H, 0, 0);
}

static void step_of_two(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_is_kid(g)) {
		rig_wfi(g, regs);
	} else if (g->index == 0) {
		makes(g, regs);
	} else if (runs_from) {
		destroys(g, regs);
	} else {
		rig_wfi(g, regs);
	}
}

static const struct rig_program program_of_two = { .step = step_of_two, .begins = begins };

static void begin_run_of_two(void)
{
	begin_run();
	runs_from = 0;
}

/* While a run returns by a WFI. */
static void other_leaves(void)
{
	uint32_t points =
		at_each_point(system_of_two, &program_of_two, begin_run_of_two, &runs_from);

	CHECK(freed > 0);
	printf("%u points, freed in %u\n", points, freed);
}

/* ---- a CPU unmaps while another runs it ---- */

static uint32_t unmapped_beside; /* all runs in which the other one had the tables then */

static void makes_mapped(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->at == 2 && !mapped) {
		mapped = true;
		map(g, regs);
		root = NULL; /* for walks behind a flush at the end */
		return;
	}
	makes(g, regs);
}

static void unmaps_once(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->at++) {
		rig_demand(g->result == 1, "a page is not unmapped");
		unmapped_beside += asked;
		rig_done();
	}
	rig_hvc(g, regs, UNMAP, H, 0xfffff, 1);
}

static void step_of_unmap(struct rig_guest *g, struct guest_regs *regs)
{
	if (rig_is_kid(g)) {
		rig_wfi(g, regs);
	} else if (g->index == 0) {
		makes_mapped(g, regs);
	} else if (runs_from) {
		unmaps_once(g, regs);
	} else {
		rig_wfi(g, regs);
	}
}

static const struct rig_program program_of_unmap = { .step = step_of_unmap, .begins = begins };

static void begin_run_of_unmap(void)
{
	begin_run_of_two();
	mapped = false;
	asked = 0;
}

/* Before, while and after the guest has the CPU. */
static void other_unmaps(void)
{
	uint32_t points;

	unmapped_beside = 0;
	points = at_each_point(system_of_two, &program_of_unmap, begin_run_of_unmap, &runs_from);
	CHECK(unmapped_beside > 0 && unmapped_beside < points);
	printf("%u points, asked in %u\n", points, unmapped_beside);
}

/* ---- a page of a block is unmapped, while another CPU needs tables ---- */

static const char system_of_blocks[] =
	"/dts-v1/; / { compatible = \"plumbline,system-1\"; time-slice-us = <400>;\n"
	"a { compatible = \"plumbline,partition\"; memory-size = <0x400000>; no-dtb; kernel = [fe "
	"ff ff ea]; vcpus = <2>; vms = <1>; vm-pool = <0x80000>; }; };\n";

static uint32_t unmaps_from;

static void divides(struct rig_guest *g, struct guest_regs *regs)
{
	struct stage2_found found;

	switch (g->at++) {
	case 0:
		rig_hvc(g, regs, CPU_ON, 1, 0x40010000, 0);
		return;
	case 1:
		rig_hvc(g, regs, CREATE, 0, 0, 0);
		return;
	case 2:
		maps_a_run(g, regs, 0x80000, 0x40010000, 0x40200, 0x200);
		return;
	case 3:
		unmaps_from = rig_points();
		rig_hvc(g, regs, UNMAP, H, 0x80013, 1);
		return;
	default:
		rig_demand(g->result == 1, "a page is not unmapped");
		rig_demand(grow_find(&rig_kids_in(0)->grow, ipa_make(0x80012000), &found) ==
				   STAGE2_DONE,
			   "the rest of a block went, though the pool has pages");
		rig_done();
	}
}

static void step_of_blocks(struct rig_guest *g, struct guest_regs *regs)
{
	if (g->index == 0) {
		divides(g, regs);
	} else if (unmaps_from && g->at < 3) {
		maps_a_run(g, regs, 0x40000 * g->at + 0x1000, 0x40011000, 0x40018, 1);
		g->at++;
	} else {
		rig_wfi(g, regs);
	}
}

static const struct rig_program program_of_blocks = { .step = step_of_blocks, .begins = begins };

static void begin_run_of_blocks(void)
{
	begin_run();
	unmaps_from = 0;
}

static void other_maps(void)
{
	(void)at_each_point(system_of_blocks, &program_of_blocks, begin_run_of_blocks,
			    &unmaps_from);
}

static const struct test_case cases[] = {
	{ "next_in_slot", next_in_slot },     { "maps_meanwhile", maps_meanwhile },
	{ "runs_meanwhile", runs_meanwhile }, { "other_leaves", other_leaves },
	{ "other_unmaps", other_unmaps },     { "other_maps", other_maps },
};

TEST_MAIN("rig_child_flush", cases)
