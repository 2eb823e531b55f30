/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls to the board's firmware (PSCI by SMC, SMCCC 1.1: r0..r3 in, r0 out; SMCCC 1.0 firmware may
 * change registers up to r12). */
#ifndef HYP_HW_SMC_H
#define HYP_HW_SMC_H

#include <stdint.h>

static inline int32_t smc_call(uint32_t function, uint32_t a1, uint32_t a2, uint32_t a3)
{
	register uint32_t r0 __asm__("r0") = function;
	register uint32_t r1 __asm__("r1") = a1;
	register uint32_t r2 __asm__("r2") = a2;
	register uint32_t r3 __asm__("r3") = a3;

	__asm__ volatile(".arch_extension sec\n\tsmc #0"
			 : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)::"r12", "memory");
	return (int32_t)r0;
}

#endif
