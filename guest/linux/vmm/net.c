/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/net.h"
#include "guest/linux/vmm/sock.h"
#include "guest/linux/vmm/tap.h"
#include "guest/linux/vmm/virtio.h"
#include <string.h>

#define NET_ID	    1u
#define NET_MAC	    (1u << 5) /* feature */
#define NET_RECEIVE 0u	      /* queues, as the driver sees them */
#define NET_HEADER  12u	      /* bytes of struct virtio_net_hdr before a frame (5.1.6) */
#define NET_BUFFERS 10u	      /* where the number of buffers is in it */
#define NET_FRAME   1514u     /* bytes at most: nothing is offloaded */
#define NET_TURNS   20u
#define NET_TURN_US 100000u

static struct virtio net;
static int32_t net_listener = -1, net_peer = -1; /* the listener: of the first end */
static uint8_t net_mac[8] = { 0x52, 0x54, 0, 0x70, 0x6c, 1 };

/* While there is no peer, one is waited for. */
static void net_set_peer(int32_t file)
{
	if (net_peer >= 0) {
		os_close(net_peer);
	}
	net_peer = file >= 0 ? file : -1;
	if (net_peer >= 0) {
		sock_unblock(net_peer);
	}
	net.input = net_peer >= 0 ? net_peer : net_listener;
}

/* ---- queues ---- */

/* A frame that the guest sends; one that is too long is none. */
static bool net_send(struct vdev *dev, uint32_t queue)
{
	struct vdev_chain chain;
	struct os_part parts[VDEV_QUEUE_MAX];
	uint32_t count;
	int32_t error = 0;

	if (!vdev_peek(dev, queue, &chain)) {
		return false;
	}
	count = virtio_parts(&chain, false, NET_HEADER, NET_FRAME, parts);
	if (net_peer >= 0 && count && chain.read_size <= NET_HEADER + NET_FRAME) {
		error = os_write_parts(net_peer, parts, count);
	}
	if (error == -OS_EPIPE || error == -OS_ECONNRESET) {
		net_set_peer(-1);
	}
	virtio_done(dev, queue, &chain, 0);
	return true;
}

/* Frames wait in the socket until the guest has room. */
static bool net_work(struct vdev *dev, uint32_t queue)
{
	return queue != NET_RECEIVE && net_send(dev, queue);
}

/* A peer that comes is always welcome. */
static bool net_wants(struct virtio *virtio)
{
	struct vdev_chain chain;

	return net_peer < 0 || vdev_peek(&virtio->dev, NET_RECEIVE, &chain);
}

static void net_receive(struct vdev *dev, const uint8_t *bytes, uint32_t size)
{
	struct vdev_chain chain;

	if (vdev_peek(dev, NET_RECEIVE, &chain)) {
		uint32_t fits = chain.write_size >= size ? size : 0;

		virtio_done(dev, NET_RECEIVE, &chain, vdev_copy_out(&chain, 0, bytes, fits));
	}
}

static void net_take(struct virtio *virtio)
{
	uint8_t bytes[NET_HEADER + NET_FRAME] = { [NET_BUFFERS] = 1 };
	int32_t got;

	if (net_peer < 0) {
		net_set_peer(sock_accept(net_listener));
		return;
	}
	got = os_read(net_peer, bytes + NET_HEADER, NET_FRAME);
	if (got > 0) {
		net_receive(&virtio->dev, bytes, NET_HEADER + (uint32_t)got);
	} else if (got != -OS_EAGAIN) {
		net_set_peer(-1);
	}
}

static uint32_t net_config(const struct vdev *dev, uint32_t offset)
{
	uint32_t word = 0;

	(void)dev;
	if (offset < sizeof(net_mac)) {
		memcpy(&word, net_mac + offset, sizeof(word));
	}
	return word;
}

static const struct vdev_ops net_ops = {
	.id = NET_ID,
	.features = NET_MAC,
	.nr_queues = 2,
	.work = net_work,
	.config = net_config,
};

/* Both ends may begin at once: the one that cannot make the socket, since the other one has, finds
 * it. A socket that refuses for long is of a program that has ended. */
static int32_t net_find(const char *path)
{
	for (uint32_t turn = 0; turn < NET_TURNS; turn++) {
		int32_t peer = sock_connect(path, SOCK_SEQPACKET);

		if (peer >= 0) {
			return peer;
		}
		if (turn == NET_TURNS / 2) {
			sock_remove(path);
		}
		net_listener = sock_listen(path, SOCK_SEQPACKET);
		if (net_listener >= 0) {
			return -1;
		}
		os_sleep_us(NET_TURN_US);
	}
	os_fail(path, "is no place for a socket");
}

/* Each interface has another VM at its end. */
static int32_t net_tap(const char *name)
{
	uint32_t hash = 0;

	for (uint32_t n = 0; name[n]; n++) {
		hash = 31 * hash + (uint8_t)name[n];
	}
	memcpy(net_mac + 3, &hash, 3);
	return tap_open(name);
}

static int32_t net_wire(const char *path)
{
	int32_t peer = net_find(path);

	net_mac[5] = peer < 0 ? 1 : 2;
	return peer;
}

void net_add(const char *wire)
{
	const char *path = sock_path(wire);
	int32_t peer;

	if (!path && strncmp(wire, "tap:", 4) != 0) {
		os_fail(wire, "is no wire: unix:PATH, or tap:NAME");
	}
	peer = path ? net_wire(path) : net_tap(wire + 4);
	virtio_add(&net, &net_ops, NULL);
	net.wants = net_wants;
	net.take = net_take;
	net_set_peer(peer);
}
