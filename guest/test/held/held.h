/* SPDX-License-Identifier: BSD-2-Clause */
/* A vCPU whose registers another partition reads and sets while this one is paused (regs.c). */
#ifndef GUEST_TEST_HELD_HELD_H
#define GUEST_TEST_HELD_HELD_H

/* r0 to r14 are HELD_VALUE + n, but for r10, the address at which to continue, and r11, that of the
 * loop. */
#define HELD_VALUE 0x5a000000

/* What the manager sets: */
#define HELD_R5	      0x12345678
#define HELD_D7	      0x1122334455667788ull
#define HELD_TPIDRURW 0x0badcafe
#define HELD_COUNT    0x7000000000000000ull /* CNTVCT */
#define HELD_SP_IRQ   0x600df00d

#ifndef __ASSEMBLER__
#include <stdint.h>

extern uint32_t held_after[16]; /* r0..r14, CPSR, when it has continued */

void held_spin(void);

static inline uint64_t held_d(uint32_t n)
{
	return 0x0101010101010101ull * n + 0x5a;
}
#endif
#endif
