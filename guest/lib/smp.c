/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/smp.h"
#include "guest/lib/psci.h"
#include "guest/lib/start.h"
#include "guest/lib/timer.h"

struct smp_slot {
	void (*fn)(void *);
	void *arg;
};

static struct smp_slot smp_slots[SMP_MAX_CPUS];

/* The same cluster as the caller. */
static uint32_t smp_mpidr(uint32_t cpu)
{
	return (cpu_mpidr() & 0x00ffff00u) | cpu;
}

int32_t smp_start(uint32_t cpu, void (*fn)(void *), void *arg)
{
	if (cpu >= SMP_MAX_CPUS) {
		return PSCI_INVALID_PARAMETERS;
	}
	if (psci_affinity_info(smp_mpidr(cpu)) == 1) {
		smp_slots[cpu] = (struct smp_slot) { fn, arg };
		cpu_dsb();
	}
	return psci_cpu_on(smp_mpidr(cpu), (uint32_t)(uintptr_t)guest_start_secondary, cpu);
}

void smp_run_secondary(uint32_t cpu)
{
	struct smp_slot slot = smp_slots[cpu];

	slot.fn(slot.arg);
	(void)cpu_irq_save();
	(void)psci_cpu_off();
}

uint32_t smp_start_all(void (*fn)(void *), void *arg)
{
	uint32_t cpu = 1;

	while (cpu < SMP_MAX_CPUS && smp_start(cpu, fn, arg) == PSCI_SUCCESS) {
		cpu++;
	}
	return cpu;
}

uint32_t smp_count(void)
{
	uint32_t cpu = 1;

	while (cpu < SMP_MAX_CPUS && psci_affinity_info(smp_mpidr(cpu)) >= 0) {
		cpu++;
	}
	return cpu;
}

bool smp_wait_off(uint32_t cpu, uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);

	while (psci_affinity_info(smp_mpidr(cpu)) != 1) {
		if (timer_count() >= end) {
			return false;
		}
		cpu_relax();
	}
	return true;
}

/* ARM ARM DDI 0406C, A3.4.5: LDREX, STREX. */
static bool spin_try(struct spinlock *lock)
{
	uint32_t seen, failed;

	__asm__ volatile("1:	ldrex	%0, [%2]\n"
			 "	cmp	%0, #0\n"
			 "	bne	2f\n"
			 "	strex	%1, %3, [%2]\n"
			 "	cmp	%1, #0\n"
			 "	bne	1b\n"
			 "2:"
			 : "=&r"(seen), "=&r"(failed)
			 : "r"(&lock->held), "r"(1)
			 : "cc", "memory");
	cpu_dmb();
	return seen == 0;
}

void spin_lock(struct spinlock *lock)
{
	while (!spin_try(lock)) {
		cpu_wfe();
	}
}

void spin_unlock(struct spinlock *lock)
{
	cpu_dmb();
	lock->held = 0;
	cpu_sev();
}

uint32_t smp_add(volatile uint32_t *counter, uint32_t value)
{
	uint32_t sum, failed;

	cpu_dmb();
	__asm__ volatile("1:	ldrex	%0, [%2]\n"
			 "	add	%0, %0, %3\n"
			 "	strex	%1, %0, [%2]\n"
			 "	cmp	%1, #0\n"
			 "	bne	1b"
			 : "=&r"(sum), "=&r"(failed)
			 : "r"(counter), "r"(value)
			 : "cc", "memory");
	cpu_dmb();
	return sum;
}
