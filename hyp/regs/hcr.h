/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of the system control registers, PL1's and HYP's: ARM ARM (DDI 0406C) B4.1, by register.
 * Those of the translation tables (HTCR, VTCR, VTTBR, PAR) are in lpae.h. */
#ifndef HYP_REGS_HCR_H
#define HYP_REGS_HCR_H

#include "hyp/base/bits.h"

/* HCR: traps and routing to HYP */
#define HCR_VM	     BIT32(0)
#define HCR_SWIO     BIT32(1) /* DCISW cleans as well */
#define HCR_PTW	     BIT32(2)
#define HCR_FMO	     BIT32(3)
#define HCR_IMO	     BIT32(4)
#define HCR_AMO	     BIT32(5)
#define HCR_VF	     BIT32(6)
#define HCR_VI	     BIT32(7)
#define HCR_VA	     BIT32(8)
#define HCR_FB	     BIT32(9)
#define HCR_BSU	     GENMASK32(11, 10)
#define HCR_BSU_NONE 0u
#define HCR_BSU_IS   1u
#define HCR_BSU_OS   2u
#define HCR_BSU_FULL 3u
#define HCR_DC	     BIT32(12)
#define HCR_TWI	     BIT32(13)
#define HCR_TWE	     BIT32(14)
#define HCR_TID0     BIT32(15)
#define HCR_TID1     BIT32(16)
#define HCR_TID2     BIT32(17)
#define HCR_TID3     BIT32(18)
#define HCR_TSC	     BIT32(19)
#define HCR_TIDCP    BIT32(20)
#define HCR_TAC	     BIT32(21)
#define HCR_TSW	     BIT32(22)
#define HCR_TPC	     BIT32(23)
#define HCR_TPU	     BIT32(24)
#define HCR_TTLB     BIT32(25)
#define HCR_TVM	     BIT32(26)
#define HCR_TGE	     BIT32(27)

/* HCPTR: coprocessors */
#define HCPTR_TCP(n)  BIT32(n) /* 0..13 */
#define HCPTR_TCP10   BIT32(10)
#define HCPTR_TCP11   BIT32(11)
#define HCPTR_TASE    BIT32(15)
#define HCPTR_TTA     BIT32(20)
#define HCPTR_TCPAC   BIT32(31)
/* Every coprocessor but 14 and 15, which have traps of their own. */
#define HCPTR_TCP_ALL GENMASK32(13, 0)

/* HSTR: CP15 by CRn (CRm of a 64-bit access); 4 and 14 are reserved */
#define HSTR_T(n)  BIT32(n)
#define HSTR_T9	   BIT32(9)
#define HSTR_T11   BIT32(11)
#define HSTR_T15   BIT32(15)
#define HSTR_TJDBX BIT32(17)

/* HDCR: debug and performance monitors */
#define HDCR_HPMN  GENMASK32(4, 0)
#define HDCR_TPMCR BIT32(5)
#define HDCR_TPM   BIT32(6)
#define HDCR_HPME  BIT32(7)
#define HDCR_TDE   BIT32(8)
#define HDCR_TDA   BIT32(9)
#define HDCR_TDOSA BIT32(10)
#define HDCR_TDRA  BIT32(11)

/* SCTLR; HSCTLR has M, A, C, CP15BEN, I, WXN, EE, TE at the same places */
#define SCTLR_M	      BIT32(0)
#define SCTLR_A	      BIT32(1)
#define SCTLR_C	      BIT32(2)
#define SCTLR_CP15BEN BIT32(5)
#define SCTLR_SW      BIT32(10)
#define SCTLR_Z	      BIT32(11)
#define SCTLR_I	      BIT32(12)
#define SCTLR_V	      BIT32(13)
#define SCTLR_HA      BIT32(17)
#define SCTLR_WXN     BIT32(19)
#define SCTLR_UWXN    BIT32(20)
#define SCTLR_FI      BIT32(21)
#define SCTLR_VE      BIT32(24)
#define SCTLR_EE      BIT32(25)
#define SCTLR_NMFI    BIT32(27)
#define SCTLR_TRE     BIT32(28)
#define SCTLR_AFE     BIT32(29)
#define SCTLR_TE      BIT32(30)

/* Cortex-A15 TRM (DDI 0438), 4.3.27 */
#define ACTLR_BTB_INVALIDATE BIT32(0)
#define ACTLR_SMP	     BIT32(6)

/* SCR */
#define SCR_NS	BIT32(0)
#define SCR_SCD BIT32(7)
#define SCR_HCE BIT32(8)

/* ISR: pending interrupts and aborts; in HYP the physical ones */
#define ISR_F BIT32(6)
#define ISR_I BIT32(7)
#define ISR_A BIT32(8)

/* CPACR */
#define CPACR_CP10   GENMASK32(21, 20)
#define CPACR_CP11   GENMASK32(23, 22)
#define CPACR_D32DIS BIT32(30)
#define CPACR_ASEDIS BIT32(31)

/* TTBCR */
#define TTBCR_EAE BIT32(31)

/* HPFAR: IPA 39..12 */
#define HPFAR_FIPA GENMASK32(31, 4)

#endif
