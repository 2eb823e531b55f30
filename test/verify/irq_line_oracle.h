/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What KVM_IRQ_LINE must make of every 32-bit word, from the text of the ABI alone: not a decoder
 * but a map. For one VM shape it lists the ranges of words, in order and without a gap, and what
 * each range means. Nothing of the project's headers is used: the numbers are typed from the
 * patch 'KVM: ARM: Inject IRQs and FIQs from userspace' and the VM's manifest rules:
 *
 *	word = irq_type << 24 | vcpu_index << 16 | irq_number
 *	type 0: the CPU's own inputs, 0 IRQ, 1 FIQ, of a VM without an interrupt controller
 *	type 1: an SPI, 32 to the last that the VM has (at most 1019); vcpu_index means nothing
 *	type 2: a PPI of the vCPU, 16 to 31
 *
 * A VM that has the wrong kind of controller for the type is refused with ENXIO, before the rest
 * of the word counts; whatever else is wrong is EINVAL.
 */
#ifndef TEST_VERIFY_IRQ_LINE_ORACLE_H
#define TEST_VERIFY_IRQ_LINE_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oracle_shape {
	bool gic;
	uint32_t vcpus;	 /* 1..8 */
	uint32_t nr_irq; /* identifiers, SGIs and PPIs among them: 64..1020 */
};

enum oracle_kind { ORACLE_REFUSED, ORACLE_CPU, ORACLE_SPI, ORACLE_PPI };

struct oracle_range {
	uint32_t first, last; /* words, both among them */
	int errno_value;      /* Linux's: 0, -6 ENXIO, -22 EINVAL */
	enum oracle_kind kind;
	uint32_t vcpu;	 /* of CPU and PPI */
	uint32_t number; /* of the first word; each next word's is one more */
};

#define ORACLE_ENXIO	  (-6)
#define ORACLE_EINVAL	  (-22)
/* A refused and an accepted range for each of 256 vCPU indices of each of three types, and ends */
#define ORACLE_MAX_RANGES (3 * 2 * 256 + 8)

struct oracle_map {
	struct oracle_range range[ORACLE_MAX_RANGES];
	size_t count;
	uint64_t next; /* the first word that no range has yet */
};

static inline void oracle_add(struct oracle_map *map, uint64_t end, int errno_value)
{
	if (map->next < end) {
		map->range[map->count++] = (struct oracle_range) {
			.first = (uint32_t)map->next,
			.last = (uint32_t)(end - 1),
			.errno_value = errno_value,
			.kind = ORACLE_REFUSED,
		};
		map->next = end;
	}
}

/* The numbers low..high of this type and vcpu_index are a line; what lies before is EINVAL. */
static inline void oracle_add_lines(struct oracle_map *map, enum oracle_kind kind, uint32_t base,
				    uint32_t vcpu, uint32_t low, uint32_t high)
{
	oracle_add(map, (uint64_t)base + low, ORACLE_EINVAL);
	map->range[map->count++] = (struct oracle_range) {
		.first = base + low,
		.last = base + high,
		.kind = kind,
		.vcpu = vcpu,
		.number = low,
	};
	map->next = (uint64_t)base + high + 1;
}

/* The whole map of one VM shape. */
static inline void oracle_draw(struct oracle_map *map, const struct oracle_shape *shape)
{
	map->count = 0;
	map->next = 0;
	if (shape->gic) {
		oracle_add(map, 0x01000000, ORACLE_ENXIO);
		for (uint32_t index = 0; index < 256; index++) {
			oracle_add_lines(map, ORACLE_SPI, 0x01000000 + index * 0x10000, 0, 32,
					 shape->nr_irq - 1);
		}
		for (uint32_t vcpu = 0; vcpu < shape->vcpus; vcpu++) {
			oracle_add_lines(map, ORACLE_PPI, 0x02000000 + vcpu * 0x10000, vcpu, 16,
					 31);
		}
	} else {
		for (uint32_t vcpu = 0; vcpu < shape->vcpus; vcpu++) {
			oracle_add_lines(map, ORACLE_CPU, vcpu * 0x10000, vcpu, 0, 1);
		}
		oracle_add(map, 0x01000000, ORACLE_EINVAL);
		oracle_add(map, 0x03000000, ORACLE_ENXIO);
	}
	oracle_add(map, UINT64_C(0x100000000), ORACLE_EINVAL);
}

#endif
