/* SPDX-License-Identifier: BSD-2-Clause */
/* A console, as a virtio device with one port (Virtio 1.1, 5.3): bytes in both directions. */
#ifndef GUEST_LIB_VPORT_H
#define GUEST_LIB_VPORT_H

#include "guest/lib/vdev.h"

struct vport {
	/* Bytes that the client has written. */
	void (*out)(struct vport *port, const uint8_t *bytes, uint32_t count);
	/* Bytes for the client, at most `room`; returns their number. vport_ready: there are some.
	 */
	uint32_t (*in)(struct vport *port, uint8_t *bytes, uint32_t room);
};

extern const struct vdev_ops vport_ops; /* vdev.own is a struct vport */

/* `in` has bytes now: the client gets them as far as it has room. */
void vport_ready(struct vdev *dev);

#endif
