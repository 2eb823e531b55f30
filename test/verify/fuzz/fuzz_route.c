/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM_SET_GSI_ROUTING's tables: entries of any words, of words that are nearly right, many at once,
 * the same again; tables that are dropped before they are whole. After each, what it was answered
 * and the lines of every GSI are the oracle's.
 */
#include "test/verify/fuzz/fuzz.h"
#include "test/verify/irq_route_compare.h"

struct tables {
	struct compare_routes both;
	uint32_t words[ORACLE_GSIS * ORACLE_ENTRY_WORDS];
	uint32_t count;
};

static void put(struct tables *tables, uint32_t gsi, uint32_t type, uint32_t first, uint32_t second)
{
	uint32_t *words = tables->words + tables->count * ORACLE_ENTRY_WORDS;

	if (tables->count == ORACLE_GSIS) {
		return;
	}
	memset(words, 0, ORACLE_ENTRY_WORDS * sizeof(*words));
	words[0] = gsi;
	words[1] = type;
	words[4] = first;
	words[5] = second;
	tables->count++;
}

static uint32_t half(struct fuzz_input *in)
{
	uint32_t high = fuzz_byte(in);

	return high << 8 | fuzz_byte(in);
}

static void put_words(struct tables *tables, struct fuzz_input *in)
{
	uint32_t *words = tables->words + tables->count * ORACLE_ENTRY_WORDS;

	if (tables->count == ORACLE_GSIS) {
		return;
	}
	put(tables, 0, 0, 0, 0);
	for (uint32_t n = 0; n < 6; n++) {
		uint32_t how = fuzz_byte(in);

		words[n] = how < 250 ? how % 8 : fuzz_word(in);
	}
}

static void put_line(struct tables *tables, uint32_t gsi, struct fuzz_input *in)
{
	uint32_t type = fuzz_byte(in) % 4u;
	uint32_t vcpu = fuzz_byte(in) % 9u;

	put(tables, gsi, 0x80000001u, type << 24 | vcpu << 16 | half(in) % 1024, 0);
}

static void put_many(struct tables *tables, struct fuzz_input *in)
{
	uint32_t gsi = fuzz_byte(in), step = fuzz_byte(in) % 4u, pin = half(in) % 1000;

	for (uint32_t left = fuzz_byte(in); left != 0; left--) {
		put(tables, gsi, 1, 0, pin++);
		gsi = (gsi + step) % ORACLE_GSIS;
	}
}

/* Lines next to each other, of as many GSIs as it takes. */
static void put_lines(struct tables *tables, struct fuzz_input *in)
{
	uint32_t gsi = fuzz_byte(in) % 128u, each = fuzz_byte(in) % 10u + 1;
	uint32_t first = tables->both.shape.gic ? 0x01000020 : 0;

	for (uint32_t n = 0, left = fuzz_byte(in) % 64u; n < left; n++) {
		put(tables, gsi + n / each, 0x80000001u, first + n % each, 0);
	}
}

/* Begun, and left: nobody sees it. */
static void drop(struct tables *tables, struct fuzz_input *in)
{
	struct kvm_irq_routing_entry entry = { .gsi = fuzz_byte(in), .type = 1 };

	irq_route_begin(&tables->both.real);
	CHECK_EQ(irq_route_add(&tables->both.real, &tables->both.vm, &entry), 0);
	CHECK(compare_gsis(&tables->both));
}

static void act(struct tables *tables, struct fuzz_input *in)
{
	uint32_t gsi;

	switch (fuzz_byte(in) % 8u) {
	case 0:
		put_words(tables, in);
		break;
	case 1:
		gsi = fuzz_byte(in);
		put(tables, gsi, 1, 0, half(in) % 1000);
		break;
	case 2:
		put_line(tables, fuzz_byte(in), in);
		break;
	case 3:
		put_many(tables, in);
		break;
	case 4:
		put_lines(tables, in);
		break;
	case 5:
		drop(tables, in);
		break;
	default:
		CHECK(compare_set(&tables->both, tables->words, tables->count));
		tables->count = 0;
		break;
	}
}

unsigned fuzz_route(const uint8_t *data, size_t size)
{
	static struct tables tables;
	struct fuzz_input in = { data, size, 0 };

	compare_routes_start(&tables.both, compare_shape(half(&in) % SHAPES));
	tables.count = 0;
	while (fuzz_more(&in) && !test_failures) {
		act(&tables, &in);
	}
	CHECK(compare_set(&tables.both, tables.words, tables.count));
	return fuzz_failures();
}
