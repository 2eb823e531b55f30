/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vCPUs of a VM that is made at run time, and that vCPUs of its creator run by PLUMB_RUN, as
 * decisions: which may run, which wait, and which are to be run again. Pure. Lock: the VM's
 * vgic_lock, around every call, so that a vCPU which waits for an interrupt is woken by each that
 * comes after its last look.
 *
 *   made -> ready (VCPU_INIT) -> runs <-> stays;  it waits if it has left by WFI, or as it is off
 */
#ifndef HYP_SCHED_CHILD_LIFE_H
#define HYP_SCHED_CHILD_LIFE_H

#include "hyp/trap/psci.h"
#include <stdbool.h>
#include <stdint.h>

/* Sets of vCPUs: bit n is vCPU n. */
struct child_life {
	uint8_t made;
	uint8_t ready; /* initialised */
	uint8_t runs;  /* a CPU has it in its registers */
	uint8_t waits; /* nobody runs it before it is woken */
	uint8_t wake;  /* it was woken, and has not run since */
	bool ends;
	uint8_t cpu[PSCI_MAX_VCPUS];	  /* that runs it */
	uint8_t began;			  /* it has run */
	uint8_t ran[PSCI_MAX_VCPUS];	  /* where it has since child_life_forget: bit n, CPU n */
	uint8_t features[PSCI_MAX_VCPUS]; /* of VCPU_INIT */
};

/* `cpu` is about to load it. 0; -HYP_EBADF: the VM is being destroyed; -HYP_EINVAL: there is no
 * such vCPU; -HYP_EBUSY: a CPU runs or initialises it; -HYP_ENOEXEC: it is not initialised. */
int child_life_claim(struct child_life *life, uint32_t vcpu, uint32_t cpu);

/* The same for VCPU_INIT, for which it need not be initialised. */
int child_life_seize(struct child_life *life, uint32_t vcpu, uint32_t cpu);

/* The same, for a call that looks at the registers of a vCPU which no CPU has. */
int child_life_look(const struct child_life *life, uint32_t vcpu);

/* Its world is in memory, visible to all CPUs. `waits`: no interrupt is pending for it, in the same
 * hold of the lock; or it is off. */
void child_life_release(struct child_life *life, uint32_t vcpu, bool waits);

/* The vCPUs in `mask` must check their interrupts. Returns those that have waited: they are to be
 * run again. *cpus: CPUs that run some of them (bit n: CPU n). */
uint32_t child_life_kick(struct child_life *life, uint32_t mask, uint32_t *cpus);

/* The CPUs that have vCPUs of it (bit n: CPU n). */
uint32_t child_life_cpus(const struct child_life *life);

/* Those that are to be run again; each is told once. */
uint32_t child_life_take_wake(struct child_life *life);

/* Must child_life_enter be called, before the vCPU is entered on this CPU? */
static inline bool child_life_is_new(const struct child_life *life, uint32_t vcpu, uint32_t cpu)
{
	return !(life->ran[vcpu] >> cpu & 1u);
}

/* It is entered on the CPU that has claimed it. */
void child_life_enter(struct child_life *life, uint32_t vcpu);
/* Has it, which runs, also run on another CPU since child_life_forget? */
bool child_life_moved(const struct child_life *life, uint32_t vcpu);
/* Where vCPUs have run up to now does not count any more. */
void child_life_forget(struct child_life *life);

/* The VM is to be destroyed: no vCPU runs any more. False: a CPU has one. */
bool child_life_end(struct child_life *life);

#endif
