/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/reg_call.h"
#include "hyp/base/error.h"
#include "hyp/core/child.h"
#include "hyp/core/one_reg.h"
#include "hyp/core/vm.h"
#include "hyp/hw/timer.h"
#include <string.h>

/* Both are held: the time at which the counter stands still needs both. */
struct reg_locked {
	struct vgic_locked vgic;
	struct sched_locked sched;
};

static struct reg_locked reg_lock(struct vm *vm)
{
	struct vgic_locked vgic = vm_lock_vgic(vm);

	return (struct reg_locked) { vgic, vm_lock_sched() };
}

static void reg_unlock(struct reg_locked held)
{
	vm_unlock_sched(held.sched);
	vm_unlock_vgic(held.vgic);
}

/* May the registers of this vCPU be looked at, so that it has none on a CPU? 0, or the error. */
static int32_t reg_open(struct reg_locked held, uint32_t vcpu)
{
	const struct vm *vm = held.vgic.vm;

	if (vm->child) {
		return child_life_look(&vm->child->life, vcpu);
	}
	if (vcpu >= vm->nr_vcpus) {
		return -HYP_EINVAL;
	}
	if (vm->life.state == LIFE_OFF || vm->life.state == LIFE_CRASHED) {
		return -HYP_ENOEXEC;
	}
	if (vm->life.state != LIFE_PAUSED) {
		return -HYP_EBUSY;
	}
	if (vm->life.vcpu[vcpu].start) { /* vCPU 0 is PSCI_ON before it enters, too */
		return -HYP_ENOEXEC;
	}
	return vm->life.psci.power[vcpu] == PSCI_ON ? 0 : -HYP_ENOEXEC;
}

/* The time at which its counter stands still: that of a child does not. */
static uint64_t reg_stands_at(struct reg_locked held)
{
	return held.vgic.vm->child ? timer_now() : vm_stands_at(held.vgic, held.sched);
}

static uint64_t reg_pair(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

static uint32_t reg_vcpu(const struct guest_regs *regs)
{
	return regs->r[1] >> 16;
}

int32_t reg_call_get(struct vm *vm, struct guest_regs *regs)
{
	struct reg_locked held = reg_lock(vm);
	int32_t error = reg_open(held, reg_vcpu(regs));
	uint64_t value = 0;

	if (!error) {
		error = one_reg_get(held.vgic, &vm->vcpus[reg_vcpu(regs)],
				    reg_pair(regs->r[2], regs->r[3]), reg_stands_at(held), &value);
	}
	reg_unlock(held);
	if (!error) {
		regs->r[1] = (uint32_t)value;
		regs->r[2] = (uint32_t)(value >> 32);
	}
	return error;
}

/* CPUs may have translations by the registers as they were, and a load of the vCPU that a CPU had
 * loaded last would keep them (isolate_load). */
static void reg_forget(struct reg_locked held)
{
	memset(held.vgic.vm->last_vcpu, 0, sizeof(held.vgic.vm->last_vcpu));
}

int32_t reg_call_set(struct vm *vm, const struct guest_regs *regs)
{
	struct reg_locked held = reg_lock(vm);
	int32_t error = reg_open(held, reg_vcpu(regs));

	if (!error && vm->vcpus[reg_vcpu(regs)].lines_of) {
		error = -HYP_EBUSY;
	}
	if (!error) {
		error = one_reg_set(held.vgic, &vm->vcpus[reg_vcpu(regs)],
				    reg_pair(regs->r[2], regs->r[3]), reg_stands_at(held),
				    reg_pair(regs->r[4], regs->r[5]));
		reg_forget(held);
	}
	reg_unlock(held);
	return error;
}

int32_t reg_call_list(struct guest_regs *regs)
{
	uint64_t id = one_reg_id(regs->r[2]);

	if (!id) {
		return -HYP_EINVAL;
	}
	regs->r[1] = (uint32_t)id;
	regs->r[2] = (uint32_t)(id >> 32);
	return 0;
}
