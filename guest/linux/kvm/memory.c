// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * What of a slot the VM can access at present. Pages are mapped when a vCPU accesses them, together
 * with those around, and unmapped when Linux takes one of them back, by an MMU notifier. So no page
 * is pinned, and what Linux does to memory of programs it can do to memory of VMs.
 */
#include "vm.h"
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/slab.h>

#define MEMORY_AROUND	512u  /* pages that are mapped at once: 2 MiB, the size of a block */
#define MEMORY_LOG_ONCE 512u  /* pages of a PLUMB_DIRTY */
#define MEMORY_PIECE	4096u /* pages that are unmapped, or whose log is read, without a pause */

/* ---- unmapping ---- */

/* Adds what the monitor has logged to slot->dirty. map_lock is held. */
static void memory_collect(struct vm *vm, struct slot *slot, u32 first, u32 pages)
{
	u32 bit = first - slot->first, end = bit + pages;

	for (; bit < end; bit += MEMORY_LOG_ONCE) {
		u32 n = min(end - bit, MEMORY_LOG_ONCE), i;

		if (plumb_call(PLUMB_DIRTY, vm->handle, slot->first + bit, n,
			       virt_to_phys(vm->bitmap), 0)
			    .r0 <= 0)
			continue;
		for (i = 0; i < n; i++)
			if (vm->bitmap[i / 32] >> i % 32 & 1)
				__set_bit(bit + i, slot->dirty);
	}
}

static void memory_unmap_range(struct vm *vm, u32 page, u32 pages)
{
	while (pages) {
		s32 done = plumb_call3(PLUMB_UNMAP, vm->handle, page, pages);

		if (WARN_ON_ONCE(done <= 0))
			return;
		page += done;
		pages -= done;
	}
}

/* Pages of a slot, `first` of which is that of the VM. map_lock is held. */
static void memory_unmap(struct vm *vm, struct slot *slot, u32 first, u32 pages)
{
	unsigned long from = first - slot->first, end = from + pages, to;

	for_each_set_bitrange_from (from, to, slot->mapped, end) {
		if (slot->flags & KVM_MEM_LOG_DIRTY_PAGES)
			memory_collect(vm, slot, slot->first + from, to - from);
		memory_unmap_range(vm, slot->first + from, to - from);
		bitmap_clear(slot->mapped, from, to - from);
	}
}

/* ---- in pieces ---- */

/* Somebody waits for map_lock, or for this CPU. */
static void memory_pause(struct vm *vm)
{
	if (need_resched() || spin_is_contended(&vm->map_lock)) {
		spin_unlock(&vm->map_lock);
		cond_resched();
		spin_lock(&vm->map_lock);
	}
}

/* How many of `pages` are the first piece. It ends where blocks end: these are not divided. */
static u32 memory_piece(u32 first, u32 pages)
{
	return min(pages, MEMORY_PIECE - first % MEMORY_PIECE);
}

static void memory_in_pieces(struct vm *vm, struct slot *slot,
			     void (*part)(struct vm *vm, struct slot *slot, u32 first, u32 pages))
{
	u32 page = slot->first, end = page + slot->pages, n;

	for (; page < end; page += n) {
		n = memory_piece(page, end - page);
		part(vm, slot, page, n);
		memory_pause(vm);
	}
}

void memory_unmap_slot(struct vm *vm, struct slot *slot)
{
	memory_in_pieces(vm, slot, memory_unmap);
}

void memory_collect_slot(struct vm *vm, struct slot *slot)
{
	memory_in_pieces(vm, slot, memory_collect);
}

/* What is mapped meanwhile, the monitor has cleaned since. */
void memory_unmap_all(struct vm *vm)
{
	u32 n;

	down_read(&vm->slots_sem);
	spin_lock(&vm->map_lock);
	vm->invalidations++;
	for (n = 0; n < vm->nr_slots; n++)
		if (vm->slots[n])
			memory_unmap_slot(vm, vm->slots[n]);
	spin_unlock(&vm->map_lock);
	up_read(&vm->slots_sem);
}

/* ---- Linux takes memory back ---- */

static struct vm *memory_vm(struct mmu_notifier *notifier)
{
	return container_of(notifier, struct vm, notifier);
}

/* A piece of [start, end). Returns where the rest begins, `end` if there is none. */
static unsigned long memory_take_back_piece(struct vm *vm, struct slot *slot, unsigned long start,
					    unsigned long end)
{
	unsigned long from = max(start, slot->user);
	unsigned long to = min(end, slot->user + slot->pages * PAGE_SIZE);
	u32 first = slot->first + ((from - slot->user) >> PAGE_SHIFT), pages;

	if (from >= to)
		return end;
	pages = memory_piece(first, (PAGE_ALIGN(to) - (from & PAGE_MASK)) >> PAGE_SHIFT);
	memory_unmap(vm, slot, first, pages);
	return (from & PAGE_MASK) + pages * PAGE_SIZE;
}

/* Where it pauses, the slot may be replaced: nothing of the next one is mapped until this
 * invalidation has ended. */
static void memory_take_back(struct vm *vm, u32 number, const struct mmu_notifier_range *range)
{
	unsigned long at = range->start;

	while (at < range->end && vm->slots[number]) {
		at = memory_take_back_piece(vm, vm->slots[number], at, range->end);
		if (mmu_notifier_range_blockable(range))
			memory_pause(vm);
	}
}

static int memory_invalidate(struct mmu_notifier *notifier, const struct mmu_notifier_range *range)
{
	struct vm *vm = memory_vm(notifier);
	u32 n;

	spin_lock(&vm->map_lock);
	vm->invalidating++;
	for (n = 0; n < vm->nr_slots; n++)
		memory_take_back(vm, n, range);
	spin_unlock(&vm->map_lock);
	return 0;
}

static void memory_invalidated(struct mmu_notifier *notifier,
			       const struct mmu_notifier_range *range)
{
	struct vm *vm = memory_vm(notifier);

	spin_lock(&vm->map_lock);
	vm->invalidations++;
	vm->invalidating--;
	spin_unlock(&vm->map_lock);
}

/* The process has ended, and somebody else has a descriptor of the VM. */
static void memory_release(struct mmu_notifier *notifier, struct mm_struct *mm)
{
	memory_unmap_all(memory_vm(notifier));
}

static const struct mmu_notifier_ops memory_ops = {
	.release = memory_release,
	.invalidate_range_start = memory_invalidate,
	.invalidate_range_end = memory_invalidated,
};

int memory_init(struct vm *vm)
{
	int error;

	vm->runs = kmalloc_array(PLUMB_MAP_RUNS_MAX, sizeof(*vm->runs), GFP_KERNEL_ACCOUNT);
	vm->bitmap = kmalloc(MEMORY_LOG_ONCE / 8, GFP_KERNEL_ACCOUNT);
	error = vm->runs && vm->bitmap ? 0 : -ENOMEM;
	vm->notifier.ops = &memory_ops;
	if (!error)
		error = mmu_notifier_register(&vm->notifier, current->mm);
	if (error) {
		kfree(vm->runs);
		kfree(vm->bitmap);
	}
	return error;
}

void memory_end(struct vm *vm)
{
	mmu_notifier_unregister(&vm->notifier, vm->mm);
	kfree(vm->runs);
	kfree(vm->bitmap);
}

/* ---- mapping ---- */

int memory_make_room(struct vcpu *vcpu)
{
	vcpu->pages = kmalloc_array(MEMORY_AROUND, sizeof(*vcpu->pages), GFP_KERNEL_ACCOUNT);
	vcpu->pfns = kmalloc_array(MEMORY_AROUND, sizeof(*vcpu->pfns), GFP_KERNEL_ACCOUNT);
	return vcpu->pages && vcpu->pfns ? 0 : -ENOMEM;
}

/* The pages around `page` of a slot that are not mapped, up to those of a block. */
static void memory_find_gap(const struct slot *slot, u32 page, u32 *first, u32 *end)
{
	u32 block = round_down(page, MEMORY_AROUND);
	u32 low = max(block, slot->first),
	    high = min(block + MEMORY_AROUND, slot->first + slot->pages);

	for (*first = page; *first > low; --*first)
		if (test_bit(*first - 1 - slot->first, slot->mapped))
			break;
	*end = find_next_bit(slot->mapped, high - slot->first, page + 1 - slot->first) +
	       slot->first;
}

/* Pages that follow each other in this partition's memory, too, become one run. Returns their
 * number. */
static u32 memory_make_runs(struct vm *vm, const u32 *pfns, u32 count, u32 *taken)
{
	u32 runs = 0, n;

	for (n = 0; n < count; n++) {
		u32 pfn = pfns[n];

		if (runs && vm->runs[runs - 1].pfn + vm->runs[runs - 1].pages == pfn) {
			vm->runs[runs - 1].pages++;
			continue;
		}
		if (runs == PLUMB_MAP_RUNS_MAX)
			break;
		vm->runs[runs++] = (struct plumb_run) { pfn, 1 };
	}
	*taken = n;
	return runs;
}

static u32 memory_flags(const struct slot *slot, bool write)
{
	return (write ? 0 : PLUMB_MAP_READ_ONLY) |
	       (slot->flags & KVM_MEM_LOG_DIRTY_PAGES ? PLUMB_MAP_LOG : 0);
}

/* Returns how many of them are mapped then, or an error if none. map_lock is held. */
static int memory_map(struct vm *vm, struct slot *slot, u32 first, const u32 *pfns, u32 count,
		      bool write)
{
	u32 done = 0, taken;

	while (done < count) {
		u32 runs = memory_make_runs(vm, pfns + done, count - done, &taken);
		s32 said = plumb_call(PLUMB_MAP, vm->handle, first + done, virt_to_phys(vm->runs),
				      runs, memory_flags(slot, write))
				   .r0;

		if (said > 0) {
			bitmap_set(slot->mapped, first + done - slot->first, said);
			done += said;
		}
		if (said != taken)
			return done ? done : said;
	}
	return done;
}

/* What of them another vCPU has mapped meanwhile is left out: those around `page` that it has not.
 */
static int memory_map_rest(struct vm *vm, struct slot *slot, u32 first, const u32 *pfns, u32 count,
			   u32 page, bool write)
{
	u32 bit = first - slot->first, at = page - slot->first, low = at, high;

	if (test_bit(at, slot->mapped))
		return 0;
	while (low > bit && !test_bit(low - 1, slot->mapped))
		low--;
	high = find_next_bit(slot->mapped, bit + count, at);
	return memory_map(vm, slot, slot->first + low, pfns + low - bit, high - low, write);
}

/* The same, if Linux has taken nothing back since `invalidations`. 0: it is mapped, or the vCPU
 * tries again; as memory_map. */
static int memory_map_if(struct vm *vm, struct slot *slot, unsigned long invalidations, u32 first,
			 const u32 *pfns, u32 count, u32 page, bool write)
{
	int said = 0;

	spin_lock(&vm->map_lock);
	if (!vm->invalidating && vm->invalidations == invalidations)
		said = memory_map_rest(vm, slot, first, pfns, count, page, write);
	spin_unlock(&vm->map_lock);
	return said;
}

static void memory_put(struct page **pages, u32 count, bool write)
{
	u32 n;

	for (n = 0; n < count; n++) {
		if (write && !PageDirty(pages[n]))
			set_page_dirty_lock(pages[n]);
		put_page(pages[n]);
	}
}

/* Maps [first, end), of which `page` is one. 0, or -errno; -ENXIO: `page` is behind those that the
 * process has. */
static int memory_map_pages(struct vcpu *vcpu, struct slot *slot, u32 first, u32 end, u32 page,
			    unsigned long invalidations, bool write)
{
	unsigned long at = slot->user + (first - slot->first) * PAGE_SIZE;
	int count = get_user_pages_fast(at, end - first, write ? FOLL_WRITE : 0, vcpu->pages);
	int said = -ENXIO, n;

	if (count < 0)
		return count;
	for (n = 0; n < count; n++)
		vcpu->pfns[n] = page_to_pfn(vcpu->pages[n]);
	if (first + count > page)
		said = memory_map_if(vcpu->vm, slot, invalidations, first, vcpu->pfns, count, page,
				     write);
	memory_put(vcpu->pages, count, write);
	return min(said, 0);
}

/*
 * A page that counts as mapped. The first time, another vCPU may have mapped it just now. The
 * second time it is mapped anew: it was not for a store, or the monitor had no memory to keep it
 * when it unmapped others of its block. map_lock is held.
 */
static bool memory_is_there(struct vcpu *vcpu, struct slot *slot, u32 page)
{
	if (!test_bit(page - slot->first, slot->mapped))
		return false;
	if (vcpu->faulted != page) {
		vcpu->faulted = page;
		return true;
	}
	memory_unmap(vcpu->vm, slot, page, 1);
	return false;
}

/* Those of [first, end) that the process has at present, and that are around `page` without a gap;
 * 0: not even `page`. map_lock and mmap_lock are held. */
static int memory_map_present(struct vcpu *vcpu, struct slot *slot, u32 first, u32 end, u32 page,
			      bool write)
{
	u32 at = page - first, low = at, high = at, *pfns = vcpu->pfns;

	pages_find(vcpu->vm->mm, slot->user + (first - slot->first) * PAGE_SIZE, end - first, at,
		   write, pfns);
	while (low && pfns[low] != PAGES_NONE && pfns[low - 1] != PAGES_NONE)
		low--;
	while (high < end - first && pfns[high] != PAGES_NONE)
		high++;
	return memory_map(vcpu->vm, slot, first + low, pfns + low, high - low, write);
}

/* Those that Linux is asked for. mmap_lock is held. */
static noinline void memory_narrow(struct vm *vm, const struct slot *slot, u32 page, u32 *first,
				   u32 *end)
{
	u32 from = 0, count = *end - *first;

	pages_narrow(vm->mm, slot->user + (*first - slot->first) * PAGE_SIZE, page - *first, &from,
		     &count);
	*first += from;
	*end = *first + count;
}

static int memory_map_around(struct vcpu *vcpu, struct slot *slot, u32 page, bool write)
{
	struct vm *vm = vcpu->vm;
	unsigned long invalidations;
	u32 first, end;
	bool done;
	int error;

	mmap_read_lock(vm->mm);
	spin_lock(&vm->map_lock);
	done = memory_is_there(vcpu, slot, page);
	invalidations = vm->invalidations;
	memory_find_gap(slot, page, &first, &end);
	if (!done)
		vcpu->faulted = VM_MAX_PAGES;
	if (!done && !vm->invalidating)
		done = memory_map_present(vcpu, slot, first, end, page, write) > 0;
	spin_unlock(&vm->map_lock);
	if (!done)
		memory_narrow(vm, slot, page, &first, &end);
	mmap_read_unlock(vm->mm);
	if (done)
		return 0;
	error = memory_map_pages(vcpu, slot, first, end, page, invalidations, write);
	if (error == -ENXIO || error == -EFAULT)
		error = memory_map_pages(vcpu, slot, page, page + 1, page, invalidations, write);
	return error;
}

int memory_fault(struct vcpu *vcpu, u32 page, bool write)
{
	struct vm *vm = vcpu->vm;
	struct slot *slot;
	bool writable;
	int error = 1;

	down_read(&vm->slots_sem);
	slot = slots_find(vm, page);
	writable = slot && !(slot->flags & KVM_MEM_READONLY);
	if (slot && (writable || !write)) {
		error = memory_map_around(vcpu, slot, page, writable);
		/* Memory that the process may only read */
		if (error == -EFAULT && writable && !write)
			error = memory_map_around(vcpu, slot, page, false);
	}
	up_read(&vm->slots_sem);
	return error;
}
