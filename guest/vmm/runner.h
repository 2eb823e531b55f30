/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the VM's vCPUs. Each vCPU of this partition, a runner, has some of them, which take turns on
 * it. It runs with interrupts masked, so that one that comes ends PLUMB_RUN, and takes them between
 * two runs. The doorbell comes to runner 0, which tells the others by an SGI.
 */
#ifndef GUEST_VMM_RUNNER_H
#define GUEST_VMM_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

struct runner_counts {
	uint32_t runs, interrupts, accesses, faults, waits, kicks, offs;
};

/* Once, on vCPU 0, with the GIC initialised. */
void runner_init(void);

/* Until the VM ends: vmm.state tells how. On vCPU 0; the other runners are off before and
 * after it. */
void runner_run_all(void);

/* Does a runner have it in PLUMB_RUN now, more or less? */
bool runner_runs(uint32_t vcpu);

/* Of all lives. */
struct runner_counts runner_sum(void);

#endif
