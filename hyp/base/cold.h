/* SPDX-License-Identifier: BSD-2-Clause */
/* Rare functions of files whose other functions are frequent. */
#ifndef HYP_BASE_COLD_H
#define HYP_BASE_COLD_H

/* A function off the frequent paths: in Thumb state, which takes three quarters of the size, and
 * not a part of its callers. (GCC's `cold` would change how these are optimized, too.) */
#ifdef __arm__
#define COLD __attribute__((noinline, target("thumb")))
#else
#define COLD __attribute__((noinline))
#endif

#endif
