/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/vdev.h"
#include <stddef.h>
#include <string.h>

/* Registers (Virtio 1.1, table 4.1) */
#define VDEV_MAGIC	       0x000u
#define VDEV_VERSION	       0x004u
#define VDEV_DEVICE	       0x008u
#define VDEV_VENDOR	       0x00cu
#define VDEV_FEATURES	       0x010u
#define VDEV_FEATURES_SEL      0x014u
#define VDEV_DRIVER	       0x020u
#define VDEV_DRIVER_SEL	       0x024u
#define VDEV_QUEUE_SEL	       0x030u
#define VDEV_QUEUE_NUM_MAX     0x034u
#define VDEV_QUEUE_NUM	       0x038u
#define VDEV_QUEUE_READY       0x044u
#define VDEV_QUEUE_NOTIFY      0x050u
#define VDEV_INTERRUPT	       0x060u
#define VDEV_INTERRUPT_ACK     0x064u
#define VDEV_STATUS	       0x070u
#define VDEV_QUEUE_ADDRESS     0x080u /* descriptors; available ring at + 0x10, used ring at + 0x20 */
#define VDEV_QUEUE_ADDRESS_END 0x0a8u

/* Status (2.1) */
#define STATUS_DRIVER_OK   4u
#define STATUS_FEATURES_OK 8u
#define STATUS_NEEDS_RESET 64u

#define FEATURES_HIGH 1u /* VIRTIO_F_VERSION_1, bit 32 */

#define INTERRUPT_USED	 1u
#define INTERRUPT_CONFIG 2u

/* Flags of a descriptor (2.6.5), and of the available ring (2.6.6) */
#define DESC_NEXT     1u
#define DESC_WRITE    2u
#define DESC_INDIRECT 4u
#define AVAIL_QUIET   1u

enum { ADDRESS_DESC, ADDRESS_AVAIL, ADDRESS_USED };

struct desc {
	uint64_t address;
	uint32_t size;
	uint16_t flags, next;
};

struct avail {
	uint16_t flags, idx, ring[];
};

struct used {
	uint16_t flags, idx;
	struct {
		uint32_t id, size;
	} ring[];
};

void *vdev_at(const struct vdev_memory *memory, uint64_t address, uint32_t size)
{
	if (address < memory->start || address - memory->start > memory->size ||
	    size > memory->size - (address - memory->start)) {
		return NULL;
	}
	return memory->base + (address - memory->start);
}

static void vdev_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void vdev_interrupt(struct vdev *dev, uint32_t cause)
{
	dev->state->interrupt |= cause;
	dev->line(dev, true);
}

/* 2.1.2: the driver must reset it. Until then nothing of its queues is touched. */
static void vdev_break(struct vdev *dev)
{
	dev->state->status |= STATUS_NEEDS_RESET;
	vdev_interrupt(dev, INTERRUPT_CONFIG);
}

static bool vdev_is_live(const struct vdev *dev, uint32_t queue)
{
	return queue < dev->ops->nr_queues && dev->state->queue[queue].ready &&
	       (dev->state->status & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET)) == STATUS_DRIVER_OK;
}

/* ---- queues ---- */

/* One of the three areas of a queue, of this size and alignment; NULL: it is not in the client's
 * memory. Asked each time: the memory is bounded again when this program has begun anew. */
static void *vdev_area(const struct vdev *dev, const struct vdev_queue *queue, uint32_t which)
{
	static const uint32_t align[] = { 16, 2, 4 };
	const uint32_t size[] = { 16 * queue->num, 4 + 2 * queue->num, 4 + 8 * queue->num };
	uint64_t address = (uint64_t)queue->address[which][1] << 32 | queue->address[which][0];

	return address % align[which] ? NULL : vdev_at(&dev->memory, address, size[which]);
}

/* One descriptor, copied once. */
static bool vdev_add_part(const struct vdev *dev, struct vdev_chain *chain, const struct desc *desc)
{
	bool writes = (desc->flags & DESC_WRITE) != 0;
	struct vdev_part *part = &chain->part[chain->nr_parts];
	uint32_t *sum = writes ? &chain->write_size : &chain->read_size;

	if ((desc->flags & DESC_INDIRECT) || (!writes && chain->nr_read != chain->nr_parts)) {
		return false; /* not offered; all parts to read come first (2.6.4.2) */
	}
	part->at = vdev_at(&dev->memory, desc->address, desc->size);
	part->size = desc->size;
	if (!part->at || desc->size > UINT32_MAX - *sum) {
		return false;
	}
	*sum += desc->size;
	chain->nr_parts++;
	chain->nr_read += !writes;
	return true;
}

/* A loop ends with as many parts as there are descriptors. */
static bool vdev_walk(const struct vdev *dev, const struct vdev_queue *queue,
		      struct vdev_chain *chain)
{
	const volatile struct desc *table = vdev_area(dev, queue, ADDRESS_DESC);
	uint32_t at = chain->head;

	while (table && at < queue->num && chain->nr_parts < queue->num) {
		const struct desc desc = { table[at].address, table[at].size, table[at].flags,
					   table[at].next };

		if (!vdev_add_part(dev, chain, &desc)) {
			return false;
		}
		if (!(desc.flags & DESC_NEXT)) {
			return true;
		}
		at = desc.next;
	}
	return false;
}

bool vdev_peek(struct vdev *dev, uint32_t queue, struct vdev_chain *chain)
{
	const struct vdev_queue *q;
	const volatile struct avail *avail;
	uint16_t waiting;

	if (!vdev_is_live(dev, queue)) {
		return false;
	}
	q = &dev->state->queue[queue];
	avail = vdev_area(dev, q, ADDRESS_AVAIL);
	if (avail) {
		waiting = (uint16_t)(avail->idx - q->done);
		if (waiting == 0) {
			return false;
		}
		vdev_fence(); /* the index before what it is of */
		*chain = (struct vdev_chain) { .head = avail->ring[q->done % q->num] };
		if (waiting <= q->num && vdev_walk(dev, q, chain)) {
			return true;
		}
	}
	vdev_break(dev);
	return false;
}

void vdev_done(struct vdev *dev, uint32_t queue, const struct vdev_chain *chain, uint32_t written)
{
	struct vdev_queue *q = &dev->state->queue[queue];
	const volatile struct avail *avail = vdev_area(dev, q, ADDRESS_AVAIL);
	volatile struct used *used = vdev_area(dev, q, ADDRESS_USED);

	if (!avail || !used) {
		vdev_break(dev);
		return;
	}
	used->ring[q->done % q->num].id = chain->head;
	used->ring[q->done % q->num].size = written;
	vdev_fence();
	q->done++;
	used->idx = (uint16_t)q->done;
	vdev_fence();
	if (!(avail->flags & AVAIL_QUIET)) {
		vdev_interrupt(dev, INTERRUPT_USED);
	}
}

static uint32_t vdev_copy(const struct vdev_part *part, uint32_t nr_parts, uint32_t offset,
			  void *to, const void *from, uint32_t size)
{
	uint32_t done = 0;

	for (uint32_t n = 0; n < nr_parts && done < size; n++) {
		uint32_t room = part[n].size, length;

		if (offset >= room) {
			offset -= room;
			continue;
		}
		length = room - offset < size - done ? room - offset : size - done;
		if (to) {
			memcpy((uint8_t *)to + done, part[n].at + offset, length);
		} else {
			memcpy(part[n].at + offset, (const uint8_t *)from + done, length);
		}
		done += length;
		offset = 0;
	}
	return done;
}

uint32_t vdev_copy_in(const struct vdev_chain *chain, uint32_t offset, void *to, uint32_t size)
{
	return vdev_copy(chain->part, chain->nr_read, offset, to, NULL, size);
}

uint32_t vdev_copy_out(const struct vdev_chain *chain, uint32_t offset, const void *from,
		       uint32_t size)
{
	return vdev_copy(chain->part + chain->nr_read, chain->nr_parts - chain->nr_read, offset,
			 NULL, from, size);
}

void vdev_notify(struct vdev *dev, uint32_t queue)
{
	while (vdev_is_live(dev, queue) && dev->ops->work(dev, queue)) {
	}
}

/* ---- registers ---- */

void vdev_reset(struct vdev *dev)
{
	memset(dev->state, 0, sizeof(*dev->state));
	dev->line(dev, false);
}

/* What the driver has been told is in the used ring: a request of which it has not been is taken
 * again. */
void vdev_resume(struct vdev *dev)
{
	for (uint32_t n = 0; n < dev->ops->nr_queues; n++) {
		struct vdev_queue *q = &dev->state->queue[n];
		const volatile struct used *used;

		if (q->num == 0 || q->num > VDEV_QUEUE_MAX) {
			q->ready = 0;
		}
		used = vdev_is_live(dev, n) ? vdev_area(dev, q, ADDRESS_USED) : NULL;
		if (used) {
			q->done = used->idx;
		}
	}
	if (dev->state->status & STATUS_DRIVER_OK) {
		vdev_interrupt(dev, INTERRUPT_USED);
	}
	for (uint32_t n = 0; n < dev->ops->nr_queues; n++) {
		vdev_notify(dev, n);
	}
}

static uint32_t vdev_features(const struct vdev *dev, uint32_t sel)
{
	return sel == 0 ? dev->ops->features : sel == 1 ? FEATURES_HIGH : 0;
}

/* The selected queue; NULL: there is none. */
static struct vdev_queue *vdev_selected(const struct vdev *dev)
{
	uint32_t sel = dev->state->queue_sel;

	return sel < dev->ops->nr_queues ? &dev->state->queue[sel] : NULL;
}

static uint32_t vdev_read_config(const struct vdev *dev, uint32_t offset, uint32_t size)
{
	uint32_t word = dev->ops->config(dev, offset & ~3u);

	return size == 4 ? word : word >> 8 * (offset & 3) & ((1u << 8 * size) - 1);
}

uint32_t vdev_read(const struct vdev *dev, uint32_t offset, uint32_t size)
{
	const struct vdev_queue *q = vdev_selected(dev);

	if (offset >= VDEV_CONFIG) {
		return vdev_read_config(dev, offset - VDEV_CONFIG, size);
	}
	if (size != 4) {
		return 0;
	}
	switch (offset) {
	case VDEV_MAGIC:
		return 0x74726976;
	case VDEV_VERSION:
		return 2;
	case VDEV_DEVICE:
		return dev->ops->id;
	case VDEV_VENDOR:
		return 0x424d4c50; /* "PLMB" */
	case VDEV_FEATURES:
		return vdev_features(dev, dev->state->features_sel);
	case VDEV_QUEUE_NUM_MAX:
		return q ? VDEV_QUEUE_MAX : 0;
	case VDEV_QUEUE_READY:
		return q ? q->ready : 0;
	case VDEV_INTERRUPT:
		return dev->state->interrupt;
	case VDEV_STATUS:
		return dev->state->status;
	default: /* ConfigGeneration 0: nothing changes while a driver reads */
		return 0;
	}
}

/* Only a subset of what was offered, and the version, are accepted (3.1.1). */
static void vdev_set_status(struct vdev *dev, uint32_t value)
{
	struct vdev_state *state = dev->state;
	bool sound =
		(state->driver[0] & ~dev->ops->features) == 0 && state->driver[1] == FEATURES_HIGH;

	if (value == 0) {
		vdev_reset(dev);
		return;
	}
	value &= 0xffu & ~STATUS_NEEDS_RESET;
	if (!(state->status & STATUS_FEATURES_OK) && !sound) {
		value &= ~STATUS_FEATURES_OK;
	}
	if (!(value & STATUS_FEATURES_OK)) {
		value &= ~STATUS_DRIVER_OK;
	}
	state->status = value | (state->status & STATUS_NEEDS_RESET);
}

/* Its size is a power of 2, and all of it is in the client's memory. */
static bool vdev_is_sound(const struct vdev *dev, const struct vdev_queue *q)
{
	return q->num != 0 && q->num <= VDEV_QUEUE_MAX && (q->num & (q->num - 1)) == 0 &&
	       vdev_area(dev, q, ADDRESS_DESC) && vdev_area(dev, q, ADDRESS_AVAIL) &&
	       vdev_area(dev, q, ADDRESS_USED);
}

static void vdev_set_ready(struct vdev *dev, struct vdev_queue *q, bool ready)
{
	if (ready && !vdev_is_sound(dev, q)) {
		vdev_break(dev);
		return;
	}
	q->ready = ready;
	q->done = 0;
}

/* A queue that is ready keeps its shape (4.2.2.2). */
static void vdev_write_queue(struct vdev *dev, struct vdev_queue *q, uint32_t offset,
			     uint32_t value)
{
	uint32_t part = offset - VDEV_QUEUE_ADDRESS;

	if (offset == VDEV_QUEUE_READY) {
		vdev_set_ready(dev, q, (value & 1) != 0);
	} else if (q->ready) {
		return;
	} else if (offset == VDEV_QUEUE_NUM) {
		q->num = value;
	} else if (part < VDEV_QUEUE_ADDRESS_END - VDEV_QUEUE_ADDRESS && part % 16 < 8) {
		q->address[part / 16][part % 16 / 4] = value;
	}
}

static void vdev_ack(struct vdev *dev, uint32_t value)
{
	dev->state->interrupt &= ~value;
	if (!dev->state->interrupt) {
		dev->line(dev, false);
	}
}

void vdev_write(struct vdev *dev, uint32_t offset, uint32_t size, uint32_t value)
{
	struct vdev_state *state = dev->state;
	struct vdev_queue *q = vdev_selected(dev);

	if (size != 4 || offset % 4) {
		return; /* no device here has a configuration to write */
	}
	switch (offset) {
	case VDEV_FEATURES_SEL:
		state->features_sel = value;
		break;
	case VDEV_DRIVER:
		if (state->driver_sel < 2 && !(state->status & STATUS_FEATURES_OK)) {
			state->driver[state->driver_sel] = value;
		}
		break;
	case VDEV_DRIVER_SEL:
		state->driver_sel = value;
		break;
	case VDEV_QUEUE_SEL:
		state->queue_sel = value;
		break;
	case VDEV_QUEUE_NOTIFY:
		vdev_notify(dev, value);
		break;
	case VDEV_INTERRUPT_ACK:
		vdev_ack(dev, value);
		break;
	case VDEV_STATUS:
		vdev_set_status(dev, value);
		break;
	default:
		if (q) {
			vdev_write_queue(dev, q, offset, value);
		}
		break;
	}
}
