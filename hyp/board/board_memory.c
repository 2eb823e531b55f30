/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, reservations and CPUs: Devicetree Specification 0.4, 3.4, 3.5, 3.8, 5.3. */
#include "hyp/board/board_parts.h"
#include <string.h>

#define BOARD_MPIDR_MASK   UINT32_C(0x00ffffff) /* Aff2, Aff1, Aff0: ARM ARM B4.1.106 */
#define BOARD_TOO_MANY_MEM "more separate ranges than can be kept: 32"
#define BOARD_NO_MEMORY	   "no memory of any size: the boot loader should fill this in"
#define BOARD_UNTRANSLATED "it does not lead to a physical address: too short, or no 'ranges' above"

/* By device_type (3.4, 3.8.1), or else by the name without its unit address. */
static bool board_is_kind(const struct fdt *fdt, fdt_node_t node, const char *kind)
{
	struct fdt_prop prop;
	const char *name = fdt_node_name(fdt, node);
	size_t length = strlen(kind);

	if (fdt_get_prop(fdt, node, "device_type", &prop)) {
		const char *type = fdt_prop_string(&prop, 0);

		return type && strcmp(type, kind) == 0;
	}
	return strlen(name) >= length && memcmp(name, kind, length) == 0 &&
	       (name[length] == 0 || name[length] == '@');
}

/* Adds every range of the node's reg, limited to 40 bits. */
static bool board_add_reg(const struct fdt *fdt, fdt_node_t node, struct regions *set,
			  struct refusal *why)
{
	uint64_t base;
	uint64_t size;
	uint32_t index = 0;

	for (; fdt_reg(fdt, node, index, &base, &size); index++) {
		if (size == 0 || base >= BOARD_PA_LIMIT) {
			continue;
		}
		size = size < BOARD_PA_LIMIT - base ? size : BOARD_PA_LIMIT - base;
		if (!regions_add(set, pa_make(base), size)) {
			return board_refuse(fdt, why, node, "reg", BOARD_TOO_MANY_MEM);
		}
	}
	return index != 0 || board_refuse(fdt, why, node, "reg", BOARD_UNTRANSLATED);
}

bool board_read_memory(const struct fdt *fdt, struct board *board, struct refusal *why)
{
	fdt_node_t node = fdt_first_child(fdt, fdt_root(fdt));
	fdt_node_t found = FDT_NONE;

	for (; node != FDT_NONE; node = fdt_next_sibling(fdt, node)) {
		if (!board_is_kind(fdt, node, "memory") || !fdt_is_enabled(fdt, node)) {
			continue;
		}
		found = node;
		if (!board_add_reg(fdt, node, &board->memory, why)) {
			return false;
		}
	}
	if (found == FDT_NONE) {
		return board_refuse(fdt, why, fdt_root(fdt), "", "there is no memory node");
	}
	return board->memory.count != 0 || board_refuse(fdt, why, found, "reg", BOARD_NO_MEMORY);
}

bool board_read_reserved(const struct fdt *fdt, struct board *board, struct refusal *why)
{
	fdt_node_t node = fdt_find_path(fdt, "/reserved-memory");
	struct fdt_prop prop;
	uint64_t base;
	uint64_t size;

	for (uint32_t i = 0; fdt_reserved(fdt, i, &base, &size); i++) {
		if (size == 0 || base >= BOARD_PA_LIMIT) {
			continue;
		}
		size = size < BOARD_PA_LIMIT - base ? size : BOARD_PA_LIMIT - base;
		if (!regions_add(&board->reserved, pa_make(base), size)) {
			return board_refuse(fdt, why, fdt_root(fdt), "/memreserve/",
					    BOARD_TOO_MANY_MEM);
		}
	}
	if (node == FDT_NONE) {
		return true;
	}
	node = fdt_first_child(fdt, node);
	for (; node != FDT_NONE; node = fdt_next_sibling(fdt, node)) {
		/* Linux chooses the place of one that has only a size. */
		if (fdt_is_enabled(fdt, node) && fdt_get_prop(fdt, node, "reg", &prop) &&
		    !board_add_reg(fdt, node, &board->reserved, why)) {
			return false;
		}
	}
	return true;
}

static bool board_add_cpu(const struct fdt *fdt, fdt_node_t node, uint32_t cells,
			  struct board *board, struct refusal *why)
{
	struct fdt_prop reg;
	uint64_t mpidr;

	if (!fdt_get_prop(fdt, node, "reg", &reg) || !fdt_prop_cells(&reg, 0, cells, &mpidr)) {
		return board_refuse(fdt, why, node, "reg", "the CPU's MPIDR is missing");
	}
	if ((mpidr & ~(uint64_t)BOARD_MPIDR_MASK) != 0) {
		return board_refuse(fdt, why, node, "reg",
				    "not the affinity bits (23..0) of an MPIDR");
	}
	for (uint32_t i = 0; i < board->nr_cpus; i++) {
		if (board->mpidr[i] == mpidr) {
			return board_refuse(fdt, why, node, "reg", "another CPU has this MPIDR");
		}
	}
	if (board->nr_cpus == BOARD_MAX_CPUS) {
		return board_refuse(fdt, why, node, "",
				    "more CPUs than a GICv2 serves (8): disable the others");
	}
	board->start[board->nr_cpus] = board_read_enable_method(fdt, node);
	board->mpidr[board->nr_cpus++] = (uint32_t)mpidr;
	return true;
}

bool board_read_cpus(const struct fdt *fdt, struct board *board, struct refusal *why)
{
	fdt_node_t cpus = fdt_find_path(fdt, "/cpus");
	struct fdt_prop prop;
	uint32_t cells = 1;

	if (cpus == FDT_NONE) {
		return board_refuse(fdt, why, fdt_root(fdt), "", "there is no /cpus node");
	}
	if (fdt_get_prop(fdt, cpus, "#address-cells", &prop) &&
	    (!fdt_prop_u32(&prop, 0, &cells) || cells < 1 || cells > 2)) {
		return board_refuse(fdt, why, cpus, "#address-cells", "neither 1 nor 2");
	}
	for (fdt_node_t node = fdt_first_child(fdt, cpus); node != FDT_NONE;
	     node = fdt_next_sibling(fdt, node)) {
		if (board_is_kind(fdt, node, "cpu") && fdt_is_enabled(fdt, node) &&
		    !board_add_cpu(fdt, node, cells, board, why)) {
			return false;
		}
	}
	return board->nr_cpus != 0 || board_refuse(fdt, why, cpus, "", "there is no enabled CPU");
}
