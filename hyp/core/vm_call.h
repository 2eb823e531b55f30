/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls that tell about a VM (docs/control-abi.md), as rows of the table in hypercall.c: the right
 * is checked, results are in r1 to r3, and r0 is returned: 0, or -HYP_EINVAL for a vCPU or an index
 * that does not exist. No lock is held.
 */
#ifndef HYP_CORE_VM_CALL_H
#define HYP_CORE_VM_CALL_H

#include "hyp/core/vm.h"

int32_t vm_call_info(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t vm_call_name(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t vm_call_stats(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t vm_call_times(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
/* Or -HYP_ENOENT: the vCPU has left no record. */
int32_t vm_call_crash(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);

#endif
