/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/dirty.h"
#include "guest/linux/vmm/vm.h"

static uint32_t dirty_own[VM_RAM_MAX / VM_PAGE / 32]; /* a bit for each page */

void dirty_mark(const void *at, uint32_t size)
{
	uint32_t offset = (uint32_t)((const uint8_t *)at - vm.ram);

	for (uint32_t page = offset / VM_PAGE; size && page <= (offset + size - 1) / VM_PAGE;
	     page++) {
		(void)__atomic_fetch_or(&dirty_own[page / 32], 1u << page % 32, __ATOMIC_RELAXED);
	}
}
