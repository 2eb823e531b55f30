/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage-2 translation tables (LPAE, ARM ARM B3.6; VTCR.T0SZ = 0, SL0 = 1: 32-bit IPA, level 1 root
 * of 4 entries, 2 MiB blocks where they fit, else 4 KiB pages). Builds tables in a pool's memory,
 * and accesses no register: the caller cleans caches and invalidates TLBs. Pure.
 */
#ifndef HYP_STAGE2_STAGE2_H
#define HYP_STAGE2_STAGE2_H

#include "hyp/base/addr.h"
#include <stdbool.h>
#include <stdint.h>

enum stage2_kind {
	STAGE2_RAM,	    /* normal write-back, inner shareable, read-write-execute */
	STAGE2_DEVICE,	    /* device, read-write, execute-never */
	STAGE2_SHARED,	    /* as RAM, but execute-never */
	STAGE2_SHARED_READ, /* the same, read-only */
};

/* The source of table pages. The code accesses tables by pointer; descriptors hold their physical
 * addresses. */
struct stage2_pool {
	uint8_t *base; /* 4 KiB-aligned */
	pa_t base_pa;
	uint32_t pages; /* number of pages */
	uint32_t used;
};

struct stage2 {
	uint64_t *root; /* a page of the pool, of which 4 entries are used */
	pa_t root_pa;
	struct stage2_pool pool;
};

/* The most pages that mapping these ranges can need, including the root: an upper bound for the
 * pool's size. */
uint32_t stage2_pages_for(uint32_t nr_ranges, const uint32_t *sizes);

/* The pool is zeroed. Its page 0 is the root. */
void stage2_init(struct stage2 *s2, const struct stage2_pool *pool);

/* ipa, pa, size: multiples of 4 KiB; the range does not wrap. Returns false, and changes nothing,
 * if part of it is mapped already, or if the pool is exhausted. */
bool stage2_map(struct stage2 *s2, ipa_t ipa, pa_t pa, uint32_t size, enum stage2_kind kind);

#endif
