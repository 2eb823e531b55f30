/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spin locks between CPUs (ARM ARM A3.4). The monitor runs with interrupts masked, so a lock is
 * never taken twice on one CPU. Their order: hyp/core/locks.h. A lock is held for a few hundred
 * instructions, so a waiting CPU uses YIELD; WFE would cost each release a DSB and a SEV. CPUs get
 * the lock in order of arrival: each draws a number and waits for its turn.
 */
#ifndef HYP_HW_LOCK_H
#define HYP_HW_LOCK_H

#include "hyp/hw/cache.h"
#include "hyp/hw/sysreg.h"

struct lock {
	/* The number that holds the lock; free if it equals `next`. CPUs that wait read it all the
	 * time: a line of its own. */
	_Alignas(CACHE_LINE) volatile uint16_t turn;
	volatile uint16_t next; /* the number to be drawn; both wrap */
};

/* `rank`: its place in the order of locks, which tests check. `turn` and `next` share a
 * little-endian word, so one STREX draws a number. The store of `turn` on release makes another
 * CPU's STREX fail (A3.4.1), and that CPU then draws again. */
static inline void lock_take(struct lock *lock, uint32_t rank)
{
	uint32_t drawn, value;

	(void)rank;
	__asm__ volatile("1:	ldrex	%0, [%2]\n"
			 "	add	%1, %0, #0x10000\n"
			 "	strex	r12, %1, [%2]\n"
			 "	cmp	r12, #0\n"
			 "	bne	1b\n"
			 "	cmp	%0, %0, ror #16\n"
			 "	bne	2f\n"
			 "3:	dmb\n"
			 "	.subsection 1\n"
			 "2:	yield\n"
			 "	ldrh	%1, [%2]\n"
			 "	cmp	%1, %0, lsr #16\n"
			 "	bne	2b\n"
			 "	b	3b\n"
			 "	.previous\n"
			 : "=&r"(drawn), "=&r"(value)
			 : "r"(lock)
			 : "r12", "memory", "cc");
}

static inline void lock_drop(struct lock *lock)
{
	/* Only the holder writes it. As volatile, it would be extended to 32 bits twice. */
	uint16_t *turn = (uint16_t *)(uintptr_t)&lock->turn;

	hw_dmb();
	*turn = (uint16_t)(*turn + 1u);
	__asm__ volatile("" ::: "memory");
}

/* A counter that only this CPU writes. Others may read it: LDRD and STRD of an aligned doubleword
 * are single-copy atomic (A3.5.3, with the Large Physical Address Extension). */
static inline void hw_count(uint64_t *counter)
{
	register uint64_t value __asm__("r2"); /* and r3: no register need be saved for the pair */

	__asm__ volatile("ldrd	%Q0, %R0, %1\n"
			 "	adds	%Q0, %Q0, #1\n"
			 "	adc	%R0, %R0, #0\n"
			 "	strd	%Q0, %R0, %1\n"
			 : "=&r"(value), "+m"(*counter)
			 :
			 : "cc");
}

/* The time since *since is added to *sum, and *since is now (CNTPCT, without a barrier). Written
 * under a lock. GCC splits doublewords here, at twice as many instructions. */
static inline void hw_lap(uint64_t *since, uint64_t *sum)
{
	register uint64_t now __asm__("r2");
	register uint64_t value __asm__("r0");

	__asm__ volatile("mrrc	" SYSREG64_STR(CNTPCT) "\n"
						       "	ldrd	%Q1, %R1, %2\n"
						       "	strd	%Q0, %R0, %2\n"
						       "	subs	%Q0, %Q0, %Q1\n"
						       "	sbc	%R0, %R0, %R1\n"
						       "	ldrd	%Q1, %R1, %3\n"
						       "	adds	%Q0, %Q0, %Q1\n"
						       "	adc	%R0, %R0, %R1\n"
						       "	strd	%Q0, %R0, %3\n"
			 : "=&r"(now), "=&r"(value), "+m"(*since), "+m"(*sum)
			 :
			 : "cc");
}

#endif
