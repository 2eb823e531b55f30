/* SPDX-License-Identifier: BSD-2-Clause */
/* Cache maintenance by address, to the point of coherency (ARM ARM B2.2.7). Ranges may end at the
 * top of the address space. */
#ifndef HYP_HW_CACHE_H
#define HYP_HW_CACHE_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a cache line: the Cortex-A15's and -A7's (their TRMs, 6.1). What several CPUs write has
 * lines of its own, so that they do not wait for each other without need. */
#define CACHE_LINE 64

/* Clean: written data reaches memory, where a CPU with its caches off reads it. */
void cache_clean(const void *start, size_t size);

/* Clean and invalidate. */
void cache_flush(const void *start, size_t size);

/* All instruction caches and branch predictors of the inner-shareable domain. */
void cache_icache_flush(void);

/* CLIDR, and CCSIDR of the level with this CSSELR value. Both are this CPU's. */
uint32_t cache_levels(void);
uint32_t cache_shape(uint32_t csselr);

/* A guest's set/way operation, executed as clean-and-invalidate on this CPU: invalidation without
 * cleaning would lose other partitions' dirty lines. The operand must be valid on this CPU:
 * cp15_set_way. */
void cache_flush_set_way(uint32_t operand);

#endif
