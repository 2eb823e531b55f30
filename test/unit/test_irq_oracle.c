/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vgic/irq_line.c against the oracle of test/verify, the quick part of `make verify-irq-line`:
 * every type, vCPU indices and numbers around each border, for all VM shapes; and all words of the
 * known types for the two greatest.
 */
#include "test/unit/test.h"
#include "test/verify/irq_line_compare.h"

static struct oracle_map map;

static void maps_are_whole(void)
{
	for (uint32_t index = 0; index < SHAPES; index++) {
		struct oracle_shape shape = compare_shape(index);

		oracle_draw(&map, &shape);
		CHECK(compare_map_is_whole(&shape, &map));
	}
}

static bool in_range(const struct oracle_shape *shape, uint32_t word)
{
	const struct irq_line_vm vm = { shape->gic, shape->vcpus, shape->nr_irq };
	size_t low = 0;
	size_t high = map.count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (map.range[middle].first <= word) {
			low = middle;
		} else {
			high = middle;
		}
	}
	if (!compare_word(word, &vm, &map.range[low])) {
		compare_complain(word, shape, &map.range[low]);
		return false;
	}
	return true;
}

/* Around each border of a field or of the ABI's table; nr_irq is added to the last ones. */
static const uint32_t vcpus[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 127, 128, 254, 255 };
static const uint32_t numbers[] = {
	0,    1,    2,	  15,	16,   31,   32,	  33,	  127,	  128,
	1019, 1020, 1023, 1024, 4096, 4112, 4128, 0x7fff, 0x8000, 0xffff
};

static bool type_agrees(const struct oracle_shape *shape, uint32_t type)
{
	bool good = true;

	for (size_t v = 0; v < sizeof(vcpus) / sizeof(vcpus[0]); v++) {
		uint32_t base = type << 24 | vcpus[v] << 16;

		for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]) && good; n++) {
			good = in_range(shape, base | numbers[n]);
		}
		for (uint32_t n = shape->nr_irq - 2; n <= shape->nr_irq + 2 && good; n++) {
			good = in_range(shape, base | n);
		}
	}
	return good;
}

static void borders_of_all_shapes(void)
{
	for (uint32_t index = 0; index < SHAPES; index++) {
		struct oracle_shape shape = compare_shape(index);
		bool good = true;

		oracle_draw(&map, &shape);
		for (uint32_t type = 0; type < 256 && good; type++) {
			/* past the first nibble, one type in seven and each nibble */
			if (type < 16 || type % 7 == 0 || type % 16 == 1) {
				good = type_agrees(&shape, type);
			}
		}
		CHECK(good);
	}
}

static void known_types_of_the_greatest(void)
{
	for (uint32_t index = SHAPES - 2; index < SHAPES; index++) {
		struct oracle_shape shape = compare_shape(index);

		oracle_draw(&map, &shape);
		CHECK(compare_words(&shape, &map, 0, 0x03ffffff));
	}
}

static const struct test_case cases[] = {
	{ "maps_are_whole", maps_are_whole },
	{ "borders_of_all_shapes", borders_of_all_shapes },
	{ "known_types_of_the_greatest", known_types_of_the_greatest },
};

TEST_MAIN("irq_oracle", cases)
