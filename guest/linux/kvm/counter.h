/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0 */
/* The virtual counter: cheaper than Linux's clocks. */
#ifndef PLUMBLINE_KVM_COUNTER_H
#define PLUMBLINE_KVM_COUNTER_H

#include <linux/types.h>

static inline u64 counter_now(void)
{
	u64 now;

	asm volatile("isb\n\tmrrc p15, 1, %Q0, %R0, c14" : "=r"(now));
	return now;
}

static inline u32 counter_per_second(void)
{
	u32 hz;

	asm("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	return hz;
}

#endif
