/* SPDX-License-Identifier: BSD-2-Clause */
/* What boards do each in their own way: start of the counter and of CPUs, power-off. Which way:
 * board.soc and board.start. PSCI is not among these ways: it is the caller's (hyp/core/cpus.c). */
#ifndef HYP_CORE_SOC_H
#define HYP_CORE_SOC_H

#include "hyp/board/board.h"

/* Boot CPU, once, when devices can be mapped and before anything reads the time. `board` stays. */
void soc_init(const struct board *board);

/* Can soc_start_cpu start CPU `index` of the board? */
bool soc_can_start(const struct board *board, uint32_t index);

/* After the GIC is set up. 0, or negative: it cannot. The CPU comes to `entry` (physical) with its
 * MMU off, in the mode that it was left in. */
int32_t soc_start_cpu(const struct board *board, uint32_t index, uint32_t entry);

/* Returns if the board cannot do it. */
void soc_power_off(void);

#endif
