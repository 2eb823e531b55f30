/* SPDX-License-Identifier: BSD-2-Clause */
/* KVM_IRQ_LINE, timers, and vCPUs that wait for them or for each other. */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define LINES_SPI(n) (1u << 24 | (n))
#define LINES_PPI(n) (2u << 24 | (n))
#define LINES_TURNS  200u

static void test_line_errors(const struct machine *machine)
{
	tap_is(machine_line(machine, LINES_SPI(31), 1), -SYS_EINVAL, "KVM_IRQ_LINE of SPI 31");
	tap_is(machine_line(machine, LINES_SPI(128), 1), -SYS_EINVAL, "SPI 128 of 128 interrupts");
	tap_is(machine_line(machine, LINES_PPI(15), 1), -SYS_EINVAL, "PPI 15");
	tap_is(machine_line(machine, LINES_PPI(32), 1), -SYS_EINVAL, "PPI 32");
	tap_is(machine_line(machine, LINES_PPI(20) | 7 << 16, 1), -SYS_EINVAL,
	       "a PPI of vCPU 7, which is not there");
	tap_is(machine_line(machine, 0, 1), -SYS_ENXIO, "a CPU's line of a VM with a GIC");
	tap_is(machine_line(machine, 3u << 24, 1), -SYS_EINVAL, "type 3");
}

static void test_line(struct machine *machine)
{
	uint32_t value = 0;

	tap_ok(machine_stores(machine, 0, MACHINE_MMIO, &value), "the guest has set up its GIC");
	tap_is(machine_line(machine, LINES_SPI(33), 1), 0, "SPI 33 is raised");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 33), "the guest takes it");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 33),
	       "and again, as it is a level that stays high");
	tap_is(machine_line(machine, LINES_SPI(33), 0), 0, "it is lowered");
	tap_is(machine_line(machine, LINES_SPI(40), 1), 0, "SPI 40, an edge");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "the guest takes it");
	tap_is(machine_line(machine, LINES_SPI(40), 1), 0, "another edge, without lowering");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "the guest takes that, too");
}

static void lines_status(const struct machine *machine)
{
	struct kvm_line line = { LINES_SPI(40), 1 };

	tap_ok(sys_ioctl(machine->vm, KVM_IRQ_LINE_STATUS, sys_at(&line)) >= 0,
	       "KVM_IRQ_LINE_STATUS");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 4, 40), "it drives the line");
}

/* ---- a vCPU that waits ---- */

struct lines_thread {
	struct sys_thread thread;
	const struct machine *machine;
	uint32_t vcpu, turns;
	volatile uint32_t good, taken;
};

/* Takes edges of SPI 40 one after the other. */
static void lines_take(void *argument)
{
	struct lines_thread *self = argument;

	for (uint32_t n = 0; n < self->turns; n++) {
		self->good += machine_stores_this(self->machine, self->vcpu, MACHINE_MMIO + 4, 40);
		self->taken = n + 1;
	}
}

/* Each edge wakes it, whether it waits already or is about to. */
static void test_wakes(const struct machine *machine)
{
	struct lines_thread taker = { .machine = machine, .turns = LINES_TURNS };

	if (!sys_thread_start(&taker.thread, lines_take, &taker)) {
		tap_ok(false, "a thread is started");
		return;
	}
	for (uint32_t n = 0; n < LINES_TURNS; n++) {
		if (n % 4 == 0) {
			sys_sleep_us(1000);
		}
		(void)machine_line(machine, LINES_SPI(40), 1);
		while (taker.taken == n) {
			(void)sys_call3(SYS_SCHED_YIELD, 0, 0, 0);
		}
	}
	sys_thread_join(&taker.thread);
	tap_is(taker.good, LINES_TURNS, "200 edges for a vCPU that waits, each is taken");
}

static void test_timer(void)
{
	struct machine machine;

	if (!machine_make(&machine, MACHINE_GIC)) {
		return;
	}
	machine_load(&machine, guest_timer);
	(void)machine_set(&machine, 0, KVM_ID_R(7), 2000000);
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 27),
	       "a vCPU that waits for its timer gets its interrupt");
	machine_end(&machine);
}

/* ---- timers without a GIC: KVM_CAP_ARM_USER_IRQ ---- */

static uint64_t lines_levels(const struct machine *machine)
{
	uint64_t levels;

	memcpy(&levels, (const uint8_t *)(uintptr_t)machine->runs[0] + KVM_STATE_LEVELS, 8);
	return levels;
}

static void test_user_timer(void)
{
	struct machine machine;

	if (!machine_make(&machine, 0)) {
		return;
	}
	tap_is(sys_ioctl(machine.vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_USER_IRQ), 1,
	       "KVM_CAP_ARM_USER_IRQ");
	machine_load(&machine, guest_alarm);
	(void)machine_set(&machine, 0, KVM_ID_R(7), 2000000);
	tap_is(machine_run(&machine, 0), -SYS_EINTR, "a timer that becomes due ends a wait");
	tap_ok(machine.runs[0]->exit_reason == KVM_EXIT_INTR && lines_levels(&machine) == 1,
	       "struct kvm_run has the level of the virtual timer");
	(void)machine_line(&machine, 0, 1);
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 0), "its interrupt ends the WFI");
	tap_is((int64_t)lines_levels(&machine), 0, "the guest turns it off: the level is low");
	(void)machine_line(&machine, 0, 0);
	machine_load(&machine, guest_busy);
	(void)machine_set(&machine, 0, KVM_ID_R(7), 2000000);
	tap_is(machine_run(&machine, 0), -SYS_EINTR, "one of a guest that computes ends KVM_RUN");
	tap_is((int64_t)lines_levels(&machine), 1, "its level is high");
	machine_end(&machine);
}

void test_lines(void)
{
	struct machine machine;

	if (machine_make(&machine, MACHINE_GIC)) {
		test_line_errors(&machine);
		machine_load(&machine, guest_gic);
		test_line(&machine);
		lines_status(&machine);
		test_wakes(&machine);
		machine_end(&machine);
	}
	if (machine_make(&machine, 0)) {
		tap_is(machine_line(&machine, LINES_SPI(33), 1), -SYS_ENXIO,
		       "an SPI of a VM without a GIC");
		tap_is(machine_line(&machine, 2, 1), -SYS_EINVAL, "a CPU's line 2");
		tap_is(machine_line(&machine, 0 | 5 << 16, 1), -SYS_EINVAL,
		       "a line of a vCPU that is not there");
		machine_load(&machine, guest_wait);
		tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 0), "a guest waits");
		tap_is(machine_line(&machine, 0, 1), 0, "its IRQ is raised");
		tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO + 4, 1), "and ends the wait");
		machine_end(&machine);
	}
	test_timer();
	test_user_timer();
}

/* ---- two vCPUs ---- */

static void lines_second(void *argument)
{
	struct lines_thread *self = argument;

	self->good = machine_stores_this(self->machine, 1, MACHINE_MMIO + 4, 0x55);
	self->taken = 1;
}

void test_smp(void)
{
	struct lines_thread second;
	struct machine machine;
	uint32_t state = 77;

	if (!machine_make(&machine, MACHINE_GIC | MACHINE_TWO)) {
		return;
	}
	second = (struct lines_thread) { .machine = &machine };
	(void)sys_ioctl(machine.vcpus[1], KVM_GET_MP_STATE, sys_at(&state));
	tap_is(state, 5, "a vCPU with KVM_ARM_VCPU_POWER_OFF is stopped");
	machine_load(&machine, guest_first);
	if (!sys_thread_start(&second.thread, lines_second, &second)) {
		tap_ok(false, "a thread is started");
		return;
	}
	sys_sleep_us(20000);
	tap_is(second.taken, 0, "KVM_RUN of it waits");
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 0), "CPU_ON");
	sys_thread_join(&second.thread);
	tap_is(second.good, 1, "then it runs, with what CPU_ON has said");
	machine_end(&machine);
}
