/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls to our own resident monitor, if the board starts in Secure state (boot/monitor.S). */
#ifndef HYP_HW_MONITOR_H
#define HYP_HW_MONITOR_H

#include "hyp/base/addr.h"
#include "hyp/hw/monitor_calls.h"
#include "hyp/hw/smc.h"
#include <stdbool.h>

/* Set by boot/mode.S before the MMU was on; it lies in the text section. */
extern const uint32_t monitor_active;

static inline bool monitor_is_active(void)
{
	return *(const volatile uint32_t *)&monitor_active != 0;
}

/* This CPU's CNTFRQ. */
static inline void monitor_set_frequency(uint32_t hz)
{
	(void)smc_call(MONITOR_SET_FREQUENCY, hz, 0, 0);
}

/* Makes all interrupts, and this CPU's private ones, Non-secure (group 1). Both addresses are below
 * 4 GiB. */
static inline void monitor_open_gic(pa_t gicd, pa_t gicc)
{
	(void)smc_call(MONITOR_OPEN_GIC, (uint32_t)gicd.pa, (uint32_t)gicc.pa, 0);
}

/* Sends SGI 0 of group 0 to the CPUs whose interfaces have these bits. */
static inline void monitor_wake(pa_t gicd, uint8_t mask)
{
	(void)smc_call(MONITOR_WAKE, (uint32_t)gicd.pa, mask, 0);
}

#endif
