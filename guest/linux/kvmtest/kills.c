/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that make and run VMs with all that belongs to these are killed at random moments. What
 * they leave is looked at from outside (kvm-kills.sh): nothing.
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define KILLS_ROUNDS 500u
#define KILLS_MAX_US 12000u
#define KILLS_VMS    8u /* as many as there may be, at least */

static uint32_t kills_seed = 1;

static uint32_t kills_draw(uint32_t count)
{
	kills_seed = kills_seed * 1664525u + 1013904223u;
	return (uint32_t)((uint64_t)kills_seed * count >> 32);
}

/* ---- a process that is killed ---- */

static void kills_events(const struct machine *machine)
{
	for (uint32_t n = 0; n < 8; n++) {
		int32_t event = sys_call3(SYS_EVENTFD2, 0, 0, 0);
		int32_t again = sys_call3(SYS_EVENTFD2, 0, 0, 0);
		struct kvm_irqevent line = {
			(uint32_t)event, n, n & 1 ? 2u : 0u, (uint32_t)again, { 0 }
		};
		struct kvm_ioevent store = { n, MACHINE_MMIO + 0x100, 4, event, 1, { 0 } };

		(void)sys_ioctl(machine->vm, KVM_IRQFD, sys_at(&line));
		(void)sys_ioctl(machine->vm, KVM_IOEVENTFD, sys_at(&store));
	}
}

static void kills_spin(void *argument)
{
	const struct machine *machine = argument;

	for (;;) {
		(void)machine_run(machine, 1);
	}
}

static void kills_second(struct machine *machine)
{
	static struct sys_thread thread;
	uint32_t running = 0;

	(void)sys_ioctl(machine->vcpus[1], KVM_SET_MP_STATE, sys_at(&running));
	machine_begin(machine, 1);
	(void)machine_set(machine, 1, KVM_ID_R(1), MACHINE_RAM + 16 * MACHINE_PAGE);
	(void)machine_set(machine, 1, KVM_ID_R(2), MACHINE_RAM + 900 * MACHINE_PAGE);
	(void)sys_thread_start(&thread, kills_spin, machine);
}

/* Runs, waits, touches memory and gives it back, until it is killed. */
static void kills_child(void)
{
	static struct machine machine;
	static const uint8_t *const programs[] = { guest_spin, guest_touch, guest_gic,
						   guest_count };

	if (!machine_make(&machine, MACHINE_GIC | MACHINE_TWO | MACHINE_LOG)) {
		(void)sys_call3(SYS_EXIT_GROUP, 1, 0, 0);
	}
	kills_events(&machine);
	machine_load(&machine, programs[kills_draw(4)]);
	(void)machine_set(&machine, 0, KVM_ID_R(1), MACHINE_RAM + 16 * MACHINE_PAGE);
	(void)machine_set(&machine, 0, KVM_ID_R(2), MACHINE_RAM + 800 * MACHINE_PAGE);
	kills_second(&machine);
	for (;;) {
		(void)machine_run(&machine, 0);
		(void)machine_line(&machine, 1 << 24 | 40, 1);
		(void)sys_call3(SYS_MADVISE, sys_at(machine.ram + 64 * MACHINE_PAGE),
				256 * MACHINE_PAGE, SYS_DONTNEED);
	}
}

/* ---- before and after ---- */

static struct machine kills_machines[KILLS_VMS];

static uint32_t kills_make(void)
{
	uint32_t made = 0;

	for (uint32_t n = 0; n < KILLS_VMS; n++) {
		made += machine_make(&kills_machines[n], MACHINE_GIC | MACHINE_TWO);
	}
	return made;
}

/* VMs that can be made at once: those of processes that have been killed are gone. */
static uint32_t kills_room(void)
{
	uint32_t made = kills_make();

	for (uint32_t n = 0; n < KILLS_VMS; n++) {
		if (kills_machines[n].ram) {
			machine_end(&kills_machines[n]);
		}
	}
	return made;
}

/* All VMs that there may be, of which one runs until its kernel ends. */
void test_leave(void)
{
	tap_is(kills_make(), KILLS_VMS, "as many VMs as there may be");
	machine_load(&kills_machines[0], guest_spin);
	for (;;) {
		(void)machine_run(&kills_machines[0], 0);
	}
}

void test_kills(void)
{
	uint32_t killed = 0;

	tap_is(kills_room(), KILLS_VMS, "so many VMs can be made");
	for (uint32_t n = 0; n < KILLS_ROUNDS; n++) {
		uint32_t us = kills_draw(KILLS_MAX_US);
		int32_t child = sys_call3(SYS_FORK, 0, 0, 0), status = 0;

		if (child == 0) {
			kills_child();
		}
		sys_sleep_us(us);
		(void)sys_call3(SYS_KILL, (uint32_t)child, SYS_SIGKILL, 0);
		(void)sys_call3(SYS_WAIT4, (uint32_t)child, sys_at(&status), 0);
		killed += status == SYS_SIGKILL;
	}
	tap_is(killed, KILLS_ROUNDS,
	       "500 processes are killed, none of which has ended on its own");
	tap_is(kills_room(), KILLS_VMS, "as many VMs can be made as before");
}
