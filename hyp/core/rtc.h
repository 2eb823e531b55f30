/* SPDX-License-Identifier: BSD-2-Clause */
/* The emulated clocks of partitions: time from the counter and the board's own clock, alarms by
 * HYP's timer. */
#ifndef HYP_CORE_RTC_H
#define HYP_CORE_RTC_H

#include "hyp/base/mmio.h"
#include <stdint.h>

struct vm;
struct vcpu;
struct cpu;

/* Boot: seconds since 1970 now, as the board's clock says; 0 if it has none. */
void rtc_init(uint32_t seconds);

enum mmio_result rtc_access(struct vcpu *vcpu, struct mmio *mmio);
/* The partition's restart. */
void rtc_reset(struct vm *vm);

/* Its alarm, if it was written on this CPU: has it come? Returns the counter value of the one that
 * is to come; DEADLINE_NEVER: none. */
uint64_t rtc_due(struct vm *vm, const struct cpu *cpu, uint64_t now);

#endif
