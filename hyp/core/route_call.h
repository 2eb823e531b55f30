/* SPDX-License-Identifier: BSD-2-Clause */
/* The GSIs of a VM: PLUMB_SET_GSI_ROUTING, PLUMB_GSI_LINE (vgic/irq_route.h). */
#ifndef HYP_CORE_ROUTE_CALL_H
#define HYP_CORE_ROUTE_CALL_H

#include "hyp/core/vm.h"

/* Drives all lines of the GSI in r2, to the level in r3: 0 is low, any other value is high. r0 is
 * then 0: at least one of them has been driven; -HYP_ENXIO, -HYP_EINVAL: irq_route_map; -HYP_EBUSY:
 * as for KVM_IRQ_LINE. */
void route_call_line(struct vm *vm, struct guest_regs *regs);

/* Begins a table of `vm` for the loaded vCPU `caller`, whose call has the table's address in r2 and
 * the number of its entries in r3, and reads the first of them. If that is all, r0 has the result,
 * and caller->lines_of is NULL. */
void route_call_set(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);

/* Continues the loaded vCPU's unfinished PLUMB_SET_GSI_ROUTING (vcpu->lines_of) by a few entries;
 * the last turn sets r0. */
void route_call_rest(struct vcpu *vcpu, struct guest_regs *regs);

#endif
