/* SPDX-License-Identifier: BSD-2-Clause */
/* The performance monitors (ARM ARM C12): this CPU's registers, to and from a vCPU's. */
#ifndef HYP_HW_PMU_H
#define HYP_HW_PMU_H

#include "hyp/regs/pmu.h"
#include <stdbool.h>
#include <stdint.h>

/* A vCPU's, while they are not in a CPU. */
struct pmu {
	uint32_t pmcr, enabled, interrupts, overflown, selected, user;
	uint32_t cycles, cycles_filter;
	uint32_t type[PMU_MAX_EVENTS];
	uint32_t count[PMU_MAX_EVENTS];
};

/* This CPU's monitors: nothing counts, interrupts, or is open to a guest. Returns how many event
 * counters there are. */
uint32_t pmu_init_cpu(void);

/* With the monitors of this CPU quiet: makes the cycle counter ask for its overflow interrupt, or
 * no longer. */
void pmu_raise(bool high);

/* A vCPU's registers come into this CPU, and are its to use; they go. `events`: how many event
 * counters move. Between the two, what counts stops on each entry to HYP and goes on when it
 * returns: vectors.S keeps PMCNTENSET in the CPU's block meanwhile. */
void pmu_open(const struct pmu *pmu, uint32_t events);
void pmu_close(struct pmu *pmu, uint32_t events);

/* Does what was saved ask for its interrupt? */
static inline bool pmu_wants_interrupt(const struct pmu *pmu)
{
	return (pmu->pmcr & PMCR_E) && (pmu->overflown & pmu->interrupts);
}

#endif
