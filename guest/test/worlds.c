/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two partitions take turns on one CPU, each with values of its own in registers that the monitor
 * does not trap: a world switch moves all of them. Bootargs value=N, other=HANDLE.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define WORLDS_TURNS	50u
#define WORLDS_LEAST	40u
#define WORLDS_LIMIT_US (10 * TIMER_PATIENCE_US)
#define WORLDS_CP15	3u /* GET_STATS */
#define WORLDS_SWITCHES 8u
#define WORLDS_FIRST	5u /* only zeros before the first write: TEECR, TEEHBR */
#define WORLDS_COUNT	7u

/* ARM ARM DDI 0406C.b, B4.1; TEECR and TEEHBR A2.10: TEECR has one bit, TEEHBR's low two are 0. */
static const char *const worlds_names[WORLDS_COUNT] = { "TPIDRURW", "TPIDRURO", "TPIDRPRW", "DFAR",
							"IFAR",	    "TEECR",	"TEEHBR" };
static const uint32_t worlds_bits[WORLDS_COUNT] = { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
						    0xffffffff, 0x1,	    0xfffffffc };

static void worlds_write(const uint32_t values[WORLDS_COUNT])
{
	__asm__ volatile("mcr p15, 0, %0, c13, c0, 2" : : "r"(values[0]));
	__asm__ volatile("mcr p15, 0, %0, c13, c0, 3" : : "r"(values[1]));
	__asm__ volatile("mcr p15, 0, %0, c13, c0, 4" : : "r"(values[2]));
	__asm__ volatile("mcr p15, 0, %0, c6, c0, 0" : : "r"(values[3]));
	__asm__ volatile("mcr p15, 0, %0, c6, c0, 2" : : "r"(values[4]));
	__asm__ volatile("mcr p14, 6, %0, c0, c0, 0" : : "r"(values[5]));
	__asm__ volatile("mcr p14, 6, %0, c1, c0, 0" : : "r"(values[6]));
}

static void worlds_read(uint32_t values[WORLDS_COUNT])
{
	__asm__ volatile("mrc p15, 0, %0, c13, c0, 2" : "=r"(values[0]));
	__asm__ volatile("mrc p15, 0, %0, c13, c0, 3" : "=r"(values[1]));
	__asm__ volatile("mrc p15, 0, %0, c13, c0, 4" : "=r"(values[2]));
	__asm__ volatile("mrc p15, 0, %0, c6, c0, 0" : "=r"(values[3]));
	__asm__ volatile("mrc p15, 0, %0, c6, c0, 2" : "=r"(values[4]));
	__asm__ volatile("mrc p14, 6, %0, c0, c0, 0" : "=r"(values[5]));
	__asm__ volatile("mrc p14, 6, %0, c1, c0, 0" : "=r"(values[6]));
}

static uint32_t worlds_count(uint32_t index)
{
	uint64_t value = 0;

	(void)vm_stats(0, 0, index, &value);
	return (uint32_t)value;
}

/* A vCPU that waits gives its CPU away. Until this one has had its turns, or the other has. */
static void worlds_take_turns(uint32_t other)
{
	uint64_t end = timer_count() + timer_us_to_ticks(WORLDS_LIMIT_US);
	struct vm_info info = { .state = PLUMB_VM_RUNNING };

	while (worlds_count(WORLDS_SWITCHES) < WORLDS_TURNS && timer_count() < end &&
	       vm_info(other, &info) == 0 && info.state != PLUMB_VM_OFF) {
		(void)nap_once(300);
	}
}

int main(void)
{
	uint32_t values[WORLDS_COUNT], found[WORLDS_COUNT], exits;

	gic_init();
	nap_init();
	worlds_read(found);
	for (uint32_t i = WORLDS_FIRST; i < WORLDS_COUNT; i++) {
		(void)report_equal(found[i], 0, "%s at the start", worlds_names[i]);
	}
	for (uint32_t i = 0; i < WORLDS_COUNT; i++) {
		values[i] = (guest_arg("value", 1) * 0x01010101u + (i << 8)) & worlds_bits[i];
	}
	exits = worlds_count(WORLDS_CP15);
	worlds_write(values);
	worlds_read(found);
	(void)report_equal(worlds_count(WORLDS_CP15), exits, "reading and writing them is no exit");
	worlds_take_turns(guest_arg("other", 0));
	worlds_read(found);
	(void)report_check(worlds_count(WORLDS_SWITCHES) >= WORLDS_LEAST, "%u world switches",
			   (unsigned)worlds_count(WORLDS_SWITCHES));
	for (uint32_t i = 0; i < WORLDS_COUNT; i++) {
		(void)report_equal(found[i], values[i], "%s after them", worlds_names[i]);
	}
	report_summary();
}
