/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vgic/irq_line.c against the oracle's map, word by word. A VM shape is what the decoder may know
 * of its target; SHAPES are all that a manifest can ask for.
 */
#ifndef TEST_VERIFY_IRQ_LINE_COMPARE_H
#define TEST_VERIFY_IRQ_LINE_COMPARE_H

#include "test/verify/irq_line_oracle.h"
#include "vgic/irq_line.h"
#include <stdio.h>

/* 64, 96 .. 992, 1020 interrupts; 1..8 vCPUs; with a GIC and without */
#define SHAPE_SIZES 31u
#define SHAPE_VCPUS 8u
#define SHAPES	    (2u * SHAPE_VCPUS * SHAPE_SIZES)

static inline struct oracle_shape compare_shape(uint32_t index)
{
	uint32_t size = index / (2 * SHAPE_VCPUS);

	return (struct oracle_shape) {
		.gic = index % 2 == 0,
		.vcpus = index / 2 % SHAPE_VCPUS + 1,
		.nr_irq = size == SHAPE_SIZES - 1 ? 1020 : 64 + 32 * size,
	};
}

/* A refused call leaves these in place. */
#define COMPARE_UNTOUCHED 0x5a5a5a5au

static inline bool compare_refused(uint32_t word, const struct irq_line_vm *vm, int errno_value)
{
	struct irq_line line = { .type = IRQ_LINE_PPI,
				 .vcpu = COMPARE_UNTOUCHED,
				 .number = COMPARE_UNTOUCHED };
	int got = irq_line_decode(word, vm, &line);

	return (got == errno_value) & (line.type == IRQ_LINE_PPI) &
	       (line.vcpu == COMPARE_UNTOUCHED) & (line.number == COMPARE_UNTOUCHED);
}

static inline bool compare_accepted(uint32_t word, const struct irq_line_vm *vm,
				    const struct oracle_range *range)
{
	uint32_t number = range->number + (word - range->first);
	struct irq_line line = { .type = IRQ_LINE_PPI,
				 .vcpu = COMPARE_UNTOUCHED,
				 .number = COMPARE_UNTOUCHED };

	if (irq_line_decode(word, vm, &line) != 0 || line.vcpu != range->vcpu) {
		return false;
	}
	switch (range->kind) {
	case ORACLE_CPU: /* an input has no number of its own */
		return line.type == (number ? IRQ_LINE_CPU_FIQ : IRQ_LINE_CPU_IRQ);
	case ORACLE_SPI:
		return line.type == IRQ_LINE_SPI && line.number == number;
	case ORACLE_PPI:
		return line.type == IRQ_LINE_PPI && line.number == number;
	case ORACLE_REFUSED:
		break;
	}
	return false;
}

static inline bool compare_word(uint32_t word, const struct irq_line_vm *vm,
				const struct oracle_range *range)
{
	return range->kind == ORACLE_REFUSED ? compare_refused(word, vm, range->errno_value)
					     : compare_accepted(word, vm, range);
}

static inline void compare_complain(uint32_t word, const struct oracle_shape *shape,
				    const struct oracle_range *range)
{
	printf("word 0x%08x, %s, %u vCPUs, %u interrupts: should be %s (%d), vCPU %u\n", word,
	       shape->gic ? "GIC" : "no GIC", shape->vcpus, shape->nr_irq,
	       (const char *const[]) { "refused", "a CPU line", "an SPI", "a PPI" }[range->kind],
	       range->errno_value, range->vcpu);
}

/*
 * Numbers low..high of one type and vcpu_index, `upper`, in one range: do all agree? An optimizer
 * sees that only the number changes, and decides what depends on the rest once.
 */
static inline bool compare_numbers(const struct irq_line_vm *vm, const struct oracle_range *range,
				   uint16_t upper, uint32_t low, uint32_t high)
{
	const struct irq_line_vm shape = *vm; /* nothing that the decoder writes is in the copies */
	const struct oracle_range copy = *range;
	uint32_t base = (uint32_t)upper << 16;
	bool good = true;

	if (copy.kind == ORACLE_REFUSED) {
		for (uint32_t number = low; number <= high; number++) {
			good &= compare_refused(base | (number & 0xffff), &shape, copy.errno_value);
		}
	} else {
		for (uint32_t number = low; number <= high; number++) {
			good &= compare_accepted(base | (number & 0xffff), &shape, &copy);
		}
	}
	return good;
}

/* All words first..last of one range; true if all agree, else the first that does not is named. */
static inline bool compare_run(const struct oracle_shape *shape, const struct oracle_range *range,
			       uint32_t first, uint32_t last)
{
	const struct irq_line_vm vm = { shape->gic, shape->vcpus, shape->nr_irq };
	bool good = true;

	for (uint32_t upper = first >> 16; upper <= last >> 16 && good; upper++) {
		good = compare_numbers(&vm, range, (uint16_t)upper,
				       upper == first >> 16 ? first & 0xffff : 0,
				       upper == last >> 16 ? last & 0xffff : 0xffff);
	}
	for (uint32_t word = first; !good; word++) {
		if (!compare_word(word, &vm, range)) {
			compare_complain(word, shape, range);
			break;
		}
	}
	return good;
}

/* All words first..last, through whatever ranges they lie in. */
static inline bool compare_words(const struct oracle_shape *shape, const struct oracle_map *map,
				 uint32_t first, uint32_t last)
{
	for (size_t n = 0; n < map->count; n++) {
		const struct oracle_range *range = &map->range[n];
		uint32_t from = range->first > first ? range->first : first;
		uint32_t to = range->last < last ? range->last : last;

		if (from <= to && !compare_run(shape, range, from, to)) {
			return false;
		}
	}
	return true;
}

/* The map itself: every word once, in order, and as many lines as the VM has. */
static inline bool compare_map_is_whole(const struct oracle_shape *shape,
					const struct oracle_map *map)
{
	uint64_t lines = 0;
	uint64_t next = 0;

	for (size_t n = 0; n < map->count; n++) {
		const struct oracle_range *range = &map->range[n];

		if (range->first != next || range->last < range->first) {
			return false;
		}
		next = (uint64_t)range->last + 1;
		lines += range->kind == ORACLE_REFUSED ? 0 : next - range->first;
	}
	return next == UINT64_C(0x100000000) &&
	       lines == (shape->gic ? 256 * (shape->nr_irq - 32) + 16 * shape->vcpus
				    : 2 * shape->vcpus);
}

#endif
