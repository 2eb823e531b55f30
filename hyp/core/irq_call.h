/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM_IRQ_LINE on a VM: decoding, the VM's lock, the change, and the kick of whom it concerns. */
#ifndef HYP_CORE_IRQ_CALL_H
#define HYP_CORE_IRQ_CALL_H

#include "hyp/core/vm.h"

/* 0 or a negative errno; a refused call changes nothing. */
int irq_call_line(struct vm *vm, uint32_t irq, bool level);

/* A few (vgic_lock is held meanwhile), as far as the first that is refused: its errno, or 0. *done:
 * how many were applied. The caller does vm_kick(vm, *kick) behind the last of them. */
int irq_call_lines(struct vm *vm, const struct kvm_irq_level *lines, uint32_t count, uint32_t *done,
		   vgic_kick_t *kick);

/* PLUMB_IRQ_* of a line or interrupt: 0, a negative errno, or IRQ_CALL_AGAIN: the caller's HVC must
 * run again, its registers as they were. */
#define IRQ_CALL_AGAIN 1
int irq_call_state(struct vcpu *caller, struct vm *vm, uint32_t irq, uint32_t *state);

#endif
