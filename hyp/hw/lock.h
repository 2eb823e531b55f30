/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spin locks between CPUs (ARM ARM A3.4). The monitor runs with interrupts masked, so a lock is
 * never taken twice on one CPU. Order, outermost first: vm->lock, report, tty, a VM's vgic_lock,
 * sched; the one of irq.c is innermost. Two locks of one kind are never held together. They are
 * held for a few hundred instructions: who waits yields, and needs no event, which would cost each
 * release a DSB and a SEV.
 */
#ifndef HYP_HW_LOCK_H
#define HYP_HW_LOCK_H

#include "hyp/hw/sysreg.h"

struct lock {
	volatile uint32_t held;
};

static inline void lock_take(struct lock *lock)
{
	uint32_t value, failed;

	__asm__ volatile("1:	ldrex	%0, [%2]\n"
			 "	cmp	%0, #0\n"
			 "	strexeq	%1, %3, [%2]\n"
			 "	cmpeq	%1, #0\n"
			 "	bne	2f\n"
			 "	dmb\n"
			 "	.subsection 1\n"
			 "2:	yield\n"
			 "	b	1b\n"
			 "	.previous\n"
			 : "=&r"(value), "=&r"(failed)
			 : "r"(&lock->held), "r"(1)
			 : "memory", "cc");
}

static inline void lock_drop(struct lock *lock)
{
	hw_dmb();
	lock->held = 0;
}

#endif
