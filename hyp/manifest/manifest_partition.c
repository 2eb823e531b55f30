/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest_parts.h"
#include <string.h>

#define MANIFEST_NAME_MAX     15u
#define MANIFEST_BOOTARGS_MAX 1024u /* what Linux keeps on ARM, its zero included */

/* Of a property that has a value, or none. */
#define MANIFEST_MACHINE_SHAPE(value) \
	(sizeof(value) > 1 ? MANIFEST_SHAPE_STRING : MANIFEST_SHAPE_FLAG)

static const struct manifest_rule partition_rules[MANIFEST_NR_RULES] = {
#define ROW(id, name, shape) [id] = { name, shape },
	MANIFEST_PROPERTIES(ROW)
#undef ROW
#define ROW(id, name, value, is_default) \
	[MANIFEST_RULE_MACHINE + (int)(id)] = { name, MANIFEST_MACHINE_SHAPE(value) },
		MACHINE_PROPERTIES(ROW)
#undef ROW
};
_Static_assert(MANIFEST_NR_RULES <= MANIFEST_MAX_RULES, "manifest_node holds every rule");

static bool manifest_name_ok(const char *name)
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

/* One mask for all vCPUs, or one each. */
static bool manifest_read_cpus(const struct manifest_node *node,
			       struct manifest_partition *partition)
{
	uint32_t cells = node->prop[MANIFEST_RULE_CPUS].length / 4;

	for (uint32_t i = 0; i < partition->nr_vcpus; i++) {
		uint32_t mask = 0xff;

		if (manifest_given(node, MANIFEST_RULE_CPUS) &&
		    ((cells != 1 && cells != partition->nr_vcpus) ||
		     !fdt_prop_u32(&node->prop[MANIFEST_RULE_CPUS], cells == 1 ? 0 : i, &mask))) {
			return manifest_refuse(node, MANIFEST_RULE_CPUS,
					       "needs one bit mask, or one for each vCPU");
		}
		if (mask == 0 || mask > 0xff) {
			return manifest_refuse(node, MANIFEST_RULE_CPUS,
					       "a mask names at least one CPU of 0 to 7 (bits 0 "
					       "to 7)");
		}
		partition->affinity[i] = (uint8_t)mask;
	}
	return true;
}

static bool manifest_read_vcpus(const struct manifest_node *node,
				struct manifest_partition *partition)
{
	partition->nr_vcpus = manifest_cell(node, MANIFEST_RULE_VCPUS, 1);
	partition->priority = manifest_cell(node, MANIFEST_RULE_PRIORITY, 3);
	if (partition->nr_vcpus < 1 || partition->nr_vcpus > MANIFEST_MAX_VCPUS) {
		return manifest_refuse(node, MANIFEST_RULE_VCPUS, "not 1 to 8");
	}
	if (partition->priority > 7) {
		return manifest_refuse(node, MANIFEST_RULE_PRIORITY, "not 0 (lowest) to 7");
	}
	return manifest_read_cpus(node, partition);
}

/* Has the partition what property `n` of the machine's gives? */
static bool manifest_read_property(const struct manifest_node *node, uint32_t n, bool *has)
{
	static const char *const neither[] = {
#define ROW(id, name, value, is_default) [id] = "neither \"" value "\" nor \"none\"",
		MACHINE_PROPERTIES(ROW)
#undef ROW
	};
	const struct machine_property *property = &machine_properties[n];
	const char *value = manifest_string(node, MANIFEST_RULE_MACHINE + n, property->value);

	*has = property->is_default;
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

	for (uint32_t n = 0; n < MACHINE_NR_PROPERTIES; n++) {
		bool has;

		if (!manifest_read_property(node, n, &has)) {
			return false;
		}
		properties |= has ? BIT32(n) : 0;
	}
	partition->has_gic = (properties & BIT32(MACHINE_BY_GIC)) != 0;
	partition->pmu = (properties & BIT32(MACHINE_BY_PMU)) != 0;
	partition->windows = machine_windows_of(properties);
	return true;
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
	uint32_t irqs = manifest_cell(node, MANIFEST_RULE_IRQS, 128);

	if (!partition->has_gic) {
		return !manifest_given(node, MANIFEST_RULE_IRQS) ||
		       manifest_refuse(node, MANIFEST_RULE_IRQS,
				       "there is no GIC that could have any");
	}
	if (irqs != 1020 && (irqs < 32 || irqs > 992 || irqs % 32 != 0)) {
		return manifest_refuse(node, MANIFEST_RULE_IRQS,
				       "neither a multiple of 32 from 32 to 992, nor 1020");
	}
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		if (machine_has(partition->windows, n) && irqs <= machine_windows[n].intid) {
			return manifest_refuse(node, MANIFEST_RULE_IRQS, too_few[n]);
		}
	}
	partition->nr_irqs = irqs;
	return true;
}

static bool manifest_read_boot(const struct manifest_node *node,
			       struct manifest_partition *partition)
{
	partition->no_counter_offset = manifest_given(node, MANIFEST_RULE_NO_COUNTER_OFFSET);
	partition->autostart = !manifest_given(node, MANIFEST_RULE_NO_AUTOSTART);
	if (partition->autostart && !manifest_given(node, MANIFEST_RULE_KERNEL) &&
	    !manifest_given(node, MANIFEST_RULE_FIRMWARE)) {
		return manifest_refuse(node, MANIFEST_RULE_KERNEL,
				       "missing: give one, or firmware, or no-autostart if another "
				       "partition loads it");
	}
	if (manifest_given(node, MANIFEST_RULE_BOOTARGS) &&
	    node->prop[MANIFEST_RULE_BOOTARGS].length > MANIFEST_BOOTARGS_MAX) {
		return manifest_refuse(node, MANIFEST_RULE_BOOTARGS, "longer than 1023 characters");
	}
	return true;
}

bool manifest_read_partition(const struct fdt *fdt, fdt_node_t at,
			     struct manifest_partition *partition, struct refusal *why)
{
	struct manifest_node node = { .fdt = fdt, .why = why, .node = at };

	memset(partition, 0, sizeof(*partition));
	partition->name = fdt_node_name(fdt, at);
	if (!fdt_is_compatible(fdt, at, "plumbline,partition")) {
		return board_refuse(fdt, why, at, "compatible",
				    "unknown node: a partition says \"plumbline,partition\"");
	}
	if (!manifest_name_ok(partition->name)) {
		return board_refuse(fdt, why, at, "",
				    "a partition's name is 1 to 15 of a-z, 0-9 and '-'");
	}
	if (!manifest_collect(&node, partition_rules, MANIFEST_NR_RULES) ||
	    !manifest_read_vcpus(&node, partition) || !manifest_read_machine(&node, partition) ||
	    !manifest_read_irqs(&node, partition) || !manifest_read_boot(&node, partition) ||
	    !manifest_place(&node, partition)) {
		return false;
	}
	for (fdt_node_t child = fdt_first_child(fdt, at); child != FDT_NONE;
	     child = fdt_next_sibling(fdt, child)) {
		if (!manifest_read_device(fdt, child, partition, why)) {
			return false;
		}
	}
	return true;
}
