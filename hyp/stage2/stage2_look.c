/* SPDX-License-Identifier: BSD-2-Clause */
/* Where nothing is mapped, in tables that change. */
#include "hyp/base/pair.h"
#include "hyp/stage2/stage2_change.h"
#include "hyp/stage2/stage2_table.h"

#define STAGE2_VISITS 64u /* of stage2_next */

/* The table that an entry of this pool's tables names, as stage2_table: within the pool, 32 bits of
 * the address say which. */
static inline const uint64_t *stage2_named(const struct stage2_live *s, uint64_t entry)
{
	const struct stage2_pool *pool = &s->tables.pool;
	uint32_t offset =
		((uint32_t)entry - (uint32_t)pool->base_pa.pa) & ~(uint32_t)(PAGE_SIZE - 1);

	return (const uint64_t *)(const void *)(pool->base + offset);
}

bool stage2_is_hole(const struct stage2_live *s, ipa_t ipa)
{
	uint64_t entry;

	if (__atomic_load_n(&s->split, __ATOMIC_ACQUIRE)) {
		return false;
	}
	entry = pair_load(&s->tables.root[stage2_index(ipa, LPAE_L1_SHIFT)]);
	for (unsigned shift = LPAE_L2_SHIFT;
	     shift >= LPAE_L3_SHIFT && (entry & LPAE_TYPE) == LPAE_TYPE_TABLE;
	     shift -= LPAE_L2_SHIFT - LPAE_L3_SHIFT) {
		entry = pair_load(&stage2_named(s, entry)[stage2_index(ipa, shift)]);
	}
	return !entry;
}

/* Pages from a hole on that are one, by the level at which there is no entry. */
static uint32_t stage2_hole(const struct stage2_live *s, ipa_t ipa)
{
	const uint64_t *level2 =
		stage2_table(&s->tables, s->tables.root[stage2_index(ipa, LPAE_L1_SHIFT)]);
	uint32_t size = !level2					   ? (uint32_t)STAGE2_GIGABYTE
			: level2[stage2_index(ipa, LPAE_L2_SHIFT)] ? PAGE_SIZE
								   : BLOCK_SIZE;

	return (size - ipa.ipa % size) / PAGE_SIZE;
}

enum stage2_change stage2_next(const struct stage2_live *s, uint32_t *page,
			       struct stage2_found *found)
{
	enum stage2_change said = STAGE2_HOLE;

	for (uint32_t n = 0; n < STAGE2_VISITS && *page < STAGE2_IPA_LIMIT / PAGE_SIZE; n++) {
		ipa_t ipa = ipa_make(*page * PAGE_SIZE);

		said = stage2_find(s, ipa, found);
		if (said != STAGE2_HOLE) {
			break;
		}
		*page += stage2_hole(s, ipa);
	}
	return said;
}
