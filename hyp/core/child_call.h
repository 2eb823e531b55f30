/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls of a partition about VMs that it makes (docs/vms.md), as rows of the table in hypercall.c:
 * `vm` is the child, which stays until the call ends; of the first two, the caller. r0 is returned:
 * 0 or a result, or a negative errno. No lock is held.
 */
#ifndef HYP_CORE_CHILD_CALL_H
#define HYP_CORE_CHILD_CALL_H

#include "hyp/base/mmio.h"
#include "hyp/core/child.h"

int32_t child_call_create(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_destroy(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
/* Of all children of the caller, or of one. */
int32_t child_call_wake(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);

int32_t child_call_vcpu(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_vcpu_init(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_get_state(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_set_state(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_device(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_set_attr(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_get_attr(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);

int32_t child_call_watch(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_ended(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);

/* A register of its GIC: the group in r2, the attribute in r3 and r6. mmio: is_write, value. Makes
 * the GIC if nothing has before. 0; -HYP_EINVAL: no such vCPU; -HYP_EBUSY: a vCPU of it runs; of
 * child_form, or of vgic_user_*. */
int32_t child_gic_access(struct child *child, const struct guest_regs *regs, struct mmio *mmio);

/* Memory: child_memory.c. The first goes on in turns (child_map_rest). */
int32_t child_call_map(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_unmap(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_call_dirty(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);

/* A turn of the loaded vCPU's unfinished PLUMB_MAP (vcpu->lines_of); the last one sets r0. */
void child_map_rest(struct vcpu *vcpu, struct guest_regs *regs);

/* What the creator of `vm`, a child, is to be told (child_wake_mask): vCPUs are told once, lines
 * until PLUMB_IRQ_ENDED has had them. */
uint32_t child_take_wake(struct vm *vm);

#endif
