/* SPDX-License-Identifier: BSD-2-Clause */
/* What ends KVM_RUN from outside: signals, immediate_exit; and what a process leaves when it dies.
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define SIGNALS_WAIT_US 20000u

struct signals_thread {
	struct sys_thread thread;
	const struct machine *machine;
	volatile int32_t tid, result;
	volatile uint32_t reason;
};

static void signals_run(void *argument)
{
	struct signals_thread *self = argument;

	self->tid = sys_tid();
	self->result = machine_run(self->machine, 0);
	self->reason = self->machine->runs[0]->exit_reason;
}

/* Until it runs, and for a while. */
static bool signals_start(struct signals_thread *self, const struct machine *machine)
{
	self->machine = machine;
	self->tid = 0;
	if (!sys_thread_start(&self->thread, signals_run, self)) {
		return false;
	}
	while (self->tid == 0) {
		(void)sys_call3(SYS_SCHED_YIELD, 0, 0, 0);
	}
	sys_sleep_us(SIGNALS_WAIT_US);
	return true;
}

static void test_signal(struct machine *machine, const uint8_t *program, const char *what)
{
	struct signals_thread run;

	machine_load(machine, program);
	if (program == guest_wait) {
		uint32_t value;

		(void)machine_stores(machine, 0, MACHINE_MMIO, &value);
	}
	if (!signals_start(&run, machine)) {
		tap_ok(false, "a thread is started");
		return;
	}
	sys_thread_signal(run.tid, SYS_SIGUSR1);
	sys_thread_join(&run.thread);
	tap_is(run.result, -SYS_EINTR, what);
	tap_is(run.reason, KVM_EXIT_INTR, "and exit_reason is KVM_EXIT_INTR");
}

/* A mask that is refused, for a vCPU that has none: a signal that is blocked ends nothing. */
static void test_no_mask(struct machine *machine)
{
	struct {
		uint32_t size, mask[2];
	} odd = { 4, { 0, 0 } };
	uint32_t value;

	machine_load(machine, guest_count);
	tap_is(sys_ioctl(machine->vcpus[0], KVM_SET_SIGNAL_MASK, sys_at(&odd)), -SYS_EINVAL,
	       "KVM_SET_SIGNAL_MASK of another size");
	tap_is(sys_ioctl(machine->vcpus[0], KVM_SET_SIGNAL_MASK, 1), -SYS_EFAULT,
	       "or from no memory");
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO, &value), "is as if it were not");
}

/* A signal that is blocked, but not in KVM_RUN. */
static void test_mask(struct machine *machine)
{
	struct {
		uint32_t size, mask[2];
	} none = { 8, { 0, 0 } };

	sys_block(SYS_SIGUSR1, true);
	sys_thread_signal(sys_tid(), SYS_SIGUSR1);
	test_no_mask(machine);
	machine_load(machine, guest_spin);
	tap_is(sys_ioctl(machine->vcpus[0], KVM_SET_SIGNAL_MASK, sys_at(&none)), 0,
	       "KVM_SET_SIGNAL_MASK");
	tap_is(machine_run(machine, 0), -SYS_EINTR, "a signal that KVM_RUN alone does not block");
	tap_ok(sys_take(SYS_SIGUSR1), "it is pending, and blocked, behind KVM_RUN");
	(void)sys_ioctl(machine->vcpus[0], KVM_SET_SIGNAL_MASK, 0);
	sys_block(SYS_SIGUSR1, false);
}

/* A mask that is refused is none: what the thread blocks stays blocked. */
static void test_mask_error(struct machine *machine)
{
	struct {
		uint32_t size, mask[2];
	} none = { 7, { 0, 0 } };

	machine_load(machine, guest_count);
	(void)machine_set(machine, 0, KVM_ID_R(0), 3);
	sys_block(SYS_SIGUSR1, true);
	sys_thread_signal(sys_tid(), SYS_SIGUSR1);
	tap_is(sys_ioctl(machine->vcpus[0], KVM_SET_SIGNAL_MASK, sys_at(&none)), -SYS_EINVAL,
	       "KVM_SET_SIGNAL_MASK of another size");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 3),
	       "then KVM_RUN has the signals of its thread");
	tap_is(sys_ioctl(machine->vcpus[0], KVM_SET_SIGNAL_MASK, 4), -SYS_EFAULT,
	       "one from no memory");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 4), "the same");
	(void)sys_take(SYS_SIGUSR1);
	sys_block(SYS_SIGUSR1, false);
}

static void test_immediate(struct machine *machine)
{
	uint64_t pc;

	machine_load(machine, guest_count);
	(void)machine_set(machine, 0, KVM_ID_R(0), 5);
	machine->runs[0]->immediate_exit = 1;
	tap_is(machine_run(machine, 0), -SYS_EINTR, "immediate_exit: EINTR");
	machine->runs[0]->immediate_exit = 0;
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO, 5), "and no instruction");
	machine->runs[0]->immediate_exit = 1;
	tap_is(machine_run(machine, 0), -SYS_EINTR, "behind an access");
	machine->runs[0]->immediate_exit = 0;
	tap_ok(machine_get(machine, 0, KVM_ID_PC, &pc) == 0 && pc == MACHINE_RAM + 4,
	       "it is completed, and no more");
}

/* The process that runs a VM is killed in the middle of it. */
static void signals_child(void)
{
	struct machine machine;

	if (machine_make(&machine, MACHINE_GIC)) {
		machine_load(&machine, guest_spin);
		(void)machine_run(&machine, 0);
	}
	(void)sys_call3(SYS_EXIT_GROUP, 1, 0, 0);
}

static void test_kill(void)
{
	uint32_t killed = 0;

	/* More than VMs that there may be. */
	for (uint32_t n = 0; n < 12; n++) {
		int32_t child = sys_call3(SYS_FORK, 0, 0, 0), status = 0;

		if (child == 0) {
			signals_child();
		}
		sys_sleep_us(SIGNALS_WAIT_US * (n % 3));
		(void)sys_call3(SYS_KILL, (uint32_t)child, SYS_SIGKILL, 0);
		(void)sys_call3(SYS_WAIT4, (uint32_t)child, sys_at(&status), 0);
		killed += status == SYS_SIGKILL;
	}
	tap_is(killed, 12, "twelve processes are killed while they run a VM");
}

void test_signals(void)
{
	struct machine machine;

	sys_catch(SYS_SIGUSR1);
	if (!machine_make(&machine, MACHINE_GIC)) {
		return;
	}
	test_signal(&machine, guest_spin, "a signal ends KVM_RUN of a guest that computes");
	test_signal(&machine, guest_wait, "and of one that waits");
	test_mask(&machine);
	test_mask_error(&machine);
	test_immediate(&machine);
	machine_end(&machine);
	test_kill();
}
