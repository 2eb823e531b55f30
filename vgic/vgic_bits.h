/* SPDX-License-Identifier: BSD-2-Clause */
/* The distributor's registers with one bit per interrupt (IHI 0048B 4.3.4 to 4.3.10): read and
 * written by the table in vgic_dist.c. Within vgic/. */
#ifndef VGIC_VGIC_BITS_H
#define VGIC_VGIC_BITS_H

#include "vgic/vgic_state.h"

typedef enum mmio_result (*vgic_dist_read_t)(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					     vgic_kick_t *kick);
typedef void (*vgic_dist_write_t)(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
				  vgic_kick_t *kick);

enum mmio_result vgic_bits_read_group(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
				      vgic_kick_t *kick);
enum mmio_result vgic_bits_read_enabled(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					vgic_kick_t *kick);
enum mmio_result vgic_bits_read_pending(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
					vgic_kick_t *kick);
enum mmio_result vgic_bits_read_active(struct vgic *vgic, uint32_t vcpu, struct mmio *mmio,
				       vgic_kick_t *kick);

void vgic_bits_write_group(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
			   vgic_kick_t *kick);
void vgic_bits_write_enabled(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
			     vgic_kick_t *kick);
void vgic_bits_set_pending(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
			   vgic_kick_t *kick);
void vgic_bits_clear_pending(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
			     vgic_kick_t *kick);
void vgic_bits_activate(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
			vgic_kick_t *kick);
void vgic_bits_deactivate(struct vgic *vgic, uint32_t vcpu, const struct mmio *mmio,
			  vgic_kick_t *kick);

/* GICD_ISENABLER's and GICD_ICENABLER's value. */
uint32_t vgic_bits_enabled(const struct vgic *vgic, uint32_t vcpu, uint32_t offset);

#endif
