/* SPDX-License-Identifier: BSD-2-Clause */
/* Moves the registers of a guest between an exit's frame and memory, in the fewest instructions. */
#ifndef HYP_HW_FRAME_H
#define HYP_HW_FRAME_H

#include "hyp/base/guest_regs.h"

static inline void hw_frame_copy(struct guest_regs *to, const struct guest_regs *from)
{
	_Static_assert(GUEST_REGS_SIZE == 64, "twice eight registers");

	__asm__ volatile("ldm	%1!, {r4-r10, r12}\n"
			 "	stm	%0!, {r4-r10, r12}\n"
			 "	ldm	%1, {r4-r10, r12}\n"
			 "	stm	%0, {r4-r10, r12}\n"
			 : "+r"(to), "+r"(from)
			 :
			 : "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r12", "memory");
}

#endif
