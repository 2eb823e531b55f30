/* SPDX-License-Identifier: BSD-2-Clause */
/* Frequent functions of files that are compiled in Thumb state. */
#ifndef HYP_BASE_HOT_H
#define HYP_BASE_HOT_H

/* A function on a shortest path: in Arm state, where it takes fewer instructions. */
#ifdef __arm__
#define HOT_ARM __attribute__((target("arm")))
#else
#define HOT_ARM
#endif

#endif
