/* SPDX-License-Identifier: BSD-2-Clause */
/* The manifest against the board that it is to run on. */
#include "hyp/manifest/manifest_parts.h"
#include "hyp/regs/gic.h"

static bool manifest_check_cpus(const struct fdt *fdt, const struct manifest *manifest,
				uint32_t index, const struct board *board, struct refusal *why)
{
	const struct manifest_partition *partition = &manifest->partition[index];
	uint32_t there = (UINT32_C(1) << board->nr_cpus) - 1;

	for (uint32_t i = 0; i < partition->nr_vcpus; i++) {
		if ((partition->affinity[i] & there) == 0) {
			return board_refuse(fdt, why, manifest_partition_node(fdt, index), "cpus",
					    "names no CPU that the board has");
		}
	}
	return true;
}

static bool manifest_hits_gic(const struct board *board, const struct manifest_device *device)
{
	/* GICH's per-CPU aliases lie behind its first 4 KiB (Cortex-A15 TRM, 8.2.1). */
	return manifest_overlaps_pa(device->pa, device->size, board->gicd, GICD_SIZE) ||
	       manifest_overlaps_pa(device->pa, device->size, board->gicc, GICC_SIZE) ||
	       manifest_overlaps_pa(device->pa, device->size, board->gich, 2 * PAGE_SIZE) ||
	       manifest_overlaps_pa(device->pa, device->size, board->gicv, GICC_SIZE);
}

static bool manifest_check_windows(const struct fdt *fdt, const struct manifest *manifest,
				   uint32_t index, const struct board *board, struct refusal *why)
{
	const struct manifest_partition *partition = &manifest->partition[index];

	for (uint32_t i = 0; i < partition->nr_devices; i++) {
		const struct manifest_device *device = &partition->device[i];

		if (regions_overlaps(&board->memory, device->pa, device->size)) {
			return board_refuse(fdt, why, manifest_device_node(fdt, index, i), "pa",
					    "is the board's memory, not a device");
		}
		if (manifest_hits_gic(board, device)) {
			return board_refuse(fdt, why, manifest_device_node(fdt, index, i), "pa",
					    "is the board's GIC, which is the monitor's");
		}
	}
	return true;
}

static bool manifest_check_intids(const struct fdt *fdt, const struct manifest *manifest,
				  uint32_t index, const struct board *board, struct refusal *why)
{
	const struct manifest_partition *partition = &manifest->partition[index];

	for (uint32_t i = 0; i < partition->nr_devices && board->nr_intids != 0; i++) {
		const struct manifest_device *device = &partition->device[i];

		for (uint32_t j = 0; j < device->nr_interrupts; j++) {
			if (device->intid[j] >= board->nr_intids) {
				return board_refuse(fdt, why, manifest_device_node(fdt, index, i),
						    "interrupt",
						    "past the last interrupt of the board's GIC");
			}
		}
	}
	return true;
}

/* In all it cannot be more than there is. Whether the pieces fit is for the allocator to say. */
static bool manifest_check_sum(const struct fdt *fdt, const struct manifest *manifest,
			       const struct regions *free, struct refusal *why)
{
	uint64_t left = 0;

	for (uint32_t i = 0; i < free->count; i++) {
		left += free->r[i].size;
	}
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		if (manifest->partition[i].memory_size > left) {
			return board_refuse(fdt, why, manifest_partition_node(fdt, i),
					    "memory-size", "the board has no more so much memory");
		}
		left -= manifest->partition[i].memory_size;
	}
	return true;
}

bool manifest_check_board(const struct fdt *fdt, const struct manifest *manifest,
			  const struct board *board, const struct regions *free,
			  struct refusal *why)
{
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		const struct manifest_partition *partition = &manifest->partition[i];

		if (partition->memory_pa.pa != 0 &&
		    !regions_contains(free, partition->memory_pa, partition->memory_size)) {
			return board_refuse(fdt, why, manifest_partition_node(fdt, i), "memory-at",
					    "does not lie in free memory of the board");
		}
		if (!manifest_check_cpus(fdt, manifest, i, board, why) ||
		    !manifest_check_windows(fdt, manifest, i, board, why) ||
		    !manifest_check_intids(fdt, manifest, i, board, why)) {
			return false;
		}
	}
	return manifest_check_sum(fdt, manifest, free, why);
}
