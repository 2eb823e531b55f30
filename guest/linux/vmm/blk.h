/* SPDX-License-Identifier: BSD-2-Clause */
/* virtio-blk (Virtio 1.1, 5.2): a file, or a block device, as the guest's disk. */
#ifndef LINUX_VMM_BLK_H
#define LINUX_VMM_BLK_H

/* An image that cannot be opened ends the program. What follows its last whole sector is left out.
 */
void blk_add(const char *image);

#endif
