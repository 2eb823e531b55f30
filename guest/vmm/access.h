/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses at which nothing is mapped: the VM's devices, its memory if that is mapped late, or
 * nothing. For any runner. */
#ifndef GUEST_VMM_ACCESS_H
#define GUEST_VMM_ACCESS_H

#include "guest/lib/hvc.h"

/* `said` is PLUMB_RUN_MMIO or PLUMB_RUN_FAULT. Returns PLUMB_RUN_DO_* for the next run, and *value
 * of a load. */
uint32_t access_answer(const struct smccc_result *said, uint32_t *value);

#endif
