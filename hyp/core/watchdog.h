/* SPDX-License-Identifier: BSD-2-Clause */
/* The emulated watchdogs of partitions: their time is the partition's, which stands still while it
 * is paused; they bite by HYP's timer. */
#ifndef HYP_CORE_WATCHDOG_H
#define HYP_CORE_WATCHDOG_H

#include "hyp/core/vm.h"

enum mmio_result watchdog_access(struct vcpu *vcpu, struct mmio *mmio);
/* Restart of the partition. */
void watchdog_reset(struct vm *vm);

/* The watchdog's interrupt, or its bite, if it is due and this CPU is responsible for it
 * (vm->watchdog_cpu). If it bites, the partition becomes this CPU's `bitten`, one at a time, which
 * run_schedule looks at. Returns the counter value at which there is more to do; DEADLINE_NEVER:
 * none. */
uint64_t watchdog_due(struct vm *vm, const struct cpu *cpu, uint64_t now);

/* Does it bite still? It does not if the partition has been reset, or has been paused meanwhile:
 * then it bites when that is resumed. If it does, it stops. */
bool watchdog_take_bite(struct vgic_locked held);

/* The partition is resumed, after a pause of so many ticks of the counter: this CPU is responsible
 * now. */
void watchdog_resume(struct vgic_locked held, uint64_t paused);

#endif
