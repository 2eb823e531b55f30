/* SPDX-License-Identifier: BSD-2-Clause */
/* The board's CPUs at boot: which there are, and how all but the first are started. */
#ifndef HYP_CORE_CPUS_H
#define HYP_CORE_CPUS_H

#include "hyp/base/addr.h"
#include <stdint.h>

/* Leaves those in facts_board that can run: CPUs that nothing can start are said and left out.
 * Returns the index of this one, or refuses: it is not in the tree. */
uint32_t cpus_find(void);

/* Starts all but `self`, one after the other; refuses if one does not come within a second. */
void cpus_start(uint32_t self, pa_t image_pa);

/* A started CPU has set itself up: waits until the boot CPU is done with the partitions. */
void cpus_join(void);

/* Boot CPU: the partitions are there. */
void cpus_let_go(void);

#endif
