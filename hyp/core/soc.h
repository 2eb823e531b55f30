/* SPDX-License-Identifier: BSD-2-Clause */
/* SoC-specific operations: start of the counter and of CPUs, power-off. board.soc and board.start
 * select them. PSCI is not among them: the caller (hyp/core/cpus.c) handles it. */
#ifndef HYP_CORE_SOC_H
#define HYP_CORE_SOC_H

#include "hyp/board/board.h"

/* Boot CPU, once, when devices can be mapped and before the first read of the time. `board` must
 * stay valid. */
void soc_init(const struct board *board);

/* Can soc_start_cpu start CPU `index` of the board? */
bool soc_can_start(const struct board *board, uint32_t index);

/* Called after the GIC is set up. Returns 0, or a negative number if the CPU cannot be started. The
 * CPU arrives at `entry` (physical) with its MMU off, in the mode that firmware left it in. */
int32_t soc_start_cpu(const struct board *board, uint32_t index, uint32_t entry);

/* Returns only if the board cannot do it. */
void soc_power_off(void);

#endif
