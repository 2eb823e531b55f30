/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/hw/zero.h on the host. */
#ifndef HYP_HW_ZERO_H
#define HYP_HW_ZERO_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static inline void zero_fill(void *to, size_t size)
{
	if (size == 0 || size % 64 != 0) {
		abort(); /* the loop in assembly would not end there */
	}
	memset(to, 0, size);
}

#endif
