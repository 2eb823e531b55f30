/* SPDX-License-Identifier: BSD-2-Clause */
/* Bits of the generic timer's registers: ARM ARM (DDI 0406C) B4.1 and B8.1. */
#ifndef HYP_REGS_TIMER_H
#define HYP_REGS_TIMER_H

#include "hyp/base/bits.h"

/* CNTHCTL: access of PL1 and PL0 to the physical counter and timer */
#define CNTHCTL_PL1PCTEN BIT32(0) /* CNTPCT */
#define CNTHCTL_PL1PCEN	 BIT32(1) /* CNTP_CVAL, _TVAL, _CTL */
#define CNTHCTL_EVNTEN	 BIT32(2)
#define CNTHCTL_EVNTDIR	 BIT32(3)
#define CNTHCTL_EVNTI	 GENMASK32(7, 4)

/* CNTKCTL: access of PL0 */
#define CNTKCTL_PL0PCTEN BIT32(0)
#define CNTKCTL_PL0VCTEN BIT32(1)
#define CNTKCTL_EVNTEN	 BIT32(2)
#define CNTKCTL_EVNTDIR	 BIT32(3)
#define CNTKCTL_EVNTI	 GENMASK32(7, 4)
#define CNTKCTL_PL0VTEN	 BIT32(8)
#define CNTKCTL_PL0PTEN	 BIT32(9)

/* CNTP_CTL, CNTV_CTL, CNTHP_CTL */
#define CNT_CTL_ENABLE	BIT32(0)
#define CNT_CTL_IMASK	BIT32(1)
#define CNT_CTL_ISTATUS BIT32(2)

#endif
