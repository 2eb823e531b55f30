/* SPDX-License-Identifier: BSD-2-Clause */
/* The rig's locks: who comes first is served first, as hyp/hw/lock.h has it. */
#ifndef TEST_RIG_RIG_LOCKS_H
#define TEST_RIG_RIG_LOCKS_H

#include <stdbool.h>
#include <stdint.h>

/* The CPU waits for a lock that is free, and it is its turn. */
bool rig_lock_is_next(uint32_t cpu);

#endif
