/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtio devices: windows of virtio-mmio, whose registers and queues are those of
 * guest/lib/vdev.h. A store to QueueNotify signals an eventfd (KVM_IOEVENTFD), and another eventfd
 * makes the interrupt (KVM_IRQFD): a request costs no exit to this program. Requests are served by
 * one thread, the first.
 */
#ifndef LINUX_VMM_VIRTIO_H
#define LINUX_VMM_VIRTIO_H

#include "guest/lib/vdev.h"
#include "guest/linux/vmm/os.h"

#define VIRTIO_MAX 4u

struct virtio {
	struct vdev dev;
	struct vdev_state state;
	int32_t notified, raised; /* the eventfds */
	int32_t input;		  /* a file from which the device takes; -1: none */
	/* Is there room in the guest's queue for what can be read there? */
	bool (*wants)(struct virtio *virtio);
	/* It can be read. */
	void (*take)(struct virtio *virtio);
};

/* A device in the next window. */
void virtio_add(struct virtio *virtio, const struct vdev_ops *ops, void *own);
uint32_t virtio_count(void);
struct virtio *virtio_get(uint32_t index);

/* An access at this offset from window 0, of any thread. Returns what a load gets; 0 where nothing
 * is. */
uint32_t virtio_access(uint32_t offset, uint32_t bytes, bool store, uint32_t value);

/* ---- the first thread's: files to wait for, and what is to be done then ---- */

/* Two for each device: returns how many. */
uint32_t virtio_gather(struct os_poll *polls);
void virtio_serve(const struct os_poll *polls);
/* As at power on. */
void virtio_reset(void);
/* Their states have been set: they go on. */
void virtio_resume(void);

/* ---- for devices ---- */

struct virtio *virtio_of(struct vdev *dev);

/* Bytes [offset, offset + size) of the parts to read, or of those to write, as parts of a transfer;
 * returns how many parts, of VDEV_QUEUE_MAX at most. */
uint32_t virtio_parts(const struct vdev_chain *chain, bool writes, uint32_t offset, uint32_t size,
		      struct os_part *parts);
/* vdev_done, and the pages that it, and the device before it, have written are marked (dirty.h). */
void virtio_done(struct vdev *dev, uint32_t queue, const struct vdev_chain *chain,
		 uint32_t written);

#endif
