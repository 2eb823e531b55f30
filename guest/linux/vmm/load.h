/* SPDX-License-Identifier: BSD-2-Clause */
/* What a VM begins with, in its memory, and vCPU 0 at its first instruction. */
#ifndef LINUX_VMM_LOAD_H
#define LINUX_VMM_LOAD_H

/* A kernel: a zImage, or a raw image that runs anywhere. The initial RAM disk is NULL or a file. A
 * file that cannot be read, or too little memory, ends the program. */
void load_vm(const char *kernel, const char *initrd, const char *bootargs);

#endif
