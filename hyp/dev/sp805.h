/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An emulated SP805 watchdog (ARM DDI 0270): a counter whose first zero raises the interrupt, and
 * whose second one, if the interrupt is not cleared, asserts the reset: the bite. Pure: `now` is
 * the time in ticks of the watchdog's clock, and never decreases. Lock: the partition's VGIC lock.
 */
#ifndef HYP_DEV_SP805_H
#define HYP_DEV_SP805_H

#include "hyp/base/mmio.h"

#define SP805_HZ 24000000u /* of its clock, as device trees have it */

struct sp805 {
	uint64_t zero_at; /* while it counts: when the counter is 0 next */
	uint32_t load;
	uint32_t value; /* of the counter, while it stands still */
	uint8_t control;
	uint8_t outputs; /* WDOGITOP */
	bool raised;	 /* RIS */
	bool locked;
	bool tests;  /* WDOGITCR: `outputs` is on the outputs */
	bool bitten; /* the counter has asserted the reset, and nobody has taken it */
};

/* As the hardware is reset: it stands still. */
void sp805_reset(struct sp805 *watchdog);

/* One guest access, any size at a register's own address. Other offsets are RAZ/WI. Always MMIO_OK.
 */
enum mmio_result sp805_access(struct sp805 *watchdog, struct mmio *mmio, uint64_t now);

/* Time has passed: raises the interrupt, and bites, if that is due. */
void sp805_advance(struct sp805 *watchdog, uint64_t now);

/* The interrupt output: level. It changes with sp805_access and sp805_advance. */
bool sp805_irq(const struct sp805 *watchdog);

/* The reset output. It changes with these two functions, and with sp805_stop. */
bool sp805_bites(const struct sp805 *watchdog);
/* The counter stops, and the reset output is low. */
void sp805_stop(struct sp805 *watchdog);

/* Will it do something by itself, and at which `now`? */
bool sp805_alarm(const struct sp805 *watchdog, uint64_t now, uint64_t *at);

#endif
