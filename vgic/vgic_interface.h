/* SPDX-License-Identifier: BSD-2-Clause */
/* What a vCPU's CPU interface signals (IHI 0048B 3.3), as its mirror's vmcr and apr say. Within
 * vgic/. */
#ifndef VGIC_VGIC_INTERFACE_H
#define VGIC_VGIC_INTERFACE_H

#include "vgic/vgic_state.h"

/* Interrupts of the group whose priority is below this are signalled: 0 (none) to 256 (all). Of
 * two that wait, one that is held up does not hold up the other: who waits for either is not to
 * miss it, whatever an implementation makes of a group that is off. */
uint32_t vgic_interface_limit(const struct vgic_cif *cif, bool group1);

/* Is the interrupt, which pends, may be forwarded and is not active, signalled to this vCPU? */
bool vgic_interface_signals(const struct vgic_cif *cif, const struct vgic_ref *ref);

/* What holds such an interrupt up, VGIC_HOLD_NONE: nothing. */
enum vgic_hold vgic_interface_hold(const struct vgic_cif *cif, const struct vgic_ref *ref);

/* Is there anything that it could signal? */
static inline bool vgic_interface_is_on(const struct vgic_cif *cif)
{
	return (vgic_interface_limit(cif, false) | vgic_interface_limit(cif, true)) != 0;
}

#endif
