/* SPDX-License-Identifier: BSD-2-Clause */
/* A test has one CPU: a lock that is taken twice is a mistake. */
#ifndef TEST_FAKES_HYP_HW_LOCK_H
#define TEST_FAKES_HYP_HW_LOCK_H

#include <stdint.h>
#include <stdlib.h>

struct lock {
	uint32_t held;
};

static inline void lock_take(struct lock *lock)
{
	if (lock->held++ != 0) {
		abort();
	}
}

static inline void lock_drop(struct lock *lock)
{
	lock->held = 0;
}

#endif
