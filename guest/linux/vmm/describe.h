/* SPDX-License-Identifier: BSD-2-Clause */
/* The device tree that the VM's kernel gets. */
#ifndef LINUX_VMM_DESCRIBE_H
#define LINUX_VMM_DESCRIBE_H

#include <stdint.h>

/* Writes it; an initrd of 0 bytes is none. Returns its size; 0: `size` bytes are not enough. */
uint32_t describe_vm(void *memory, uint32_t size, const char *bootargs, uint32_t initrd,
		     uint32_t initrd_size);

#endif
