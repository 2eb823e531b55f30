/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/virtio.h"
#include "guest/lib/hvc.h"
#include "guest/lib/smp.h"
#include "guest/lib/vdisk.h"
#include "guest/lib/vport.h"
#include "guest/vmm/vmm.h"
#include <stdio.h>
#include <string.h>

#define VIRTIO_LINE 96u

static struct spinlock virtio_lock; /* all below */
static struct vdisk virtio_disk;
static struct vport virtio_port;
static struct vdev_state virtio_states[2];
static struct vdev virtio_devs[2] = {
	{ .ops = &vdisk_ops, .own = &virtio_disk, .number = VIRTIO_DISK },
	{ .ops = &vport_ops, .own = &virtio_port, .number = VIRTIO_PORT },
};

static char virtio_line_text[VIRTIO_LINE]; /* not whole yet */
static uint32_t virtio_line_length, virtio_count_lines;
static char virtio_reply[VIRTIO_LINE]; /* not taken yet */
static uint32_t virtio_replied, virtio_reply_length;

/* ---- the console's other end ---- */

static void virtio_take_line(void)
{
	virtio_line_text[virtio_line_length] = 0;
	virtio_line_length = 0;
	virtio_count_lines++;
	if (strncmp(virtio_line_text, "ask ", 4) == 0) {
		virtio_reply_length = (uint32_t)snprintf(virtio_reply, VIRTIO_LINE, "told %s\n",
							 virtio_line_text + 4);
		virtio_replied = 0;
	} else {
		printf("port: %s\n", virtio_line_text);
	}
}

static void virtio_port_out(struct vport *port, const uint8_t *bytes, uint32_t count)
{
	(void)port;
	for (uint32_t n = 0; n < count; n++) {
		if (bytes[n] == '\n') {
			virtio_take_line();
		} else if (bytes[n] >= ' ' && virtio_line_length < VIRTIO_LINE - 1) {
			virtio_line_text[virtio_line_length++] = (char)bytes[n];
		}
	}
}

static uint32_t virtio_port_in(struct vport *port, uint8_t *bytes, uint32_t room)
{
	uint32_t left = virtio_reply_length - virtio_replied;
	uint32_t count = left < room ? left : room;

	(void)port;
	memcpy(bytes, virtio_reply + virtio_replied, count);
	virtio_replied += count;
	return count;
}

/* ---- the devices ---- */

static void virtio_drive(struct vdev *dev, bool high)
{
	cpu_dsb();
	(void)kvm_irq_line(vmm.vm, kvm_irq_spi(VIRTIO_INTID + dev->number), high);
}

/* NULL: no device is there. */
static struct vdev *virtio_dev(uint32_t window)
{
	uint32_t n = window - VIRTIO_DISK;

	return vmm.disk_size && n < 2 ? &virtio_devs[n] : NULL;
}

/* A transport without a device (Virtio 1.1, 4.2.2; version 1), as in windows of partitions: kernels
 * for the virt board probe all 32. */
static uint32_t virtio_empty(uint32_t offset)
{
	static const uint32_t words[4] = { 0x74726976, 1, 0, 0x424d4c50 };

	return offset / 4 < 4 ? words[offset / 4] >> 8 * (offset % 4) : 0;
}

bool virtio_access(uint32_t offset, uint32_t size, bool write, uint32_t *value)
{
	struct vdev *dev = virtio_dev(offset / VIRTIO_WINDOW);

	if (!dev) {
		*value = virtio_empty(offset % VIRTIO_WINDOW);
		return vmm.windows;
	}
	spin_lock(&virtio_lock);
	if (write) {
		vdev_write(dev, offset % VIRTIO_WINDOW, size, *value);
		vport_ready(&virtio_devs[1]);
	} else {
		*value = vdev_read(dev, offset % VIRTIO_WINDOW, size);
	}
	spin_unlock(&virtio_lock);
	return true;
}

void virtio_reset(void)
{
	for (uint32_t n = 0; n < 2; n++) {
		memset(&virtio_states[n], 0, sizeof(virtio_states[n]));
	}
	virtio_line_length = 0;
	virtio_replied = virtio_reply_length;
}

void virtio_init(uint8_t *disk, uint32_t size)
{
	virtio_disk.data = disk;
	virtio_disk.sectors = size / VDISK_SECTOR;
	virtio_port.out = virtio_port_out;
	virtio_port.in = virtio_port_in;
	for (uint32_t n = 0; n < 2; n++) {
		virtio_devs[n].state = &virtio_states[n];
		virtio_devs[n].memory = (struct vdev_memory) { vmm.ram, VMM_RAM, vmm.ram_size };
		virtio_devs[n].line = virtio_drive;
	}
}

uint32_t virtio_requests(void)
{
	return virtio_disk.requests;
}

uint32_t virtio_lines(void)
{
	return virtio_count_lines;
}
