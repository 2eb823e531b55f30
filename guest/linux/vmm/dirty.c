/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/dirty.h"
#include "guest/linux/kvmtest/sys.h"
#include "guest/linux/vmm/vm.h"

static uint32_t dirty_own[DIRTY_WORDS];

void dirty_mark(const void *at, uint32_t size)
{
	uint32_t offset = (uint32_t)((const uint8_t *)at - vm.ram);

	for (uint32_t page = offset / VM_PAGE; size && page <= (offset + size - 1) / VM_PAGE;
	     page++) {
		(void)__atomic_fetch_or(&dirty_own[page / 32], 1u << page % 32, __ATOMIC_RELAXED);
	}
}

bool dirty_log(bool on)
{
	for (uint32_t n = 0; n < DIRTY_WORDS; n++) {
		(void)__atomic_exchange_n(&dirty_own[n], 0u, __ATOMIC_RELAXED);
	}
	return vm_set_memory(on ? KVM_MEM_LOG_DIRTY_PAGES : 0) == 0;
}

int32_t dirty_take(uint32_t *bits)
{
	struct kvm_dirty_log log = { .slot = 0, .bitmap = sys_at(bits) };
	int32_t error = sys_ioctl(vm.fd, KVM_GET_DIRTY_LOG, sys_at(&log)), count = 0;

	if (error < 0) {
		return error;
	}
	for (uint32_t n = 0; n < vm.ram_size / VM_PAGE / 32; n++) {
		bits[n] |= __atomic_exchange_n(&dirty_own[n], 0u, __ATOMIC_RELAXED);
		count += __builtin_popcount(bits[n]);
	}
	return count;
}
