/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes partitions, at boot, while only the boot CPU runs. */
#ifndef HYP_CORE_PARTITION_MAKE_H
#define HYP_CORE_PARTITION_MAKE_H

#include "hyp/base/addr.h"
#include "hyp/core/vm.h"

/* The bytes of the pool that a partition of this shape needs. */
uint64_t partition_pool_size(const struct manifest_partition *config);

/* Makes partition `index`. `pool`: partition_pool_size bytes, zeroed; `memory_pa`: its RAM; `gicv`:
 * the physical virtual CPU interface. */
void partition_make(uint32_t index, const struct manifest_partition *config, uint8_t *pool,
		    pa_t pool_pa, pa_t memory_pa, pa_t gicv, uint32_t nr_lrs);

#endif
