/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree of the VM. */
#ifndef GUEST_VMM_DESCRIBE_H
#define GUEST_VMM_DESCRIBE_H

#include <stdint.h>

/* Writes it to `memory`. `initrd`: its address for the VM and its bytes, 0: none. Returns the bytes
 * of the tree; 0: it does not fit. */
uint32_t describe_machine(void *memory, uint32_t size, uint32_t initrd, uint32_t initrd_size);

#endif
