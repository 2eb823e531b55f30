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

struct vm;

#define GROW_CLEAN 16u	     /* pages that one call of grow_clean cleans: 64 KiB */
#define GROW_PAGES BIT32(20) /* that 32 bits of address have */

struct grow {
	struct lock lock; /* tables; rank LOCK_RANK_GROW */
	struct stage2_live tables;
	uint64_t vttbr; /* VMID and root */
	struct vm *vm;	/* whose it is */
};

/* As stage2_live_init. `vmid`: 1 to 255; no TLB has entries of it. *g: zeroed; nobody else has it
 * yet. */
void grow_init(struct grow *g, struct vm *vm, const struct stage2_pool *pool,
	       struct stage2_pool_page *page, uint32_t root, uint32_t vmid);

/* As stage2_give. After FULL the caller gives a page and calls again, at most four times. */
void grow_give(struct grow *g, uint32_t page);

/* The VM has ended, and nobody uses g any more: walks find nothing from now on. The caller flushes
 * its VMID on all CPUs before its pages become something else. */
void grow_end(struct grow *g);

/* Makes memory ready to be mapped. Returns how many pages, 1 to GROW_CLEAN; `pages` is not 0. */
uint32_t grow_clean(pa_t pa, uint32_t pages);

/* The same for RAM that is mapped, a piece of up to GROW_CLEAN pages from page *page on; *page
 * moves on. False: there is none behind it. */
bool grow_clean_next(struct grow *g, uint32_t *page);

/* As stage2_add, of memory that grow_clean has cleaned. FLUSH: others remove all the while; again,
 * later. grow_mapped follows after the last of several calls, before the guest knows of them. */
enum stage2_change grow_map(struct grow *g, ipa_t ipa, pa_t pa, uint32_t pages, uint32_t flags);
void grow_mapped(void);

/* As stage2_remove. What it has come on is used by no CPU when it returns. `page`: it is given
 * first (grow_give), and nobody else uses it before; 0: none. GROW_ASK: none yet, and if there is
 * no page for the table of a divided block, nothing is done, and GROW_ASK is the result: the caller
 * has such a page, or 0. */
#define GROW_ASK UINT32_MAX
uint32_t grow_unmap(struct grow *g, ipa_t ipa, uint32_t pages, uint32_t page);

/* As stage2_collect. Pages that no longer are dirty cannot be written to when it returns. */
uint32_t grow_dirty(struct grow *g, ipa_t ipa, uint32_t pages, uint32_t *bitmap);

/* As stage2_find. */
enum stage2_change grow_find(struct grow *g, ipa_t ipa, struct stage2_found *found);

enum grow_access { GROW_READ, GROW_WRITE, GROW_FETCH };

/* An access of the guest whose vCPU is loaded faulted in its stage 2. DONE: the guest repeats it.
 * HOLE: nothing is mapped there. REFUSED: a write to a read-only page, a fetch from registers. */
enum stage2_change grow_fault(struct grow *g, ipa_t ipa, enum grow_access access);

#endif
