/* SPDX-License-Identifier: BSD-2-Clause */
/* Cache maintenance by address, to the point of coherency (ARM ARM B2.2.7). Ranges may end at the
 * top of the address space. */
#ifndef HYP_HW_CACHE_H
#define HYP_HW_CACHE_H

#include <stddef.h>
#include <stdint.h>

/* Clean: what was written reaches memory, where a CPU with its caches off finds it. */
void cache_clean(const void *start, size_t size);

/* Clean and invalidate. */
void cache_flush(const void *start, size_t size);

/* All instruction caches and branch predictors of the inner-shareable domain. */
void cache_icache_flush(void);

/* CLIDR; and CCSIDR of the level that CSSELR would have. Both are this CPU's. */
uint32_t cache_levels(void);
uint32_t cache_shape(uint32_t csselr);

/* One set/way operation that a guest asked for, done as clean-and-invalidate on this CPU: an
 * invalidate alone would lose other partitions' dirty lines. The operand is one that the CPU has:
 * cp15_set_way. */
void cache_flush_set_way(uint32_t operand);

#endif
