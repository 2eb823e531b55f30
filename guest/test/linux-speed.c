/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counts the exits of the partition `guest`, a Linux that measures itself (guest/linux/speed.sh):
 * at each mark that guest/linux/bin/mark.c sets there, a line tells what its vCPU cost up to then.
 * Sleeps in between, on a CPU of its own.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define SPEED_BELL     0x01000060u /* KVM_IRQ_LINE's word: SPI 96 */
#define SPEED_ANSWER   0x01000061u
#define SPEED_PENDING  2u /* GET_IRQ_STATE */
#define SPEED_NAP_US   5000u
#define SPEED_LIMIT_US (10 * TIMER_PATIENCE_US)
#define SPEED_COUNTS   10u /* GET_STATS */
#define SPEED_TRIES    1000u

struct speed {
	uint32_t handle;
	uint32_t marks;
	uint32_t refused;
	uint64_t counts[SPEED_COUNTS];
};

static bool speed_is_over(const struct speed *speed)
{
	struct vm_info info = { .state = PLUMB_VM_CRASHED };

	(void)vm_info(speed->handle, &info);
	return info.state == PLUMB_VM_OFF || info.state == PLUMB_VM_CRASHED;
}

/* Of one moment: the guest goes on meanwhile, and each call reads one. */
static void speed_count(struct speed *speed)
{
	uint64_t exits = UINT64_MAX;

	for (uint32_t tries = 0; tries < SPEED_TRIES && exits != speed->counts[0]; tries++) {
		for (uint32_t i = 0; i < SPEED_COUNTS; i++) {
			speed->refused += vm_stats(speed->handle, 0, i, &speed->counts[i]) != 0;
		}
		speed->refused += vm_stats(speed->handle, 0, 0, &exits) != 0;
	}
}

/* Index 0, exits in all, is what 1 to 7 add up to. */
static void speed_tell(struct speed *speed)
{
	static const char *const names[SPEED_COUNTS] = { "exits",    "hvc",  "mmio",  "cp15",
							 "wfi",	     "irq",  "abort", "other",
							 "switches", "kicks" };

	speed_count(speed);
	printf("EXITS: mark %u at %llu us:", (unsigned)speed->marks,
	       (unsigned long long)timer_ticks_to_us(timer_count()));
	for (uint32_t i = 0; i < SPEED_COUNTS; i++) {
		printf(" %s %llu", names[i], (unsigned long long)speed->counts[i]);
	}
	printf("\n");
}

/* False when the guest is over. Its end clears the bell before it shows: marks are an even number.
 */
static bool speed_look(struct speed *speed)
{
	bool answered = (speed->marks & 1) != 0;
	uint32_t state = 0;

	speed->refused += irq_state(speed->handle, SPEED_BELL, &state) != 0;
	if (speed_is_over(speed)) {
		return false;
	}
	if (((state & SPEED_PENDING) != 0) != answered) {
		speed_tell(speed);
		speed->marks++;
		speed->refused += kvm_irq_line(speed->handle, SPEED_ANSWER, !answered) != 0;
	}
	return true;
}

static void speed_report(const struct speed *speed)
{
	uint64_t sum = 0;

	for (uint32_t i = 1; i <= 7; i++) {
		sum += speed->counts[i];
	}
	(void)report_check(sum != 0 && sum == speed->counts[0],
			   "exits are the sum of their classes");
	(void)report_equal(speed->marks, guest_arg("marks", 10), "marks");
	(void)report_equal(speed->refused, 0, "no call was refused");
	report_summary();
}

int main(void)
{
	struct speed speed = { .handle = vm_find("guest") };
	uint64_t end = timer_count() + timer_us_to_ticks(SPEED_LIMIT_US);

	gic_init();
	nap_init();
	while (speed_look(&speed) && timer_count() < end) {
		nap(SPEED_NAP_US);
	}
	speed_report(&speed);
}
