/* SPDX-License-Identifier: BSD-2-Clause */
/* Several CPUs: start and synchronization. Waiting uses WFE, releasing SEV. */
#ifndef GUEST_LIB_SMP_H
#define GUEST_LIB_SMP_H

#include "guest/lib/cpu.h"

#define SMP_MAX_CPUS 8u

static inline uint32_t smp_cpu(void)
{
	return cpu_index();
}

/* CPU `cpu` runs fn(arg), in SVC mode with its own stacks, MMU on, IRQ and FIQ masked; when fn
 * returns the CPU powers itself off. Returns the result of PSCI CPU_ON. One start of a CPU at a
 * time. */
int32_t smp_start(uint32_t cpu, void (*fn)(void *), void *arg);
/* Starts CPUs 1, 2, ... until one does not exist; returns the number of running CPUs, with CPU
 * 0. */
uint32_t smp_start_all(void (*fn)(void *), void *arg);
/* The number of CPUs by PSCI AFFINITY_INFO, on or off: 1..8. */
uint32_t smp_count(void);
/* Waits until PSCI reports it off; false after `us`. */
bool smp_wait_off(uint32_t cpu, uint32_t us);

struct spinlock {
	volatile uint32_t held;
};

void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);

/* Full barriers before and after; return the new value. */
uint32_t smp_add(volatile uint32_t *counter, uint32_t value);

#endif
