/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of partitions: hyp/sched/life.h decides, this carries out. No lock is held. */
#ifndef HYP_CORE_PARTITION_H
#define HYP_CORE_PARTITION_H

#include "hyp/core/vm.h"

/* Starts loading its images; it runs when they are in place. */
void partition_start(struct vm *vm);

/* The partition ends: by its own call, by a crash. The caller's vCPU included, all come off their
 * CPUs. */
void partition_end(struct vm *vm, enum life_end how, int32_t status);

/* Its last vCPU has left: gives back what it had, and starts it again if it asked for that. Of all
 * that report leaving vCPUs (life.h), the last one calls it. */
void partition_clear_up(struct vm *vm);

/* A PSCI call of the loaded vCPU `caller`: what its CPU has still to do is the result's effect (see
 * life_call). args: r0..r3. */
struct psci_result partition_psci(struct vcpu *caller, const uint32_t args[4]);

#endif
