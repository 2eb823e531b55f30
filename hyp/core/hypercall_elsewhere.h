/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frequent calls about lines of others than the partitions to which the caller has the right: of
 * the VMs that it has made, or refused. Functions of their own, so that the lines of partitions
 * need no register for them. They set r0.
 */
#ifndef HYP_CORE_HYPERCALL_ELSEWHERE_H
#define HYP_CORE_HYPERCALL_ELSEWHERE_H

#include "hyp/core/vm.h"

/* KVM_IRQ_LINE. */
void hypercall_elsewhere_line(const struct vcpu *caller, struct guest_regs *regs);

/* KVM_IRQ_LINE, by GSI. */
void hypercall_elsewhere_gsi(const struct vcpu *caller, struct guest_regs *regs);

#endif
