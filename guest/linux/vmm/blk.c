/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/blk.h"
#include "guest/linux/vmm/virtio.h"

#define BLK_ID	    2u
#define BLK_SECTOR  512u
#define BLK_SEG_MAX (1u << 2) /* features */
#define BLK_FLUSH   (1u << 9)

/* Types and results of requests (5.2.6) */
enum { BLK_IN = 0, BLK_OUT = 1, BLK_DO_FLUSH = 4 };
enum { BLK_OK, BLK_ERROR, BLK_UNSUPPORTED };

struct blk_header {
	uint32_t type, reserved;
	uint64_t sector;
};

static struct virtio blk;
static int32_t blk_file;
static uint64_t blk_sectors;

/* Is [sector, + size bytes) on the disk? */
static bool blk_has(uint64_t sector, uint32_t size)
{
	return size % BLK_SECTOR == 0 && sector <= blk_sectors &&
	       size / BLK_SECTOR <= blk_sectors - sector;
}

/* From the file right into the guest's memory, or back. A file that has become shorter is an error.
 */
static bool blk_transfer(const struct vdev_chain *chain, bool in, uint64_t sector, uint32_t size)
{
	struct os_part parts[VDEV_QUEUE_MAX];
	uint32_t count = virtio_parts(chain, in, in ? 0 : sizeof(struct blk_header), size, parts);
	uint64_t at = sector * BLK_SECTOR;

	if (!blk_has(sector, size)) {
		return false;
	}
	return (in ? os_read_at(blk_file, at, parts, count)
		   : os_write_at(blk_file, at, parts, count)) == (int32_t)size;
}

/* Returns the result; *written: bytes before it. */
static uint8_t blk_serve(const struct vdev_chain *chain, const struct blk_header *header,
			 uint32_t *written)
{
	uint32_t in = chain->write_size - 1;
	uint32_t out = chain->read_size - (uint32_t)sizeof(*header);

	switch (header->type) {
	case BLK_IN:
		*written = in;
		return blk_transfer(chain, true, header->sector, in) ? BLK_OK : BLK_ERROR;
	case BLK_OUT:
		return blk_transfer(chain, false, header->sector, out) ? BLK_OK : BLK_ERROR;
	case BLK_DO_FLUSH:
		return os_sync(blk_file) == 0 ? BLK_OK : BLK_ERROR;
	default:
		return BLK_UNSUPPORTED;
	}
}

/* The result is the last byte of the parts to write. A request without room for it has none. */
static bool blk_work(struct vdev *dev, uint32_t queue)
{
	struct vdev_chain chain;
	struct blk_header header;
	uint32_t written = 0;
	uint8_t result = BLK_ERROR;

	if (!vdev_peek(dev, queue, &chain)) {
		return false;
	}
	if (chain.write_size) {
		if (vdev_copy_in(&chain, 0, &header, sizeof(header)) == sizeof(header)) {
			result = blk_serve(&chain, &header, &written);
		}
		written += vdev_copy_out(&chain, chain.write_size - 1, &result, 1);
	}
	virtio_done(dev, queue, &chain, written);
	return true;
}

/* capacity, in sectors; size_max; seg_max: what a queue has beside header and result (5.2.4) */
static uint32_t blk_config(const struct vdev *dev, uint32_t offset)
{
	(void)dev;
	switch (offset) {
	case 0:
		return (uint32_t)blk_sectors;
	case 4:
		return (uint32_t)(blk_sectors >> 32);
	case 12:
		return VDEV_QUEUE_MAX - 2;
	default:
		return 0;
	}
}

static const struct vdev_ops blk_ops = {
	.id = BLK_ID,
	.features = BLK_SEG_MAX | BLK_FLUSH,
	.nr_queues = 1,
	.work = blk_work,
	.config = blk_config,
};

void blk_add(const char *image)
{
	blk_file = os_open(image, OS_O_RDWR);
	if (blk_file < 0) {
		os_fail(image, "cannot be opened");
	}
	blk_sectors = os_size(blk_file) / BLK_SECTOR;
	virtio_add(&blk, &blk_ops, NULL);
	blk.input = -1;
}
