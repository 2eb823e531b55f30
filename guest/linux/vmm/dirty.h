/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages of the VM's memory that were written: those that the guest writes, by KVM's log, and those
 * that this program writes for its devices, which KVM does not see. */
#ifndef LINUX_VMM_DIRTY_H
#define LINUX_VMM_DIRTY_H

#include <stdint.h>

/* This program has written there, which is in the VM's memory. */
void dirty_mark(const void *at, uint32_t size);

#endif
