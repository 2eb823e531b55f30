/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who runs when, seen from a CPU of its own: agents a, b, c (equal) and high (a higher priority) on
 * one CPU, lone on another. How often a vCPU came to run is PLUMB_STAT_SWITCHES, how long it was
 * kept off its CPU is the longest gap that its own loop saw (agent.c). With -icount: a microsecond
 * is so many instructions.
 */
#include "guest/test/peer.h"

static struct peer sched_a, sched_b, sched_c, sched_high, sched_lone;

static uint32_t sched_stat(const struct peer *peer, uint32_t index)
{
	uint64_t value = 0;

	if (vm_stats(peer->handle, 0, index, &value) != 0) {
		(void)report_check(false, "statistics of %s", peer->name);
	}
	return (uint32_t)value;
}

/* Its time on a CPU (0) or waiting for one (1), in microseconds. */
static uint32_t sched_us(const struct peer *peer, uint32_t index)
{
	uint64_t ticks = 0;

	if (vm_times(peer->handle, 0, index, &ticks) != 0) {
		(void)report_check(false, "times of %s", peer->name);
	}
	return (uint32_t)timer_ticks_to_us(ticks);
}

static uint32_t sched_gap(struct peer *peer)
{
	return peer_call(peer, AGENT_GAP, 0, 0);
}

static uint32_t sched_work(struct peer *peer)
{
	return peer_call(peer, AGENT_WORKED, 0, 0);
}

/* Three equals, busy for 300 ms without one exit of their own, while `high` wakes twice in each of
 * their slices. */
static void sched_equals(void)
{
	struct peer *peers[] = { &sched_a, &sched_b, &sched_c };
	uint32_t switches[3], work[3], ran[3], waited[3], most = 0;

	for (uint32_t i = 0; i < 3; i++) {
		switches[i] = sched_stat(peers[i], 8);
		(void)peer_call(peers[i], AGENT_WORK, 300000, 0);
		ran[i] = sched_us(peers[i], 0);
		waited[i] = sched_us(peers[i], 1);
	}
	for (uint32_t i = 0; i < 3; i++) {
		work[i] = sched_work(peers[i]);
		ran[i] = sched_us(peers[i], 0) - ran[i];
		waited[i] = sched_us(peers[i], 1) - waited[i];
		switches[i] = sched_stat(peers[i], 8) - switches[i];
		most = work[i] > most ? work[i] : most;
	}
	for (uint32_t i = 0; i < 3; i++) {
		(void)report_check(switches[i] >= 20, "%s came to run %u times", peers[i]->name,
				   (unsigned)switches[i]);
		(void)report_check(work[i] >= most / 10 * 9, "%s did its share (%u of at most %u)",
				   peers[i]->name, (unsigned)work[i], (unsigned)most);
		/* Two others have the CPU for as long each. */
		(void)report_check(ran[i] >= 90000 && waited[i] >= ran[i] * 3 / 2 &&
					   waited[i] <= ran[i] * 5 / 2,
				   "%s ran for %u us, and waited for %u us", peers[i]->name,
				   (unsigned)ran[i], (unsigned)waited[i]);
	}
}

/* While `high` is busy for 200 ms, an equal of the others is not run at all. */
static void sched_priority(void)
{
	uint32_t gap;

	(void)peer_call(&sched_a, AGENT_WORK, 400000, 0);
	(void)peer_call(&sched_high, AGENT_WORK, 200000, 0);
	(void)sched_work(&sched_high);
	(void)sched_work(&sched_a);
	gap = sched_gap(&sched_a);
	(void)report_check(gap >= 190000, "a lower priority waits (%u us)", (unsigned)gap);
	(void)report_check(sched_gap(&sched_high) < gap, "a higher one does not (%u us)",
			   (unsigned)sched_gap(&sched_high));
}

/* `high` sleeps: it is `a` that runs; and when it wakes, it runs at once. */
static void sched_sleep(void)
{
	uint32_t slept, worked;

	(void)peer_call(&sched_a, AGENT_WORK, 200000, 0);
	slept = sched_work(&sched_a);
	(void)peer_call(&sched_high, AGENT_SLEEP, 1000000, 0);
	(void)peer_call(&sched_a, AGENT_WORK, 200000, 0);
	worked = sched_work(&sched_a);
	(void)report_check(worked > slept / 4, "WFI yields (%u, alone %u)", (unsigned)worked,
			   (unsigned)slept);
	(void)peer_call(&sched_a, AGENT_WORK, 1500000, 0);
	(void)report_equal(peer_call(&sched_high, AGENT_PING, 1, 1), 2,
			   "and its timer wakes it while the other is busy");
	(void)sched_work(&sched_a);
}

/* Alone on a CPU: no ticks, no switches, not one exit while it works. */
static void sched_alone(void)
{
	static const uint8_t counters[] = { 0, 5, 8 };
	static const char *const names[] = { "exit", "interrupt", "world switch" };
	uint32_t before[3], after[3], ran, waited, us;

	(void)peer_call(&sched_lone, AGENT_WORK, 400000, 0);
	nap(20000);
	for (uint32_t i = 0; i < 3; i++) {
		before[i] = sched_stat(&sched_lone, counters[i]);
	}
	us = (uint32_t)timer_ticks_to_us(timer_count());
	ran = sched_us(&sched_lone, 0);
	waited = sched_us(&sched_lone, 1);
	nap(200000);
	us = (uint32_t)timer_ticks_to_us(timer_count()) - us;
	ran = sched_us(&sched_lone, 0) - ran;
	waited = sched_us(&sched_lone, 1) - waited;
	for (uint32_t i = 0; i < 3; i++) {
		after[i] = sched_stat(&sched_lone, counters[i]);
	}
	(void)report_check(ran <= us + 100 && ran + 100 >= us && waited == 0,
			   "alone on its CPU: it ran for %u of %u us, and waited for %u",
			   (unsigned)ran, (unsigned)us, (unsigned)waited);
	(void)sched_work(&sched_lone);
	for (uint32_t i = 0; i < 3; i++) {
		(void)report_equal(after[i] - before[i], 0, "alone on its CPU: no %s", names[i]);
	}
}

int main(void)
{
	peer_init();
	/* Under -icount who spins without a timer of its own stops the emulator's other CPUs for
	 * long: it does so only where that is the test. */
	sched_lone = peer_open("lone", 3);
	(void)peer_call(&sched_lone, AGENT_IDLE, 1, 0);
	/* Spinning for commands, it would leave nothing to the lower ones. */
	sched_high = peer_open("high", 4);
	(void)peer_call(&sched_high, AGENT_IDLE, 1, 0);
	sched_a = peer_open("a", 0);
	sched_b = peer_open("b", 1);
	sched_c = peer_open("c", 2);
	sched_equals();
	sched_priority();
	sched_sleep();
	sched_alone();
	peer_exit(&sched_high);
	peer_exit(&sched_a);
	peer_exit(&sched_b);
	peer_exit(&sched_c);
	peer_exit(&sched_lone);
	report_summary();
}
