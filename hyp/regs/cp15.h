/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * CP15 and CP14 registers by the names of ARM ARM (DDI 0406C) B3.17 and C11.11, once each, for
 * C and assembly. A 32-bit register is `coproc, opc1, CRn, CRm, opc2` as MCR writes it; a 64-bit
 * one is `coproc, opc1, CRm` as MCRR does. Accessors turn the tokens into text, tables take them
 * through CP_REG and CP_REG64, or as one number, by which a sorted table is searched.
 */
#ifndef HYP_REGS_CP15_H
#define HYP_REGS_CP15_H

/* An initialiser of struct cp15_reg (hyp/trap/cp15.h): CP_REG(SCTLR), CP_REG64(VTTBR). */
#define CP_REG(...)   CP_REG_TOKENS(__VA_ARGS__)
#define CP_REG64(...) CP_REG64_TOKENS(__VA_ARGS__)
/* clang-format off */
#define CP_REG_TOKENS(cp, op1, n, m, op2) \
	{ .coproc = CP_TOKEN_##cp, .opc1 = op1, .crn = CP_TOKEN_##n, .crm = CP_TOKEN_##m, .opc2 = op2, \
	  .wide = false }
#define CP_REG64_TOKENS(cp, op1, m) \
	{ .coproc = CP_TOKEN_##cp, .opc1 = op1, .crn = 0, .crm = CP_TOKEN_##m, .opc2 = 0, .wide = true }
/* clang-format on */

/* The number of an encoding: ascending by coprocessor, wide, CRn, opc1, CRm, opc2, each as wide as
 * in an instruction. CP_NUMBER(SCTLR), CP_NUMBER64(VTTBR): constants. */
#define CP_NUMBER_OF(coproc, wide, crn, opc1, crm, opc2) \
	((((((coproc) << 1 | (wide)) << 4 | (crn)) << 4 | (opc1)) << 4 | (crm)) << 3 | (opc2))
#define CP_NUMBER(...)	 CP_NUMBER_TOKENS(__VA_ARGS__)
#define CP_NUMBER64(...) CP_NUMBER64_TOKENS(__VA_ARGS__)
#define CP_NUMBER_TOKENS(cp, op1, n, m, op2) \
	CP_NUMBER_OF(CP_TOKEN_##cp, 0, CP_TOKEN_##n, op1, CP_TOKEN_##m, op2)
#define CP_NUMBER64_TOKENS(cp, op1, m) CP_NUMBER_OF(CP_TOKEN_##cp, 1, 0, op1, CP_TOKEN_##m, 0)

#define CP_TOKEN_p10 10
#define CP_TOKEN_p14 14
#define CP_TOKEN_p15 15
#define CP_TOKEN_c0  0
#define CP_TOKEN_c1  1
#define CP_TOKEN_c2  2
#define CP_TOKEN_c3  3
#define CP_TOKEN_c4  4
#define CP_TOKEN_c5  5
#define CP_TOKEN_c6  6
#define CP_TOKEN_c7  7
#define CP_TOKEN_c8  8
#define CP_TOKEN_c9  9
#define CP_TOKEN_c10 10
#define CP_TOKEN_c11 11
#define CP_TOKEN_c12 12
#define CP_TOKEN_c13 13
#define CP_TOKEN_c14 14
#define CP_TOKEN_c15 15

/* c0: identification */
#define MIDR	 p15, 0, c0, c0, 0
#define CTR	 p15, 0, c0, c0, 1
#define TCMTR	 p15, 0, c0, c0, 2
#define TLBTR	 p15, 0, c0, c0, 3
#define MPIDR	 p15, 0, c0, c0, 5
#define REVIDR	 p15, 0, c0, c0, 6
#define ID_PFR0	 p15, 0, c0, c1, 0
#define ID_PFR1	 p15, 0, c0, c1, 1
#define ID_DFR0	 p15, 0, c0, c1, 2
#define ID_AFR0	 p15, 0, c0, c1, 3
#define ID_MMFR0 p15, 0, c0, c1, 4
#define ID_MMFR1 p15, 0, c0, c1, 5
#define ID_MMFR2 p15, 0, c0, c1, 6
#define ID_MMFR3 p15, 0, c0, c1, 7
#define ID_ISAR0 p15, 0, c0, c2, 0
#define ID_ISAR1 p15, 0, c0, c2, 1
#define ID_ISAR2 p15, 0, c0, c2, 2
#define ID_ISAR3 p15, 0, c0, c2, 3
#define ID_ISAR4 p15, 0, c0, c2, 4
#define ID_ISAR5 p15, 0, c0, c2, 5
#define CCSIDR	 p15, 1, c0, c0, 0
#define CLIDR	 p15, 1, c0, c0, 1
#define AIDR	 p15, 1, c0, c0, 7
#define CSSELR	 p15, 2, c0, c0, 0
#define VPIDR	 p15, 4, c0, c0, 0
#define VMPIDR	 p15, 4, c0, c0, 5

/* c1: control */
#define SCTLR  p15, 0, c1, c0, 0
#define ACTLR  p15, 0, c1, c0, 1
#define CPACR  p15, 0, c1, c0, 2
#define SCR    p15, 0, c1, c1, 0
#define SDER   p15, 0, c1, c1, 1
#define NSACR  p15, 0, c1, c1, 2
#define HSCTLR p15, 4, c1, c0, 0
#define HACTLR p15, 4, c1, c0, 1
#define HCR    p15, 4, c1, c1, 0
#define HDCR   p15, 4, c1, c1, 1
#define HCPTR  p15, 4, c1, c1, 2
#define HSTR   p15, 4, c1, c1, 3
#define HACR   p15, 4, c1, c1, 7

/* c2, c3: translation tables, domains */
#define TTBR0	 p15, 0, c2, c0, 0
#define TTBR1	 p15, 0, c2, c0, 1
#define TTBCR	 p15, 0, c2, c0, 2
#define HTCR	 p15, 4, c2, c0, 2
#define VTCR	 p15, 4, c2, c1, 2
#define TTBR0_64 p15, 0, c2
#define TTBR1_64 p15, 1, c2
#define HTTBR	 p15, 4, c2
#define VTTBR	 p15, 6, c2
#define DACR	 p15, 0, c3, c0, 0

/* c5, c6: faults */
#define DFSR   p15, 0, c5, c0, 0
#define IFSR   p15, 0, c5, c0, 1
#define ADFSR  p15, 0, c5, c1, 0
#define AIFSR  p15, 0, c5, c1, 1
#define HADFSR p15, 4, c5, c1, 0
#define HAIFSR p15, 4, c5, c1, 1
#define HSR    p15, 4, c5, c2, 0
#define DFAR   p15, 0, c6, c0, 0
#define IFAR   p15, 0, c6, c0, 2
#define HDFAR  p15, 4, c6, c0, 0
#define HIFAR  p15, 4, c6, c0, 2
#define HPFAR  p15, 4, c6, c0, 4

/* c7: caches, predictors, barriers, address translation */
#define ICIALLUIS  p15, 0, c7, c1, 0
#define BPIALLIS   p15, 0, c7, c1, 6
#define PAR	   p15, 0, c7, c4, 0
#define PAR_64	   p15, 0, c7
#define ICIALLU	   p15, 0, c7, c5, 0
#define ICIMVAU	   p15, 0, c7, c5, 1
#define CP15ISB	   p15, 0, c7, c5, 4
#define BPIALL	   p15, 0, c7, c5, 6
#define BPIMVA	   p15, 0, c7, c5, 7
#define DCIMVAC	   p15, 0, c7, c6, 1
#define DCISW	   p15, 0, c7, c6, 2
#define ATS1CPR	   p15, 0, c7, c8, 0
#define ATS1CPW	   p15, 0, c7, c8, 1
#define ATS1CUR	   p15, 0, c7, c8, 2
#define ATS1CUW	   p15, 0, c7, c8, 3
#define ATS12NSOPR p15, 0, c7, c8, 4
#define ATS12NSOPW p15, 0, c7, c8, 5
#define ATS12NSOUR p15, 0, c7, c8, 6
#define ATS12NSOUW p15, 0, c7, c8, 7
#define ATS1HR	   p15, 4, c7, c8, 0
#define ATS1HW	   p15, 4, c7, c8, 1
#define DCCMVAC	   p15, 0, c7, c10, 1
#define DCCSW	   p15, 0, c7, c10, 2
#define CP15DSB	   p15, 0, c7, c10, 4
#define CP15DMB	   p15, 0, c7, c10, 5
#define DCCMVAU	   p15, 0, c7, c11, 1
#define DCCIMVAC   p15, 0, c7, c14, 1
#define DCCISW	   p15, 0, c7, c14, 2

/* c8: TLBs */
#define TLBIALLIS     p15, 0, c8, c3, 0
#define TLBIMVAIS     p15, 0, c8, c3, 1
#define TLBIASIDIS    p15, 0, c8, c3, 2
#define TLBIMVAAIS    p15, 0, c8, c3, 3
#define ITLBIALL      p15, 0, c8, c5, 0
#define ITLBIMVA      p15, 0, c8, c5, 1
#define ITLBIASID     p15, 0, c8, c5, 2
#define DTLBIALL      p15, 0, c8, c6, 0
#define DTLBIMVA      p15, 0, c8, c6, 1
#define DTLBIASID     p15, 0, c8, c6, 2
#define TLBIALL	      p15, 0, c8, c7, 0
#define TLBIMVA	      p15, 0, c8, c7, 1
#define TLBIASID      p15, 0, c8, c7, 2
#define TLBIMVAA      p15, 0, c8, c7, 3
#define TLBIALLHIS    p15, 4, c8, c3, 0
#define TLBIMVAHIS    p15, 4, c8, c3, 1
#define TLBIALLNSNHIS p15, 4, c8, c3, 4
#define TLBIALLH      p15, 4, c8, c7, 0
#define TLBIMVAH      p15, 4, c8, c7, 1
#define TLBIALLNSNH   p15, 4, c8, c7, 4

/* c9: performance monitors; the Cortex-A15's and A7's L2 control */
#define PMCR	   p15, 0, c9, c12, 0
#define PMCNTENSET p15, 0, c9, c12, 1
#define PMCNTENCLR p15, 0, c9, c12, 2
#define PMOVSR	   p15, 0, c9, c12, 3
#define PMSWINC	   p15, 0, c9, c12, 4
#define PMSELR	   p15, 0, c9, c12, 5
#define PMCEID0	   p15, 0, c9, c12, 6
#define PMCEID1	   p15, 0, c9, c12, 7
#define PMCCNTR	   p15, 0, c9, c13, 0
#define PMXEVTYPER p15, 0, c9, c13, 1
#define PMXEVCNTR  p15, 0, c9, c13, 2
#define PMUSERENR  p15, 0, c9, c14, 0
#define PMINTENSET p15, 0, c9, c14, 1
#define PMINTENCLR p15, 0, c9, c14, 2
#define PMOVSSET   p15, 0, c9, c14, 3
#define L2CTLR	   p15, 1, c9, c0, 2
#define L2ECTLR	   p15, 1, c9, c0, 3

/* c10: memory attributes. PRRR and NMRR are MAIR0 and MAIR1 when TTBCR.EAE = 0. */
#define PRRR	p15, 0, c10, c2, 0
#define NMRR	p15, 0, c10, c2, 1
#define MAIR0	p15, 0, c10, c2, 0
#define MAIR1	p15, 0, c10, c2, 1
#define AMAIR0	p15, 0, c10, c3, 0
#define AMAIR1	p15, 0, c10, c3, 1
#define HMAIR0	p15, 4, c10, c2, 0
#define HMAIR1	p15, 4, c10, c2, 1
#define HAMAIR0 p15, 4, c10, c3, 0
#define HAMAIR1 p15, 4, c10, c3, 1

/* c12, c13: vectors, context and thread IDs */
#define VBAR	   p15, 0, c12, c0, 0
#define MVBAR	   p15, 0, c12, c0, 1
#define ISR	   p15, 0, c12, c1, 0
#define HVBAR	   p15, 4, c12, c0, 0
#define FCSEIDR	   p15, 0, c13, c0, 0
#define CONTEXTIDR p15, 0, c13, c0, 1
#define TPIDRURW   p15, 0, c13, c0, 2
#define TPIDRURO   p15, 0, c13, c0, 3
#define TPIDRPRW   p15, 0, c13, c0, 4
#define HTPIDR	   p15, 4, c13, c0, 2

/* c14: generic timer */
#define CNTFRQ	   p15, 0, c14, c0, 0
#define CNTKCTL	   p15, 0, c14, c1, 0
#define CNTP_TVAL  p15, 0, c14, c2, 0
#define CNTP_CTL   p15, 0, c14, c2, 1
#define CNTV_TVAL  p15, 0, c14, c3, 0
#define CNTV_CTL   p15, 0, c14, c3, 1
#define CNTHCTL	   p15, 4, c14, c1, 0
#define CNTHP_TVAL p15, 4, c14, c2, 0
#define CNTHP_CTL  p15, 4, c14, c2, 1
#define CNTPCT	   p15, 0, c14
#define CNTVCT	   p15, 1, c14
#define CNTP_CVAL  p15, 2, c14
#define CNTV_CVAL  p15, 3, c14
#define CNTVOFF	   p15, 4, c14
#define CNTHP_CVAL p15, 6, c14

/* c15: where the Cortex-A15's private peripherals are; its L2 cache */
#define CBAR	p15, 4, c15, c0, 0
#define L2ACTLR p15, 1, c15, c0, 0
#define ACTLR2	p15, 1, c15, c0, 4

/* CP14: debug (C11.11). Breakpoints and watchpoints: CRm is the number, here n = c0..c15. */
#define DBGDIDR	      p14, 0, c0, c0, 0
#define DBGDSCRINT    p14, 0, c0, c1, 0
#define DBGDTRINT     p14, 0, c0, c5, 0 /* DBGDTRRXint when read, DBGDTRTXint when written */
#define DBGWFAR	      p14, 0, c0, c6, 0
#define DBGVCR	      p14, 0, c0, c7, 0
#define DBGECR	      p14, 0, c0, c9, 0
#define DBGDSCCR      p14, 0, c0, c10, 0
#define DBGDSMCR      p14, 0, c0, c11, 0
#define DBGDTRRXEXT   p14, 0, c0, c0, 2
#define DBGDSCREXT    p14, 0, c0, c2, 2
#define DBGDTRTXEXT   p14, 0, c0, c3, 2
#define DBGDRCR	      p14, 0, c0, c4, 2
#define DBGBVR(n)     p14, 0, c0, n, 4
#define DBGBCR(n)     p14, 0, c0, n, 5
#define DBGWVR(n)     p14, 0, c0, n, 6
#define DBGWCR(n)     p14, 0, c0, n, 7
#define DBGBXVR(n)    p14, 0, c1, n, 1
#define DBGDRAR	      p14, 0, c1, c0, 0
#define DBGDRAR_64    p14, 0, c1
#define DBGOSLAR      p14, 0, c1, c0, 4
#define DBGOSLSR      p14, 0, c1, c1, 4
#define DBGOSSRR      p14, 0, c1, c2, 4
#define DBGOSDLR      p14, 0, c1, c3, 4
#define DBGPRCR	      p14, 0, c1, c4, 4
#define DBGPRSR	      p14, 0, c1, c5, 4
#define DBGDSAR	      p14, 0, c2, c0, 0
#define DBGDSAR_64    p14, 0, c2
#define DBGITCTRL     p14, 0, c7, c0, 4
#define DBGCLAIMSET   p14, 0, c7, c8, 6
#define DBGCLAIMCLR   p14, 0, c7, c9, 6
#define DBGAUTHSTATUS p14, 0, c7, c14, 6
#define DBGDEVID2     p14, 0, c7, c0, 7
#define DBGDEVID1     p14, 0, c7, c1, 7
#define DBGDEVID      p14, 0, c7, c2, 7

/* CP10 by MRC, another encoding of VMRS: the registers that HCR.TID3 traps */
#define MVFR1 p10, 7, c6, c0, 0
#define MVFR0 p10, 7, c7, c0, 0

/* CP14: ThumbEE (A2.10), Jazelle (A2.9) */
#define TEECR  p14, 6, c0, c0, 0
#define TEEHBR p14, 6, c1, c0, 0
#define JIDR   p14, 7, c0, c0, 0
#define JOSCR  p14, 7, c1, c0, 0
#define JMCR   p14, 7, c2, c0, 0

#endif
