/* SPDX-License-Identifier: BSD-2-Clause */
#include "test/rig/rig_kids.h"
#include "hyp/core/child.h"
#include "hyp/core/cpu.h"
#include "hyp/core/creator.h"
#include <stdlib.h>
#include <string.h>

#define DOORBELL 38u

struct vm *rig_kids_parent(void)
{
	for (uint32_t v = 0; v < vm_count; v++) {
		if (vms[v].creator) {
			return &vms[v];
		}
	}
	return NULL;
}

struct child *rig_kids_in(uint32_t slot)
{
	const struct vm *parent = rig_kids_parent();

	return parent && slot < parent->creator->nr_slots ? parent->creator->child[slot] : NULL;
}

uint32_t rig_kids_slot(uint32_t vmid)
{
	const struct vm *parent = rig_kids_parent();
	uint32_t slot = parent ? vmid - parent->creator->first_vmid : RIG_MAX_KIDS;

	return slot < RIG_MAX_KIDS && slot < parent->creator->nr_slots ? slot : RIG_MAX_KIDS;
}

struct vm *rig_vm(const struct rig_guest *g)
{
	struct child *child;

	if (!rig_is_kid(g)) {
		return &vms[g->vm];
	}
	child = rig_kids_in(g->vm - RIG_MAX_VMS);
	rig_demand(child != NULL, "a VM's guest is in a CPU, and the VM is gone");
	return &child->vm;
}

/* ---- stage 2: T0SZ 0, from level 1; long descriptors ---- */

static uint64_t entry_of(uint64_t table, uint32_t index)
{
	uint64_t entry;

	memcpy(&entry, rig_ram((table & 0xfffffff000) + 8 * (uint64_t)index), sizeof(entry));
	return entry;
}

static uint64_t leaf_of(uint64_t vttbr, uint32_t ipa)
{
	uint64_t entry = entry_of(vttbr, ipa >> 30);

	if ((entry & 3) != 3) {
		return entry & 1 ? entry : 0;
	}
	entry = entry_of(entry, ipa >> 21 & 511);
	if ((entry & 3) != 3) {
		return entry & 1 ? entry : 0;
	}
	entry = entry_of(entry, ipa >> 12 & 511);
	return (entry & 3) == 3 ? entry : 0;
}

bool rig_kids_maps(const struct rig_guest *g, uint32_t ipa, bool store)
{
	uint64_t leaf = leaf_of(rig_vm(g)->vcpus[g->index].world.vttbr, ipa);

	return (leaf & 1) && (leaf >> (store ? 7 : 6) & 1);
}

/* ---- what must be true ---- */

void rig_kids_enter(const struct rig_guest *g)
{
	uint32_t slot = g->vm - RIG_MAX_VMS;
	const struct child *child = rig_kids_in(slot);
	const struct vcpu *runner = cpus[rig_self].runner;
	uint32_t entity = vm_sched.current[rig_self];

	rig_demand(child->life.made >> g->index & 1 && child->life.ready >> g->index & 1,
		   "a vCPU runs that is not initialised");
	rig_demand(child->life.runs >> g->index & 1 && child->life.cpu[g->index] == rig_self,
		   "a child's vCPU runs on another CPU than it is said to");
	rig_demand(!((child->life.waits | child->life.wake) >> g->index & 1),
		   "a child's vCPU runs, and counts as one that waits or was woken");
	rig_demand(!child->life.ends && child->creator->state[slot] == CREATOR_USED,
		   "a vCPU runs of a VM that is being destroyed");
	rig_demand(runner && runner->vm == child->vm.parent,
		   "a child's vCPU runs in nobody's place");
	rig_demand(entity != SCHED_NONE && vm_vcpu_by_entity[entity] == runner,
		   "a child runs in the place of a vCPU that was not chosen");
}

static const char *kid_at_rest(const struct child *child)
{
	for (uint32_t n = 0; n < child->vm.nr_vcpus; n++) {
		if (child->life.waits >> n & 1 && child->vm.life.psci.power[n] != PSCI_OFF &&
		    child->vm.vgic && vgic_has_pending(child->vm.vgic, n)) {
			return "a child's vCPU waits that something is signalled to";
		}
		if (child->life.waits >> n & 1 && child->vm.life.vcpu[n].start) {
			return "a child's vCPU waits that was started";
		}
	}
	if (child->life.wake && !child->life.ends &&
	    !(vgic_irq_state(child->vm.parent->vgic, 0, DOORBELL) & PLUMB_IRQ_LEVEL)) {
		return "a child's vCPU was woken, and the doorbell is low";
	}
	return NULL;
}

/* Each vCPU that is said to run is in a CPU. */
static const char *runs_at_rest(const struct child *child)
{
	for (uint32_t left = child->life.runs; left; left &= left - 1) {
		uint32_t n = (uint32_t)__builtin_ctz(left);

		if (cpus[child->life.cpu[n]].loaded != &child->vm.vcpus[n]) {
			return "a child's vCPU is said to run, and no CPU has it";
		}
	}
	return NULL;
}

/* An interrupt of a vCPU whose child runs in its place ends that. */
static const char *runner_at_rest(uint32_t cpu)
{
	const struct vcpu *runner = cpus[cpu].runner;

	if (runner && vgic_has_pending(runner->vm->vgic, runner->index)) {
		return "a vCPU's PLUMB_RUN goes on, and it has an interrupt";
	}
	return NULL;
}

const char *rig_kids_at_rest(void)
{
	const char *why = NULL;

	for (uint32_t slot = 0; slot < RIG_MAX_KIDS && !why; slot++) {
		const struct child *child = rig_kids_in(slot);

		if (child) {
			why = kid_at_rest(child);
			why = why ? why : runs_at_rest(child);
		}
	}
	for (uint32_t n = 0; n < rig_nr_cpus && !why; n++) {
		why = runner_at_rest(n);
	}
	return why;
}

/* ---- the pool ---- */

static struct pages kept;
static uint8_t *kept_owner;

void rig_kids_keep(void)
{
	const struct creator *creator = rig_kids_parent()->creator;

	free(kept_owner);
	kept = creator->pages;
	kept_owner = malloc(kept.count);
	memcpy(kept_owner, kept.owner, kept.count);
}

/* All of struct pages but where its next search begins. */
bool rig_kids_pool_is_whole(void)
{
	const struct creator *creator = rig_kids_parent()->creator;

	for (uint32_t slot = 0; slot < creator->nr_slots; slot++) {
		if (creator->state[slot] != CREATOR_FREE || creator->child[slot]) {
			return false;
		}
	}
	return creator->pages.owner == kept.owner && creator->pages.count == kept.count &&
	       creator->pages.nr_free == kept.nr_free &&
	       !memcmp(creator->pages.free, kept.free, sizeof(kept.free)) &&
	       !memcmp(creator->pages.owner, kept_owner, kept.count);
}
