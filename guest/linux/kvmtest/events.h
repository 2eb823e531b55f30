/* SPDX-License-Identifier: BSD-2-Clause */
/* Eventfds, and those of a VM's interrupts. */
#ifndef KVMTEST_EVENTS_H
#define KVMTEST_EVENTS_H

#include "guest/linux/kvmtest/machine.h"

int32_t events_make(void);
int64_t events_count(int32_t event); /* how often it was signalled, since the last time */
void events_signal(int32_t event);

/* KVM_IRQFD: flags 1, it is removed; with a resample eventfd. */
int32_t events_interrupt(const struct machine *machine, int32_t event, uint32_t gsi,
			 uint32_t flags);
int32_t events_resample(const struct machine *machine, int32_t event, uint32_t gsi,
			int32_t resample);

#endif
