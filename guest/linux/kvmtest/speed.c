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

/* By how much a timer is late that ends a wait of `us` microseconds. Without a name: how long waits
 * are is learned. */
static void speed_late(struct machine *machine, uint32_t us, const char *name)
{
	uint32_t hz, ticks;

	__asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	machine_load(machine, guest_late);
	(void)machine_set(machine, 0, KVM_ID_R(7), (uint64_t)hz * us / 1000000);
	(void)machine_set(machine, 0, KVM_ID_R(8), SPEED_WAITS);
	(void)machine_stores(machine, 0, MACHINE_MMIO, &ticks);
	if (name) {
		tap_figure((int64_t)((uint64_t)ticks * 1000000000u / hz / SPEED_WAITS), name);
	}
}

/* ---- from a line to its handler: the guest's time of it is the physical counter, which is the
 * process's counter in a partition with no-counter-offset ---- */

#define SPEED_STAMP 0x200000u /* in the RAM: CNTPCT, and whether the handler is to tell it */

static volatile uint64_t *speed_stamp(const struct machine *machine)
{
	return (volatile uint64_t *)(volatile void *)(machine->ram + SPEED_STAMP);
}

static void speed_figure(uint64_t ticks, uint32_t rounds, const char *name)
{
	uint32_t hz;

	__asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	tap_figure((int64_t)(ticks * 1000000000u / hz / rounds), name);
}

static void speed_load_stamp(struct machine *machine, bool tells)
{
	uint32_t value;

	speed_stamp(machine)[0] = 0;
	speed_stamp(machine)[1] = tells;
	machine_load(machine, guest_stamp);
	(void)machine_set(machine, 0, KVM_ID_R(7), MACHINE_RAM + SPEED_STAMP);
	(void)machine_stores(machine, 0, MACHINE_MMIO, &value);
}

static void speed_handler(struct machine *machine)
{
	uint64_t sum = 0, begin;

	speed_load_stamp(machine, true);
	for (uint32_t n = 0; n < SPEED_ROUNDS; n++) {
		begin = speed_now();
		(void)machine_line(machine, SPEED_EDGE, 1);
		(void)machine_run(machine, 0);
		sum += speed_stamp(machine)[0] - begin;
	}
	speed_figure(sum, SPEED_ROUNDS, "raise, KVM_RUN, handler, same thread");
}

/* It gets the CPU as soon as it is woken: SCHED_FIFO, priority 1. */
static void speed_run(void *argument)
{
	int32_t priority = 1;

	(void)sys_call3(SYS_SETSCHEDULER, 0, 1, sys_at(&priority));
	(void)machine_run(argument, 0);
}

/* The vCPU's thread sleeps. `event` < 0: KVM_IRQ_LINE. */
static void speed_wake(struct machine *machine, int32_t event, const char *name)
{
	uint64_t sum = 0, begin, one = 1;
	struct sys_thread thread;

	speed_load_stamp(machine, false);
	if (!sys_thread_start(&thread, speed_run, machine)) {
		return;
	}
	for (uint32_t n = 0; n < 2 * SPEED_WAITS; n++) {
		sys_sleep_us(2000);
		speed_stamp(machine)[1] = n + 1 == 2 * SPEED_WAITS;
		begin = speed_now();
		if (event < 0) {
			(void)machine_line(machine, SPEED_EDGE, 1);
		} else {
			(void)sys_call3(SYS_WRITE, (uint32_t)event, sys_at(&one), sizeof(one));
		}
		sys_sleep_us(1000);
		sum += n < SPEED_WAITS ? 0 : speed_stamp(machine)[0] - begin;
	}
	sys_thread_join(&thread);
	speed_figure(sum, SPEED_WAITS, name);
}

static void speed_wakes(struct machine *machine)
{
	int32_t event = sys_call3(SYS_EVENTFD2, 0, 0, 0);
	struct kvm_irqevent irqfd = { .fd = (uint32_t)event, .gsi = SPEED_EDGE & 0xffff };

	speed_wake(machine, -1, "KVM_IRQ_LINE to handler, its thread asleep on the same CPU");
	irqfd.gsi -= 32;
	if (sys_ioctl(machine->vm, KVM_IRQFD, sys_at(&irqfd)) == 0) {
		speed_wake(machine, event, "eventfd (KVM_IRQFD) to handler, the same");
	}
}

/* ---- inside of the VM: the best of some runs, in which Linux has not interrupted it ---- */

#define SPEED_INSIDE 208u /* a multiple of 16: guest_tick */
#define SPEED_TRIES  10u

/* `loop`: instructions around each. */
static void speed_inside(struct machine *machine, const uint8_t *program, uint32_t loop,
			 const char *name)
{
	uint32_t best = UINT32_MAX, ticks, hz;

	__asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	for (uint32_t n = 0; n < SPEED_TRIES; n++) {
		machine_load(machine, program);
		(void)machine_set(machine, 0, KVM_ID_R(7), SPEED_INSIDE);
		if (machine_stores(machine, 0, MACHINE_MMIO, &ticks) && ticks < best) {
			best = ticks;
		}
	}
	tap_figure((int64_t)((uint64_t)best * 1000000000u / hz / SPEED_INSIDE) - loop, name);
}

static void speed_insides(struct machine *machine)
{
	speed_inside(machine, guest_hvc, 3, "inside: HVC");
	speed_inside(machine, guest_gicd, 2, "inside: GICD_CTLR read");
	speed_inside(machine, guest_enable, 2, "inside: GICD_ISENABLER written");
	speed_inside(machine, guest_sgi, 3, "inside: SGI to itself, taken and ended");
	speed_inside(machine, guest_tick, 3, "inside: virtual timer, CVAL to handler entry");
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

/* guest_gic, in speed_runs, leaves an interrupt active: it is the last. */
void test_speed(void)
{
	struct machine machine;

	if (machine_make(&machine, MACHINE_GIC)) {
		speed_touch(&machine);
		speed_calls(&machine);
		speed_handler(&machine);
		speed_insides(&machine);
		speed_late(&machine, 50, NULL);
		speed_late(&machine, 50, "a timer ends a WFI of 50 us: how late");
		speed_late(&machine, 3000, NULL);
		speed_late(&machine, 3000, "a timer ends a WFI of 3 ms: how late");
		speed_wakes(&machine);
		speed_runs(&machine);
		machine_end(&machine);
	}
}
