/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Virtio devices that this program serves to another partition (docs/virtio.md): the registers of a
 * window (Virtio 1.1, 4.2.2) and its split queues (2.6), every index, address and length of which
 * is the client's, and is checked: a client harms only itself. Host tests use the same source; it
 * makes no calls. vserve.h takes the events.
 */
#ifndef GUEST_LIB_VDEV_H
#define GUEST_LIB_VDEV_H

#include <stdbool.h>
#include <stdint.h>

#define VDEV_QUEUES    2u
#define VDEV_QUEUE_MAX 64u /* descriptors of a queue */
#define VDEV_CONFIG    0x100u

/* The client's memory, as far as it is seen here. */
struct vdev_memory {
	uint8_t *base;
	uint32_t start, size; /* for the client; bytes */
};

/* Where [address, address + size) is here; NULL: not all of it is in the memory. */
void *vdev_at(const struct vdev_memory *memory, uint64_t address, uint32_t size);

/* The state of a device. In memory that outlives this program, such as that of shared.h, it goes on
 * in the next life (vdev_resume). */
struct vdev_state {
	uint32_t status, interrupt, features_sel, driver_sel, queue_sel;
	uint32_t driver[2]; /* features that the driver has accepted */
	struct vdev_queue {
		uint32_t num, ready;
		uint32_t address[3][2]; /* descriptors, available ring, used ring; low and high */
		uint32_t done;		/* requests taken, in order, and answered; free-running */
	} queue[VDEV_QUEUES];
};

struct vdev;

struct vdev_ops {
	uint32_t id;	   /* DeviceID (5) */
	uint32_t features; /* of bits 31 to 0; VIRTIO_F_VERSION_1 is added */
	uint32_t nr_queues;
	/* The next request of the queue may be there: called until it returns false. */
	bool (*work)(struct vdev *dev, uint32_t queue);
	uint32_t (*config)(const struct vdev *dev, uint32_t offset); /* a word */
};

struct vdev {
	const struct vdev_ops *ops;
	struct vdev_state *state;
	struct vdev_memory memory;
	void (*line)(struct vdev *dev, bool high); /* of its interrupt */
	void *own;				   /* of ops */
	uint32_t number;			   /* the user's */
};

/* Registers; offset below 0x200, size 1, 2 or 4, aligned. */
uint32_t vdev_read(const struct vdev *dev, uint32_t offset, uint32_t size);
void vdev_write(struct vdev *dev, uint32_t offset, uint32_t size, uint32_t value);
/* QueueNotify. */
void vdev_notify(struct vdev *dev, uint32_t queue);
/* As a driver's reset; also when the client has ended. */
void vdev_reset(struct vdev *dev);
/* This program has begun anew, and the state is that of its former life: takes the requests that
 * wait. An interrupt that was lost is repeated. */
void vdev_resume(struct vdev *dev);

/* ---- for ops ---- */

struct vdev_part {
	uint8_t *at;
	uint32_t size;
};

/* A request: parts to read, then parts to write, all within the client's memory. Their contents may
 * change at any time. */
struct vdev_chain {
	uint32_t head;
	uint32_t nr_read, nr_parts;
	uint32_t read_size, write_size; /* bytes */
	struct vdev_part part[VDEV_QUEUE_MAX];
};

/* The next request, which stays there until vdev_done. False: there is none, or the queue is
 * broken, and the device asks for a reset. */
bool vdev_peek(struct vdev *dev, uint32_t queue, struct vdev_chain *chain);
/* It is answered: `written` bytes of its parts to write. */
void vdev_done(struct vdev *dev, uint32_t queue, const struct vdev_chain *chain, uint32_t written);

/* Copies from the parts to read, or to those to write, from byte `offset` of them on. Returns the
 * bytes copied: less than `size` at the end. */
uint32_t vdev_copy_in(const struct vdev_chain *chain, uint32_t offset, void *to, uint32_t size);
uint32_t vdev_copy_out(const struct vdev_chain *chain, uint32_t offset, const void *from,
		       uint32_t size);

#endif
