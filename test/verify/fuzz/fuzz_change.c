/* SPDX-License-Identifier: BSD-2-Clause */
/* Stage-2 tables that change, by a byte program, beside the model of test/unit/stage2_model.h. */
#define MODEL_WATCH 16
#include "test/unit/stage2_model.h"
#include "test/verify/fuzz/fuzz.h"

#define PA UINT64_C(0xfe80000000)

/* Ranges begin and end at these pages; the page at each of them stands for those up to the next. */
static const uint32_t edge[MODEL_WATCH + 1] = { 0,    1,    255,  256,	511,  512,  513,  700, 1023,
						1024, 1025, 1300, 1535, 1536, 1537, 2047, 2048 };

static void any_range(struct fuzz_input *in, uint32_t most, uint32_t *first, uint32_t *pages)
{
	uint32_t how = fuzz_byte(in);
	uint32_t from = how % MODEL_WATCH;
	uint32_t to = from + 1 + how / MODEL_WATCH;

	to = to < MODEL_WATCH ? to : MODEL_WATCH;
	while (to > from + 1 && edge[to] - edge[from] > most) {
		to--;
	}
	*first = edge[from];
	*pages = edge[to] - edge[from];
}

static void add(struct fuzz_input *in)
{
	uint32_t how = fuzz_byte(in);
	uint32_t first, pages;
	uint64_t pa;

	any_range(in, 512, &first, &pages);
	/* often one that makes a block */
	pa = PA + (how & 1 ? (first + (how >> 4) * 512) : fuzz_byte(in)) * UINT64_C(4096);
	model_add(first, pages, pa, how >> 1 & 7);
}

/* A call that the header forbids. */
static void refused(struct fuzz_input *in)
{
	uint32_t ipa = fuzz_word(in);
	uint64_t pa = fuzz_long(in);
	uint32_t pages = fuzz_word(in);
	uint32_t flags = fuzz_byte(in);
	uint32_t bitmap = 0x1234;
	bool wraps = ipa % 4096 != 0 || pages == 0 || ipa + UINT64_C(4096) * pages > 0x100000000;
	bool longs = wraps || pages > 512;

	if (wraps) {
		CHECK_EQ(stage2_remove(&live, ipa_make(ipa), pages), 0);
	}
	if (longs) {
		CHECK_EQ(stage2_collect(&live, ipa_make(ipa), pages, &bitmap), 0);
		CHECK_EQ(bitmap, 0x1234);
	}
	if (longs || flags > 7 || pa % 4096 || pa > 0x10000000000 - UINT64_C(4096) * pages) {
		CHECK_EQ(stage2_add(&live, ipa_make(ipa), pa_make(pa), pages, flags),
			 STAGE2_REFUSED);
	}
	model_see();
}

static void step(struct fuzz_input *in)
{
	uint32_t how = fuzz_byte(in);
	uint32_t flight = how / 8 % MODEL_FLIGHTS;
	uint32_t first, pages;

	switch (how % 8) {
	case 0:
	case 1:
		add(in);
		break;
	case 2:
	case 3:
		any_range(in, 2048, &first, &pages);
		model_remove(first, pages);
		break;
	case 4:
		model_write(edge[fuzz_byte(in) % MODEL_WATCH]);
		break;
	case 5:
		any_range(in, 512, &first, &pages);
		model_collect(first, pages);
		break;
	case 6:
		if (model.flight[flight].on) {
			model_flush_end(flight);
		} else {
			model_flush_begin(flight);
		}
		break;
	default:
		if (how & 128) {
			refused(in);
		} else {
			model_flush();
		}
	}
}

unsigned fuzz_change(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };

	memcpy(model_watch, edge, sizeof(model_watch));
	model_begin(2 + fuzz_byte(&in) % (MODEL_POOL - 1));
	for (uint32_t n = 0; n < 200 && fuzz_more(&in) && !test_failures; n++) {
		step(&in);
	}
	model_drain();
	return fuzz_failures();
}
