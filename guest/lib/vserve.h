/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of a backend (docs/virtio.md), and the loop that serves devices. For one vCPU. */
#ifndef GUEST_LIB_VSERVE_H
#define GUEST_LIB_VSERVE_H

#include "guest/lib/hvc.h"
#include "guest/lib/vdev.h"

struct vserve_node {
	uint32_t handle;  /* the client's */
	uint32_t windows; /* bit n: window n */
	struct vdev_memory memory;
};

/* Node `index` of this partition, from 0 on; maps the client's memory with caches, by whole
 * sections of 1 MiB: no device may be in the same MiB. 0, or -errno. */
int32_t vserve_node(uint32_t index, struct vserve_node *node);

/* The device of a window of this client: 0, or -EINVAL (no room). dev->line and dev->memory are
 * set here. */
int32_t vserve_add(const struct vserve_node *node, uint32_t window, struct vdev *dev);

/* Takes and carries out all events that there are. Returns their number. To be called when the
 * doorbell has rung (PLUMB_VIRTIO_INTID), after cpu_dsb. */
uint32_t vserve_all(void);

#endif
