/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/child_call.h"
#include "hyp/base/bits.h"
#include "hyp/base/error.h"
#include "hyp/core/cpu.h"
#include "hyp/core/switch.h"
#include <string.h>

/* MIDR's part number, of Arm's CPUs that KVM has a target for. */
#define CHILD_MIDR_PART 0xff00fff0u
#define CHILD_MIDR_A15	0x4100c0f0u
#define CHILD_MIDR_A7	0x4100c070u

int32_t child_call_create(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return regs->r[1] > PLUMB_VM_TELLS ? -HYP_EINVAL : child_create(vm, regs->r[1] != 0);
}

int32_t child_call_destroy(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return child_destroy(vm, regs->r[1]);
}

int32_t child_call_vcpu(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return child_make_vcpu(vm->child, regs->r[2]);
}

/* ---- KVM_ARM_VCPU_INIT ---- */

static bool child_target_is_this(uint32_t target)
{
	uint32_t part = sysreg_read(MIDR) & CHILD_MIDR_PART;

	return (target == KVM_ARM_TARGET_CORTEX_A15 && part == CHILD_MIDR_A15) ||
	       (target == KVM_ARM_TARGET_CORTEX_A7 && part == CHILD_MIDR_A7);
}

/* The features of the first call are for good. */
static int32_t child_may_init(const struct child_life *life, uint32_t vcpu, uint32_t features)
{
	if (features >> (KVM_ARM_VCPU_PSCI_0_2 + 1)) {
		return -HYP_ENOENT;
	}
	return life->ready & BIT32(vcpu) && life->features[vcpu] != features ? -HYP_EINVAL : 0;
}

static int32_t child_seize(struct child *child, uint32_t vcpu, uint32_t features)
{
	struct vgic_locked held = vm_lock_vgic(&child->vm);
	int32_t error = child_life_seize(&child->life, vcpu, cpu_this()->index);

	if (!error) {
		error = child_may_init(&child->life, vcpu, features);
		if (error) {
			child_life_release(&child->life, vcpu, false);
		}
	}
	vm_unlock_vgic(held);
	return error;
}

static void child_is_ready(struct child *child, uint32_t vcpu, uint32_t features)
{
	struct vgic_locked held = vm_lock_vgic(&child->vm);
	struct life *life = &child->vm.life;

	if (child->life.began & BIT32(vcpu)) {
		child_clean(held); /* its creator may have written to its memory, as KVM's may */
	}
	child->vm.vcpus[vcpu].lines = 0;
	life->vcpu[vcpu].start = false;
	life->psci.power[vcpu] = features & BIT32(KVM_ARM_VCPU_POWER_OFF) ? PSCI_OFF : PSCI_ON;
	child->life.ready |= (uint8_t)BIT32(vcpu);
	child->life.features[vcpu] = (uint8_t)features;
	child_life_release(&child->life, vcpu, false);
	vm_unlock_vgic(held);
}

int32_t child_call_vcpu_init(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t index = regs->r[1] >> 16;
	int32_t error;

	(void)caller;
	if (!child_target_is_this(regs->r[2])) {
		return -HYP_EINVAL;
	}
	error = child_seize(vm->child, index, regs->r[3]);
	if (error) {
		return error;
	}
	switch_reset(&vm->vcpus[index], 0, 0);
	switch_trap_waits(&vm->vcpus[index], true);
	memset(vm->last_vcpu, 0, sizeof(vm->last_vcpu)); /* isolate_load flushes */
	vm->child->vcpu[index].left = CHILD_LEFT;
	child_is_ready(vm->child, index, regs->r[3]);
	return 0;
}

/* ---- KVM_GET_MP_STATE ---- */

/* It may not be initialised yet. */
static int32_t child_look(struct vgic_locked held, uint32_t vcpu)
{
	int32_t error = child_life_look(&held.vm->child->life, vcpu);

	return error == -HYP_ENOEXEC ? 0 : error;
}

int32_t child_call_get_state(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t vcpu = regs->r[1] >> 16;
	struct vgic_locked held = vm_lock_vgic(vm);
	int32_t error = child_look(held, vcpu);

	(void)caller;
	if (!error) {
		regs->r[1] = vm->life.psci.power[vcpu] == PSCI_OFF ? KVM_MP_STATE_STOPPED
								   : KVM_MP_STATE_RUNNABLE;
	}
	vm_unlock_vgic(held);
	return error;
}

int32_t child_call_set_state(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t vcpu = regs->r[1] >> 16;
	struct vgic_locked held = vm_lock_vgic(vm);
	int32_t error = child_look(held, vcpu);

	(void)caller;
	if (!error && regs->r[2] != KVM_MP_STATE_RUNNABLE && regs->r[2] != KVM_MP_STATE_STOPPED) {
		error = -HYP_EINVAL;
	}
	if (!error) {
		vm->life.psci.power[vcpu] = regs->r[2] == KVM_MP_STATE_STOPPED ? PSCI_OFF : PSCI_ON;
		vm->life.vcpu[vcpu].start = false;
	}
	vm_unlock_vgic(held);
	return error;
}

/* ---- the virtual GIC ---- */

int32_t child_call_device(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	struct child *child = vm->child;
	struct creator_locked held;
	int32_t error = 0;

	(void)caller;
	if (regs->r[2] != KVM_DEV_TYPE_ARM_VGIC_V2) {
		return -HYP_ENODEV;
	}
	held = creator_lock(child->creator);
	if (child->has_gic) {
		error = -HYP_EEXIST;
	} else if (child->formed) {
		error = -HYP_EBUSY;
	} else {
		child->has_gic = true;
	}
	creator_unlock(held);
	return error;
}

static int32_t child_set_address(struct child *child, uint32_t attr, uint64_t value)
{
	bool dist = attr == KVM_VGIC_V2_ADDR_TYPE_DIST;
	uint32_t size = dist ? KVM_VGIC_V2_DIST_SIZE : KVM_VGIC_V2_CPU_SIZE;
	uint32_t *address = dist ? &child->gicd : &child->gicc;

	if (value > BIT64(32) - size) {
		return -HYP_E2BIG;
	}
	if (value % PAGE_SIZE) {
		return -HYP_EINVAL;
	}
	if (*address != CHILD_NOWHERE) {
		return -HYP_EEXIST;
	}
	*address = (uint32_t)value;
	return 0;
}

static int32_t child_set_irqs(struct child *child, uint64_t value)
{
	if (value < 64 || value > 1024 || value % 32) {
		return -HYP_EINVAL;
	}
	if (child->nr_irqs || child->formed) {
		return -HYP_EBUSY;
	}
	child->nr_irqs = (uint32_t)value < 1024 ? (uint32_t)value : VGIC_MAX_IRQS;
	return 0;
}

/* creator->lock is held. */
static int32_t child_set_attr(struct child *child, const struct guest_regs *regs)
{
	uint64_t value = regs->r[4] | (uint64_t)regs->r[5] << 32;

	if (!child->has_gic) {
		return -HYP_ENODEV;
	}
	switch (regs->r[2]) {
	case KVM_DEV_ARM_VGIC_GRP_ADDR:
		return regs->r[3] > KVM_VGIC_V2_ADDR_TYPE_CPU
			       ? -HYP_ENXIO
			       : child_set_address(child, regs->r[3], value);
	case KVM_DEV_ARM_VGIC_GRP_NR_IRQS:
		return child_set_irqs(child, value);
	default:
		return -HYP_ENXIO;
	}
}

/* Groups whose attributes are registers: of any vCPU, once the GIC has its shape. */
static bool child_is_register(const struct child *child, uint32_t group)
{
	return child->has_gic &&
	       (group == KVM_DEV_ARM_VGIC_GRP_DIST_REGS || group == KVM_DEV_ARM_VGIC_GRP_CPU_REGS ||
		group == KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO);
}

int32_t child_call_set_attr(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	struct mmio mmio = { .is_write = true, .value = regs->r[4] };
	struct child *child = vm->child;
	struct creator_locked held;
	int32_t error;

	(void)caller;
	if (child_is_register(child, regs->r[2])) {
		return child_gic_access(child, regs, &mmio);
	}
	if (child->has_gic && regs->r[2] == KVM_DEV_ARM_VGIC_GRP_CTRL) {
		return regs->r[3] == KVM_DEV_ARM_VGIC_CTRL_INIT ? child_form(child) : -HYP_ENXIO;
	}
	held = creator_lock(child->creator);
	error = child_set_attr(child, regs);
	creator_unlock(held);
	return error;
}

static int32_t child_get_register(struct child *child, struct guest_regs *regs)
{
	struct mmio mmio = { .is_write = false };
	int32_t error = child_gic_access(child, regs, &mmio);

	if (!error) {
		regs->r[1] = mmio.value;
		regs->r[2] = 0;
	}
	return error;
}

int32_t child_call_get_attr(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	struct child *child = vm->child;
	uint32_t address = regs->r[3] == KVM_VGIC_V2_ADDR_TYPE_DIST ? child->gicd : child->gicc;
	uint32_t group = regs->r[2];
	uint32_t nr_irqs;

	(void)caller;
	if (!child->has_gic) {
		return -HYP_ENODEV;
	}
	if (child_is_register(child, group)) {
		return child_get_register(child, regs);
	}
	if (group == KVM_DEV_ARM_VGIC_GRP_ADDR && regs->r[3] <= KVM_VGIC_V2_ADDR_TYPE_CPU) {
		regs->r[1] = address;
		regs->r[2] = address == CHILD_NOWHERE ? UINT32_MAX : 0; /* as KVM */
		return 0;
	}
	if (group == KVM_DEV_ARM_VGIC_GRP_NR_IRQS) {
		nr_irqs = vm->vgic ? vm->lines.nr_irqs : child->nr_irqs;
		/* As KVM: as many as were set, and at first no SPIs. */
		regs->r[1] = (uint32_t)bits_align_up(nr_irqs ? nr_irqs : VGIC_NR_PRIVATE, 32);
		regs->r[2] = 0;
		return 0;
	}
	return -HYP_ENXIO;
}

/* ---- the doorbell ---- */

uint32_t child_take_wake(struct vm *vm)
{
	struct vgic_locked held = vm_lock_vgic(vm);
	uint32_t wake = child_wake_mask(vm->child);

	(void)child_life_take_wake(&vm->child->life);
	vm_unlock_vgic(held);
	return wake;
}

/* Takes those of the first child from `slot` on that has some. *handle: of that one. */
static uint32_t child_take_any(struct vm *parent, uint32_t *handle)
{
	uint32_t nr = parent->creator->nr_slots;
	struct cpu *cpu = cpu_this();
	uint32_t wake = 0;

	for (uint32_t slot = 0; slot < nr && !wake; slot++) {
		struct child *child = child_find(cpu, parent, PLUMB_VM_FIRST + slot);

		if (child && child_wake_mask(child)) {
			*handle = PLUMB_VM_FIRST + slot;
			wake = child_take_wake(&child->vm);
		}
	}
	return wake;
}

static bool child_any_wakes(struct vm *parent)
{
	struct cpu *cpu = cpu_this();
	bool any = false;

	for (uint32_t slot = 0; slot < parent->creator->nr_slots && !any; slot++) {
		const struct child *child = child_find(cpu, parent, PLUMB_VM_FIRST + slot);

		any = child && child_wake_mask(child);
	}
	return any;
}

/* Who wakes sets the mark first, and then rings: if the mark is set after the look here, the
 * doorbell rings after it, too. True: it rings on. */
static bool child_settle_doorbell(struct vm *parent)
{
	bool any;

	vm_ring(parent, false);
	hw_dmb();
	any = child_any_wakes(parent);
	if (any) {
		vm_ring(parent, true);
	}
	return any;
}

int32_t child_call_wake(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t handle = regs->r[1];
	struct child *child;
	uint32_t wake;

	(void)caller;
	if (handle) {
		child = child_find(cpu_this(), vm, handle);
		if (!child) {
			return -HYP_EBADF;
		}
		wake = child_take_wake(&child->vm);
	} else {
		wake = child_take_any(vm, &handle);
	}
	regs->r[3] = child_settle_doorbell(vm);
	regs->r[1] = wake;
	regs->r[2] = handle;
	return 0;
}
