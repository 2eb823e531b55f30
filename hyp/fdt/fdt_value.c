/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of nodes: status, and addresses translated through the buses above a node. */
#include "hyp/fdt/fdt.h"
#include <string.h>

bool fdt_is_compatible(const struct fdt *fdt, fdt_node_t node, const char *compatible)
{
	struct fdt_prop prop;

	return fdt_get_prop(fdt, node, "compatible", &prop) && fdt_prop_lists(&prop, compatible);
}

bool fdt_is_enabled(const struct fdt *fdt, fdt_node_t node)
{
	struct fdt_prop prop;
	const char *status;

	if (!fdt_get_prop(fdt, node, "status", &prop)) {
		return true;
	}
	status = fdt_prop_string(&prop, 0);
	return status && (strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0);
}

/* The number of cells of addresses and sizes below `bus`; Devicetree Specification 2.3.5. */
struct fdt_cells {
	uint32_t address, size;
};

/*@ requires fdt_valid(fdt) && \valid(cells) && \separated(fdt, cells);
  @ terminates \true;
  @ assigns *cells;
  @ ensures \result ==> 1 <= cells->address <= 2 && cells->size <= 2;
  @*/
static bool fdt_bus_cells(const struct fdt *fdt, fdt_node_t bus, struct fdt_cells *cells)
{
	struct fdt_prop prop;

	*cells = (struct fdt_cells) { .address = 2, .size = 1 };
	if (fdt_get_prop(fdt, bus, "#address-cells", &prop) &&
	    !fdt_prop_u32(&prop, 0, &cells->address)) {
		return false;
	}
	if (fdt_get_prop(fdt, bus, "#size-cells", &prop) && !fdt_prop_u32(&prop, 0, &cells->size)) {
		return false;
	}
	/* Three address cells are PCI's; no device that the monitor needs is on PCI. */
	return cells->address >= 1 && cells->address <= 2 && cells->size <= 2;
}

/* Translates an address below `bus` to its parent's bus: `ranges`, 2.3.8. */
/*@ requires fdt_valid(fdt) && \valid(base) && \separated(fdt, base);
  @ terminates \true;
  @ assigns *base;
  @*/
static bool fdt_translate(const struct fdt *fdt, fdt_node_t bus, fdt_node_t above, uint64_t *base)
{
	struct fdt_cells child;
	struct fdt_cells parent;
	struct fdt_prop ranges;
	uint32_t step;

	if (!fdt_get_prop(fdt, bus, "ranges", &ranges)) {
		return false;
	}
	if (ranges.length == 0) {
		return true;
	}
	if (!fdt_bus_cells(fdt, bus, &child) || !fdt_bus_cells(fdt, above, &parent) ||
	    child.size == 0) {
		return false;
	}
	step = child.address + parent.address + child.size;
	/*@ loop invariant at <= ranges.length / 4 + step;
	  @ loop assigns at;
	  @ loop variant ranges.length / 4 - at;
	  @*/
	for (uint32_t at = 0; at <= ranges.length / 4; at += step) {
		uint64_t from;
		uint64_t to;
		uint64_t size;

		if (!fdt_prop_cells(&ranges, at, child.address, &from) ||
		    !fdt_prop_cells(&ranges, at + child.address, parent.address, &to) ||
		    !fdt_prop_cells(&ranges, at + step - child.size, child.size, &size)) {
			return false;
		}
		if (*base >= from && *base - from < size) {
			*base = *base - from + to;
			return *base >= to;
		}
	}
	return false;
}

bool fdt_reg(const struct fdt *fdt, fdt_node_t node, uint32_t index, uint64_t *base, uint64_t *size)
{
	fdt_node_t bus = fdt_parent(fdt, node);
	struct fdt_cells cells;
	struct fdt_prop reg;
	uint64_t address;
	uint64_t length = 0;
	uint32_t step;

	if (bus == FDT_NONE || !fdt_bus_cells(fdt, bus, &cells) ||
	    !fdt_get_prop(fdt, node, "reg", &reg)) {
		return false;
	}
	step = cells.address + cells.size;
	if (index >= reg.length / 4 / step ||
	    !fdt_prop_cells(&reg, index * step, cells.address, &address) ||
	    (cells.size != 0 &&
	     !fdt_prop_cells(&reg, index * step + cells.address, cells.size, &length))) {
		return false;
	}
	/*@ loop invariant above == FDT_NONE || above < bus;
	  @ loop assigns above, bus, address;
	  @ loop variant bus;
	  @*/
	for (fdt_node_t above = fdt_parent(fdt, bus); above != FDT_NONE;
	     bus = above, above = fdt_parent(fdt, bus)) {
		if (!fdt_translate(fdt, bus, above, &address)) {
			return false;
		}
	}
	if (address + length < address) {
		return false;
	}
	*base = address;
	*size = length;
	return true;
}

bool fdt_reserved(const struct fdt *fdt, uint32_t index, uint64_t *base, uint64_t *size)
{
	struct fdt_prop entry = { .length = 16 };

	if (index >= fdt->rsvmap_count) {
		return false;
	}
	entry.data = fdt->blob + fdt->rsvmap_off + (size_t)index * 16;
	return fdt_prop_cells(&entry, 0, 2, base) && fdt_prop_cells(&entry, 2, 2, size);
}
