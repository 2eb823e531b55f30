// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* KVM_SET_USER_MEMORY_REGION and KVM_GET_DIRTY_LOG: with the checks of KVM, in its order. */
#include "vm.h"
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define SLOTS_FLAGS (KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY)

struct slot *slots_find(struct vm *vm, u32 page)
{
	u32 n, count = READ_ONCE(vm->nr_slots);
	struct slot *slot;

	for (n = 0; n < count; n++) {
		slot = READ_ONCE(vm->slots[n]);
		if (slot && page - slot->first < slot->pages)
			return slot;
	}
	return NULL;
}

/* ---- slots ---- */

static void slots_free_one(struct slot *slot)
{
	if (slot) {
		kvfree(slot->mapped);
		kvfree(slot->dirty);
		kfree(slot);
	}
}

static unsigned long *slots_bits(u32 count)
{
	return kvcalloc(BITS_TO_LONGS(count), sizeof(unsigned long), GFP_KERNEL_ACCOUNT);
}

static struct slot *slots_make(const struct kvm_userspace_memory_region *region)
{
	struct slot *slot = kzalloc(sizeof(*slot), GFP_KERNEL_ACCOUNT);

	if (!slot)
		return NULL;
	slot->flags = region->flags;
	slot->first = region->guest_phys_addr >> PAGE_SHIFT;
	slot->pages = region->memory_size >> PAGE_SHIFT;
	slot->user = region->userspace_addr;
	slot->mapped = slots_bits(slot->pages);
	if (slot->flags & KVM_MEM_LOG_DIRTY_PAGES)
		slot->dirty = slots_bits(2 * round_up(slot->pages, BITS_PER_LONG));
	if (slot->mapped && (slot->dirty || !(slot->flags & KVM_MEM_LOG_DIRTY_PAGES)))
		return slot;
	slots_free_one(slot);
	return NULL;
}

void slots_free(struct vm *vm)
{
	u32 n;

	for (n = 0; n < VM_MAX_SLOTS; n++)
		slots_free_one(vm->slots[n]);
}

/* Slots that stay are inside at each moment. map_lock is held. */
static void slots_find_ends(struct vm *vm)
{
	u32 first = VM_MAX_PAGES, end = 0, n;

	for (n = 0; n < vm->nr_slots; n++) {
		const struct slot *slot = vm->slots[n];

		if (slot) {
			first = min(first, slot->first);
			end = max(end, slot->first + slot->pages);
		}
	}
	WRITE_ONCE(vm->first, first);
	WRITE_ONCE(vm->end, end);
}

/* `slot` NULL: there is none with that number then. What was mapped of the former one is not any
 * more. */
static void slots_replace(struct vm *vm, u32 number, struct slot *slot)
{
	struct slot *former = vm->slots[number];
	u32 count;

	spin_lock(&vm->map_lock);
	if (former)
		memory_unmap_slot(vm, former);
	rcu_assign_pointer(vm->slots[number], slot);
	count = VM_MAX_SLOTS;
	while (count && !vm->slots[count - 1])
		count--;
	WRITE_ONCE(vm->nr_slots, count);
	slots_find_ends(vm);
	spin_unlock(&vm->map_lock);
	if (former)
		synchronize_rcu(); /* memory_fault */
	slots_free_one(former);
}

/* ---- checks ---- */

static int slots_check(const struct kvm_userspace_memory_region *region)
{
	u64 size = region->memory_size, first = region->guest_phys_addr;

	if (region->flags & ~SLOTS_FLAGS)
		return -EINVAL;
	if (!PAGE_ALIGNED(size) || !PAGE_ALIGNED(first) || !PAGE_ALIGNED(region->userspace_addr))
		return -EINVAL;
	if (region->userspace_addr + size < size || region->userspace_addr + size > TASK_SIZE)
		return -EINVAL;
	if (region->slot >= VM_MAX_SLOTS || first + size < first)
		return -EINVAL;
	return size >> PAGE_SHIFT >= INT_MAX ? -EINVAL : 0;
}

static bool slots_overlap(const struct vm *vm, const struct kvm_userspace_memory_region *region)
{
	u64 first = region->guest_phys_addr >> PAGE_SHIFT;
	u64 end = first + (region->memory_size >> PAGE_SHIFT);
	u32 n;

	for (n = 0; n < vm->nr_slots; n++) {
		const struct slot *slot = vm->slots[n];

		if (slot && n != region->slot && first < slot->first + slot->pages &&
		    slot->first < end)
			return true;
	}
	return false;
}

/* Memory that the process may only read is for slots that the VM may only read. */
static int slots_check_access(const struct kvm_userspace_memory_region *region)
{
	unsigned long at = region->userspace_addr, end = at + region->memory_size;
	struct vm_area_struct *area;
	int error = 0;

	if (region->flags & KVM_MEM_READONLY)
		return 0;
	mmap_read_lock(current->mm);
	for (area = find_vma(current->mm, at); area && area->vm_start < end && !error;
	     area = find_vma(current->mm, area->vm_end))
		error = area->vm_flags & VM_WRITE ? 0 : -EPERM;
	mmap_read_unlock(current->mm);
	return error;
}

/* May a slot that is there be changed to this? */
static int slots_check_change(const struct slot *slot,
			      const struct kvm_userspace_memory_region *region)
{
	if (region->userspace_addr != slot->user ||
	    region->memory_size >> PAGE_SHIFT != slot->pages)
		return -EINVAL;
	return (region->flags ^ slot->flags) & KVM_MEM_READONLY ? -EINVAL : 0;
}

static bool slots_is_same(const struct slot *slot, const struct kvm_userspace_memory_region *region)
{
	return region->guest_phys_addr >> PAGE_SHIFT == slot->first && region->flags == slot->flags;
}

/* ---- KVM_SET_USER_MEMORY_REGION ---- */

static int slots_delete(struct vm *vm, u32 number)
{
	if (!vm->slots[number])
		return -EINVAL;
	slots_replace(vm, number, NULL);
	return 0;
}

static int slots_put(struct vm *vm, const struct kvm_userspace_memory_region *region)
{
	struct slot *former = vm->slots[region->slot], *slot;
	int error = former ? slots_check_change(former, region) : 0;

	if (error || (former && slots_is_same(former, region)))
		return error;
	if (slots_overlap(vm, region))
		return -EEXIST;
	if ((region->guest_phys_addr + region->memory_size) >> PAGE_SHIFT > VM_MAX_PAGES)
		return -EFAULT;
	error = slots_check_access(region);
	if (error)
		return error;
	slot = slots_make(region);
	if (!slot)
		return -ENOMEM;
	slots_replace(vm, region->slot, slot);
	return 0;
}

int slots_set(struct vm *vm, const struct kvm_userspace_memory_region *region)
{
	int error = slots_check(region);

	if (error)
		return error;
	down_write(&vm->slots_sem);
	error = region->memory_size ? slots_put(vm, region) : slots_delete(vm, region->slot);
	up_write(&vm->slots_sem);
	return error;
}

/* ---- KVM_GET_DIRTY_LOG ---- */

/* What is dirty goes to the second half, and is clean then. vm->lock is held: for one at a time. */
static unsigned long *slots_take_log(struct vm *vm, struct slot *slot)
{
	u32 words = BITS_TO_LONGS(slot->pages);
	unsigned long *answer = slot->dirty + words;

	spin_lock(&vm->map_lock);
	memory_collect_slot(vm, slot);
	bitmap_copy(answer, slot->dirty, words * BITS_PER_LONG);
	bitmap_zero(slot->dirty, words * BITS_PER_LONG);
	spin_unlock(&vm->map_lock);
	return answer;
}

static int slots_answer_log(struct vm *vm, struct slot *slot, void __user *bitmap)
{
	size_t size = BITS_TO_LONGS(slot->pages) * sizeof(unsigned long);

	return copy_to_user(bitmap, slots_take_log(vm, slot), size) ? -EFAULT : 0;
}

int slots_get_log(struct vm *vm, const struct kvm_dirty_log *log)
{
	struct slot *slot;
	int error = -ENOENT;

	if (log->slot >= VM_MAX_SLOTS)
		return -EINVAL;
	mutex_lock(&vm->lock);
	down_read(&vm->slots_sem); /* a vCPU may wait for a page that its process is to fill */
	slot = vm->slots[log->slot];
	if (slot && slot->dirty)
		error = slots_answer_log(vm, slot, log->dirty_bitmap);
	up_read(&vm->slots_sem);
	mutex_unlock(&vm->lock);
	return error;
}
