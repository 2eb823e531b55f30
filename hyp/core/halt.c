/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/halt.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "hyp/core/main.h"

#define HALT_NOBODY 0u /* no MPIDR: bit 31 is one (B4.1.106) */

volatile bool halt_wanted;

static bool halt_armed;	     /* HTPIDR and the GIC are there, and so are the others */
static uint32_t halt_caller; /* MPIDR of the CPU that ends the system */

void halt_arm(void)
{
	halt_armed = true;
}

void halt_park(struct cpu *cpu)
{
	cpu->parked = true;
	for (;;) {
		hw_wfi();
	}
}

static bool halt_all_parked(const struct cpu *self)
{
	for (uint32_t n = 0; n < main_board.nr_cpus; n++) {
		if (&cpus[n] != self && !cpus[n].parked) {
			return false;
		}
	}
	return true;
}

void halt_others(void)
{
	uint32_t self = sysreg_read(MPIDR);
	uint32_t nobody = HALT_NOBODY;
	uint64_t deadline;

	if (!halt_armed) {
		return;
	}
	if (!__atomic_compare_exchange_n(&halt_caller, &nobody, self, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST)) {
		if (nobody != self) {
			halt_park(cpu_this());
		}
		return;
	}
	halt_wanted = true;
	for (uint32_t n = 0; n < main_board.nr_cpus; n++) {
		if (&cpus[n] != cpu_this()) {
			gic_kick(cpus[n].gic_mask);
		}
	}
	deadline = timer_now() + main_timer_hz() / 20;
	while (!halt_all_parked(cpu_this()) && timer_now() < deadline) {
		hw_yield();
	}
	hw_dmb(); /* what they did last, on the console too, is done */
}
