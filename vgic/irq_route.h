/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The GSIs of a VM: which lines each of them drives (KVM_SET_GSI_ROUTING). An entry is decoded and
 * checked once, when its table is built; the table holds lines. Pure. The caller of every function
 * holds the lock that protects the routes.
 *
 * Until the first table is live, GSI n is SPI n + 32, for every SPI of the VM.
 */
#ifndef VGIC_IRQ_ROUTE_H
#define VGIC_IRQ_ROUTE_H

#include "abi/plumbline.h"
#include "hyp/base/bits.h"
#include "vgic/irq_line.h"

#define IRQ_ROUTE_FIRST_SPI 32u /* IHI 0048B 2.2.1 */

#define IRQ_ROUTE_SPIS (1020u - IRQ_ROUTE_FIRST_SPI)

/* A decoded line in 16 bits. That of an SPI is the SPI's number, from 0. */
#define IRQ_ROUTE_NUMBER  GENMASK32(9, 0)
#define IRQ_ROUTE_VCPU	  GENMASK32(12, 10)
#define IRQ_ROUTE_TYPE	  GENMASK32(14, 13) /* enum irq_line_type; exclusive OR IRQ_LINE_SPI */
#define IRQ_ROUTE_SEVERAL BIT32(15)	    /* `more` has further lines of this GSI */
/* These numbers are no line's. Both values have IRQ_ROUTE_SEVERAL. */
#define IRQ_ROUTE_NOTHING 0xfffeu /* the GSI has a route, but only to SPIs that the VM lacks */
#define IRQ_ROUTE_NONE	  0xffffu /* no route */

struct irq_route_table {
	uint16_t first[PLUMB_GSI_MAX]; /* by GSI */
	uint32_t nr_more;
	uint32_t more[PLUMB_GSI_MORE_MAX]; /* GSI in 31..16, line in 15..0 */
};

/* Two tables: one is live, or none; the other one is built. */
struct irq_routes {
	const struct irq_route_table *live; /* NULL: the default */
	uint32_t nr_gsis;		    /* GSIs from here on have no route */
	uint32_t chip[PLUMB_GSI_MAX / 32];  /* being built: GSIs with a route to a pin */
	struct irq_route_table table[2];
};

/* The default. */
void irq_route_init(struct irq_routes *routes, const struct irq_line_vm *vm);

/* Starts a table without routes. A table that was begun before and is not live is dropped. */
void irq_route_begin(struct irq_routes *routes);

/* Adds an entry to the table begun. 0; or -HYP_EINVAL, or an errno of irq_line_decode: then the
 * table must not become live. Some 500 instructions at most. */
int irq_route_add(struct irq_routes *routes, const struct irq_line_vm *vm,
		  const struct kvm_irq_routing_entry *entry);

/* The table begun replaces the live one. */
void irq_route_commit(struct irq_routes *routes);

/* The lines of a GSI, in the order of their entries, all of them lines of the VM: returns their
 * number, 1 to PLUMB_GSI_LINES_MAX. -HYP_ENXIO: it has no route; -HYP_EINVAL: its route leads to an
 * SPI that the VM lacks. */
int irq_route_map(const struct irq_routes *routes, uint32_t gsi,
		  struct irq_line lines[PLUMB_GSI_LINES_MAX]);

/* The most frequent case: the GSI has one line, an SPI of the VM: *spi is its number, from 0.
 * False: irq_route_map tells what the GSI has. */
static inline bool irq_route_spi(const struct irq_routes *routes, uint32_t gsi, uint32_t *spi)
{
	if (gsi >= routes->nr_gsis) {
		return false;
	}
	/* The index is masked for speculation: nr_gsis is PLUMB_GSI_MAX at most if a table is live.
	 */
	*spi = routes->live ? routes->live->first[gsi % PLUMB_GSI_MAX] : gsi;
	return *spi < IRQ_ROUTE_SPIS;
}

#endif
