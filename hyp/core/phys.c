/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/phys.h"
#include "hyp/base/cold.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/locks.h"
#include "hyp/core/remote.h"
#include "hyp/core/vm.h"
#include "hyp/hw/gic.h"

uint8_t phys_owner[VGIC_MAX_IRQS];

static bool phys_hw_bit; /* phys_trust_hw_bit */

/* GICD_ICFGR: 16 interrupts, of any partitions, share a register. */
static struct lock phys_config_lock;

/* Routes the interrupt to `cpu_mask` from now on. A GIC that stores the pending state per target
 * CPU (QEMU's) does not move a pending interrupt, and an edge fires only once: so it is cleared,
 * and made pending anew, or each CPU would take it. */
static void phys_retarget(uint32_t intid, uint8_t cpu_mask)
{
	gic_target(intid, cpu_mask);
	if (gic_is_pending(intid) && gic_is_edge(intid)) {
		gic_clear_pending(intid);
		gic_set_pending(intid);
	}
}

/* The next interrupt of a device is routed to the CPU on which the guest ends the present one.
 * Otherwise a vCPU with a CPU of its own could make a level that never falls fire without end on
 * another vCPU's CPU. This CPU deactivates with interrupts masked, so no interrupt can come in
 * between. */
__attribute__((noinline)) void phys_release_device(struct vgic_locked held, uint32_t physid)
{
	(void)held;
	phys_retarget(physid, cpu_this()->gic_mask);
	gic_set_active(physid, false);
}

/* With the HW bit, the guest's EOI does not exit. The vCPU that has the interrupt in a list
 * register, or will have it, ends it, whether or not the interrupt wakes it: a vCPU to which it is
 * not signalled can still end it after another wake-up. The target changes when the interrupt is no
 * longer active (4.3.12); QEMU's GIC would signal it at once. The lock is held, so the guest has
 * not ended it yet. */
static void phys_follow(struct vgic_locked held, uint32_t intid)
{
	const struct vm *vm = held.vm;
	uint32_t n = vgic_phys_goes_to(vm->vgic, intid);
	const struct vcpu *vcpu;
	uint8_t there;

	if (n >= vm->nr_vcpus) {
		return;
	}
	vcpu = &vm->vcpus[n];
	there = vcpu->life->loaded_on;
	if (there == SCHED_NO_CPU) {
		there = vm_sched.entity[vcpu->entity]
				.cpu; /* it waits: the CPU that it ran on last */
	}
	if (there != SCHED_NO_CPU) {
		phys_retarget(intid, cpus[there].gic_mask);
	}
}

COLD_THUMB void phys_fired(struct vm *vm, uint32_t iar, uint32_t intid)
{
	struct vgic_locked held;
	vgic_kick_t kick = 0;

	held = vm_lock_vgic(vm);
	if (vm->life.state != LIFE_OFF && vm->life.state != LIFE_CRASHED) {
		vgic_phys_fired(vm->vgic, 0, intid, &kick);
		if (phys_hw_bit) {
			phys_follow(held, intid);
		}
		kick = remote_do(held, kick);
	} else {
		gic_deactivate(iar); /* its partition's life has ended since the acknowledge */
	}
	vm_unlock_vgic(held);
	vm_kick(vm, kick);
}

static void phys_set_trigger(uint32_t intid, bool edge)
{
	lock_take(&phys_config_lock, LOCK_RANK_GICD);
	gic_set_edge(intid, edge);
	lock_drop(&phys_config_lock);
}

void phys_change_trigger(uint32_t intid, bool edge)
{
	phys_set_trigger(intid, edge);
	gic_enable(intid);
}

void phys_trust_hw_bit(void)
{
	phys_hw_bit = true;
}

/* Routes it to the first CPU that vCPU 0 may use, so that the device takes no time of other
 * CPUs. */
static void phys_give_one(const struct vm *vm, uint32_t intid, bool edge)
{
	uint32_t there = (UINT32_C(1) << facts_board.nr_cpus) - 1;

	phys_owner[intid] = (uint8_t)(vm->index + 1);
	phys_set_trigger(intid, edge);
	gic_target(intid, cpus[bits_first(vm->config->affinity[0] & there)].gic_mask);
	gic_clear_pending(intid); /* an edge from the previous life */
	gic_enable(intid);
}

void phys_give(const struct vm *vm)
{
	for (uint32_t n = 0; vm->vgic && n < vm->config->nr_devices; n++) {
		const struct manifest_device *device = &vm->config->device[n];

		for (uint32_t i = 0; i < device->nr_interrupts; i++) {
			phys_give_one(vm, device->intid[i], (device->edges >> i & 1u) != 0);
		}
	}
}

void phys_take_back(const struct vm *vm)
{
	for (uint32_t n = 0; n < vm->config->nr_devices; n++) {
		const struct manifest_device *device = &vm->config->device[n];

		for (uint32_t i = 0; i < device->nr_interrupts; i++) {
			gic_disable(device->intid[i]);
		}
	}
}
