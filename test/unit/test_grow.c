/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/core/grow.c, settle.c and mem_clean: which maintenance surrounds a change of stage 2, in
 * which order (ARM ARM B3.10.1, B2.2.9; Cortex-A15 erratum 798181). QEMU's caches and TLBs show
 * none of it.
 */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/grow.h"
#include "hyp/core/halt.h"
#include "hyp/core/mem.h"
#include "hyp/core/settle.h"
#include "hyp/core/trace.h"
#include "hyp/core/vm.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/mmu.h"

#define POOL	7u /* page 0 is nobody's table, page 7 is given later */
#define ROOT	4u
#define TABLES	5u
#define POOL_PA UINT64_C(0x88000000)
#define PA	UINT64_C(0x90000000)
#define A15	0x412fc0f1u /* r2p1 */
#define A7	0x410fc075u
#define LOADED	(UINT64_C(3) << 48 | 0x1000) /* another VM's VTTBR */

volatile bool halt_wanted;

static struct grow grow;
static struct vm guest;
static uint32_t running; /* CPUs that run it */
static struct stage2_pool_page page[POOL + 1];
static uint64_t tables[POOL + 1][512] __attribute__((aligned(4096)));
static uint8_t memory[0x4000] __attribute__((aligned(4096)));
static uint64_t window_pa[4];
static uint32_t windows;
static uint32_t cleaned;

/* ---- what is around it ---- */

void *mmu_window(uint32_t c, pa_t pa)
{
	CHECK_EQ(c, cpu_this()->index);
	window_pa[windows++ % 4] = pa.pa;
	hw_log_event("window");
	return memory;
}

void mmu_window_close(uint32_t c)
{
	(void)c;
	hw_log_event("close");
}

bool vm_owns(const struct vm *vm, ipa_t ipa, uint32_t size, pa_t *pa)
{
	(void)vm;
	(void)size;
	*pa = pa_make(ipa.ipa);
	return true;
}

bool vm_owns_pa(const struct vm *vm, pa_t pa, uint32_t size)
{
	(void)vm;
	(void)pa;
	return size != 0;
}

bool world_translate(uint32_t va, bool user, pa_t *pa)
{
	(void)user;
	*pa = pa_make(va);
	return true;
}

uint32_t vm_child_cpus(struct vm *child)
{
	CHECK(child == &guest);
	hw_log_event("who runs it");
	return running;
}

static uint32_t kicked;

void gic_kick(uint32_t mask)
{
	hw_log_event("kick");
	kicked |= mask;
}

void trace_kick(struct cpu *cpu, uint32_t target)
{
	(void)cpu;
	CHECK(target == UINT32_MAX); /* no CPU is traced */
}

/* The other CPUs answer some time after they were kicked: at a yield of this one. */
static bool silent;

static void others_answer(const struct hw_event *event)
{
	static uint32_t patience;

	if (event->kind != 'e' || strcmp(event->name, "hw_yield")) {
		return;
	}
	for (uint32_t n = 1; n < 4 && !silent; n++) {
		if (cpus[n].settle && ++patience % 3 == 0) {
			CHECK(cpus[n].resched);
			cpus[n].settle = false;
			return;
		}
	}
}

static void boot(uint32_t midr)
{
	struct stage2_pool pool = { (uint8_t *)tables, pa_make(POOL_PA), POOL + 1, 0 };

	one_reset();
	memset(tables, 0xa5, sizeof(tables));
	memset(cpus, 0, sizeof(cpus));
	memset(&grow, 0, sizeof(grow));
	for (uint32_t n = 0; n < BOARD_MAX_CPUS; n++) {
		cpus[n].index = (uint8_t)n;
		cpus[n].kick = 1u << n;
	}
	facts_board.nr_cpus = 4;
	hw_log_sample = NULL;
	hw_log_effect = others_answer;
	silent = false;
	halt_wanted = false;
	*hw_log_register("HTPIDR") = (uintptr_t)&cpus[0];
	*hw_log_register("CTR") = 0x84448004; /* 64-byte lines */
	*hw_log_register("MIDR") = midr;
	*hw_log_register("VTTBR") = LOADED;
	running = 0xf;
	grow_init(&grow, &guest, &pool, page, ROOT, 77);
	for (uint32_t n = 1; n < POOL; n++) {
		if (n != ROOT) {
			grow_give(&grow, n);
		}
	}
	CHECK_EQ(grow.tables.nr_free, TABLES);
	hw_log_clear();
	kicked = windows = cleaned = 0;
}

static enum stage2_change map(uint32_t ipa, uint32_t pages, uint32_t flags)
{
	return grow_map(&grow, ipa_make(ipa), pa_make(PA), pages, flags);
}

/* ---- caches ---- */

static void memory_is_cleaned(void)
{
	boot(A7);
	CHECK_EQ(grow_clean(pa_make(PA + 0x1000), 3), 3);
	CHECK_EQ(hw_log_count('w', "DCCIMVAC"), 3 * 4096 / 64);
	CHECK_EQ(window_pa[0], PA + 0x1000);
	CHECK(hw_log_between(hw_log_find(0, 'e', "window"), hw_log_find(0, 'e', "close"), 'w',
			     "DCCIMVAC"));
	CHECK(hw_log_between(hw_log_last('w', "DCCIMVAC"), hw_log_find(0, 'e', "close"), 'e',
			     "hw_dsb"));
	hw_log_clear();
	CHECK_EQ(grow_clean(pa_make(PA), 512), 16); /* bounded */
	CHECK_EQ(hw_log_count('w', "DCCIMVAC"), 65536 / 64);
	windows = 0;
	hw_log_clear();
	CHECK_EQ(grow_clean(pa_make(0x401fe000), 5), 5); /* over the end of a window */
	CHECK_EQ(windows, 2);
	CHECK_EQ(window_pa[1], 0x40200000);
	CHECK_EQ(hw_log_count('w', "DCCIMVAC"), 5 * 4096 / 64);
}

/* All RAM that is mapped, in pieces of 64 KiB; no registers. */
static void a_vm_is_cleaned(void)
{
	uint32_t at = 0, steps = 0;

	boot(A7);
	CHECK_EQ(map(0x40000000, 512, 0), STAGE2_DONE);
	CHECK_EQ(map(0x40205000, 20, STAGE2_READ_ONLY), STAGE2_DONE);
	CHECK_EQ(map(0x40300000, 1, STAGE2_REGISTERS), STAGE2_DONE);
	CHECK_EQ(map(0xfffff000, 1, STAGE2_LOG), STAGE2_DONE);
	for (bool more = true; more; steps++) {
		uint32_t before = at;

		hw_log_clear();
		more = grow_clean_next(&grow, &at);
		CHECK(hw_log_count('w', "DCCIMVAC") <= 65536 / 64);
		CHECK(at > before);
		cleaned += hw_log_count('w', "DCCIMVAC");
	}
	CHECK_EQ(at, 0x100000);
	CHECK_EQ(cleaned, (512 + 20 + 1) * 4096 / 64);
	CHECK(steps < 80);
	CHECK_EQ(stage2_remove(&grow.tables, ipa_make(0x40000000), 1), 1);
	at = 0x40000;
	CHECK(grow_clean_next(&grow, &at)); /* others divide the block: later */
	CHECK_EQ(at, 0x40000);
}

static void instructions_are_forgotten(void)
{
	boot(A7);
	CHECK_EQ(map(0x40000000, 512, 0), STAGE2_DONE);
	CHECK_EQ(hw_log_count('w', "TLBIALLIS"), 0); /* invalid entries are in no TLB (B3.9) */
	hw_log_clear();
	grow_mapped();
	CHECK_EQ(hw_log_count('w', "ICIALLUIS"), 1);
	CHECK(hw_log_find(0, 'e', "hw_dsb") < hw_log_find(0, 'w', "ICIALLUIS"));
	CHECK(hw_log_between(hw_log_find(0, 'w', "ICIALLUIS"), hw_log_length, 'e', "hw_dsb"));
}

static void pages_are_given(void)
{
	boot(A15);
	CHECK_EQ(grow.tables.nr_free, TABLES);
	CHECK_EQ(map(0x40000000, 1, 0), STAGE2_DONE);
	CHECK_EQ(map(0x80000000, 1, 0), STAGE2_DONE);
	CHECK_EQ(map(0xc0000000, 1, 0), STAGE2_FULL);
	CHECK_EQ(map(0xc0000000, 512, 0), STAGE2_DONE); /* a block needs one table less */
	CHECK_EQ(grow.tables.nr_free, 0);
	CHECK_EQ(map(0x40200000, 1, 0), STAGE2_FULL);
	grow_give(&grow, POOL);
	CHECK_EQ(tables[POOL][511], 0);
	CHECK_EQ(map(0x40200000, 1, 0), STAGE2_DONE);
	CHECK_EQ(hw_log_count('w', "TLBIALLIS"), 0); /* nobody has had the page in a TLB */
}

/* ---- TLBs ---- */

/* Bits: an entry of level 2 is a block, a table; something is unflushed; the lock is held; all
 * tables are free. */
enum { BLOCK = 1, TABLE = 2, UNFLUSHED = 4, LOCKED = 8, ALL_FREE = 16 };

static uint64_t sample(void)
{
	uint64_t level1 = tables[ROOT][1];
	uint64_t level2 = level1 & 1 ? tables[((level1 & 0xfffff000) - POOL_PA) / 4096][0] : 0;

	return ((level2 & 3) == 1 ? BLOCK : 0) | ((level2 & 3) == 3 ? TABLE : 0) |
	       (stage2_unflushed(&grow.tables) ? UNFLUSHED : 0) | (grow.lock.holder ? LOCKED : 0) |
	       (grow.tables.nr_free >= TABLES ? ALL_FREE : 0);
}

/* The flush of its VMID, complete on all CPUs; and the caller's own VTTBR again. */
static void check_flush(void)
{
	uint32_t flush = hw_log_find(0, 'w', "TLBIALLIS");
	uint32_t vttbr = hw_log_find(0, 'w', "VTTBR");

	CHECK_EQ(hw_log_count('w', "TLBIALLIS"), 1);
	CHECK_EQ(hw_log_count('w', "TLBIALLNSNHIS"), 0);
	CHECK_EQ(hw_log_value('w', "VTTBR"), UINT64_C(77) << 48 | (POOL_PA + ROOT * 4096));
	CHECK(hw_log_between(vttbr, flush, 'e', "hw_isb"));
	CHECK(hw_log_between(vttbr, flush, 'e', "hw_dsb")); /* the entries are written */
	CHECK(hw_log_between(flush, hw_log_last('w', "VTTBR"), 'e', "hw_dsb"));
	CHECK_EQ(*hw_log_register("VTTBR"), LOADED);
	CHECK(hw_log_between(hw_log_last('w', "VTTBR"), hw_log_length, 'e', "hw_isb"));
}

static void removal(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		boot(n ? A15 : A7);
		CHECK_EQ(map(0x40000000, 3, 0), STAGE2_DONE);
		CHECK_EQ(grow.tables.nr_free, TABLES - 2);
		hw_log_clear();
		hw_log_sample = sample;
		CHECK_EQ(grow_unmap(&grow, ipa_make(0x40000000), 3, 0), 3);
		check_flush();
		CHECK(!stage2_unflushed(&grow.tables));
		CHECK_EQ(grow.tables.nr_free, TABLES);
		/* until then no table is free, and no lock is held */
		for (uint32_t at = 0; at <= hw_log_last('w', "VTTBR"); at++) {
			CHECK_EQ(hw_log[at].sample & (UNFLUSHED | ALL_FREE | LOCKED), UNFLUSHED);
		}
		CHECK_EQ(kicked, n ? 0xe : 0);
	}
}

/* Break, flush, make (B3.10.1). */
static void a_block_is_divided(void)
{
	uint32_t made = 0;

	boot(A7);
	CHECK_EQ(map(0x40000000, 512, 0), STAGE2_DONE);
	hw_log_clear();
	hw_log_sample = sample;
	CHECK_EQ(sample() & (BLOCK | TABLE), BLOCK);
	CHECK_EQ(grow_unmap(&grow, ipa_make(0x40007000), 1, 0), 1);
	check_flush();
	CHECK_EQ(sample() & (BLOCK | TABLE), TABLE);
	while (made < hw_log_length && !(hw_log[made].sample & TABLE)) {
		CHECK_EQ(hw_log[made].sample & BLOCK, 0);
		made++;
	}
	CHECK(hw_log_between(hw_log_find(0, 'w', "TLBIALLIS"), made, 'e', "hw_dsb"));
	CHECK(hw_log_between(made, hw_log_length, 'e', "hw_dsb")); /* walks find it */
}

/* It asks for the page of a table before it does anything; who has none loses the block. */
static void a_page_is_asked_for(void)
{
	struct stage2_found found;

	for (uint32_t n = 0; n < 2; n++) {
		boot(A7);
		CHECK_EQ(map(0x40000000, 512, 0), STAGE2_DONE);
		CHECK_EQ(map(0x80000000, 1, 0), STAGE2_DONE);
		CHECK_EQ(map(0xc0000000, 512, 0), STAGE2_DONE);
		CHECK_EQ(map(0x00000000, 512, 0), STAGE2_DONE);
		CHECK_EQ(grow.tables.nr_free, 0);
		hw_log_clear();
		CHECK_EQ(grow_unmap(&grow, ipa_make(0x40001000), 1, GROW_ASK), GROW_ASK);
		CHECK_EQ(hw_log_count('w', "TLBIALLIS"), 0);
		CHECK_EQ(grow_find(&grow, ipa_make(0x40001000), &found), STAGE2_DONE);
		CHECK_EQ(grow_unmap(&grow, ipa_make(0x40001000), 1, n ? POOL : 0), 1);
		CHECK_EQ(grow_find(&grow, ipa_make(0x40001000), &found), STAGE2_HOLE);
		CHECK_EQ(grow_find(&grow, ipa_make(0x40002000), &found),
			 n ? STAGE2_DONE : STAGE2_HOLE);
	}
	boot(A7);
	CHECK_EQ(map(0x40000000, 512, 0), STAGE2_DONE);
	CHECK_EQ(grow_unmap(&grow, ipa_make(0x40001000), 1, GROW_ASK), 1); /* it has some */
	CHECK_EQ(grow_find(&grow, ipa_make(0x40002000), &found), STAGE2_DONE);
}

/* Nothing was there: nothing is flushed. */
static void a_hole(void)
{
	boot(A15);
	CHECK_EQ(grow_unmap(&grow, ipa_make(0), 0x80000, 0), 0x40000); /* 512 entries of 2 MiB */
	CHECK_EQ(hw_log_count('w', "TLBIALLIS"), 0);
	CHECK_EQ(kicked, 0);
}

/* ---- erratum 798181 ---- */

static void who_has_it(void)
{
	static const struct {
		uint32_t midr;
		bool has;
	} t[] = { { 0x410fc0f0, true },	 { 0x412fc0f1, true },	{ 0x413fc0f2, true },
		  { 0x413fc0f3, true },	 { 0x413fc0f4, false }, { 0x414fc0f0, false },
		  { 0x410fc075, false }, { 0x410fc0d0, false }, { 0x420fc0f0, false } };

	for (uint32_t n = 0; n < ARRAY_SIZE(t); n++) {
		CHECK_EQ(settle_is_needed(t[n].midr), t[n].has);
	}
}

/* A table is free only when each other CPU has answered, after the flush is complete. */
static void the_others_answer(void)
{
	uint32_t flush, again, kick, yield;

	boot(A15);
	CHECK_EQ(map(0x40000000, 3, 0), STAGE2_DONE);
	hw_log_clear();
	hw_log_sample = sample;
	CHECK_EQ(grow_unmap(&grow, ipa_make(0x40000000), 3, 0), 3);
	flush = hw_log_find(0, 'w', "TLBIALLIS");
	again = hw_log_find(0, 'w', "TLBIMVAIS"); /* the erratum's second broadcast */
	kick = hw_log_find(0, 'e', "kick");
	yield = hw_log_last('e', "hw_yield");
	CHECK_EQ(hw_log_count('e', "kick"), 3);
	CHECK(hw_log_between(flush, again, 'e', "hw_dsb"));
	CHECK(hw_log_between(again, kick, 'e', "hw_dsb"));
	CHECK(hw_log_between(again, kick, 'e', "hw_dmb")); /* who reads resched reads settle */
	CHECK(kick < yield && yield != HW_LOG_NONE);
	for (uint32_t at = 0; at <= yield; at++) {
		CHECK_EQ(hw_log[at].sample & (ALL_FREE | UNFLUSHED | LOCKED), UNFLUSHED);
	}
	CHECK(hw_log_between(yield, hw_log_length, 'e', "hw_dmb"));
	for (uint32_t n = 0; n < 4; n++) {
		CHECK(!cpus[n].settle);
	}
}

/* Those that do not run it are left alone. Who runs it is asked behind the flush: who begins later
 * finds no old entry in a TLB. */
static void those_that_run_it(void)
{
	for (uint32_t which = 0; which < 16; which++) {
		boot(A15);
		running = which;
		CHECK_EQ(map(0x40000000, 3, 0), STAGE2_DONE);
		hw_log_clear();
		CHECK_EQ(grow_unmap(&grow, ipa_make(0x40000000), 3, 0), 3);
		CHECK_EQ(kicked, which & 0xe);
		CHECK(hw_log_between(hw_log_find(0, 'w', "TLBIALLIS"),
				     hw_log_find(0, 'e', "who runs it"), 'e', "hw_dsb"));
		CHECK_EQ(hw_log_count('w', "TLBIMVAIS"), 1);
		CHECK_EQ(hw_log_count('e', "who runs it"), 1);
		CHECK(which & 0xe || hw_log_count('e', "hw_sev") == 0);
	}
}

/* CPU 1 asks this one, while it waits; it answers only after that. */
static void asks_back(const struct hw_event *event)
{
	if (event->kind == 'e' && !strcmp(event->name, "hw_yield")) {
		if (cpus[1].settle && !cpus[0].settle) {
			cpus[0].settle = true;
		}
		cpus[2].settle = cpus[3].settle = false;
	}
	if (event->kind == 'e' && !strcmp(event->name, "hw_dsb") && cpus[0].settle) {
		cpus[1].settle = false; /* it saw this CPU's answer; that follows now */
	}
}

static void two_ask_each_other(void)
{
	boot(A15);
	hw_log_effect = asks_back;
	settle_others(0xf);
	CHECK(!cpus[0].settle && !cpus[1].settle);
	CHECK_EQ(hw_log_count('e', "hw_dsb"), 2); /* one behind its TLBI */
}

static uint64_t is_asked(void)
{
	return cpus[0].settle;
}

/* Its own accesses are complete before it says so. */
static void an_answer(void)
{
	uint32_t dsb;

	boot(A15);
	cpus[0].settle = true;
	hw_log_sample = is_asked;
	settle_answer(&cpus[0]);
	dsb = hw_log_find(0, 'e', "hw_dsb");
	CHECK(dsb != HW_LOG_NONE && hw_log[dsb].sample == 1);
	CHECK(!cpus[0].settle);
}

/* CPUs that have parked, or will soon: the system ends. */
static void nobody_answers(void)
{
	boot(A15);
	silent = true;
	cpus[1].parked = cpus[2].parked = cpus[3].parked = true;
	settle_others(0xe);
	CHECK_EQ(kicked, 0xe);
	boot(A15);
	silent = true;
	halt_wanted = true;
	settle_others(0xe);
	CHECK_EQ(hw_log_count('e', "hw_yield"), 0);
}

/* ---- several CPUs ---- */

static uint32_t again; /* how often another CPU removes something, each time this one flushes */

static void another_removes(const struct hw_event *event)
{
	if (event->kind == 'w' && !strcmp(event->name, "TLBIALLIS") && again) {
		again--;
		CHECK_EQ(stage2_remove(&grow.tables, ipa_make(0x40100000 + again * 4096), 1), 1);
	}
}

static void what_another_cpu_has_removed(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		boot(A7);
		CHECK_EQ(map(0x40100000, 8, 0), STAGE2_DONE);
		hw_log_effect = another_removes;
		again = n;
		CHECK_EQ(stage2_remove(&grow.tables, ipa_make(0x40105000), 1), 1);
		CHECK_EQ(map(0x40105000, 1, 0), n ? STAGE2_FLUSH : STAGE2_DONE);
		CHECK_EQ(hw_log_count('w', "TLBIALLIS"), 1);
	}
	/* it divides a block, and has not flushed yet */
	boot(A7);
	CHECK_EQ(map(0x40000000, 512, 0), STAGE2_DONE);
	CHECK_EQ(stage2_remove(&grow.tables, ipa_make(0x40000000), 1), 1);
	CHECK_EQ(grow_unmap(&grow, ipa_make(0x40001000), 1, 0), 0); /* and again */
	check_flush();
	CHECK_EQ(grow_unmap(&grow, ipa_make(0x40001000), 1, 0), 1);
}

/* ---- the log, and faults ---- */

static void the_log(void)
{
	uint32_t bitmap = 0xff;

	boot(A15);
	CHECK_EQ(map(0x40000000, 4, STAGE2_LOG), STAGE2_DONE);
	hw_log_clear();
	CHECK_EQ(grow_dirty(&grow, ipa_make(0x40000000), 4, &bitmap), 0);
	CHECK_EQ(hw_log_count('w', "TLBIALLIS"), 0);
	CHECK_EQ(grow_fault(&grow, ipa_make(0x40002000), GROW_WRITE), STAGE2_DONE);
	CHECK_EQ(hw_log_count('w', "TLBIALL"), 1); /* of this CPU and the loaded VMID */
	CHECK_EQ(hw_log_count('w', "VTTBR"), 0);
	CHECK_EQ(hw_log_count('w', "TLBIALLIS"), 0);
	CHECK(hw_log_between(hw_log_find(0, 'w', "TLBIALL"), hw_log_length, 'e', "hw_dsb"));
	hw_log_clear();
	CHECK_EQ(grow_dirty(&grow, ipa_make(0x40000000), 4, &bitmap), 1);
	CHECK_EQ(bitmap, 4);
	check_flush(); /* nobody writes by an old entry any more */
	CHECK_EQ(kicked, 0xe);
}

static void faults(void)
{
	boot(A7);
	CHECK_EQ(map(0x40000000, 512, STAGE2_READ_ONLY), STAGE2_DONE);
	hw_log_clear();
	CHECK_EQ(grow_fault(&grow, ipa_make(0x40001000), GROW_WRITE), STAGE2_REFUSED);
	CHECK_EQ(grow_fault(&grow, ipa_make(0x40200000), GROW_WRITE), STAGE2_HOLE);
	CHECK_EQ(grow_fault(&grow, ipa_make(0x40200000), GROW_READ), STAGE2_HOLE);
	CHECK_EQ(grow_fault(&grow, ipa_make(0x40001000), GROW_READ), STAGE2_DONE); /* by now */
	CHECK_EQ(grow_fault(&grow, ipa_make(0x40001000), GROW_FETCH), STAGE2_DONE);
	CHECK_EQ(map(0x50000000, 1, STAGE2_REGISTERS), STAGE2_DONE);
	CHECK_EQ(grow_fault(&grow, ipa_make(0x50000000), GROW_FETCH), STAGE2_REFUSED);
	CHECK_EQ(grow_fault(&grow, ipa_make(0x50000000), GROW_READ), STAGE2_DONE);
	CHECK_EQ(hw_log_length, 0);
	for (uint32_t access = GROW_READ; access <= GROW_FETCH; access++) { /* in a divided block */
		CHECK_EQ(stage2_remove(&grow.tables, ipa_make(0x40000000), 1), 1);
		hw_log_clear();
		CHECK_EQ(grow_fault(&grow, ipa_make(0x40001000), access), STAGE2_DONE);
		check_flush();
		CHECK_EQ(grow_fault(&grow, ipa_make(0x40001000), GROW_READ), STAGE2_DONE);
		CHECK_EQ(grow_unmap(&grow, ipa_make(0x40000000), 512, 0), 512);
		CHECK_EQ(map(0x40000000, 512, 0), STAGE2_DONE);
	}
}

static const struct test_case cases[] = {
	{ "memory_is_cleaned", memory_is_cleaned },
	{ "a_vm_is_cleaned", a_vm_is_cleaned },
	{ "instructions_are_forgotten", instructions_are_forgotten },
	{ "pages_are_given", pages_are_given },
	{ "removal", removal },
	{ "a_block_is_divided", a_block_is_divided },
	{ "a_page_is_asked_for", a_page_is_asked_for },
	{ "a_hole", a_hole },
	{ "who_has_it", who_has_it },
	{ "the_others_answer", the_others_answer },
	{ "those_that_run_it", those_that_run_it },
	{ "two_ask_each_other", two_ask_each_other },
	{ "an_answer", an_answer },
	{ "nobody_answers", nobody_answers },
	{ "what_another_cpu_has_removed", what_another_cpu_has_removed },
	{ "the_log", the_log },
	{ "faults", faults },
};

TEST_MAIN("grow", cases)
