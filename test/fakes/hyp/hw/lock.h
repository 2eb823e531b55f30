/* SPDX-License-Identifier: BSD-2-Clause */
/* A test has one CPU: a lock that is taken twice is a mistake. */
#ifndef TEST_FAKES_HYP_HW_LOCK_H
#define TEST_FAKES_HYP_HW_LOCK_H

#include <stdint.h>
#include <stdlib.h>

struct lock {
	uint32_t held;
};

/* What other CPUs have done while this one waited; a test may have it. */
void test_lock_waits(const struct lock *lock) __attribute__((weak));

static inline void lock_take(struct lock *lock)
{
	if (test_lock_waits) {
		test_lock_waits(lock);
	}
	if (lock->held++ != 0) {
		abort();
	}
}

static inline void lock_drop(struct lock *lock)
{
	lock->held = 0;
}

#endif
