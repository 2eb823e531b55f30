/* SPDX-License-Identifier: BSD-2-Clause */
/* What the calls cost, by the virtual counter: nanoseconds, which are instructions in QEMU with
 * `-icount shift=0`. */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define SPEED_ROUNDS 1000u
#define SPEED_WAITS  100u
#define SPEED_PAGES  900u
#define SPEED_OFF    (1u << 24 | 70) /* SPIs: disabled; an edge */
#define SPEED_EDGE   (1u << 24 | 40)

static uint64_t speed_now(void)
{
	uint32_t low, high;

	__asm__ volatile("isb\n\tmrrc p15, 1, %0, %1, c14" : "=r"(low), "=r"(high));
	return (uint64_t)high << 32 | low;
}

static void speed_tell(uint64_t begin, uint32_t rounds, const char *name)
{
	uint32_t hz;

	__asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	tap_figure((int64_t)((speed_now() - begin) * 1000000000u / hz / rounds), name);
}

static void speed_calls(const struct machine *machine)
{
	uint64_t begin = speed_now();

	for (uint32_t n = 0; n < SPEED_ROUNDS; n++) {
		(void)sys_call3(SYS_GETPID, 0, 0, 0);
	}
	speed_tell(begin, SPEED_ROUNDS, "null system call");
	begin = speed_now();
	for (uint32_t n = 0; n < SPEED_ROUNDS; n++) {
		(void)sys_ioctl(machine->vm, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY);
	}
	speed_tell(begin, SPEED_ROUNDS, "null VM ioctl");
	begin = speed_now();
	for (uint32_t n = 0; n < SPEED_ROUNDS; n++) {
		(void)machine_line(machine, SPEED_OFF, n & 1);
	}
	speed_tell(begin, SPEED_ROUNDS, "KVM_IRQ_LINE, raise and lower, mean");
	begin = speed_now();
	for (uint32_t n = 0; n < SPEED_ROUNDS; n++) {
		(void)machine_line(machine, SPEED_OFF, 1);
	}
	speed_tell(begin, SPEED_ROUNDS, "KVM_IRQ_LINE, no change");
}

static void speed_runs(struct machine *machine)
{
	uint64_t begin;
	uint32_t value;

	machine_load(machine, guest_count);
	(void)machine_run(machine, 0);
	begin = speed_now();
	for (uint32_t n = 0; n < SPEED_ROUNDS; n++) {
		(void)machine_run(machine, 0);
	}
	speed_tell(begin, SPEED_ROUNDS, "KVM_RUN from MMIO store to MMIO store");
	machine_load(machine, guest_gic);
	(void)machine_stores(machine, 0, MACHINE_MMIO, &value);
	(void)machine_line(machine, SPEED_EDGE, 1);
	(void)machine_run(machine, 0);
	begin = speed_now();
	for (uint32_t n = 0; n < SPEED_ROUNDS; n++) {
		(void)machine_line(machine, SPEED_EDGE, 1);
		(void)machine_run(machine, 0);
	}
	speed_tell(begin, SPEED_ROUNDS, "raise, KVM_RUN, handler, its MMIO store, same thread");
}

/* By how much a timer is late that ends a wait of `us` microseconds. */
static void speed_late(struct machine *machine, uint32_t us, const char *name)
{
	uint32_t hz, ticks;

	__asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	machine_load(machine, guest_late);
	(void)machine_set(machine, 0, KVM_ID_R(7), (uint64_t)hz * us / 1000000);
	(void)machine_set(machine, 0, KVM_ID_R(8), SPEED_WAITS);
	(void)machine_stores(machine, 0, MACHINE_MMIO, &ticks);
	tap_figure((int64_t)((uint64_t)ticks * 1000000000u / hz / SPEED_WAITS), name);
}

/* Of pages that the process has touched before. */
static void speed_touch(struct machine *machine)
{
	uint32_t first = 16, value;
	uint64_t begin;

	for (uint32_t n = 0; n < SPEED_PAGES; n++) {
		machine->ram[(first + n) * MACHINE_PAGE] = 1;
	}
	machine_load(machine, guest_touch);
	(void)machine_set(machine, 0, KVM_ID_R(1), MACHINE_RAM + first * MACHINE_PAGE);
	(void)machine_set(machine, 0, KVM_ID_R(2),
			  MACHINE_RAM + (first + SPEED_PAGES) * MACHINE_PAGE);
	begin = speed_now();
	(void)machine_stores(machine, 0, MACHINE_MMIO, &value);
	speed_tell(begin, SPEED_PAGES, "first touch of a page, of 900 in a row");
}

void test_speed(void)
{
	struct machine machine;

	if (machine_make(&machine, MACHINE_GIC)) {
		speed_touch(&machine);
		speed_calls(&machine);
		speed_runs(&machine);
		speed_late(&machine, 50, "a timer ends a WFI of 50 us: how late");
		speed_late(&machine, 3000, "a timer ends a WFI of 3 ms: how late");
		machine_end(&machine);
	}
}
