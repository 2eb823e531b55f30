/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual timer that is parked at the counter's end, as seL4's MCS kernel parks it: never due
 * (DDI 0406C B8.1.5), loaded or not. Bootargs offset=0: the virtual counter is the physical one
 * (the manifest's no-counter-offset); else it began at 0 with the partition.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

#define PARKED_US   2000u
#define PARKED_NAPS 20u

static volatile uint32_t parked_taken, parked_woken;

static void parked_due(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	parked_taken++;
	timer_set_control(0);
}

static void parked_wakes(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_physical_set_control(0);
	parked_woken++;
}

/* WFI until the physical timer wakes it: it leaves its CPU meanwhile. */
static void parked_nap(void)
{
	uint32_t before = parked_woken;

	timer_physical_set_cval(timer_physical_count() + timer_us_to_ticks(PARKED_US));
	timer_physical_set_control(TIMER_CTL_ENABLE);
	while (parked_woken == before) {
		cpu_wfi();
		cpu_irq_enable();
		cpu_irq_disable();
	}
}

static void parked_at(uint64_t cval, const char *what)
{
	timer_set_cval(cval);
	timer_set_control(TIMER_CTL_ENABLE);
	for (uint32_t n = 0; n < PARKED_NAPS; n++) {
		parked_nap();
	}
	(void)report_equal(parked_taken, 0, "%s: not due", what);
	timer_set_control(0);
}

int main(void)
{
	uint64_t virtual = timer_count();
	uint64_t offset = timer_physical_count() - virtual;

	gic_init();
	irq_set_handler(GIC_PPI_CNTV, parked_due, NULL);
	irq_set_handler(GIC_PPI_CNTP, parked_wakes, NULL);
	gic_enable(GIC_PPI_CNTV);
	gic_enable(GIC_PPI_CNTP);
	if (guest_has_arg("offset=0")) {
		(void)report_check(offset < timer_us_to_ticks(1000000), "both counters are one");
	}
	parked_at(UINT64_MAX / 2, "in the middle");
	parked_at(UINT64_MAX - timer_us_to_ticks(1000000), "before the end");
	parked_at(UINT64_MAX, "at the end");
	timer_set_cval(timer_count());
	timer_set_control(TIMER_CTL_ENABLE);
	parked_nap();
	(void)report_equal(parked_taken, 1, "and then due");
	report_summary();
}
