/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of partitions: carries out the decisions of hyp/sched/life.h. No lock is held. */
#ifndef HYP_CORE_PARTITION_H
#define HYP_CORE_PARTITION_H

#include "hyp/core/vm.h"

/* Starts loading its images; it runs when they are loaded. */
void partition_start(struct vm *vm);

/* Ends the partition, by its own call or after a crash. All its vCPUs, the caller's too, leave
 * their CPUs. */
void partition_end(struct vm *vm, enum life_end how, int32_t status);

/* Releases the partition's resources after its last vCPU has left, and restarts it if it requested
 * that. Called after the life.h call that returns that the last vCPU has left. */
void partition_clear_up(struct vm *vm);

/* A PSCI call of the loaded vCPU `caller`; its CPU must still apply the result's effect (see
 * life_call). args: r0..r3. */
struct psci_result partition_psci(struct vcpu *caller, const uint32_t args[4]);

#endif
