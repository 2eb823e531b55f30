/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of a child's GIC, for its creator that saves or restores it. */
#include "hyp/base/bits.h"
#include "hyp/base/error.h"
#include "hyp/core/child_call.h"

static int32_t child_gic_do(struct vgic *vgic, uint32_t group, uint32_t vcpu, struct mmio *mmio,
			    vgic_kick_t *kick)
{
	switch (group) {
	case KVM_DEV_ARM_VGIC_GRP_DIST_REGS:
		return vgic_user_dist(vgic, vcpu, mmio, kick);
	case KVM_DEV_ARM_VGIC_GRP_CPU_REGS:
		return vgic_user_cif(vgic, vcpu, mmio, kick);
	default:
		return vgic_user_lines(vgic, vcpu, mmio, kick);
	}
}

/* Who would load a vCPU claims it first, under the same lock. */
static int32_t child_gic_at_rest(struct child *child, uint32_t group, uint32_t vcpu,
				 struct mmio *mmio)
{
	struct vgic_locked held = vm_lock_vgic(&child->vm);
	int32_t error = -HYP_EBUSY;
	vgic_kick_t kick = 0;

	if (!child->life.runs) {
		error = child_gic_do(child->vm.vgic, group, vcpu, mmio, &kick);
	}
	vm_unlock_vgic(held);
	vm_kick(&child->vm, kick);
	return error;
}

/* ---- lines that are watched ---- */

int32_t child_call_watch(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	int32_t error = vm->child->has_gic ? child_form(vm->child) : -HYP_ENXIO;
	struct vgic_locked held;
	struct irq_line line;

	(void)caller;
	error = error ? error : irq_line_decode(regs->r[2], &vm->lines, &line);
	if (error || line.type != IRQ_LINE_SPI) {
		return error ? error : -HYP_EINVAL;
	}
	held = vm_lock_vgic(vm);
	vgic_watch_spi(vm->vgic, line.number - VGIC_NR_PRIVATE, regs->r[3] != 0);
	vm_unlock_vgic(held);
	return 0;
}

int32_t child_call_ended(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	struct vgic_locked held = vm_lock_vgic(vm);

	(void)caller;
	regs->r[1] = vm->vgic ? vgic_take_ended(vm->vgic) : 0;
	vm_unlock_vgic(held);
	return 0;
}

/* ---- registers ---- */

int32_t child_gic_access(struct child *child, const struct guest_regs *regs, struct mmio *mmio)
{
	uint32_t vcpu = regs->r[6] & 0xffu; /* KVM_DEV_ARM_VGIC_CPUID_MASK */
	int32_t error = 0;

	if (vcpu >= VGIC_MAX_VCPUS || !(child->life.made & BIT32(vcpu))) {
		return -HYP_EINVAL;
	}
	mmio->offset = regs->r[3];
	mmio->size = 4;
	if (regs->r[2] == KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO) {
		mmio->offset = regs->r[3] & KVM_DEV_ARM_VGIC_LINE_LEVEL_INTID_MASK;
		if (regs->r[3] >> KVM_DEV_ARM_VGIC_LINE_LEVEL_INFO_SHIFT !=
		    VGIC_LEVEL_INFO_LINE_LEVEL) {
			return -HYP_EINVAL;
		}
	}
	error = child_form(child);
	return error ? error : child_gic_at_rest(child, regs->r[2], vcpu, mmio);
}
