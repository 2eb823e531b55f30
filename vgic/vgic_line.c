/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM_IRQ_LINE on interrupt lines. */
#include "hyp/base/error.h"
#include "vgic/vgic_irq.h"

int vgic_set_line(struct vgic *vgic, const struct irq_line *line, bool level, vgic_kick_t *kick)
{
	struct vgic_ref ref;

	if (line->type < IRQ_LINE_SPI || line->vcpu >= vgic->nr_vcpus ||
	    line->number >= vgic->nr_irqs) {
		return -HYP_EINVAL;
	}
	ref = vgic_state_ref(vgic, line->vcpu, line->number);
	if (ref.bank->passed & ref.bit) {
		return -HYP_EBUSY;
	}
	if (!(ref.bank->timer & ref.bit)) {
		vgic_irq_set_line(vgic, &ref, level, kick);
	}
	return 0;
}
