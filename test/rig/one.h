/* SPDX-License-Identifier: BSD-2-Clause */
/* For tests of glue on one CPU, which bring what is around it. */
#ifndef TEST_RIG_ONE_H
#define TEST_RIG_ONE_H

#include "hyp/hw/lock.h"
#include <stddef.h>
#include <stdint.h>

/* Who runs (HTPIDR), and when (CNTPCT), if the test has no log of registers (test/unit/hw_log.h).
 */
uintptr_t test_read_htpidr(void) __attribute__((weak));
uint64_t test_now(void) __attribute__((weak));

/* What other CPUs have done while this one waited for the lock. */
void test_lock_waits(const struct lock *lock) __attribute__((weak));

/* All variables of the glue and of the hardware ring that were linked are as the program began. */
void one_reset(void);

#endif
