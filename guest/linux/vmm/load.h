/* SPDX-License-Identifier: BSD-2-Clause */
/* What a VM begins with, in its memory, and vCPU 0 at its first instruction. */
#ifndef LINUX_VMM_LOAD_H
#define LINUX_VMM_LOAD_H

#include "guest/linux/vmm/options.h"

/* A kernel: a zImage, or a raw image that runs anywhere; the initial RAM disk, if there is one; the
 * device tree of the VM, or the user's. A file that cannot be read, or too little memory, ends the
 * program. */
void load_vm(const struct options *options);

#endif
