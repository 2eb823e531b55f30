/* SPDX-License-Identifier: BSD-2-Clause */
/* One list register (IHI 0048B 5.3.8): putting an interrupt in, taking it back. Within vgic/. */
#ifndef VGIC_VGIC_LR_H
#define VGIC_VGIC_LR_H

#include "hyp/regs/gic.h"
#include "vgic/vgic_state.h"

/* Ready on ref->vcpu -> its list register n. `crowded`: something pending is left outside. Then
 * what is active here must not pend again by itself: after its EOI it would count as the pending
 * one that keeps NPIE quiet, and go before a higher one outside. The EOI asks for a new choice
 * instead. */
void vgic_lr_put(struct vgic *vgic, const struct vgic_ref *ref, uint32_t n, bool crowded);

/* List register n, as read back -> ready or nowhere. */
void vgic_lr_take(struct vgic *vgic, uint32_t vcpu, uint32_t n, vgic_kick_t *kick);

/* An empty list register may keep the rest of its bits, but for EOI: with it, GICH_EISR goes on
 * asserting the maintenance interrupt. */
static inline bool vgic_lr_must_clear(uint32_t value)
{
	return (value & GICH_LR_STATE) || (value & (GICH_LR_HW | GICH_LR_EOI)) == GICH_LR_EOI;
}

#endif
