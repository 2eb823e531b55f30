/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage-2 tables, read back by a walk written from the ARM ARM (DDI 0406C): B3.6.1 (levels 1, 2),
 * B3.6.2 (level 3), B3.6.6 (the walk), tables B3-20 to B3-24 (attributes). */
#include "hyp/stage2/stage2.h"
#include "test.h"

#define POOL_PAGES 600u
#define POOL_PA	   UINT64_C(0x8a00400000) /* above 4 GiB, and not where the pool is */

static uint8_t memory[POOL_PAGES * 4096] __attribute__((aligned(4096)));

static struct stage2 fresh(uint32_t pages)
{
	struct stage2_pool pool = { .base = memory, .base_pa = pa_make(POOL_PA), .pages = pages };
	struct stage2 s2;

	memset(memory, 0, sizeof(memory));
	stage2_init(&s2, &pool);
	return s2;
}

/* What a CPU finds: */
struct walk {
	bool mapped;
	uint64_t pa;
	uint64_t leaf; /* the descriptor */
	int level;
	const char *broken; /* rule of the architecture that a descriptor breaks */
};

static uint64_t read_descriptor(uint64_t table_pa, uint64_t index)
{
	uint64_t value;

	if (table_pa < POOL_PA || table_pa + 4096 > POOL_PA + sizeof(memory)) {
		return 0xdead000000000002u;
	}
	memcpy(&value, memory + (table_pa - POOL_PA) + index * 8, 8);
	return value;
}

static struct walk walk(uint64_t root_pa, uint32_t ipa)
{
	struct walk w = { 0 };
	uint64_t table = root_pa;

	if (root_pa & 0x1f) {
		w.broken = "VTTBR.BADDR: 32-byte alignment for T0SZ 0 from level 1";
		return w;
	}
	for (w.level = 1; w.level <= 3; w.level++) {
		unsigned shift = w.level == 1 ? 30 : w.level == 2 ? 21 : 12;
		uint64_t d = read_descriptor(table, ((uint64_t)ipa >> shift) & 0x1ff);

		if ((d & 1) == 0) {
			w.broken = d != 0 ? "an invalid descriptor that is not 0" : NULL;
			return w;
		}
		if (w.level < 3 && (d & 2) != 0) {
			if (d & 0xffffff0000000ffcu) {
				w.broken = "table: bits 63..40 and 11..2 are SBZ at stage 2";
			}
			table = d & 0x000000fffffff000u;
			continue;
		}
		if (w.level == 3 && (d & 2) == 0) {
			w.broken = "level 3: 0b01 is reserved";
		}
		w.mapped = true;
		w.leaf = d;
		w.pa = (d & 0x000000fffffff000u) | (ipa & ((UINT64_C(1) << shift) - 1));
		if (d & 0xffbfff0000000000u) {
			w.broken = "leaf: upper attributes or address bits that are SBZ";
		}
		if (w.level < 3 && (d & ((UINT64_C(1) << shift) - 1) & ~UINT64_C(0xfff)) != 0) {
			w.broken = "block: address bits below its size";
		}
		return w;
	}
	return w;
}

static void check_at(const struct stage2 *s2, uint32_t ipa, uint64_t pa, enum stage2_kind kind)
{
	struct walk w = walk(s2->root_pa.pa, ipa);

	CHECK(w.broken == NULL);
	CHECK(w.mapped);
	CHECK_EQ(w.pa, pa);
	/* AF 1, SH inner (0b11), S2AP read-write (0b11): bits 10..6; read-only: 0b01 */
	CHECK_EQ(w.leaf & 0x7c0, kind == STAGE2_SHARED_READ ? 0x740 : 0x7c0);
	/* MemAttr 0b1111 normal write-back; 0b0001 device. XN for all but RAM */
	CHECK_EQ((w.leaf >> 2) & 0xf, kind == STAGE2_DEVICE ? 0x1 : 0xf);
	CHECK_EQ((w.leaf >> 54) & 1, kind == STAGE2_RAM ? 0 : 1);
}

static void check_unmapped(const struct stage2 *s2, uint32_t ipa)
{
	struct walk w = walk(s2->root_pa.pa, ipa);

	CHECK(w.broken == NULL && !w.mapped);
}

static bool map(struct stage2 *s2, uint32_t ipa, uint64_t pa, uint32_t size, enum stage2_kind kind)
{
	return stage2_map(s2, ipa_make(ipa), pa_make(pa), size, kind);
}

static void blocks_and_pages(void)
{
	struct stage2 s2 = fresh(POOL_PAGES);

	CHECK_EQ(s2.root_pa.pa, POOL_PA);
	CHECK_EQ(s2.pool.used, 1);
	/* 4 MiB and two pages: two blocks and a table of pages */
	CHECK(map(&s2, 0x40000000, UINT64_C(0x12340000000), 0x402000, STAGE2_RAM) == false);
	CHECK(map(&s2, 0x40000000, UINT64_C(0xff40000000), 0x402000, STAGE2_RAM));
	check_at(&s2, 0x40000000, UINT64_C(0xff40000000), STAGE2_RAM);
	CHECK_EQ(walk(POOL_PA, 0x40000000).level, 2);
	check_at(&s2, 0x403ffffc, UINT64_C(0xff403ffffc), STAGE2_RAM);
	check_at(&s2, 0x40401fff, UINT64_C(0xff40401fff), STAGE2_RAM);
	CHECK_EQ(walk(POOL_PA, 0x40401fff).level, 3);
	check_unmapped(&s2, 0x40402000);
	check_unmapped(&s2, 0x3fffffff);
	CHECK_EQ(s2.pool.used, 3);

	CHECK(map(&s2, 0x08010000, 0x2c006000, 0x2000, STAGE2_DEVICE));
	check_at(&s2, 0x08011004, 0x2c007004, STAGE2_DEVICE);
	check_unmapped(&s2, 0x0800ffff);
	check_unmapped(&s2, 0x08012000);
	CHECK_EQ(s2.pool.used, 5);
	CHECK(map(&s2, 0x08013000, 0x2c008000, 0x1000, STAGE2_SHARED));
	check_at(&s2, 0x08013ffc, 0x2c008ffc, STAGE2_SHARED);
	CHECK(map(&s2, 0x08014000, 0x2c009000, 0x2000, STAGE2_SHARED_READ));
	check_at(&s2, 0x08015000, 0x2c00a000, STAGE2_SHARED_READ);
	CHECK_EQ(s2.pool.used, 5);
	/* A block's alignment in one address only: pages */
	CHECK(map(&s2, 0x80000000, 0x70001000, 0x200000, STAGE2_RAM));
	check_at(&s2, 0x801fffff, 0x70200fff, STAGE2_RAM);
	CHECK_EQ(walk(POOL_PA, 0x80000000).level, 3);
	CHECK_EQ(s2.pool.used, 7);
}

static void refusals(void)
{
	struct stage2 s2 = fresh(8);
	static uint8_t before[sizeof(memory)];

	CHECK(map(&s2, 0x40000000, 0x40000000, 0x200000, STAGE2_RAM));
	CHECK(map(&s2, 0x40201000, 0x40201000, 0x1000, STAGE2_RAM));
	memcpy(before, memory, sizeof(before));
	CHECK(!map(&s2, 0x50000800, 0x50000000, 0x1000, STAGE2_RAM));
	CHECK(!map(&s2, 0x50000000, 0x50000004, 0x1000, STAGE2_RAM));
	CHECK(!map(&s2, 0x50000000, 0x50000000, 0x1001, STAGE2_RAM));
	CHECK(!map(&s2, 0x50000000, 0x50000000, 0, STAGE2_RAM));
	CHECK(!map(&s2, 0xfffff000, 0x50000000, 0x2000, STAGE2_RAM));
	CHECK(!map(&s2, 0x50000000, UINT64_C(0xfffffff000), 0x2000, STAGE2_RAM));
	CHECK(!map(&s2, 0x50000000, UINT64_C(0x10000000000), 0x1000, STAGE2_RAM));
	CHECK(!map(&s2, 0x50000000, UINT64_C(0xfffffffffffff000), 0x1000, STAGE2_RAM));
	/* Onto the block, by block and by page; onto the page, by page and by block; at an end */
	CHECK(!map(&s2, 0x40000000, 0x60000000, 0x200000, STAGE2_RAM));
	CHECK(!map(&s2, 0x401ff000, 0x60000000, 0x1000, STAGE2_DEVICE));
	CHECK(!map(&s2, 0x40201000, 0x60000000, 0x1000, STAGE2_RAM));
	CHECK(!map(&s2, 0x40200000, 0x60000000, 0x200000, STAGE2_RAM));
	CHECK(!map(&s2, 0x40200000, 0x60000000, 0x2000, STAGE2_RAM));
	CHECK(!map(&s2, 0x3fe00000, 0x60000000, 0x400000, STAGE2_RAM));
	CHECK(memcmp(before, memory, sizeof(before)) == 0);
	CHECK_EQ(s2.pool.used, 3);
	CHECK(map(&s2, 0x40202000, 0x1000, 0x1000, STAGE2_RAM));
	CHECK(map(&s2, 0xfffff000, UINT64_C(0xfffffff000), 0x1000, STAGE2_RAM));
	check_at(&s2, 0xffffffff, UINT64_C(0xffffffffff), STAGE2_RAM);
}

static void exhaustion(void)
{
	static uint8_t before[sizeof(memory)];

	/* One level 2 and two level 3 tables, besides the root */
	for (uint32_t pages = 1; pages <= 4; pages++) {
		struct stage2 s2 = fresh(pages);

		memcpy(before, memory, sizeof(before));
		CHECK_EQ(map(&s2, 0x401ff000, 0x401ff000, 0x2000, STAGE2_RAM), pages >= 4);
		if (pages < 4) {
			CHECK(memcmp(before, memory, sizeof(before)) == 0);
			CHECK_EQ(s2.pool.used, 1);
		}
	}
}

/* The bound holds for the worst place of every range: nothing aligned, across 1 GiB. */
static void bound(void)
{
	static const uint32_t sizes[] = { 0x1000,   0x2000,   0x1ff000,	  0x200000,  0x201000,
					  0x202000, 0x400000, 0x3fffe000, 0x40001000 };
	uint32_t all[2];

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct stage2 s2 = fresh(POOL_PAGES);
		uint32_t limit = stage2_pages_for(1, &sizes[i]);

		CHECK(map(&s2, 0x7ffff000, 0x80000000, sizes[i], STAGE2_RAM));
		CHECK(s2.pool.used <= limit);
		s2 = fresh(limit);
		CHECK(map(&s2, 0x7ffff000, 0x80000000, sizes[i], STAGE2_RAM));
	}
	all[0] = 0x1000;
	all[1] = 0x2000;
	CHECK_EQ(stage2_pages_for(0, all), 1);
	CHECK_EQ(stage2_pages_for(1, all), 3); /* root, one and one */
	CHECK_EQ(stage2_pages_for(2, all), 7); /* the second may straddle two of each */
	all[0] = 0xfffff000;
	CHECK(stage2_pages_for(1, all) <= 1 + 4 + 2048);
	CHECK(stage2_pages_for(1, all) >= 1 + 4 + 2048);
}

/* Random ranges; every page's translation is compared with a flat table. */
static void random_maps(void)
{
	enum { FIRST = 0x3fe00, PAGES = 4096 }; /* 16 MiB around 1 GiB */
	uint32_t seed = 7;

	for (uint32_t round = 0; round < 40 && test_failures == 0; round++) {
		static uint64_t model[PAGES]; /* pa + 1, 0: none */
		struct stage2 s2 = fresh(12);

		memset(model, 0, sizeof(model));
		for (uint32_t i = 0; i < 40; i++) {
			uint32_t base, size;
			uint64_t pa;
			bool free_there = true;
			uint32_t used = s2.pool.used;
			bool done;

			seed = seed * 1664525u + 1013904223u;
			base = (seed >> 9) % PAGES;
			seed = seed * 1664525u + 1013904223u;
			size = (seed >> 30) == 0 ? 512 * (1 + (seed >> 9) % 3)
						 : 1 + (seed >> 9) % 40;
			base = (seed & 0x100) ? base & ~UINT32_C(511) : base;
			size = size < PAGES - base ? size : PAGES - base;
			pa = ((seed & 0x200) ? (uint64_t)base + 512 * 77 : seed >> 10);
			for (uint32_t p = base; p < base + size; p++) {
				free_there = free_there && model[p] == 0;
			}
			done = map(&s2, (FIRST + base) << 12, pa << 12, size << 12, STAGE2_RAM);
			CHECK(!done || free_there);
			CHECK(done || !free_there || s2.pool.used > 8);
			CHECK(done || s2.pool.used == used);
			for (uint32_t p = base; done && p < base + size; p++) {
				model[p] = ((pa + p - base) << 12) + 1;
			}
		}
		for (uint32_t p = 0; p < PAGES; p++) {
			uint32_t ipa = (FIRST + p) << 12;

			if (model[p]) {
				check_at(&s2, ipa + 0xabc, model[p] - 1 + 0xabc, STAGE2_RAM);
			} else {
				check_unmapped(&s2, ipa + 0xabc);
			}
		}
	}
}

static const struct test_case cases[] = {
	{ "blocks_and_pages", blocks_and_pages },
	{ "refusals", refusals },
	{ "exhaustion", exhaustion },
	{ "bound", bound },
	{ "random_maps", random_maps },
};

TEST_MAIN("stage2", cases)
