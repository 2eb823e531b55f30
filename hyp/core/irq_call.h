/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM_IRQ_LINE on a VM: decoding, the VM's lock, the change, and the kick of whom it concerns. */
#ifndef HYP_CORE_IRQ_CALL_H
#define HYP_CORE_IRQ_CALL_H

#include "hyp/core/vm.h"

/* 0 or a negative errno; a refused call changes nothing. `level`: 0 is low, all else high. */
int irq_call_line(struct vm *vm, uint32_t irq, uint32_t level);

/* PLUMB_IRQ_* of a line or interrupt: 0, a negative errno, or IRQ_CALL_AGAIN: the caller's HVC must
 * run again, its registers as they were. */
#define IRQ_CALL_AGAIN 1
int irq_call_state(struct vcpu *caller, struct vm *vm, uint32_t irq, uint32_t *state);

/* One turn of the loaded vCPU's PLUMB_IRQ_LINE_MANY of which something is left (vcpu->lines_of),
 * with arguments as in r2 and r3: a few more entries; the last one sets r0. */
void irq_call_rest(struct vcpu *vcpu, struct guest_regs *regs);

#endif
