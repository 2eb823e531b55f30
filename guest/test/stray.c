/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nobody has a right on this partition, and it has no device: no shared interrupt can come. It
 * shares its CPU with a vCPU of the partition `watch` (bootargs, a handle), and looks out until
 * that one is off.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define STRAY_LIMIT_US (10 * TIMER_PATIENCE_US)

static volatile uint32_t stray_count, stray_first;

static void stray(uint32_t iar, void *arg)
{
	(void)arg;
	stray_first = stray_count++ ? stray_first : GIC_INTID(iar);
}

static bool stray_watched(void)
{
	struct vm_info info;

	return vm_info(guest_arg("watch", 0), &info) == 0 &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING);
}

int main(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(STRAY_LIMIT_US);
	uint32_t ticks = 0;

	gic_init();
	nap_init();
	for (uint32_t id = 32; id < gic_nr_irqs(); id++) {
		irq_set_handler(id, stray, NULL);
	}
	while (stray_watched() && timer_count() < end) {
		ticks += nap_once(3000);
	}
	(void)report_equal(stray_count, 0,
			   "no interrupt that is disabled here and nobody may raise (first %u)",
			   (unsigned)stray_first);
	(void)report_check(ticks > 0, "%u naps were ended by the timer", (unsigned)ticks);
	(void)report_check(!stray_watched(), "the other partition came to its end");
	report_summary();
}
