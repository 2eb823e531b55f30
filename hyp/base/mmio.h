/* SPDX-License-Identifier: BSD-2-Clause */
/* One trapped access to a device window: handlers never see guest registers. */
#ifndef HYP_BASE_MMIO_H
#define HYP_BASE_MMIO_H

#include <stdbool.h>
#include <stdint.h>

struct mmio {
	uint32_t offset; /* from the window's start */
	uint32_t size;	 /* bytes: 1, 2, 4; offset is a multiple of it */
	bool is_write;
	uint32_t value; /* written (bits above `size` do not count); or zeroed by the caller, then
			   read */
};

enum mmio_result {
	MMIO_OK,    /* done: `value` holds the result of a read */
	MMIO_ABORT, /* the guest takes an external abort */
	MMIO_RETRY, /* the guest runs the instruction again: another vCPU must exit first */
	MMIO_WAIT,  /* another partition answers: the vCPU waits (hyp/trap/pending.h) */
};

/* The bits that an access of 1, 2 or 4 bytes carries. */
static inline uint32_t mmio_mask(uint32_t size)
{
	return UINT32_C(0xffffffff) >> (32 - 8 * size);
}

#endif
