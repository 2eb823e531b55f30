/* SPDX-License-Identifier: BSD-2-Clause */
/* The VGIC of the loaded vCPU: list registers read back, folded, flushed, written. */
#include "hyp/core/run.h"
#include "hyp/core/irq.h"
#include "vgic/vgic_hw.h"

void run_vgic_release_all(struct vcpu *vcpu)
{
	uint32_t physid;

	while (vcpu->cif->has_release &&
	       vgic_phys_release_next(vcpu->vm->vgic, vcpu->index, &physid)) {
		irq_release(physid);
	}
}

/* Reads everything back. vgic_lock is held. */
static void run_vgic_read(struct vcpu *vcpu, vgic_kick_t *kick)
{
	vgic_hw_read(vcpu->cif);
	vgic_fold(vcpu->vm->vgic, vcpu->index, kick);
}

/* `maintain`: a maintenance interrupt says where to look for empty list registers, if work is
 * VGIC_WORK_LOOK. vgic_lock is held. Returns whom to kick then. */
static vgic_kick_t run_vgic_do(struct vcpu *vcpu, enum vgic_work work, bool maintain)
{
	struct vgic *vgic = vcpu->vm->vgic;
	vgic_kick_t kick = 0;

	if (work == VGIC_WORK_LOOK) {
		work = vgic_fold_empty(vgic, vcpu->index,
				       maintain ? vgic_hw_ended(vcpu->cif) : vgic_hw_empty(),
				       &kick);
	}
	if (work == VGIC_WORK_SYNC) {
		run_vgic_read(vcpu, &kick);
	}
	if (work != VGIC_WORK_NONE) {
		irq_look(vcpu, true);
	}
	run_vgic_release(vcpu);
	if (work != VGIC_WORK_NONE) {
		vgic_flush(vgic, vcpu->index);
	}
	vgic_hw_write(vcpu->cif);
	return kick & ~BIT32(vcpu->index);
}

vgic_kick_t run_vgic_now(struct vcpu *vcpu)
{
	return run_vgic_do(vcpu, vgic_cif_work(vcpu->cif), false);
}

static void run_vgic_look(struct vcpu *vcpu, enum vgic_work work, bool maintain)
{
	struct vm *vm = vcpu->vm;
	vgic_kick_t kick;

	lock_take(&vm->vgic_lock);
	kick = run_vgic_do(vcpu, work, maintain);
	lock_drop(&vm->vgic_lock);
	if (kick) {
		vm_kick(vm, kick);
	}
}

void run_vgic(struct vcpu *vcpu, enum vgic_work work)
{
	run_vgic_look(vcpu, work, false);
}

void run_vgic_maintain(struct vcpu *vcpu)
{
	if (vcpu->vm->vgic) {
		run_vgic_look(vcpu, VGIC_WORK_LOOK, true);
	}
}

void run_vgic_fold(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	vgic_kick_t kick = 0;

	if (!vm->vgic) {
		return;
	}
	lock_take(&vm->vgic_lock);
	run_vgic_read(vcpu, &kick);
	irq_look(vcpu, true);
	run_vgic_release(vcpu);
	lock_drop(&vm->vgic_lock);
	vm_kick(vm, kick & ~BIT32(vcpu->index));
}
