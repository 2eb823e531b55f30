/* SPDX-License-Identifier: BSD-2-Clause */
/* From a device's interrupt to an INTID: Devicetree Specification 0.4, 2.4. */
#include "hyp/base/bits.h"
#include "hyp/board/board_parts.h"

/* A child's interrupt as at the start of an interrupt-map entry: unit address, then specifier. */
#define BOARD_MAP_CELLS 6u

struct board_map_key {
	uint32_t cell[BOARD_MAP_CELLS];
	uint32_t count;
};

uint32_t board_intid(const struct fdt_prop *prop, uint32_t index)
{
	uint32_t type;
	uint32_t number;

	if (!fdt_prop_u32(prop, index * BOARD_GIC_CELLS, &type) ||
	    !fdt_prop_u32(prop, index * BOARD_GIC_CELLS + 1, &number)) {
		return 0;
	}
	if (type == 0 && number <= 1019 - 32) {
		return number + 32;
	}
	return type == 1 && number < 16 ? number + 16 : 0;
}

uint32_t board_cell(const struct fdt *fdt, fdt_node_t node, const char *name, uint32_t missing)
{
	struct fdt_prop prop;
	uint32_t cells;

	return fdt_get_prop(fdt, node, name, &prop) && fdt_prop_u32(&prop, 0, &cells) ? cells
										      : missing;
}

/*
 * Controllers between devices and the GIC that only wake a CPU from a low-power state, or serve
 * another processor. They use the GIC's specifiers (by their bindings in Linux), and pass
 * interrupts on unchanged while all CPUs have power.
 */
static bool board_is_transparent(const struct fdt *fdt, fdt_node_t node)
{
	static const char *const compatible[] = { "ti,omap4-wugen-mpu", "fsl,imx7d-gpc",
						  "fsl,imx6q-gpc", "nvidia,tegra30-ictlr",
						  "nvidia,tegra20-ictlr" };

	for (uint32_t i = 0; i < ARRAY_SIZE(compatible); i++) {
		if (fdt_is_compatible(fdt, node, compatible[i])) {
			return board_cell(fdt, node, "#interrupt-cells", 0) == BOARD_GIC_CELLS;
		}
	}
	return false;
}

/* The interrupt parent of the node: its interrupt-parent property or that of a node above, unless a
 * node with #interrupt-cells (a controller or nexus) comes first. */
static fdt_node_t board_interrupt_domain(const struct fdt *fdt, fdt_node_t node)
{
	struct fdt_prop prop;
	uint32_t phandle;

	for (;;) {
		if (fdt_get_prop(fdt, node, "interrupt-parent", &prop)) {
			return fdt_prop_u32(&prop, 0, &phandle) ? fdt_find_phandle(fdt, phandle)
								: FDT_NONE;
		}
		node = fdt_parent(fdt, node);
		if (node == FDT_NONE || fdt_get_prop(fdt, node, "#interrupt-cells", &prop)) {
			return node;
		}
	}
}

/* Unit address (the first cells of `reg`) and first specifier, masked by interrupt-map-mask. */
static bool board_map_key(const struct fdt *fdt, fdt_node_t node, fdt_node_t nexus,
			  const struct fdt_prop *interrupts, struct board_map_key *key)
{
	uint32_t units = board_cell(fdt, nexus, "#address-cells", 2);
	uint32_t specs = board_cell(fdt, nexus, "#interrupt-cells", 1);
	struct fdt_prop reg;
	struct fdt_prop mask;
	bool masked = fdt_get_prop(fdt, nexus, "interrupt-map-mask", &mask);

	if (units > 2 || specs < 1 || specs > BOARD_GIC_CELLS ||
	    !fdt_get_prop(fdt, node, "reg", &reg)) {
		return false;
	}
	key->count = units + specs;
	for (uint32_t i = 0; i < key->count; i++) {
		const struct fdt_prop *from = i < units ? &reg : interrupts;
		uint32_t bits = UINT32_MAX;

		if (!fdt_prop_u32(from, i < units ? i : i - units, &key->cell[i])) {
			/* Boards with a unit address narrower than the nexus's mask it out; other
			 * cases are not supported. */
			if (!masked || i >= units) {
				return false;
			}
			key->cell[i] = 0;
		}
		if (masked && !fdt_prop_u32(&mask, i, &bits)) {
			return false;
		}
		key->cell[i] &= bits;
	}
	return true;
}

/* An entry: key, phandle of the parent, its unit address, its specifier. Only entries that lead to
 * the GIC count; its unit address has #address-cells cells, or none. */
static uint32_t board_map_search(const struct fdt *fdt, fdt_node_t gic, const struct fdt_prop *map,
				 const struct board_map_key *key)
{
	uint32_t units = board_cell(fdt, gic, "#address-cells", 0);
	uint32_t step = key->count + 1 + units + BOARD_GIC_CELLS;
	uint32_t value;

	if (units > 2) {
		return 0;
	}
	for (uint32_t at = 0; at + step <= map->length / 4; at += step) {
		bool match = true;
		struct fdt_prop target = { .length = BOARD_GIC_CELLS * 4 };

		for (uint32_t i = 0; i < key->count && match; i++) {
			match = fdt_prop_u32(map, at + i, &value) && value == key->cell[i];
		}
		if (match && fdt_prop_u32(map, at + key->count, &value) &&
		    fdt_find_phandle(fdt, value) == gic) {
			target.data =
				map->data + (size_t)(at + key->count + 1 + units) * sizeof(value);
			return board_intid(&target, 0);
		}
	}
	return 0;
}

uint32_t board_device_intid(const struct fdt *fdt, fdt_node_t node, fdt_node_t gic)
{
	struct fdt_prop interrupts;
	struct fdt_prop map;
	struct board_map_key key;
	fdt_node_t domain = board_interrupt_domain(fdt, node);

	/* No known board has two in a row, and a chain could be a loop. */
	if (domain != FDT_NONE && domain != gic && board_is_transparent(fdt, domain)) {
		domain = board_interrupt_domain(fdt, domain);
	}
	if (domain == FDT_NONE || !fdt_get_prop(fdt, node, "interrupts", &interrupts)) {
		return 0;
	}
	if (domain == gic) {
		return board_intid(&interrupts, 0);
	}
	if (!fdt_get_prop(fdt, domain, "interrupt-map", &map) ||
	    !board_map_key(fdt, node, domain, &interrupts, &key)) {
		return 0;
	}
	return board_map_search(fdt, gic, &map, &key);
}
