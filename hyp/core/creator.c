/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/creator.h"
#include "hyp/base/bits.h"
#include "hyp/hw/zero.h"
#include <string.h>

/* VMIDs of partitions are 1 to MANIFEST_MAX_PARTITIONS. Those of VMs never are two VMs' at once,
 * because each slot has its own (MANIFEST_MAX_ALL_VMS). */
static uint32_t creator_next_vmid = MANIFEST_MAX_PARTITIONS + 1;

void creator_init(struct vm *vm, uint8_t *pool, pa_t pool_pa)
{
	struct creator *creator = (struct creator *)(void *)pool;
	uint32_t count = vm->config->vm_pool / PAGE_SIZE;
	uint8_t *owner = pool + sizeof(*creator);
	uint32_t owners = (uint32_t)bits_align_up(count, sizeof(uint64_t));
	uint32_t own = sizeof(*creator) + owners + count * (uint32_t)sizeof(*creator->page);

	memset(creator, 0, sizeof(*creator));
	creator->pool = (struct stage2_pool) { pool, pool_pa, count, 0 };
	creator->page = (struct stage2_pool_page *)(void *)(owner + owners);
	creator->nr_slots = vm->config->nr_vms;
	creator->first_vmid = creator_next_vmid;
	creator_next_vmid += creator->nr_slots;
	pages_init(&creator->pages, owner, count);
	(void)pages_take(&creator->pages, PAGES_OWN, (own + PAGE_SIZE - 1) / PAGE_SIZE);
	vm->creator = creator;
}

void *creator_take(struct creator_locked held, uint32_t slot, uint32_t bytes)
{
	struct creator *creator = held.creator;
	uint32_t count = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
	uint32_t first = pages_take(&creator->pages, slot + 1, count);
	uint8_t *memory = creator->pool.base + first * PAGE_SIZE;

	if (first == PAGES_NONE) {
		return NULL;
	}
	zero_fill(memory, count * PAGE_SIZE);
	return memory;
}

uint32_t creator_take_table(struct creator_locked held, uint32_t slot)
{
	return pages_take(&held.creator->pages, slot + 1, 1);
}
