/* SPDX-License-Identifier: BSD-2-Clause */
/* Sleeping with a time limit: WFI until the virtual timer or any other interrupt. Needs gic_init.
 */
#ifndef GUEST_TEST_NAP_H
#define GUEST_TEST_NAP_H

#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/irq.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"

static volatile uint32_t nap_fired[SMP_MAX_CPUS];

static inline void nap_timer(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_stop();
	nap_fired[smp_cpu()]++;
}

/* On every CPU that naps, after gic_init or gic_init_cpu. */
static inline void nap_init(void)
{
	irq_set_handler(GIC_PPI_CNTV, nap_timer, 0);
	gic_enable(GIC_PPI_CNTV);
}

/* One WFI with the timer as the alarm; true if it was the timer that ended it. The check and the
 * WFI stand under masked interrupts: what is pending ends a WFI all the same (B1.8.13). */
static inline bool nap_once(uint32_t us)
{
	uint32_t cpu = smp_cpu(), before = nap_fired[cpu];

	cpu_irq_disable();
	timer_start_us(us);
	cpu_wfi();
	cpu_irq_enable();
	cpu_isb();
	cpu_irq_disable();
	timer_stop();
	return nap_fired[cpu] != before;
}

/* Sleeps until *counter >= at_least (true) or `us` have passed. */
static inline bool nap_wait_count(const volatile uint32_t *counter, uint32_t at_least, uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);

	while (*counter < at_least) {
		if (timer_count() >= end) {
			return *counter >= at_least;
		}
		(void)nap_once(200);
	}
	return true;
}

static inline void nap(uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);

	while (timer_count() < end) {
		(void)nap_once(us < 1000 ? us : 1000);
	}
}

#endif
