/* SPDX-License-Identifier: BSD-2-Clause */
/* The VM: made, with its memory and its first registers, and destroyed. */
#ifndef GUEST_VMM_MACHINE_H
#define GUEST_VMM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* vmm.vm, from the other fields of vmm. False, with a line that tells why: it has failed. */
bool machine_make(void);
bool machine_end(void);

/* Maps RAM around this address of the VM. False: it cannot be mapped. Some of it may be mapped by
 * now. */
bool machine_map_around(uint32_t ipa);

#endif
