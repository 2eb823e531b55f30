/* SPDX-License-Identifier: BSD-2-Clause */
/* A disk in memory, as a virtio device (Virtio 1.1, 5.2). */
#ifndef GUEST_LIB_VDISK_H
#define GUEST_LIB_VDISK_H

#include "guest/lib/vdev.h"

#define VDISK_SECTOR 512u

struct vdisk {
	uint8_t *data;
	uint32_t sectors;
	uint32_t requests; /* taken in this life */
	/* NULL, or called with each request when its data is moved and the client not told yet. */
	void (*before_done)(struct vdisk *disk);
};

extern const struct vdev_ops vdisk_ops; /* vdev.own is a struct vdisk */

#endif
