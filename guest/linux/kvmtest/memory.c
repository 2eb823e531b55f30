/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory: what the process does to it, the guest sees, and the other way round. */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define MEMORY_FIRST 16u  /* page at which guest_touch begins */
#define MEMORY_PAGES 900u /* over more than one block */
#define MEMORY_OTHER 0x40000000u

static uint32_t *memory_word(const struct machine *machine, uint32_t page)
{
	return (uint32_t *)(void *)machine->ram + page * (MACHINE_PAGE / sizeof(uint32_t));
}

static void memory_touch(struct machine *machine, uint32_t first, uint32_t pages)
{
	machine_load(machine, guest_touch);
	(void)machine_set(machine, 0, KVM_ID_R(1), MACHINE_RAM + first * MACHINE_PAGE);
	(void)machine_set(machine, 0, KVM_ID_R(2), MACHINE_RAM + (first + pages) * MACHINE_PAGE);
}

static uint32_t memory_count(const struct machine *machine, uint32_t value)
{
	uint32_t count = 0;

	for (uint32_t n = 0; n < MEMORY_PAGES; n++) {
		count += *memory_word(machine, MEMORY_FIRST + n) == value;
	}
	return count;
}

/* Each page that the process gives back is a new one, for both. */
static void test_shared(struct machine *machine)
{
	memory_touch(machine, MEMORY_FIRST, MEMORY_PAGES);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, MEMORY_PAGES),
	       "the guest counts in 900 pages");
	tap_is(memory_count(machine, 1), MEMORY_PAGES, "the process sees it");
	for (uint32_t n = 0; n < MEMORY_PAGES; n++) {
		*memory_word(machine, MEMORY_FIRST + n) = 9;
	}
	memory_touch(machine, MEMORY_FIRST, MEMORY_PAGES);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 10 * MEMORY_PAGES),
	       "the guest sees what the process has stored");
	(void)sys_call3(SYS_MADVISE, sys_at(memory_word(machine, MEMORY_FIRST)),
			MEMORY_PAGES * MACHINE_PAGE, SYS_DONTNEED);
	tap_is(memory_count(machine, 0), MEMORY_PAGES, "MADV_DONTNEED: zeros for the process");
	memory_touch(machine, MEMORY_FIRST, MEMORY_PAGES);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, MEMORY_PAGES),
	       "and the same pages for the guest");
	tap_is(memory_count(machine, 1), MEMORY_PAGES, "which the process sees");
}

/* The pages of a fork are copied when one of both writes. */
static void test_fork(struct machine *machine)
{
	int32_t child, status;

	*memory_word(machine, MEMORY_FIRST) = 100;
	child = sys_call3(SYS_FORK, 0, 0, 0);
	if (child == 0) {
		sys_sleep_us(30000);
		(void)sys_call3(SYS_EXIT_GROUP, *memory_word(machine, MEMORY_FIRST) == 100 ? 0 : 1,
				0, 0);
	}
	memory_touch(machine, MEMORY_FIRST, 1);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 101),
	       "the guest stores behind a fork");
	tap_is(*memory_word(machine, MEMORY_FIRST), 101, "its process sees it");
	(void)sys_call3(SYS_WAIT4, (uint32_t)child, sys_at(&status), 0);
	tap_is(status, 0, "and the child does not");
}

static void test_read_only(struct machine *machine)
{
	volatile struct kvm_state *run = machine->runs[0];
	uint8_t *page = machine->ram + MACHINE_SIZE - MACHINE_PAGE;

	*(uint32_t *)(void *)page = 0x5eed;
	tap_is(machine_slot(machine, 1, KVM_MEM_READONLY, MEMORY_OTHER, MACHINE_PAGE, page), 0,
	       "a slot that the guest may only read");
	machine_load(machine, guest_copy);
	(void)machine_set(machine, 0, KVM_ID_R(1), MEMORY_OTHER);
	(void)machine_set(machine, 0, KVM_ID_R(2), MEMORY_OTHER + 8);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 0x5eed), "it reads there");
	tap_ok(machine_stores_this(machine, 0, MEMORY_OTHER + 8, 0x5eed), "a store is an exit");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 0x5eed), "and it goes on");
	tap_is(*((uint32_t *)(void *)page + 2), 0, "the page stays as it was");
	tap_is(machine_slot(machine, 1, 0, MEMORY_OTHER, 0, page), 0, "the slot is deleted");
	tap_ok(machine_run(machine, 0) == 0 && run->exit_reason == KVM_EXIT_MMIO &&
		       !run->mmio.is_write && run->mmio.address == MEMORY_OTHER,
	       "then a load is an exit");
}

/* A slot moves: the memory is at the new address, and not at the former one. */
static void test_move(struct machine *machine)
{
	volatile struct kvm_state *run = machine->runs[0];
	uint8_t *page = machine->ram + MACHINE_SIZE - MACHINE_PAGE;

	*(uint32_t *)(void *)page = 0xfeed;
	tap_is(machine_slot(machine, 1, 0, MEMORY_OTHER, MACHINE_PAGE, page), 0, "a slot");
	machine_load(machine, guest_copy);
	(void)machine_set(machine, 0, KVM_ID_R(1), MEMORY_OTHER);
	(void)machine_set(machine, 0, KVM_ID_R(2), MEMORY_OTHER + 4);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 0xfeed), "the guest reads there");
	tap_is(machine_slot(machine, 1, 0, MEMORY_OTHER + MACHINE_PAGE, MACHINE_PAGE, page), 0,
	       "it moves");
	tap_ok(machine_stores_this(machine, 0, MEMORY_OTHER + 4, 0xfeed),
	       "a store to the former address is an exit");
	(void)machine_set(machine, 0, KVM_ID_R(1), MEMORY_OTHER + MACHINE_PAGE);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 0xfeed) &&
		       machine_stores_this(machine, 0, MACHINE_MMIO, 0xfeed) && run->mmio.is_write,
	       "the guest reads at the new one");
	tap_is(machine_slot(machine, 1, 0, MEMORY_OTHER, 0, page), 0, "the slot is deleted");
}

/* ---- the log ---- */

static int32_t memory_log(const struct machine *machine, uint32_t *bits)
{
	struct kvm_dirty_log log = { 0, 0, sys_at(bits) };
	int32_t error = sys_ioctl(machine->vm, KVM_GET_DIRTY_LOG, sys_at(&log)), count = 0;

	for (uint32_t n = 0; n < MACHINE_SIZE / MACHINE_PAGE; n++) {
		count += (int32_t)(bits[n / 32] >> n % 32 & 1);
	}
	return error ? error : count;
}

static bool memory_has(const uint32_t *bits, uint32_t first, uint32_t pages)
{
	for (uint32_t n = first; n < first + pages; n++) {
		if (!(bits[n / 32] >> n % 32 & 1)) {
			return false;
		}
	}
	return true;
}

static void test_log(void)
{
	static uint32_t bits[MACHINE_SIZE / MACHINE_PAGE / 32];
	struct machine machine;

	if (!machine_make(&machine, MACHINE_LOG)) {
		return;
	}
	tap_is(memory_log(&machine, bits), 0, "a log: nothing is dirty");
	memory_touch(&machine, 40, 30);
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 30), "the guest stores to 30 pages");
	tap_is(memory_log(&machine, bits), 30, "these are dirty");
	tap_ok(memory_has(bits, 40, 30), "these, and no others");
	tap_is(memory_log(&machine, bits), 0, "and then are not");
	memory_touch(&machine, 50, 5);
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 10), "to 5 of them again");
	(void)sys_call3(SYS_MADVISE, sys_at(machine.ram + 52 * MACHINE_PAGE), MACHINE_PAGE,
			SYS_DONTNEED);
	tap_ok(memory_log(&machine, bits) == 5 && memory_has(bits, 50, 5),
	       "they are dirty, also the one that the process has given back");
	tap_is(machine_slot(&machine, 0, 0, MACHINE_RAM, MACHINE_SIZE, machine.ram), 0,
	       "the log is switched off");
	tap_is(memory_log(&machine, bits), -SYS_ENOENT, "there is none then");
	machine_end(&machine);
}

/* ---- two vCPUs ---- */

struct memory_thread {
	struct sys_thread thread;
	const struct machine *machine;
	uint32_t vcpu;
	volatile uint32_t good;
};

static void memory_run(void *argument)
{
	struct memory_thread *self = argument;
	uint32_t value;

	self->good = machine_stores(self->machine, self->vcpu, MACHINE_MMIO, &value);
}

static void memory_begin(const struct machine *machine, uint32_t vcpu)
{
	uint32_t running = 0;

	(void)sys_ioctl(machine->vcpus[vcpu], KVM_SET_MP_STATE, sys_at(&running));
	machine_complete(machine, vcpu);
	machine_begin(machine, vcpu);
	(void)machine_set(machine, vcpu, KVM_ID_R(1), MACHINE_RAM + MEMORY_FIRST * MACHINE_PAGE);
	(void)machine_set(machine, vcpu, KVM_ID_R(2),
			  MACHINE_RAM + (MEMORY_FIRST + MEMORY_PAGES) * MACHINE_PAGE);
}

/* Both touch the same pages, none of which is mapped. */
static bool memory_race(struct machine *machine)
{
	struct memory_thread both[2];

	(void)sys_call3(SYS_MADVISE, sys_at(memory_word(machine, MEMORY_FIRST)),
			MEMORY_PAGES * MACHINE_PAGE, SYS_DONTNEED);
	machine_load(machine, guest_touch);
	for (uint32_t n = 0; n < 2; n++) {
		memory_begin(machine, n);
		both[n] = (struct memory_thread) { .machine = machine, .vcpu = n };
	}
	for (uint32_t n = 0; n < 2; n++) {
		if (!sys_thread_start(&both[n].thread, memory_run, &both[n])) {
			return false;
		}
	}
	sys_thread_join(&both[0].thread);
	sys_thread_join(&both[1].thread);
	return both[0].good && both[1].good;
}

static void test_race(void)
{
	struct machine machine;
	uint32_t good = 0;

	if (!machine_make(&machine, MACHINE_TWO)) {
		return;
	}
	for (uint32_t n = 0; n < 30; n++) {
		good += memory_race(&machine);
	}
	tap_is(good, 30, "two vCPUs touch the same pages at once");
	machine_end(&machine);
}

void test_memory(void)
{
	struct machine machine;

	if (machine_make(&machine, 0)) {
		test_shared(&machine);
		test_fork(&machine);
		test_read_only(&machine);
		test_move(&machine);
		machine_end(&machine);
	}
	test_log();
	test_race();
}
