/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/vdisk.h"
#include <string.h>

#define VDISK_ID      2u
#define VDISK_F_FLUSH (1u << 9)

/* Types and results of requests (5.2.6) */
#define VDISK_IN	  0u
#define VDISK_OUT	  1u
#define VDISK_FLUSH	  4u
#define VDISK_GET_ID	  8u
#define VDISK_OK	  0u
#define VDISK_ERROR	  1u
#define VDISK_UNSUPPORTED 2u

#define VDISK_ID_SIZE 20u

struct header {
	uint32_t type, reserved;
	uint64_t sector;
};

/* Does the disk have [sector, + size bytes)? */
static bool vdisk_has(const struct vdisk *disk, uint64_t sector, uint32_t size)
{
	return size % VDISK_SECTOR == 0 && sector <= disk->sectors &&
	       size / VDISK_SECTOR <= disk->sectors - sector;
}

/* Returns the result; *written: bytes behind which it is put. */
static uint8_t vdisk_serve(struct vdisk *disk, const struct vdev_chain *chain,
			   const struct header *header, uint32_t *written)
{
	static const char name[VDISK_ID_SIZE] = "plumbline";
	uint32_t in = chain->write_size - 1;
	uint32_t out = chain->read_size - (uint32_t)sizeof(*header);

	switch (header->type) {
	case VDISK_IN:
		if (!vdisk_has(disk, header->sector, in)) {
			return VDISK_ERROR;
		}
		*written = vdev_copy_out(chain, 0,
					 disk->data + (uint32_t)header->sector * VDISK_SECTOR, in);
		return VDISK_OK;
	case VDISK_OUT:
		if (!vdisk_has(disk, header->sector, out)) {
			return VDISK_ERROR;
		}
		(void)vdev_copy_in(chain, sizeof(*header),
				   disk->data + (uint32_t)header->sector * VDISK_SECTOR, out);
		return VDISK_OK;
	case VDISK_FLUSH:
		return VDISK_OK;
	case VDISK_GET_ID:
		*written = vdev_copy_out(chain, 0, name, in < VDISK_ID_SIZE ? in : VDISK_ID_SIZE);
		return VDISK_OK;
	default:
		return VDISK_UNSUPPORTED;
	}
}

/* The result is the last byte of the parts to write. A request without room for it has none. */
static bool vdisk_work(struct vdev *dev, uint32_t queue)
{
	struct vdisk *disk = dev->own;
	struct vdev_chain chain;
	struct header header;
	uint32_t written = 0;
	uint8_t result = VDISK_ERROR;

	if (!vdev_peek(dev, queue, &chain)) {
		return false;
	}
	disk->requests++;
	if (chain.write_size == 0) {
		vdev_done(dev, queue, &chain, 0);
		return true;
	}
	if (vdev_copy_in(&chain, 0, &header, sizeof(header)) == sizeof(header)) {
		result = vdisk_serve(disk, &chain, &header, &written);
	}
	written += vdev_copy_out(&chain, chain.write_size - 1, &result, 1);
	if (disk->before_done) {
		disk->before_done(disk);
	}
	vdev_done(dev, queue, &chain, written);
	return true;
}

/* capacity, in sectors (5.2.4) */
static uint32_t vdisk_config(const struct vdev *dev, uint32_t offset)
{
	const struct vdisk *disk = dev->own;

	return offset == 0 ? disk->sectors : 0;
}

const struct vdev_ops vdisk_ops = {
	.id = VDISK_ID,
	.features = VDISK_F_FLUSH,
	.nr_queues = 1,
	.work = vdisk_work,
	.config = vdisk_config,
};
