/* SPDX-License-Identifier: BSD-2-Clause */
/* Less frequent functions of files whose other functions are frequent. */
#ifndef HYP_BASE_COLD_H
#define HYP_BASE_COLD_H

/* COLD_THUMB: a function that is not on the shortest paths: in Thumb state, which takes three
 * quarters of the size, and not a part of its callers. COLD: off the frequent paths, so optimized
 * for size too; and so are those places of its callers that only lead to it. */
#ifdef __arm__
#define COLD_THUMB __attribute__((noinline, target("thumb")))
#define COLD	   __attribute__((noinline, cold, target("thumb")))
#else
#define COLD_THUMB __attribute__((noinline))
#define COLD	   __attribute__((noinline))
#endif

#endif
