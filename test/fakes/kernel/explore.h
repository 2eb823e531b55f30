/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that run in each order that there is, with so many changes from one that could go on to
 * another: each operation that others see (fake_point) is a place for one. A thread that sleeps is
 * left for another one without being counted.
 */
#ifndef TEST_FAKES_KERNEL_EXPLORE_H
#define TEST_FAKES_KERNEL_EXPLORE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NOLOAD */
#endif

#include "test/fakes/kernel/threads.h"
#include "test/unit/test.h"
#include <dlfcn.h>
#include <ucontext.h>

#define EXPLORE_THREADS 4u
#define EXPLORE_PATH	4000u
#define EXPLORE_STACK	0x8000u

struct explore_thread {
	struct fake_task task;
	ucontext_t context;
	void (*run)(void);
	bool (*may)(void); /* NULL: always */
	bool sleeps;	   /* whatever its state is, who has not called fake_sleep goes on */
	bool ended;
};

static struct explore_thread explore_threads[EXPLORE_THREADS];
static _Alignas(16) char explore_stacks[EXPLORE_THREADS][EXPLORE_STACK];
static u32 explore_count, explore_at, explore_changes;
static ucontext_t explore_caller;
static bool explore_stuck;

/* What was chosen in this run, out of how many. */
static uint8_t explore_path[EXPLORE_PATH], explore_of[EXPLORE_PATH];
static u32 explore_length, explore_depth;

static u32 explore_choose(u32 count)
{
	if (explore_depth == explore_length) {
		CHECK(explore_length < EXPLORE_PATH);
		explore_path[explore_length] = 0;
		explore_of[explore_length++] = (uint8_t)count;
	}
	return explore_path[explore_depth++];
}

/* The next order. False: that was the last one. */
static bool explore_next(void)
{
	while (explore_length &&
	       explore_path[explore_length - 1] + 1u >= explore_of[explore_length - 1]) {
		explore_length--;
	}
	if (explore_length) {
		explore_path[explore_length - 1]++;
	}
	return explore_length != 0;
}

/* libc's own: the sanitizer's clears a whole stack each time, and warns. */
static void explore_swap(ucontext_t *from, const ucontext_t *to)
{
	static int (*swap)(ucontext_t *, const ucontext_t *);

	if (!swap) {
		void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);

		*(void **)&swap = libc ? dlsym(libc, "swapcontext") : NULL;
		if (!swap) {
			swap = swapcontext;
		}
	}
	(void)swap(from, to);
}

static bool explore_can(u32 n)
{
	const struct explore_thread *one = &explore_threads[n];

	return !one->ended && (!one->sleeps || one->task.state == TASK_RUNNING) &&
	       (!one->may || one->may());
}

static u32 explore_others(u32 *list)
{
	u32 count = 0;

	for (u32 n = 0; n < explore_count; n++) {
		if (n != explore_at && explore_can(n)) {
			list[count++] = n;
		}
	}
	return count;
}

static void explore_switch(u32 to)
{
	u32 from = explore_at;

	explore_at = to;
	fake_current = &explore_threads[to].task;
	explore_swap(&explore_threads[from].context, &explore_threads[to].context);
}

void fake_point(void)
{
	u32 others[EXPLORE_THREADS], count, chosen;

	if (!explore_changes) {
		return;
	}
	count = explore_others(others);
	chosen = count ? explore_choose(count + 1) : 0;
	if (chosen) {
		explore_changes--;
		explore_switch(others[chosen - 1]);
	}
}

/* Others run: it waits for one of them without sleeping. */
void fake_spin(void)
{
	u32 others[EXPLORE_THREADS], count = explore_others(others);

	CHECK(count > 0);
	if (count) {
		explore_switch(others[explore_choose(count)]);
	}
}

/* Nobody is left who would wake it: each has a signal that kills, so that the run ends. */
static void explore_end_all(void)
{
	explore_stuck = true;
	for (u32 n = 0; n < explore_count; n++) {
		fake_signal(&explore_threads[n].task, true);
	}
}

void fake_sleep(void)
{
	u32 others[EXPLORE_THREADS], count;

	explore_threads[explore_at].sleeps = true;
	while (fake_current->state != TASK_RUNNING) {
		count = explore_others(others);
		if (count) {
			explore_switch(others[explore_choose(count)]);
		} else {
			explore_end_all();
		}
	}
	explore_threads[explore_at].sleeps = false;
}

/* Until this thread may run. */
static inline void explore_yield(void)
{
	u32 others[EXPLORE_THREADS], count;

	while (!explore_can(explore_at)) {
		count = explore_others(others);
		if (!count) {
			explore_swap(&explore_threads[explore_at].context, &explore_caller);
		}
		explore_switch(others[explore_choose(count)]);
	}
}

static void explore_enter(void)
{
	u32 others[EXPLORE_THREADS], count;

	explore_threads[explore_at].run();
	explore_threads[explore_at].ended = true;
	count = explore_others(others);
	if (count) {
		explore_switch(others[explore_choose(count)]);
	}
	/* What still sleeps, or may not run, is for nobody to wake. */
	for (u32 n = 0; n < explore_count; n++) {
		if (!explore_threads[n].ended && !explore_threads[n].may) {
			explore_end_all();
			explore_switch(n);
		}
	}
	explore_swap(&explore_threads[explore_at].context, &explore_caller);
}

static void explore_add(void (*run)(void), bool (*may)(void))
{
	struct explore_thread *one = &explore_threads[explore_count];

	memset(one, 0, sizeof(*one));
	one->run = run;
	one->may = may;
	(void)getcontext(&one->context);
	one->context.uc_stack.ss_sp = explore_stacks[explore_count];
	one->context.uc_stack.ss_size = EXPLORE_STACK;
	makecontext(&one->context, explore_enter, 0);
	explore_count++;
}

/* The threads that `begin` adds, in each order with so many changes; `end` looks at each. Returns
 * how many orders there were. */
static u32 explore(void (*begin)(void), void (*end)(void), u32 changes)
{
	u32 orders = 0;

	explore_length = 0;
	do {
		explore_depth = explore_count = explore_changes = 0;
		explore_stuck = false;
		begin();
		explore_changes = changes;
		explore_at = 0;
		fake_current = &explore_threads[0].task;
		explore_swap(&explore_caller, &explore_threads[0].context);
		explore_changes = 0;
		CHECK(!explore_stuck);
		end();
		orders++;
	} while (!test_failures && explore_next());
	return orders;
}

#endif
