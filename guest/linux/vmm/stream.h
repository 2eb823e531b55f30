/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM in a file, or on its way to another process: records, of which STREAM_VM is the first and
 * STREAM_END the last. Pages come before the rest, and may come again; then there is a record of
 * each vCPU, of its GIC, and of each device, in this order. Who reads it trusts nothing in it.
 */
#ifndef LINUX_VMM_STREAM_H
#define LINUX_VMM_STREAM_H

#include "guest/lib/vdev.h"
#include <stdint.h>

#define STREAM_MAGIC 0x314d4d56u /* "VMM1" */
#define STREAM_RUN   64u	 /* pages of a record at most */
#define STREAM_PATIENCE \
	60u /* seconds in which nothing goes through a socket: it has no other end */
#define STREAM_ACK                                                                     \
	0x6b /* the reader's answer to STREAM_END, through a socket: the VM is its own \
	      */

enum { STREAM_VM, STREAM_PAGES, STREAM_VCPU, STREAM_GIC, STREAM_DEVICE, STREAM_END };

struct stream_head {
	uint32_t kind;
	uint32_t index; /* the first page, the vCPU, the device's window */
	uint32_t size;	/* bytes that follow */
};

struct stream_vm {
	uint32_t magic, nr_vcpus, ram_size, nr_devices;
};

struct stream_device {
	uint32_t id;
	struct vdev_state state;
};

#endif
