/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The emulated devices behind the windows of the guests' machine (hyp/dev/machine.h): a row each.
 * Glue that is none of theirs knows them through this table alone.
 */
#ifndef HYP_CORE_DEVICE_H
#define HYP_CORE_DEVICE_H

#include "hyp/core/rtc.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include "hyp/dev/virtio_empty.h"

struct device_ops {
	uint32_t from, bytes; /* of the window, whole pages: where `access` is called for */
	/* The loaded vCPU's access, which is aligned; offset from `from`. */
	enum mmio_result (*access)(struct vcpu *vcpu, struct mmio *mmio);
	/* The partition has gone: the device as it is to be when the next life finds it. NULL: it
	 * has no state, or what has (the VGIC) is reset as the partition is loaded. */
	void (*reset)(struct vm *vm);
	/* What has become due by `now` happens, as far as it is this CPU's to look after. Returns
	 * when to come again, a counter value, or DEADLINE_NEVER. NULL: nothing ever is. */
	uint64_t (*due)(struct vm *vm, const struct cpu *cpu, uint64_t now);
};

static inline enum mmio_result device_virtio(struct vcpu *vcpu, struct mmio *mmio)
{
	(void)vcpu;
	return virtio_empty_access(mmio);
}

/* A window without a row is nobody's: MACHINE_GICV2M, and GICC's first page, which is mapped. */
static const struct device_ops device_ops[MACHINE_NR_WINDOWS] = {
	[MACHINE_GICD] = { 0, 0x1000, vsync_dist, NULL, NULL },
	[MACHINE_GICC] = { 0x1000, 0x1000, vsync_dir, NULL, NULL },
	[MACHINE_UART] = { 0, 0x1000, tty_access, tty_reset, NULL },
	[MACHINE_VIRTIO] = { 0, 0x4000, device_virtio, NULL, NULL },
	[MACHINE_RTC] = { 0, 0x1000, rtc_access, rtc_reset, rtc_due },
};

/* Those of a partition: all that reset, and all that have something due on this CPU, in all
 * partitions. */
void device_reset(struct vm *vm);
uint64_t device_due(const struct cpu *cpu, uint64_t now);

/* Is the page with this number (of IPAs) the device's, in this partition? `id` is a constant, and
 * so is what the tables say of it. */
static inline __attribute__((always_inline)) bool device_is_at(const struct vm *vm, uint32_t page,
							       enum machine_window_id id)
{
	const struct device_ops *ops = &device_ops[id];
	uint32_t first = (machine_windows[id].ipa.ipa + ops->from) / PAGE_SIZE;

	return ops->access && page - first < ops->bytes / PAGE_SIZE &&
	       machine_has(vm->config->windows, id);
}

/* An access to `page`, at mmio->offset in it. MMIO_ABORT: nobody's. A chain of compares with
 * constants, the distributor first: it is on the way of much, so it is expanded where the access is
 * known. */
static inline __attribute__((always_inline)) enum mmio_result
device_access(struct vcpu *vcpu, uint32_t page, struct mmio *mmio)
{
#define ROW(id, ...)                                                                            \
	if (device_is_at(vcpu->vm, page, id)) {                                                 \
		mmio->offset +=                                                                 \
			page * PAGE_SIZE - (machine_windows[id].ipa.ipa + device_ops[id].from); \
		return device_ops[id].access(vcpu, mmio);                                       \
	}
	MACHINE_WINDOWS(ROW)
#undef ROW
	return MMIO_ABORT;
}

#endif
