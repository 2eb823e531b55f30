/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which VM has which page of a pool that several VMs share: a contiguous range of whole pages, from
 * which VMs that are made at run time get their objects (pages that follow each other) and their
 * stage-2 tables (one page each). Pages are named by their index in the pool. The functions access
 * no page, only the arrays that describe them; struct pages and the array of owners may lie in the
 * pool's first pages, which PAGES_OWN then has. Callers hold the pool's lock. Pure.
 */
#ifndef HYP_STAGE2_PAGES_H
#define HYP_STAGE2_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#define PAGES_MAX  16384u     /* of a pool: 64 MiB */
#define PAGES_OWN  255u	      /* an owner by convention: what the allocator's arrays lie in */
#define PAGES_NONE UINT32_MAX /* no page */
#define PAGES_STEP 1024u      /* the most pages that one call of pages_give_back looks at */

struct pages {
	uint8_t *owner; /* of each page; 0: it is free */
	uint32_t count;
	uint32_t nr_free;
	uint32_t next;			/* the word of `free` at which the next search begins */
	uint32_t free[PAGES_MAX / 32u]; /* bit n % 32 of free[n / 32]: page n is free */
};

/* All pages become free. `owner`: an array of `count` bytes, any contents. `count`: 1 to PAGES_MAX.
 * At boot: it writes all of both arrays. */
void pages_init(struct pages *p, uint8_t *owner, uint32_t count);

/* Gives `n` free pages that follow each other to `owner` (1 to 255). Returns the first one's index,
 * or PAGES_NONE: there are none, or n is 0. The lowest ones are taken from a multiple of 32 on:
 * that at or below the page behind those taken last, so that what is given back is not used again
 * at once. If there are none from there on, the lowest of all are; so the first ones after
 * pages_init begin at page 0. Bounded: it looks at groups of 32 pages, at each one once and at n /
 * 32 of them again, with 10 instructions if none of the 32 is free, else with up to 21 (some 11,000
 * at worst, for 64 MiB in fragments), and executes 10 for each of the n. */
uint32_t pages_take(struct pages *p, uint32_t owner, uint32_t n);

/* Frees the pages of `owner`, who takes none meanwhile. Looks at PAGES_STEP pages at most, from
 * *cursor on, which is 0 at first and moves on. True: all have been looked at. False: call again;
 * the lock may be free in between. Bounded: 6 instructions for each page, 14 for one that it
 * frees. */
bool pages_give_back(struct pages *p, uint32_t owner, uint32_t *cursor);

/* The same for all owners but PAGES_OWN: none of them takes any meanwhile. */
bool pages_give_back_all(struct pages *p, uint32_t *cursor);

/* How many are free. They need not follow each other. */
uint32_t pages_free(const struct pages *p);

#endif
