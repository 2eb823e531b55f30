/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory of a VM that is made at run time: changes of its stage 2 (hyp/stage2/stage2_change.h)
 * with the maintenance of caches and TLBs that each of them needs. Callers hold no lock; any vCPU
 * may be loaded, or none. Each function is a bounded piece of work with interrupts masked: some 20
 * instructions for each page that is mapped, 15 for one that is unmapped, 25 for a dirty one. So a
 * caller that must not be long asks for whole blocks, or for 256 pages at a time.
 */
#ifndef HYP_CORE_GROW_H
#define HYP_CORE_GROW_H

#include "hyp/core/locks.h"
#include "hyp/stage2/stage2_change.h"

#define GROW_CLEAN 16u /* pages that one call of grow_clean cleans: 64 KiB */

struct grow {
	struct lock lock; /* tables; rank LOCK_RANK_GROW */
	struct stage2_live tables;
	uint64_t vttbr; /* VMID and root */
};

/* As stage2_live_init. `vmid`: 1 to 255; no TLB has entries of it. *g: zeroed; nobody else has it
 * yet. */
void grow_init(struct grow *g, const struct stage2_pool *pool, struct stage2_pool_page *page,
	       uint32_t root, uint32_t vmid);

/* As stage2_give. After FULL the caller gives a page and calls again, at most four times. Whoever
 * wants a block of grow_unmap divided in any case gives one before (grow_spare is 0). */
void grow_give(struct grow *g, uint32_t page);

/* How many pages it has for tables that it may yet make. Other CPUs may use them meanwhile. */
uint32_t grow_spare(struct grow *g);

/* The VM has ended, and nobody uses g any more: walks find nothing from now on. The caller flushes
 * its VMID on all CPUs before its pages become something else. */
void grow_end(struct grow *g);

/* Makes memory ready to be mapped. Returns how many pages, 1 to GROW_CLEAN; `pages` is not 0. */
uint32_t grow_clean(pa_t pa, uint32_t pages);

/* As stage2_add, of memory that grow_clean has cleaned. FLUSH: others remove all the while; again,
 * later. grow_mapped follows after the last of several calls, before the guest knows of them. */
enum stage2_change grow_map(struct grow *g, ipa_t ipa, pa_t pa, uint32_t pages, uint32_t flags);
void grow_mapped(void);

/* As stage2_remove. What it has come on is used by no CPU when it returns. */
uint32_t grow_unmap(struct grow *g, ipa_t ipa, uint32_t pages);

/* As stage2_collect. Pages that no longer are dirty cannot be written to when it returns. */
uint32_t grow_dirty(struct grow *g, ipa_t ipa, uint32_t pages, uint32_t *bitmap);

/* As stage2_find. */
enum stage2_change grow_find(struct grow *g, ipa_t ipa, struct stage2_found *found);

enum grow_access { GROW_READ, GROW_WRITE, GROW_FETCH };

/* An access of the guest whose vCPU is loaded faulted in its stage 2. DONE: the guest repeats it.
 * HOLE: nothing is mapped there. REFUSED: a write to a read-only page, a fetch from registers. */
enum stage2_change grow_fault(struct grow *g, ipa_t ipa, enum grow_access access);

#endif
