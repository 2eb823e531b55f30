/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers, and what they choose: addresses, values, calls, descriptors. */
#ifndef GUEST_TEST_FUZZ_DRAW_H
#define GUEST_TEST_FUZZ_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fuzz_draw {
	uint32_t state;
};

struct fuzz_draw draw_begin(uint32_t seed, uint32_t number);
uint32_t draw_next(struct fuzz_draw *draw);
uint32_t draw_one_of(struct fuzz_draw *draw, uint32_t count); /* 0 to count - 1 */

uint32_t draw_address(struct fuzz_draw *draw); /* of every kind, at edges, unaligned */
uint32_t draw_device(struct fuzz_draw *draw);  /* a register of a device, most often of the GIC */
uint32_t draw_value(struct fuzz_draw *draw);   /* of a register */
void draw_call(struct fuzz_draw *draw, uint32_t regs[4]);
uint32_t draw_descriptor(struct fuzz_draw *draw);

#endif
