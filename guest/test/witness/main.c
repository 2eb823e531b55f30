/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/test/witness/witness.h"
#include <stdio.h>

#define MAIN_UNTIL_US  600000000u
#define MAIN_ABSENT_US 1000000u
#define MAIN_TICKS     20u
#define MAIN_TURNS     3000u
#define MAIN_WATCH     64u /* rounds: so often it asks for the other's state */

static uint32_t main_seed = 1, main_overdue;

uint32_t witness_random(void)
{
	main_seed ^= main_seed << 13;
	main_seed ^= main_seed >> 17;
	main_seed ^= main_seed << 5;
	return main_seed;
}

void witness_compare(struct witness_count *count, uint32_t where, uint32_t got, uint32_t want)
{
	if (got == want) {
		return;
	}
	if (count->wrong++ == 0) {
		count->where = where;
		count->got = got;
		count->want = want;
	}
}

static bool main_watched_ends(uint32_t handle)
{
	struct vm_info info;

	return handle != 0 && (vm_info(handle, &info) != 0 || info.state == PLUMB_VM_OFF ||
			       info.state == PLUMB_VM_CRASHED);
}

/* The first difference is told at once. */
static bool main_fails(void)
{
	return witness_memory_count.wrong || witness_cores.wrong || witness_cp15.wrong ||
	       witness_vfp.wrong || witness_time_count.wrong || witness_sgis.wrong ||
	       witness_levels.wrong || witness_early || witness_missed || witness_stray ||
	       witness_spurious || main_overdue;
}

static bool main_ends(uint32_t round, uint64_t end)
{
	if (main_fails()) {
		return true;
	}
	if (witness_ticks < guest_arg("ticks", MAIN_TICKS)) {
		return timer_count() >= end + timer_us_to_ticks(TIMER_PATIENCE_US);
	}
	return timer_count() >= end ||
	       (round % MAIN_WATCH == 0 && main_watched_ends(guest_arg("watch", 0)));
}

static void main_round(uint32_t round)
{
	witness_registers(1 + witness_random() % MAIN_TURNS, round % 4 == 0);
	witness_memory();
	witness_interrupts();
	witness_time();
	main_overdue += !witness_partner();
}

static void main_report(const char *what, const struct witness_count *count)
{
	(void)report_check(count->wrong == 0 && count->done > 0, "witness: %s: %u times", what,
			   (unsigned)count->done);
	if (count->wrong) {
		printf("witness: %s: %u differ; the first, 0x%x: 0x%08x, not 0x%08x\n", what,
		       (unsigned)count->wrong, (unsigned)count->where, (unsigned)count->got,
		       (unsigned)count->want);
	}
}

static void main_report_interrupts(void)
{
	(void)report_check(witness_early == 0 && witness_missed == 0 && witness_ticks > 0,
			   "witness: timer: %u ticks, %u too early or twice, %u missed, at most "
			   "%u us late",
			   (unsigned)witness_ticks, (unsigned)witness_early,
			   (unsigned)witness_missed, (unsigned)witness_latest);
	main_report("SGIs to itself", &witness_sgis);
	main_report("a level and an edge of its own", &witness_levels);
	(void)report_check(witness_stray == 0 && witness_spurious == 0,
			   "witness: %u stray interrupts (the first: IAR 0x%x), %u spurious",
			   (unsigned)witness_stray, (unsigned)witness_stray_first,
			   (unsigned)witness_spurious);
	if (guest_arg("partner", 0)) {
		(void)report_check(main_overdue == 0 && witness_pings > 0,
				   "witness: %u edges from the partner, none lost or doubled",
				   (unsigned)witness_pings);
	}
}

static void main_report_share(uint64_t begin)
{
	uint64_t all = witness_present_us + witness_away_us;
	uint32_t percent = all ? (uint32_t)(witness_present_us * 100 / all) : 0;

	if (guest_has_arg("host-time")) {
		report_skip("witness: has the CPU %u %% of its time, and waits %u us for it at "
			    "most: that is the host's time. %u s; the counters' distance is known "
			    "to %u ticks",
			    (unsigned)percent, (unsigned)witness_absent,
			    (unsigned)((timer_count() - begin) / timer_frequency()),
			    (unsigned)witness_width);
		return;
	}
	(void)report_check(witness_absent <= guest_arg("absent-us", MAIN_ABSENT_US) &&
				   percent >= guest_arg("share", 1),
			   "witness: has the CPU %u %% of its time, and waits %u us for it at most",
			   (unsigned)percent, (unsigned)witness_absent);
}

/* In ticks of the counter. */
static uint64_t main_length(void)
{
	uint32_t seconds = guest_arg("until-s", 0);

	return seconds ? (uint64_t)seconds * timer_frequency()
		       : timer_us_to_ticks(guest_arg("until-us", MAIN_UNTIL_US));
}

int main(void)
{
	uint32_t round = 0;
	uint64_t begin = timer_count(), end = begin + main_length();

	if (!report_check(witness_memory_init(), "witness: RAM to look after")) {
		report_summary();
	}
	witness_registers_init();
	witness_time_init(guest_has_arg("host-time"));
	witness_interrupts_init();
	while (!main_ends(round, end)) {
		main_round(round++);
	}
	main_overdue += !witness_partner_end();
	witness_memory_end();
	main_report("RAM, pieces", &witness_memory_count);
	main_report("registers of all modes", &witness_cores);
	main_report("CP15 and CP14", &witness_cp15);
	main_report("VFP and NEON", &witness_vfp);
	main_report("both counters", &witness_time_count);
	main_report_interrupts();
	main_report_share(begin);
	report_summary();
}
