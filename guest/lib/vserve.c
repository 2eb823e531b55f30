/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/vserve.h"
#include "guest/lib/cpu.h"
#include "guest/lib/mmu.h"
#include <stddef.h>

#define VSERVE_MAX    16u
#define VSERVE_WINDOW 0x200u
#define VSERVE_INTID  48u

static struct {
	uint32_t handle, window;
	struct vdev *dev;
} served[VSERVE_MAX];

static uint32_t count;

int32_t vserve_node(uint32_t index, struct vserve_node *node)
{
	struct smccc_result about = hvc_call(PLUMB_VIRTIO_INFO, index, PLUMB_VIRTIO_WINDOWS, 0);
	struct smccc_result memory = hvc_call(PLUMB_VIRTIO_INFO, index, PLUMB_VIRTIO_MEMORY, 0);

	if (about.r0 || memory.r0) {
		return (int32_t)(about.r0 ? about.r0 : memory.r0);
	}
	node->handle = about.r1;
	node->windows = about.r2;
	node->memory =
		(struct vdev_memory) { (uint8_t *)(uintptr_t)memory.r1, memory.r2, memory.r3 };
	for (uint32_t n = memory.r1 / MMU_SECTION; n <= (memory.r1 + memory.r3 - 1) / MMU_SECTION;
	     n++) {
		mmu_map(n * MMU_SECTION, n * MMU_SECTION, MMU_NORMAL);
	}
	return 0;
}

static void vserve_line(struct vdev *dev, bool high)
{
	cpu_dsb();
	(void)kvm_irq_line(served[dev->number].handle,
			   kvm_irq_spi(VSERVE_INTID + served[dev->number].window), high);
}

int32_t vserve_add(const struct vserve_node *node, uint32_t window, struct vdev *dev)
{
	if (count == VSERVE_MAX || window > 31 || !(node->windows >> window & 1)) {
		return -EINVAL;
	}
	served[count].handle = node->handle;
	served[count].window = window;
	served[count].dev = dev;
	dev->number = count++;
	dev->memory = node->memory;
	dev->line = vserve_line;
	return 0;
}

/* NULL: nobody serves that window. */
static struct vdev *vserve_dev(uint32_t where)
{
	for (uint32_t n = 0; n < count; n++) {
		if (served[n].handle == where >> 24 &&
		    served[n].window == (where & 0x3fffu) / VSERVE_WINDOW) {
			return served[n].dev;
		}
	}
	return NULL;
}

/* A window that nobody serves reads as 0: MagicValue is wrong, and no driver uses it. */
static void vserve_access(const struct smccc_result *event)
{
	struct vdev *dev = vserve_dev(event->r2);
	uint32_t offset = event->r2 % VSERVE_WINDOW, size = event->r2 >> 16 & 7, value = 0;

	if (dev && (event->r2 >> 20 & 1)) {
		vdev_write(dev, offset, size, event->r3);
	} else if (dev) {
		value = vdev_read(dev, offset, size);
	}
	cpu_dsb();
	(void)hvc_call(PLUMB_VIRTIO_ANSWER, event->r1, value, 0);
}

static void vserve_notified(const struct smccc_result *event)
{
	struct vdev *dev = vserve_dev(event->r2);

	for (uint32_t left = event->r1; dev && left; left &= left - 1) {
		vdev_notify(dev, (uint32_t)__builtin_ctz(left));
	}
}

static void vserve_ended(uint32_t handle)
{
	for (uint32_t n = 0; n < count; n++) {
		if (served[n].handle == handle) {
			vdev_reset(served[n].dev);
		}
	}
}

uint32_t vserve_all(void)
{
	uint32_t events = 0;

	for (;; events++) {
		struct smccc_result event = hvc_call(PLUMB_VIRTIO_TAKE, 0, 0, 0);

		if (event.r0 == PLUMB_VIRTIO_ACCESS) {
			vserve_access(&event);
		} else if (event.r0 == PLUMB_VIRTIO_NOTIFY) {
			vserve_notified(&event);
		} else if (event.r0 == PLUMB_VIRTIO_ENDED) {
			vserve_ended(event.r2 >> 24);
		} else {
			return events;
		}
	}
}
