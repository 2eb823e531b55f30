/* SPDX-License-Identifier: BSD-2-Clause */
/* Hyp Syndrome Register, ARM ARM B3.13.6 and B4.1. */
#ifndef HYP_REGS_HSR_H
#define HYP_REGS_HSR_H

#include "hyp/base/bits.h"

#define HSR_EC	GENMASK32(31, 26)
#define HSR_IL	BIT32(25) /* 1: a 32-bit instruction; not valid for IABT, or DABT with ISV=0 */
#define HSR_ISS GENMASK32(24, 0)

#define HSR_EC_UNKNOWN	0x00u
#define HSR_EC_WFX	0x01u
#define HSR_EC_CP15_32	0x03u
#define HSR_EC_CP15_64	0x04u
#define HSR_EC_CP14_32	0x05u
#define HSR_EC_CP14_LS	0x06u
#define HSR_EC_HCPTR	0x07u
#define HSR_EC_CP10_ID	0x08u
#define HSR_EC_JAZELLE	0x09u
#define HSR_EC_BXJ	0x0au
#define HSR_EC_CP14_64	0x0cu
#define HSR_EC_SVC_HYP	0x11u
#define HSR_EC_HVC	0x12u
#define HSR_EC_SMC	0x13u
#define HSR_EC_IABT	0x20u
#define HSR_EC_IABT_HYP 0x21u
#define HSR_EC_DABT	0x24u
#define HSR_EC_DABT_HYP 0x25u

/* Valid only for EC 0x01..0x0f, traps of conditional instructions. SVC, HVC and SMC are taken only
 * if their condition passed; aborts use these bits for other fields. */
#define HSR_CV	 BIT32(24)
#define HSR_COND GENMASK32(23, 20)

/* MCR, MRC to CP14, CP15; VMRS of an ID register (EC 3, 5, 8) */
#define HSR_CP_OPC2   GENMASK32(19, 17)
#define HSR_CP_OPC1   GENMASK32(16, 14)
#define HSR_CP_CRN    GENMASK32(13, 10)
#define HSR_CP_RT     GENMASK32(8, 5)
#define HSR_CP_CRM    GENMASK32(4, 1)
#define HSR_CP_READ   BIT32(0)
/* MCRR, MRRC (EC 4, 12) */
#define HSR_CP64_OPC1 GENMASK32(19, 16)
#define HSR_CP64_RT2  GENMASK32(13, 10)

/* HCPTR-trapped access (EC 7) */
#define HSR_HCPTR_TA	 BIT32(5)
#define HSR_HCPTR_COPROC GENMASK32(3, 0)

#define HSR_WFX_WFE BIT32(0)

#define HSR_HVC_IMM GENMASK32(15, 0)

/* Data and prefetch aborts */
#define HSR_DABT_ISV  BIT32(24)
#define HSR_DABT_SAS  GENMASK32(23, 22) /* 0 byte, 1 half, 2 word */
#define HSR_DABT_SSE  BIT32(21)
#define HSR_DABT_SRT  GENMASK32(19, 16)
#define HSR_ABT_EA    BIT32(9)
#define HSR_DABT_CM   BIT32(8)
#define HSR_ABT_S1PTW BIT32(7)
#define HSR_DABT_WNR  BIT32(6)
#define HSR_ABT_FSC   GENMASK32(5, 0)

#define FSC_TRANSLATION_L1 0x05u /* ..0x07: level 1 to 3 */
#define FSC_ACCESS_L1	   0x09u
#define FSC_ASYNC_EXTERNAL 0x11u
#define FSC_ASYNC_PARITY   0x19u
#define FSC_PERMISSION_L1  0x0du

#endif
