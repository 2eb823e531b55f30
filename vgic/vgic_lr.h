/* SPDX-License-Identifier: BSD-2-Clause */
/* One list register (IHI 0048B 5.3.8): putting an interrupt in, taking it back. Within vgic/. */
#ifndef VGIC_VGIC_LR_H
#define VGIC_VGIC_LR_H

#include "vgic/vgic_state.h"

/* What the list register must be for this interrupt, which is ready on a vCPU. */
uint32_t vgic_lr_encode(const struct vgic *vgic, const struct vgic_ref *ref);

/* Ready -> list register n. */
void vgic_lr_put(struct vgic *vgic, uint32_t vcpu, uint32_t n, uint32_t intid);

/* List register n, as read back -> ready or nowhere. */
void vgic_lr_take(struct vgic *vgic, uint32_t vcpu, uint32_t n, vgic_kick_t *kick);

#endif
