/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/stage2/stage2_change.h"
#include "hyp/stage2/stage2_table.h"

#define STAGE2_FLAGS	(STAGE2_READ_ONLY | STAGE2_LOG | STAGE2_REGISTERS)
#define STAGE2_WRITABLE FIELD_PREP(LPAE_S2_ACCESS, LPAE_S2_ACCESS_WRITE)
/* Of a page with a log: while it is writable, it is dirty. */
#define STAGE2_LOGGED	FIELD_PREP(LPAE_SOFTWARE, UINT64_C(1))

/* ---- entries and tables ---- */

/* CPUs walk the tables meanwhile: all of an entry changes at once (A3.5.3). */
static void stage2_write(uint64_t *entry, uint64_t value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELAXED);
}

static struct stage2_pool_page *stage2_page_of(const struct stage2_live *s, const uint64_t *entry)
{
	return &s->page[stage2_number(&s->tables, entry)];
}

/* An entry that was invalid, and needs no flush. */
static void stage2_enter(struct stage2_live *s, uint64_t *entry, uint64_t value)
{
	stage2_page_of(s, entry)->used++;
	stage2_write(entry, value);
}

static void stage2_clear(struct stage2_live *s, uint64_t *entry)
{
	stage2_page_of(s, entry)->used--;
	stage2_write(entry, 0);
	s->removed = s->now;
}

static uint16_t stage2_take(struct stage2_live *s)
{
	uint16_t page = s->free;

	s->free = s->page[page].next;
	s->page[page] = (struct stage2_pool_page) { 0 };
	s->nr_free--;
	return page;
}

/* A table that is all zero. */
static void stage2_put(struct stage2_live *s, uint16_t page)
{
	s->page[page] = (struct stage2_pool_page) { .next = s->free };
	s->free = page;
	s->nr_free++;
}

/* The descriptor of a table, whose entries other CPUs read only after this (A3.8.3). */
static uint64_t stage2_link(const struct stage2_live *s, uint16_t page)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
	return (s->tables.pool.base_pa.pa + (uint64_t)page * PAGE_SIZE) | LPAE_TYPE_TABLE;
}

/* The table of an entry; a new one if it has none. stage2_add has counted: stage2_need. */
static uint64_t *stage2_table_of(struct stage2_live *s, uint64_t *entry)
{
	if (*entry == 0) {
		stage2_enter(s, entry, stage2_link(s, stage2_take(s)));
	}
	return stage2_table(&s->tables, *entry);
}

/* An entry whose table has become empty, if so: CPUs may still walk it. All of it is zero. */
static void stage2_retire(struct stage2_live *s, uint64_t *entry)
{
	const uint64_t *table = stage2_table(&s->tables, *entry);
	struct stage2_pool_page *page = stage2_page_of(s, table);
	uint16_t number = (uint16_t)(page - s->page);

	if (page->used) {
		return;
	}
	stage2_clear(s, entry);
	*page = (struct stage2_pool_page) { .removed = s->now };
	if (s->first_waiting) {
		s->page[s->last_waiting].next = number;
	} else {
		s->first_waiting = number;
	}
	s->last_waiting = number;
}

static void stage2_zero(struct stage2_live *s, uint32_t page)
{
	uint64_t *table = stage2_page(&s->tables, page);

	for (uint32_t n = 0; n < LPAE_ENTRIES; n++) {
		table[n] = 0;
	}
}

/* Leaves of pages that follow each other, from entry `first` on, which are invalid. */
static void stage2_fill(uint64_t *table, uint32_t first, uint32_t pages, uint64_t leaf)
{
	/*@ loop invariant 0 <= n <= pages;
	  @ loop invariant \forall integer k; first <= k < first + n ==>
	  @   table[k] == leaf + 4096 * (k - first);
	  @ loop invariant \forall integer k; first + n <= k < first + pages ==> table[k] == 0;
	  @ loop assigns n, table[first .. first + pages - 1];
	  @ loop variant pages - n;
	  @*/
	for (uint32_t n = 0; n < pages; n++) {
		stage2_write(&table[first + n], leaf + (uint64_t)n * PAGE_SIZE);
	}
}

/* Is one of these valid? */
static bool stage2_any(const uint64_t *entry, uint32_t pages)
{
	/*@ loop invariant 0 <= n <= pages;
	  @ loop invariant \forall integer k; 0 <= k < n ==> entry[k] == 0;
	  @ loop assigns n;
	  @ loop variant pages - n;
	  @*/
	for (uint32_t n = 0; n < pages; n++) {
		if (entry[n]) {
			return true;
		}
	}
	return false;
}

/* Returns how many of these were valid. None is any more. */
static uint32_t stage2_wipe(uint64_t *entry, uint32_t pages)
{
	uint32_t gone = 0;

	/*@ loop invariant 0 <= gone <= n <= pages;
	  @ loop invariant \forall integer k; 0 <= k < n ==> entry[k] == 0;
	  @ loop invariant gone == 0 <==>
	  @   (\forall integer k; 0 <= k < n ==> \at(entry[k], Pre) == 0);
	  @ loop invariant \forall integer k; n <= k < pages ==> entry[k] == \at(entry[k], Pre);
	  @ loop assigns n, gone, entry[0 .. pages - 1];
	  @ loop variant pages - n;
	  @*/
	for (uint32_t n = 0; n < pages; n++) {
		if (entry[n]) {
			stage2_write(&entry[n], 0);
			gone++;
		}
	}
	return gone;
}

void stage2_live_init(struct stage2_live *s, const struct stage2_pool *pool,
		      struct stage2_pool_page *page, uint32_t root)
{
	*s = (struct stage2_live) { .page = page, .now = 1 };
	s->tables.pool = *pool;
	s->tables.pool.used = pool->pages; /* a descriptor may name any of them */
	s->tables.root = stage2_page(&s->tables, root);
	s->tables.root_pa = pa_add(pool->base_pa, (uint64_t)root * PAGE_SIZE);
	page[root] = (struct stage2_pool_page) { 0 };
	stage2_zero(s, root);
}

void stage2_give(struct stage2_live *s, uint32_t page)
{
	stage2_zero(s, page);
	stage2_put(s, (uint16_t)page);
}

void stage2_end(struct stage2_live *s)
{
	/*@ loop invariant 0 <= n <= 4;
	  @ loop invariant \forall integer k; 0 <= k < n ==> s->tables.root[k] == 0;
	  @ loop assigns n, s->tables.root[0 .. 3];
	  @ loop variant 4 - n;
	  @*/
	for (uint32_t n = 0; n < STAGE2_IPA_LIMIT / STAGE2_GIGABYTE; n++) {
		stage2_write(&s->tables.root[n], 0);
	}
}

/* ---- addresses ---- */

static bool stage2_range_is_good(ipa_t ipa, uint32_t pages)
{
	return pages && ipa.ipa % PAGE_SIZE == 0 &&
	       pages <= (STAGE2_IPA_LIMIT - ipa.ipa) / PAGE_SIZE;
}

/* The first pages of a range, which one entry of level 2 or its table has. */
static uint32_t stage2_head(ipa_t ipa, uint32_t pages)
{
	return bits_min(pages, LPAE_ENTRIES - stage2_index(ipa, LPAE_L3_SHIFT));
}

static ipa_t stage2_pages_on(ipa_t ipa, uint32_t pages)
{
	return ipa_add(ipa, pages * PAGE_SIZE);
}

/* The entry of level 2; NULL: there is no table. */
static uint64_t *stage2_slot(const struct stage2_live *s, ipa_t ipa)
{
	uint64_t *level2 =
		stage2_table(&s->tables, s->tables.root[stage2_index(ipa, LPAE_L1_SHIFT)]);

	return level2 ? &level2[stage2_index(ipa, LPAE_L2_SHIFT)] : NULL;
}

static bool stage2_is_split(const struct stage2_live *s, ipa_t ipa)
{
	return s->split && (ipa.ipa ^ s->split_ipa.ipa) < BLOCK_SIZE;
}

/* ---- tickets ---- */

/* Tickets wrap. */
static bool stage2_is_later(uint32_t ticket, uint32_t other)
{
	return ticket != other && ticket - other < UINT32_C(1) << 31;
}

bool stage2_unflushed(const struct stage2_live *s)
{
	return stage2_is_later(s->removed, s->flushed);
}

uint32_t stage2_ticket(struct stage2_live *s)
{
	return s->now++;
}

void stage2_flushed(struct stage2_live *s, uint32_t ticket)
{
	if (!stage2_is_later(ticket, s->flushed)) {
		return;
	}
	s->flushed = ticket;
	if (!stage2_unflushed(s)) {
		s->removed = ticket; /* it stays comparable */
	}
	if (s->split && !stage2_is_later(s->split_removed, ticket)) {
		stage2_write(stage2_slot(s, s->split_ipa), stage2_link(s, s->split));
		__atomic_store_n(&s->split, 0, __ATOMIC_RELEASE); /* stage2_is_hole */
	}
	/*@ loop assigns s->first_waiting, s->free, s->nr_free, s->page[0 .. 65535]; */
	while (s->first_waiting && !stage2_is_later(s->page[s->first_waiting].removed, ticket)) {
		uint16_t page = s->first_waiting;

		s->first_waiting = s->page[page].next;
		stage2_put(s, page);
	}
}

/* ---- mapping ---- */

static uint64_t stage2_bits(uint32_t flags)
{
	uint64_t bits = stage2_attributes(flags & STAGE2_REGISTERS ? STAGE2_DEVICE : STAGE2_RAM);

	if (flags & (STAGE2_READ_ONLY | STAGE2_LOG)) {
		bits &= ~STAGE2_WRITABLE;
	}
	return flags & STAGE2_LOG && !(flags & STAGE2_READ_ONLY) ? bits | STAGE2_LOGGED : bits;
}

static bool stage2_is_taken(const struct stage2_live *s, ipa_t ipa, uint32_t pages)
{
	const uint64_t *slot = stage2_slot(s, ipa);
	const uint64_t *level3 = slot ? stage2_table(&s->tables, *slot) : NULL;

	if (!level3) {
		return slot && *slot;
	}
	return stage2_any(&level3[stage2_index(ipa, LPAE_L3_SHIFT)], pages);
}

static bool stage2_is_block(ipa_t ipa, pa_t pa, uint32_t pages, uint32_t flags)
{
	return pages == LPAE_ENTRIES && (ipa.ipa | pa.pa) % BLOCK_SIZE == 0 &&
	       !(flags & STAGE2_LOG);
}

/* How many tables the pages at ipa need; all are in one GiB. */
static uint32_t stage2_need(const struct stage2_live *s, ipa_t ipa, bool block)
{
	const uint64_t *slot = stage2_slot(s, ipa);

	return (slot ? 0u : 1u) + (block || (slot && *slot) ? 0u : 1u);
}

/* The entry of level 2, of a table that may be new. */
static uint64_t *stage2_slot_of(struct stage2_live *s, ipa_t ipa)
{
	uint64_t *root = &s->tables.root[stage2_index(ipa, LPAE_L1_SHIFT)];

	return &stage2_table_of(s, root)[stage2_index(ipa, LPAE_L2_SHIFT)];
}

static void stage2_map_pages(struct stage2_live *s, ipa_t ipa, pa_t pa, uint32_t pages,
			     uint64_t bits)
{
	uint64_t *level3 = stage2_table_of(s, stage2_slot_of(s, ipa));

	stage2_fill(level3, stage2_index(ipa, LPAE_L3_SHIFT), pages, pa.pa | bits | LPAE_TYPE_PAGE);
	stage2_page_of(s, level3)->used += (uint16_t)pages;
}

static void stage2_map_block(struct stage2_live *s, ipa_t ipa, pa_t pa, uint64_t bits)
{
	stage2_enter(s, stage2_slot_of(s, ipa), pa.pa | bits | LPAE_TYPE_BLOCK);
}

enum stage2_change stage2_add(struct stage2_live *s, ipa_t ipa, pa_t pa, uint32_t pages,
			      uint32_t flags)
{
	bool block = stage2_is_block(ipa, pa, pages, flags);
	uint32_t head = stage2_head(ipa, pages);
	uint32_t rest = pages - head;
	ipa_t next = stage2_pages_on(ipa, head);
	uint32_t need;

	if (!stage2_range_is_good(ipa, pages) || pages > STAGE2_STEP || (flags & ~STAGE2_FLAGS) ||
	    pa.pa % PAGE_SIZE || pa.pa > STAGE2_PA_LIMIT - (uint64_t)pages * PAGE_SIZE) {
		return STAGE2_REFUSED;
	}
	if (stage2_unflushed(s)) {
		return STAGE2_FLUSH;
	}
	if (stage2_is_taken(s, ipa, head) || (rest && stage2_is_taken(s, next, rest))) {
		return STAGE2_TAKEN;
	}
	need = stage2_need(s, ipa, block) + (rest ? stage2_need(s, next, false) : 0);
	if (rest && !stage2_slot(s, ipa) && next.ipa % STAGE2_GIGABYTE) {
		need--; /* both need the same table of level 2 */
	}
	if (need > s->nr_free) {
		return STAGE2_FULL;
	}
	if (block) {
		stage2_map_block(s, ipa, pa, stage2_bits(flags));
		return STAGE2_DONE;
	}
	stage2_map_pages(s, ipa, pa, head, stage2_bits(flags));
	if (rest) {
		stage2_map_pages(s, next, pa_add(pa, head * PAGE_SIZE), rest, stage2_bits(flags));
	}
	return STAGE2_DONE;
}

/* ---- unmapping ---- */

/* The pages of a block, but those in [ipa, ipa + pages pages), go into a table that is all zero. */
static void stage2_spread(uint64_t *table, ipa_t ipa, uint32_t pages, uint64_t block)
{
	uint32_t first = stage2_index(ipa, LPAE_L3_SHIFT);
	uint32_t next = first + pages;
	uint64_t leaf = block | LPAE_TYPE_PAGE;

	stage2_fill(table, 0, first, leaf);
	stage2_fill(table, next, LPAE_ENTRIES - next, leaf + (uint64_t)next * PAGE_SIZE);
}

/* A block becomes a table without the pages that go: broken here, and made by stage2_flushed. */
static void stage2_divide(struct stage2_live *s, ipa_t ipa, uint64_t *slot, uint32_t pages)
{
	s->split = stage2_take(s);
	s->split_ipa = ipa;
	s->split_removed = s->now;
	stage2_spread(stage2_page(&s->tables, s->split), ipa, pages, *slot);
	s->page[s->split].used = (uint16_t)(LPAE_ENTRIES - pages);
	/* stage2_is_hole: who sees the entry go sees `split`. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	stage2_write(slot, 0); /* its level 2 table still counts it */
	s->removed = s->now;
}

/* Part of a block. False: flush first. */
static bool stage2_remove_part(struct stage2_live *s, ipa_t ipa, uint64_t *slot, uint32_t pages)
{
	if (s->split || (!s->nr_free && s->first_waiting)) {
		return false;
	}
	if (s->nr_free) {
		stage2_divide(s, ipa, slot, pages);
	} else {
		stage2_clear(s, slot);
	}
	return true;
}

static void stage2_remove_pages(struct stage2_live *s, ipa_t ipa, uint64_t *slot, uint32_t pages)
{
	uint64_t *level3 = stage2_table(&s->tables, *slot);
	uint32_t gone = stage2_wipe(&level3[stage2_index(ipa, LPAE_L3_SHIFT)], pages);

	if (gone) {
		s->removed = s->now;
		stage2_page_of(s, level3)->used -= (uint16_t)gone;
		stage2_retire(s, slot);
	}
}

/* How many entries are visited to remove `pages` pages of one slot. NULL: it has no table. */
static uint32_t stage2_cost(const struct stage2_live *s, const uint64_t *slot, uint32_t pages)
{
	if (!slot || *slot == 0) {
		return 1;
	}
	if (stage2_table(&s->tables, *slot)) {
		return pages;
	}
	return pages == LPAE_ENTRIES ? 1 : LPAE_ENTRIES;
}

/* `pages` pages of one slot, of a table of level 2. False: flush first. */
static bool stage2_remove_slot(struct stage2_live *s, ipa_t ipa, uint64_t *slot, uint32_t pages)
{
	if (stage2_is_split(s, ipa)) {
		return false;
	}
	if (*slot == 0) {
		return true;
	}
	if (stage2_table(&s->tables, *slot)) {
		stage2_remove_pages(s, ipa, slot, pages);
	} else if (pages == LPAE_ENTRIES) {
		stage2_clear(s, slot);
	} else if (!stage2_remove_part(s, ipa, slot, pages)) {
		return false;
	}
	stage2_retire(s, &s->tables.root[stage2_index(ipa, LPAE_L1_SHIFT)]);
	return true;
}

uint32_t stage2_remove(struct stage2_live *s, ipa_t ipa, uint32_t pages)
{
	uint32_t done = 0;
	uint32_t work = 0;

	if (!stage2_range_is_good(ipa, pages)) {
		return 0;
	}
	while (done < pages) {
		ipa_t at = stage2_pages_on(ipa, done);
		uint64_t *slot = stage2_slot(s, at);
		uint32_t part = stage2_head(at, pages - done);

		work += stage2_cost(s, slot, part);
		if (work > STAGE2_STEP || (slot && !stage2_remove_slot(s, at, slot, part))) {
			break;
		}
		done += part;
	}
	return done;
}

/* ---- one page ---- */

/* The leaf of an address; NULL: there is none. `shift`: of its size. */
static uint64_t *stage2_leaf(const struct stage2_live *s, ipa_t ipa, unsigned *shift)
{
	uint64_t *entry = stage2_slot(s, ipa);
	uint64_t *level3 = entry ? stage2_table(&s->tables, *entry) : NULL;

	*shift = level3 ? LPAE_L3_SHIFT : LPAE_L2_SHIFT;
	if (level3) {
		entry = &level3[stage2_index(ipa, LPAE_L3_SHIFT)];
	}
	return entry && *entry ? entry : NULL;
}

enum stage2_change stage2_find(const struct stage2_live *s, ipa_t ipa, struct stage2_found *found)
{
	unsigned shift;
	const uint64_t *leaf = stage2_leaf(s, ipa, &shift);
	uint32_t offset = ipa.ipa % (UINT32_C(1) << shift);

	if (!leaf) {
		return stage2_is_split(s, ipa) ? STAGE2_FLUSH : STAGE2_HOLE;
	}
	*found = (struct stage2_found) {
		.pa = pa_make((*leaf & LPAE_ADDRESS) + offset),
		.size = (UINT32_C(1) << shift) - offset,
		.writable = *leaf & STAGE2_WRITABLE,
		.executable = !(*leaf & LPAE_XN),
		.logged = *leaf & STAGE2_LOGGED,
	};
	return STAGE2_DONE;
}

enum stage2_change stage2_write_fault(struct stage2_live *s, ipa_t ipa)
{
	unsigned shift;
	uint64_t *leaf = stage2_leaf(s, ipa, &shift);

	if (!leaf) {
		return stage2_is_split(s, ipa) ? STAGE2_FLUSH : STAGE2_HOLE;
	}
	if (*leaf & STAGE2_WRITABLE) {
		return STAGE2_DONE; /* another CPU's fault, or an old entry of this one's TLB */
	}
	if (!(*leaf & STAGE2_LOGGED)) {
		return STAGE2_REFUSED;
	}
	stage2_write(leaf, *leaf | STAGE2_WRITABLE);
	return STAGE2_DONE;
}

/* The pages of a slot that has a table: bit first + n of the bitmap is page n. Permissions may
 * change without an invalid entry in between (B3.10.1). */
static uint32_t stage2_collect_pages(uint64_t *level3, uint32_t pages, uint32_t *bitmap,
				     uint32_t first)
{
	const uint64_t dirty = STAGE2_LOGGED | STAGE2_WRITABLE;
	uint32_t count = 0;

	/*@ loop invariant 0 <= count <= n <= pages;
	  @ loop assigns n, count, level3[0 .. pages - 1], bitmap[0 .. 15];
	  @ loop variant pages - n;
	  @*/
	for (uint32_t n = 0; n < pages; n++) {
		if ((level3[n] & dirty) == dirty) {
			stage2_write(&level3[n], level3[n] & ~STAGE2_WRITABLE);
			bitmap[(first + n) / 32] |= BIT32((first + n) % 32);
			count++;
		}
	}
	return count;
}

uint32_t stage2_collect(struct stage2_live *s, ipa_t ipa, uint32_t pages, uint32_t *bitmap)
{
	uint32_t count = 0;
	uint32_t part;

	if (!stage2_range_is_good(ipa, pages) || pages > STAGE2_STEP) {
		return 0;
	}
	for (uint32_t n = 0; n < (pages + 31) / 32; n++) {
		bitmap[n] = 0;
	}
	for (uint32_t done = 0; done < pages; done += part) {
		ipa_t at = stage2_pages_on(ipa, done);
		const uint64_t *slot = stage2_slot(s, at);
		uint64_t *level3 = slot ? stage2_table(&s->tables, *slot) : NULL;

		part = stage2_head(at, pages - done);
		if (level3) {
			count += stage2_collect_pages(&level3[stage2_index(at, LPAE_L3_SHIFT)],
						      part, bitmap, done);
		}
	}
	if (count) {
		s->removed = s->now;
	}
	return count;
}
