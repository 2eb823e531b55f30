/* SPDX-License-Identifier: BSD-2-Clause */
/* A test has one CPU: a lock that is taken twice, or out of order, is a mistake. */
#ifndef TEST_FAKES_HYP_HW_LOCK_H
#define TEST_FAKES_HYP_HW_LOCK_H

#include <stdint.h>
#include <stdlib.h>

struct lock {
	uint32_t rank; /* 0: not held */
};

/* What other CPUs have done while this one waited; a test may have it. */
void test_lock_waits(const struct lock *lock) __attribute__((weak));

/* Bit n: a lock of rank n is held (hyp/core/locks.h). One for all of a program. */
__attribute__((weak)) uint32_t test_lock_ranks;

static inline void lock_take(struct lock *lock, uint32_t rank)
{
	if (test_lock_waits) {
		test_lock_waits(lock);
	}
	if (lock->rank != 0 || rank == 0 || test_lock_ranks >> rank != 0) {
		abort();
	}
	lock->rank = rank;
	test_lock_ranks |= UINT32_C(1) << rank;
}

static inline void lock_drop(struct lock *lock)
{
	test_lock_ranks &= ~(UINT32_C(1) << lock->rank);
	lock->rank = 0;
}

#endif
