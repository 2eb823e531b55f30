/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What KVM_SET_GSI_ROUTING must make of any table, from the text of the ABI alone: a list of pairs,
 * in the order of the entries, searched from its start for everything. Nothing of the project's
 * headers is used: an entry is twelve words as in Linux's struct kvm_irq_routing_entry, and the
 * numbers are typed from docs/control-abi.md:
 *
 *	words: gsi, type, flags, pad, then eight words of the type
 *	type 1: irqchip, which is 0, and pin: SPI pin + 32; pins of 1020 interrupts are accepted
 *	type 0x80000001: a word of KVM_IRQ_LINE
 *
 * GSIs are below 256. A GSI has one pin, no line twice, and at most 8 lines. The lines beyond the
 * first one of each GSI are at most 32. Pins of SPIs that the VM lacks are no lines.
 */
#ifndef TEST_VERIFY_IRQ_ROUTE_ORACLE_H
#define TEST_VERIFY_IRQ_ROUTE_ORACLE_H

#include "test/verify/irq_line_oracle.h"

#define ORACLE_ENTRY_WORDS 12u
#define ORACLE_GSIS	   256u
#define ORACLE_GSI_LINES   8u
#define ORACLE_MORE	   32u

struct oracle_route {
	uint32_t gsi;
	bool pin;
	bool lacks;   /* no line of this VM */
	bool further; /* not the first line of its GSI */
	struct oracle_range line;
};

struct oracle_routes {
	bool standard; /* no table yet: each SPI has its GSI */
	uint32_t count;
	struct oracle_route route[ORACLE_GSIS];
};

static inline bool oracle_same_line(const struct oracle_range *a, const struct oracle_range *b)
{
	return a->kind == b->kind && a->vcpu == b->vcpu && a->number == b->number;
}

/* What one word of KVM_IRQ_LINE is, as a range of one. */
static inline struct oracle_range oracle_word(const struct oracle_map *map, uint32_t word)
{
	struct oracle_range range = map->range[0];

	for (size_t n = 0; n < map->count; n++) {
		if (word >= map->range[n].first && word <= map->range[n].last) {
			range = map->range[n];
		}
	}
	range.number += word - range.first;
	return range;
}

static inline int oracle_read_entry(const struct oracle_shape *shape, const struct oracle_map *map,
				    const uint32_t *words, struct oracle_route *route)
{
	*route = (struct oracle_route) { .gsi = words[0] };
	if (words[0] >= ORACLE_GSIS || words[2] != 0) {
		return ORACLE_EINVAL;
	}
	if (words[1] == 0x80000001u) {
		route->line = oracle_word(map, words[4]);
		return route->line.errno_value;
	}
	if (words[1] != 1 || words[4] != 0 || words[5] > 1019 - 32) {
		return ORACLE_EINVAL;
	}
	route->pin = true;
	route->line.kind = ORACLE_SPI;
	route->line.number = words[5] + 32;
	route->lacks = !shape->gic || words[5] + 32 >= shape->nr_irq;
	return 0;
}

/* May the route follow those that are there? */
static inline bool oracle_fits(const struct oracle_routes *routes, struct oracle_route *route)
{
	uint32_t lines = 0, further = 0;

	for (uint32_t n = 0; n < routes->count; n++) {
		const struct oracle_route *old = &routes->route[n];

		further += old->further;
		if (old->gsi != route->gsi) {
			continue;
		}
		if ((old->pin && route->pin) ||
		    (!old->lacks && !route->lacks && oracle_same_line(&old->line, &route->line))) {
			return false;
		}
		lines += !old->lacks;
	}
	route->further = !route->lacks && lines != 0;
	return !route->further || (lines < ORACLE_GSI_LINES && further < ORACLE_MORE);
}

/* The routes that a table of `count` entries makes. Returns 0 or the errno. */
static inline int oracle_set_routes(struct oracle_routes *routes, const struct oracle_shape *shape,
				    const struct oracle_map *map, const uint32_t *words,
				    uint32_t count)
{
	routes->standard = false;
	routes->count = 0;
	if (count > ORACLE_GSIS) {
		return ORACLE_EINVAL;
	}
	for (uint32_t n = 0; n < count; n++) {
		struct oracle_route route;
		int error = oracle_read_entry(shape, map, words + n * ORACLE_ENTRY_WORDS, &route);

		if (error || !oracle_fits(routes, &route)) {
			return error ? error : ORACLE_EINVAL;
		}
		routes->route[routes->count++] = route;
	}
	return 0;
}

/* The lines of a GSI, in order: their number, or the errno. */
static inline int oracle_gsi(const struct oracle_routes *routes, const struct oracle_shape *shape,
			     uint32_t gsi, struct oracle_range lines[ORACLE_GSI_LINES])
{
	int count = 0;
	bool lacks = false;

	if (routes->standard) {
		lines[0] = (struct oracle_range) { .kind = ORACLE_SPI, .number = gsi + 32 };
		return shape->gic && gsi < shape->nr_irq - 32 ? 1 : ORACLE_ENXIO;
	}
	for (uint32_t n = 0; n < routes->count; n++) {
		if (routes->route[n].gsi == gsi && routes->route[n].lacks) {
			lacks = true;
		} else if (routes->route[n].gsi == gsi) {
			lines[count++] = routes->route[n].line;
		}
	}
	return count ? count : lacks ? ORACLE_EINVAL : ORACLE_ENXIO;
}

#endif
