/* SPDX-License-Identifier: BSD-2-Clause */
/* As much of a PL011 as `earlycon=pl011,0x9000000` of a kernel needs: it prints. It is not in the
 * device tree. */
#ifndef LINUX_VMM_EARLY_H
#define LINUX_VMM_EARLY_H

#include <stdbool.h>
#include <stdint.h>

/* Returns what a load gets. */
uint32_t early_access(uint32_t offset, bool store, uint32_t value);

#endif
