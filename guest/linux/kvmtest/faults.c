/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of the VM that is no plain memory of the process: pages that the process fills when they
 * are asked for (userfaultfd), a file that is cut off, memory that has moved, registers, struct
 * kvm_run itself.
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define FAULTS_A     20u	 /* pages of the RAM */
#define FAULTS_B     21u	 /* filled when it is asked for */
#define FAULTS_OTHER 0x40000000u /* another slot */
#define FAULTS_FILE  "/tmp/kvmtest-faults"
#define FAULTS_LOOKS 2000u /* a millisecond each */

static volatile uint32_t *faults_word(const struct machine *machine, uint32_t page)
{
	return (volatile uint32_t *)(volatile void *)(machine->ram + page * MACHINE_PAGE);
}

static void *faults_plain(const volatile void *at)
{
	return (void *)(uintptr_t)at;
}

/* The guest tells the word at an address, and then stores there. */
static void faults_poke(struct machine *machine, uint32_t at, uint32_t value)
{
	machine_load(machine, guest_poke);
	(void)machine_set(machine, 0, KVM_ID_R(0), value);
	(void)machine_set(machine, 0, KVM_ID_R(1), at);
}

static bool faults_reads(struct machine *machine, uint32_t at, uint32_t value)
{
	faults_poke(machine, at, value + 1);
	return machine_stores_this(machine, 0, MACHINE_MMIO, value);
}

/* ---- a vCPU in a thread ---- */

struct faults_thread {
	struct sys_thread thread;
	const struct machine *machine;
	volatile bool ended, good;
	uint32_t want;
};

static void faults_run(void *argument)
{
	struct faults_thread *self = argument;

	self->good = machine_stores_this(self->machine, 0, MACHINE_MMIO, self->want);
	self->ended = true;
}

static bool faults_start(struct faults_thread *self, const struct machine *machine, uint32_t want)
{
	*self = (struct faults_thread) { .machine = machine, .want = want };
	if (!sys_thread_start(&self->thread, faults_run, self)) {
		tap_ok(false, "a thread is started");
		return false;
	}
	return true;
}

/* ---- userfaultfd ---- */

struct faults_message {
	uint8_t event, more[7];
	uint64_t flags, address, pad;
};

static int32_t faults_open(const volatile void *page)
{
	struct {
		uint64_t api, features, ioctls;
	} api = { 0xaa, 0, 0 };
	struct {
		uint64_t start, size, mode, ioctls;
	} where = { sys_at(page), MACHINE_PAGE, 1, 0 };
	int32_t file = sys_call3(SYS_USERFAULTFD, SYS_NONBLOCK, 0, 0);

	if (file < 0 || sys_ioctl(file, SYS_UFFDIO_API, sys_at(&api)) != 0 ||
	    sys_ioctl(file, SYS_UFFDIO_REGISTER, sys_at(&where)) != 0) {
		return -1;
	}
	return file;
}

static uint32_t faults_asked(int32_t file)
{
	struct faults_message message;

	return sys_call3(SYS_READ, (uint32_t)file, sys_at(&message), sizeof(message)) ==
				       (int32_t)sizeof(message) &&
			       message.event == 0x12
		       ? (uint32_t)message.address
		       : 0;
}

static int32_t faults_fill(int32_t file, const volatile void *page, const void *data)
{
	struct {
		uint64_t to, from, size, mode, copied;
	} copy = { sys_at(page), sys_at(data), MACHINE_PAGE, 0, 0 };

	return sys_ioctl(file, SYS_UFFDIO_COPY, sys_at(&copy));
}

/* Until the vCPU has ended, or the page is asked for; true: that. */
static bool faults_wait(const struct faults_thread *run, int32_t file)
{
	for (uint32_t n = 0; n < FAULTS_LOOKS && !run->ended; n++) {
		if (faults_asked(file)) {
			return true;
		}
		sys_sleep_us(1000);
	}
	return false;
}

/* The page beside it is the process's alone to fill, whoever looks around. */
static void test_neighbour(struct machine *machine, int32_t file, const void *data)
{
	struct faults_thread run;
	bool asked;

	(void)sys_call3(SYS_MADVISE, sys_at(faults_word(machine, FAULTS_A)), 3 * MACHINE_PAGE,
			SYS_DONTNEED);
	faults_poke(machine, MACHINE_RAM + FAULTS_A * MACHINE_PAGE, 1);
	if (!faults_start(&run, machine, 0)) {
		return;
	}
	asked = faults_wait(&run, file);
	tap_ok(!asked && run.ended, "the guest touches a page: the one beside it is not asked for");
	if (asked) {
		(void)faults_fill(file, faults_word(machine, FAULTS_B), data);
	}
	sys_thread_join(&run.thread);
	(void)sys_call3(SYS_MADVISE, sys_at(faults_word(machine, FAULTS_B)), MACHINE_PAGE,
			SYS_DONTNEED);
}

struct faults_log {
	struct sys_thread thread;
	const struct machine *machine;
	volatile bool ended;
	volatile int32_t result;
};

static void faults_read_log(void *argument)
{
	static uint32_t bits[MACHINE_SIZE / MACHINE_PAGE / 32];
	struct kvm_dirty_log log = { 0, 0, sys_at(bits) };
	struct faults_log *self = argument;

	self->result = sys_ioctl(self->machine->vm, KVM_GET_DIRTY_LOG, sys_at(&log));
	self->ended = true;
}

/* Who fills pages reads the log meanwhile. */
static void faults_log(const struct machine *machine, int32_t file, const void *data)
{
	struct faults_log log = { .machine = machine, .result = 77 };

	if (!sys_thread_start(&log.thread, faults_read_log, &log)) {
		tap_ok(false, "a thread is started");
		return;
	}
	for (uint32_t n = 0; n < FAULTS_LOOKS && !log.ended; n++) {
		sys_sleep_us(1000);
	}
	tap_is(log.result, 0, "KVM_GET_DIRTY_LOG while a vCPU waits for a page");
	(void)faults_fill(file, faults_word(machine, FAULTS_B), data);
	sys_thread_join(&log.thread);
}

static void test_asked(struct machine *machine, int32_t file, const void *data)
{
	struct faults_thread run;

	faults_poke(machine, MACHINE_RAM + FAULTS_B * MACHINE_PAGE, 1);
	if (!faults_start(&run, machine, 0x5eed)) {
		return;
	}
	tap_ok(faults_wait(&run, file), "the guest touches it: it is asked for");
	faults_log(machine, file, data);
	sys_thread_join(&run.thread);
	tap_ok(run.good, "the guest reads what the process has filled it with");
}

static void test_filled(void)
{
	static uint32_t data[MACHINE_PAGE / sizeof(uint32_t)];
	struct machine machine;
	int32_t file;

	if (!machine_make(&machine, MACHINE_LOG)) {
		return;
	}
	data[0] = 0x5eed;
	file = faults_open(faults_word(&machine, FAULTS_B));
	if (file < 0) {
		tap_skip("pages that the process fills", "no userfaultfd");
	} else {
		test_neighbour(&machine, file, data);
		test_asked(&machine, file, data);
		(void)sys_close(file);
	}
	machine_end(&machine);
}

/* ---- a file that is cut off ---- */

static void test_cut(struct machine *machine)
{
	int32_t file = sys_call3(SYS_OPEN, sys_at(FAULTS_FILE), SYS_CREATE, 0600);
	volatile uint32_t *at;

	(void)sys_call3(SYS_FTRUNCATE, (uint32_t)file, 2 * MACHINE_PAGE, 0);
	at = sys_map(file, 0, 2 * MACHINE_PAGE, SYS_PROT_READ | SYS_PROT_WRITE, SYS_MAP_SHARED);
	if (!at) {
		tap_ok(false, "a file is mapped");
		return;
	}
	(void)machine_slot(machine, 1, 0, FAULTS_OTHER, 2 * MACHINE_PAGE, faults_plain(at));
	at[MACHINE_PAGE / sizeof(uint32_t)] = 5;
	tap_ok(faults_reads(machine, FAULTS_OTHER + MACHINE_PAGE, 5), "the second page of a file");
	(void)sys_call3(SYS_FTRUNCATE, (uint32_t)file, MACHINE_PAGE, 0);
	tap_is(machine_run(machine, 0), -SYS_EFAULT, "it is cut off: EFAULT, and no signal");
	tap_ok(faults_reads(machine, FAULTS_OTHER, 0), "the first page is there");
	(void)sys_call3(SYS_FTRUNCATE, (uint32_t)file, 2 * MACHINE_PAGE, 0);
	tap_ok(faults_reads(machine, FAULTS_OTHER + MACHINE_PAGE, 0),
	       "and the second one again, without what was in it");
	(void)machine_slot(machine, 1, 0, FAULTS_OTHER, 0, faults_plain(at));
	sys_unmap(faults_plain(at), 2 * MACHINE_PAGE);
	(void)sys_close(file);
}

/* ---- memory that moves in the process ---- */

static void test_moves(struct machine *machine)
{
	volatile uint32_t *at = sys_memory(MACHINE_PAGE), *to = sys_memory(MACHINE_PAGE);
	int32_t moved;

	if (!at || !to) {
		tap_ok(false, "memory");
		return;
	}
	(void)machine_slot(machine, 1, 0, FAULTS_OTHER, MACHINE_PAGE, faults_plain(at));
	*at = 7;
	tap_ok(faults_reads(machine, FAULTS_OTHER, 7), "a page");
	moved = sys_call(SYS_MREMAP, sys_at(at), MACHINE_PAGE, MACHINE_PAGE, 3, sys_at(to), 0);
	tap_is(moved, (int32_t)sys_at(to), "it moves to another address in the process");
	tap_is(machine_run(machine, 0), -SYS_EFAULT, "the guest has nothing there: EFAULT");
	tap_is(*to, 7, "and has stored nothing");
	moved = sys_call(SYS_MREMAP, sys_at(to), MACHINE_PAGE, MACHINE_PAGE, 3, sys_at(at), 0);
	tap_ok(moved == (int32_t)sys_at(at) && machine_stores_this(machine, 0, MACHINE_MMIO + 4, 8),
	       "it moves back, and the guest goes on");
	tap_is(*at, 8, "and has stored");
	(void)sys_call3(SYS_MPROTECT, sys_at(at), MACHINE_PAGE, 0);
	faults_poke(machine, FAULTS_OTHER, 9);
	tap_is(machine_run(machine, 0), -SYS_EFAULT, "a page that nobody may read: EFAULT");
	(void)machine_slot(machine, 1, 0, FAULTS_OTHER, 0, faults_plain(at));
	sys_unmap(faults_plain(at), MACHINE_PAGE);
}

/* ---- no memory, and struct kvm_run ---- */

static void test_registers(struct machine *machine)
{
	int32_t file = sys_call3(SYS_OPEN, sys_at("/dev/mem"), SYS_RDWR | SYS_SYNC, 0);
	void *at = sys_map(file, 0x08000000 / MACHINE_PAGE, MACHINE_PAGE,
			   SYS_PROT_READ | SYS_PROT_WRITE, SYS_MAP_SHARED);
	int32_t error;

	if (!at) {
		tap_skip("registers of a device as memory", "they cannot be mapped");
	} else {
		error = machine_slot(machine, 1, 0, FAULTS_OTHER, MACHINE_PAGE, at);
		faults_poke(machine, FAULTS_OTHER, 0);
		tap_ok(error == 0 && machine_run(machine, 0) == -SYS_EFAULT,
		       "registers of a device as memory: EFAULT");
		(void)machine_slot(machine, 1, 0, FAULTS_OTHER, 0, at);
		sys_unmap(at, MACHINE_PAGE);
	}
	(void)sys_close(file);
}

/* What the guest writes there is as if its VMM had. */
static void test_own_state(struct machine *machine)
{
	void *state = faults_plain(machine->runs[0]);

	tap_is(machine_slot(machine, 1, 0, FAULTS_OTHER, 2 * MACHINE_PAGE, state), 0,
	       "struct kvm_run and the ring as memory of the guest");
	faults_poke(machine, FAULTS_OTHER, 0x100); /* the second byte: immediate_exit */
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 0), "the guest reads it");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 0x100), "and sets immediate_exit");
	tap_is(machine_run(machine, 0), -SYS_EINTR, "the next run ends at once");
	machine->runs[0]->immediate_exit = 0;
	faults_poke(machine, FAULTS_OTHER + MACHINE_PAGE + 4, 0xffffffff); /* ring->last */
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 0), "it writes into the ring");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 0xffffffff), "an index");
	(void)machine_slot(machine, 1, 0, FAULTS_OTHER, 0, state);
	machine->ring->last = 0;
}

void test_faults(void)
{
	struct machine machine;

	test_filled();
	if (machine_make(&machine, 0)) {
		test_cut(&machine);
		test_moves(&machine);
		test_registers(&machine);
		test_own_state(&machine);
		machine_end(&machine);
	}
}
