/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/vport.h"

#define VPORT_ID      3u
#define VPORT_RECEIVE 0u /* queues, as the driver sees them (5.3.2) */
#define VPORT_CHUNK   128u

static bool vport_send(struct vdev *dev, struct vport *port, uint32_t queue)
{
	struct vdev_chain chain;
	uint8_t bytes[VPORT_CHUNK];
	uint32_t done = 0, count;

	if (!vdev_peek(dev, queue, &chain)) {
		return false;
	}
	while ((count = vdev_copy_in(&chain, done, bytes, sizeof(bytes))) != 0) {
		port->out(port, bytes, count);
		done += count;
	}
	vdev_done(dev, queue, &chain, 0);
	return true;
}

/* Bytes are taken only if there is room for them. */
static bool vport_receive(struct vdev *dev, struct vport *port, uint32_t queue)
{
	struct vdev_chain chain;
	uint8_t bytes[VPORT_CHUNK];
	uint32_t room, count;

	if (!vdev_peek(dev, queue, &chain)) {
		return false;
	}
	room = chain.write_size < VPORT_CHUNK ? chain.write_size : VPORT_CHUNK;
	count = room ? port->in(port, bytes, room) : 0;
	if (room && !count) {
		return false;
	}
	vdev_done(dev, queue, &chain, vdev_copy_out(&chain, 0, bytes, count));
	return true;
}

static bool vport_work(struct vdev *dev, uint32_t queue)
{
	return queue == VPORT_RECEIVE ? vport_receive(dev, dev->own, queue)
				      : vport_send(dev, dev->own, queue);
}

static uint32_t vport_config(const struct vdev *dev, uint32_t offset)
{
	(void)dev;
	(void)offset;
	return 0; /* no size, one port */
}

const struct vdev_ops vport_ops = {
	.id = VPORT_ID,
	.features = 0,
	.nr_queues = 2,
	.work = vport_work,
	.config = vport_config,
};

void vport_ready(struct vdev *dev)
{
	vdev_notify(dev, VPORT_RECEIVE);
}
