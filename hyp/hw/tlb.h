/* SPDX-License-Identifier: BSD-2-Clause */
/* TLB maintenance (ARM ARM B3.10). */
#ifndef HYP_HW_TLB_H
#define HYP_HW_TLB_H

#include "hyp/hw/sysreg.h"

/* One page or block of the monitor's own translation, this CPU. */
static inline void tlb_flush_hyp_va(uintptr_t va)
{
	hw_dsb();
	sysreg_write(TLBIMVAH, va & ~UINT32_C(0xfff));
	hw_dsb();
	hw_isb();
}

static inline void tlb_flush_hyp_all(void)
{
	hw_dsb();
	sysreg_write(TLBIALLHIS, 0);
	hw_dsb();
	hw_isb();
}

/* All entries of the VMID in VTTBR, on all CPUs. */
static inline void tlb_flush_vmid(void)
{
	hw_dsb();
	sysreg_write(TLBIALLIS, 0);
	hw_dsb();
	hw_isb();
}

/* The same on this CPU: entries of all ASIDs, and global ones. */
static inline void tlb_flush_vmid_here(void)
{
	hw_dsb();
	sysreg_write(TLBIALL, 0);
	hw_dsb();
	hw_isb();
}

/* A broadcast that invalidates next to nothing: address 0 of ASID 0 of the VMID in VTTBR. For the
 * erratum of hyp/core/settle.h. */
static inline void tlb_flush_nothing(void)
{
	sysreg_write(TLBIMVAIS, 0);
	hw_dsb();
}

/* All entries of the VMID in `vttbr`, on all CPUs, whichever vCPU is loaded on this one: HYP makes
 * no translation by VTTBR meanwhile, and interrupts are masked. Entries of other VMIDs stay.
 * Accesses of other CPUs may still be under way: settle_others. */
static inline void tlb_flush_vmid_of(uint64_t vttbr)
{
	uint64_t saved = sysreg_read64(VTTBR);

	sysreg_write64(VTTBR, vttbr);
	hw_isb();
	tlb_flush_vmid();
	sysreg_write64(VTTBR, saved);
	hw_isb();
}

#endif
