/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the module plumbline_kvm does to unmap gigabytes: in pieces, between which others have the
 * lock. What they may do meanwhile, they do here: Linux takes other pages back, a vCPU touches
 * pages, a slot is replaced. Linux's headers are those of test/fakes/kernel.
 */
#define _GNU_SOURCE /* sigset_t */
#include "test/fakes/kernel/threads.h"
#include "test/unit/test.h"

/* ---- the calls ---- */

#define PLUMBLINE_KVM_HVC_H /* guest/linux/kvm/hvc.h: what of it is used here */

#define PLUMB_IRQ_LINE	    0x86000061u
#define PLUMB_MAP	    0x86000046u
#define PLUMB_UNMAP	    0x86000f46u
#define PLUMB_DIRTY	    0x86000042u
#define PLUMB_MAP_READ_ONLY 1u
#define PLUMB_MAP_LOG	    2u
#define PLUMB_MAP_RUNS_MAX  64

struct plumb_run {
	u32 pfn, pages;
};

struct plumb_result {
	s32 r0;
	u32 r1, r2, r3;
};

static struct plumb_result plumb_call(u32 function, u32 a, u32 b, u32 c, u32 d, u32 e);
static s32 plumb_call3(u32 function, u32 a, u32 b, u32 c);

#include "guest/linux/kvm/vm.h"

/* ---- what else memory.c needs of Linux ---- */

#define BITS_PER_LONG 64u

static inline bool test_bit(unsigned long n, const unsigned long *bits)
{
	return bits[n / BITS_PER_LONG] >> n % BITS_PER_LONG & 1;
}

static inline void __set_bit(unsigned long n, unsigned long *bits)
{
	bits[n / BITS_PER_LONG] |= 1ul << n % BITS_PER_LONG;
}

static inline void bitmap_set(unsigned long *bits, unsigned long n, unsigned long count)
{
	for (; count; n++, count--) {
		__set_bit(n, bits);
	}
}

static inline void bitmap_clear(unsigned long *bits, unsigned long n, unsigned long count)
{
	for (; count; n++, count--) {
		bits[n / BITS_PER_LONG] &= ~(1ul << n % BITS_PER_LONG);
	}
}

static inline unsigned long bits_find(const unsigned long *bits, unsigned long end, unsigned long n,
				      bool set)
{
	while (n < end && test_bit(n, bits) != set) {
		n++;
	}
	return n;
}

#define find_next_bit(bits, end, n) bits_find(bits, end, n, true)
#define for_each_set_bitrange_from(from, to, bits, end)                  \
	for (; (from) = bits_find(bits, end, from, true),                \
	       (to) = bits_find(bits, end, from, false), (from) < (end); \
	     (from) = (to))

struct page {
	int unused;
};

struct mm_struct {
	int unused;
};

#define mmu_notifier_range_blockable(range)   ((range)->blockable)
#define mmu_notifier_register(notifier, mm)   ((void)(notifier), (void)(mm), 0)
#define mmu_notifier_unregister(notifier, mm) ((void)(notifier), (void)(mm))
#define kmalloc(size, flags)		      malloc(size)
#define kmalloc_array(count, size, flags)     calloc(count, size)
#define virt_to_phys(at)		      ((u32)(uintptr_t)(at))
#define page_to_pfn(page)		      0u
#define PageDirty(page)			      true
#define set_page_dirty_lock(page)	      ((void)(page))
#define put_page(page)			      ((void)(page))
#define FOLL_WRITE			      1u
#define mmap_read_lock(mm)		      ((void)(mm))
#define mmap_read_unlock(mm)		      ((void)(mm))
#define need_resched()			      true
#define spin_is_contended(lock)		      false

static int get_user_pages_fast(unsigned long at, int count, u32 flags, struct page **pages)
{
	static struct page page;

	(void)at, (void)flags;
	for (int n = 0; n < count; n++) {
		pages[n] = &page;
	}
	return count;
}

#include "guest/linux/kvm/memory.c"

/* ---- a monitor: what it has mapped, and what its log says ---- */

#define PAGES	 0x10000u /* from page 0 on: 256 MiB */
#define CALL_MAX 512u	  /* pages of a PLUMB_UNMAP */
#define BLOCK	 512u

static bool mapped[PAGES], dirty[PAGES];
static u32 calls_of_hold, most_calls, pauses, divided;
static u32 slot_end; /* where a block may be divided, as the slot ends there */

static void calls_count(void)
{
	calls_of_hold++;
	most_calls = calls_of_hold > most_calls ? calls_of_hold : most_calls;
}

static struct vm vm;

static s32 plumb_call3(u32 function, u32 a, u32 b, u32 c)
{
	u32 n = min(c, CALL_MAX);

	(void)a;
	CHECK_EQ(function, PLUMB_UNMAP);
	CHECK(vm.map_lock.held && n > 0 && b + n <= PAGES);
	calls_count();
	divided += (b + c) % BLOCK && b + c != slot_end;
	memset(&mapped[b], 0, n);
	return (s32)n;
}

static s32 monitor_dirty(u32 first, u32 pages)
{
	s32 count = 0;

	memset(vm.bitmap, 0, 64);
	for (u32 n = 0; n < pages; n++) {
		if (dirty[first + n]) {
			vm.bitmap[n / 32] |= 1u << n % 32;
			count++;
		}
		dirty[first + n] = false;
	}
	return count;
}

static struct plumb_result plumb_call(u32 function, u32 a, u32 b, u32 c, u32 d, u32 e)
{
	u32 at = b;

	(void)a, (void)e;
	CHECK(vm.map_lock.held);
	calls_count();
	if (function == PLUMB_DIRTY) {
		return (struct plumb_result) { monitor_dirty(b, c), 0, 0, 0 };
	}
	CHECK_EQ(function, PLUMB_MAP);
	for (u32 n = 0; n < d; n++) {
		for (u32 page = 0; page < vm.runs[n].pages; page++, at++) {
			CHECK(!mapped[at]);
			mapped[at] = true;
		}
	}
	return (struct plumb_result) { (s32)(at - b), 0, 0, 0 };
}

/* ---- Linux: all pages are there ---- */

void pages_find(struct mm_struct *mm, unsigned long at, u32 count, u32 one, bool write, u32 *pfns)
{
	(void)mm, (void)one, (void)write;
	for (u32 n = 0; n < count; n++) {
		pfns[n] = (u32)(at / PAGE_SIZE) + n;
	}
}

void pages_narrow(struct mm_struct *mm, unsigned long at, u32 one, u32 *first, u32 *count)
{
	(void)mm, (void)at;
	*first = one;
	*count = 1;
}

struct slot *slots_find(struct vm *of, u32 page)
{
	for (u32 n = 0; n < of->nr_slots; n++) {
		if (of->slots[n] && page - of->slots[n]->first < of->slots[n]->pages) {
			return of->slots[n];
		}
	}
	return NULL;
}

int vm_wake_own(struct vm *of, u32 vcpus)
{
	(void)of, (void)vcpus;
	return 0;
}

bool ioevent_find(struct vm *of, u32 address, u32 bytes, u32 value)
{
	(void)of, (void)address, (void)bytes, (void)value;
	return false;
}

/* ---- what others do in a pause ---- */

static struct vcpu vcpu;
static void (*in_pause)(void);

void fake_point(void)
{
	void (*run)(void) = in_pause;

	if (vm.map_lock.held) {
		return;
	}
	pauses++;
	calls_of_hold = 0;
	in_pause = NULL;
	if (run) {
		run();
	}
	in_pause = run;
}

void fake_sleep(void)
{
}

void fake_spin(void)
{
}

/* ---- slots ---- */

#define USER 0x40000000ul

static struct slot *slot_make(u32 first, u32 pages, unsigned long user)
{
	struct slot *slot = calloc(1, sizeof(*slot));

	slot->first = first;
	slot->pages = pages;
	slot->user = user;
	slot->mapped = calloc(pages / BITS_PER_LONG + 1, sizeof(unsigned long));
	slot->dirty = calloc(pages / BITS_PER_LONG + 1, sizeof(unsigned long));
	return slot;
}

static void slot_free(struct slot *slot)
{
	free(slot->mapped);
	free(slot->dirty);
	free(slot);
}

static void slot_fill(struct slot *slot)
{
	for (u32 n = 0; n < slot->pages; n++) {
		mapped[slot->first + n] = true;
		__set_bit(n, slot->mapped);
	}
}

static u32 count_mapped(u32 first, u32 pages)
{
	u32 count = 0;

	for (u32 n = 0; n < pages; n++) {
		count += mapped[first + n];
	}
	return count;
}

/* The bits of each slot are as the monitor has it, and nothing else is mapped. */
static bool is_right(void)
{
	u32 all = 0, bits = 0;

	for (u32 n = 0; n < vm.nr_slots; n++) {
		const struct slot *slot = vm.slots[n];

		for (u32 page = 0; slot && page < slot->pages; page++) {
			if (test_bit(page, slot->mapped) != mapped[slot->first + page]) {
				return false;
			}
			bits += test_bit(page, slot->mapped);
		}
	}
	all = count_mapped(0, PAGES);
	return all == bits && !vm.map_lock.held;
}

static void begin(u32 first, u32 pages)
{
	static struct fake_task task;

	memset(mapped, 0, sizeof(mapped));
	memset(dirty, 0, sizeof(dirty));
	memset(&vm, 0, sizeof(vm));
	fake_current = &task;
	CHECK_EQ(memory_init(&vm), 0);
	vm.slots[0] = slot_make(first, pages, USER);
	vm.nr_slots = 1;
	slot_fill(vm.slots[0]);
	slot_end = first + pages;
	calls_of_hold = most_calls = pauses = divided = 0;
	in_pause = NULL;
	vcpu = (struct vcpu) { .vm = &vm, .faulted = VM_MAX_PAGES };
	CHECK_EQ(memory_make_room(&vcpu), 0);
}

static void end(void)
{
	CHECK(is_right());
	CHECK_EQ(vm.invalidating, 0);
	CHECK_EQ(vm.slots_sem.readers, 0);
	for (u32 n = 0; n < vm.nr_slots; n++) {
		if (vm.slots[n]) {
			slot_free(vm.slots[n]);
		}
	}
	memory_end(&vm);
	free(vcpu.pages);
	free(vcpu.pfns);
}

/* ---- the tests ---- */

/* 16 MiB by 8 calls, where the monitor does 2 MiB at once. */
#define HOLD 8u

/* Slots that begin and end anywhere. */
static void slot_goes_in_pieces(void)
{
	static const u32 firsts[] = { 0, 3, 511, 512, 4095, 4096, 5000 };

	for (u32 n = 0; n < sizeof(firsts) / sizeof(firsts[0]); n++) {
		begin(firsts[n], 40000 + firsts[n]);
		spin_lock(&vm.map_lock);
		memory_unmap_slot(&vm, vm.slots[0]);
		spin_unlock(&vm.map_lock);
		CHECK_EQ(count_mapped(0, PAGES), 0);
		CHECK(most_calls <= HOLD + 1);
		CHECK(pauses >= 9);
		CHECK_EQ(divided, 0);
		end();
	}
}

static void invalidate(unsigned long start, unsigned long to, bool blockable)
{
	struct mmu_notifier_range range = { start, to, blockable };

	CHECK_EQ(memory_invalidate(&vm.notifier, &range), 0);
	CHECK(!vm.map_lock.held);
}

static void invalidated(void)
{
	memory_invalidated(&vm.notifier, NULL);
}

/* No page of the range is mapped behind it, all others are, and nobody who may not wait pauses. */
static void ranges_go(void)
{
	static const u32 places[] = { 0, 1, 511, 4093, 4096, 8192, 12345, 29999, 30000, 40000 };
	u32 count = sizeof(places) / sizeof(places[0]);

	for (u32 a = 0; a < count; a++) {
		for (u32 b = a; b < count; b++) {
			u32 from = min(places[a], 30000u), to = min(places[b], 30000u);

			begin(7, 30000);
			invalidate(USER + places[a] * PAGE_SIZE, USER + places[b] * PAGE_SIZE,
				   b % 2);
			CHECK_EQ(count_mapped(7 + from, to - from), 0);
			CHECK_EQ(count_mapped(0, PAGES), 30000 - (to - from));
			CHECK(b % 2 ? most_calls <= HOLD + 1 : pauses == 0);
			invalidated();
			end();
		}
	}
}

/* All that a process has, as its end says it; and a part of a page. */
static void odd_ranges_go(void)
{
	begin(0, 20000);
	invalidate(0, ~0ul, true);
	CHECK_EQ(count_mapped(0, PAGES), 0);
	invalidated();
	end();
	begin(0, 20000);
	invalidate(USER + 5 * PAGE_SIZE + 100, USER + 5 * PAGE_SIZE + 200, true);
	CHECK_EQ(count_mapped(0, PAGES), 19999);
	CHECK(!mapped[5]);
	invalidated();
	end();
}

/* A vCPU that touches what has gone, in each pause. */
static void touches(void)
{
	CHECK_EQ(memory_fault(&vcpu, 100, false), 0);
}

static void nothing_is_mapped_meanwhile(void)
{
	begin(0, 30000);
	in_pause = touches;
	invalidate(USER, USER + 30000 * PAGE_SIZE, true);
	CHECK(pauses > 3);
	CHECK_EQ(count_mapped(0, PAGES), 0);
	in_pause = NULL;
	invalidated();
	touches();
	CHECK_EQ(count_mapped(0, BLOCK), BLOCK);
	end();
}

/* As KVM_SET_USER_MEMORY_REGION, which may come where the invalidation pauses. */
static void replaces(void)
{
	struct slot *former = vm.slots[0];

	spin_lock(&vm.map_lock);
	memory_unmap_slot(&vm, former);
	vm.slots[0] = pauses % 2 ? slot_make(0, 30000, USER) : NULL;
	spin_unlock(&vm.map_lock);
	if (former) {
		slot_free(former);
	}
	in_pause = NULL;
}

static void replaces_once(void)
{
	if (vm.slots[0]) {
		replaces();
	}
	if (vm.slots[0]) {
		touches();
	}
}

static void slot_may_go(void)
{
	for (u32 late = 0; late < 8; late++) {
		begin(0, 30000);
		pauses = late;
		in_pause = replaces_once;
		invalidate(USER, USER + 30000 * PAGE_SIZE, true);
		CHECK_EQ(count_mapped(0, PAGES), 0);
		in_pause = NULL;
		invalidated();
		end();
	}
}

/* Another part is taken back, from beginning to end: what is mapped is as before. */
static void invalidates_other(void)
{
	invalidate(USER + 20000 * PAGE_SIZE, USER + 20001 * PAGE_SIZE, true);
	touches();
	invalidated();
}

static void invalidations_nest(void)
{
	begin(0, 30000);
	in_pause = invalidates_other;
	invalidate(USER, USER + 30000 * PAGE_SIZE, true);
	CHECK_EQ(count_mapped(0, PAGES), 0);
	CHECK_EQ(vm.invalidating, 1);
	invalidated();
	end();
}

/* Each page that was there goes once; a vCPU may have one of them anew at once. */
static void holds_slots(void)
{
	CHECK_EQ(vm.slots_sem.readers, 1);
	if (!mapped[100]) {
		vcpu.faulted = VM_MAX_PAGES;
		touches();
	}
}

static void all_goes(void)
{
	begin(0, 30000);
	vm.slots[1] = slot_make(40000, 20000, USER + 30000 * PAGE_SIZE);
	vm.nr_slots = 2;
	slot_fill(vm.slots[1]);
	in_pause = holds_slots;
	memory_unmap_all(&vm);
	CHECK_EQ(vm.invalidations, 1);
	CHECK_EQ(count_mapped(BLOCK, PAGES - BLOCK), 0);
	CHECK_EQ(count_mapped(0, BLOCK), BLOCK);
	in_pause = NULL;
	end();
}

/* What the log says is there once, whether a page is collected, or unmapped meanwhile. */
static void unmaps_some(void)
{
	invalidate(USER + 8000 * PAGE_SIZE, USER + 12000 * PAGE_SIZE, true);
	invalidated();
}

static void log_is_whole(void)
{
	u32 count = 0;

	begin(5, 30000);
	vm.slots[0]->flags = KVM_MEM_LOG_DIRTY_PAGES;
	for (u32 n = 0; n < 30000; n += 3) {
		dirty[5 + n] = true;
	}
	in_pause = unmaps_some;
	spin_lock(&vm.map_lock);
	memory_collect_slot(&vm, vm.slots[0]);
	spin_unlock(&vm.map_lock);
	for (u32 n = 0; n < 30000; n++) {
		count += test_bit(n, vm.slots[0]->dirty);
		CHECK_EQ(test_bit(n, vm.slots[0]->dirty), n % 3 == 0);
	}
	CHECK_EQ(count, 10000);
	CHECK(pauses >= 7);
	in_pause = NULL;
	end();
}

static const struct test_case cases[] = {
	{ "slot_goes_in_pieces", slot_goes_in_pieces },
	{ "ranges_go", ranges_go },
	{ "odd_ranges_go", odd_ranges_go },
	{ "nothing_is_mapped_meanwhile", nothing_is_mapped_meanwhile },
	{ "slot_may_go", slot_may_go },
	{ "invalidations_nest", invalidations_nest },
	{ "all_goes", all_goes },
	{ "log_is_whole", log_is_whole },
};

TEST_MAIN("kvm_memory", cases)
