/* SPDX-License-Identifier: BSD-2-Clause */
/* The emulated clocks of partitions: time from the counter and the board's own clock, alarms by
 * HYP's timer. */
#ifndef HYP_CORE_RTC_H
#define HYP_CORE_RTC_H

#include "hyp/base/mmio.h"
#include <stdint.h>

struct vm;
struct cpu;

/* Boot: seconds since 1970 now, as the board's clock says; 0 if it has none. */
void rtc_init(uint32_t seconds);

enum mmio_result rtc_access(struct vm *vm, struct mmio *mmio);
/* The partition's restart. */
void rtc_reset(struct vm *vm);

/* Alarms that have come, of those written on this CPU. Returns the counter value of the next one;
 * UINT64_MAX: none. */
uint64_t rtc_check(const struct cpu *cpu, uint64_t now);

#endif
