/* SPDX-License-Identifier: BSD-2-Clause */
/* What the VM begins with: this partition's initrd, and a device tree. */
#ifndef GUEST_VMM_IMAGE_H
#define GUEST_VMM_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/* This partition's initrd: NULL: it has none. */
const uint8_t *image_find(uint32_t *size);

/* Puts it all into the VM's RAM, which no stage 2 maps yet. Returns the address of the device tree
 * for the VM; 0: it does not fit. */
uint32_t image_load(void);

#endif
