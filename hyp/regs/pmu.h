/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of the performance monitors' registers: ARM ARM (DDI 0406C) B4.1, by register; C12. */
#ifndef HYP_REGS_PMU_H
#define HYP_REGS_PMU_H

#include "hyp/base/bits.h"

/* PMCR. P and C read as zero, so a value that was read may be written back. */
#define PMCR_E	  BIT32(0)
#define PMCR_P	  BIT32(1)
#define PMCR_C	  BIT32(2)
#define PMCR_D	  BIT32(3)
#define PMCR_X	  BIT32(4)
#define PMCR_DP	  BIT32(5)
#define PMCR_N	  GENMASK32(15, 11)
#define PMCR_KEEP (PMCR_E | PMCR_D | PMCR_X | PMCR_DP)

/* The cycle counter in PMCNTENSET, PMINTENSET, PMOVSR, and in PMSELR. */
#define PMU_CYCLES     BIT32(31)
#define PMU_SEL_CYCLES 31u

/* The maximum number of event counters. */
#define PMU_MAX_EVENTS 31u

/* PMXEVTYPER: also count in HYP mode */
#define PMXEVTYPER_NSH BIT32(27)

#endif
