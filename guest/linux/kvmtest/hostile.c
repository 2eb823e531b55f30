/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two VMs with work to do, which they check, beside one that executes random instructions on four
 * vCPUs (guest/test/fuzz) and begins anew whenever it has ended, broken something that no VMM can
 * answer, or come to a stop. Files of /vm: its image and its device tree.
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define HOSTILE_LOADS 2u
#define HOSTILE_EDGE  (1u << 24 | 40)

/* Of a VM with work: a program for each vCPU, and the memory that the second one fills. */
#define HOSTILE_SECOND 0x10000u
#define HOSTILE_FIRST  0x100000u
#define HOSTILE_LAST   0x140000u

/* The machine of the fuzzer: as a partition has it. Offsets of its RAM. */
#define HOSTILE_RAM   0x40000000u
#define HOSTILE_SIZE  0x400000u
#define HOSTILE_IMAGE 0x10000u
#define HOSTILE_TREE  0x100000u
#define HOSTILE_DONE  0x280018u /* struct fuzz_record: `done`, of each vCPU */
#define HOSTILE_GICD  0x08000000u
#define HOSTILE_GICC  0x08010000u
#define HOSTILE_UART  0x09000018u /* PL011, FR */
#define HOSTILE_EMPTY 0x90u
#define HOSTILE_GUARD 0x10000u /* bytes before and behind its RAM, which it must not change */
#define HOSTILE_MARK  0xa5u
#define HOSTILE_SVC   0xd3u /* CPSR: SVC mode, interrupts masked */

#define HOSTILE_TREE_SIZE 0x10000u
#define HOSTILE_SEED	  10001u
#define HOSTILE_SEEDS	  80000u
#define HOSTILE_DIGITS	  5u

#define HOSTILE_ROUNDS	 100u  /* edges for each */
#define HOSTILE_STEPS	 10u   /* of the hostile one, for each edge */
#define HOSTILE_EDGES	 10u   /* for each pass of the memory */
#define HOSTILE_PAUSE	 2000u /* microseconds of a turn */
#define HOSTILE_PATIENCE 200u  /* turns without a step */

static volatile bool hostile_stop;
static uint32_t hostile_random_state = 1;

static uint32_t hostile_random(void)
{
	hostile_random_state = hostile_random_state * 1664525u + 1013904223u;
	return hostile_random_state >> 8;
}

/* ---- threads that run a vCPU ---- */

struct hostile_thread {
	struct sys_thread thread;
	void (*turn)(struct hostile_thread *self); /* one KVM_RUN */
	struct machine *machine;
	uint32_t vcpu;
	volatile int32_t tid;
	volatile bool ended;
	volatile uint32_t taken, passes, wrong, errors;
};

static void hostile_run(void *argument)
{
	struct hostile_thread *self = argument;

	self->tid = sys_tid();
	while (!hostile_stop) {
		self->turn(self);
	}
	self->ended = true;
}

static bool hostile_start(struct hostile_thread *thread, struct machine *machine, uint32_t vcpu,
			  void (*turn)(struct hostile_thread *self))
{
	*thread = (struct hostile_thread) { .turn = turn, .machine = machine, .vcpu = vcpu };
	return sys_thread_start(&thread->thread, hostile_run, thread);
}

/* One that is about to run when it is told is told again. */
static void hostile_join(struct hostile_thread *thread)
{
	while (thread->thread.stack && !thread->ended) {
		if (thread->tid) {
			sys_thread_signal(thread->tid, SYS_SIGUSR1);
		}
		sys_sleep_us(2000);
	}
	if (thread->thread.stack) {
		sys_thread_join(&thread->thread);
	}
}

/* ---- VMs with work ---- */

static struct machine hostile_load[HOSTILE_LOADS];
static struct hostile_thread hostile_takers[HOSTILE_LOADS], hostile_workers[HOSTILE_LOADS];
static uint32_t hostile_raised[HOSTILE_LOADS];

static uint32_t hostile_stored(const volatile struct kvm_state *run)
{
	return run->mmio.data[0] | (uint32_t)run->mmio.data[1] << 8 |
	       (uint32_t)run->mmio.data[2] << 16 | (uint32_t)run->mmio.data[3] << 24;
}

/* An exit that is no store to its three words is wrong. */
static void hostile_look(struct hostile_thread *self)
{
	volatile struct kvm_state *run = self->machine->runs[self->vcpu];
	int32_t error = machine_run(self->machine, self->vcpu);

	if (error) {
		self->errors += error != -SYS_EINTR;
		return;
	}
	if (run->exit_reason != KVM_EXIT_MMIO || !run->mmio.is_write || run->mmio.bytes != 4) {
		self->wrong++;
	} else if (run->mmio.address == MACHINE_MMIO + 4 && hostile_stored(run) == 40) {
		self->taken++;
	} else if (run->mmio.address == MACHINE_MMIO + 8 &&
		   hostile_stored(run) == self->passes + 1) {
		self->passes++;
	} else {
		self->wrong++;
	}
}

static bool hostile_make_load(struct machine *machine)
{
	uint32_t value, runs = 0; /* KVM_MP_STATE_RUNNABLE */

	if (!machine_make(machine, MACHINE_GIC | MACHINE_TWO)) {
		return false;
	}
	memcpy(machine->ram + HOSTILE_SECOND, guest_work, (size_t)(guest_end - guest_work));
	machine_load(machine, guest_gic);
	(void)sys_ioctl(machine->vcpus[1], KVM_SET_MP_STATE, sys_at(&runs));
	machine_begin(machine, 1);
	(void)machine_set(machine, 1, KVM_ID_PC, MACHINE_RAM + HOSTILE_SECOND);
	(void)machine_set(machine, 1, KVM_ID_R(7), MACHINE_RAM + HOSTILE_FIRST);
	(void)machine_set(machine, 1, KVM_ID_R(8), MACHINE_RAM + HOSTILE_LAST);
	return machine_stores(machine, 0, MACHINE_MMIO, &value); /* it has set up its GIC */
}

/* The next edge, once the one before has been taken. */
static void hostile_raise(uint32_t n)
{
	if (hostile_takers[n].taken == hostile_raised[n]) {
		hostile_raised[n]++;
		(void)machine_line(&hostile_load[n], HOSTILE_EDGE, 1);
	}
}

/* The last edges arrive also. */
static void hostile_settle(void)
{
	for (uint32_t n = 0; n < HOSTILE_LOADS; n++) {
		for (uint32_t looks = 0;
		     looks < 1000 && hostile_takers[n].taken != hostile_raised[n]; looks++) {
			sys_sleep_us(5000);
		}
	}
}

/* ---- the VM that is hostile ---- */

static struct machine hostile_fuzz;
static struct hostile_thread hostile_threads[MACHINE_VCPUS];
static uint8_t *hostile_ram; /* behind a guard, and before one */
static uint8_t *hostile_image;
static volatile uint32_t hostile_lives, hostile_waiting; /* threads, for the next life */
static volatile bool hostile_ends;			 /* this life */

/* A number in the device tree, of so many digits behind its name. */
static void hostile_plant(const char *name, uint32_t value, uint32_t digits)
{
	uint8_t *tree = hostile_image + HOSTILE_TREE;
	uint32_t at = 0, n = 0;

	while (at < HOSTILE_TREE_SIZE - digits && name[n]) {
		n = tree[at++] == (uint8_t)name[n] ? n + 1 : 0;
	}
	for (; digits; digits--, value /= 10) {
		tree[at + digits - 1] = (uint8_t)('0' + value % 10);
	}
}

/* Word by word, as memcpy's bytes take longer than many a life. */
static void hostile_fill(void)
{
	volatile uint32_t *to = (void *)(hostile_ram + HOSTILE_GUARD);
	const uint32_t *from = (const void *)hostile_image;

	for (uint32_t n = 0; n < HOSTILE_SIZE / sizeof(*to); n++) {
		to[n] = from[n];
	}
}

/* Each life executes something else. What the one before has left has to go, so all of its vCPUs
 * are initialized again. */
static void hostile_begin(void)
{
	hostile_plant("seed=", HOSTILE_SEED + hostile_lives % HOSTILE_SEEDS, HOSTILE_DIGITS);
	hostile_fill();
	for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
		machine_complete(&hostile_fuzz, n);
		(void)machine_init(&hostile_fuzz, n, n ? 3 : 2);
	}
	(void)machine_set(&hostile_fuzz, 0, KVM_ID_CPSR, HOSTILE_SVC);
	(void)machine_set(&hostile_fuzz, 0, KVM_ID_R(2), HOSTILE_RAM + HOSTILE_TREE);
	(void)machine_set(&hostile_fuzz, 0, KVM_ID_PC, HOSTILE_RAM + HOSTILE_IMAGE);
	hostile_waiting = 0;
	hostile_ends = false;
	__atomic_fetch_add(&hostile_lives, 1u, __ATOMIC_ACQ_REL);
}

/* A load gets what a PL011 with an empty FIFO would say, or anything. */
static void hostile_answer(volatile struct kvm_state *run)
{
	uint32_t value = run->mmio.address == HOSTILE_UART ? HOSTILE_EMPTY : hostile_random();

	for (uint32_t n = 0; !run->mmio.is_write && n < 4; n++) {
		run->mmio.data[n] = (uint8_t)(value >> 8 * n);
	}
}

static void hostile_wait(void)
{
	uint32_t life = hostile_lives;

	__atomic_fetch_add(&hostile_waiting, 1u, __ATOMIC_ACQ_REL);
	while (hostile_lives == life && !hostile_stop) {
		sys_sleep_us(1000);
	}
}

/* No VMM can answer that access: the instruction is left out, or half of it. */
static void hostile_skip(const struct hostile_thread *self)
{
	uint64_t pc = 0;

	(void)machine_get(self->machine, self->vcpu, KVM_ID_PC, &pc);
	(void)machine_set(self->machine, self->vcpu, KVM_ID_PC, pc + 4);
}

static void hostile_turn(struct hostile_thread *self)
{
	volatile struct kvm_state *run = self->machine->runs[self->vcpu];
	int32_t error;

	if (hostile_ends) {
		hostile_wait();
		return;
	}
	error = machine_run(self->machine, self->vcpu);
	if (error == 0 && run->exit_reason == KVM_EXIT_MMIO) {
		self->passes++;
		hostile_answer(run);
	} else if (error == -SYS_ENOSYS) {
		self->errors++;
		hostile_skip(self);
	} else if (error != -SYS_EINTR) {
		self->wrong += error != 0;
		hostile_ends = true;
	}
}

/* The next life, once all of its threads wait for it. */
static void hostile_renew(void)
{
	while (hostile_waiting < MACHINE_VCPUS) {
		for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
			sys_thread_signal(hostile_threads[n].tid, SYS_SIGUSR1);
		}
		sys_sleep_us(1000);
	}
	hostile_begin();
}

/* Steps of all of its vCPUs in this life. */
static uint32_t hostile_steps(void)
{
	uint32_t steps = 0, done;

	for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
		memcpy(&done, hostile_ram + HOSTILE_GUARD + HOSTILE_DONE + 4 * n, sizeof(done));
		steps += done;
	}
	return steps;
}

/* One that comes to a stop, all of its vCPUs off or waiting, begins anew, too. */
static void hostile_watch(uint32_t *total)
{
	static uint32_t before, idle;
	uint32_t steps = hostile_steps();

	*total += steps > before ? steps - before : 0;
	idle = steps == before ? idle + 1 : 0;
	before = steps;
	if (hostile_ends || idle > HOSTILE_PATIENCE) {
		hostile_ends = true;
		hostile_renew();
		before = idle = 0;
	}
}

static bool hostile_load_files(void)
{
	hostile_image = sys_memory(HOSTILE_SIZE);
	hostile_ram = sys_memory(HOSTILE_SIZE + 2 * HOSTILE_GUARD);
	if (!hostile_image || !hostile_ram) {
		return false;
	}
	memset(hostile_ram, HOSTILE_MARK, HOSTILE_SIZE + 2 * HOSTILE_GUARD);
	return sys_read_file("/vm/test-fuzz.bin", hostile_image + HOSTILE_IMAGE,
			     HOSTILE_TREE - HOSTILE_IMAGE) &&
	       sys_read_file("/vm/fuzz.dtb", hostile_image + HOSTILE_TREE, HOSTILE_TREE_SIZE);
}

static bool hostile_make_fuzz(void)
{
	bool made = hostile_load_files() &&
		    machine_make(&hostile_fuzz, MACHINE_NO_RAM | MACHINE_NO_VCPU) &&
		    machine_slot(&hostile_fuzz, 0, 0, HOSTILE_RAM, HOSTILE_SIZE,
				 hostile_ram + HOSTILE_GUARD) == 0;

	for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
		made = made && machine_add_vcpu(&hostile_fuzz, n, n ? 3 : 2);
	}
	return made && machine_add_gic_at(&hostile_fuzz, HOSTILE_GICD, HOSTILE_GICC);
}

static bool hostile_guards_are_whole(void)
{
	const uint8_t *behind = hostile_ram + HOSTILE_GUARD + HOSTILE_SIZE;

	for (uint32_t n = 0; n < HOSTILE_GUARD; n++) {
		if (hostile_ram[n] != HOSTILE_MARK || behind[n] != HOSTILE_MARK) {
			return false;
		}
	}
	return true;
}

/* ---- all of them ---- */

/* `tame`: its steps are without what stops QEMU's time where that is counted in instructions. */
static bool hostile_start_all(bool tame)
{
	bool good = true;

	hostile_plant("tame=", tame, 1);
	for (uint32_t n = 0; n < HOSTILE_LOADS; n++) {
		good &= hostile_start(&hostile_takers[n], &hostile_load[n], 0, hostile_look) &&
			hostile_start(&hostile_workers[n], &hostile_load[n], 1, hostile_look);
	}
	hostile_begin();
	for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
		good &= hostile_start(&hostile_threads[n], &hostile_fuzz, n, hostile_turn);
	}
	return good;
}

/* Each has done its share. */
static bool hostile_is_enough(uint32_t rounds, uint32_t steps)
{
	bool enough = steps >= rounds * HOSTILE_STEPS;

	for (uint32_t n = 0; n < HOSTILE_LOADS; n++) {
		enough &= hostile_raised[n] >= rounds &&
			  hostile_workers[n].passes >= rounds / HOSTILE_EDGES;
	}
	return enough;
}

static bool hostile_is_wrong(void)
{
	bool wrong = false;

	for (uint32_t n = 0; n < HOSTILE_LOADS; n++) {
		wrong |= hostile_takers[n].wrong || hostile_takers[n].errors ||
			 hostile_workers[n].wrong || hostile_workers[n].errors;
	}
	return wrong;
}

/* `seconds`, or (0) until each has done its share. */
static void hostile_drive(uint32_t rounds, uint32_t seconds, uint32_t *steps)
{
	uint32_t begin = sys_seconds();

	for (uint32_t turn = 0; !hostile_is_wrong(); turn++) {
		if (seconds ? sys_seconds() - begin >= seconds
			    : hostile_is_enough(rounds, *steps)) {
			break;
		}
		for (uint32_t n = 0; n < HOSTILE_LOADS; n++) {
			hostile_raise(n);
		}
		/* Any line of the other: errors, too. */
		(void)machine_line(&hostile_fuzz, hostile_random() << 8 ^ hostile_random(),
				   turn & 1);
		hostile_watch(steps);
		sys_sleep_us(HOSTILE_PAUSE);
	}
	hostile_settle();
}

static void hostile_end_all(void)
{
	hostile_stop = true;
	for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
		hostile_join(&hostile_threads[n]);
	}
	for (uint32_t n = 0; n < HOSTILE_LOADS; n++) {
		hostile_join(&hostile_takers[n]);
		hostile_join(&hostile_workers[n]);
	}
}

static void hostile_tell_load(uint32_t n)
{
	const struct hostile_thread *taker = &hostile_takers[n], *worker = &hostile_workers[n];

	tap_is(taker->taken, hostile_raised[n], "a VM with work takes each edge, once");
	tap_is(taker->wrong + taker->errors, 0, "and does nothing else");
	tap_ok(worker->passes > 0 && worker->wrong + worker->errors == 0,
	       "its other vCPU fills its memory, and reads what it has stored");
	tap_figure(hostile_raised[n], "edges");
	tap_figure(worker->passes, "passes of the memory");
}

static void hostile_tell(uint32_t steps)
{
	uint32_t exits = 0, errors = 0, wrong = 0;

	for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
		exits += hostile_threads[n].passes;
		errors += hostile_threads[n].errors;
		wrong += hostile_threads[n].wrong;
	}
	for (uint32_t n = 0; n < HOSTILE_LOADS; n++) {
		hostile_tell_load(n);
	}
	tap_ok(hostile_guards_are_whole(),
	       "the hostile VM has changed nothing before and behind its memory");
	tap_figure(steps, "its steps");
	tap_figure(hostile_lives, "its lives, each with a seed of its own");
	tap_figure(exits, "its MMIO exits");
	tap_figure(errors, "accesses that no VMM can answer");
	tap_is(wrong, 0, "its KVM_RUN has no other error");
}

void test_hostile(uint32_t rounds, uint32_t seconds)
{
	uint32_t steps = 0;

	sys_catch(SYS_SIGUSR1);
	if (!hostile_make_load(&hostile_load[0]) || !hostile_make_load(&hostile_load[1]) ||
	    !hostile_make_fuzz() || !hostile_start_all(seconds == 0)) {
		tap_ok(false, "three VMs are made, one of them from /vm");
		return;
	}
	hostile_drive(rounds ? rounds : HOSTILE_ROUNDS, seconds, &steps);
	hostile_end_all();
	hostile_tell(steps);
	machine_end(&hostile_fuzz);
	machine_end(&hostile_load[0]);
	machine_end(&hostile_load[1]);
}
