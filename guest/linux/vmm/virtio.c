/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/dirty.h"
#include "guest/linux/vmm/vm.h"
#include <string.h>

#define VIRTIO_NOTIFY 0x50u /* QueueNotify */
#define VIRTIO_USED   2u    /* of vdev_queue.address: the used ring */

static struct os_lock virtio_lock; /* all devices */
static struct virtio *virtios[VIRTIO_MAX];
static uint32_t virtio_nr;

static void virtio_raise(struct vdev *dev, bool high)
{
	if (high) {
		os_event_signal(virtio_of(dev)->raised);
	}
}

struct virtio *virtio_of(struct vdev *dev)
{
	return virtios[dev->number];
}

uint32_t virtio_count(void)
{
	return virtio_nr;
}

struct virtio *virtio_get(uint32_t index)
{
	return virtios[index];
}

void virtio_add(struct virtio *virtio, const struct vdev_ops *ops, void *own)
{
	uint32_t n = virtio_nr++;

	virtios[n] = virtio;
	virtio->dev = (struct vdev) {
		.ops = ops,
		.state = &virtio->state,
		.memory = { vm.ram, VM_RAM, vm.ram_size },
		.line = virtio_raise,
		.own = own,
		.number = n,
	};
	virtio->notified = os_event();
	virtio->raised = os_event();
	vm_connect_store(VM_VIRTIO + n * VM_WINDOW + VIRTIO_NOTIFY, virtio->notified);
	vm_connect_irq(VM_SPI + n, virtio->raised);
}

/* ---- registers ---- */

/* The notification that is no store of a word is none: KVM has had those. */
uint32_t virtio_access(uint32_t offset, uint32_t bytes, bool store, uint32_t value)
{
	uint32_t n = offset / VM_WINDOW, at = offset % VM_WINDOW;

	if (n >= virtio_nr || at % bytes || (store && at == VIRTIO_NOTIFY)) {
		return 0;
	}
	os_take(&virtio_lock);
	if (store) {
		vdev_write(&virtios[n]->dev, at, bytes, value);
	} else {
		value = vdev_read(&virtios[n]->dev, at, bytes);
	}
	os_release(&virtio_lock);
	return value;
}

/* ---- requests ---- */

uint32_t virtio_gather(struct os_poll *polls)
{
	uint32_t count = 0;

	os_take(&virtio_lock);
	for (uint32_t n = 0; n < virtio_nr; n++) {
		struct virtio *one = virtios[n];
		bool wants = one->input >= 0 && one->wants && one->wants(one);

		polls[count++] = (struct os_poll) { one->notified, OS_POLLIN, 0 };
		polls[count++] = (struct os_poll) { wants ? one->input : -1, OS_POLLIN, 0 };
	}
	os_release(&virtio_lock);
	return count;
}

/* As many requests as a queue holds. A guest that makes more meanwhile is served again, after other
 * files: it does not keep this thread. */
static void virtio_requests(struct virtio *one)
{
	bool more = false;

	os_event_clear(one->notified);
	for (uint32_t queue = 0; queue < one->dev.ops->nr_queues; queue++) {
		uint32_t n = 0;

		while (n < VDEV_QUEUE_MAX && one->dev.ops->work(&one->dev, queue)) {
			n++;
		}
		more |= n == VDEV_QUEUE_MAX;
	}
	if (more) {
		os_event_signal(one->notified);
	}
}

void virtio_serve(const struct os_poll *polls)
{
	os_take(&virtio_lock);
	for (uint32_t n = 0; n < virtio_nr; n++) {
		if (polls[2 * n].revents) {
			virtio_requests(virtios[n]);
		}
		if (polls[2 * n + 1].revents) {
			virtios[n]->take(virtios[n]);
		}
	}
	os_release(&virtio_lock);
}

void virtio_reset(void)
{
	for (uint32_t n = 0; n < virtio_nr; n++) {
		vdev_reset(&virtios[n]->dev);
	}
}

void virtio_resume(void)
{
	for (uint32_t n = 0; n < virtio_nr; n++) {
		vdev_resume(&virtios[n]->dev);
	}
}

/* ---- for devices ---- */

uint32_t virtio_parts(const struct vdev_chain *chain, bool writes, uint32_t offset, uint32_t size,
		      struct os_part *parts)
{
	uint32_t end = writes ? chain->nr_parts : chain->nr_read, count = 0;

	for (uint32_t n = writes ? chain->nr_read : 0; n < end && size; n++) {
		const struct vdev_part *part = &chain->part[n];
		uint32_t room = part->size > offset ? part->size - offset : 0;
		uint32_t length = room < size ? room : size;

		if (length) {
			parts[count++] = (struct os_part) { part->at + offset, length };
		}
		offset -= part->size < offset ? part->size : offset;
		size -= length;
	}
	return count;
}

void virtio_done(struct vdev *dev, uint32_t queue, const struct vdev_chain *chain, uint32_t written)
{
	const struct vdev_queue *q = &dev->state->queue[queue];
	void *used = vdev_at(&dev->memory, q->address[VIRTIO_USED][0], 4 + 8 * q->num);

	vdev_done(dev, queue, chain, written);
	for (uint32_t n = chain->nr_read; n < chain->nr_parts; n++) {
		dirty_mark(chain->part[n].at, chain->part[n].size);
	}
	if (used) {
		dirty_mark(used, 4 + 8 * q->num);
	}
}
