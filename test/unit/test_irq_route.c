/* SPDX-License-Identifier: BSD-2-Clause */
/* GSI routes: docs/control-abi.md, whose numbers are typed here; then tables by chance against the
 * oracle of test/verify. */
#include "test/verify/irq_route_compare.h"

enum { OK = 0, E_NXIO = -6, E_INVAL = -22 };

#define CHIP 1u
#define LINE 0x80000001u

static struct compare_routes both;
static uint32_t table[256 * 12];
static uint32_t length;

static void start(bool gic, uint32_t vcpus, uint32_t nr_irq)
{
	compare_routes_start(&both, (struct oracle_shape) { gic, vcpus, nr_irq });
	memset(table, 0, sizeof(table));
	length = 0;
}

static void put(uint32_t gsi, uint32_t type, uint32_t first, uint32_t second)
{
	uint32_t *words = &table[12 * length++];

	memset(words, 0, 48);
	words[0] = gsi;
	words[1] = type;
	words[4] = first;
	words[5] = second;
}

/* What the table is answered; afterwards it is empty, and all GSIs are as the oracle says. */
static int set(void)
{
	int got = compare_set_real(&both, table, length);
	static struct oracle_routes next;

	CHECK_EQ(got, oracle_set_routes(&next, &both.shape, &both.map, table, length));
	if (got == 0) {
		both.oracle = next;
	}
	CHECK(compare_gsis(&both));
	length = 0;
	return got;
}

static int lines_of(uint32_t gsi, struct irq_line lines[8])
{
	memset(lines, 0x5a, 8 * sizeof(*lines));
	return irq_route_map(&both.real, gsi, lines);
}

static void layout(void)
{
	CHECK_EQ(sizeof(struct kvm_irq_routing_entry), 48);
	CHECK_EQ(PLUMB_GSI_MAX, 256);
	CHECK_EQ(PLUMB_GSI_LINES_MAX, 8);
	CHECK_EQ(PLUMB_GSI_MORE_MAX, 32);
	CHECK_EQ(PLUMB_IRQ_ROUTING_LINE, 0x80000001u);
	CHECK(sizeof(struct irq_routes) <= 1344); /* bytes of each partition */
}

static void standard(void)
{
	struct irq_line lines[8];

	for (uint32_t index = 0; index < SHAPES; index++) {
		compare_routes_start(&both, compare_shape(index));
		CHECK(compare_gsis(&both));
	}
	start(true, 8, 1020);
	CHECK_EQ(lines_of(0, lines), 1);
	CHECK(lines[0].type == IRQ_LINE_SPI && lines[0].number == 32 && lines[0].vcpu == 0);
	CHECK_EQ(lines_of(987, lines), 1);
	CHECK_EQ(lines[0].number, 1019);
	CHECK_EQ(lines_of(988, lines), E_NXIO);
	start(true, 1, 128);
	CHECK_EQ(lines_of(95, lines), 1);
	CHECK_EQ(lines_of(96, lines), E_NXIO);
	start(false, 1, 128);
	CHECK_EQ(lines_of(0, lines), E_NXIO);
}

static int one(uint32_t gsi, uint32_t type, uint32_t first, uint32_t second)
{
	put(gsi, type, first, second);
	return set();
}

static void entries_of_kvm(void)
{
	struct irq_line lines[8];

	start(true, 2, 128);
	CHECK_EQ(one(0, CHIP, 0, 8), OK);
	CHECK_EQ(lines_of(0, lines), 1);
	CHECK_EQ(lines[0].number, 40);
	CHECK_EQ(lines_of(1, lines), E_NXIO); /* the default is gone */
	CHECK_EQ(one(255, CHIP, 0, 0), OK);
	CHECK_EQ(one(256, CHIP, 0, 0), E_INVAL);
	CHECK_EQ(one(0xffffffff, CHIP, 0, 0), E_INVAL);
	CHECK_EQ(lines_of(255, lines), 1); /* a refused table changes nothing */
	CHECK_EQ(one(5, CHIP, 1, 0), E_INVAL);
	CHECK_EQ(one(5, CHIP, 0, 95), OK);
	CHECK_EQ(one(5, CHIP, 0, 96), OK); /* an SPI that this VM lacks */
	CHECK_EQ(lines_of(5, lines), E_INVAL);
	CHECK_EQ(one(5, CHIP, 0, 987), OK);
	CHECK_EQ(one(5, CHIP, 0, 988), E_INVAL);
	CHECK_EQ(one(5, CHIP, 0, 0xffffffe0), E_INVAL); /* plus 32 is 0 */
	CHECK_EQ(one(5, 0, 0, 0), E_INVAL);
	CHECK_EQ(one(5, 2, 0, 0), E_INVAL); /* MSI */
	CHECK_EQ(one(5, 3, 0, 0), E_INVAL);
	CHECK_EQ(one(5, 0x80000000, 0, 0), E_INVAL);
	CHECK_EQ(one(5, 0x80000002, 0x01000028, 0), E_INVAL);
	put(5, CHIP, 0, 0);
	table[2] = 1; /* flags */
	CHECK_EQ(set(), E_INVAL);
	put(5, LINE, 0x01000028, 0);
	table[2] = 0x80000000;
	CHECK_EQ(set(), E_INVAL);
	put(5, CHIP, 0, 9);
	table[3] = 0xffffffff; /* pad, and what lies behind the pin */
	table[6] = 0xffffffff;
	CHECK_EQ(set(), OK);
	CHECK_EQ(set(), OK); /* an empty table */
	CHECK_EQ(lines_of(5, lines), E_NXIO);
}

static void duplicates(void)
{
	start(true, 2, 128);
	put(5, CHIP, 0, 8);
	put(5, CHIP, 0, 8);
	CHECK_EQ(set(), E_INVAL);
	put(5, CHIP, 0, 8);
	put(5, CHIP, 0, 9);
	CHECK_EQ(set(), E_INVAL);
	put(5, CHIP, 0, 900);
	put(5, CHIP, 0, 901);
	CHECK_EQ(set(), E_INVAL);
	put(5, CHIP, 0, 900);
	put(6, CHIP, 0, 900); /* a pin of two GSIs */
	put(7, CHIP, 0, 8);
	put(8, CHIP, 0, 8);
	put(37, CHIP, 0, 8);
	CHECK_EQ(set(), OK);
	put(5, CHIP, 0, 8);
	put(5, LINE, 0x01000028, 0); /* the pin's line */
	CHECK_EQ(set(), E_INVAL);
	put(5, LINE, 0x01330028, 0); /* vcpu_index of an SPI is ignored */
	put(5, LINE, 0x01440028, 0);
	CHECK_EQ(set(), E_INVAL);
	put(5, LINE, 0x01000028, 0);
	put(5, LINE, 0x01000029, 0);
	put(5, LINE, 0x01000029, 0);
	CHECK_EQ(set(), E_INVAL);
	put(5, LINE, 0x01000028, 0);
	put(6, LINE, 0x01000028, 0);
	put(6, LINE, 0x01000029, 0);
	put(5, LINE, 0x01000029, 0);
	CHECK_EQ(set(), OK);
}

static void lines_of_a_word(void)
{
	struct irq_line lines[8];

	start(true, 2, 128);
	CHECK_EQ(one(9, LINE, 0x0201001f, 0), OK);
	CHECK_EQ(lines_of(9, lines), 1);
	CHECK(lines[0].type == IRQ_LINE_PPI && lines[0].vcpu == 1 && lines[0].number == 31);
	CHECK_EQ(one(9, LINE, 0x02020014, 0), E_INVAL);
	CHECK_EQ(one(9, LINE, 0x0200000f, 0), E_INVAL);
	CHECK_EQ(one(9, LINE, 0x01000080, 0), E_INVAL); /* not as a pin */
	CHECK_EQ(one(9, LINE, 0x00000000, 0), E_NXIO);
	CHECK_EQ(one(9, LINE, 0x03000028, 0), E_INVAL);
	CHECK_EQ(one(256, LINE, 0x00000000, 0), E_INVAL); /* the GSI comes first */
	CHECK_EQ(lines_of(9, lines), 1);
	start(false, 2, 0);
	CHECK_EQ(one(9, LINE, 0x00010001, 0), OK);
	CHECK_EQ(lines_of(9, lines), 1);
	CHECK(lines[0].type == IRQ_LINE_CPU_FIQ && lines[0].vcpu == 1);
	CHECK_EQ(one(9, LINE, 0x00000000, 0), OK); /* all of its bits are 0 */
	CHECK_EQ(lines_of(9, lines), 1);
	CHECK(lines[0].type == IRQ_LINE_CPU_IRQ && lines[0].vcpu == 0);
	CHECK_EQ(one(9, LINE, 0x01000028, 0), E_NXIO);
	CHECK_EQ(one(9, CHIP, 0, 8), OK); /* as in KVM without a VGIC */
	CHECK_EQ(lines_of(9, lines), E_INVAL);
}

static void several_lines(void)
{
	struct irq_line lines[8];

	start(true, 8, 1020);
	for (uint32_t vcpu = 0; vcpu < 8; vcpu++) {
		put(7, LINE, 0x02000014 | vcpu << 16, 0);
	}
	CHECK_EQ(set(), OK);
	CHECK_EQ(lines_of(7, lines), 8);
	for (uint32_t vcpu = 0; vcpu < 8; vcpu++) {
		CHECK(lines[vcpu].vcpu == vcpu && lines[vcpu].number == 20);
	}
	for (uint32_t vcpu = 0; vcpu < 8; vcpu++) {
		put(7, LINE, 0x02000014 | vcpu << 16, 0);
	}
	put(7, CHIP, 0, 0);
	CHECK_EQ(set(), E_INVAL); /* nine */
	put(7, CHIP, 0, 987);
	put(7, LINE, 0x0200001f, 0);
	put(7, LINE, 0x010003fa, 0);
	CHECK_EQ(set(), OK);
	CHECK_EQ(lines_of(7, lines), 3);
	CHECK(lines[0].number == 1019 && lines[1].number == 31 && lines[2].number == 1018);
	start(true, 1, 64);
	put(7, CHIP, 0, 500); /* lacks; it takes no place among the lines */
	put(7, LINE, 0x01000020, 0);
	CHECK_EQ(set(), OK);
	CHECK_EQ(lines_of(7, lines), 1);
	put(7, LINE, 0x01000020, 0);
	put(7, CHIP, 0, 500);
	put(7, LINE, 0x01000021, 0);
	CHECK_EQ(set(), OK);
	CHECK_EQ(lines_of(7, lines), 2);
}

static void limits(void)
{
	start(true, 8, 1020);
	for (uint32_t gsi = 0; gsi < 256; gsi++) {
		put(gsi, CHIP, 0, 987 - gsi);
	}
	CHECK_EQ(set(), OK);
	for (uint32_t n = 0; n < 64; n++) {
		put(n / 2 * 8, LINE, 0x01000020 + n % 2, 0);
	}
	CHECK_EQ(set(), OK);
	for (uint32_t n = 0; n < 66; n++) {
		put(n / 2, LINE, 0x01000020 + n % 2, 0);
	}
	CHECK_EQ(set(), E_INVAL); /* 33 beyond the first ones */
}

/* A table that is being built is nobody's; the other one stays as it is, turn after turn. */
static void built_unseen(void)
{
	const struct kvm_irq_routing_entry entry = { .gsi = 3, .type = CHIP };
	struct irq_line lines[8];

	start(true, 2, 128);
	for (uint32_t n = 0; n < 5; n++) {
		uint32_t pin = 20 + n;

		CHECK_EQ(one(3, CHIP, 0, pin), OK);
		irq_route_begin(&both.real);
		CHECK_EQ(irq_route_add(&both.real, &both.vm, &entry), 0);
		CHECK_EQ(lines_of(3, lines), 1);
		CHECK_EQ(lines[0].number, pin + 32);
		irq_route_begin(&both.real);
		CHECK_EQ(irq_route_add(&both.real, &both.vm, &entry), 0); /* from the start */
		CHECK(compare_gsis(&both));
	}
}

/* ---- by chance ---- */

static uint64_t seed;

static uint32_t below(uint32_t limit)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % limit;
}

static void put_any(const struct oracle_shape *shape, uint32_t gsis)
{
	uint32_t gsi = below(gsis), number;

	switch (below(shape->gic ? 8 : 12)) {
	case 0:
	case 1:
	case 2:
		put(gsi, CHIP, 0, below(below(4) ? shape->nr_irq - 32 : 988));
		break;
	case 3:
	case 4:
		number = 32 + below(shape->nr_irq - 32);
		put(gsi, LINE, 0x01000000 | below(256) << 16 | number, 0);
		break;
	case 5:
	case 6:
		put(gsi, LINE, 0x02000000 | below(shape->vcpus) << 16 | (16 + below(16)), 0);
		break;
	case 7:
		put(gsi, LINE, 0x02000000 | below(9) << 16 | (below(3) + 15), 0);
		break;
	default:
		put(gsi, LINE, below(shape->vcpus) << 16 | below(2), 0);
		break;
	}
	if (below(400) == 0) {
		table[12 * (length - 1) + below(6)] ^= 1u << below(32);
	}
}

static void by_chance(void)
{
	uint32_t accepted = 0, refused = 0;

	seed = 13;
	for (uint32_t n = 0; n < 400 && !test_failures; n++) {
		struct oracle_shape shape = compare_shape(below(SHAPES));

		start(shape.gic, shape.vcpus, shape.nr_irq);
		for (uint32_t m = 0; m < 4; m++) {
			uint32_t gsis = below(2) ? 256 : 1 + below(64);
			uint32_t count = below(below(2) ? 257 : 40);

			while (length < count) {
				put_any(&shape, gsis);
			}
			*(set() ? &refused : &accepted) += 1;
		}
	}
	CHECK(accepted > 100 && refused > 100);
}

static const struct test_case cases[] = {
	{ "layout", layout },
	{ "standard", standard },
	{ "entries_of_kvm", entries_of_kvm },
	{ "duplicates", duplicates },
	{ "lines_of_a_word", lines_of_a_word },
	{ "several_lines", several_lines },
	{ "limits", limits },
	{ "built_unseen", built_unseen },
	{ "by_chance", by_chance },
};

TEST_MAIN("irq_route", cases)
