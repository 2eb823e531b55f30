/* SPDX-License-Identifier: BSD-2-Clause */
/* The architected timer: the virtual counter and the virtual timer (PPI 27); the physical timer's
 * registers too (PPI 30). */
#ifndef GUEST_LIB_TIMER_H
#define GUEST_LIB_TIMER_H

#include "guest/lib/cpu.h"

/* For events that must come even on a busy host: after this time, a wait is an error. */
#define TIMER_PATIENCE_US 60000000u

#define TIMER_CTL_ENABLE  1u
#define TIMER_CTL_IMASK	  2u
#define TIMER_CTL_ISTATUS 4u

static inline uint32_t timer_frequency(void)
{
	uint32_t hz;

	CPU_CP15_READ(0, c14, c0, 0, hz);
	return hz;
}

/* CNTVCT, in program order with earlier instructions. */
static inline uint64_t timer_count(void)
{
	uint64_t count;

	cpu_isb();
	CPU_CP15_READ64(1, c14, count);
	return count;
}

static inline uint64_t timer_physical_count(void)
{
	uint64_t count;

	cpu_isb();
	CPU_CP15_READ64(0, c14, count);
	return count;
}

static inline void timer_set_cval(uint64_t when)
{
	CPU_CP15_WRITE64(3, c14, when);
}

static inline uint32_t timer_control(void)
{
	uint32_t control;

	CPU_CP15_READ(0, c14, c3, 1, control);
	return control;
}

static inline void timer_set_control(uint32_t control)
{
	CPU_CP15_WRITE(0, c14, c3, 1, control);
	cpu_isb();
}

static inline void timer_physical_set_cval(uint64_t when)
{
	CPU_CP15_WRITE64(2, c14, when);
}

static inline void timer_physical_set_control(uint32_t control)
{
	CPU_CP15_WRITE(0, c14, c2, 1, control);
	cpu_isb();
}

uint64_t timer_us_to_ticks(uint32_t us);
uint64_t timer_ticks_to_us(uint64_t ticks);

/* The virtual timer fires once, `us` from now; the handler calls timer_stop (the output is a
 * level). */
void timer_start_us(uint32_t us);
void timer_stop(void);

/* Busy wait, interrupts as they are. */
void timer_delay_us(uint32_t us);

/* Polls until *counter >= at_least (true), or until `us` have passed (false). */
bool timer_wait_count(const volatile uint32_t *counter, uint32_t at_least, uint32_t us);
/* Polls a condition in the same way. */
bool timer_wait_until(bool (*condition)(void *), void *arg, uint32_t us);

#endif
