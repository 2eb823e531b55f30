/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SoC around the CPUs, from the tree: the methods that start the CPUs, start their counter, and
 * turn the board off. All of them are optional: a CPU that no method can start is left out.
 */
#include "hyp/base/bits.h"
#include "hyp/board/board_parts.h"
#include <string.h>

#define BOARD_LOW_PA (UINT64_C(1) << 32) /* registers of these SoCs lie below */

/* A SoC by the root's compatible. Its CPU 0 boots; the others up to `last_cpu` can be started. */
struct board_soc_kind {
	const char *compatible;
	enum board_soc soc;
	uint32_t last_cpu;
	/* If Linux's trees have no node for them: user manuals of A20 (V1.4, 1.6.4) and H3 (V1.2,
	 * 4.1). */
	uint32_t control, power;
};

static const struct board_soc_kind board_socs[] = {
	{ "arm,vexpress,v2p-ca15", BOARD_SOC_VEXPRESS, 3, 0, 0 },
	{ "allwinner,sun7i-a20", BOARD_SOC_SUN7I, 1, 0x01c25c00, 0 },
	{ "allwinner,sun8i-h3", BOARD_SOC_SUN8I_H3, 3, 0x01f01c00, 0x01f01400 },
	{ "samsung,exynos5250", BOARD_SOC_EXYNOS5250, 1, 0, 0 },
};

/* The base address of the first enabled node that is compatible; 0: there is none. */
static pa_t board_find_base(const struct fdt *fdt, const char *compatible)
{
	fdt_node_t node = fdt_find_compatible(fdt, fdt_root(fdt), compatible);
	uint64_t base;
	uint64_t size;

	while (node != FDT_NONE && !fdt_is_enabled(fdt, node)) {
		node = fdt_find_compatible(fdt, node, compatible);
	}
	if (node == FDT_NONE || !fdt_reg(fdt, node, 0, &base, &size) || base >= BOARD_LOW_PA ||
	    base % 4 != 0) {
		return pa_make(0);
	}
	return pa_make(base);
}

struct board_cpu_start board_read_enable_method(const struct fdt *fdt, fdt_node_t cpu)
{
	struct board_cpu_start start = { .how = BOARD_START_NONE };
	const char *method = NULL;
	struct fdt_prop prop;
	uint64_t address;

	if (fdt_get_prop(fdt, cpu, "enable-method", &prop)) {
		method = fdt_prop_string(&prop, 0);
	}
	/* Devicetree Specification 0.4, 3.8.1: two cells; some trees have one. */
	if (method && strcmp(method, "spin-table") == 0 &&
	    fdt_get_prop(fdt, cpu, "cpu-release-addr", &prop) &&
	    fdt_prop_cells(&prop, 0, prop.length / 4, &address) && address != 0 &&
	    address < BOARD_PA_LIMIT && address % 4 == 0) {
		start.how = BOARD_START_SPIN_TABLE;
		start.release = pa_make(address);
	}
	return start;
}

/* Linux's syscon-poweroff: a register at `offset` of the syscon in `regmap`, or else of the
 * parent node; `mask` without `value` is the whole value, and `value` without `mask` applies to
 * all bits. */
static void board_read_off(const struct fdt *fdt, struct board_poke *poke)
{
	fdt_node_t node = fdt_find_compatible(fdt, fdt_root(fdt), "syscon-poweroff");
	fdt_node_t syscon = fdt_parent(fdt, node);
	struct fdt_prop prop;
	uint32_t phandle, offset, value;
	uint32_t mask = UINT32_MAX;
	uint64_t base, size;

	if (node == FDT_NONE || !fdt_is_enabled(fdt, node) ||
	    !fdt_get_prop(fdt, node, "offset", &prop) || !fdt_prop_u32(&prop, 0, &offset)) {
		return;
	}
	if (fdt_get_prop(fdt, node, "regmap", &prop)) {
		syscon = fdt_prop_u32(&prop, 0, &phandle) ? fdt_find_phandle(fdt, phandle)
							  : FDT_NONE;
	}
	if (fdt_get_prop(fdt, node, "value", &prop) && fdt_prop_u32(&prop, 0, &value)) {
		if (fdt_get_prop(fdt, node, "mask", &prop) && !fdt_prop_u32(&prop, 0, &mask)) {
			return;
		}
	} else if (!fdt_get_prop(fdt, node, "mask", &prop) || !fdt_prop_u32(&prop, 0, &value)) {
		return;
	}
	if (syscon == FDT_NONE || !fdt_reg(fdt, syscon, 0, &base, &size) || offset % 4 != 0 ||
	    base % 4 != 0 || base + offset >= BOARD_LOW_PA || offset >= size) {
		return;
	}
	*poke = (struct board_poke) { pa_make(base + offset), mask, value & mask };
}

/* True if all registers that start its CPUs are known. */
static bool board_read_soc_kind(const struct fdt *fdt, const struct board_soc_kind *kind,
				struct board_soc_map *map)
{
	map->control = pa_make(kind->control);
	map->power = pa_make(kind->power);
	if (kind->soc == BOARD_SOC_VEXPRESS) {
		return map->sysreg.pa != 0;
	}
	if (kind->soc == BOARD_SOC_EXYNOS5250) {
		map->control = board_find_base(fdt, "samsung,exynos5250-pmu");
		map->entry = board_find_base(fdt, "samsung,exynos4210-sysram");
		return map->control.pa != 0 && map->entry.pa != 0;
	}
	return true;
}

void board_read_soc(const struct fdt *fdt, struct board *board)
{
	struct board_soc_map *map = &board->soc;
	uint32_t last = 0;

	map->sysreg = board_find_base(fdt, "arm,vexpress-sysreg");
	map->counter = board_find_base(fdt, "samsung,exynos4210-mct");
	board_read_off(fdt, &map->off);
	for (uint32_t i = 0; i < ARRAY_SIZE(board_socs); i++) {
		const struct board_soc_kind *kind = &board_socs[i];

		if (fdt_is_compatible(fdt, fdt_root(fdt), kind->compatible) &&
		    board_read_soc_kind(fdt, kind, map)) {
			map->soc = kind->soc;
			last = kind->last_cpu;
		}
	}
	for (uint32_t n = 0; n < board->nr_cpus; n++) {
		struct board_cpu_start *start = &board->start[n];

		if (start->how == BOARD_START_NONE && board->psci == BOARD_PSCI_SMC) {
			start->how = BOARD_START_PSCI;
		} else if (start->how == BOARD_START_NONE && map->soc != BOARD_SOC_NONE &&
			   board->mpidr[n] != 0 && board->mpidr[n] <= last) {
			start->how = BOARD_START_SOC;
		}
	}
}
