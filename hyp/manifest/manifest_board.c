/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of the manifest against its board. */
#include "hyp/manifest/manifest_parts.h"
#include "hyp/regs/gic.h"

static bool manifest_check_cpus(const struct fdt *fdt, const struct manifest_partition *partition,
				const struct board *board, struct refusal *why)
{
	uint32_t there = (UINT32_C(1) << board->nr_cpus) - 1;
	bool ok = true;

	for (uint32_t i = 0; i < partition->nr_vcpus; i++) {
		if ((partition->affinity[i] & there) == 0) {
			ok = board_refuse(fdt, why, partition->at, "cpus",
					  "names no CPU that the board has");
			break; /* all vCPUs may share one mask */
		}
	}
	return ok;
}

static bool manifest_hits_gic(const struct board *board, const struct manifest_device *device)
{
	/* GICH's per-CPU aliases lie behind its first 4 KiB (Cortex-A15 TRM, 8.2.1). */
	return manifest_overlaps_pa(device->pa, device->size, board->gicd, GICD_SIZE) ||
	       manifest_overlaps_pa(device->pa, device->size, board->gicc, GICC_SIZE) ||
	       manifest_overlaps_pa(device->pa, device->size, board->gich, 2 * PAGE_SIZE) ||
	       manifest_overlaps_pa(device->pa, device->size, board->gicv, GICC_SIZE);
}

static bool manifest_hits_uart(const struct board *board, const struct manifest_device *device)
{
	return board->uart != BOARD_UART_NONE &&
	       manifest_overlaps_pa(device->pa, device->size, board->uart_base, 1);
}

static bool manifest_check_window(const struct fdt *fdt, const struct manifest_device *device,
				  const struct board *board, struct refusal *why)
{
	if (regions_overlaps(&board->memory, device->pa, device->size)) {
		return board_refuse(fdt, why, device->at, "pa",
				    "is the board's memory, not a device");
	}
	if (manifest_hits_gic(board, device)) {
		return board_refuse(fdt, why, device->at, "pa",
				    "is the board's GIC, which is the monitor's");
	}
	if (manifest_hits_uart(board, device)) {
		return board_refuse(fdt, why, device->at, "pa",
				    "is the UART of the monitor's console");
	}
	return true;
}

/* The error of an interrupt on this board; NULL: none. */
static const char *manifest_intid_error(const struct board *board, uint32_t intid)
{
	if (board->nr_intids != 0 && intid >= board->nr_intids) {
		return "is past the last interrupt of the board's GIC";
	}
	if (board->uart != BOARD_UART_NONE && intid == board->uart_intid) {
		return "is the interrupt of the monitor's console";
	}
	return NULL;
}

static bool manifest_check_intids(const struct fdt *fdt, const struct manifest_device *device,
				  const struct board *board, struct refusal *why)
{
	bool ok = true;

	for (uint32_t i = 0; i < device->nr_interrupts; i++) {
		const char *error = manifest_intid_error(board, device->intid[i]);

		if (error) {
			ok = board_refuse_item(fdt, why, device->at, "interrupt", error, i + 1, 0);
		}
	}
	return ok;
}

static bool manifest_take(const struct fdt *fdt, fdt_node_t at, const char *property, uint32_t size,
			  uint64_t *left, struct refusal *why)
{
	if (size > *left) {
		return board_refuse(fdt, why, at, property, "is more than the board has left");
	}
	*left -= size;
	return true;
}

/* The sum cannot exceed the free memory. The allocator checks whether the single ranges fit. */
static bool manifest_check_sum(const struct fdt *fdt, const struct manifest *manifest,
			       const struct regions *free, struct refusal *why)
{
	uint64_t left = 0;
	bool ok = true;

	for (uint32_t i = 0; i < free->count; i++) {
		left += free->r[i].size;
	}
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		const struct manifest_partition *p = &manifest->partition[i];

		ok = manifest_take(fdt, p->at, "memory-size", p->memory_size, &left, why) && ok;
		ok = manifest_take(fdt, p->at, "vm-pool", p->vm_pool, &left, why) && ok;
	}
	for (uint32_t i = 0; i < manifest->nr_shared; i++) {
		uint32_t size = manifest_shared_size(&manifest->shared[i]);

		if (size > left) {
			ok = board_refuse(fdt, why, manifest->shared[i].at, "",
					  "has more memory than the board has left");
		} else {
			left -= size;
		}
	}
	return ok;
}

bool manifest_check_board(const struct fdt *fdt, const struct manifest *manifest,
			  const struct board *board, const struct regions *free,
			  struct refusal *why)
{
	bool ok = true;

	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		const struct manifest_partition *partition = &manifest->partition[i];

		if (partition->memory_pa.pa != 0 && partition->memory_size != 0 &&
		    !regions_contains(free, partition->memory_pa, partition->memory_size)) {
			ok = board_refuse(fdt, why, partition->at, "memory-at",
					  "does not lie in free memory of the board");
		}
		ok = manifest_check_cpus(fdt, partition, board, why) && ok;
		for (uint32_t j = 0; j < partition->nr_devices; j++) {
			ok = manifest_check_window(fdt, &partition->device[j], board, why) && ok;
			ok = manifest_check_intids(fdt, &partition->device[j], board, why) && ok;
		}
	}
	for (uint32_t i = 0; i < manifest->nr_shared; i++) {
		const struct manifest_shared *shared = &manifest->shared[i];

		if (shared->memory_pa.pa != 0 &&
		    !regions_contains(free, shared->memory_pa, manifest_shared_size(shared))) {
			ok = board_refuse(fdt, why, shared->at, "memory-at",
					  "does not lie in free memory of the board");
		}
	}
	ok = manifest_check_budgets(fdt, manifest, (UINT32_C(1) << board->nr_cpus) - 1, why) && ok;
	return manifest_check_sum(fdt, manifest, free, why) && ok;
}
