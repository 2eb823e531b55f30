/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/console.h"
#include "guest/linux/vmm/virtio.h"
#include <string.h>

#define CONSOLE_ID	3u
#define CONSOLE_RECEIVE 0u /* queues, as the driver sees them */
#define CONSOLE_INPUT	256u
#define CONSOLE_OUTPUT \
	65536u /* bytes of one request: its parts may overlap, and have no sum that is bounded */
#define CONSOLE_QUIT 0x1c /* Ctrl-\ */

static struct virtio console;
static bool console_is_terminal;
static uint8_t console_typed[CONSOLE_INPUT];
static uint32_t console_typed_size;

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

/* What has been typed, as much as the guest has room for: false, if nothing could be passed on. */
static bool console_type(struct vdev *dev)
{
	struct vdev_chain chain;
	uint32_t size;

	if (!console_typed_size || !vdev_peek(dev, CONSOLE_RECEIVE, &chain)) {
		return false;
	}
	size = vdev_copy_out(&chain, 0, console_typed, console_typed_size);
	console_typed_size -= size;
	memmove(console_typed, console_typed + size, console_typed_size);
	virtio_done(dev, CONSOLE_RECEIVE, &chain, size);
	return true;
}

static bool console_work(struct vdev *dev, uint32_t queue)
{
	return queue == CONSOLE_RECEIVE ? console_type(dev) : console_send(dev, queue);
}

/* Input waits in its file until the guest has room. A terminal is read at once: a guest that takes
 * nothing any more is ended there. */
static bool console_wants(struct virtio *virtio)
{
	struct vdev_chain chain;

	return console_is_terminal ||
	       (!console_typed_size && vdev_peek(&virtio->dev, CONSOLE_RECEIVE, &chain));
}

/* What does not fit any more is lost. */
static void console_take(struct virtio *virtio)
{
	uint8_t bytes[CONSOLE_INPUT];
	int32_t got = os_read(virtio->input, bytes, sizeof(bytes));
	uint32_t size = got > 0 ? (uint32_t)got : 0;

	if (got <= 0 && got != -OS_EAGAIN) {
		virtio->input = -1; /* its end */
	}
	if (console_is_terminal && memchr(bytes, CONSOLE_QUIT, size)) {
		os_exit(1);
	}
	size = size < CONSOLE_INPUT - console_typed_size ? size
							 : CONSOLE_INPUT - console_typed_size;
	memcpy(console_typed + console_typed_size, bytes, size);
	console_typed_size += size;
	/* Buffers without a byte have no end, if the guest wants that. */
	for (uint32_t n = 0; n < VDEV_QUEUE_MAX && console_type(&virtio->dev); n++) {
	}
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
