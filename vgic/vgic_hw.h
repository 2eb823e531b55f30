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
/* Reads, and writes, one list register. */
uint32_t vgic_hw_read_one(uint32_t lr);
void vgic_hw_write_one(const struct vgic_lr_write *write);
/* Writes the dirty list registers and HCR. */
void vgic_hw_write(struct vgic_cif *cif);

/* World switch. Save reads VMCR, APR and, unless they are `folded`, the list registers in use, then
 * clears all list registers and disables the interface. */
void vgic_hw_save(struct vgic_cif *cif, bool folded);
void vgic_hw_restore(struct vgic_cif *cif);

/*
 * The list registers of the CPU that has a vCPU loaded (cif->gic_cpu), through the alias of its
 * GICH. The vCPU's VGIC lock is held, and vgic_hw_use_alias was called.
 */
uint32_t vgic_hw_remote_empty(const struct vgic_cif *cif);
/* Writes the dirty list registers, all of them in vgic_alias.lrs. A DSB must follow before the lock
 * is released. */
void vgic_hw_remote_write(struct vgic_cif *cif);

/* How a CPU's alias works. */
struct vgic_alias {
	uint32_t lrs;  /* bit n: LRn can be written through it; 0: there is no alias */
	uint32_t skew; /* a write to LRn of the alias reaches LR(n + skew): 0, on QEMU 1 */
};

/* Writes invalid list registers through this CPU's alias, if there is one, and reads where they
 * are. No CPU has a vCPU loaded, and GICH is mapped with its second page. `gic_cpu`: its
 * interface's number. */
struct vgic_alias vgic_hw_find_alias(uint32_t gic_cpu);
/* Boot CPU: all CPUs have found this. */
void vgic_hw_use_alias(const struct vgic_alias *alias);

#endif
