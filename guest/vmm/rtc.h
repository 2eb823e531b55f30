/* SPDX-License-Identifier: BSD-2-Clause */
/* The VM's clock: a PL031 (ARM DDI 0224) without its alarm. Its time outlives a reset. */
#ifndef GUEST_VMM_RTC_H
#define GUEST_VMM_RTC_H

#include <stdbool.h>
#include <stdint.h>

/* An access of the VM. For any runner. */
uint32_t rtc_access(uint32_t offset, bool write, uint32_t value);

#endif
