/* SPDX-License-Identifier: BSD-2-Clause */
#include "vgic/vgic_hw.h"
#include "hyp/base/cold.h"
#include "hyp/hw/fence.h"
#include "hyp/hw/io.h"
#include "hyp/hw/sysreg.h"
#include "hyp/hw/world.h"
#include "hyp/regs/gic.h"

/* The alias of another CPU's GICH (DDI 0438, 8.2.1; DDI 0471, 3.2). */
#define VGIC_HW_ALIAS	   0x1000u
#define VGIC_HW_ALIAS_STEP 0x200u

static uintptr_t vgic_hw_gich;
static uintptr_t vgic_hw_skew; /* bytes: a list register is written so far below its address */

static uint32_t vgic_hw_count(void)
{
	return bits_min(FIELD_GET(GICH_VTR_LISTREGS, io_read32(vgic_hw_gich + GICH_VTR)) + 1,
			VGIC_MAX_LRS);
}

static __attribute__((noinline)) void vgic_hw_clear_lrs(uint32_t nr_lrs)
{
	for (uint32_t n = 0; n < nr_lrs; n++) {
		io_write32(vgic_hw_gich + GICH_LR + 4 * n, 0);
	}
}

/* Leaves no state of a vCPU for the next one, independent of its mirror: another partition would
 * take the interrupt of a list register that no mirror contains, and its EOI would assert the
 * maintenance interrupt forever. */
static inline void vgic_hw_clear(uint32_t nr_lrs)
{
	uintptr_t lr = vgic_hw_gich + GICH_LR;

	io_write32(vgic_hw_gich + GICH_HCR, 0);
	if (nr_lrs == 4) { /* as in the GICs of ARM */
		io_write32(lr, 0);
		io_write32(lr + 4, 0);
		io_write32(lr + 8, 0);
		io_write32(lr + 12, 0);
	} else {
		vgic_hw_clear_lrs(nr_lrs);
	}
}

COLD void vgic_hw_init_cpu(void)
{
	vgic_hw_clear(vgic_hw_count());
}

uint32_t vgic_hw_init(uintptr_t gich)
{
	vgic_hw_gich = gich;
	vgic_hw_init_cpu();
	return vgic_hw_count();
}

uint32_t vgic_hw_empty(void)
{
	return io_read32(vgic_hw_gich + GICH_ELRSR0);
}

/* A list register that is free in the mirror would assert the maintenance interrupt forever: no
 * other code clears it. */
uint32_t vgic_hw_ended(struct vgic_cif *cif)
{
	uint32_t ended = io_read32(vgic_hw_gich + GICH_EISR0);

	for (uint32_t left = ended & ~cif->used; left; left &= left - 1) {
		cif->lr[bits_first(left)] = 0;
		cif->dirty |= BIT32(bits_first(left));
	}
	return ended;
}

/* Dirty values are not in hardware yet. One read of ELRSR saves the reads of all list registers
 * that the guest has emptied. */
static void vgic_hw_read_lrs(struct vgic_cif *cif)
{
	uint32_t empty = vgic_hw_empty();

	for (uint32_t left = cif->used & ~cif->dirty; left; left &= left - 1) {
		uint32_t n = bits_first(left);

		if (empty & BIT32(n)) {
			cif->lr[n] &= ~GICH_LR_STATE;
		} else {
			cif->lr[n] = io_read32(vgic_hw_gich + GICH_LR + 4 * n);
		}
	}
}

void vgic_hw_read(struct vgic_cif *cif)
{
	if (cif->used) {
		vgic_hw_read_lrs(cif);
	}
	/* EOICount only changes while flush has enabled a maintenance interrupt for it. */
	if (cif->hcr & GICH_HCR_LRENPIE) {
		cif->hcr = io_read32(vgic_hw_gich + GICH_HCR);
	}
}

void vgic_hw_look(struct vgic_cif *cif)
{
	cif->vmcr = io_read32(vgic_hw_gich + GICH_VMCR);
	cif->apr = io_read32(vgic_hw_gich + GICH_APR);
}

uint32_t vgic_hw_read_one(uint32_t lr)
{
	return io_read32(vgic_hw_gich + GICH_LR + 4 * lr);
}

void vgic_hw_write_one(const struct vgic_lr_write *write)
{
	io_write32(vgic_hw_gich + GICH_LR + 4 * write->lr, write->value);
	hw_dsb(); /* as in vgic_hw_write */
}

static inline void vgic_hw_write_lrs(const struct vgic_cif *cif, uint32_t lrs)
{
	uintptr_t lr = vgic_hw_gich + GICH_LR;

	for (uint32_t left = lrs; left; left &= left - 1) {
		uint32_t n = bits_first(left);

		io_write32(lr + 4 * n, cif->lr[n]);
	}
	if (lrs) {
		/* Another CPU may read or write them once the lock is released. A DMB does not wait
		 * for the effect of one register on another (A3.8.3). */
		hw_dsb();
	}
}

void vgic_hw_write(struct vgic_cif *cif)
{
	vgic_hw_write_lrs(cif, cif->dirty);
	cif->dirty = 0;
	if (cif->hcr_dirty) {
		io_write32(vgic_hw_gich + GICH_HCR, cif->hcr);
		cif->hcr_dirty = false;
	}
}

void vgic_hw_save(struct vgic_cif *cif, bool folded)
{
	if ((cif->used || (cif->hcr & GICH_HCR_LRENPIE)) && !folded) {
		vgic_hw_read(cif);
	}
	vgic_hw_look(cif);
	vgic_hw_clear(cif->nr_lrs);
}

void vgic_hw_restore(struct vgic_cif *cif)
{
	uintptr_t gich = vgic_hw_gich;

	io_write32(gich + GICH_VMCR, cif->vmcr);
	io_write32(gich + GICH_APR, cif->apr);
	vgic_hw_write_lrs(cif, cif->used);
	cif->dirty = 0;
	cif->hcr_dirty = false;
	io_write32(gich + GICH_HCR, cif->hcr);
}

static uintptr_t vgic_hw_alias(uint32_t gic_cpu)
{
	return vgic_hw_gich + VGIC_HW_ALIAS + VGIC_HW_ALIAS_STEP * gic_cpu;
}

uint32_t vgic_hw_remote_empty(const struct vgic_cif *cif)
{
	return io_read32(vgic_hw_alias(cif->gic_cpu) + GICH_ELRSR0);
}

/* HCR, VMCR and APR are never written here: QEMU's alias writes other registers then. */
void vgic_hw_remote_write(struct vgic_cif *cif)
{
	uintptr_t lr = vgic_hw_alias(cif->gic_cpu) + GICH_LR - vgic_hw_skew;

	for (uint32_t left = cif->dirty; left; left &= left - 1) {
		uint32_t n = bits_first(left);

		io_write32(lr + 4 * n, cif->lr[n]);
	}
	cif->dirty = 0;
}

#define VGIC_HW_MARK 0x155u /* a list register that is invalid, but can be recognized */

/* The list register of this CPU that has the mark, which is removed; VGIC_MAX_LRS: none. */
static uint32_t vgic_hw_find_mark(uint32_t nr_lrs)
{
	uint32_t found = VGIC_MAX_LRS;

	for (uint32_t n = 0; n < nr_lrs; n++) {
		if (io_read32(vgic_hw_gich + GICH_LR + 4 * n) == VGIC_HW_MARK) {
			found = n;
		}
		io_write32(vgic_hw_gich + GICH_LR + 4 * n, 0);
	}
	return found;
}

/* Where does a write to LR`n` of the alias go? */
static COLD uint32_t vgic_hw_try(uint32_t gic_cpu, uint32_t n, uint32_t nr_lrs)
{
	io_write32(vgic_hw_alias(gic_cpu) + GICH_LR + 4 * n, VGIC_HW_MARK);
	hw_dsb();
	return vgic_hw_find_mark(nr_lrs);
}

/* Where nothing is, a read may fault at once, but a write later. */
static COLD bool vgic_hw_has_alias(uint32_t gic_cpu)
{
	uint32_t vtr;

	return fence_read32(vgic_hw_alias(gic_cpu) + GICH_VTR, &vtr) && !world_take_abort() &&
	       vtr == io_read32(vgic_hw_gich + GICH_VTR);
}

/* Does what looks like another CPU's alias reach this CPU? No CPU has a vCPU loaded. */
static bool vgic_hw_is_mirror(uint32_t gic_cpu, uint32_t nr_lrs)
{
	uint32_t other = gic_cpu ? gic_cpu - 1 : 1;
	bool here;

	if (!vgic_hw_has_alias(other)) {
		return false;
	}
	here = vgic_hw_try(other, 0, nr_lrs) != VGIC_MAX_LRS;
	io_write32(vgic_hw_alias(other) + GICH_LR, 0);
	hw_dsb();
	return here;
}

/* LR0 is tried first. QEMU's alias (7.2 to 10.1) writes the next one. */
COLD struct vgic_alias vgic_hw_find_alias(uint32_t gic_cpu)
{
	const struct vgic_alias none = { 0 };
	uint32_t nr_lrs = vgic_hw_count();
	struct vgic_alias alias = none;

	if (!vgic_hw_has_alias(gic_cpu) || vgic_hw_is_mirror(gic_cpu, nr_lrs)) {
		return none;
	}
	alias.skew = vgic_hw_try(gic_cpu, 0, nr_lrs);
	if (alias.skew > 1) {
		return none;
	}
	for (uint32_t n = alias.skew; n < nr_lrs; n++) {
		if (vgic_hw_try(gic_cpu, n - alias.skew, nr_lrs) == n) {
			alias.lrs |= BIT32(n);
		}
	}
	return alias;
}

void vgic_hw_use_alias(const struct vgic_alias *alias)
{
	vgic_hw_skew = 4 * alias->skew;
}
