/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupts that a vCPU's CPU interface signals (IHI 0048B 3.3), by its mirror's vmcr and apr.
 * Within vgic/. */
#ifndef VGIC_VGIC_INTERFACE_H
#define VGIC_VGIC_INTERFACE_H

#include "vgic/vgic_state.h"

/* Interrupts of the group whose priority is below this are signalled: 0 (none) to 256 (all). A
 * pending interrupt that is not signalled does not hold back another one: a vCPU that waits must
 * not miss either, however an implementation treats a disabled group. */
uint32_t vgic_interface_limit(const struct vgic_cif *cif, bool group1);

/* Is the interrupt, which is pending, forwarded and not active, signalled to this vCPU? */
bool vgic_interface_signals(const struct vgic_cif *cif, const struct vgic_ref *ref);

/* Why such an interrupt is not signalled; VGIC_HOLD_NONE: it is. */
enum vgic_hold vgic_interface_hold(const struct vgic_cif *cif, const struct vgic_ref *ref);

/* Can the interface signal any interrupt? */
static inline bool vgic_interface_is_on(const struct vgic_cif *cif)
{
	return (vgic_interface_limit(cif, false) | vgic_interface_limit(cif, true)) != 0;
}

#endif
