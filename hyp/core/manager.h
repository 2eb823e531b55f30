/* SPDX-License-Identifier: BSD-2-Clause */
/* Tells partitions about changes of the state of those that they manage, by a doorbell
 * (MACHINE_MANAGER). No lock is held. */
#ifndef HYP_CORE_MANAGER_H
#define HYP_CORE_MANAGER_H

#include "hyp/core/vm.h"

/* The state of `vm`, as PLUMB_GET_VM_INFO returns it, has changed: marks it for each of its
 * managers, and rings their doorbells. */
void manager_tell(const struct vm *vm);

/* Reads and clears the marks of `manager`, and lowers its doorbell. changed: bit n of word w is the
 * partition with index 32 * w + n. */
void manager_take(struct vm *manager, uint32_t changed[2]);

#endif
