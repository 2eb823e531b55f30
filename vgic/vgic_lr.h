/* SPDX-License-Identifier: BSD-2-Clause */
/* One list register (IHI 0048B 5.3.8): putting an interrupt in, taking it back. Within vgic/. */
#ifndef VGIC_VGIC_LR_H
#define VGIC_VGIC_LR_H

#include "hyp/regs/gic.h"
#include "vgic/vgic_irq.h"

/* List registers hold the upper five bits of a priority. */
#define VGIC_LR_PRIORITY_DROP 3

/* Priorities as in the distributor: bits 7..3, the others zero. */
VGIC_INLINE uint32_t vgic_lr_priority(uint32_t priority)
{
	return FIELD_PREP(GICH_LR_PRIORITY, priority >> VGIC_LR_PRIORITY_DROP);
}

/* A physical interrupt: the guest's EOI deactivates it, or makes glue do it (soft_eoi). */
VGIC_INLINE uint32_t vgic_lr_hw(const struct vgic *vgic, const struct vgic_ref *ref)
{
	return vgic->soft_eoi ? GICH_LR_EOI
			      : GICH_LR_HW | FIELD_PREP(GICH_LR_PHYSID, (uint32_t)ref->irq->physid);
}

/* A level-sensitive interrupt whose line is still high after the guest's EOI becomes pending again:
 * the EOI bit requests a maintenance interrupt. */
VGIC_INLINE uint32_t vgic_lr_again(const struct vgic_ref *ref)
{
	return ref->bank->line & ~ref->bank->edge & ref->bit ? GICH_LR_EOI : 0;
}

/* A ready interrupt that is not active is pending and forwarded (vgic_irq_destination). */
VGIC_INLINE uint32_t vgic_lr_encode_pending(const struct vgic *vgic, const struct vgic_ref *ref)
{
	uint32_t value = GICH_LR_PENDING | vgic_lr_priority(ref->irq->priority);
	uint32_t sources = ref->irq->sources;

	if (ref->intid >= VGIC_NR_SGIS) {
		return value |
		       (ref->bank->held & ref->bit ? vgic_lr_hw(vgic, ref) : vgic_lr_again(ref));
	}
	if (sources) {
		value |= FIELD_PREP(GICH_LR_CPUID, bits_first(sources));
	}
	return value | (sources & (sources - 1) ? GICH_LR_EOI : 0);
}

/* The same for an active interrupt. `crowded`: a pending interrupt has no list register. Then an
 * active one in a list register must not be pending there too: after its EOI it would prevent the
 * NPIE maintenance interrupt, and precede a higher priority outside. Its EOI requests a new choice
 * instead. */
uint32_t vgic_lr_encode_active(const struct vgic *vgic, const struct vgic_ref *ref, bool crowded);

/* Lends the latch that the list register shows as pending to the hardware, which consumes it. */
VGIC_INLINE void vgic_lr_lend(const struct vgic_ref *ref, uint32_t value)
{
	struct vgic_bank *bank = ref->bank;
	uint32_t latch = bank->latch;

	bank->loan |= latch & ref->bit;
	latch &= ~ref->bit;
	if (ref->intid < VGIC_NR_SGIS) {
		ref->irq->sources &= (uint8_t)~BIT32(FIELD_GET(GICH_LR_CPUID, value));
		latch |= ref->irq->sources ? ref->bit : 0;
	} else if ((bank->held & ~bank->held_active & ref->bit) && !(value & GICH_LR_HW)) {
		bank->held_lent |= ref->bit;
	}
	bank->latch = latch;
}

/* Sets list register n of ref->vcpu for this interrupt. */
VGIC_INLINE void vgic_lr_fill(struct vgic *vgic, const struct vgic_ref *ref, uint32_t n,
			      bool crowded)
{
	struct vgic_cif *cif = &vgic->cpu[ref->vcpu].cif;
	const struct vgic_bank *bank = ref->bank;
	uint32_t value;

	if (bank->active & ref->bit) {
		struct vgic_ref copy = *ref; /* *ref itself can stay in registers */

		value = vgic_lr_encode_active(vgic, &copy, crowded);
	} else {
		value = vgic_lr_encode_pending(vgic, ref);
	}
	value |= (bank->group & ref->bit ? GICH_LR_GRP1 : 0) | ref->intid;
	if (cif->lr[n] != value) {
		cif->lr[n] = value;
		cif->dirty |= BIT32(n);
	}
	if (value & GICH_LR_PENDING) {
		vgic_lr_lend(ref, value);
		vgic->cpu[ref->vcpu].given++;
	}
}

/* Ready on ref->vcpu -> its list register n. */
VGIC_INLINE void vgic_lr_put(struct vgic *vgic, const struct vgic_ref *ref, uint32_t n,
			     bool crowded)
{
	struct vgic_cpu *cpu = &vgic->cpu[ref->vcpu];

	vgic_lr_fill(vgic, ref, n, crowded);
	vgic_irq_clear_ready(cpu, ref->intid);
	ref->bank->in_lr |= ref->bit;
	ref->irq->lr = (uint8_t)n;
	cpu->lr_irq[n] = (uint16_t)ref->intid;
}

/* List register n, as read back -> its interrupt is ready or nowhere. */
void vgic_lr_take(struct vgic *vgic, uint32_t vcpu, uint32_t n, vgic_kick_t *kick);

/* List register n, known to be empty: its interrupt is pending there again, or it is ready or
 * nowhere, and n is free. */
void vgic_lr_take_empty(struct vgic *vgic, uint32_t vcpu, uint32_t n, vgic_kick_t *kick);

/* An empty list register may keep its other bits except EOI: with EOI, GICH_EISR keeps the
 * maintenance interrupt asserted. */
VGIC_INLINE bool vgic_lr_must_clear(uint32_t value)
{
	return (value & GICH_LR_STATE) || (value & (GICH_LR_HW | GICH_LR_EOI)) == GICH_LR_EOI;
}

#endif
