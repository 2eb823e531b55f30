/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of partitions: carries out the decisions of hyp/sched/life.h. No lock is held. */
#ifndef HYP_CORE_PARTITION_H
#define HYP_CORE_PARTITION_H

#include "hyp/core/crash.h"
#include "hyp/core/vm.h"

/* Starts loading its images; it runs when they are loaded. */
void partition_start(struct vm *vm);

/* Ends the partition by its own call. All its vCPUs, the caller's too, leave their CPUs. */
void partition_end(struct vm *vm, enum life_end how);
/* The same by a crash, of which a record is made; on-crash of the manifest decides about a
 * restart. */
void partition_crash(struct vm *vm, const struct crash_cause *cause);

#define PARTITION_STATUS_VECTORS  (-1) /* no memory at its exception vectors */
#define PARTITION_STATUS_WATCHDOG (-2)

/* Its watchdog has expired (watchdog_due): a crash, if it still bites. */
void partition_bite(struct vm *vm);

/* The partition's last vCPU has left, as a call of life.h has returned (`last`, not NOT_LAST). If
 * it has paused, its managers are told. If it ends, it is cleared up by this CPU before that picks
 * a vCPU again: many others may have to be told, so that is done in pieces. */
void partition_left(struct vm *vm, enum life_last last);

/* A piece of it, if cpu->ended is not NULL; run_pause belongs between two. With the last one its
 * resources are released, it is off, or begins to load if that was requested, and its managers are
 * told. */
void partition_clear_up(struct cpu *cpu);

/* The call `order` for this partition: 0, or a negative errno (life_manage; -HYP_ENOEXEC: nothing
 * to start). All CPUs do their part before their guests continue; if `vm` is the caller's own, the
 * caller leaves its CPU. */
int partition_manage(struct vm *vm, enum life_order order);

/* A PSCI call of the loaded vCPU `caller`; its CPU must still apply the result's effect (see
 * life_call). args: r0..r3. */
struct psci_result partition_psci(struct vcpu *caller, const uint32_t args[4]);

#endif
