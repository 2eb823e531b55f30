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

#define WITNESS_LIMIT_US (10 * TIMER_PATIENCE_US)
#define WITNESS_AFTER	 200u /* ticks when the other is off */
#define WITNESS_TICK_US	 1000u
#define WITNESS_A_TICK	 2u   /* its interrupt, the end of that */
#define WITNESS_A_TURN	 3u   /* the end of the slice, the other's; one to spare */
#define WITNESS_OTHERS	 400u /* the console's, its own lines */

static uint32_t witness_ticks, witness_late;

static uint64_t witness_count(uint32_t index)
{
	uint64_t value = 0;

	if (vm_stats(0, 0, index, &value) != 0) {
		(void)report_check(false, "witness: may see its counts");
		report_summary();
	}
	return value;
}

/* At work, not asleep: so that what comes, comes here. */
static void witness_tick(void)
{
	uint32_t before = nap_fired[0];

	timer_start_us(WITNESS_TICK_US);
	cpu_irq_enable();
	witness_late += !timer_wait_count(&nap_fired[0], before + 1, TIMER_PATIENCE_US);
	cpu_irq_disable();
	witness_ticks++;
}

static bool witness_other_lives(uint32_t other)
{
	struct vm_info info = { .state = PLUMB_VM_OFF };

	return vm_info(other, &info) == 0 &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING);
}

int main(void)
{
	uint32_t other = vm_find("screamer");
	uint64_t end = timer_count() + timer_us_to_ticks(WITNESS_LIMIT_US);
	uint64_t interrupts, turns, most;

	gic_init();
	nap_init();
	while (witness_other_lives(other) && timer_count() < end) {
		witness_tick();
	}
	(void)report_check(!witness_other_lives(other), "witness: the other ends");
	for (uint32_t n = 0; n < WITNESS_AFTER; n++) {
		witness_tick();
	}
	interrupts = witness_count(PLUMB_STAT_IRQ);
	turns = witness_count(PLUMB_STAT_SWITCHES);
	most = (uint64_t)WITNESS_A_TICK * witness_ticks + WITNESS_A_TURN * turns + WITNESS_OTHERS;
	(void)report_equal(witness_late, 0, "witness: no tick missed of %u",
			   (unsigned)witness_ticks);
	(void)report_check(interrupts <= most, "witness: %u interrupts in %u turns, %u at most",
			   (unsigned)interrupts, (unsigned)turns, (unsigned)most);
	report_summary();
}
