/* SPDX-License-Identifier: BSD-2-Clause */
/* One list register (IHI 0048B 5.3.8): putting an interrupt in, taking it back. Within vgic/. */
#ifndef VGIC_VGIC_LR_H
#define VGIC_VGIC_LR_H

#include "vgic/vgic_state.h"

/* What the list register must be for this interrupt, which is ready on a vCPU. `crowded`: something
 * pending is left outside. Then what is active here must not pend again by itself: after its EOI it
 * would count as the pending one that keeps NPIE quiet, and go before a higher one outside. The EOI
 * asks for a new choice instead. */
uint32_t vgic_lr_encode(const struct vgic *vgic, const struct vgic_ref *ref, bool crowded);

/* Ready -> list register n. */
void vgic_lr_put(struct vgic *vgic, uint32_t vcpu, uint32_t n, uint32_t intid, bool crowded);

/* List register n, as read back -> ready or nowhere. */
void vgic_lr_take(struct vgic *vgic, uint32_t vcpu, uint32_t n, vgic_kick_t *kick);

#endif
