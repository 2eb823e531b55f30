/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt's state, for the drivers of its line. */
#include "abi/plumbline.h"
#include "vgic/vgic_irq.h"
#include "vgic/vgic_state.h"

uint32_t vgic_irq_state(const struct vgic *vgic, uint32_t vcpu, uint32_t intid)
{
	struct vgic_ref ref;
	const struct vgic_bank *bank;

	if (vcpu >= vgic->nr_vcpus || intid >= vgic->nr_irqs) {
		return 0;
	}
	ref = vgic_state_ref(vgic, vcpu, intid);
	bank = ref.bank;
	return ((bank->line | (bank->held_active & bank->high)) & ref.bit ? PLUMB_IRQ_LEVEL : 0u) |
	       (vgic_state_shown(bank) & ref.bit ? PLUMB_IRQ_PENDING : 0u) |
	       (bank->active & ref.bit ? PLUMB_IRQ_ACTIVE : 0u) |
	       (bank->enabled & ref.bit ? PLUMB_IRQ_ENABLED : 0u) |
	       (bank->edge & ref.bit ? PLUMB_IRQ_EDGE : 0u);
}

/* The line of a private physical interrupt can be read only on its CPU. */
static bool dump_line_is_away(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return ref->intid < VGIC_NR_PRIVATE && vgic->cpu[ref->vcpu].loaded &&
	       (ref->bank->held & ~ref->bank->edge & ref->bit);
}

uint32_t vgic_irq_holder(const struct vgic *vgic, uint32_t vcpu, uint32_t intid, uint32_t *fold_seq)
{
	struct vgic_ref ref;

	if (vcpu >= vgic->nr_vcpus || intid >= vgic->nr_irqs) {
		return VGIC_MAX_VCPUS;
	}
	ref = vgic_state_ref(vgic, vcpu, intid);
	if (vgic_irq_is_away(vgic, &ref)) {
		vcpu = ref.irq->vcpu;
	} else if (!dump_line_is_away(vgic, &ref)) {
		return VGIC_MAX_VCPUS;
	}
	/*@ admit placed: vcpu < vgic->nr_vcpus; */
	*fold_seq = vgic->cpu[vcpu].fold_seq;
	return vcpu;
}

void vgic_ask_fold(struct vgic *vgic, uint32_t vcpu)
{
	vgic->cpu[vcpu].cif.work = VGIC_WORK_SYNC;
}
