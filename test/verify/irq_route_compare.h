/* SPDX-License-Identifier: BSD-2-Clause */
/* vgic/irq_route.c against the oracle: what a table is answered, and then each GSI. */
#ifndef TEST_VERIFY_IRQ_ROUTE_COMPARE_H
#define TEST_VERIFY_IRQ_ROUTE_COMPARE_H

#include "test/unit/test.h"
#include "test/verify/irq_line_compare.h"
#include "test/verify/irq_route_oracle.h"
#include "vgic/irq_route.h"

struct compare_routes {
	struct oracle_shape shape;
	struct irq_line_vm vm;
	struct oracle_map map; /* of the shape's words */
	struct irq_routes real;
	struct oracle_routes oracle;
};

static inline void compare_routes_start(struct compare_routes *both, struct oracle_shape shape)
{
	both->shape = shape;
	both->vm = (struct irq_line_vm) { shape.gic, shape.vcpus, shape.nr_irq };
	oracle_draw(&both->map, &shape);
	irq_route_init(&both->real, &both->vm);
	both->oracle = (struct oracle_routes) { .standard = true };
}

static inline bool compare_is_line(const struct irq_line *line, const struct oracle_range *want)
{
	switch (want->kind) {
	case ORACLE_CPU:
		return line->type == (want->number ? IRQ_LINE_CPU_FIQ : IRQ_LINE_CPU_IRQ) &&
		       line->vcpu == want->vcpu;
	case ORACLE_SPI:
		return line->type == IRQ_LINE_SPI && line->vcpu == 0 &&
		       line->number == want->number;
	case ORACLE_PPI:
		return line->type == IRQ_LINE_PPI && line->vcpu == want->vcpu &&
		       line->number == want->number;
	case ORACLE_REFUSED:
		break;
	}
	return false;
}

static inline bool compare_gsi(const struct compare_routes *both, uint32_t gsi)
{
	struct oracle_range want[ORACLE_GSI_LINES];
	struct irq_line got[ORACLE_GSI_LINES];
	int count = oracle_gsi(&both->oracle, &both->shape, gsi, want);
	bool good = irq_route_map(&both->real, gsi, got) == count;
	uint32_t spi;

	for (int n = 0; good && n < count; n++) {
		good = compare_is_line(&got[n], &want[n]);
	}
	if (irq_route_spi(&both->real, gsi, &spi) != (count == 1 && want[0].kind == ORACLE_SPI)) {
		good = false;
	} else if (count == 1 && want[0].kind == ORACLE_SPI) {
		good = good && spi == want[0].number - 32;
	}
	if (!good) {
		printf("GSI %u of %u routes: should have %d lines or errno\n", gsi,
		       both->oracle.count, count);
	}
	return good;
}

static inline bool compare_gsis(const struct compare_routes *both)
{
	bool good = true;

	for (uint32_t gsi = 0; gsi < 1100 && good; gsi++) {
		good = compare_gsi(both, gsi);
	}
	return good && compare_gsi(both, 0x10000) && compare_gsi(both, 0xffffffe0) &&
	       compare_gsi(both, 0xffffffff);
}

/* As the glue does it: all entries, or the table is dropped. */
static inline int compare_set_real(struct compare_routes *both, const uint32_t *words,
				   uint32_t count)
{
	irq_route_begin(&both->real);
	for (uint32_t n = 0; n < count; n++) {
		struct kvm_irq_routing_entry entry;
		int error;

		memcpy(&entry, words + n * ORACLE_ENTRY_WORDS, sizeof(entry));
		error = irq_route_add(&both->real, &both->vm, &entry);
		if (error) {
			return error;
		}
	}
	irq_route_commit(&both->real);
	return 0;
}

/* `count` is at most ORACLE_GSIS. */
static inline bool compare_set(struct compare_routes *both, const uint32_t *words, uint32_t count)
{
	static struct oracle_routes next;
	int want = oracle_set_routes(&next, &both->shape, &both->map, words, count);
	int got = compare_set_real(both, words, count);

	if (got != want) {
		printf("a table of %u: %d, not %d\n", count, got, want);
		return false;
	}
	if (!want) {
		both->oracle = next;
	}
	return compare_gsis(both);
}

#endif
