/* SPDX-License-Identifier: BSD-2-Clause */
/* Software-generated interrupts (IHI 0048B 4.3.15 to 4.3.17). Within vgic/. */
#ifndef VGIC_VGIC_SGI_H
#define VGIC_VGIC_SGI_H

#include "vgic/vgic_state.h"

/* A write to GICD_SGIR. */
void vgic_sgi_send(struct vgic *vgic, uint32_t vcpu, uint32_t value, vgic_kick_t *kick);

/* One byte of GICD_CPENDSGIR and GICD_SPENDSGIR: the sources for which SGI `intid` is pending on
 * this vCPU. */
uint32_t vgic_sgi_sources(const struct vgic *vgic, uint32_t vcpu, uint32_t intid);
void vgic_sgi_set(struct vgic *vgic, uint32_t vcpu, uint32_t intid, uint32_t sources,
		  vgic_kick_t *kick);
void vgic_sgi_clear(struct vgic *vgic, uint32_t vcpu, uint32_t intid, uint32_t sources,
		    vgic_kick_t *kick);

#endif
