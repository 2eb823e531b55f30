/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition before its first instruction: reset, scrubbed, its images copied. */
#ifndef HYP_CORE_PARTITION_LOAD_H
#define HYP_CORE_PARTITION_LOAD_H

#include "hyp/core/vm.h"

/* One bounded step of loading (reset, scrub, copy, clean) on this CPU. The last one makes vCPU 0
 * ready to enter. No lock is held. */
void partition_load_step(struct vm *vm);

#endif
