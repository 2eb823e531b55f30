/* SPDX-License-Identifier: BSD-2-Clause */
/* A device register that may be absent. */
#ifndef HYP_HW_FENCE_H
#define HYP_HW_FENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Reads the word at a mapped address. False: the read has caused a data abort (ARM ARM B1.8.1). To
 * be called at boot, before the first guest. */
bool fence_read32(uintptr_t address, uint32_t *value);

#endif
