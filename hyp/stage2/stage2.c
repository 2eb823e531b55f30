/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/stage2/stage2.h"
#include "hyp/stage2/stage2_table.h"

#define IPA_SLOTS2 (STAGE2_IPA_LIMIT / BLOCK_SIZE)

/* One walk step of a range: the next leaf to write. */
struct stage2_leaf {
	ipa_t ipa;
	pa_t pa;
	uint32_t size;
};

/* The most spans of `per` granules that n consecutive granules can touch. */
static uint64_t stage2_spans(uint64_t n, uint64_t per)
{
	return n == 0 ? 0 : (n + per - 2) / per + 1;
}

uint32_t stage2_pages_for(uint32_t nr_ranges, const uint32_t *sizes)
{
	uint64_t level2 = 0;
	uint64_t level3 = 0;

	for (uint32_t i = 0; i < nr_ranges; i++) {
		uint64_t pages = bits_align_up(sizes[i], PAGE_SIZE) / PAGE_SIZE;

		level2 += stage2_spans(pages, STAGE2_GIGABYTE / PAGE_SIZE);
		level3 += stage2_spans(pages, BLOCK_SIZE / PAGE_SIZE);
	}
	level2 = level2 < LPAE_ROOT_ENTRIES ? level2 : LPAE_ROOT_ENTRIES;
	level3 = level3 < IPA_SLOTS2 ? level3 : IPA_SLOTS2;
	return (uint32_t)(1 + level2 + level3);
}

void stage2_init(struct stage2 *s2, const struct stage2_pool *pool)
{
	s2->pool = *pool;
	s2->pool.used = 1;
	s2->root = stage2_page(s2, 0);
	s2->root_pa = pool->base_pa;
}

static uint64_t *stage2_table_make(struct stage2 *s2, uint64_t *descriptor)
{
	uint64_t *table = stage2_table(s2, *descriptor);

	if (!table) {
		/* stage2_map has counted: stage2_leaf_need. */
		/*@ admit counted: s2->pool.used < s2->pool.pages; */
		uint32_t page = s2->pool.used++;

		table = stage2_page(s2, page);
		*descriptor = (s2->pool.base_pa.pa + (uint64_t)page * PAGE_SIZE) | LPAE_TYPE_TABLE;
	}
	return table;
}

/* A 2 MiB block if both addresses are aligned and enough is left, else a page (B3.6.1). */
static struct stage2_leaf stage2_leaf_at(ipa_t ipa, pa_t pa, uint64_t left)
{
	bool block = (ipa.ipa | pa.pa) % BLOCK_SIZE == 0 && left >= BLOCK_SIZE;

	return (struct stage2_leaf) { .ipa = ipa,
				      .pa = pa,
				      .size = block ? BLOCK_SIZE : PAGE_SIZE };
}

/* Is the leaf's place free, and how many new tables does it need? `start`: the range's first IPA,
 * so that a table for several leaves is counted only with the first of them. */
static bool stage2_leaf_need(const struct stage2 *s2, const struct stage2_leaf *leaf, ipa_t start,
			     uint32_t *need)
{
	uint64_t *level2 = stage2_table(s2, s2->root[stage2_index(leaf->ipa, LPAE_L1_SHIFT)]);
	uint64_t *level3;
	uint64_t entry;

	if (!level2 && (leaf->ipa.ipa == start.ipa || leaf->ipa.ipa % STAGE2_GIGABYTE == 0)) {
		(*need)++;
	}
	entry = level2 ? level2[stage2_index(leaf->ipa, LPAE_L2_SHIFT)] : 0;
	if (leaf->size == BLOCK_SIZE) {
		return entry == 0;
	}
	level3 = stage2_table(s2, entry);
	if (level3) {
		return level3[stage2_index(leaf->ipa, LPAE_L3_SHIFT)] == 0;
	}
	if (leaf->ipa.ipa == start.ipa || leaf->ipa.ipa % BLOCK_SIZE == 0) {
		(*need)++;
	}
	return entry == 0;
}

static void stage2_leaf_write(struct stage2 *s2, const struct stage2_leaf *leaf,
			      uint64_t attributes)
{
	uint64_t *level2 = stage2_table_make(s2, &s2->root[stage2_index(leaf->ipa, LPAE_L1_SHIFT)]);
	uint64_t *entry = &level2[stage2_index(leaf->ipa, LPAE_L2_SHIFT)];

	if (leaf->size == BLOCK_SIZE) {
		*entry = leaf->pa.pa | attributes | LPAE_TYPE_BLOCK;
		return;
	}
	entry = &stage2_table_make(s2, entry)[stage2_index(leaf->ipa, LPAE_L3_SHIFT)];
	*entry = leaf->pa.pa | attributes | LPAE_TYPE_PAGE;
}

bool stage2_map(struct stage2 *s2, ipa_t ipa, pa_t pa, uint32_t size, enum stage2_kind kind)
{
	struct stage2_leaf leaf;
	uint32_t need = 0;

	if (size == 0 || (ipa.ipa | pa.pa | size) % PAGE_SIZE != 0 ||
	    (uint64_t)ipa.ipa + size > STAGE2_IPA_LIMIT || pa.pa > STAGE2_PA_LIMIT - size) {
		return false;
	}
	for (uint32_t done = 0; done < size; done += leaf.size) {
		leaf = stage2_leaf_at(ipa_add(ipa, done), pa_add(pa, done), size - done);
		if (!stage2_leaf_need(s2, &leaf, ipa, &need)) {
			return false;
		}
	}
	if (need > s2->pool.pages - s2->pool.used) {
		return false;
	}
	/* Everything fits, so nothing can fail from here on. */
	for (uint32_t done = 0; done < size; done += leaf.size) {
		leaf = stage2_leaf_at(ipa_add(ipa, done), pa_add(pa, done), size - done);
		stage2_leaf_write(s2, &leaf, stage2_attributes(kind));
	}
	return true;
}
