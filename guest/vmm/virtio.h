/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The VM's virtio devices, with the models of guest/lib: a disk in this partition's memory, window
 * 30, and a console, window 31, on which "ask X" is answered by "told X"; other lines are shown.
 */
#ifndef GUEST_VMM_VIRTIO_H
#define GUEST_VMM_VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#define VIRTIO_BASE   0x0a000000u
#define VIRTIO_WINDOW 0x200u
#define VIRTIO_DISK   30u
#define VIRTIO_PORT   31u
#define VIRTIO_INTID  48u /* + the window's number */

/* Once. The disk's contents outlive a reset. */
void virtio_init(uint8_t *disk, uint32_t size);
/* A new VM. */
void virtio_reset(void);

/* An access of the VM, `offset` from window 0; a load's value in *value. False: nothing
 * is there. For any runner. */
bool virtio_access(uint32_t offset, uint32_t size, bool write, uint32_t *value);

/* Requests of the disk, and lines of the console, in all lives. */
uint32_t virtio_requests(void);
uint32_t virtio_lines(void);

#endif
