/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest_parts.h"
#include <string.h>

enum manifest_root_rule {
	ROOT_COMPATIBLE,
	ROOT_TIME_SLICE,
	ROOT_RAW_CONSOLE,
	ROOT_BRANCHES,
	ROOT_MODEL,
	ROOT_ADDRESS_CELLS,
	ROOT_SIZE_CELLS,
	NR_ROOT_RULES,
};

/* dtc asks for the cell counts as soon as a device's node has a unit address. */
static const struct manifest_rule root_rules[NR_ROOT_RULES] = {
	[ROOT_COMPATIBLE] = { "compatible", MANIFEST_SHAPE_STRINGS },
	[ROOT_TIME_SLICE] = { "time-slice-us", MANIFEST_SHAPE_CELL },
	[ROOT_RAW_CONSOLE] = { "raw-console", MANIFEST_SHAPE_FLAG },
	[ROOT_BRANCHES] = { "branch-hardening", MANIFEST_SHAPE_STRING },
	[ROOT_MODEL] = { "model", MANIFEST_SHAPE_STRING },
	[ROOT_ADDRESS_CELLS] = { "#address-cells", MANIFEST_SHAPE_CELL },
	[ROOT_SIZE_CELLS] = { "#size-cells", MANIFEST_SHAPE_CELL },
};

static fdt_node_t manifest_nth_child(const struct fdt *fdt, fdt_node_t node, uint32_t index)
{
	node = fdt_first_child(fdt, node);
	for (; node != FDT_NONE && index != 0; index--) {
		node = fdt_next_sibling(fdt, node);
	}
	return node;
}

fdt_node_t manifest_partition_node(const struct fdt *fdt, uint32_t index)
{
	/* Every child of the root is a partition: manifest_read takes nothing else. */
	return manifest_nth_child(fdt, fdt_root(fdt), index);
}

fdt_node_t manifest_device_node(const struct fdt *fdt, uint32_t index, uint32_t device)
{
	return manifest_nth_child(fdt, manifest_partition_node(fdt, index), device);
}

static bool manifest_read_branches(const struct manifest_node *node, struct manifest *manifest)
{
	static const char *const names[] = { "auto", "always", "never" };
	const char *name = manifest_string(node, ROOT_BRANCHES, names[MANIFEST_BRANCHES_AUTO]);

	for (uint8_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (strcmp(name, names[n]) == 0) {
			manifest->branches = n;
			return true;
		}
	}
	return manifest_refuse(node, ROOT_BRANCHES, "not \"auto\", \"always\" or \"never\"");
}

static bool manifest_read_root(const struct fdt *fdt, struct manifest *manifest,
			       struct refusal *why)
{
	struct manifest_node node = { .fdt = fdt, .why = why, .node = fdt_root(fdt) };
	uint64_t base, size;

	if (!fdt_is_compatible(fdt, node.node, "plumbline,system-1")) {
		return board_refuse(fdt, why, node.node, "compatible",
				    "not a system manifest: that says \"plumbline,system-1\"");
	}
	if (fdt_reserved(fdt, 0, &base, &size)) {
		return board_refuse(fdt, why, node.node, "/memreserve/",
				    "not for a manifest: what memory is free the board's own tree "
				    "says");
	}
	if (!manifest_collect(&node, root_rules, NR_ROOT_RULES)) {
		return false;
	}
	manifest->raw_console = manifest_given(&node, ROOT_RAW_CONSOLE);
	manifest->time_slice_us = manifest_cell(&node, ROOT_TIME_SLICE, 10000);
	if (manifest->time_slice_us < 100 || manifest->time_slice_us > 1000000) {
		return manifest_refuse(&node, ROOT_TIME_SLICE, "not 100 to 1000000 microseconds");
	}
	return manifest_read_branches(&node, manifest);
}

static bool manifest_find(const struct manifest *manifest, const char *name, uint32_t *index)
{
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		if (strcmp(manifest->partition[i].name, name) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

static bool manifest_read_partitions(const struct fdt *fdt, struct manifest *manifest,
				     struct refusal *why)
{
	uint32_t vcpus = 0;
	uint32_t same;

	for (fdt_node_t node = fdt_first_child(fdt, fdt_root(fdt)); node != FDT_NONE;
	     node = fdt_next_sibling(fdt, node)) {
		struct manifest_partition *partition =
			&manifest->partition[manifest->nr_partitions];

		if (manifest->nr_partitions == MANIFEST_MAX_PARTITIONS) {
			return board_refuse(fdt, why, node, "", "more than 16 partitions");
		}
		if (!manifest_read_partition(fdt, node, partition, why)) {
			return false;
		}
		if (manifest_find(manifest, partition->name, &same)) {
			return board_refuse(fdt, why, node, "", "two partitions have this name");
		}
		vcpus += partition->nr_vcpus;
		if (vcpus > MANIFEST_MAX_ALL_VCPUS) {
			return board_refuse(fdt, why, node, "vcpus",
					    "more than 64 in all partitions together");
		}
		manifest->nr_partitions++;
	}
	if (manifest->raw_console && manifest->nr_partitions > 1) {
		return board_refuse(fdt, why, fdt_root(fdt), "raw-console",
				    "several partitions need prefixes to be told apart");
	}
	return manifest->nr_partitions != 0 ||
	       board_refuse(fdt, why, fdt_root(fdt), "", "there is no partition");
}

/* Names can be told only when all are known. */
static bool manifest_read_rights(const struct fdt *fdt, struct manifest *manifest, uint32_t index,
				 struct refusal *why)
{
	fdt_node_t node = manifest_partition_node(fdt, index);
	struct fdt_prop prop;
	const char *name;
	uint32_t other;

	if (!fdt_get_prop(fdt, node, "rights", &prop)) {
		return true;
	}
	for (uint32_t i = 0; (name = fdt_prop_string(&prop, i)) != NULL; i++) {
		/* More names than partitions: one stands twice, or none. This bounds the loop. */
		if (i == MANIFEST_MAX_PARTITIONS || !manifest_find(manifest, name, &other)) {
			return board_refuse(fdt, why, node, "rights",
					    "names no partition of this manifest");
		}
		manifest->partition[index].rights |= (uint16_t)BIT32(other);
	}
	return true;
}

static bool manifest_check_memory(const struct fdt *fdt, const struct manifest *manifest,
				  uint32_t index, struct refusal *why)
{
	const struct manifest_partition *p = &manifest->partition[index];

	for (uint32_t i = 0; i < index; i++) {
		const struct manifest_partition *q = &manifest->partition[i];

		if (p->memory_pa.pa != 0 && q->memory_pa.pa != 0 &&
		    manifest_overlaps_pa(p->memory_pa, p->memory_size, q->memory_pa,
					 q->memory_size)) {
			return board_refuse(fdt, why, manifest_partition_node(fdt, index),
					    "memory-at", "overlaps another partition's memory");
		}
	}
	return true;
}

static bool manifest_share_interrupt(const struct manifest_device *a,
				     const struct manifest_device *b)
{
	for (uint32_t i = 0; i < a->nr_interrupts; i++) {
		for (uint32_t j = 0; j < b->nr_interrupts; j++) {
			if (a->intid[i] == b->intid[j]) {
				return true;
			}
		}
	}
	return false;
}

static bool manifest_check_device(const struct fdt *fdt, const struct manifest *manifest,
				  uint32_t index, uint32_t device, struct refusal *why)
{
	const struct manifest_device *d = &manifest->partition[index].device[device];
	fdt_node_t node = manifest_device_node(fdt, index, device);

	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		const struct manifest_partition *p = &manifest->partition[i];
		/* Each pair of devices once: this one and those before it. */
		uint32_t before = i < index ? p->nr_devices : i == index ? device : 0;

		if (p->memory_pa.pa != 0 &&
		    manifest_overlaps_pa(d->pa, d->size, p->memory_pa, p->memory_size)) {
			return board_refuse(fdt, why, node, "pa", "lies in a partition's memory");
		}
		for (uint32_t j = 0; j < before; j++) {
			if (manifest_overlaps_pa(d->pa, d->size, p->device[j].pa,
						 p->device[j].size)) {
				return board_refuse(fdt, why, node, "pa",
						    "another device has this address already");
			}
			if (manifest_share_interrupt(d, &p->device[j])) {
				return board_refuse(fdt, why, node, "interrupt",
						    "another device has this interrupt already");
			}
		}
	}
	return true;
}

static bool manifest_check_between(const struct fdt *fdt, struct manifest *manifest,
				   struct refusal *why)
{
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		if (!manifest_read_rights(fdt, manifest, i, why) ||
		    !manifest_check_memory(fdt, manifest, i, why) ||
		    !manifest_check_label(fdt, manifest_partition_node(fdt, i), why)) {
			return false;
		}
		for (uint32_t j = 0; j < manifest->partition[i].nr_devices; j++) {
			if (!manifest_check_device(fdt, manifest, i, j, why) ||
			    !manifest_check_label(fdt, manifest_device_node(fdt, i, j), why)) {
				return false;
			}
		}
	}
	return manifest_check_label(fdt, fdt_root(fdt), why);
}

bool manifest_read(const struct fdt *fdt, struct manifest *manifest, struct refusal *why)
{
	manifest->nr_partitions = 0;
	return manifest_read_root(fdt, manifest, why) &&
	       manifest_read_partitions(fdt, manifest, why) &&
	       manifest_check_between(fdt, manifest, why);
}
