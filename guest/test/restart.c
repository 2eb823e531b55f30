/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SYSTEM_RESET, twenty times in a row, from either vCPU, while the other one is busy, asleep or
 * off. Levels of its own lines 40 to 44 count (a right on itself): they outlive a restart.
 */
#include "guest/lib/guest.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define RESTART_TIMES	20u
#define RESTART_COUNTER 40u

enum restart_way { RESTART_BUSY, RESTART_ASLEEP, RESTART_OFF, RESTART_BY_SECOND, RESTART_WAYS };

static volatile uint32_t restart_here;
static volatile uint32_t restart_zero; /* .bss, though nothing of this program sets it before */
static uint32_t restart_way;

static uint32_t restart_count(void)
{
	uint32_t count = 0, state = 0;

	for (uint32_t i = 0; i < 5; i++) {
		if (irq_state(0, kvm_irq_spi(RESTART_COUNTER + i), &state) != 0) {
			(void)report_check(false, "a right on itself");
			report_summary();
		}
		count |= (state & 1) << i;
	}
	return count;
}

static void restart_set_count(uint32_t count)
{
	for (uint32_t i = 0; i < 5; i++) {
		(void)kvm_irq_line(0, kvm_irq_spi(RESTART_COUNTER + i), count >> i & 1);
	}
}

static void restart_second(void *arg)
{
	(void)arg;
	restart_here = 1;
	if (restart_way == RESTART_BY_SECOND) {
		psci_system_reset();
	}
	while (restart_way != RESTART_OFF) {
		if (restart_way == RESTART_ASLEEP) {
			cpu_wfi();
		} else {
			cpu_relax();
		}
	}
}

/* Ends by a restart; false if it did not come. */
static void restart_again(uint32_t count)
{
	restart_set_count(count + 1);
	restart_way = count % RESTART_WAYS;
	if (smp_start(1, restart_second, NULL) != 0 ||
	    !timer_wait_count(&restart_here, 1, TIMER_PATIENCE_US)) {
		(void)report_check(false, "start %u: vCPU 1 runs", (unsigned)count);
		report_summary();
	}
	if (restart_way == RESTART_BY_SECOND) {
		timer_delay_us(TIMER_PATIENCE_US);
	} else {
		if (restart_way == RESTART_OFF) {
			(void)smp_wait_off(1, TIMER_PATIENCE_US);
		}
		psci_system_reset();
	}
	(void)report_check(false, "start %u: SYSTEM_RESET restarts", (unsigned)count);
	report_summary();
}

int main(void)
{
	uint32_t count = restart_count(), wrong = 0;

	wrong += restart_zero != 0;
	restart_zero = 1;
	wrong += psci_affinity_info(1) != 1;
	wrong += gic_dist_read(GICD_CTLR) != 0;
	wrong += gic_dist_read(GICD_ISENABLER + 4) != 0;
	gic_init();
	gic_enable(60);
	nap_init();
	wrong += !nap_once(1000) || nap_fired[0] != 1;
	if (wrong != 0 || count % 5 == 0) {
		(void)report_equal(wrong, 0, "start %u of %u: as new", (unsigned)count,
				   (unsigned)RESTART_TIMES);
	}
	if (count < RESTART_TIMES && wrong == 0) {
		restart_again(count);
	}
	(void)report_equal(count, RESTART_TIMES, "it was restarted %u times",
			   (unsigned)RESTART_TIMES);
	report_summary();
}
