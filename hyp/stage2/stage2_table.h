/* SPDX-License-Identifier: BSD-2-Clause */
/* What stage2.c and stage2_change.c know of the tables: pages of the pool, and descriptors (ARM ARM
 * B3.6). For the files of this folder. */
#ifndef HYP_STAGE2_STAGE2_TABLE_H
#define HYP_STAGE2_STAGE2_TABLE_H

#include "hyp/regs/lpae.h"
#include "hyp/stage2/stage2.h"
#include <stddef.h>

#define STAGE2_GIGABYTE	 (UINT64_C(1) << LPAE_L1_SHIFT)
#define STAGE2_IPA_LIMIT (UINT64_C(1) << 32)
#define STAGE2_PA_LIMIT	 (UINT64_C(1) << 40)

static inline uint64_t *stage2_page(const struct stage2 *s2, uint32_t page)
{
	/* The pool is 4 KiB-aligned; void * avoids the compiler's alignment warning. */
	return (uint64_t *)(void *)(s2->pool.base + (size_t)page * PAGE_SIZE);
}

/* The number of the page that has this entry. */
static inline uint32_t stage2_number(const struct stage2 *s2, const uint64_t *entry)
{
	return (uint32_t)((size_t)((const uint8_t *)entry - s2->pool.base) / PAGE_SIZE);
}

static inline uint32_t stage2_index(ipa_t ipa, unsigned shift)
{
	return (ipa.ipa >> shift) % LPAE_ENTRIES;
}

/* The table of a table descriptor; NULL for other descriptors. */
static inline uint64_t *stage2_table(const struct stage2 *s2, uint64_t descriptor)
{
	uint64_t page = ((descriptor & LPAE_ADDRESS) - s2->pool.base_pa.pa) / PAGE_SIZE;

	if ((descriptor & LPAE_TYPE) != LPAE_TYPE_TABLE || page >= s2->pool.used) {
		return NULL;
	}
	return stage2_page(s2, (uint32_t)page);
}

static inline uint64_t stage2_attributes(enum stage2_kind kind)
{
	uint64_t access =
		kind == STAGE2_SHARED_READ ? LPAE_S2_ACCESS_READ : LPAE_S2_ACCESS_READWRITE;
	uint64_t memory = kind == STAGE2_DEVICE ? LPAE_S2_ATTR_DEVICE : LPAE_S2_ATTR_WRITE_BACK;

	return LPAE_AF | FIELD_PREP(LPAE_SH, LPAE_SH_INNER) | FIELD_PREP(LPAE_S2_ACCESS, access) |
	       FIELD_PREP(LPAE_S2_ATTR, memory) | (kind == STAGE2_RAM ? 0 : LPAE_XN);
}

#endif
