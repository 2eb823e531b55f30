/* SPDX-License-Identifier: BSD-2-Clause */
/* Where nothing is mapped, in tables that change. */
#include "hyp/base/pair.h"
#include "hyp/stage2/stage2_change.h"
#include "hyp/stage2/stage2_table.h"

#define STAGE2_VISITS 64u /* of stage2_next */

/* The entry of this level in the table that `entry` names; 0: it names none. */
static uint64_t stage2_step(const struct stage2_live *s, uint64_t entry, ipa_t ipa, unsigned shift)
{
	const uint64_t *table = stage2_table(&s->tables, entry);

	return table ? pair_load(&table[stage2_index(ipa, shift)]) : 0;
}

bool stage2_is_hole(const struct stage2_live *s, ipa_t ipa)
{
	uint64_t entry;

	if (__atomic_load_n(&s->split, __ATOMIC_ACQUIRE)) {
		return false;
	}
	entry = pair_load(&s->tables.root[stage2_index(ipa, LPAE_L1_SHIFT)]);
	if (entry) {
		entry = stage2_step(s, entry, ipa, LPAE_L2_SHIFT);
	}
	if ((entry & LPAE_TYPE) == LPAE_TYPE_TABLE) {
		entry = stage2_step(s, entry, ipa, LPAE_L3_SHIFT);
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
