/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shares its CPU with a partition whose device's interrupt never falls silent (scream.c). What
 * interrupts this one is counted: its own timer, the ends of slices, and an interrupt or two of
 * the other's device for each turn that one had, however often it fired.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define UNDISTURBED_LIMIT_US (10 * TIMER_PATIENCE_US)
#define UNDISTURBED_AFTER    200u /* ticks when the other is off */
#define UNDISTURBED_TICK_US  1000u
#define UNDISTURBED_A_TICK   2u	  /* its interrupt, the end of that */
#define UNDISTURBED_A_TURN   3u	  /* the end of the slice, the other's; one to spare */
#define UNDISTURBED_OTHERS   400u /* the console's, its own lines */

static uint32_t undisturbed_ticks, undisturbed_late;

static uint64_t undisturbed_count(uint32_t index)
{
	uint64_t value = 0;

	if (vm_stats(0, 0, index, &value) != 0) {
		(void)report_check(false, "witness: may see its counts");
		report_summary();
	}
	return value;
}

/* At work, not asleep: so that what comes, comes here. */
static void undisturbed_tick(void)
{
	uint32_t before = nap_fired[0];

	timer_start_us(UNDISTURBED_TICK_US);
	cpu_irq_enable();
	undisturbed_late += !timer_wait_count(&nap_fired[0], before + 1, TIMER_PATIENCE_US);
	cpu_irq_disable();
	undisturbed_ticks++;
}

static bool undisturbed_other_lives(uint32_t other)
{
	struct vm_info info = { .state = PLUMB_VM_OFF };

	return vm_info(other, &info) == 0 &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING);
}

int main(void)
{
	uint32_t other = vm_find("screamer");
	uint64_t end = timer_count() + timer_us_to_ticks(UNDISTURBED_LIMIT_US);
	uint64_t interrupts, turns, most;

	gic_init();
	nap_init();
	while (undisturbed_other_lives(other) && timer_count() < end) {
		undisturbed_tick();
	}
	(void)report_check(!undisturbed_other_lives(other), "witness: the other ends");
	for (uint32_t n = 0; n < UNDISTURBED_AFTER; n++) {
		undisturbed_tick();
	}
	interrupts = undisturbed_count(PLUMB_STAT_IRQ);
	turns = undisturbed_count(PLUMB_STAT_SWITCHES);
	most = (uint64_t)UNDISTURBED_A_TICK * undisturbed_ticks + UNDISTURBED_A_TURN * turns +
	       UNDISTURBED_OTHERS;
	(void)report_equal(undisturbed_late, 0, "witness: no tick missed of %u",
			   (unsigned)undisturbed_ticks);
	(void)report_check(interrupts <= most, "witness: %u interrupts in %u turns, %u at most",
			   (unsigned)interrupts, (unsigned)turns, (unsigned)most);
	report_summary();
}
