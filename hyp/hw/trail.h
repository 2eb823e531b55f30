/* SPDX-License-Identifier: BSD-2-Clause */
/* The exits of a vCPU that are interrupts, into its trail (hyp/base/trail.h). */
#ifndef HYP_HW_TRAIL_H
#define HYP_HW_TRAIL_H

#include "hyp/base/trail.h"

/* iar: as GICC_IAR was read. The entry's `word` is any value. */
static inline void hw_trail(struct trail_entry **cursor, uint32_t iar, uint32_t pc, uint32_t cpsr)
{
	register uint32_t cause __asm__("r1") = iar; /* STM stores them in this order */
	register uint32_t at __asm__("r2") = pc;
	register uint32_t in __asm__("r3") = cpsr;
	struct trail_entry *next = *cursor;

	__asm__ volatile("stm	%0!, {r0, r1, r2, r3}\n"
			 "	bic	%0, %0, %4\n"
			 : "+r"(next)
			 : "r"(cause), "r"(at), "r"(in), "i"(TRAIL_SIZE)
			 : "memory");
	*cursor = next;
}

#endif
