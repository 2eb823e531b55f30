/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stage 2 by a byte program against a list of ranges. The tables are walked anew by descriptors
 * typed from the ARM ARM (B3.6): what is mapped is exactly what was accepted, a refusal changes
 * nothing, and a range is refused only for what the header says.
 */
#include "hyp/stage2/stage2.h"
#include "test/verify/fuzz/fuzz.h"

#define PAGE	    UINT64_C(0x1000)
#define BLOCK	    UINT64_C(0x200000)
#define MOST	    24 /* pages of the pool */
#define RANGES	    24
#define SLOTS	    2048 /* of 2 MiB in 32 bits */
#define ADDRESS	    UINT64_C(0x000000fffffff000)
#define RAM_BITS    UINT64_C(0x00000000000007fc) /* AF, inner shareable, read and write, WB */
#define DEV_BITS    UINT64_C(0x00400000000007c4) /* the same, Device memory, execute never */
#define SHARED_BITS UINT64_C(0x00400000000007fc) /* RAM, execute never */
#define READ_BITS   UINT64_C(0x004000000000077c) /* the same, read-only */
#define LOW_BLOCK   UINT64_C(0x00000000001ff000) /* a block's address has these as 0 */

static uint64_t memory[MOST][512] __attribute__((aligned(4096)));
static uint64_t before[MOST][512];

struct range {
	uint64_t ipa, pa, size;
	enum stage2_kind kind;
};

static struct model {
	struct range range[RANGES];
	uint32_t count;
	bool level2[4], level3[SLOTS];
	uint32_t used, pages;
	uint64_t base;
} model;

static uint64_t *named(uint64_t descriptor)
{
	uint64_t page = ((descriptor & ADDRESS) - model.base) / PAGE;

	CHECK((descriptor & 3) == 3 && page < model.used && (descriptor & ADDRESS) % PAGE == 0);
	return page < model.used ? memory[page] : NULL;
}

/* The leaf that translates an address, 0 if none does; how much it covers. */
static uint64_t walk(uint64_t ipa, uint64_t *span)
{
	uint64_t entry = memory[0][ipa >> 30];
	uint64_t *table = entry & 1 ? named(entry) : NULL;

	*span = BLOCK;
	entry = table ? table[ipa >> 21 & 511] : 0;
	if ((entry & 3) == 3) {
		table = named(entry);
		*span = PAGE;
		entry = table ? table[ipa >> 12 & 511] : 0;
		CHECK(entry == 0 || (entry & 3) == 3);
	}
	CHECK(entry == 0 || entry & 1);
	return entry;
}

static const struct range *model_find(uint64_t ipa)
{
	for (uint32_t n = 0; n < model.count; n++) {
		if (ipa >= model.range[n].ipa && ipa - model.range[n].ipa < model.range[n].size) {
			return &model.range[n];
		}
	}
	return NULL;
}

static uint64_t bits_of(enum stage2_kind kind)
{
	switch (kind) {
	case STAGE2_RAM:
		return RAM_BITS;
	case STAGE2_DEVICE:
		return DEV_BITS;
	case STAGE2_SHARED:
		return SHARED_BITS;
	default:
		return READ_BITS;
	}
}

static void probe(uint32_t ipa)
{
	const struct range *want = model_find(ipa);
	uint64_t span;
	uint64_t leaf = walk(ipa, &span);

	CHECK_EQ(leaf != 0, want != NULL);
	if (want && leaf) {
		CHECK_EQ((leaf & ADDRESS) + ipa % span, want->pa + (ipa - want->ipa));
		CHECK_EQ(leaf & ~ADDRESS & ~UINT64_C(3), bits_of(want->kind));
		CHECK(span == PAGE || (leaf & LOW_BLOCK) == 0);
	}
}

/* Both sides of a range's ends, and the first block border in it. */
static void probe_range(const struct range *r)
{
	probe((uint32_t)r->ipa);
	probe((uint32_t)(r->ipa - 1));
	probe((uint32_t)(r->ipa + r->size - 1));
	probe((uint32_t)(r->ipa + r->size));
	probe((uint32_t)(r->ipa / BLOCK * BLOCK + BLOCK));
	probe((uint32_t)(r->ipa / BLOCK * BLOCK + BLOCK - PAGE));
}

/* The tables that a range takes: one a GiB, and one for each 2 MiB that no block covers. */
static uint32_t model_tables(const struct range *r, bool make)
{
	uint32_t need = 0;
	bool blocks = (r->ipa - r->pa) % BLOCK == 0;

	for (uint64_t gb = r->ipa >> 30; gb <= (r->ipa + r->size - 1) >> 30; gb++) {
		need += model.level2[gb] ? 0 : 1;
		model.level2[gb] |= make;
	}
	for (uint64_t slot = r->ipa / BLOCK; slot <= (r->ipa + r->size - 1) / BLOCK; slot++) {
		bool whole = slot * BLOCK >= r->ipa && (slot + 1) * BLOCK <= r->ipa + r->size;

		if (!(blocks && whole)) {
			need += model.level3[slot] ? 0 : 1;
			model.level3[slot] |= make;
		}
	}
	return need;
}

static bool model_takes(const struct range *r)
{
	if (r->size == 0 || (r->ipa | r->pa | r->size) % PAGE != 0 ||
	    r->ipa + r->size > UINT64_C(0x100000000) || r->pa > UINT64_C(0x10000000000) - r->size) {
		return false;
	}
	for (uint32_t n = 0; n < model.count; n++) {
		const struct range *q = &model.range[n];

		if (r->ipa < q->ipa + q->size && q->ipa < r->ipa + r->size) {
			return false;
		}
	}
	return model.used + model_tables(r, false) <= model.pages;
}

static void try_map(struct stage2 *s2, const struct range *r)
{
	bool wanted = model_takes(r);
	bool taken;

	memcpy(before, memory, sizeof(memory));
	taken = stage2_map(s2, (ipa_t) { (uint32_t)r->ipa }, (pa_t) { r->pa }, (uint32_t)r->size,
			   r->kind);
	CHECK_EQ(taken, wanted);
	if (taken && wanted) {
		model.used += model_tables(r, true);
		model.range[model.count++] = *r;
	} else {
		CHECK(memcmp(before, memory, sizeof(memory)) == 0);
	}
	CHECK_EQ(s2->pool.used, model.used);
}

/* Near a border of 1 GiB, 2 MiB or 4 KiB; or anywhere. */
static uint64_t any_address(struct fuzz_input *in, uint64_t limit)
{
	static const uint64_t steps[] = { UINT64_C(1) << 30, BLOCK, PAGE };
	uint32_t how = fuzz_byte(in);
	uint64_t at = 0;

	for (uint32_t n = 0; n < 3; n++) {
		at += how >> n & 1 ? (fuzz_byte(in) % 5u) * steps[n] : 0;
	}
	at = how & 8 ? limit - at : at;
	return how >= 250 ? fuzz_long(in) : at % (2 * limit);
}

static struct range any_range(struct fuzz_input *in)
{
	struct range r;
	uint32_t how = fuzz_byte(in);

	r.ipa = (uint32_t)any_address(in, UINT64_C(0x100000000));
	r.pa = how & 1 ? r.ipa : any_address(in, UINT64_C(0x10000000000));
	r.size = (how >> 1 & 7) * PAGE + (how >> 4 & 7) * BLOCK;
	r.size = (uint32_t)(how & 128 ? any_address(in, UINT64_C(0x80000000)) : r.size);
	how = fuzz_byte(in);
	r.kind = how & 1 ? STAGE2_DEVICE : STAGE2_RAM;
	if (how >= 128) {
		r.kind = how & 1 ? STAGE2_SHARED_READ : STAGE2_SHARED;
	}
	return r;
}

/* A pool sized by stage2_pages_for would have been enough for what was accepted. */
static void check_bound(void)
{
	static const uint32_t none[1];
	uint32_t sizes[RANGES];

	for (uint32_t n = 0; n < model.count; n++) {
		sizes[n] = (uint32_t)model.range[n].size;
	}
	CHECK(stage2_pages_for(model.count, sizes) >= model.used);
	CHECK(stage2_pages_for(model.count, sizes) <= 1 + 4 + SLOTS);
	CHECK_EQ(stage2_pages_for(1, none), 1);
}

unsigned fuzz_stage2(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };
	struct stage2_pool pool = { .base = (uint8_t *)memory };
	struct stage2 s2;

	memset(memory, 0, sizeof(memory));
	memset(&model, 0, sizeof(model));
	model.pages = fuzz_byte(&in) % MOST + 1u;
	model.base = fuzz_byte(&in) & 1 ? UINT64_C(0xfffff00000) : UINT64_C(0x80000000);
	model.used = 1;
	pool.pages = model.pages;
	pool.base_pa = (pa_t) { model.base };
	stage2_init(&s2, &pool);
	CHECK(s2.root == memory[0] && s2.root_pa.pa == model.base);
	while (fuzz_more(&in) && model.count < RANGES && !test_failures) {
		struct range r = any_range(&in);

		try_map(&s2, &r);
		probe_range(&r);
		probe(fuzz_word(&in));
	}
	for (uint32_t n = 0; n < model.count; n++) {
		probe_range(&model.range[n]);
	}
	check_bound();
	return fuzz_failures();
}
