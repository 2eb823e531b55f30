/* SPDX-License-Identifier: BSD-2-Clause */
/* One interrupt: what a change of its state means for the vCPUs. Within vgic/. */
#ifndef VGIC_VGIC_IRQ_H
#define VGIC_VGIC_IRQ_H

#include "vgic/vgic_state.h"

/* The vCPU's list of interrupts that want a list register. */
static inline void vgic_irq_set_ready(struct vgic *vgic, uint32_t vcpu, uint32_t intid)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t word = intid / 32;

	if (!(cpu->ready[word] & BIT32(intid % 32))) {
		cpu->ready[word] |= BIT32(intid % 32);
		cpu->ready_sum |= BIT32(word);
		cpu->nr_ready++;
	}
}

static inline void vgic_irq_clear_ready(struct vgic *vgic, uint32_t vcpu, uint32_t intid)
{
	struct vgic_cpu *cpu = &vgic->cpu[vcpu];
	uint32_t word = intid / 32;

	if (cpu->ready[word] & BIT32(intid % 32)) {
		cpu->ready[word] &= ~BIT32(intid % 32);
		cpu->nr_ready--;
		if (!cpu->ready[word]) {
			cpu->ready_sum &= ~BIT32(word);
		}
	}
}

/* Something that decides where the interrupt belongs has changed: moves it there, or has the vCPU
 * that has it in a list register fold. */
void vgic_irq_update(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick);

/* vgic_irq_update for each of `bits` of a word as `vcpu` sees it. */
void vgic_irq_update_word(struct vgic *vgic, uint32_t vcpu, uint32_t word, uint32_t bits,
			  vgic_kick_t *kick);

/* GICD_ICPENDR's effect. */
void vgic_irq_clear_pending(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick);

/* GICD_ISACTIVER's, GICD_ICACTIVER's and GICV_DIR's effect. */
void vgic_irq_activate(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick);
void vgic_irq_deactivate(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick);

/* Does only the hardware of a loaded vCPU know whether it is active? */
bool vgic_irq_is_away(const struct vgic *vgic, const struct vgic_ref *ref);

/* The physical interrupt is no longer the guest's: glue deactivates it (vgic_release_next). */
void vgic_irq_release(struct vgic *vgic, const struct vgic_ref *ref);

/* After the vCPU that had it in a list register has taken it back into memory. */
void vgic_irq_place(struct vgic *vgic, const struct vgic_ref *ref, vgic_kick_t *kick);

#endif
