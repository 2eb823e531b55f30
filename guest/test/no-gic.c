/* SPDX-License-Identifier: BSD-2-Clause */
/* A partition without a GIC has its timers due, one, the other, both: their levels
 * (ARM DDI 0406C, B8.1) reach nobody, here nor elsewhere, and cost no more than a moment. */
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

#define NO_GIC_ROUNDS  40u
#define NO_GIC_TURN_US 1500u

static uint32_t no_gic_physical_control(void)
{
	uint32_t control;

	CPU_CP15_READ(0, c14, c2, 1, control);
	return control;
}

/* Which of the timers are on: bit 0 the virtual one, bit 1 the physical one. */
static uint32_t no_gic_round(uint32_t which)
{
	uint32_t due = TIMER_CTL_ENABLE | TIMER_CTL_ISTATUS, wrong = 0;

	timer_set_cval(timer_count() + timer_us_to_ticks(NO_GIC_TURN_US / 2));
	timer_physical_set_cval(timer_physical_count() + timer_us_to_ticks(NO_GIC_TURN_US / 2));
	timer_set_control(which & 1);
	timer_physical_set_control(which >> 1 & 1);
	timer_delay_us(NO_GIC_TURN_US);
	wrong += timer_control() != (which & 1 ? due : 0u);
	wrong += no_gic_physical_control() != (which >> 1 & 1 ? due : 0u);
	timer_set_control(0);
	timer_physical_set_control(0);
	return wrong;
}

int main(void)
{
	uint32_t wrong = 0;

	for (uint32_t round = 0; round < NO_GIC_ROUNDS; round++) {
		wrong += no_gic_round(round & 3);
	}
	(void)report_equal(wrong, 0, "timers that are due, %u times", (unsigned)NO_GIC_ROUNDS);
	report_summary();
}
