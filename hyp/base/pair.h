/* SPDX-License-Identifier: BSD-2-Clause */
/* Doublewords that other CPUs read or write meanwhile. */
#ifndef HYP_BASE_PAIR_H
#define HYP_BASE_PAIR_H

#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) pair_t;

/* One that is aligned, single-copy atomic (ARM ARM A3.5.3). GCC 14 takes an address with an index
 * for the LDRD of an atomic load, also where a destination is the index: UNPREDICTABLE (A8.8.74).
 * So the address is made before. */
static inline uint64_t pair_load(const void *at)
{
	const pair_t *pair = at;

#ifdef __arm__
	__asm__("" : "+r"(pair));
#endif
	return __atomic_load_n(pair, __ATOMIC_RELAXED);
}

#endif
