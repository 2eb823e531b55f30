/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A model beside hyp/stage2/stage2_change.c: pages as a list, a walk typed from the ARM ARM (DDI
 * 0406C, B3.6), and a TLB that keeps whatever it may keep: every leaf and every table that was ever
 * in the tables, until a flush that began after it had gone is complete. The pool has pages of
 * others, too, which must stay as they are.
 *
 * MODEL_WATCH: how many pages are looked at, one by one. They are representatives: a range that a
 * program uses has all of the pages between two of them, or none.
 */
#ifndef TEST_UNIT_STAGE2_MODEL_H
#define TEST_UNIT_STAGE2_MODEL_H

#include "hyp/stage2/stage2_change.h"
#include "test/unit/test.h"

#ifndef MODEL_WATCH
#define MODEL_WATCH 16u
#endif
#define MODEL_POOL    12u /* pages of the VM, at most: its root, and tables */
#define MODEL_SLOTS   4u  /* of 2 MiB: two below 1 GiB, two above */
#define MODEL_PAGES   (MODEL_SLOTS * 512u)
#define MODEL_FIRST   0x3fc00u /* the number of its first page */
#define MODEL_FLIGHTS 3u       /* flushes at a time */
#define MODEL_POOL_PA UINT64_C(0xff00200000)
#ifndef MODEL_MEMORY
#define MODEL_MEMORY (MODEL_POOL + 2u) /* pages of the pool: page 0, and one that nobody has */
#endif
#define MODEL_JUNK 0xa5 /* each byte of a page before somebody gets it */

/* A leaf without its address and type (B3.6.2): XN, AF, inner shareable, HAP, MemAttr */
#define MODEL_RAM	UINT64_C(0x00000000000007fc)
#define MODEL_RAM_READ	UINT64_C(0x000000000000077c)
#define MODEL_CLEAN	UINT64_C(0x008000000000077c)
#define MODEL_DIRTY	UINT64_C(0x00800000000007fc)
#define MODEL_DEVICE	UINT64_C(0x00400000000007c4)
#define MODEL_DEV_READ	UINT64_C(0x0040000000000744)
#define MODEL_DEV_CLEAN UINT64_C(0x00c0000000000744)
#define MODEL_DEV_DIRTY UINT64_C(0x00c00000000007c4)
#define MODEL_WRITE	UINT64_C(0x80) /* HAP[2] */
#define MODEL_ADDRESS	UINT64_C(0x000000fffffff000)

enum model_slot { SLOT_EMPTY, SLOT_BLOCK, SLOT_TABLE, SLOT_SPLIT };

/* What a CPU may have kept. `cover`: flushes in flight that began after it had gone. */
struct model_kept {
	uint8_t there, present, cover;
};

struct model_page {
	bool mapped, dirty;
	uint8_t flags;
	uint64_t pa;
	/* in the TLB */
	struct model_kept leaf, write;
	uint64_t leaf_pa, leaf_bits;
	uint32_t leaf_size;
};

struct model_link {
	struct model_kept kept;
	uint16_t table;
};

static struct model {
	struct model_page page[MODEL_WATCH];
	uint8_t slot[MODEL_SLOTS];
	struct model_link level1[2], level2[MODEL_SLOTS];
	/* Tables that wait, each with its cover; the split's cover; is anything unflushed? */
	uint8_t nr_waiting, waiting[MODEL_POOL], split_cover;
	struct model_kept removal;
	struct {
		bool on;
		uint32_t ticket;
	} flight[MODEL_FLIGHTS];
	uint32_t pages; /* that it has */
	uint16_t root;	/* one of them */
	uint8_t vm;	/* its number, not 0 */
} model;

static struct stage2_live live;
static struct stage2_pool_page live_page[MODEL_MEMORY];
static uint64_t live_memory[MODEL_MEMORY][512] __attribute__((aligned(4096)));
static uint8_t model_owner[MODEL_MEMORY]; /* the number of the VM that has a page, 0: none */
static uint32_t model_watch[MODEL_WATCH]; /* their numbers from MODEL_FIRST on, ascending */

/* ---- the walk ---- */

static uint32_t model_table(uint64_t entry)
{
	uint64_t number = ((entry & MODEL_ADDRESS) - MODEL_POOL_PA) / 4096;

	CHECK((entry & ~MODEL_ADDRESS) == 3 && number != model.root);
	CHECK(number < MODEL_MEMORY && model_owner[number] == model.vm);
	return number < MODEL_MEMORY ? (uint32_t)number : 0;
}

static uint64_t *model_level1(uint32_t page)
{
	return &live_memory[model.root][(MODEL_FIRST + page) >> 18];
}

static uint64_t *model_level2(uint32_t page)
{
	uint64_t entry = *model_level1(page);

	return entry & 1 ? &live_memory[model_table(entry)][(MODEL_FIRST + page) >> 9 & 511] : NULL;
}

/* The leaf, 0: none. */
static uint64_t model_walk(uint32_t page, uint32_t *size)
{
	uint64_t *level2 = model_level2(page);
	uint64_t entry = level2 ? *level2 : 0;

	*size = 512;
	if ((entry & 3) == 3) {
		*size = 1;
		entry = live_memory[model_table(entry)][(MODEL_FIRST + page) & 511];
		CHECK(entry == 0 || (entry & 3) == 3);
	} else {
		CHECK(entry == 0 || ((entry & 3) == 1 && (entry & 0x1ff000) == 0));
	}
	return entry;
}

/* ---- what CPUs may have kept ---- */

static void kept_see(struct model_kept *kept, bool present)
{
	kept->present = present;
	if (present) {
		kept->there = true;
		kept->cover = 0;
	} else if (kept->there) {
		CHECK(stage2_unflushed(&live)); /* nobody may use it for anything else */
	}
}

static void kept_begin(struct model_kept *kept, uint32_t flight)
{
	if (kept->there && !kept->present) {
		kept->cover |= (uint8_t)(1u << flight);
	}
}

static void kept_end(struct model_kept *kept, uint32_t flight)
{
	if (kept->cover & 1u << flight) {
		*kept = (struct model_kept) { 0 };
	}
}

static void model_each(void (*visit)(struct model_kept *, uint32_t), uint32_t flight)
{
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		visit(&model.page[n].leaf, flight);
		visit(&model.page[n].write, flight);
	}
	for (uint32_t n = 0; n < MODEL_SLOTS; n++) {
		visit(&model.level2[n].kept, flight);
		if (n < 2) {
			visit(&model.level1[n].kept, flight);
		}
	}
	visit(&model.removal, flight);
}

static void model_removed(void)
{
	model.removal = (struct model_kept) { .there = true };
}

/* ---- after each step ---- */

static uint64_t model_bits(const struct model_page *page)
{
	static const uint64_t bits[2][4] = {
		{ MODEL_RAM, MODEL_RAM_READ, MODEL_CLEAN, MODEL_DIRTY },
		{ MODEL_DEVICE, MODEL_DEV_READ, MODEL_DEV_CLEAN, MODEL_DEV_DIRTY },
	};
	uint32_t how = page->flags & 1 ? 1 : page->flags & 2 ? 2u + page->dirty : 0;

	return bits[page->flags >> 2 & 1][how];
}

static void model_see_page(struct model_page *page, uint32_t number)
{
	uint32_t size;
	uint64_t leaf = model_walk(number, &size);
	uint64_t offset = (MODEL_FIRST + number) % size * 4096;
	uint64_t pa = (leaf & MODEL_ADDRESS) + offset;
	uint64_t bits = leaf & ~MODEL_ADDRESS & ~UINT64_C(3);

	CHECK_EQ(leaf != 0, page->mapped);
	if (leaf && page->mapped) {
		CHECK_EQ(pa, page->pa);
		CHECK_EQ(bits, model_bits(page));
		CHECK_EQ(size, model.slot[number / 512] == SLOT_BLOCK ? 512 : 1);
	}
	bits &= ~MODEL_WRITE; /* permissions may change at once (B3.10.1) */
	if (leaf && page->leaf.there) {
		/* two translations of one address at a time: no break before make */
		CHECK(page->leaf_pa == pa && page->leaf_size == size && page->leaf_bits == bits);
	}
	if (leaf) {
		page->leaf_pa = pa;
		page->leaf_size = size;
		page->leaf_bits = bits;
	}
	kept_see(&page->leaf, leaf != 0);
	kept_see(&page->write, leaf & MODEL_WRITE);
}

static bool model_is_zero(const uint64_t *table)
{
	for (uint32_t n = 0; n < 512; n++) {
		if (table[n]) {
			return false;
		}
	}
	return true;
}

/* A table that is in the tables, or that a CPU may still walk. */
static void model_see_link(struct model_link *link, const uint64_t *entry, bool splits,
			   uint8_t *users)
{
	bool is_table = entry && (*entry & 3) == 3;
	uint32_t table = is_table ? model_table(*entry) : 0;

	if (is_table) {
		CHECK(!link->kept.there || link->table == table);
		CHECK(splits || !model_is_zero(live_memory[table])); /* an empty one goes back */
		link->table = (uint16_t)table;
		users[table]++;
	}
	kept_see(&link->kept, is_table);
}

static void model_see_kept_link(const struct model_link *link, const uint8_t *users)
{
	if (link->kept.there && !link->kept.present) {
		CHECK(!users[link->table] && model_is_zero(live_memory[link->table]));
	}
}

static bool model_is_junk(uint32_t page)
{
	uint8_t junk[4096];

	memset(junk, MODEL_JUNK, sizeof(junk));
	return !memcmp(live_memory[page], junk, 4096) &&
	       !memcmp(&live_page[page], junk, sizeof(live_page[page]));
}

static void model_see_table(uint32_t page, bool splits, uint32_t users)
{
	uint32_t used = 0;

	for (uint32_t e = 0; e < 512; e++) {
		used += live_memory[page][e] != 0;
	}
	CHECK(users <= 1);
	CHECK(users || !used || (splits && live.split == page));
	CHECK(!users || live.split == page || live_page[page].used >= used);
}

static void model_see_links(void)
{
	uint8_t users[MODEL_MEMORY] = { 0 };
	uint32_t linked = 0;
	uint32_t splits = 0;

	for (uint32_t n = 0; n < MODEL_SLOTS; n++) {
		splits += model.slot[n] == SLOT_SPLIT;
		model_see_link(&model.level2[n], model_level2(n * 512), false, users);
	}
	model_see_link(&model.level1[0], model_level1(0), splits, users);
	model_see_link(&model.level1[1], model_level1(1024), splits, users);
	for (uint32_t n = 0; n < MODEL_SLOTS; n++) {
		model_see_kept_link(&model.level2[n], users);
		model_see_kept_link(&model.level1[n / 2], users);
	}
	for (uint32_t n = 0; n < MODEL_MEMORY; n++) {
		if (model_owner[n] == model.vm && n != model.root) {
			model_see_table(n, splits, users[n]);
			linked += users[n];
		}
		CHECK(model_owner[n] || model_is_junk(n));
	}
	CHECK_EQ(splits, live.split != 0);
	CHECK_EQ(live.nr_free + model.nr_waiting + splits + linked, model.pages - 1);
}

static bool model_divides(void)
{
	bool any = false;

	for (uint32_t n = 0; n < MODEL_SLOTS; n++) {
		any = any || model.slot[n] == SLOT_SPLIT;
	}
	return any;
}

static void model_see_found(const struct model_page *page, uint32_t number)
{
	struct stage2_found found = { .size = 0 };
	uint32_t offset = number * 8 % 4096;
	enum stage2_change said =
		stage2_find(&live, ipa_make((MODEL_FIRST + number) * 4096 + offset), &found);

	CHECK_EQ(stage2_is_hole(&live, ipa_make((MODEL_FIRST + number) * 4096 + offset)),
		 !page->mapped && !model_divides());
	if (!page->mapped) {
		CHECK_EQ(said, model.slot[number / 512] == SLOT_SPLIT ? STAGE2_FLUSH : STAGE2_HOLE);
		return;
	}
	CHECK_EQ(said, STAGE2_DONE);
	CHECK_EQ(found.pa.pa, page->pa + offset);
	CHECK_EQ(found.size,
		 (model.slot[number / 512] == SLOT_BLOCK ? 512 - number % 512 : 1) * 4096 - offset);
	CHECK_EQ(found.writable, !(page->flags & 1) && (!(page->flags & 2) || page->dirty));
	CHECK_EQ(found.executable, !(page->flags & 4));
	CHECK_EQ(found.logged, (page->flags & 3) == 2);
}

static void model_see(void)
{
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		model_see_page(&model.page[n], model_watch[n]);
		model_see_found(&model.page[n], model_watch[n]);
	}
	model_see_links();
	CHECK_EQ(stage2_unflushed(&live), model.removal.there);
}

/* ---- steps ---- */

/* All pages are nobody's. */
static void model_pool(void)
{
	memset(live_memory, MODEL_JUNK, sizeof(live_memory));
	memset(live_page, MODEL_JUNK, sizeof(live_page));
	memset(model_owner, 0, sizeof(model_owner));
}

/* A VM that has a root and no other page. */
static void model_make(uint8_t vm, uint32_t root)
{
	struct stage2_pool pool = { (uint8_t *)live_memory, pa_make(MODEL_POOL_PA), MODEL_MEMORY,
				    0 };

	memset(&model, 0, sizeof(model));
	memset(&live, MODEL_JUNK, sizeof(live));
	model.pages = 1;
	model.root = (uint16_t)root;
	model.vm = vm;
	model_owner[root] = vm;
	stage2_live_init(&live, &pool, live_page, root);
	CHECK_EQ(live.tables.root_pa.pa, MODEL_POOL_PA + root * 4096);
	CHECK(model_is_zero(live_memory[root]));
}

static void model_give(uint32_t page)
{
	model.pages++;
	model_owner[page] = model.vm;
	stage2_give(&live, page);
	model_see();
}

/* One that has so many pages from page 1 on; the last one is the root. */
static inline void model_begin(uint32_t pages)
{
	model_pool();
	model_make(1, pages);
	for (uint32_t n = pages - 1; n > 0; n--) {
		model_give(n);
	}
	model_see();
}

static bool model_has_gib(uint32_t slot)
{
	return model.slot[slot & ~1u] != SLOT_EMPTY || model.slot[slot | 1u] != SLOT_EMPTY;
}

static uint32_t model_free(void)
{
	uint32_t used = 1u + model_has_gib(0) + model_has_gib(2) + model.nr_waiting;

	for (uint32_t n = 0; n < MODEL_SLOTS; n++) {
		used += model.slot[n] == SLOT_TABLE || model.slot[n] == SLOT_SPLIT;
	}
	return model.pages - used;
}

static bool model_any(uint32_t first, uint32_t pages)
{
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		if (model.page[n].mapped && model_watch[n] - first < pages) {
			return true;
		}
	}
	return false;
}

/* What must an addition of pages that exist and fit answer? */
static enum stage2_change model_add_answer(uint32_t first, uint32_t pages, bool block)
{
	uint32_t last = first + pages - 1;
	uint32_t need = 0;

	if (model.removal.there) {
		return STAGE2_FLUSH;
	}
	if (model_any(first, pages)) {
		return STAGE2_TAKEN;
	}
	for (uint32_t slot = first / 512; slot <= last / 512; slot++) {
		need += model.slot[slot] == SLOT_EMPTY && !block;
		need += !model_has_gib(slot) && (slot == first / 512 || slot % 2 == 0);
	}
	return need > model_free() ? STAGE2_FULL : STAGE2_DONE;
}

static enum stage2_change model_add(uint32_t first, uint32_t pages, uint64_t pa, uint32_t flags)
{
	bool block = pages == 512 && first % 512 == 0 && pa % 0x200000 == 0 && !(flags & 2);
	enum stage2_change want = model_add_answer(first, pages, block);
	enum stage2_change got = stage2_add(&live, ipa_make((MODEL_FIRST + first) * 4096),
					    pa_make(pa), pages, flags);

	CHECK_EQ(got, want);
	for (uint32_t n = 0; want == STAGE2_DONE && n < MODEL_WATCH; n++) {
		if (model_watch[n] - first < pages) {
			struct model_page *page = &model.page[n];

			page->mapped = true;
			page->dirty = false;
			page->flags = (uint8_t)flags;
			page->pa = pa + (uint64_t)(model_watch[n] - first) * 4096;
		}
	}
	for (uint32_t s = first / 512; want == STAGE2_DONE && s <= (first + pages - 1) / 512; s++) {
		model.slot[s] = block ? SLOT_BLOCK : SLOT_TABLE;
	}
	model_see();
	return got;
}

static void model_drop(uint32_t first, uint32_t pages)
{
	if (model_any(first, pages)) {
		model_removed();
	}
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		if (model_watch[n] - first < pages) {
			model.page[n].mapped = false;
		}
	}
}

static void model_wait(void)
{
	model.waiting[model.nr_waiting++] = 0;
}

/* As the header has it. False: flush first. */
static bool model_remove_slot(uint32_t first, uint32_t pages)
{
	uint32_t slot = first / 512;

	if (model.slot[slot] == SLOT_SPLIT) {
		return false;
	}
	if (model.slot[slot] == SLOT_BLOCK && pages < 512) {
		for (uint32_t n = 0; n < MODEL_SLOTS; n++) {
			if (model.slot[n] == SLOT_SPLIT) {
				return false;
			}
		}
		if (model_free()) {
			model.slot[slot] = SLOT_SPLIT;
			model.split_cover = 0;
			model_drop(first, pages);
			for (uint32_t n = 0; n < MODEL_WATCH; n++) { /* for now */
				model.page[n].mapped &= model_watch[n] / 512 != slot;
			}
			return true;
		}
		if (model.nr_waiting) {
			return false;
		}
		first = slot * 512;
		pages = 512;
	}
	if (model.slot[slot] == SLOT_EMPTY) {
		return true;
	}
	model_drop(first, pages);
	if (model.slot[slot] == SLOT_BLOCK) {
		model.slot[slot] = SLOT_EMPTY;
	} else if (!model_any(slot * 512, 512)) {
		model.slot[slot] = SLOT_EMPTY;
		model_wait();
	}
	if (!model_has_gib(slot)) {
		model_wait();
	}
	return true;
}

static uint32_t model_min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* What a divided block keeps is remembered here until its table is made. */
static struct model_split {
	uint32_t first, pages;
} model_split;

static uint32_t model_remove(uint32_t first, uint32_t pages)
{
	uint32_t done = 0;
	uint32_t work = 0;
	uint32_t got = stage2_remove(&live, ipa_make((MODEL_FIRST + first) * 4096), pages);

	while (done < pages) {
		uint32_t part = model_min(pages - done, 512 - (first + done) % 512);
		bool was_block = model.slot[(first + done) / 512] == SLOT_BLOCK;
		uint32_t cost = was_block ? part < 512 ? 512 : 1 : part;

		/* At most 512 entries: of a table, those of the range; all of a divided block's. */
		cost = model.slot[(first + done) / 512] == SLOT_EMPTY ? 1 : cost;
		cost = model.slot[(first + done) / 512] == SLOT_SPLIT ? 1 : cost;
		work += cost;
		if (work > 512 || !model_remove_slot(first + done, part)) {
			break;
		}
		if (was_block && model.slot[(first + done) / 512] == SLOT_SPLIT) {
			model_split.first = first + done;
			model_split.pages = part;
		}
		done += part;
	}
	CHECK_EQ(got, done);
	model_see();
	return got;
}

/* Another CPU, or this one, begins to flush: all that has gone is covered. */
static void model_flush_begin(uint32_t flight)
{
	model.flight[flight].on = true;
	model.flight[flight].ticket = stage2_ticket(&live);
	model_each(kept_begin, flight);
	for (uint32_t n = 0; n < model.nr_waiting; n++) {
		model.waiting[n] |= (uint8_t)(1u << flight);
	}
	model.split_cover |= (uint8_t)(1u << flight);
	model_see();
}

static void model_split_end(uint32_t slot)
{
	model.slot[slot] = SLOT_TABLE;
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		if (model_watch[n] / 512 == slot) {
			model.page[n].mapped =
				model_watch[n] - model_split.first >= model_split.pages;
		}
	}
}

static void model_flush_end(uint32_t flight)
{
	uint32_t bit = 1u << flight;
	uint32_t left = 0;

	model.flight[flight].on = false;
	model_each(kept_end, flight);
	for (uint32_t n = 0; n < model.nr_waiting; n++) {
		if (!(model.waiting[n] & bit)) {
			model.waiting[left++] = model.waiting[n];
		}
	}
	model.nr_waiting = (uint8_t)left;
	for (uint32_t n = 0; n < MODEL_SLOTS; n++) {
		if (model.slot[n] == SLOT_SPLIT && model.split_cover & bit) {
			model_split_end(n);
		}
	}
	stage2_flushed(&live, model.flight[flight].ticket);
	model_see();
}

static void model_flush(void)
{
	for (uint32_t n = 0; n < MODEL_FLIGHTS; n++) {
		if (!model.flight[n].on) {
			model_flush_begin(n);
			model_flush_end(n);
			return;
		}
	}
}

static struct model_page *model_page(uint32_t number)
{
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		if (model_watch[n] == number) {
			return &model.page[n];
		}
	}
	return NULL;
}

/* A write of the guest to a page that is watched. */
static enum stage2_change model_write(uint32_t number)
{
	struct model_page *page = model_page(number);
	enum stage2_change want = STAGE2_DONE;
	enum stage2_change got =
		stage2_write_fault(&live, ipa_make((MODEL_FIRST + number) * 4096 + 0xffc));

	if (!page->mapped) {
		want = model.slot[number / 512] == SLOT_SPLIT ? STAGE2_FLUSH : STAGE2_HOLE;
	} else if (page->flags & 1) {
		want = STAGE2_REFUSED;
	} else {
		page->dirty = true;
	}
	CHECK_EQ(got, want);
	model_see();
	return got;
}

static uint32_t model_collect(uint32_t first, uint32_t pages)
{
	uint32_t bitmap[17];
	uint32_t count = 0;
	uint32_t got;

	memset(bitmap, 0xff, sizeof(bitmap));
	got = stage2_collect(&live, ipa_make((MODEL_FIRST + first) * 4096), pages, bitmap);
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		struct model_page *page = &model.page[n];
		uint32_t at = model_watch[n] - first;
		bool dirty = page->mapped && (page->flags & 3) == 2 && page->dirty;

		if (at < pages) {
			CHECK_EQ(bitmap[at / 32] >> at % 32 & 1, dirty);
			count += dirty;
			page->dirty = false;
		}
	}
	CHECK_EQ(bitmap[(pages + 31) / 32], 0xffffffff); /* as it was */
	CHECK_EQ(got, count);
	if (count) {
		model_removed();
	}
	model_see();
	return got;
}

/* All of it goes, and the pool is what it was. */
static void model_drain(void)
{
	for (uint32_t n = 0; n < MODEL_FLIGHTS; n++) {
		if (model.flight[n].on) {
			model_flush_end(n);
		}
	}
	for (uint32_t done = 0, turns = 0; done < MODEL_PAGES && turns < 40; turns++) {
		done += model_remove(done, MODEL_PAGES - done);
		model_flush();
	}
	CHECK(!stage2_unflushed(&live));
	CHECK_EQ(live.nr_free, model.pages - 1);
	for (uint32_t n = 0; n < MODEL_MEMORY; n++) {
		CHECK(model_owner[n] != model.vm || model_is_zero(live_memory[n]));
	}
}

#endif
