/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 tables that change while guests run (stage2.h builds those of partitions, at boot). Each
 * VM has some pages of a pool that several of them share (pages.h), and uses no others: they are
 * given to it one by one, and a table that has become empty stays one of them. These functions only
 * edit memory. Their caller holds the lock of the VM's tables, and does the maintenance that they
 * ask for. Pure.
 *
 * The TLBs of all CPUs may keep what was removed. Until they have forgotten it, its memory, its
 * tables and its addresses must not be used for anything else. Therefore:
 *
 *	ticket = stage2_ticket(s);	   under the lock
 *	TLB maintenance of the VMID	   with the lock or without it; others may remove meanwhile
 *	stage2_flushed(s, ticket);	   under the lock, when it is complete on all CPUs
 *
 * A removal is over when the flush of a later ticket is: stage2_unflushed is false.
 */
#ifndef HYP_STAGE2_STAGE2_CHANGE_H
#define HYP_STAGE2_STAGE2_CHANGE_H

#include "hyp/stage2/stage2.h"

/* The most pages that one call maps, or looks at for the log. */
#define STAGE2_STEP 512u

/* Flags of stage2_add. Without a flag: RAM, read, write, execute. */
#define STAGE2_READ_ONLY 1u
#define STAGE2_LOG	 2u /* read-only until the first write, which makes the page dirty */
#define STAGE2_REGISTERS 4u /* device memory, execute-never */

enum stage2_change {
	STAGE2_DONE,
	STAGE2_FLUSH,	/* something removed is not flushed yet: flush, then call again */
	STAGE2_HOLE,	/* nothing is mapped there */
	STAGE2_TAKEN,	/* part of it is mapped already */
	STAGE2_FULL,	/* no page is left for a table: give one, then call again */
	STAGE2_REFUSED, /* unaligned, too long, past the end, other flags; or the page is read-only
			 */
};

/* What is known of a page of the pool, by the VM that has it. */
struct stage2_pool_page {
	uint32_t removed; /* of one that waits: the ticket with which it was removed */
	uint16_t used;	  /* of a table: its valid entries */
	uint16_t next;	  /* in the list of free pages, or of those that wait. 0: the last one */
};

struct stage2_live {
	struct stage2 tables;
	struct stage2_pool_page *page; /* pool.pages of them, of which it uses those of its pages */
	uint32_t nr_free;	       /* pages for tables that it may yet make */
	uint16_t free;		       /* the first one; 0: none */
	uint16_t first_waiting, last_waiting; /* for a flush, by tickets; 0: none */
	/* A block that was divided: its entry is invalid, and becomes this table with the flush. */
	uint16_t split; /* its page; 0: there is none */
	ipa_t split_ipa;
	uint32_t split_removed;
	uint32_t now;	  /* the ticket of what is removed now */
	uint32_t removed; /* of what was removed last */
	uint32_t flushed; /* the last one whose flush is complete */
};

/* The tables are empty: `root`, a page of the pool, and no other page yet. `pool`: 2 to 65,535
 * pages, any contents. `page`: an array of as many, any contents. Page 0 is nobody's table: the
 * number means "none". Writes 4 KiB of zeros. When the VM has ended and all CPUs' TLBs have
 * forgotten its VMID, its pages may be used for anything: s holds nothing that must be returned. */
void stage2_live_init(struct stage2_live *s, const struct stage2_pool *pool,
		      struct stage2_pool_page *page, uint32_t root);

/* The VM has ended: the root is empty, and the tables are not used again. */
void stage2_end(struct stage2_live *s);

/* One more page for tables, any contents: neither 0 nor a page of any VM's, this one's included;
 * and no TLB has anything of its former use. Writes 4 KiB of zeros. */
void stage2_give(struct stage2_live *s, uint32_t page);

/* Maps `pages` pages (1 to STAGE2_STEP), as a block if they are one at both addresses and are not
 * logged. DONE, or FLUSH, TAKEN, FULL, REFUSED: nothing is changed. It needs four tables at most.
 * The memory was cleaned to the point of coherency before. No maintenance is needed afterwards but
 * a DSB. */
enum stage2_change stage2_add(struct stage2_live *s, ipa_t ipa, pa_t pa, uint32_t pages,
			      uint32_t flags);

/* Unmaps from ipa on. Returns how many pages it has come on, holes included; less than `pages`:
 * flush, then call again for the rest. A call visits at most 512 entries. If no page
 * is left for the table of a divided block, all of the block goes: the guest's next access faults.
 * What was dirty is forgotten: who reads the log takes what was removed for dirty. 0 if pages is 0,
 * or if the range is unaligned or wraps. */
uint32_t stage2_remove(struct stage2_live *s, ipa_t ipa, uint32_t pages);

uint32_t stage2_ticket(struct stage2_live *s);
void stage2_flushed(struct stage2_live *s, uint32_t ticket);

/* Something was removed, or protected, and TLBs may still have it. */
bool stage2_unflushed(const struct stage2_live *s);

struct stage2_found {
	pa_t pa;
	uint32_t size; /* bytes from there to the end of its page or block */
	bool writable;
	bool executable;
	bool logged;
};

/* DONE, HOLE; FLUSH: a block is being divided there. */
enum stage2_change stage2_find(const struct stage2_live *s, ipa_t ipa, struct stage2_found *found);

/*
 * For an access that has faulted in translation: was nothing mapped there since? True: so it was at
 * a moment between the fault and now. False: something may be, or a block is being divided:
 * stage2_find tells.
 *
 * Without the lock, as CPUs walk: an entry that is 0 is that of no block that is being divided, if
 * none was before it was read: `split` is there before the entry goes. That of the division at
 * which the guest faulted was a table by then; of a later one, it was 0 in between; and a table
 * that is not used any more had become empty.
 */
bool stage2_is_hole(const struct stage2_live *s, ipa_t ipa);

/* As stage2_find for the first page from *page on that is no HOLE; *page is its number. HOLE: none
 * in front of *page, which has moved on, to 2^20 at most; a call visits at most 64 entries. */
enum stage2_change stage2_next(const struct stage2_live *s, uint32_t *page,
			       struct stage2_found *found);

/* A guest's write was not permitted. DONE: now it is, if it was not already; this CPU invalidates
 * its own TLB for the VMID, and the guest repeats the write. FLUSH: as in stage2_find, and the
 * guest repeats the write then. HOLE. REFUSED: the page is read-only. */
enum stage2_change stage2_write_fault(struct stage2_live *s, ipa_t ipa);

/* Bit n % 32 of bitmap[n / 32] becomes 1 if page n from ipa on has been written to since it was
 * mapped or collected, and the page is protected again; all other bits of the first (pages + 31) /
 * 32 words become 0. The log is true when the flush is complete. Returns the number of ones.
 * `pages`: up to STAGE2_STEP; 0 if it is more, or if the range is unaligned or wraps. */
uint32_t stage2_collect(struct stage2_live *s, ipa_t ipa, uint32_t pages, uint32_t *bitmap);

#endif
