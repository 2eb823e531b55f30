/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/timer.h"

#define TIMER_MILLION 1000000u

uint64_t timer_us_to_ticks(uint32_t us)
{
	return (uint64_t)us * timer_frequency() / TIMER_MILLION;
}

uint64_t timer_ticks_to_us(uint64_t ticks)
{
	uint32_t hz = timer_frequency();

	return hz != 0 ? ticks / hz * TIMER_MILLION + ticks % hz * TIMER_MILLION / hz : 0;
}

void timer_start_us(uint32_t us)
{
	timer_set_cval(timer_count() + timer_us_to_ticks(us));
	timer_set_control(TIMER_CTL_ENABLE);
}

void timer_stop(void)
{
	timer_set_control(0);
}

void timer_delay_us(uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);

	while (timer_count() < end) {
		cpu_relax();
	}
}

bool timer_wait_count(const volatile uint32_t *counter, uint32_t at_least, uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);

	while (*counter < at_least) {
		if (timer_count() >= end) {
			return *counter >= at_least;
		}
		cpu_relax();
	}
	cpu_dmb();
	return true;
}

bool timer_wait_until(bool (*condition)(void *), void *arg, uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);

	while (!condition(arg)) {
		if (timer_count() >= end) {
			return condition(arg);
		}
		cpu_relax();
	}
	cpu_dmb();
	return true;
}
