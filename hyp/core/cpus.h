/* SPDX-License-Identifier: BSD-2-Clause */
/* The board's CPUs at boot: finds them, and starts all but the first. */
#ifndef HYP_CORE_CPUS_H
#define HYP_CORE_CPUS_H

#include "hyp/base/addr.h"
#include <stdint.h>

/* Removes from facts_board the CPUs that no method can start, with a message for each. Returns the
 * index of this CPU; refuses if it is not in the tree. */
uint32_t cpus_find(void);

/* Starts all but `self`, one after the other; refuses if one does not arrive within a second, or
 * has another value than `self` in a register of hyp/base/fixed.h. */
void cpus_start(uint32_t self, pa_t image_pa);

/* Called by a started CPU after its initialization: waits until the boot CPU has made the
 * partitions. */
void cpus_join(void);

/* Boot CPU: the partitions are made. */
void cpus_let_go(void);

#endif
