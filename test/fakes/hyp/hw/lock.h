/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks as the host plays them: the program says what it means to take one. */
#ifndef TEST_FAKES_HYP_HW_LOCK_H
#define TEST_FAKES_HYP_HW_LOCK_H

#include "hyp/hw/cache.h"
#include "hyp/hw/sysreg.h"

struct lock {
	_Alignas(CACHE_LINE) uint32_t holder; /* CPU + 1; 0: free */
	uint32_t rank;			      /* while it is held (hyp/core/locks.h) */
};

void fake_lock_take(struct lock *lock, uint32_t rank);
void fake_lock_drop(struct lock *lock);

static inline void lock_take(struct lock *lock, uint32_t rank)
{
	fake_lock_take(lock, rank);
}

static inline void lock_drop(struct lock *lock)
{
	fake_lock_drop(lock);
}

static inline void hw_count(uint64_t *counter)
{
	++*counter;
}

static inline void hw_lap(uint64_t *since, uint64_t *sum)
{
	uint64_t now = sysreg_read64(CNTPCT);

	*sum += now - *since;
	*since = now;
}

#endif
