/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks for a test that has one CPU: one that is taken twice, or out of order, is a mistake. */
#include "test/rig/one.h"
#include <stdlib.h>

static uint32_t held; /* ranks, bits */

void fake_lock_take(struct lock *lock, uint32_t rank)
{
	if (test_lock_waits) {
		test_lock_waits(lock);
	}
	if (lock->holder != 0 || rank == 0 || held >> rank != 0) {
		abort();
	}
	lock->holder = 1;
	lock->rank = rank;
	held |= UINT32_C(1) << rank;
}

void fake_lock_drop(struct lock *lock)
{
	held &= ~(UINT32_C(1) << lock->rank);
	lock->holder = lock->rank = 0;
}
