/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * KVM_GET_ONE_REG, KVM_SET_ONE_REG and KVM_GET_REG_LIST on a vCPU of a partition, by its manager.
 * The partition must be PAUSED: its vCPUs are on no CPU, and none is loaded while the call holds
 * vm_sched_lock. No lock is held by the caller.
 */
#ifndef HYP_CORE_REG_CALL_H
#define HYP_CORE_REG_CALL_H

#include "hyp/core/vm.h"

/* regs: r1 handle in 15..0 and vCPU in 31..16; r2, r3 the ID (low, high). The result is r0: 0, and
 * for get the value in r1, r2; or
 *   -HYP_EINVAL   no such vCPU; set: a value that the register cannot have
 *   -HYP_ENOEXEC  the vCPU is off, or has not yet entered
 *   -HYP_EBUSY    the partition is not paused; set: a call of the vCPU is unfinished, whose
 *                 arguments are in its registers
 *   -HYP_ENOENT   no such register */
int32_t reg_call_get(struct vm *vm, struct guest_regs *regs);
/* r4, r5: the value (low, high). */
int32_t reg_call_set(struct vm *vm, const struct guest_regs *regs);

/* r2: index, from 0. The ID in r1, r2; -HYP_EINVAL: there are not so many. */
int32_t reg_call_list(struct guest_regs *regs);

#endif
