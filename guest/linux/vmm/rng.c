/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/rng.h"
#include "guest/linux/vmm/virtio.h"

#define RNG_ID	 4u
#define RNG_MOST 256u /* bytes for a request; the guest asks again */

static struct virtio rng;

static bool rng_work(struct vdev *dev, uint32_t queue)
{
	struct vdev_chain chain;
	uint8_t bytes[RNG_MOST];
	int32_t got;

	if (!vdev_peek(dev, queue, &chain)) {
		return false;
	}
	got = os_random(bytes, sizeof(bytes));
	virtio_done(dev, queue, &chain,
		    vdev_copy_out(&chain, 0, bytes, got > 0 ? (uint32_t)got : 0));
	return true;
}

static uint32_t rng_config(const struct vdev *dev, uint32_t offset)
{
	(void)dev;
	(void)offset;
	return 0; /* it has none */
}

static const struct vdev_ops rng_ops = {
	.id = RNG_ID,
	.nr_queues = 1,
	.work = rng_work,
	.config = rng_config,
};

void rng_add(void)
{
	virtio_add(&rng, &rng_ops, NULL);
	rng.input = -1;
}
