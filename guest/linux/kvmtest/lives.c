/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left when a part of a VM goes: descriptors, mappings, threads in KVM_RUN. */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define LIVES_WAIT_US 20000u
#define LIVES_LOOKS   10000u /* a millisecond each */
#define LIVES_FILES   7u     /* RLIMIT_NOFILE */

struct lives_thread {
	struct sys_thread thread;
	const struct machine *machine;
	volatile int32_t tid, result;
};

static void lives_run(void *argument)
{
	struct lives_thread *self = argument;

	self->tid = sys_tid();
	self->result = machine_run(self->machine, 0);
}

/* Until the VM's vCPU is in KVM_RUN: registers of its GIC are busy then. */
static bool lives_start(struct lives_thread *self, const struct machine *machine)
{
	uint32_t word;

	*self = (struct lives_thread) { .machine = machine, .result = 77 };
	if (!sys_thread_start(&self->thread, lives_run, self)) {
		tap_ok(false, "a thread is started");
		return false;
	}
	for (uint32_t n = 0; n < LIVES_LOOKS; n++) {
		if (machine_gic(machine, KVM_GET_DEVICE_ATTR, 1, 0, 0, &word) == -SYS_EBUSY) {
			return true;
		}
		sys_sleep_us(LIVES_WAIT_US / 20);
	}
	tap_ok(false, "a thread comes to KVM_RUN");
	return false;
}

/* A VM whose guest computes for ever, in a thread. */
static bool lives_begin(struct lives_thread *run, struct machine *machine)
{
	if (!machine_make(machine, MACHINE_GIC)) {
		return false;
	}
	machine_load(machine, guest_spin);
	return lives_start(run, machine);
}

/* One that is about to run when it is told is told again. */
static void lives_stop(struct lives_thread *self)
{
	while (self->thread.tid) {
		if (self->tid) {
			sys_thread_signal(self->tid, SYS_SIGUSR1);
		}
		sys_sleep_us(LIVES_WAIT_US / 20);
	}
	sys_thread_join(&self->thread);
}

/* A vCPU goes on without the VM's descriptor, and what of it is mapped stays. */
static void test_vm_closed(void)
{
	struct machine machine;
	uint32_t value;

	if (!machine_make(&machine, MACHINE_GIC)) {
		return;
	}
	machine_load(&machine, guest_count);
	(void)machine_set(&machine, 0, KVM_ID_R(0), 1);
	(void)sys_close(machine.vm);
	(void)sys_close(machine.gic);
	machine.vm = machine.gic = -1;
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 1),
	       "a vCPU runs without its VM's file");
	(void)sys_close(machine.vcpus[0]);
	tap_ok(machine.runs[0]->exit_reason == KVM_EXIT_MMIO,
	       "struct kvm_run is mapped without the vCPU's file");
	machine.runs[0]->exit_reason = 0;
	value = machine.ring->last;
	machine.ring->last = value;
	tap_is(sys_ioctl(machine.vcpus[0], KVM_RUN, 0), -SYS_EBADF, "which is closed");
	machine.vcpus[0] = -1;
	machine_end(&machine);
}

/* The thread is in KVM_RUN, and holds what it needs. */
static void test_closed_under_way(void)
{
	struct lives_thread run;
	struct machine machine;

	if (!lives_begin(&run, &machine)) {
		return;
	}
	(void)sys_close(machine.vcpus[0]);
	(void)sys_close(machine.vm);
	(void)sys_close(machine.gic);
	lives_stop(&run);
	tap_is(run.result, -SYS_EINTR, "all is closed while a thread is in KVM_RUN");
	machine.vcpus[0] = machine.vm = machine.gic = -1;
	machine_end(&machine);
}

/* What is given back while it runs is memory no more: the guest's next access is EFAULT. */
static void test_unmapped_under_way(void)
{
	struct lives_thread run;
	struct machine machine;

	if (!lives_begin(&run, &machine)) {
		return;
	}
	sys_unmap(machine.ram, MACHINE_SIZE);
	sys_thread_join(&run.thread);
	tap_is(run.result, -SYS_EFAULT, "its memory is unmapped while it runs: EFAULT");
	machine.ram = NULL;
	machine_end(&machine);
}

/* Two threads, one vCPU: one waits for the other. */
static void test_two_callers(void)
{
	struct lives_thread first, second;
	struct machine machine;

	if (lives_begin(&first, &machine) && lives_start(&second, &machine)) {
		tap_ok(first.result == 77 && second.result == 77,
		       "two threads are in KVM_RUN of a vCPU");
		lives_stop(&first);
		tap_is(first.result, -SYS_EINTR, "one leaves it");
		sys_sleep_us(LIVES_WAIT_US);
		tap_is(second.result, 77, "then the other one runs it");
		lives_stop(&second);
		tap_is(second.result, -SYS_EINTR, "and leaves");
	}
	machine_end(&machine);
}

/* A vCPU without a descriptor is not made: it can be made later. */
static void test_no_descriptor(void)
{
	struct machine machine;
	uint32_t limit[2] = { 0, 0 }, few[2];
	int32_t error;

	if (!machine_make(&machine, MACHINE_NO_VCPU | MACHINE_NO_RAM)) {
		return;
	}
	(void)sys_call3(SYS_GETRLIMIT, LIVES_FILES, sys_at(limit), 0);
	few[0] = 0;
	few[1] = limit[1];
	(void)sys_call3(SYS_SETRLIMIT, LIVES_FILES, sys_at(few), 0);
	error = sys_ioctl(machine.vm, KVM_CREATE_VCPU, 0);
	(void)sys_call3(SYS_SETRLIMIT, LIVES_FILES, sys_at(limit), 0);
	tap_is(error, -SYS_EMFILE, "KVM_CREATE_VCPU without a descriptor");
	machine.vcpus[0] = sys_ioctl(machine.vm, KVM_CREATE_VCPU, 0);
	tap_ok(machine.vcpus[0] >= 0, "and with one");
	machine_end(&machine);
}

void test_lives(void)
{
	sys_catch(SYS_SIGUSR1);
	test_vm_closed();
	test_closed_under_way();
	test_unmapped_under_way();
	test_two_callers();
	test_no_descriptor();
}
