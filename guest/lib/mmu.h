/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Short-descriptor sections, identity-mapped (ARM DDI 0406C, B3.5): 0..0x3fffffff device,
 * privileged only, never executed; 0x40000000..0x7fffffff write-back cached, shareable, open to
 * User mode; from 0x80000000 on as the first. One table for all CPUs.
 */
#ifndef GUEST_LIB_MMU_H
#define GUEST_LIB_MMU_H

#include <stdint.h>

#define MMU_SECTION 0x100000u

/* Section attributes */
#define MMU_NORMAL   0x00011c0eu /* TEX=001 C B S, full access */
#define MMU_UNCACHED 0x00011c02u /* normal, not cacheable */
#define MMU_DEVICE   0x00000416u /* shareable device, privileged, XN */
#define MMU_FAULT    0x00000000u

/* Maps the section at `va` to `pa` (both 1 MiB-aligned) on all CPUs. */
void mmu_map(uint32_t va, uint32_t pa, uint32_t attributes);

/* Cleans and invalidates by address to the point of coherency. */
void mmu_clean_invalidate(const void *start, uint32_t size);
/* After writing instructions: clean to the point of unification, invalidate I-cache and predictor.
 */
void mmu_sync_code(const void *start, uint32_t size);

#endif
