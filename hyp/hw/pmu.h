/* SPDX-License-Identifier: BSD-2-Clause */
/* The performance monitors (ARM ARM C12): this CPU's registers, to and from a vCPU's. */
#ifndef HYP_HW_PMU_H
#define HYP_HW_PMU_H

#include "hyp/regs/pmu.h"
#include <stdbool.h>
#include <stdint.h>

/* A vCPU's registers, while they are not in a CPU. */
struct pmu {
	uint32_t pmcr, enabled, interrupts, overflown, selected, user;
	uint32_t cycles, cycles_filter;
	uint32_t type[PMU_MAX_EVENTS];
	uint32_t count[PMU_MAX_EVENTS];
};

/* Resets this CPU's monitors: they do not count or interrupt, and guests cannot access them.
 * Returns the number of event counters. */
uint32_t pmu_init_cpu(void);

/* While the monitors of this CPU are off: asserts, or deasserts, the overflow interrupt of the
 * cycle counter. */
void pmu_raise(bool high);

/* pmu_open loads a vCPU's registers into this CPU and lets the guest access them; pmu_close saves
 * them. `events`: the number of event counters. Between the two calls, counters stop on each entry
 * to HYP and continue on return: vectors.S saves PMCNTENSET in the CPU's block. */
void pmu_open(const struct pmu *pmu, uint32_t events);
void pmu_close(struct pmu *pmu, uint32_t events);

/* Do the saved registers assert the overflow interrupt? */
static inline bool pmu_wants_interrupt(const struct pmu *pmu)
{
	return (pmu->pmcr & PMCR_E) && (pmu->overflown & pmu->interrupts);
}

#endif
