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

/* List registers in use, VMCR-less: what a fold needs while the vCPU stays loaded. */
void vgic_hw_read(struct vgic_cif *cif);
/* List registers that hold nothing. */
uint32_t vgic_hw_empty(void);
/* Those of them whose EOI asks for maintenance (GICH_EISR). What the mirror believes free is to be
 * cleared from then on. */
uint32_t vgic_hw_ended(struct vgic_cif *cif);
/* VMCR and APR, which the mirror of a loaded vCPU does not follow. */
void vgic_hw_look(struct vgic_cif *cif);
/* Dirty list registers and HCR. */
void vgic_hw_write(struct vgic_cif *cif);

/* World switch. Save reads VMCR, APR and the list registers in use, and leaves nothing behind: all
 * list registers are cleared, the interface is off. */
void vgic_hw_save(struct vgic_cif *cif);
void vgic_hw_restore(struct vgic_cif *cif);

#endif
