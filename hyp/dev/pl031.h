/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An emulated PL031 real-time clock (ARM DDI 0224): whole seconds, one alarm. Pure: `now` is the
 * time of glue's clock, in seconds, and never decreases. Lock: the partition's VGIC lock.
 */
#ifndef HYP_DEV_PL031_H
#define HYP_DEV_PL031_H

#include "hyp/base/mmio.h"

struct pl031 {
	uint32_t offset; /* DR = now + offset, modulo 2^32 */
	uint32_t load;	 /* LR, as written last */
	uint32_t match;
	bool masked_in; /* IMSC */
	bool raised;	/* RIS */
	bool armed;	/* an alarm is set, for alarm_at */
	uint64_t alarm_at;
};

/* Restart of the partition: the time continues, as with a battery; alarm and interrupt are
 * cleared. */
void pl031_reset(struct pl031 *rtc);

/* One guest access, any size at a register's own address. Other offsets are RAZ/WI. Always MMIO_OK.
 */
enum mmio_result pl031_access(struct pl031 *rtc, struct mmio *mmio, uint64_t now);

/* Time has passed: raises the alarm if it is due. */
void pl031_advance(struct pl031 *rtc, uint64_t now);

/* The interrupt output: level. It changes with pl031_access and pl031_advance. */
bool pl031_irq(const struct pl031 *rtc);

/* Is an alarm set, and for which `now`? */
bool pl031_alarm(const struct pl031 *rtc, uint64_t *at);

#endif
