/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An RTOS and its application, which measures the delay of its tick and checks itself: every task
 * runs as often as it should, no lower priority runs before a higher one, no task changes another's
 * registers or stack. It also runs on bare `virt`. Bootargs:
 *   tick-us=1000 ticks=1000
 *   strict    a tick that is a whole period late fails. For time that stops when the host preempts
 *             QEMU (-icount); otherwise such ticks are only reported.
 *   worst-ns=N  a tick that is later than that fails
 *
 *   prio  task    runs
 *   6     server  when crunch asks, before crunch goes on
 *   5     fast    every tick
 *   4     sensor  every 2 ticks; posts to filter first, then works
 *   3     filter  when sensor has posted and is done
 *   2     crunch  every 10 ticks, for 2 1/2; all registers filled
 *   1     batch   every 20 ticks, for 4; all registers filled, otherwise
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/rtos/kernel.h"
#include "guest/rtos/switch.h"
#include <stdio.h>

#define RTOS_NS_SECOND	 1000000000u
#define RTOS_HOLD_ROUNDS 400u
#define RTOS_STACK_SPARE 64u /* words that were never written */

enum rtos_task {
	RTOS_BATCH = 1,
	RTOS_CRUNCH,
	RTOS_FILTER,
	RTOS_SENSOR,
	RTOS_FAST,
	RTOS_SERVER,
	RTOS_TASKS,
};

struct rtos_plan {
	const char *name;
	uint32_t every;	 /* ticks; 0: by a semaphore */
	uint32_t tenths; /* of a tick: the duration of its work, including interruptions */
	uint32_t seed;	 /* what its registers hold */
};

static const struct rtos_plan rtos_plans[RTOS_TASKS] = {
	[RTOS_BATCH] = { "batch", 20, 40, 0x08053a00 },
	[RTOS_CRUNCH] = { "crunch", 10, 25, 0x000ac500 },
	[RTOS_FILTER] = { "filter", 0, 0, 0 },
	[RTOS_SENSOR] = { "sensor", 2, 1, 0x000f1100 },
	[RTOS_FAST] = { "fast", 1, 0, 0 },
	[RTOS_SERVER] = { "server", 0, 0, 0 },
};

static uint64_t rtos_period; /* counter ticks */
static volatile uint32_t rtos_done[RTOS_TASKS];
static uint32_t rtos_overtaken[RTOS_TASKS]; /* found a higher priority's work undone */
static uint32_t rtos_damaged;		    /* registers that changed */
static struct kernel_jitter rtos_fast_jitter;
static struct kernel_semaphore rtos_for_filter, rtos_for_server;

/* Does any task above `me` that is due wait? Ticks are read first: what has been done since then
 * can only be more. */
static void rtos_look_up(uint32_t me)
{
	for (uint32_t task = me + 1; task < RTOS_TASKS; task++) {
		uint32_t every = rtos_plans[task].every, ticks = kernel_ticks();

		if (every != 0 && rtos_done[task] < ticks / every) {
			rtos_overtaken[me]++;
		}
	}
}

/* Works: holds and checks register values until the time is over. */
static void rtos_work(uint32_t me)
{
	const struct rtos_plan *plan = &rtos_plans[me];
	uint64_t end = timer_count() + plan->tenths * rtos_period / 10;

	do {
		rtos_damaged += switch_hold_registers(plan->seed, RTOS_HOLD_ROUNDS) != 0;
		rtos_look_up(me);
	} while (timer_count() < end);
}

/* The task's next turn, which it waits for; the tick of that turn. */
static uint32_t rtos_next(uint32_t me)
{
	uint32_t tick = (rtos_done[me] + 1) * rtos_plans[me].every;

	kernel_sleep_until(tick);
	return tick;
}

static void rtos_batch(void)
{
	for (;;) {
		(void)rtos_next(RTOS_BATCH);
		rtos_work(RTOS_BATCH);
		rtos_done[RTOS_BATCH]++;
	}
}

static void rtos_crunch(void)
{
	for (;;) {
		(void)rtos_next(RTOS_CRUNCH);
		rtos_work(RTOS_CRUNCH);
		kernel_post(&rtos_for_server);
		rtos_overtaken[RTOS_CRUNCH] += rtos_done[RTOS_SERVER] != rtos_done[RTOS_CRUNCH] + 1;
		rtos_done[RTOS_CRUNCH]++;
	}
}

static void rtos_filter(void)
{
	for (;;) {
		kernel_wait(&rtos_for_filter);
		rtos_look_up(RTOS_FILTER);
		rtos_done[RTOS_FILTER]++;
	}
}

static void rtos_sensor(void)
{
	for (;;) {
		(void)rtos_next(RTOS_SENSOR);
		kernel_post(&rtos_for_filter);
		rtos_work(RTOS_SENSOR);
		rtos_overtaken[RTOS_FILTER] += rtos_done[RTOS_FILTER] > rtos_done[RTOS_SENSOR];
		rtos_done[RTOS_SENSOR]++;
	}
}

static void rtos_fast(void)
{
	for (;;) {
		uint32_t tick = rtos_next(RTOS_FAST);

		kernel_jitter_add(&rtos_fast_jitter, timer_count() - kernel_tick_due(tick));
		rtos_done[RTOS_FAST]++;
	}
}

static void rtos_server(void)
{
	for (;;) {
		kernel_wait(&rtos_for_server);
		rtos_done[RTOS_SERVER]++;
	}
}

/* ---- the report ---- */

static uint64_t rtos_ns(uint64_t ticks)
{
	return ticks * RTOS_NS_SECOND / timer_frequency();
}

static void rtos_print(const char *what, const struct kernel_jitter *jitter)
{
	uint64_t mean = jitter->count != 0 ? rtos_ns(jitter->sum) / jitter->count : 0;

	printf("RTOS: %s, %u ticks, jitter mean %u ns, worst %u ns\n", what,
	       (unsigned)jitter->count, (unsigned)mean, (unsigned)rtos_ns(jitter->worst));
}

static void rtos_report_timing(uint32_t us, uint32_t ticks, bool strict, uint32_t worst_ns)
{
	const struct kernel_timing *timing = kernel_timing();
	struct kernel_jitter all = timing->asleep;
	char what[32];

	all.count += timing->busy.count;
	all.sum += timing->busy.sum;
	all.worst = timing->busy.worst > all.worst ? timing->busy.worst : all.worst;
	(void)snprintf(what, sizeof(what), "tick %u us", (unsigned)us);
	rtos_print(what, &all);
	rtos_print("asleep", &timing->asleep);
	rtos_print("at work", &timing->busy);
	rtos_print("to the task", &rtos_fast_jitter);
	(void)report_equal(kernel_ticks(), ticks, "every tick came");
	(void)report_equal(timing->early, 0, "none was early");
	(void)report_equal(timing->strangers, 0, "no other interrupt");
	if (strict) {
		(void)report_equal(timing->overdue, 0, "no tick lost");
	} else {
		printf("RTOS: %u ticks a period late or more\n", (unsigned)timing->overdue);
	}
	if (worst_ns) {
		(void)report_check(rtos_ns(all.worst) <= worst_ns, "no tick more than %u ns late",
				   (unsigned)worst_ns);
	}
}

static void rtos_report_tasks(uint32_t ticks)
{
	static const uint8_t asked_by[RTOS_TASKS] = {
		[RTOS_FILTER] = RTOS_SENSOR, [RTOS_SERVER] = RTOS_CRUNCH
	};

	for (uint32_t task = 1; task < RTOS_TASKS; task++) {
		const struct rtos_plan *plan = &rtos_plans[task];
		uint32_t every = plan->every != 0 ? plan->every : rtos_plans[asked_by[task]].every;
		uint32_t spare = kernel_stack_free(task);

		(void)report_equal(rtos_done[task], ticks / every, "%s: %u turns", plan->name,
				   (unsigned)(ticks / every));
		(void)report_equal(rtos_overtaken[task], 0, "%s: never before a higher priority",
				   plan->name);
		(void)report_check(spare >= RTOS_STACK_SPARE, "%s: stack intact (%u words left)",
				   plan->name, (unsigned)spare);
	}
	(void)report_check(kernel_preempted(RTOS_CRUNCH) >= ticks / 10, "crunch was preempted");
	(void)report_check(kernel_preempted(RTOS_BATCH) >= ticks / 20, "batch was preempted");
	(void)report_equal(rtos_damaged, 0, "registers are each task's own");
}

int main(void)
{
	static void (*const runs[RTOS_TASKS])(void) = {
		[RTOS_BATCH] = rtos_batch,   [RTOS_CRUNCH] = rtos_crunch,
		[RTOS_FILTER] = rtos_filter, [RTOS_SENSOR] = rtos_sensor,
		[RTOS_FAST] = rtos_fast,     [RTOS_SERVER] = rtos_server,
	};
	uint32_t us = guest_arg("tick-us", 1000), ticks = guest_arg("ticks", 1000);

	gic_init();
	kernel_init();
	for (uint32_t task = 1; task < RTOS_TASKS; task++) {
		kernel_add(task, runs[task]);
	}
	rtos_period = timer_us_to_ticks(us);
	kernel_run(ticks, rtos_period);
	rtos_report_timing(us, ticks, guest_has_arg("strict"), guest_arg("worst-ns", 0));
	rtos_report_tasks(ticks);
	report_summary();
}
