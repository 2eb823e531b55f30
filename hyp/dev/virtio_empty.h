/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The virtio-mmio windows of QEMU's virt board, none of which has a device (Virtio 1.1, 4.2.2;
 * version 1 as QEMU's default is): kernels made for that board look into all 32, whatever the
 * device tree says. Pure.
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
	default: /* DeviceID 0: nothing there */
		break;
	}
	if (!mmio->is_write) {
		mmio->value = value >> 8 * (mmio->offset % 4u) & mmio_mask(mmio->size);
	}
	return MMIO_OK;
}

#endif
