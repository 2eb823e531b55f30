/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Large Physical Address Extension: long-descriptor tables (ARM ARM DDI 0406C, B3.6) of HYP's own
 * stage 1 (PL2) and of the guests' stage 2, and the registers that control the two walks.
 */
#ifndef HYP_REGS_LPAE_H
#define HYP_REGS_LPAE_H

#include "hyp/base/bits.h"

/* A table is 4 KiB of 512 descriptors; an entry spans 1 GiB, 2 MiB and 4 KiB (B3.6.4). */
#define LPAE_ENTRIES  512u
#define LPAE_L1_SHIFT 30
#define LPAE_L2_SHIFT 21
#define LPAE_L3_SHIFT 12

/* Type, B3.6.1 (levels 1 and 2: block or table) and B3.6.2 (level 3: page). 0b01 is invalid at
 * level 3, and bit 0 clear is invalid everywhere. */
#define LPAE_TYPE	GENMASK64(1, 0)
#define LPAE_TYPE_BLOCK UINT64_C(1)
#define LPAE_TYPE_TABLE UINT64_C(3)
#define LPAE_TYPE_PAGE	UINT64_C(3)
#define LPAE_VALID	BIT64(0)

#define LPAE_ADDRESS GENMASK64(39, 12) /* blocks: the bits below their size are zero */

/* Attributes of blocks and pages that both stages share, B3.6.2 */
#define LPAE_SH		GENMASK64(9, 8)
#define LPAE_SH_NONE	UINT64_C(0)
#define LPAE_SH_OUTER	UINT64_C(2)
#define LPAE_SH_INNER	UINT64_C(3)
#define LPAE_AF		BIT64(10)
#define LPAE_CONTIGUOUS BIT64(52)
#define LPAE_XN		BIT64(54)
#define LPAE_SOFTWARE	GENMASK64(58, 55) /* hardware ignores them */

/* Stage 1 of PL2. AP[1] is SBO there: PL2 has no unprivileged half. nG and PXN are SBZ. */
#define LPAE_S1_ATTR_INDEX GENMASK64(4, 2) /* byte of HMAIR0/HMAIR1 */
#define LPAE_S1_AP1	   BIT64(6)
#define LPAE_S1_READ_ONLY  BIT64(7) /* AP[2] */

/* Stage 2, tables B3-20 and B3-21: the attribute itself, and access rights */
#define LPAE_S2_ATTR		 GENMASK64(5, 2)
#define LPAE_S2_ATTR_STRONG	 UINT64_C(0x0)
#define LPAE_S2_ATTR_DEVICE	 UINT64_C(0x1)
#define LPAE_S2_ATTR_UNCACHED	 UINT64_C(0x5)
#define LPAE_S2_ATTR_WRITE_BACK	 UINT64_C(0xf)
#define LPAE_S2_ACCESS		 GENMASK64(7, 6) /* HAP[2:1] */
#define LPAE_S2_ACCESS_READ	 UINT64_C(1)
#define LPAE_S2_ACCESS_WRITE	 UINT64_C(2)
#define LPAE_S2_ACCESS_READWRITE UINT64_C(3)

/* HMAIR0 and HMAIR1 (MAIR encodings, B4.1.104): one byte an index */
#define MAIR_STRONGLY_ORDERED UINT32_C(0x00)
#define MAIR_DEVICE	      UINT32_C(0x04)
#define MAIR_UNCACHED	      UINT32_C(0x44)
#define MAIR_WRITE_BACK	      UINT32_C(0xff) /* read- and write-allocate */

/* Cacheability of table walks in HTCR and VTCR */
#define LPAE_WALK_UNCACHED   0u
#define LPAE_WALK_WRITE_BACK 1u /* write-back, write-allocate */

/* HTCR, B4.1.74 */
#define HTCR_T0SZ  GENMASK32(2, 0)
#define HTCR_IRGN0 GENMASK32(9, 8)
#define HTCR_ORGN0 GENMASK32(11, 10)
#define HTCR_SH0   GENMASK32(13, 12)
#define HTCR_RES1  (BIT32(31) | BIT32(23))

/* VTCR, B4.1.159. T0SZ is signed, S repeats its sign; SL0 = 1 starts the walk at level 1. */
#define VTCR_T0SZ  GENMASK32(3, 0)
#define VTCR_S	   BIT32(4)
#define VTCR_SL0   GENMASK32(7, 6)
#define VTCR_IRGN0 GENMASK32(9, 8)
#define VTCR_ORGN0 GENMASK32(11, 10)
#define VTCR_SH0   GENMASK32(13, 12)
#define VTCR_RES1  BIT32(31)

/* A 32-bit input address from level 1: 4 entries in the root, whose base is 32-byte-aligned */
#define LPAE_ROOT_ENTRIES 4u

/* HTTBR and VTTBR, B4.1.76 and B4.1.160 */
#define TTBR_BADDR GENMASK64(39, 5) /* for T0SZ = 0 from level 1 */
#define VTTBR_VMID GENMASK64(55, 48)

/* ID_MMFR3, B4.1.92: 1: table walks read the caches, so that descriptors need not be cleaned */
#define ID_MMFR3_COHWALK GENMASK32(23, 20)

/* PAR in its 64-bit form, B4.1.112 */
#define PAR_F	  BIT64(0)
#define PAR_FS	  GENMASK64(6, 1) /* F = 1: fault status */
#define PAR_STAGE BIT64(9)	  /* F = 1: the fault is stage 2's */
#define PAR_PA	  GENMASK64(39, 12)

#endif
