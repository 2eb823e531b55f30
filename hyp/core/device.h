/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The emulated devices behind the windows of the guests' machine (hyp/dev/machine.h), one per row.
 * Other glue calls them only through this table.
 */
#ifndef HYP_CORE_DEVICE_H
#define HYP_CORE_DEVICE_H

#include "hyp/core/rtc.h"
#include "hyp/core/shared.h"
#include "hyp/core/tty.h"
#include "hyp/core/virtio.h"
#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include "hyp/core/watchdog.h"

struct device_ops {
	uint32_t from, bytes; /* the part of the window, in whole pages, that `access` handles */
	/* The loaded vCPU's access, which is aligned; offset from `from`. */
	enum mmio_result (*access)(struct vcpu *vcpu, struct mmio *mmio);
	/* NULL, or the short way for words, by offset from `from`: true if the access is done, with
	 * the effects of `access`. False: nothing has happened, also if the partition does not have
	 * the device. The distributor's are not here: a child's is in no window (vm->dist_page). */
	bool (*read_word)(const struct vcpu *vcpu, uint32_t offset, uint32_t *value);
	bool (*write_word)(struct vcpu *vcpu, uint32_t offset, uint32_t value);
	/* The partition has ended: resets the device for its next start. NULL: the device has no
	 * state, or is reset elsewhere: the VGIC while the partition is loaded, shared memory by
	 * partition_clear_up. */
	void (*reset)(struct vm *vm);
	/* Does all timed work of this CPU that is due at `now`. Returns the counter value at which
	 * to call it again, or DEADLINE_NEVER. NULL: the device has no timed work. */
	uint64_t (*due)(struct vm *vm, const struct cpu *cpu, uint64_t now);
};

/* Windows without a row are not emulated: MACHINE_GICV2M, and GICC's first page, which is
 * mapped. */
static const struct device_ops device_ops[MACHINE_NR_WINDOWS] = {
	[MACHINE_GICD] = { 0, 0x1000, vsync_dist, NULL, NULL, NULL, NULL },
	[MACHINE_GICC] = { 0x1000, 0x1000, vsync_dir, NULL, NULL, NULL, NULL },
	[MACHINE_UART] = { 0, 0x1000, tty_access, tty_read, NULL, tty_reset, NULL },
	[MACHINE_VIRTIO] = { 0, 0x4000, virtio_access, NULL, NULL, NULL, NULL },
	[MACHINE_RTC] = { 0, 0x1000, rtc_access, NULL, NULL, rtc_reset, rtc_due },
	[MACHINE_WATCHDOG] = { 0, 0x1000, watchdog_access, NULL, NULL, watchdog_reset,
			       watchdog_due },
	[MACHINE_SHARED] = { 0, 0x4000, shared_access, NULL, shared_write, NULL, NULL },
};

/* device_reset: all devices of a partition. device_due: all devices of all partitions, on this
 * CPU. */
void device_reset(struct vm *vm);
uint64_t device_due(const struct cpu *cpu, uint64_t now);

/* Is the page with this number (of IPAs) the device's, in a partition that has it? `id` is a
 * constant, so the tables' values for it are constants too. */
static inline __attribute__((always_inline)) bool device_has_page(uint32_t page,
								  enum machine_window_id id)
{
	const struct device_ops *ops = &device_ops[id];
	uint32_t first = (machine_windows[id].ipa.ipa + ops->from) / PAGE_SIZE;

	return ops->access && page - first < ops->bytes / PAGE_SIZE;
}

/* And does this partition have it? */
static inline __attribute__((always_inline)) bool device_is_at(const struct vm *vm, uint32_t page,
							       enum machine_window_id id)
{
	return device_has_page(page, id) && machine_has(vm->config->windows, id);
}

/* From the start of the part that `access` handles. */
static inline __attribute__((always_inline)) uint32_t device_offset(uint32_t page, uint32_t offset,
								    enum machine_window_id id)
{
	return offset + page * PAGE_SIZE - (machine_windows[id].ipa.ipa + device_ops[id].from);
}

/* An access to `page`, at mmio->offset in it. MMIO_ABORT: no device is there. A chain of compares
 * with constants, the distributor first. It is inline because frequent paths call it. */
static inline __attribute__((always_inline)) enum mmio_result
device_access(struct vcpu *vcpu, uint32_t page, struct mmio *mmio)
{
#define ROW(id, ...)                                                  \
	if (device_is_at(vcpu->vm, page, id)) {                       \
		mmio->offset = device_offset(page, mmio->offset, id); \
		return device_ops[id].access(vcpu, mmio);             \
	}
	MACHINE_WINDOWS(ROW)
#undef ROW
	return MMIO_ABORT;
}

/* An aligned word at `offset` in `page`: true if a short way has done the access. The distributor
 * is where the VM has it, also a child. */
static inline __attribute__((always_inline)) bool
device_read_word(const struct vcpu *vcpu, uint32_t page, uint32_t offset, uint32_t *value)
{
	if (page == vcpu->vm->dist_page) {
		return vsync_dist_read(vcpu, offset, value);
	}
#define ROW(id, ...)                                                                           \
	if (device_ops[id].read_word && device_has_page(page, id)) {                           \
		return device_ops[id].read_word(vcpu, device_offset(page, offset, id), value); \
	}
	MACHINE_WINDOWS(ROW)
#undef ROW
	return false;
}

/* The same of a store, if it is not to the distributor. */
static inline __attribute__((always_inline)) bool
device_write_word(struct vcpu *vcpu, uint32_t page, uint32_t offset, uint32_t value)
{
#define ROW(id, ...)                                                                            \
	if (device_ops[id].write_word && device_has_page(page, id)) {                           \
		return device_ops[id].write_word(vcpu, device_offset(page, offset, id), value); \
	}
	MACHINE_WINDOWS(ROW)
#undef ROW
	return false;
}

#endif
