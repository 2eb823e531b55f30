/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtio-mmio windows of QEMU's virt board, without devices (Virtio 1.1, 4.2.2; version 1,
 * QEMU's default): kernels for that board probe all 32, independent of the device tree. Pure.
 */
#ifndef HYP_DEV_VIRTIO_EMPTY_H
#define HYP_DEV_VIRTIO_EMPTY_H

#include "hyp/base/mmio.h"

/* One access, `offset` from the first window. Always MMIO_OK. */
static inline enum mmio_result virtio_empty_access(struct mmio *mmio)
{
	uint32_t value = 0;

	switch (mmio->offset % 0x200u & ~3u) {
	case 0x000:
		value = 0x74726976; /* MagicValue: "virt" */
		break;
	case 0x004:
		value = 1; /* Version: legacy */
		break;
	case 0x00c:
		value = 0x554d4551; /* VendorID: "QEMU" */
		break;
	default: /* DeviceID 0: no device */
		break;
	}
	if (!mmio->is_write) {
		mmio->value = value >> 8 * (mmio->offset % 4u) & mmio_mask(mmio->size);
	}
	return MMIO_OK;
}

#endif
