/* SPDX-License-Identifier: BSD-2-Clause */
/* The results of boot about the board and its CPUs, constant afterwards. */
#ifndef HYP_CORE_FACTS_H
#define HYP_CORE_FACTS_H

#include "hyp/board/board.h"
#include "hyp/trap/cp15.h"

extern struct board facts_board;
extern struct cp15_id facts_host_id;
extern uint32_t facts_fpsid;	  /* 0: the CPU has no VFP */
extern uint64_t facts_time_slice; /* counter ticks */
extern uint64_t facts_tty_tick;	  /* the same */

/* Is the branch predictor invalidated before another partition's vCPU runs? */
extern bool facts_forgets_branches;

/* Cortex-A15 r0p4 and before, erratum 766422: HSR.Rt of a Thumb store may be wrong. */
extern bool facts_rt_unreliable;

/* Counter ticks a second. */
uint32_t facts_timer_hz(void);

#endif
