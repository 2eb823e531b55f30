/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stage2_is_hole, which reads tables without the lock, while another CPU divides a block: under
 * every order in which the stores may become visible to the reader (ARM ARM A3.8.2, A3.8.3), and in
 * which its loads may be done. A page that is mapped all the while is never a hole; and a walk
 * finds nothing of what the pages of new tables held before.
 *
 * The writer's stores are remembered with the barriers between them. What a reader may see of them
 * is a set that has with a store behind a barrier all those in front of it, with a store-release
 * all that came before, and with a store to a word all earlier ones to that word.
 */
#include "test/unit/test.h"

#define PAGES	8u
#define ROOT	1u
#define POOL_PA UINT64_C(0x8000000000)
#define RAM	0x40000000u
#define BLOCK	0x200000u
#define STAYS	(RAM + 0x5000u)
#define GOES	(RAM + 0x9000u)

/* What the code under test does to words that several CPUs see. */
static void order_stored(const volatile void *at, int how);
static void order_fence(int how);
static uint64_t order_load(const volatile void *at, uint64_t value, int how);

#define __atomic_store_n(to, value, how) (*(to) = (value), order_stored((to), (how)))
#define __atomic_load_n(from, how)	 ((__typeof__(*(from)))order_load((from), *(from), (how)))
#define __atomic_thread_fence(how)	 order_fence(how)
#include "hyp/stage2/stage2_change.c"
#include "hyp/stage2/stage2_look.c"

static uint64_t memory[PAGES * 512] __attribute__((aligned(4096)));
static struct stage2_pool_page page_of[PAGES];
static struct stage2_live live;

/* ---- the writer ---- */

#define WORDS  8u
#define STORES 16u

/* Words that the reader looks at. */
static struct word {
	const volatile void *at;
	size_t size;
	uint64_t before, last; /* at the beginning, and as known now */
} word[WORDS];
static uint32_t nr_words;

static struct {
	uint32_t word;
	uint64_t value;
	uint32_t epoch; /* barriers before it */
	bool release;
} stores[STORES];
static uint32_t nr_stores, epoch;
static bool writes;

static uint64_t value_of(const struct word *w)
{
	uint64_t value = 0;

	memcpy(&value, (const void *)(uintptr_t)w->at, w->size);
	return value;
}

static void remember(uint32_t n, bool release)
{
	if (nr_stores == STORES) {
		abort();
	}
	word[n].last = value_of(&word[n]);
	stores[nr_stores].word = n;
	stores[nr_stores].value = word[n].last;
	stores[nr_stores].epoch = epoch;
	stores[nr_stores++].release = release;
}

/* Plain stores that have come since the last event, to other words than `at`. */
static void remember_plain(const volatile void *at)
{
	for (uint32_t n = 0; n < nr_words; n++) {
		if (word[n].at != at && value_of(&word[n]) != word[n].last) {
			remember(n, false);
		}
	}
}

static void order_stored(const volatile void *at, int how)
{
	if (!writes) {
		return;
	}
	remember_plain(at);
	for (uint32_t n = 0; n < nr_words; n++) {
		if (word[n].at == at) {
			remember(n, how == __ATOMIC_RELEASE);
		}
	}
}

static void order_fence(int how)
{
	CHECK(how == __ATOMIC_RELEASE);
	if (writes) {
		remember_plain(NULL);
		epoch++;
	}
}

static void watch(const volatile void *at, size_t size)
{
	struct word *w = &word[nr_words++];

	*w = (struct word) { .at = at, .size = size };
	w->before = w->last = value_of(w);
}

/* ---- what a reader may see ---- */

/* May these be visible, and no others? */
static bool may_be_seen(uint32_t set)
{
	for (uint32_t n = 0; n < nr_stores; n++) {
		for (uint32_t e = 0; e < n && set >> n & 1; e++) {
			bool first = stores[e].epoch < stores[n].epoch || stores[n].release ||
				     stores[e].word == stores[n].word;

			if (first && !(set >> e & 1)) {
				return false;
			}
		}
	}
	return true;
}

static uint64_t seen(uint32_t n, uint32_t set)
{
	uint64_t value = word[n].before;

	for (uint32_t k = 0; k < nr_stores; k++) {
		if (set >> k & 1 && stores[k].word == n) {
			value = stores[k].value;
		}
	}
	return value;
}

/* The reader's loads: of `split`, and of entries. Each entry's address depends on the one before.
 */
static uint32_t split_set, entry_set;
static bool reads, entry_read, acquired;

static uint64_t order_load(const volatile void *at, uint64_t value, int how)
{
	if (!reads) {
		return value;
	}
	if (at == &live.split) {
		acquired = how == __ATOMIC_ACQUIRE && !entry_read;
	} else {
		entry_read = true;
	}
	for (uint32_t n = 0; n < nr_words; n++) {
		if (word[n].at == at) {
			return seen(n, at == &live.split ? split_set : entry_set);
		}
	}
	return value;
}

static bool is_hole(uint32_t split_seen, uint32_t entries_seen, uint32_t ipa)
{
	bool hole;

	split_set = split_seen;
	entry_set = entries_seen;
	entry_read = acquired = false;
	reads = true;
	hole = stage2_is_hole(&live, ipa_make(ipa));
	reads = false;
	return hole;
}

/* Would a walk fault there? By B3.6: levels 1, 2 and 3. */
static bool faults(uint32_t set, uint32_t ipa)
{
	const uint32_t shift[] = { 30, 21, 12 };
	uint64_t *table = &memory[512 * ROOT], entry = 0;

	for (uint32_t level = 0; level < 3; level++) {
		const uint64_t *at = &table[ipa >> shift[level] & 511];

		entry = *at;
		for (uint32_t n = 0; n < nr_words; n++) {
			entry = word[n].at == at ? seen(n, set) : entry;
		}
		if ((entry & 3) != 3 || level == 2) {
			break;
		}
		table = &memory[((entry & 0xfffffff000) - POOL_PA) / 8];
	}
	return !(entry & 1);
}

static uint32_t faulted, holes;

/* A fault at what `fault` has, then the loads: in order if `split` is acquired, else in any. */
static void look(uint32_t fault, uint32_t ipa, bool stays)
{
	for (uint32_t a = fault; a < 1u << nr_stores; a++) {
		for (uint32_t b = fault; b < 1u << nr_stores; b++) {
			bool hole;

			if ((a & fault) != fault || (b & fault) != fault || !may_be_seen(a) ||
			    !may_be_seen(b) || ((a & b) != a && (a & b) != b)) {
				continue;
			}
			hole = is_hole(a, b, ipa);
			if (acquired && (a & b) != a) {
				continue; /* entries from before `split` */
			}
			holes += hole;
			if (hole && stays) {
				printf("stores 0x%x, then 0x%x and 0x%x of %u\n", fault, a, b,
				       nr_stores);
				CHECK(!stays); /* it is mapped, and taken for a hole */
				return;
			}
		}
	}
}

static void look_at(uint32_t ipa, bool stays)
{
	faulted = holes = 0;
	for (uint32_t set = 0; set < 1u << nr_stores && !test_failures; set++) {
		if (may_be_seen(set) && faults(set, ipa)) {
			faulted++;
			look(set, ipa, stays);
		}
	}
	printf("%u stores, %u barriers; 0x%x: %u faults, %u holes\n", nr_stores, epoch, ipa,
	       faulted, holes);
	CHECK(faulted > 0);
}

/* ---- ---- */

static void start(void)
{
	const struct stage2_pool pool = { .base = (uint8_t *)memory,
					  .base_pa = pa_make(POOL_PA),
					  .pages = PAGES };

	memset(memory, 0, sizeof(memory));
	nr_words = nr_stores = epoch = 0;
	writes = reads = false;
	stage2_live_init(&live, &pool, page_of, ROOT);
	for (uint32_t n = ROOT + 1; n < PAGES; n++) {
		stage2_give(&live, n);
	}
	for (uint32_t n = 0; n < 2; n++) {
		CHECK_EQ(stage2_add(&live, ipa_make(RAM + n * BLOCK), pa_make(UINT64_C(0x80000000)),
				    512, 0),
			 STAGE2_DONE);
	}
}

/* Of the first block: its entry, and the entries of two pages in the table that it will have. */
static void begin(void)
{
	const uint64_t *level2 = stage2_slot(&live, ipa_make(RAM));
	const uint64_t *level3 = &memory[512 * live.free];

	watch(&live.split, sizeof(live.split));
	watch(&live.tables.root[1], sizeof(uint64_t));
	watch(&level2[0], sizeof(uint64_t));
	watch(&level3[5], sizeof(uint64_t));
	watch(&level3[9], sizeof(uint64_t));
	writes = true;
}

static void unmap(uint32_t ipa)
{
	CHECK_EQ(stage2_remove(&live, ipa_make(ipa), 1), 1);
	stage2_flushed(&live, stage2_ticket(&live));
	remember_plain(NULL);
}

static void one_block(void)
{
	start();
	begin();
	unmap(GOES);
	look_at(STAYS, true);
	look_at(GOES, false);
	CHECK(holes > 0);
	CHECK(is_hole((1u << nr_stores) - 1, (1u << nr_stores) - 1, GOES));
	CHECK(!is_hole((1u << nr_stores) - 1, (1u << nr_stores) - 1, STAYS));
}

/* The next block is divided while the reader still looks at the first. */
static void two_blocks(void)
{
	start();
	begin();
	unmap(GOES);
	unmap(RAM + BLOCK + 0x3000);
	look_at(STAYS, true);
}

/* Pages that held anything else become tables: a walk finds none of that. */
static void new_tables(void)
{
	uint64_t *page = &memory[512 * 2];

	start();
	live.free = 0;
	live.nr_free = 0;
	for (uint32_t n = 0; n < 2 * 512; n++) {
		page[n] = UINT64_C(0xdea007fd);
	}
	watch(&live.tables.root[3], sizeof(uint64_t));
	watch(&page[0], sizeof(uint64_t));
	watch(&page[512], sizeof(uint64_t));
	watch(&page[512 + 1], sizeof(uint64_t));
	writes = true;
	stage2_give(&live, 3);
	stage2_give(&live, 2);
	CHECK_EQ(stage2_add(&live, ipa_make(0xc0000000), pa_make(0x90000000), 1, 0), STAGE2_DONE);
	remember_plain(NULL);
	CHECK(!faults((1u << nr_stores) - 1, 0xc0000000));
	for (uint32_t set = 0; set < 1u << nr_stores; set++) {
		CHECK(!may_be_seen(set) || faults(set, 0xc0001000));
	}
	printf("%u stores, %u barriers\n", nr_stores, epoch);
}

static const struct test_case cases[] = {
	{ "one_block", one_block },
	{ "two_blocks", two_blocks },
	{ "new_tables", new_tables },
};

TEST_MAIN("stage2_order", cases)
