/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 tables that change: tables that hold anything, in a pool whose lists name its pages; any
 * arguments. The root has no entry, or tables of the pool; page 0 is nobody's.
 */
#include "proof.h"

#define __atomic_store_n(to, value, order) (*(to) = (value))
#define __atomic_load_n(from, order)	   (*(from))
#define __atomic_thread_fence(order)

#include "hyp/stage2/stage2_change.c"

#define PAGES 8u
#define POOL  UINT64_C(0x8000000000)

static uint64_t memory[PAGES * 512];
static struct stage2_pool_page page_of[PAGES];
static struct stage2_live live;

static uint16_t any_page(void)
{
	return (uint16_t)any_below(PAGES);
}

static void live_any(void)
{
	struct stage2_pool pool = { .base = (uint8_t *)memory,
				    .base_pa = pa_make(POOL),
				    .pages = PAGES };

	for (uint32_t n = 0; n < PAGES * 512; n++) {
		memory[n] = any_long();
	}
	stage2_live_init(&live, &pool, page_of, 1 + any_below(PAGES - 1));
	for (uint32_t n = 0; n < 4; n++) {
		live.tables.root[n] = any_below(2) ? (POOL + any_page() * 4096u) | 3 : 0;
	}
	for (uint32_t n = 0; n < PAGES; n++) {
		page_of[n].removed = any_word();
		page_of[n].used = (uint16_t)any_word();
		page_of[n].next = any_page();
	}
	live.nr_free = any_word();
	live.free = any_page();
	live.first_waiting = any_page();
	live.last_waiting = any_page();
	live.split = any_page();
	live.split_ipa = ipa_make(any_word());
	live.split_removed = any_word();
	live.now = any_word();
	live.removed = any_word();
	live.flushed = any_word();
}

void proof_change_init(void)
{
	live_any();
	stage2_give(&live, any_page());
	stage2_end(&live);
	cover();
}

void proof_change_add(void)
{
	live_any();
	stage2_add(&live, ipa_make(any_word()), pa_make(any_long()), any_word(), any_word());
	cover();
}

void proof_change_remove(void)
{
	live_any();
	stage2_remove(&live, ipa_make(any_word()), any_word());
	cover();
}

void proof_change_flushed(void)
{
	live_any();
	stage2_flushed(&live, stage2_ticket(&live) + any_word());
	stage2_unflushed(&live);
	cover();
}

void proof_change_page(void)
{
	struct stage2_found found;

	live_any();
	stage2_find(&live, ipa_make(any_word()), &found);
	stage2_write_fault(&live, ipa_make(any_word()));
	cover();
}

void proof_change_collect(void)
{
	uint32_t bitmap[16];

	live_any();
	stage2_collect(&live, ipa_make(any_word()), any_word(), bitmap);
	cover();
}
