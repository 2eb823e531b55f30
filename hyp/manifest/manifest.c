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

/* dtc requires the cell counts if a device's node has a unit address. */
const struct manifest_rule manifest_root_rules[NR_ROOT_RULES] = {
	[ROOT_COMPATIBLE] = { "compatible", MANIFEST_SHAPE_STRINGS },
	[ROOT_TIME_SLICE] = { "time-slice-us", MANIFEST_SHAPE_CELL },
	[ROOT_RAW_CONSOLE] = { "raw-console", MANIFEST_SHAPE_FLAG },
	[ROOT_BRANCHES] = { "branch-hardening", MANIFEST_SHAPE_STRING },
	[ROOT_MODEL] = { "model", MANIFEST_SHAPE_STRING },
	[ROOT_ADDRESS_CELLS] = { "#address-cells", MANIFEST_SHAPE_CELL },
	[ROOT_SIZE_CELLS] = { "#size-cells", MANIFEST_SHAPE_CELL },
};

const uint32_t manifest_nr_root_rules = NR_ROOT_RULES;

static bool manifest_read_branches(const struct manifest_node *node, struct manifest *manifest)
{
	static const char *const names[] = { "auto", "always", "never", "none" };
	const char *name = manifest_string(node, ROOT_BRANCHES, names[MANIFEST_BRANCHES_AUTO]);

	for (uint8_t n = 0; n < ARRAY_SIZE(names); n++) {
		if (strcmp(name, names[n]) == 0) {
			manifest->branches = n;
			return true;
		}
	}
	return manifest_refuse(node, ROOT_BRANCHES,
			       "must be \"auto\", \"always\", \"never\" or \"none\"");
}

static bool manifest_read_root(const struct fdt *fdt, struct manifest *manifest,
			       struct refusal *why)
{
	struct manifest_node node = { .fdt = fdt, .why = why, .node = fdt_root(fdt) };
	uint64_t base, size;
	bool ok;

	if (fdt_reserved(fdt, 0, &base, &size)) {
		return board_refuse(fdt, why, node.node, "/memreserve/",
				    "must not be in a manifest: the board's tree reserves memory");
	}
	ok = manifest_collect(&node, manifest_root_rules, NR_ROOT_RULES);
	manifest->raw_console = manifest_given(&node, ROOT_RAW_CONSOLE);
	manifest->time_slice_us = manifest_cell(&node, ROOT_TIME_SLICE, 10000);
	if (manifest->time_slice_us < 100 || manifest->time_slice_us > 1000000) {
		ok = manifest_refuse(&node, ROOT_TIME_SLICE, "must be 100 to 1000000 microseconds");
	}
	return manifest_read_branches(&node, manifest) && ok;
}

static bool manifest_read_partitions(const struct fdt *fdt, struct manifest *manifest,
				     struct refusal *why)
{
	uint32_t vcpus = 0, vms = 0, pools = 0;
	uint32_t same;
	bool ok = true;

	for (fdt_node_t node = fdt_first_child(fdt, fdt_root(fdt)); node != FDT_NONE;
	     node = fdt_next_sibling(fdt, node)) {
		struct manifest_partition *partition =
			&manifest->partition[manifest->nr_partitions];

		if (manifest_is_shared(fdt, node) || manifest_is_virtio(fdt, node)) {
			continue; /* manifest_read_shared, manifest_read_virtio */
		}
		if (manifest->nr_partitions == MANIFEST_MAX_PARTITIONS) {
			return board_refuse(fdt, why, node, "", "is one more than 64 partitions");
		}
		ok = manifest_read_partition(fdt, node, partition, why) && ok;
		if (manifest_find(manifest, partition->name, &same)) {
			ok = board_refuse_item(fdt, why, node, "",
					       "has the name of another partition", 0,
					       manifest->partition[same].at);
		}
		vcpus += partition->nr_vcpus;
		if (vcpus > MANIFEST_MAX_ALL_VCPUS) {
			ok = board_refuse(fdt, why, node, "vcpus",
					  "makes more than 64 in all partitions together");
		}
		vms += partition->nr_vms;
		if (vms > MANIFEST_MAX_ALL_VMS) {
			ok = board_refuse(fdt, why, node, "vms",
					  "makes more than 191 in all partitions together");
		}
		pools += partition->vm_pool;
		if (pools > MANIFEST_MAX_VM_POOLS) {
			ok = board_refuse(fdt, why, node, "vm-pool",
					  "makes more than 128 MiB in all partitions together");
		}
		manifest->nr_partitions++;
	}
	if (manifest->raw_console && manifest->nr_partitions > 1) {
		ok = board_refuse(fdt, why, fdt_root(fdt), "raw-console",
				  "must not be given with several partitions: their lines need "
				  "prefixes");
	}
	if (manifest->nr_partitions == 0) {
		ok = board_refuse(fdt, why, fdt_root(fdt), "", "has no partition");
	}
	return ok;
}

/* The partitions that a property names, as a set: bit n of word w is partition 32 * w + n. Names
 * can be resolved only when all partitions are read. */
static bool manifest_read_names(const struct fdt *fdt, const struct manifest *manifest,
				fdt_node_t node, const char *property, uint32_t *set,
				struct refusal *why)
{
	struct fdt_prop prop;
	const char *name;
	uint32_t other;
	bool ok = true;

	if (!fdt_get_prop(fdt, node, property, &prop)) {
		return true;
	}
	for (uint32_t i = 0; (name = fdt_prop_string(&prop, i)) != NULL; i++) {
		if (i == MANIFEST_MAX_PARTITIONS) { /* this bounds the loop */
			return board_refuse(fdt, why, node, property,
					    "must not have more names than there can be "
					    "partitions");
		}
		if (manifest_find(manifest, name, &other)) {
			set[other / 32] |= BIT32(other % 32);
		} else {
			ok = board_refuse_item(fdt, why, node, property, MANIFEST_NO_PARTITION,
					       i + 1, 0);
		}
	}
	return ok;
}

static bool manifest_read_rights(const struct fdt *fdt, struct manifest *manifest, uint32_t index,
				 struct refusal *why)
{
	struct manifest_partition *p = &manifest->partition[index];
	bool ok = manifest_read_names(fdt, manifest, p->at, "rights", p->rights, why);

	return manifest_read_names(fdt, manifest, p->at, "manages", p->manages, why) && ok;
}

/* Each change of a partition's state is told to all of its managers at once. */
static bool manifest_check_managers(const struct fdt *fdt, const struct manifest *manifest,
				    uint32_t index, struct refusal *why)
{
	uint32_t managers = 0;

	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		managers += manifest_may_manage(&manifest->partition[i], index);
		if (managers > MANIFEST_MAX_MANAGERS) {
			return board_refuse_item(fdt, why, manifest->partition[i].at, "manages",
						 "names a partition that 8 others manage already",
						 0, manifest->partition[index].at);
		}
	}
	return true;
}

static bool manifest_check_memory(const struct fdt *fdt, const struct manifest *manifest,
				  uint32_t index, struct refusal *why)
{
	const struct manifest_partition *p = &manifest->partition[index];
	bool ok = true;

	for (uint32_t i = 0; i < index; i++) {
		const struct manifest_partition *q = &manifest->partition[i];

		if (p->memory_pa.pa != 0 && q->memory_pa.pa != 0 &&
		    manifest_overlaps_pa(p->memory_pa, p->memory_size, q->memory_pa,
					 q->memory_size)) {
			ok = board_refuse_item(fdt, why, p->at, "memory-at",
					       "overlaps another partition's memory", 0, q->at);
		}
	}
	return ok;
}

/* The first of a's interrupts that b has, too, from 1; 0: none. */
static uint32_t manifest_share_interrupt(const struct manifest_device *a,
					 const struct manifest_device *b)
{
	for (uint32_t i = 0; i < a->nr_interrupts; i++) {
		for (uint32_t j = 0; j < b->nr_interrupts; j++) {
			if (a->intid[i] == b->intid[j]) {
				return i + 1;
			}
		}
	}
	return 0;
}

static bool manifest_check_pair(const struct fdt *fdt, const struct manifest_device *d,
				const struct manifest_device *other, struct refusal *why)
{
	uint32_t shared = manifest_share_interrupt(d, other);
	bool ok = true;

	if (manifest_overlaps_pa(d->pa, d->size, other->pa, other->size)) {
		ok = board_refuse_item(fdt, why, d->at, "pa", "overlaps another device", 0,
				       other->at);
	}
	if (shared != 0) {
		ok = board_refuse_item(fdt, why, d->at, "interrupt",
				       "is another device's interrupt, too", shared, other->at);
	}
	return ok;
}

static bool manifest_check_device(const struct fdt *fdt, const struct manifest *manifest,
				  uint32_t index, uint32_t device, struct refusal *why)
{
	const struct manifest_device *d = &manifest->partition[index].device[device];
	bool ok = true;

	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		const struct manifest_partition *p = &manifest->partition[i];
		/* Each pair of devices once: this one and those before it. */
		uint32_t before = i < index ? p->nr_devices : i == index ? device : 0;

		if (p->memory_pa.pa != 0 &&
		    manifest_overlaps_pa(d->pa, d->size, p->memory_pa, p->memory_size)) {
			ok = board_refuse_item(fdt, why, d->at, "pa",
					       "lies in a partition's memory", 0, p->at);
		}
		for (uint32_t j = 0; j < before; j++) {
			ok = manifest_check_pair(fdt, d, &p->device[j], why) && ok;
		}
	}
	return ok;
}

/* All of its nodes. */
static bool manifest_check_labels(const struct fdt *fdt, struct refusal *why)
{
	bool ok = true;

	for (fdt_node_t node = fdt_root(fdt); node != FDT_NONE; node = fdt_next_node(fdt, node)) {
		ok = manifest_check_label(fdt, node, why) && ok;
	}
	return ok;
}

static bool manifest_check_between(const struct fdt *fdt, struct manifest *manifest,
				   struct refusal *why)
{
	bool ok = true;

	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		ok = manifest_read_rights(fdt, manifest, i, why) && ok;
	}
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		ok = manifest_check_managers(fdt, manifest, i, why) && ok;
		ok = manifest_check_memory(fdt, manifest, i, why) && ok;
		for (uint32_t j = 0; j < manifest->partition[i].nr_devices; j++) {
			ok = manifest_check_device(fdt, manifest, i, j, why) && ok;
		}
	}
	return ok;
}

bool manifest_read(const struct fdt *fdt, struct manifest *manifest, struct refusal *why)
{
	bool ok;

	manifest->nr_partitions = 0;
	manifest->nr_shared = 0;
	manifest->nr_virtio = 0;
	manifest->raw_console = false;
	if (!fdt_is_compatible(fdt, fdt_root(fdt), "plumbline,system-1")) {
		return board_refuse(fdt, why, fdt_root(fdt), "compatible",
				    "must be \"plumbline,system-1\" in a system manifest");
	}
	ok = manifest_read_root(fdt, manifest, why);
	ok = manifest_read_partitions(fdt, manifest, why) && ok;
	ok = manifest_check_between(fdt, manifest, why) && ok;
	ok = manifest_check_budgets(fdt, manifest, 0xff, why) && ok;
	ok = manifest_read_shared(fdt, manifest, why) && ok;
	ok = manifest_read_virtio(fdt, manifest, why) && ok;
	return ok && manifest_check_labels(fdt, why);
}
