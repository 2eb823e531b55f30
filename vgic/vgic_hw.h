/* SPDX-License-Identifier: BSD-2-Clause */
/* The mirror of the virtual interface (struct vgic_cif) to and from GICH (IHI 0048B 5.3). This
 * CPU's registers. */
#ifndef VGIC_VGIC_HW_H
#define VGIC_VGIC_HW_H

#include "vgic/vgic.h"

/* Boot CPU: `gich` is where GICH is mapped. Returns the number of list registers. */
uint32_t vgic_hw_init(uintptr_t gich);
/* Every other CPU: its banked registers. */
void vgic_hw_init_cpu(void);

/* Reads the state that a fold needs while the vCPU stays loaded: the list registers in use, not
 * VMCR. */
void vgic_hw_read(struct vgic_cif *cif);
/* The empty list registers. */
uint32_t vgic_hw_empty(void);
/* Those of them with an EOI maintenance interrupt (GICH_EISR). From then on, flush must clear list
 * registers that are free in the mirror. */
uint32_t vgic_hw_ended(struct vgic_cif *cif);
/* Reads VMCR and APR, which the mirror of a loaded vCPU does not track. */
void vgic_hw_look(struct vgic_cif *cif);
/* Writes the dirty list registers and HCR. */
void vgic_hw_write(struct vgic_cif *cif);

/* World switch. Save reads VMCR, APR and the list registers in use, then clears all list registers
 * and disables the interface. */
void vgic_hw_save(struct vgic_cif *cif);
void vgic_hw_restore(struct vgic_cif *cif);

#endif
