/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor's virtual address space (HYP stage 1). Everything lies in the top GiB, so one level-2
 * table is enough; the lower 3 GiB stay empty except for the identity block that boot code runs in.
 * Included from assembly and the linker script.
 *
 *   0xc0000000  pool      tables and structures of the partitions: 2 MiB blocks, RW XN
 *   0xd0000000  manifest  the file that was booted: 2 MiB blocks, RO XN
 *   0xe0000000  board     the board's device tree: 2 MiB blocks, RO XN
 *   0xf0000000  windows   4 MiB per CPU, for access to guest memory: RW XN
 *   0xffa00000  devices   4 KiB pages, device memory
 *   0xffc00000  image     4 KiB pages: text RX, rodata R, data RW; guard pages under the stacks
 */
#ifndef HYP_HW_LAYOUT_H
#define HYP_HW_LAYOUT_H

#define LAYOUT_POOL	0xc0000000
#define LAYOUT_MANIFEST 0xd0000000
#define LAYOUT_BOARD	0xe0000000
#define LAYOUT_WINDOWS	0xf0000000
#define LAYOUT_DEVICES	0xffa00000
#define LAYOUT_IMAGE	0xffc00000

#define LAYOUT_WINDOW_SIZE 0x400000

#define LAYOUT_MAX_CPUS	  8
#define LAYOUT_STACK_SIZE 0x2000 /* per CPU: guard page and 4 KiB of stack */

/* Attribute indices in HMAIR0 (ARM ARM B4.1.69) and their values. */
#define LAYOUT_ATTR_DEVICE 0
#define LAYOUT_ATTR_NORMAL 1
#define LAYOUT_HMAIR0	   0x0000ff04

#endif
