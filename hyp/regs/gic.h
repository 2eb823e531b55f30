/* SPDX-License-Identifier: BSD-2-Clause */
/* GICv2 registers: ARM IHI 0048B, chapters 4 (distributor, CPU interface) and 5 (virtual
 * interface). */
#ifndef HYP_REGS_GIC_H
#define HYP_REGS_GIC_H

#include "hyp/base/bits.h"

/* Distributor, table 4-1: byte offsets */
#define GICD_CTLR	0x000u
#define GICD_TYPER	0x004u
#define GICD_IIDR	0x008u
#define GICD_IGROUPR	0x080u
#define GICD_ISENABLER	0x100u
#define GICD_ICENABLER	0x180u
#define GICD_ISPENDR	0x200u
#define GICD_ICPENDR	0x280u
#define GICD_ISACTIVER	0x300u
#define GICD_ICACTIVER	0x380u
#define GICD_IPRIORITYR 0x400u
#define GICD_ITARGETSR	0x800u
#define GICD_ICFGR	0xc00u
#define GICD_PPISR	0xd00u /* Cortex-A15: PPI status; 0xd04.. SPI status */
#define GICD_NSACR	0xe00u
#define GICD_SGIR	0xf00u
#define GICD_CPENDSGIR	0xf10u
#define GICD_SPENDSGIR	0xf20u
#define GICD_ID		0xfd0u
#define GICD_SIZE	0x1000u

#define GICD_CTLR_GRP0 BIT32(0)
#define GICD_CTLR_GRP1 BIT32(1)

#define GICD_ICFGR_EDGE BIT32(1) /* in the two bits of each interrupt */

#define GICD_TYPER_ITLINES GENMASK32(4, 0)
#define GICD_TYPER_CPUS	   GENMASK32(7, 5)

#define GICD_SGIR_FILTER   GENMASK32(25, 24)
#define GICD_SGIR_TARGETS  GENMASK32(23, 16)
#define GICD_SGIR_TARGET_0 BIT32(16) /* the first of them */
#define GICD_SGIR_ID	   GENMASK32(3, 0)

/* CPU interface, table 4-2. GICC_DIR lies in the second 4 KiB page. */
#define GICC_CTLR  0x0000u
#define GICC_PMR   0x0004u
#define GICC_BPR   0x0008u
#define GICC_IAR   0x000cu
#define GICC_EOIR  0x0010u
#define GICC_RPR   0x0014u
#define GICC_HPPIR 0x0018u
#define GICC_ABPR  0x001cu
#define GICC_APR   0x00d0u /* to 0x00dc */
#define GICC_IIDR  0x00fcu
#define GICC_DIR   0x1000u
#define GICC_SIZE  0x2000u

#define GICC_CTLR_GRP0	  BIT32(0)
#define GICC_CTLR_GRP1	  BIT32(1)
#define GICC_CTLR_EOIMODE BIT32(9) /* non-secure view; without security extension too */
#define GICC_IAR_ID	  GENMASK32(9, 0)
#define GICC_IAR_CPU	  GENMASK32(12, 10)
#define GICC_IAR_SPURIOUS 1022u /* 1022 and 1023: no interrupt for this CPU */

/* Virtual interface control, table 5-2 */
#define GICH_HCR    0x000u
#define GICH_VTR    0x004u
#define GICH_VMCR   0x008u
#define GICH_MISR   0x010u
#define GICH_EISR0  0x020u
#define GICH_ELRSR0 0x030u
#define GICH_APR    0x0f0u
#define GICH_LR	    0x100u

#define GICH_HCR_EN	  BIT32(0)
#define GICH_HCR_UIE	  BIT32(1) /* none or one list register holds an interrupt */
#define GICH_HCR_LRENPIE  BIT32(2) /* EOICount is not 0 */
#define GICH_HCR_NPIE	  BIT32(3) /* none is pending in a list register */
#define GICH_HCR_VGRP0EIE BIT32(4)
#define GICH_HCR_VGRP0DIE BIT32(5)
#define GICH_HCR_VGRP1EIE BIT32(6)
#define GICH_HCR_VGRP1DIE BIT32(7)
#define GICH_HCR_EOICOUNT GENMASK32(31, 27)

#define GICH_VTR_LISTREGS GENMASK32(5, 0) /* number - 1 */

#define GICH_VMCR_GRP0EN  BIT32(0)
#define GICH_VMCR_GRP1EN  BIT32(1)
#define GICH_VMCR_FIQEN	  BIT32(3) /* group 0 asserts the virtual FIQ */
#define GICH_VMCR_CBPR	  BIT32(4) /* group 1 uses BP as well */
#define GICH_VMCR_EOIMODE BIT32(9)
#define GICH_VMCR_ABP	  GENMASK32(20, 18)
#define GICH_VMCR_BP	  GENMASK32(23, 21)
#define GICH_VMCR_PMR	  GENMASK32(31, 27)

#define GICH_LR_HW	 BIT32(31)
#define GICH_LR_GRP1	 BIT32(30)
#define GICH_LR_STATE	 GENMASK32(29, 28)
#define GICH_LR_PENDING	 BIT32(28)
#define GICH_LR_ACTIVE	 BIT32(29)
#define GICH_LR_PRIORITY GENMASK32(27, 23)
#define GICH_LR_PHYSID	 GENMASK32(19, 10) /* HW = 1 */
#define GICH_LR_EOI	 BIT32(19)	   /* HW = 0: maintenance interrupt on EOI */
#define GICH_LR_CPUID	 GENMASK32(12, 10) /* HW = 0, SGI: the source */
#define GICH_LR_VIRTID	 GENMASK32(9, 0)

#endif
