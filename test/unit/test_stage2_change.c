/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage-2 tables that change, beside the model of stage2_model.h: page by page, in random order. */
#define MODEL_WATCH 2048
#include "hyp/base/bits.h"
#include "test/unit/stage2_model.h"

#define PA UINT64_C(0x8040000000)

static uint32_t seed;

static uint32_t any(uint32_t n)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)(seed ^ seed >> 15) * n >> 32);
}

static void begin(uint32_t pages)
{
	for (uint32_t n = 0; n < MODEL_WATCH; n++) {
		model_watch[n] = n;
	}
	model_begin(pages);
}

/* ---- what a call maps ---- */

static void blocks_and_pages(void)
{
	begin(MODEL_POOL);
	CHECK_EQ(model_add(0, 512, PA, 0), STAGE2_DONE);
	CHECK_EQ(model.slot[0], SLOT_BLOCK);
	CHECK_EQ(model_add(512, 512, PA + 0x1000, 0), STAGE2_DONE); /* one address is no block's */
	CHECK_EQ(model.slot[1], SLOT_TABLE);
	CHECK_EQ(model_add(1024, 512, PA, STAGE2_LOG), STAGE2_DONE); /* a log has pages */
	CHECK_EQ(model.slot[2], SLOT_TABLE);
	CHECK_EQ(model_add(1536, 512, PA, STAGE2_READ_ONLY), STAGE2_DONE);
	CHECK_EQ(model.slot[3], SLOT_BLOCK);
	CHECK_EQ(model_add(1535, 2, PA, 0), STAGE2_TAKEN);
	model_drain();
	CHECK_EQ(model_add(300, 512, PA, STAGE2_REGISTERS), STAGE2_DONE); /* two tables */
	CHECK_EQ(model_add(1000, 100, PA, STAGE2_READ_ONLY | STAGE2_LOG), STAGE2_DONE); /* 1 GiB */
	CHECK_EQ(model_write(1000), STAGE2_REFUSED);
	model_drain();
}

static void refuse(uint32_t ipa, uint64_t pa, uint32_t pages, uint32_t flags)
{
	CHECK_EQ(stage2_add(&live, ipa_make(ipa), pa_make(pa), pages, flags), STAGE2_REFUSED);
	CHECK_EQ(live.nr_free, MODEL_POOL - 1);
}

static void refusals(void)
{
	uint32_t bitmap = 0x5a;

	begin(MODEL_POOL);
	refuse(0x40000800, PA, 1, 0);
	refuse(0x40000000, PA + 4, 1, 0);
	refuse(0x40000000, PA, 0, 0);
	refuse(0x40000000, PA, 513, 0);
	refuse(0x40000000, PA, 1, 8);
	refuse(0xfffff000, PA, 2, 0);
	refuse(0x40000000, UINT64_C(0xfffffff000), 2, 0);
	refuse(0x40000000, UINT64_C(0x10000000000), 1, 0);
	refuse(0x40000000, UINT64_C(0xfffffffffffff000), 1, 0);
	CHECK_EQ(stage2_remove(&live, ipa_make(0x40000004), 1), 0);
	CHECK_EQ(stage2_remove(&live, ipa_make(0x40000000), 0), 0);
	CHECK_EQ(stage2_remove(&live, ipa_make(0xfffff000), 2), 0);
	CHECK_EQ(stage2_collect(&live, ipa_make(0x40000004), 1, &bitmap), 0);
	CHECK_EQ(stage2_collect(&live, ipa_make(0x40000000), 513, &bitmap), 0);
	CHECK_EQ(stage2_collect(&live, ipa_make(0xfffff000), 2, &bitmap), 0);
	CHECK_EQ(bitmap, 0x5a);
	model_see();
}

/* Both ends of both address spaces. */
static void ends(void)
{
	struct stage2_found found;

	begin(MODEL_POOL);
	CHECK_EQ(stage2_add(&live, ipa_make(0xfffff000), pa_make(UINT64_C(0xfffffff000)), 1, 0),
		 STAGE2_DONE);
	CHECK_EQ(stage2_add(&live, ipa_make(0), pa_make(0), 512, 0), STAGE2_DONE);
	CHECK_EQ(stage2_find(&live, ipa_make(0xffffffff), &found), STAGE2_DONE);
	CHECK_EQ(found.pa.pa, UINT64_C(0xffffffffff));
	CHECK_EQ(found.size, 1);
	CHECK_EQ(live_memory[MODEL_POOL][3] & 3, 3); /* the root */
	CHECK_EQ(live_memory[MODEL_POOL][0] & 3, 3);
	CHECK_EQ(live.nr_free, MODEL_POOL - 4);
	/* All of it at once: 1,048,576 pages, in bounded steps. */
	for (uint32_t done = 0, turns = 0; done < 0x100000; turns++) {
		uint32_t ipa = done * 4096;
		uint32_t part = stage2_remove(&live, ipa_make(ipa), 0x100000 - done);

		CHECK(part && turns < 10);
		done += part ? part : 0x100000;
	}
	stage2_flushed(&live, stage2_ticket(&live));
	CHECK_EQ(live.nr_free, MODEL_POOL - 1);
	CHECK(model_is_zero(live_memory[MODEL_POOL]));
}

/* The VM has ended, with memory mapped in its first GiB and in its last. */
static void ended(void)
{
	struct stage2_found found;

	begin(MODEL_POOL);
	CHECK_EQ(stage2_add(&live, ipa_make(0), pa_make(PA), 512, 0), STAGE2_DONE);
	CHECK_EQ(stage2_add(&live, ipa_make(0xfffff000), pa_make(PA), 1, 0), STAGE2_DONE);
	stage2_end(&live);
	CHECK(model_is_zero(live_memory[MODEL_POOL])); /* the root */
	CHECK_EQ(stage2_find(&live, ipa_make(0), &found), STAGE2_HOLE);
	CHECK_EQ(stage2_find(&live, ipa_make(0xfffff000), &found), STAGE2_HOLE);
}

/* Whenever there are none, one page is given, whose former contents do not matter. */
static void pages_given_one_by_one(void)
{
	begin(1);
	for (uint32_t need = 0; need < 4; need++) {
		CHECK_EQ(model_add(1000, 100, PA, 0), STAGE2_FULL); /* two tables of each level */
		model_give(need % 2 ? 12 - need : 2 + need);
	}
	CHECK_EQ(model_add(1000, 100, PA, 0), STAGE2_DONE);
	CHECK_EQ(live.nr_free, 0);
	CHECK_EQ(model_add(512, 1, PA, 0), STAGE2_DONE); /* in a table that it has */
	CHECK_EQ(model_add(0, 512, PA, 0), STAGE2_DONE);
	CHECK_EQ(model_add(1536, 1, PA, 0), STAGE2_FULL);
	model_give(8);
	CHECK_EQ(model_remove(0, 1), 1); /* the block is divided */
	model_flush();
	CHECK_EQ(model.slot[0], SLOT_TABLE);
	model_drain();
	CHECK_EQ(live.nr_free, 5); /* they stay its own */
	CHECK_EQ(model_add(1000, 100, PA, 0), STAGE2_DONE);
}

/* ---- removal ---- */

static void a_block_is_divided(void)
{
	static const uint32_t at[][2] = {
		{ 0, 1 }, { 511, 1 }, { 0, 511 }, { 1, 511 }, { 200, 100 }
	};

	for (uint32_t n = 0; n < sizeof(at) / sizeof(at[0]); n++) {
		begin(MODEL_POOL);
		CHECK_EQ(model_add(512, 512, PA, n % 2 ? STAGE2_READ_ONLY : 0), STAGE2_DONE);
		CHECK_EQ(model_remove(512 + at[n][0], at[n][1]), at[n][1]);
		CHECK_EQ(model.slot[1], SLOT_SPLIT); /* the model finds its entry invalid */
		CHECK_EQ(model_write(512 + (at[n][0] + at[n][1]) % 512), STAGE2_FLUSH);
		CHECK_EQ(model_remove(512, 512), 0);
		model_flush();
		CHECK_EQ(model.slot[1], SLOT_TABLE);
		CHECK_EQ(model_add(512 + at[n][0], at[n][1], PA + 0x800000, 0), STAGE2_DONE);
		model_drain();
	}
}

/* A second one waits for the first. */
static void two_blocks_are_divided(void)
{
	begin(MODEL_POOL);
	CHECK_EQ(model_add(0, 512, PA, 0), STAGE2_DONE);
	CHECK_EQ(model_add(512, 512, PA + 0x200000, 0), STAGE2_DONE);
	CHECK_EQ(model_remove(256, 512), 256);
	model_flush();
	CHECK_EQ(model_remove(512, 256), 256);
	model_flush();
	CHECK_EQ(model.slot[0], SLOT_TABLE);
	CHECK_EQ(model.slot[1], SLOT_TABLE);
	model_drain();
}

/* No table is left: first what waits, then all of the block. */
static void a_block_goes_as_a_whole(void)
{
	begin(3);
	CHECK_EQ(model_add(0, 1, PA, 0), STAGE2_DONE);
	CHECK_EQ(model_add(512, 512, PA, 0), STAGE2_DONE);
	CHECK_EQ(model_remove(0, 1), 1);
	CHECK_EQ(model_remove(512, 1), 0); /* the table of the page waits */
	model_flush();
	CHECK_EQ(model_add(0, 1, PA, 0), STAGE2_DONE);
	CHECK_EQ(model_remove(512, 1), 1);
	CHECK_EQ(model.slot[1], SLOT_EMPTY);
	model_flush();
	CHECK_EQ(model_add(513, 1, PA, 0), STAGE2_FULL);
	CHECK_EQ(model_add(512, 512, PA, 0), STAGE2_DONE);
	model_drain();
}

/* ---- tickets ---- */

/* Removals of two CPUs: the flush of the first does not cover the second's. */
static void two_flushes(void)
{
	for (uint32_t order = 0; order < 2; order++) {
		begin(MODEL_POOL);
		CHECK_EQ(model_add(0, 1, PA, 0), STAGE2_DONE);
		CHECK_EQ(model_add(512, 1, PA, 0), STAGE2_DONE);
		CHECK_EQ(model_remove(0, 1), 1);
		model_flush_begin(0);
		CHECK_EQ(model_remove(512, 1), 1);
		model_flush_begin(1);
		model_flush_end(order);
		CHECK_EQ(stage2_unflushed(&live), order == 0);
		CHECK_EQ(model_add(0, 1, PA, 0), order == 0 ? STAGE2_FLUSH : STAGE2_DONE);
		model_flush_end(!order);
		CHECK(!stage2_unflushed(&live));
		model_drain();
	}
}

/* After 2^31 flushes, and at the wrap. */
static void tickets_wrap(void)
{
	static const uint32_t at[] = { 0x7ffffffe, 0xfffffffe };

	for (uint32_t n = 0; n < 2; n++) {
		begin(4);
		live.now = at[n];
		live.flushed = at[n] - 1;
		live.removed = at[n] - 1;
		for (uint32_t turn = 0; turn < 5; turn++) {
			CHECK_EQ(model_add(0, 512, PA, 0), STAGE2_DONE);
			CHECK_EQ(model_remove(1, 1), 1);
			CHECK(stage2_unflushed(&live));
			model_flush();
			CHECK_EQ(model_remove(0, 512), 512);
			model_flush();
			model_flush();
		}
		model_drain();
	}
	/* Nothing is removed for longer than tickets are unique. */
	begin(4);
	live.now = 0x80000005;
	stage2_flushed(&live, 0x70000000);
	stage2_flushed(&live, stage2_ticket(&live));
	CHECK(!stage2_unflushed(&live));
	stage2_flushed(&live, 0x70000000); /* an old one comes late */
	CHECK_EQ(live.flushed, 0x80000005);
}

/* ---- the log ---- */

static void a_log(void)
{
	begin(MODEL_POOL);
	CHECK_EQ(model_add(100, 300, PA, STAGE2_LOG), STAGE2_DONE);
	CHECK_EQ(model_add(400, 10, PA, 0), STAGE2_DONE);
	CHECK_EQ(model_collect(0, 512), 0);
	CHECK(!stage2_unflushed(&live));
	CHECK_EQ(model_write(100), STAGE2_DONE);
	CHECK_EQ(model_write(131), STAGE2_DONE);
	CHECK_EQ(model_write(131), STAGE2_DONE);
	CHECK_EQ(model_write(399), STAGE2_DONE);
	CHECK_EQ(model_write(405), STAGE2_DONE); /* never read-only: an old entry of a TLB */
	CHECK_EQ(model_write(99), STAGE2_HOLE);
	CHECK_EQ(model_collect(100, 31), 1);
	CHECK(stage2_unflushed(&live)); /* CPUs may still write by their TLBs */
	model_flush();
	CHECK_EQ(model_collect(0, 512), 2);
	CHECK_EQ(model_collect(0, 512), 0);
	CHECK_EQ(model_write(131), STAGE2_DONE);
	CHECK_EQ(model_collect(131, 1), 1);
	model_drain();
}

/* ---- all of it ---- */

/* A range that is often one of blocks. */
static void any_range(uint32_t *first, uint32_t *pages)
{
	*first = any(4) * 512;
	*pages = 512;
	if (any(3)) {
		*first = any(2) ? any(MODEL_PAGES) : (any(3) + 1) * 512 - any(3);
		*pages = any(3) ? 1 + any(8) : 1 + any(512);
	}
	*pages = model_min(*pages, MODEL_PAGES - *first);
}

static void any_step(void)
{
	uint32_t first, pages;
	uint32_t flight = any(MODEL_FLIGHTS);

	any_range(&first, &pages);
	switch (any(12)) {
	default:
		model_add(first, pages, PA + (any(3) ? first * 4096u : any(4096) * 4096u),
			  any(2) ? 0 : any(8));
		break;
	case 3:
	case 4:
		model_remove(first, any(8) ? pages : MODEL_PAGES - first);
		break;
	case 5:
	case 6:
		model_write(first);
		break;
	case 7:
		model_collect(first, pages);
		break;
	case 8:
	case 9:
	case 10:
		if (model.flight[flight].on) {
			model_flush_end(flight);
		} else {
			model_flush_begin(flight);
		}
	}
}

static void random_steps(void)
{
	uint32_t counts[6] = { 0 };

	for (uint32_t round = 0; round < 100 && !test_failures; round++) {
		seed = round + 1;
		begin(3 + any(MODEL_POOL - 2));
		for (uint32_t n = 0; n < 120 && !test_failures; n++) {
			any_step();
			for (uint32_t s = 0; s < MODEL_SLOTS; s++) {
				counts[model.slot[s]]++;
			}
			counts[4] += model.nr_waiting != 0;
			counts[5] += stage2_unflushed(&live);
		}
		model_drain();
		if (test_failures) {
			printf("round %u\n", (unsigned)round);
		}
	}
	for (uint32_t n = 0; n < 6; n++) {
		CHECK(counts[n] > 200); /* each is reached often */
	}
}

/* From each page, what comes next; in bounded steps. */
static void what_comes_next(void)
{
	static const uint32_t mapped[] = { 0, 1, 300, 0x200, 0x3ff, 0x30005, 0xc0000, 0xfffff };
	struct stage2_found found;
	uint32_t page = 0, visits = 0;

	begin(MODEL_POOL);
	for (size_t n = 0; n < ARRAY_SIZE(mapped); n++) {
		uint32_t pages = mapped[n] == 0x200 ? 0x1ff : 1;

		CHECK_EQ(stage2_add(&live, ipa_make(mapped[n] * 4096),
				    pa_make(PA + mapped[n] * 4096ull), pages, 0),
			 STAGE2_DONE);
	}
	CHECK_EQ(stage2_add(&live, ipa_make(0x80000000), pa_make(0x80000000), 512, 0), STAGE2_DONE);
	for (uint32_t want = 0; page < 0x100000; visits++) {
		enum stage2_change said = stage2_next(&live, &page, &found);

		while (want < page && want < 0x100000) { /* holes, all of them */
			struct stage2_found none;

			CHECK_EQ(stage2_find(&live, ipa_make(want * 4096), &none), STAGE2_HOLE);
			want++;
		}
		if (said == STAGE2_DONE) {
			CHECK_EQ(found.size, page == 0x80000 ? 0x200000 : 0x1000);
			page += found.size / 4096;
			want = page;
		} else {
			CHECK_EQ(said, STAGE2_HOLE);
		}
	}
	CHECK_EQ(page, 0x100000);
	CHECK(visits < 600 + 8 * 512 * 3 / 64);
	CHECK_EQ(stage2_next(&live, &page, &found), STAGE2_HOLE);
	CHECK_EQ(page, 0x100000);
	CHECK_EQ(stage2_remove(&live, ipa_make(0x80007000), 1), 1); /* it is being divided */
	page = 0x80000;
	CHECK_EQ(stage2_next(&live, &page, &found), STAGE2_FLUSH);
	CHECK_EQ(page, 0x80000);
}

static const struct test_case cases[] = {
	{ "blocks_and_pages", blocks_and_pages },
	{ "refusals", refusals },
	{ "ends", ends },
	{ "ended", ended },
	{ "pages_given_one_by_one", pages_given_one_by_one },
	{ "a_block_is_divided", a_block_is_divided },
	{ "two_blocks_are_divided", two_blocks_are_divided },
	{ "a_block_goes_as_a_whole", a_block_goes_as_a_whole },
	{ "two_flushes", two_flushes },
	{ "tickets_wrap", tickets_wrap },
	{ "a_log", a_log },
	{ "what_comes_next", what_comes_next },
	{ "random_steps", random_steps },
};

TEST_MAIN("stage2_change", cases)
