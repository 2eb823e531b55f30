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

/* Boot: the board's time in seconds since 1970; 0 if it has no clock. */
void rtc_init(uint32_t seconds);

enum mmio_result rtc_access(struct vcpu *vcpu, struct mmio *mmio);
/* Restart of the partition. */
void rtc_reset(struct vm *vm);

/* Raises the partition's alarm if it is due and this CPU is responsible for it (vm->rtc_cpu).
 * Returns the counter value of the next alarm; DEADLINE_NEVER: none. */
uint64_t rtc_due(struct vm *vm, const struct cpu *cpu, uint64_t now);

#endif
