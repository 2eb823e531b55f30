/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages of the VM's memory that were written: those that the guest writes, by KVM's log, and those
 * that this program writes for its devices, which KVM does not see. */
#ifndef LINUX_VMM_DIRTY_H
#define LINUX_VMM_DIRTY_H

#include <stdbool.h>
#include <stdint.h>

/* A bit for each page of as much memory as there can be. */
#define DIRTY_WORDS (0x40000000u / 4096 / 32)

/* This program has written there, which is in the VM's memory. Any thread. */
void dirty_mark(const void *at, uint32_t size);

/* From here on KVM keeps the log; or no more. False: it does not. */
bool dirty_log(bool on);
/* The pages that were written since the last time; returns how many; < 0: an error. */
int32_t dirty_take(uint32_t *bits);

#endif
