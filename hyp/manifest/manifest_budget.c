/* SPDX-License-Identifier: BSD-2-Clause */
/* Budgets and periods of vCPUs, and whether the CPUs have the time for all of them. */
#include "hyp/base/bits.h"
#include "hyp/manifest/manifest_parts.h"

#define MANIFEST_SHARE_SHIFT 32u /* of all of a CPU's time, 1 */

static bool manifest_read_one(const struct manifest_node *node, uint32_t vcpu,
			      struct manifest_budget *budget)
{
	uint32_t budgets = node->prop[MANIFEST_RULE_BUDGET].length / 4;
	uint32_t periods = node->prop[MANIFEST_RULE_PERIOD].length / 4;
	uint32_t us = 0, period_us = 0;

	(void)fdt_prop_u32(&node->prop[MANIFEST_RULE_BUDGET], budgets == 1 ? 0 : vcpu, &us);
	(void)fdt_prop_u32(&node->prop[MANIFEST_RULE_PERIOD], periods == 1 ? 0 : vcpu, &period_us);
	if (period_us < 1000 || period_us > 1000000) {
		return manifest_refuse_item(node, MANIFEST_RULE_PERIOD, periods == 1 ? 1 : vcpu + 1,
					    "must be 1000 to 1000000 microseconds");
	}
	if (us < 100) {
		return manifest_refuse_item(node, MANIFEST_RULE_BUDGET, budgets == 1 ? 1 : vcpu + 1,
					    "must be at least 100 microseconds");
	}
	if (us > period_us) {
		return manifest_refuse_item(node, MANIFEST_RULE_BUDGET, budgets == 1 ? 1 : vcpu + 1,
					    "is more than its period-us");
	}
	*budget = (struct manifest_budget) { us, period_us };
	return true;
}

/* One number for all vCPUs, or one each. */
static bool manifest_check_cells(const struct manifest_node *node, uint32_t rule, uint32_t nr_vcpus)
{
	uint32_t cells = node->prop[rule].length / 4;

	return cells == 1 || cells == nr_vcpus ||
	       manifest_refuse(node, rule, "must be one number, or one for each vCPU");
}

bool manifest_read_budgets(const struct manifest_node *node, struct manifest_partition *partition)
{
	bool has_budget = manifest_given(node, MANIFEST_RULE_BUDGET);
	bool has_period = manifest_given(node, MANIFEST_RULE_PERIOD);
	bool ok = true;

	if (!has_budget && !has_period) {
		return true;
	}
	if (!has_budget) {
		return manifest_refuse(node, MANIFEST_RULE_BUDGET,
				       MANIFEST_MISSING "period-us needs it");
	}
	if (!has_period) {
		return manifest_refuse(node, MANIFEST_RULE_PERIOD,
				       MANIFEST_MISSING "budget-us needs it");
	}
	ok = manifest_check_cells(node, MANIFEST_RULE_BUDGET, partition->nr_vcpus);
	ok = manifest_check_cells(node, MANIFEST_RULE_PERIOD, partition->nr_vcpus) && ok;
	for (uint32_t i = 0; i < partition->nr_vcpus && ok; i++) {
		ok = manifest_read_one(node, i, &partition->budget[i]);
	}
	return ok;
}

/* In parts of 2^32: less than 64 such parts are too few in a sum of all. */
static uint64_t manifest_share_of(const struct manifest_budget *budget)
{
	return ((uint64_t)budget->budget_us << MANIFEST_SHARE_SHIFT) / budget->period_us;
}

/* The sum of the partition's vCPUs that may run on no CPU but those of the set. */
static uint64_t manifest_share_in(const struct manifest_partition *p, uint32_t cpus, uint32_t there)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < p->nr_vcpus; i++) {
		if (p->budget[i].period_us != 0 && (p->affinity[i] & there & ~cpus) == 0) {
			sum += manifest_share_of(&p->budget[i]);
		}
	}
	return sum;
}

/* Names the first partition with which these CPUs have too little time. */
static bool manifest_check_set(const struct fdt *fdt, const struct manifest *manifest,
			       uint32_t cpus, uint32_t there, struct refusal *why)
{
	uint64_t left = 0;

	for (uint32_t rest = cpus; rest; rest &= rest - 1) {
		left += UINT64_C(1) << MANIFEST_SHARE_SHIFT;
	}
	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		const struct manifest_partition *p = &manifest->partition[i];
		uint64_t share = manifest_share_in(p, cpus, there);

		if (share > left) {
			return board_refuse(fdt, why, p->at, "budget-us",
					    "makes more than the whole time of the CPUs on which "
					    "it may run");
		}
		left -= share;
	}
	return true;
}

bool manifest_check_budgets(const struct fdt *fdt, const struct manifest *manifest, uint32_t there,
			    struct refusal *why)
{
	bool any = false;
	bool ok = true;

	for (uint32_t i = 0; i < manifest->nr_partitions; i++) {
		const struct manifest_partition *p = &manifest->partition[i];

		for (uint32_t n = 0; n < p->nr_vcpus; n++) {
			any = any || p->budget[n].period_us != 0;
		}
	}
	for (uint32_t cpus = 1; any && ok && cpus <= there; cpus++) {
		ok = (cpus & ~there) != 0 || manifest_check_set(fdt, manifest, cpus, there, why);
	}
	return ok;
}
