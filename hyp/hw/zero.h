/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HYP_HW_ZERO_H
#define HYP_HW_ZERO_H

#include <stddef.h>

/* Clears memory by whole registers, in a quarter of the instructions of memset: `to` and `size` are
 * multiples of 64 bytes, and size is not 0. hyp/hw/zero.S. */
void zero_fill(void *to, size_t size);

#endif
