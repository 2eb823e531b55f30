/* SPDX-License-Identifier: BSD-2-Clause */
/* The architected timer (ARM ARM B8): the counter, and HYP's own timer CNTHP. */
#ifndef HYP_HW_TIMER_H
#define HYP_HW_TIMER_H

#include "hyp/hw/sysreg.h"

#define TIMER_ENABLE 1u
#define TIMER_MASKED 2u
#define TIMER_FIRED  4u

static inline uint64_t timer_now(void)
{
	hw_isb();
	return sysreg_read64(CNTPCT);
}

/* Fires the HYP timer's interrupt at counter value `deadline`. */
static inline void timer_set(uint64_t deadline)
{
	sysreg_write64(CNTHP_CVAL, deadline);
	sysreg_write(CNTHP_CTL, TIMER_ENABLE);
}

static inline void timer_stop(void)
{
	sysreg_write(CNTHP_CTL, 0);
}

/* UINT64_MAX: never. Far away, the timer could hang QEMU. */
static inline void timer_set_or_stop(uint64_t deadline)
{
	if (deadline == UINT64_MAX) {
		timer_stop();
	} else {
		timer_set(deadline);
	}
}

#endif
