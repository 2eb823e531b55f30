/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/grow.h"
#include "hyp/core/mem.h"
#include "hyp/core/settle.h"
#include "hyp/core/vm.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/tlb.h"
#include "hyp/regs/lpae.h"

static void grow_take(struct grow *g)
{
	lock_take(&g->lock, LOCK_RANK_GROW);
}

static void grow_drop(struct grow *g)
{
	lock_drop(&g->lock);
}

/* All that has been removed so far is forgotten on all CPUs. Without the lock, for which a CPU that
 * must answer may wait. */
static void grow_flush(struct grow *g)
{
	uint32_t ticket;

	grow_take(g);
	ticket = stage2_ticket(&g->tables);
	grow_drop(g);
	tlb_flush_vmid_of(g->vttbr);
	settle_others(vm_child_cpus(g->vm));
	grow_take(g);
	stage2_flushed(&g->tables, ticket);
	grow_drop(g);
	hw_dsb(); /* walks find the table of a divided block (B3.10.1) */
}

void grow_init(struct grow *g, struct vm *vm, const struct stage2_pool *pool,
	       struct stage2_pool_page *page, uint32_t root, uint32_t vmid)
{
	g->vm = vm;
	stage2_live_init(&g->tables, pool, page, root);
	g->vttbr = FIELD_PREP(VTTBR_VMID, (uint64_t)vmid) | g->tables.tables.root_pa.pa;
	hw_dsb(); /* walks find no entry */
}

/* Walks find the page only by an entry that is written later (A3.8.3): stage2_link. */
void grow_give(struct grow *g, uint32_t page)
{
	grow_take(g);
	stage2_give(&g->tables, page);
	grow_drop(g);
}

/* The CPU that flushes has the VMID in VTTBR, and may begin a walk behind its TLBI (B3.10.1). */
void grow_end(struct grow *g)
{
	grow_take(g);
	stage2_end(&g->tables);
	grow_drop(g);
}

uint32_t grow_clean(pa_t pa, uint32_t pages)
{
	uint32_t part = bits_min(pages, GROW_CLEAN);

	mem_clean(pa, part * PAGE_SIZE);
	return part;
}

static enum stage2_change grow_next(struct grow *g, uint32_t *page, struct stage2_found *found)
{
	enum stage2_change said;

	grow_take(g);
	said = stage2_next(&g->tables, page, found);
	grow_drop(g);
	return said;
}

/* Memory that others unmap meanwhile is their creator's still. Registers are no RAM. */
bool grow_clean_next(struct grow *g, uint32_t *page)
{
	struct stage2_found found;
	uint32_t left = GROW_CLEAN;

	while (left && grow_next(g, page, &found) == STAGE2_DONE) {
		uint32_t part = bits_min(found.size / PAGE_SIZE, left);

		if (found.executable) {
			(void)grow_clean(found.pa, part);
		}
		*page += part;
		left -= part;
	}
	return *page < GROW_PAGES;
}

static enum stage2_change grow_add(struct grow *g, ipa_t ipa, pa_t pa, uint32_t pages,
				   uint32_t flags)
{
	enum stage2_change said;

	grow_take(g);
	said = stage2_add(&g->tables, ipa, pa, pages, flags);
	grow_drop(g);
	return said;
}

enum stage2_change grow_map(struct grow *g, ipa_t ipa, pa_t pa, uint32_t pages, uint32_t flags)
{
	enum stage2_change said = grow_add(g, ipa, pa, pages, flags);

	if (said == STAGE2_FLUSH) {
		grow_flush(g);
		said = grow_add(g, ipa, pa, pages, flags);
	}
	return said;
}

/* CPUs may have fetched instructions from the memory when it belonged to somebody else. */
void grow_mapped(void)
{
	hw_dsb(); /* walks find the new entries */
	cache_icache_flush();
}

/* With the lock held. */
static bool grow_feeds(struct grow *g, uint32_t page)
{
	if (page == GROW_ASK) {
		return g->tables.nr_free != 0;
	}
	if (page) {
		stage2_give(&g->tables, page);
	}
	return true;
}

uint32_t grow_unmap(struct grow *g, ipa_t ipa, uint32_t pages, uint32_t page)
{
	uint32_t done;
	bool flush;

	grow_take(g);
	if (!grow_feeds(g, page)) {
		grow_drop(g);
		return GROW_ASK;
	}
	done = stage2_remove(&g->tables, ipa, pages);
	flush = stage2_unflushed(&g->tables);
	grow_drop(g);
	if (flush) {
		grow_flush(g);
	}
	return done;
}

uint32_t grow_dirty(struct grow *g, ipa_t ipa, uint32_t pages, uint32_t *bitmap)
{
	uint32_t count;
	bool flush;

	grow_take(g);
	count = stage2_collect(&g->tables, ipa, pages, bitmap);
	flush = stage2_unflushed(&g->tables);
	grow_drop(g);
	if (flush) {
		grow_flush(g);
	}
	return count;
}

enum stage2_change grow_find(struct grow *g, ipa_t ipa, struct stage2_found *found)
{
	enum stage2_change said;

	grow_take(g);
	said = stage2_find(&g->tables, ipa, found);
	grow_drop(g);
	return said;
}

/* With the lock held. */
static enum stage2_change grow_look(struct grow *g, ipa_t ipa, enum grow_access access)
{
	struct stage2_found found;
	enum stage2_change said;

	if (access == GROW_WRITE) {
		return stage2_write_fault(&g->tables, ipa);
	}
	said = stage2_find(&g->tables, ipa, &found);
	if (said == STAGE2_DONE && access == GROW_FETCH && !found.executable) {
		return STAGE2_REFUSED;
	}
	return said;
}

enum stage2_change grow_fault(struct grow *g, ipa_t ipa, enum grow_access access)
{
	enum stage2_change said;

	grow_take(g);
	said = grow_look(g, ipa, access);
	grow_drop(g);
	if (said == STAGE2_FLUSH) { /* another CPU divides the block */
		grow_flush(g);
		return STAGE2_DONE;
	}
	if (said == STAGE2_DONE && access == GROW_WRITE) {
		tlb_flush_vmid_here(); /* it may still have the page as read-only */
	}
	return said;
}
