/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that are there for the process, but not to be written as they are: copies on write, files,
 * the page of zeros. The guest touches a page beside them that may be written, and then one of
 * them; and what the process and others see is what Linux's rules say.
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define PAGES_A	     20u /* in the RAM; the one beside it is the other one */
#define PAGES_B	     21u
#define PAGES_OTHER  0x40000000u /* another slot */
#define PAGES_RACE   200u
#define PAGES_ROUNDS 30u
#define PAGES_FILE   "/tmp/kvmtest-pages"
#define PAGES_SIZE   (4u * MACHINE_PAGE)

static volatile uint32_t *pages_word(const struct machine *machine, uint32_t page)
{
	return (volatile uint32_t *)(volatile void *)(machine->ram + page * MACHINE_PAGE);
}

static void pages_begin(const struct machine *machine, uint32_t at, uint32_t value)
{
	machine_complete(machine, 0);
	(void)machine_set(machine, 0, KVM_ID_PC, MACHINE_RAM);
	(void)machine_set(machine, 0, KVM_ID_R(0), value);
	(void)machine_set(machine, 0, KVM_ID_R(1), at);
}

/* The guest's word at an address is `old`, and then `value`. */
static bool pages_poke(const struct machine *machine, uint32_t at, uint32_t old, uint32_t value)
{
	pages_begin(machine, at, value);
	return machine_stores_this(machine, 0, MACHINE_MMIO, old) &&
	       machine_stores_this(machine, 0, MACHINE_MMIO + 4, value);
}

static bool pages_poke_ram(const struct machine *machine, uint32_t page, uint32_t old,
			   uint32_t value)
{
	return pages_poke(machine, MACHINE_RAM + page * MACHINE_PAGE, old, value);
}

static int32_t pages_join(int32_t child)
{
	int32_t status = -1;

	(void)sys_call3(SYS_WAIT4, (uint32_t)child, sys_at(&status), 0);
	return status;
}

/* The child looks when the guest has stored. */
static int32_t pages_fork(const struct machine *machine, uint32_t a, uint32_t b)
{
	int32_t child = sys_call3(SYS_FORK, 0, 0, 0);

	if (child == 0) {
		sys_sleep_us(30000);
		(void)sys_call3(SYS_EXIT_GROUP,
				*pages_word(machine, PAGES_A) != a ||
					*pages_word(machine, PAGES_B) != b,
				0, 0);
	}
	return child;
}

static void test_copies(struct machine *machine)
{
	int32_t child;

	*pages_word(machine, PAGES_A) = 1;
	*pages_word(machine, PAGES_B) = 1;
	child = pages_fork(machine, 1, 1);
	*pages_word(machine, PAGES_A) = 2;
	tap_ok(pages_poke_ram(machine, PAGES_A, 2, 3), "a page that is the process's own by now");
	tap_ok(pages_poke_ram(machine, PAGES_B, 1, 4), "the one beside it, which a child has, too");
	tap_is(*pages_word(machine, PAGES_B), 4, "the process sees it");
	tap_is(pages_join(child), 0, "and the child does not");

	child = pages_fork(machine, 3, 4);
	*pages_word(machine, PAGES_A) = 7;
	tap_ok(pages_poke_ram(machine, PAGES_A, 7, 8) && pages_poke_ram(machine, PAGES_B, 4, 5),
	       "the process stores behind a fork: the guest sees it");
	tap_is(pages_join(child), 0, "the child does not");

	child = sys_call3(SYS_FORK, 0, 0, 0);
	if (child == 0) {
		*pages_word(machine, PAGES_B) = 99;
		(void)sys_call3(SYS_EXIT_GROUP, 0, 0, 0);
	}
	tap_is(pages_join(child), 0, "a child stores");
	tap_ok(pages_poke_ram(machine, PAGES_B, 5, 6), "the guest does not see it");
}

static void test_protection(struct machine *machine)
{
	void *page = machine->ram + PAGES_B * MACHINE_PAGE;

	(void)sys_call3(SYS_MPROTECT, sys_at(page), MACHINE_PAGE, SYS_PROT_READ);
	pages_begin(machine, MACHINE_RAM + PAGES_B * MACHINE_PAGE, 10);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 6),
	       "memory that the process may only read by now: the guest reads");
	tap_is(machine_run(machine, 0), -SYS_EFAULT, "it cannot store");
	tap_is(*pages_word(machine, PAGES_B), 6, "and has not");
	(void)sys_call3(SYS_MPROTECT, sys_at(page), MACHINE_PAGE, SYS_PROT_READ | SYS_PROT_WRITE);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 10), "until the process may");
	tap_is(*pages_word(machine, PAGES_B), 10, "it has");
}

/* ---- files ---- */

static uint32_t pages_file_word(uint32_t page)
{
	static uint32_t words[PAGES_SIZE / sizeof(uint32_t)];

	(void)sys_read_file(PAGES_FILE, words, sizeof(words));
	return words[page * (MACHINE_PAGE / sizeof(uint32_t))];
}

/* Four pages, with words from 50 on. NULL: it could not be made. */
static volatile uint32_t *pages_map_file(uint32_t flags)
{
	static uint32_t words[PAGES_SIZE / sizeof(uint32_t)];
	int32_t file = sys_call3(SYS_OPEN, sys_at(PAGES_FILE), SYS_CREATE, 0600);
	volatile uint32_t *at;

	for (uint32_t n = 0; n < 4; n++) {
		words[n * (MACHINE_PAGE / sizeof(uint32_t))] = 50 + n;
	}
	(void)sys_call3(SYS_WRITE, (uint32_t)file, sys_at(words), sizeof(words));
	at = sys_map(file, 0, PAGES_SIZE, SYS_PROT_READ | SYS_PROT_WRITE, flags);
	(void)sys_close(file);
	return at;
}

static void test_file(struct machine *machine, bool shared)
{
	volatile uint32_t *at = pages_map_file(shared ? SYS_MAP_SHARED : SYS_MAP_PRIVATE);
	uint32_t second = MACHINE_PAGE / sizeof(uint32_t);

	if (!at) {
		tap_ok(false, "a file is mapped");
		return;
	}
	(void)machine_slot(machine, 1, 0, PAGES_OTHER, PAGES_SIZE, (void *)(uintptr_t)sys_at(at));
	tap_is(at[second], 51, shared ? "a file that is shared" : "a private file");
	at[0] = 60;
	tap_ok(pages_poke(machine, PAGES_OTHER, 60, 61) &&
		       pages_poke(machine, PAGES_OTHER + MACHINE_PAGE, 51, 62),
	       "the guest stores to its pages");
	tap_ok(at[0] == 61 && at[second] == 62, "the process sees it");
	(void)machine_slot(machine, 1, 0, PAGES_OTHER, 0, (void *)(uintptr_t)sys_at(at));
	sys_unmap((void *)(uintptr_t)sys_at(at), PAGES_SIZE);
	tap_is(pages_file_word(0), shared ? 61 : 50, shared ? "the file has it" : "the file stays");
	tap_is(pages_file_word(1), shared ? 62 : 51, "also the second page");
}

/* ---- the page of zeros ---- */

static void test_zeros(struct machine *machine)
{
	volatile uint32_t *at = sys_memory(PAGES_SIZE), *other = sys_memory(MACHINE_PAGE);
	uint32_t second = MACHINE_PAGE / sizeof(uint32_t);

	if (!at || !other) {
		tap_ok(false, "memory");
		return;
	}
	(void)machine_slot(machine, 1, 0, PAGES_OTHER, PAGES_SIZE, (void *)(uintptr_t)sys_at(at));
	tap_is(at[second], 0, "a page that the process has only read");
	at[0] = 1;
	tap_ok(pages_poke(machine, PAGES_OTHER, 1, 2) &&
		       pages_poke(machine, PAGES_OTHER + MACHINE_PAGE, 0, 3),
	       "the guest stores to it");
	tap_is(at[second], 3, "the process sees it");
	tap_is(*other, 0, "and nobody else does");
	(void)machine_slot(machine, 1, 0, PAGES_OTHER, 0, (void *)(uintptr_t)sys_at(at));
	(void)sys_call3(SYS_MADVISE, sys_at(at), PAGES_SIZE, SYS_DONTNEED);
	(void)machine_slot(machine, 1, KVM_MEM_READONLY, PAGES_OTHER, PAGES_SIZE,
			   (void *)(uintptr_t)sys_at(at));
	tap_is(at[0] + at[second], 0, "the same for a guest that may only read");
	pages_begin(machine, PAGES_OTHER + MACHINE_PAGE, 0);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 0), "it reads zeros");
	at[second] = 9;
	pages_begin(machine, PAGES_OTHER + MACHINE_PAGE, 0);
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 9),
	       "and what the process then stores");
	(void)machine_slot(machine, 1, KVM_MEM_READONLY, PAGES_OTHER, 0,
			   (void *)(uintptr_t)sys_at(at));
	sys_unmap((void *)(uintptr_t)sys_at(at), PAGES_SIZE);
	sys_unmap((void *)(uintptr_t)sys_at(other), MACHINE_PAGE);
}

/* ---- the process takes pages back while the guest touches them ---- */

struct pages_thread {
	struct sys_thread thread;
	const struct machine *machine;
	volatile bool ready, ended;
};

static void pages_run(void *argument)
{
	struct pages_thread *self = argument;
	uint32_t value;

	self->ready = true;
	(void)machine_stores(self->machine, 0, MACHINE_MMIO, &value);
	self->ended = true;
}

static void pages_touch(const struct machine *machine)
{
	machine_begin(machine, 0);
	(void)machine_set(machine, 0, KVM_ID_R(1), MACHINE_RAM + PAGES_A * MACHINE_PAGE);
	(void)machine_set(machine, 0, KVM_ID_R(2),
			  MACHINE_RAM + (PAGES_A + PAGES_RACE) * MACHINE_PAGE);
}

/* Each page has been the same one for both. */
static bool pages_race(struct machine *machine, uint32_t round)
{
	struct pages_thread touch = { .machine = machine };
	uint32_t sum = PAGES_RACE;

	machine_complete(machine, 0);
	pages_touch(machine);
	if (!sys_thread_start(&touch.thread, pages_run, &touch)) {
		return false;
	}
	for (uint32_t n = 0; !touch.ended; n = (n + 7) % PAGES_RACE) {
		(void)sys_call3(SYS_MADVISE, sys_at(pages_word(machine, PAGES_A + n)),
				MACHINE_PAGE * (1 + round % 4), SYS_DONTNEED);
		*pages_word(machine, PAGES_A + n) += n;
	}
	sys_thread_join(&touch.thread);
	for (uint32_t n = 0; n < PAGES_RACE; n++) {
		sum += *pages_word(machine, PAGES_A + n);
	}
	machine_complete(machine, 0);
	pages_touch(machine);
	return machine_stores_this(machine, 0, MACHINE_MMIO, sum);
}

static void test_races(struct machine *machine)
{
	uint32_t good = 0;

	machine_load(machine, guest_touch);
	for (uint32_t n = 0; n < PAGES_ROUNDS; n++) {
		good += pages_race(machine, n);
	}
	tap_is(good, PAGES_ROUNDS, "the process takes pages back while the guest touches them");
}

void test_pages(void)
{
	struct machine machine;

	if (machine_make(&machine, 0)) {
		machine_load(&machine, guest_poke);
		test_copies(&machine);
		test_protection(&machine);
		test_file(&machine, false);
		test_file(&machine, true);
		test_zeros(&machine);
		test_races(&machine);
		machine_end(&machine);
	}
}
