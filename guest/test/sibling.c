/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vCPUs 0 and 1 share a CPU. 1 sleeps; 0 spins without an exit, with SPI 40 in a list register.
 * vCPU 2, on the other CPU, moves it to vCPU 1: that is to wake, and has the CPU after a slice of
 * vCPU 0's.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"

#define SIBLING_SPI	 40u
#define SIBLING_LIMIT_US TIMER_PATIENCE_US

static volatile uint32_t sibling_asleep, sibling_taken, sibling_spins;

static void sibling_sleeper(void *arg)
{
	(void)arg;
	gic_init_cpu();
	sibling_asleep = 1;
	for (;;) {
		uint32_t iar;

		cpu_wfi();
		iar = gic_ack();
		if (GIC_INTID(iar) == SIBLING_SPI) {
			gic_eoi(iar);
			sibling_taken++;
		}
	}
}

static void sibling_mover(void *arg)
{
	(void)arg;
	gic_init_cpu();
	while (!sibling_spins) {
	}
	timer_delay_us(
		300000); /* it is in vCPU 0's list register, and nothing is left to do there */
	gic_set_targets(SIBLING_SPI, 2);
	(void)report_check(timer_wait_count(&sibling_taken, 1, SIBLING_LIMIT_US),
			   "vCPU 1 took the SPI that moved to it while vCPU 0 spins on its CPU");
	report_summary();
}

int main(void)
{
	gic_init();
	gic_set_targets(SIBLING_SPI, 1);
	gic_enable(SIBLING_SPI);
	(void)report_equal((uint32_t)smp_start(1, sibling_sleeper, NULL), 0, "vCPU 1 starts");
	(void)timer_wait_count(&sibling_asleep, 1, SIBLING_LIMIT_US);
	timer_delay_us(100000);
	(void)report_equal((uint32_t)smp_start(2, sibling_mover, NULL), 0, "vCPU 2 starts");
	gic_set_pending(SIBLING_SPI);
	sibling_spins = 1;
	for (;;) {
	}
}
