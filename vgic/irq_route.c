/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic/irq_route.h"
#include "hyp/base/error.h"
#include <string.h>

static uint32_t route_spis(const struct irq_line_vm *vm)
{
	return vm->has_gic ? vm->nr_irqs - IRQ_ROUTE_FIRST_SPI : 0;
}

void irq_route_init(struct irq_routes *routes, const struct irq_line_vm *vm)
{
	routes->live = NULL;
	routes->nr_gsis = route_spis(vm);
}

static struct irq_route_table *route_begun(struct irq_routes *routes)
{
	return &routes->table[routes->live == &routes->table[0] ? 1 : 0];
}

void irq_route_begin(struct irq_routes *routes)
{
	struct irq_route_table *table = route_begun(routes);

	memset(table->first, 0xff, sizeof(table->first)); /* IRQ_ROUTE_NONE */
	table->nr_more = 0;
	memset(routes->chip, 0, sizeof(routes->chip));
}

void irq_route_commit(struct irq_routes *routes)
{
	routes->live = route_begun(routes);
	routes->nr_gsis = PLUMB_GSI_MAX;
}

static uint32_t route_code(const struct irq_line *line)
{
	if (line->type == IRQ_LINE_SPI) {
		return line->number - IRQ_ROUTE_FIRST_SPI;
	}
	return FIELD_PREP(IRQ_ROUTE_TYPE, (uint32_t)line->type ^ IRQ_LINE_SPI) |
	       FIELD_PREP(IRQ_ROUTE_VCPU, line->vcpu) | FIELD_PREP(IRQ_ROUTE_NUMBER, line->number);
}

static struct irq_line route_line(uint32_t code)
{
	struct irq_line line = {
		(enum irq_line_type)(FIELD_GET(IRQ_ROUTE_TYPE, code) ^ IRQ_LINE_SPI),
		FIELD_GET(IRQ_ROUTE_VCPU, code), FIELD_GET(IRQ_ROUTE_NUMBER, code)
	};

	line.number += line.type == IRQ_LINE_SPI ? IRQ_ROUTE_FIRST_SPI : 0;
	return line;
}

/* KVM has one irqchip on ARM, 0, with a pin for each SPI of the GIC architecture. It accepts pins
 * of SPIs that the VM lacks, but refuses a second pin for a GSI. */
static int route_pin(struct irq_routes *routes, const struct irq_line_vm *vm,
		     const struct kvm_irq_routing_entry *entry, uint32_t *code)
{
	uint32_t *chip = &routes->chip[entry->gsi / 32];

	if (entry->u.irqchip.irqchip || entry->u.irqchip.pin >= IRQ_ROUTE_SPIS ||
	    (*chip & BIT32(entry->gsi % 32))) {
		return -HYP_EINVAL;
	}
	*chip |= BIT32(entry->gsi % 32);
	*code = entry->u.irqchip.pin < route_spis(vm) ? entry->u.irqchip.pin : IRQ_ROUTE_NOTHING;
	return 0;
}

static int route_decode(struct irq_routes *routes, const struct irq_line_vm *vm,
			const struct kvm_irq_routing_entry *entry, uint32_t *code)
{
	struct irq_line line;
	int error;

	if (entry->gsi >= PLUMB_GSI_MAX || entry->flags) {
		return -HYP_EINVAL;
	}
	switch (entry->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		return route_pin(routes, vm, entry, code);
	case PLUMB_IRQ_ROUTING_LINE:
		error = irq_line_decode(entry->u.pad[0], vm, &line);
		if (!error) {
			*code = route_code(&line);
		}
		return error;
	default:
		return -HYP_EINVAL;
	}
}

/* The GSI has a line: a further one must be another. */
static int route_add_more(struct irq_route_table *table, uint32_t gsi, uint32_t code)
{
	uint32_t lines = 1, first = table->first[gsi];
	bool same = (first & ~IRQ_ROUTE_SEVERAL) == code;

	for (uint32_t n = 0; n < table->nr_more; n++) {
		lines += table->more[n] >> 16 == gsi;
		same = same || table->more[n] == (gsi << 16 | code);
	}
	if (same || lines == PLUMB_GSI_LINES_MAX || table->nr_more == PLUMB_GSI_MORE_MAX) {
		return -HYP_EINVAL;
	}
	table->more[table->nr_more++] = gsi << 16 | code;
	table->first[gsi] = (uint16_t)(first | IRQ_ROUTE_SEVERAL);
	return 0;
}

int irq_route_add(struct irq_routes *routes, const struct irq_line_vm *vm,
		  const struct kvm_irq_routing_entry *entry)
{
	struct irq_route_table *table = route_begun(routes);
	uint32_t code = IRQ_ROUTE_NONE;
	int error = route_decode(routes, vm, entry, &code);

	if (error) {
		return error;
	}
	if (table->first[entry->gsi] >= IRQ_ROUTE_NOTHING) {
		table->first[entry->gsi] = (uint16_t)code;
		return 0;
	}
	return code == IRQ_ROUTE_NOTHING ? 0 : route_add_more(table, entry->gsi, code);
}

int irq_route_map(const struct irq_routes *routes, uint32_t gsi,
		  struct irq_line lines[PLUMB_GSI_LINES_MAX])
{
	const struct irq_route_table *table = routes->live;
	uint32_t first = table ? table->first[gsi % PLUMB_GSI_MAX] : gsi; /* as in irq_route_spi */
	int count = 1;

	if (gsi >= routes->nr_gsis || first == IRQ_ROUTE_NONE) {
		return -HYP_ENXIO;
	}
	if (first == IRQ_ROUTE_NOTHING) {
		return -HYP_EINVAL;
	}
	lines[0] = route_line(first);
	for (uint32_t n = 0; first & IRQ_ROUTE_SEVERAL && n < table->nr_more; n++) {
		if (table->more[n] >> 16 == gsi) {
			lines[count++] = route_line(table->more[n]);
		}
	}
	return count;
}
