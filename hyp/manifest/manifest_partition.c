/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest_parts.h"
#include <string.h>

#define MANIFEST_NAME_MAX     15u
#define MANIFEST_BOOTARGS_MAX 1024u /* Linux's limit on ARM, with the zero */

/* Of a property that has a value, or none. */
#define MANIFEST_MACHINE_SHAPE(value) \
	(sizeof(value) > 1 ? MANIFEST_SHAPE_STRING : MANIFEST_SHAPE_FLAG)

const struct manifest_rule manifest_partition_rules[MANIFEST_NR_RULES] = {
#define ROW(id, name, shape) [id] = { name, shape },
	MANIFEST_PROPERTIES(ROW)
#undef ROW
#define ROW(id, name, value, is_default) \
	[MANIFEST_RULE_MACHINE + (int)(id)] = { name, MANIFEST_MACHINE_SHAPE(value) },
		MACHINE_PROPERTIES(ROW)
#undef ROW
};
const uint32_t manifest_nr_partition_rules = MANIFEST_NR_RULES;
_Static_assert(MANIFEST_NR_RULES <= MANIFEST_MAX_RULES, "manifest_node holds every rule");

bool manifest_name_ok(const char *name)
{
	uint32_t length = 0;

	for (; *name != 0; name++, length++) {
		bool ok = (*name >= 'a' && *name <= 'z') || (*name >= '0' && *name <= '9') ||
			  *name == '-';

		if (!ok || length == MANIFEST_NAME_MAX) {
			return false;
		}
	}
	return length != 0;
}

bool manifest_find(const struct manifest *manifest, const char *name, uint32_t *index)
{
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		if (strcmp(manifest->partition[i].name, name) == 0) {
			*index = i;
			return true;
		}
	}
	return false;
}

/* One mask for all vCPUs, or one each. */
static bool manifest_read_cpus(const struct manifest_node *node,
			       struct manifest_partition *partition)
{
	uint32_t cells = node->prop[MANIFEST_RULE_CPUS].length / 4;
	bool ok = true;

	for (uint32_t i = 0; i < partition->nr_vcpus; i++) {
		uint32_t mask = 0xff;

		if (manifest_given(node, MANIFEST_RULE_CPUS) &&
		    ((cells != 1 && cells != partition->nr_vcpus) ||
		     !fdt_prop_u32(&node->prop[MANIFEST_RULE_CPUS], cells == 1 ? 0 : i, &mask))) {
			ok = manifest_refuse(node, MANIFEST_RULE_CPUS,
					     "must be one bit mask, or one for each vCPU");
		} else if (mask == 0 || mask > 0xff) {
			ok = manifest_refuse_item(node, MANIFEST_RULE_CPUS, cells == 1 ? 1 : i + 1,
						  "must name at least one of the CPUs 0 to 7 (bits "
						  "0 to 7), and no other");
			mask = 0xff;
		}
		partition->affinity[i] = (uint8_t)mask;
	}
	return ok;
}

static bool manifest_read_vcpus(const struct manifest_node *node,
				struct manifest_partition *partition)
{
	bool ok = true;

	partition->nr_vcpus = manifest_cell(node, MANIFEST_RULE_VCPUS, 1);
	partition->priority = manifest_cell(node, MANIFEST_RULE_PRIORITY, 3);
	if (partition->priority > 7) {
		ok = manifest_refuse(node, MANIFEST_RULE_PRIORITY, "must be 0 (lowest) to 7");
	}
	if (partition->nr_vcpus < 1 || partition->nr_vcpus > MANIFEST_MAX_VCPUS ||
	    manifest_bad(node, MANIFEST_RULE_VCPUS)) {
		partition->nr_vcpus = 0;
		return manifest_refuse(node, MANIFEST_RULE_VCPUS, "must be 1 to 8 vCPUs");
	}
	ok = manifest_read_budgets(node, partition) && ok;
	return manifest_read_cpus(node, partition) && ok;
}

/* Does the partition have the part of the machine that property `n` adds? */
static bool manifest_read_property(const struct manifest_node *node, uint32_t n, bool *has)
{
	static const char *const neither[] = {
#define ROW(id, name, value, is_default) [id] = "must be \"" value "\" or \"none\"",
		MACHINE_PROPERTIES(ROW)
#undef ROW
	};
	const struct machine_property *property = &machine_properties[n];
	const char *value = manifest_string(node, MANIFEST_RULE_MACHINE + n, property->value);

	*has = property->is_default && !manifest_bad(node, MANIFEST_RULE_MACHINE + n);
	if (!manifest_given(node, MANIFEST_RULE_MACHINE + n)) {
		return true;
	}
	*has = property->value[0] == 0 || strcmp(value, property->value) == 0;
	return *has || strcmp(value, "none") == 0 ||
	       manifest_refuse(node, MANIFEST_RULE_MACHINE + n, neither[n]);
}

static bool manifest_read_machine(const struct manifest_node *node,
				  struct manifest_partition *partition)
{
	uint32_t properties = 0;
	bool ok = true;

	for (uint32_t n = 0; n < MACHINE_NR_PROPERTIES; n++) {
		bool has;

		ok = manifest_read_property(node, n, &has) && ok;
		properties |= has ? BIT32(n) : 0;
	}
	properties |= ok ? 0 : BIT32(MACHINE_BY_GIC);
	partition->has_gic = (properties & BIT32(MACHINE_BY_GIC)) != 0;
	partition->pmu = (properties & BIT32(MACHINE_BY_PMU)) != 0;
	partition->windows = machine_windows_of(properties);
	if (partition->has_gic && manifest_given(node, MANIFEST_RULE_MANAGES)) {
		partition->spis |= BIT32(MACHINE_MANAGER);
	}
	if (partition->has_gic && manifest_given(node, MANIFEST_RULE_VMS)) {
		partition->spis |= BIT32(MACHINE_CREATOR);
	}
	return ok;
}

/* Of VMs that it makes at run time. */
static bool manifest_read_creator(const struct manifest_node *node,
				  struct manifest_partition *partition)
{
	uint32_t vms = manifest_cell(node, MANIFEST_RULE_VMS, 0);
	uint64_t pool = manifest_value(node, MANIFEST_RULE_VM_POOL, 0);
	bool has_vms = manifest_given(node, MANIFEST_RULE_VMS);
	bool has_pool = manifest_given(node, MANIFEST_RULE_VM_POOL);
	bool ok = true;

	if (!has_vms && !has_pool) {
		return true;
	}
	if (!has_vms) {
		return manifest_refuse(node, MANIFEST_RULE_VMS,
				       MANIFEST_MISSING "vm-pool needs it");
	}
	if (!has_pool) {
		return manifest_refuse(node, MANIFEST_RULE_VM_POOL,
				       MANIFEST_MISSING "vms needs it");
	}
	if (!partition->has_gic) {
		ok = manifest_refuse(node, MANIFEST_RULE_VMS, "must not be given without a GIC");
	} else if (vms < 1 || vms > MANIFEST_MAX_VMS) {
		ok = manifest_refuse(node, MANIFEST_RULE_VMS, "must be 1 to 64 VMs");
	}
	if (pool % PAGE_SIZE != 0 || pool < MANIFEST_MIN_VM_POOL || pool > MANIFEST_MAX_VM_POOL) {
		return manifest_refuse(node, MANIFEST_RULE_VM_POOL,
				       "must be a multiple of 4 KiB (0x1000) from 64 KiB to 64 "
				       "MiB");
	}
	partition->nr_vms = vms;
	partition->vm_pool = (uint32_t)pool;
	return ok;
}

static bool manifest_read_irqs(const struct manifest_node *node,
			       struct manifest_partition *partition)
{
	static const char *const too_few[] = {
#define ROW(id, name, property, what, without, place, ipa, size, intid) \
	[id] = intid ? what "'s interrupt is " #intid ": give " without "64 or more" : NULL,
		MACHINE_WINDOWS(ROW)
#undef ROW
	};
	static const char *const too_few_spis[] = {
#define ROW(id, name, property, what, without, intid) \
	[id] = what " is interrupt " #intid ": give " without "64 or more",
		MACHINE_SPIS(ROW)
#undef ROW
	};
	uint32_t irqs = manifest_cell(node, MANIFEST_RULE_IRQS, 128);

	partition->nr_irqs = MANIFEST_MAX_IRQS; /* if it is refused: no interrupt is out of range */
	if (!partition->has_gic) {
		partition->nr_irqs = 0;
		return !manifest_given(node, MANIFEST_RULE_IRQS) ||
		       manifest_refuse(node, MANIFEST_RULE_IRQS, "must not be given without a GIC");
	}
	if (manifest_bad(node, MANIFEST_RULE_IRQS) ||
	    (irqs != MANIFEST_MAX_IRQS && (irqs < 32 || irqs > 992 || irqs % 32 != 0))) {
		return manifest_refuse(node, MANIFEST_RULE_IRQS,
				       "must be a multiple of 32 from 32 to 992, or 1020");
	}
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		if (machine_has(partition->windows, n) && irqs <= machine_windows[n].intid) {
			return manifest_refuse(node, MANIFEST_RULE_IRQS, too_few[n]);
		}
	}
	for (uint32_t n = 0; n < MACHINE_NR_SPIS; n++) {
		if ((partition->spis >> n & 1u) && irqs <= machine_spis[n].intid) {
			return manifest_refuse(node, MANIFEST_RULE_IRQS, too_few_spis[n]);
		}
	}
	partition->nr_irqs = irqs;
	return true;
}

/* <restarts seconds> */
static bool manifest_read_crash_limit(const struct manifest_node *node,
				      struct manifest_partition *partition)
{
	const struct fdt_prop *limit = &node->prop[MANIFEST_RULE_CRASH_LIMIT];

	if (!manifest_given(node, MANIFEST_RULE_CRASH_LIMIT)) {
		return true;
	}
	if (partition->crash_restarts == 0) {
		return manifest_refuse(node, MANIFEST_RULE_CRASH_LIMIT,
				       "must not be given without on-crash = \"restart\"");
	}
	if (limit->length != 8 || !fdt_prop_u32(limit, 0, &partition->crash_restarts) ||
	    !fdt_prop_u32(limit, 1, &partition->crash_seconds) || partition->crash_restarts < 1 ||
	    partition->crash_restarts > MANIFEST_MAX_RESTARTS || partition->crash_seconds < 1 ||
	    partition->crash_seconds > 86400) {
		return manifest_refuse(
			node, MANIFEST_RULE_CRASH_LIMIT,
			"must be two cells, <restarts seconds>: 1 to 16 restarts in 1 "
			"to 86400 seconds");
	}
	return true;
}

static bool manifest_read_on_crash(const struct manifest_node *node,
				   struct manifest_partition *partition)
{
	const char *what = manifest_string(node, MANIFEST_RULE_ON_CRASH, "stop");
	bool restarts = strcmp(what, "restart") == 0;

	if (manifest_bad(node, MANIFEST_RULE_ON_CRASH) ||
	    (!restarts && strcmp(what, "stop") != 0)) {
		return manifest_refuse(node, MANIFEST_RULE_ON_CRASH,
				       "must be \"stop\" or \"restart\"");
	}
	partition->crash_restarts = restarts ? 3 : 0;
	partition->crash_seconds = restarts ? 60 : 0;
	return manifest_read_crash_limit(node, partition);
}

static bool manifest_read_boot(const struct manifest_node *node,
			       struct manifest_partition *partition)
{
	bool ok = true;

	partition->no_counter_offset = manifest_given(node, MANIFEST_RULE_NO_COUNTER_OFFSET);
	partition->traces = manifest_given(node, MANIFEST_RULE_TRACES);
	partition->autostart = !manifest_given(node, MANIFEST_RULE_NO_AUTOSTART);
	if (partition->autostart && !manifest_given(node, MANIFEST_RULE_KERNEL) &&
	    !manifest_given(node, MANIFEST_RULE_FIRMWARE) &&
	    !manifest_bad(node, MANIFEST_RULE_FIRMWARE)) {
		ok = manifest_refuse(node, MANIFEST_RULE_KERNEL,
				     MANIFEST_MISSING "give one, or firmware, or no-autostart");
	}
	if (manifest_given(node, MANIFEST_RULE_BOOTARGS) &&
	    node->prop[MANIFEST_RULE_BOOTARGS].length > MANIFEST_BOOTARGS_MAX) {
		ok = manifest_refuse(node, MANIFEST_RULE_BOOTARGS,
				     "must not be longer than 1023 characters");
	}
	return ok;
}

static bool manifest_read_devices(const struct fdt *fdt, struct manifest_partition *partition,
				  struct refusal *why)
{
	bool ok = true;

	for (fdt_node_t child = fdt_first_child(fdt, partition->at); child != FDT_NONE;
	     child = fdt_next_sibling(fdt, child)) {
		ok = manifest_read_device(fdt, child, partition, why) && ok;
	}
	return ok;
}

bool manifest_read_partition(const struct fdt *fdt, fdt_node_t at,
			     struct manifest_partition *partition, struct refusal *why)
{
	struct manifest_node node = { .fdt = fdt, .why = why, .node = at };
	bool ok = true;

	memset(partition, 0, sizeof(*partition));
	partition->at = at;
	partition->name = fdt_node_name(fdt, at);
	if (!fdt_is_compatible(fdt, at, "plumbline,partition")) {
		return board_refuse(fdt, why, at, "compatible",
				    "unknown node: a partition has \"plumbline,partition\", "
				    "shared memory \"plumbline,shared-memory\", virtio windows "
				    "\"plumbline,virtio\"");
	}
	if (!manifest_name_ok(partition->name)) {
		ok = board_refuse(fdt, why, at, "",
				  "a partition's name must be 1 to 15 of a-z, 0-9 and '-'");
	}
	ok = manifest_collect(&node, manifest_partition_rules, MANIFEST_NR_RULES) && ok;
	ok = manifest_read_vcpus(&node, partition) && ok;
	ok = manifest_read_machine(&node, partition) && ok;
	ok = manifest_read_irqs(&node, partition) && ok;
	ok = manifest_read_creator(&node, partition) && ok;
	ok = manifest_read_boot(&node, partition) && ok;
	ok = manifest_read_on_crash(&node, partition) && ok;
	ok = manifest_place(&node, partition) && ok;
	return manifest_read_devices(fdt, partition, why) && ok;
}
