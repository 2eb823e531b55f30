/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Beside partitions that do their worst: memory stays what it was, timer interrupts keep coming,
 * and no line moves. Runs until the partitions in bootargs watch=A,watch2=B (handles) are off.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define NEIGHBOUR_LIMIT_US (10 * TIMER_PATIENCE_US)
#define NEIGHBOUR_TICK_US  2000000u
#define NEIGHBOUR_WORDS	   0x40000u

static uint32_t neighbour_word(uint32_t i)
{
	return i * 2654435761u ^ 0x5a5aa5a5;
}

static uint32_t neighbour_wrong(const volatile uint32_t *words)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < NEIGHBOUR_WORDS; i++) {
		wrong += words[i] != neighbour_word(i);
	}
	return wrong;
}

static bool neighbour_done(uint32_t handle)
{
	struct vm_info info = { .state = PLUMB_VM_OFF };

	return handle == 0 || vm_info(handle, &info) != 0 || info.state == PLUMB_VM_OFF ||
	       info.state == PLUMB_VM_CRASHED;
}

/* A timer interrupt, however late. */
static bool neighbour_tick(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(NEIGHBOUR_TICK_US);
	uint32_t fired = nap_fired[0];

	while (nap_fired[0] == fired && timer_count() < end) {
		(void)nap_once(2000);
	}
	return nap_fired[0] != fired;
}

int main(void)
{
	uint32_t base, size, wrong = 0, rounds = 0, missed = 0;
	uint32_t watch = guest_arg("watch", 0), watch2 = guest_arg("watch2", 0);
	struct vm_info info;
	uint64_t end;

	gic_init();
	nap_init();
	if (!report_check(guest_free_memory(&base, &size) && size >= 4 * NEIGHBOUR_WORDS,
			  "neighbour: memory to look after") ||
	    !report_check(vm_info(watch, &info) == 0, "neighbour: somebody to watch")) {
		report_summary();
	}
	for (uint32_t i = 0; i < NEIGHBOUR_WORDS; i++) {
		((volatile uint32_t *)(uintptr_t)base)[i] = neighbour_word(i);
	}
	end = timer_count() + timer_us_to_ticks(NEIGHBOUR_LIMIT_US);
	while (!(neighbour_done(watch) && neighbour_done(watch2)) && timer_count() < end) {
		wrong += neighbour_wrong((const volatile uint32_t *)(uintptr_t)base);
		missed += !neighbour_tick();
		rounds++;
	}
	wrong += neighbour_wrong((const volatile uint32_t *)(uintptr_t)base);
	(void)report_check(timer_count() < end, "neighbour: they end in time");
	(void)report_check(rounds > 0, "neighbour: ran meanwhile (%u rounds)", (unsigned)rounds);
	(void)report_equal(wrong, 0, "neighbour: memory undisturbed");
	(void)report_equal(missed, 0, "neighbour: timer undisturbed");
	(void)report_equal(irq_unexpected(0), 0, "neighbour: no other interrupt");
	report_summary();
}
