/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/console.h"
#include "guest/linux/vmm/virtio.h"

#define CONSOLE_ID	3u
#define CONSOLE_RECEIVE 0u /* queues, as the driver sees them */
#define CONSOLE_INPUT	256u
#define CONSOLE_OUTPUT \
	65536u /* bytes of one request: its parts may overlap, and have no sum that is bounded */
#define CONSOLE_QUIT 0x1c /* Ctrl-\ */

static struct virtio console;
static bool console_is_terminal;

/* ---- queues ---- */

/* What the guest prints. */
static bool console_send(struct vdev *dev, uint32_t queue)
{
	struct vdev_chain chain;
	struct os_part parts[VDEV_QUEUE_MAX];

	if (!vdev_peek(dev, queue, &chain)) {
		return false;
	}
	for (uint32_t n = 0, count = virtio_parts(&chain, false, 0, CONSOLE_OUTPUT, parts);
	     n < count; n++) {
		(void)os_write_all(1, parts[n].at, parts[n].size);
	}
	virtio_done(dev, queue, &chain, 0);
	return true;
}

/* Input waits in its file until the guest has room. */
static bool console_work(struct vdev *dev, uint32_t queue)
{
	return queue != CONSOLE_RECEIVE && console_send(dev, queue);
}

static bool console_wants(struct virtio *virtio)
{
	struct vdev_chain chain;

	return vdev_peek(&virtio->dev, CONSOLE_RECEIVE, &chain);
}

static void console_take(struct virtio *virtio)
{
	struct vdev_chain chain;
	uint8_t bytes[CONSOLE_INPUT];
	int32_t got;

	if (!vdev_peek(&virtio->dev, CONSOLE_RECEIVE, &chain)) {
		return;
	}
	got = os_read(virtio->input, bytes,
		      chain.write_size < CONSOLE_INPUT ? chain.write_size : CONSOLE_INPUT);
	if (got == 0 && chain.write_size) {
		virtio->input = -1; /* its end */
	}
	if (got <= 0 && chain.write_size) {
		return;
	}
	if (console_is_terminal && got && bytes[0] == CONSOLE_QUIT) {
		console_end();
		os_exit(1);
	}
	(void)vdev_copy_out(&chain, 0, bytes, (uint32_t)got);
	virtio_done(&virtio->dev, CONSOLE_RECEIVE, &chain, (uint32_t)got);
}

static uint32_t console_config(const struct vdev *dev, uint32_t offset)
{
	(void)dev;
	(void)offset;
	return 0; /* no size, one port */
}

static const struct vdev_ops console_ops = {
	.id = CONSOLE_ID,
	.nr_queues = 2,
	.work = console_work,
	.config = console_config,
};

/* ---- the terminal ---- */

void console_add(void)
{
	console_is_terminal = os_terminal_take(0);
	virtio_add(&console, &console_ops, NULL);
	console.input = 0;
	console.wants = console_wants;
	console.take = console_take;
}

void console_end(void)
{
	if (console_is_terminal) {
		os_terminal_give(0);
	}
}
