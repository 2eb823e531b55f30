/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where threads of the module plumbline_kvm wait: for a vCPU's gate, and for something that a vCPU
 * has to do, until its timer is due. Kicks, signals, timers, kills and the end of the last file
 * come at each moment that there is. Linux's headers are those of test/fakes/kernel.
 */
#define _GNU_SOURCE
#include "test/fakes/kernel/explore.h"
#include "test/fakes/kernel/threads.h"
#include "test/unit/test.h"

/* ---- what the module has of others ---- */

#define PLUMBLINE_KVM_HVC_H
#define PLUMBLINE_KVM_COUNTER_H

#define PLUMB_IRQ_LINE	       0x86000061u
#define KVM_ARM_DEV_EL1_VTIMER 1u

struct plumb_run {
	u32 pfn, pages;
};

static u64 counter_now(void);
static u32 counter_per_second(void);
static s32 plumb_call3(u32 function, u32 a, u32 b, u32 c);

#include "guest/linux/kvm/vm.h"
#include "guest/linux/kvm/wait.c"

/* ---- time: a tick is a nanosecond, and each look at the counter takes one ---- */

#define YEAR 31536000000000000ull

static u64 now, rings_early; /* by so much, Linux's clock is ahead */

static u64 counter_now(void)
{
	fake_point();
	return now++;
}

static u32 counter_per_second(void)
{
	return 1000000000;
}

static s32 plumb_call3(u32 function, u32 a, u32 b, u32 c)
{
	(void)function, (void)a, (void)b, (void)c;
	return 0;
}

/* ---- the gate ---- */

/* It is in memory that is freed with the last descriptor, of which each call has one. */
static struct gate *gate;
static u32 references, inside, entered, killed;

static void gate_put(void)
{
	if (--references == 0) {
		free(gate);
		gate = NULL;
	}
}

static void gate_call(void)
{
	struct gate *own = gate;

	if (!gate_try(own) && gate_wait(own)) {
		killed++;
	} else {
		inside++;
		entered++;
		CHECK_EQ(inside, 1);
		fake_point();
		inside--;
		gate_leave(own);
	}
	fake_point();
	gate_put();
}

static void gate_kill(void)
{
	fake_signal(&explore_threads[1].task, true);
}

static void gate_close(void)
{
	fake_point();
	gate_put();
}

/* vgic_hold_vcpus: who does not wait. */
static void gate_hold(void)
{
	struct gate *own = gate;

	if (gate_try(own)) {
		inside++;
		CHECK_EQ(inside, 1);
		fake_point();
		inside--;
		gate_leave(own);
	}
	gate_put();
}

static void gate_begin(void (*second)(void), void (*third)(void), u32 calls)
{
	gate = calloc(1, sizeof(*gate));
	references = calls;
	inside = entered = killed = 0;
	explore_add(gate_call, NULL);
	explore_add(second, NULL);
	explore_add(third, NULL);
}

static void three_begin(void)
{
	gate_begin(gate_call, gate_call, 3);
}

static void three_end(void)
{
	CHECK_EQ(entered, 3);
	CHECK_EQ(killed, 0);
	CHECK(gate == NULL);
}

static void kill_begin(void)
{
	gate_begin(gate_call, gate_kill, 2);
}

/* Who is killed has been inside, or not at all; nobody else notices. */
static void kill_end(void)
{
	CHECK_EQ(entered + killed, 2);
	CHECK(killed <= 1 && gate == NULL);
}

static void close_begin(void)
{
	gate_begin(gate_call, gate_close, 3);
}

static void close_end(void)
{
	CHECK_EQ(entered, 2);
	CHECK(gate == NULL);
}

static void hold_begin(void)
{
	gate_begin(gate_call, gate_hold, 3);
}

/* Threads are one at a time inside, and all come to it. */
static void gate_is_for_one(void)
{
	CHECK(explore(three_begin, three_end, 4) > 5000);
	CHECK(explore(hold_begin, close_end, 4) > 1000);
}

static void gate_may_be_left_waiting(void)
{
	CHECK(explore(kill_begin, kill_end, 5) > 1000);
}

/* The descriptor is closed while others are inside, or wait: what they look at is there. */
static void gate_outlives_its_file(void)
{
	CHECK(explore(close_begin, close_end, 5) > 1000);
}

/* ---- a vCPU that waits ---- */

static struct vm vm;
static struct vcpu vcpu;
static u64 due; /* ticks, as PLUMB_RUN_WFI says them */
static u64 levels_now;
static bool event, done; /* something for the vCPU; it has that, or a signal, or its timer */

u64 timers_look(const struct vcpu *of, u64 *levels)
{
	(void)of;
	*levels = levels_now;
	return due;
}

static void vcpu_waits(void)
{
	u64 start = now;

	wait_for_work(&vcpu, due);
	done = signal_pending(current);
	if (!done && !vcpu.woken) {
		CHECK(levels_now || now - start >= due);
		done = true;
	}
}

/* PLUMB_RUN returns at once if there is something for the vCPU. */
static void vcpu_thread(void)
{
	for (u32 runs = 0; runs < 4 && !done; runs++) {
		WRITE_ONCE(vcpu.woken, false);
		fake_point();
		done = event;
		if (!done) {
			vcpu_waits();
			CHECK(!vcpu.timer.armed && !vcpu.timer.rings);
		}
	}
}

static void kick_thread(void)
{
	event = true;
	vcpu_wake(&vcpu);
}

static void signal_thread(void)
{
	fake_point();
	fake_signal(&explore_threads[0].task, false);
}

/* The kernel's timer: it may ring as soon as it is set, as then it is that time. */
static bool timer_may(void)
{
	return vcpu.timer.armed || vcpu.timer.rings;
}

static void timer_thread(void)
{
	for (;;) {
		explore_yield();
		vcpu.timer.armed = false;
		vcpu.timer.rings = true;
		now += vcpu.timer.ns - min(rings_early, vcpu.timer.ns);
		rings_early /= 2;
		(void)wait_timer(&vcpu.timer);
		vcpu.timer.rings = false;
	}
}

static void wait_begin(u64 ticks, void (*other)(void))
{
	memset(&vcpu, 0, sizeof(vcpu));
	vcpu.vm = &vm;
	vm.has_gic = true;
	now = 1000;
	due = ticks;
	levels_now = 0;
	event = done = false;
	rings_early = 0;
	fake_timer_starts = 0;
	halt_poll_ns = 12;
	halt_poll_ns_grow_start = 4;
	wake_early_ns = 10;
	explore_add(vcpu_thread, NULL);
	explore_add(timer_thread, timer_may);
	if (other) {
		explore_add(other, NULL);
	}
}

static void wait_end(void)
{
	CHECK(done);
	CHECK(vcpu.wait.task == NULL);
}

static void no_timer_end(void)
{
	wait_end();
	CHECK_EQ(fake_timer_starts, 0);
}

static void kick_begin(void)
{
	wait_begin(U64_MAX, kick_thread);
}

static void signal_begin(void)
{
	wait_begin(U64_MAX, signal_thread);
}

/* Between the last look and the sleep, and at each other moment. */
static void kick_is_not_lost(void)
{
	CHECK(explore(kick_begin, no_timer_end, 8) > 500);
}

static void signal_is_not_lost(void)
{
	CHECK(explore(signal_begin, no_timer_end, 8) > 50);
}

/* ---- until a timer is due ---- */

static void timer_begin(void)
{
	wait_begin(100, NULL);
}

static void learned_begin(void)
{
	wait_begin(100, NULL);
	vcpu.early = 6;
	vcpu.poll = 4;
}

static void timer_kick_begin(void)
{
	wait_begin(100, kick_thread);
	vcpu.early = 3;
}

static void timer_signal_begin(void)
{
	wait_begin(100, signal_thread);
}

static void timer_is_waited_for(void)
{
	CHECK(explore(timer_begin, wait_end, 4) > 10);
	CHECK(explore(learned_begin, wait_end, 4) > 10);
	CHECK(explore(timer_kick_begin, wait_end, 3) > 1000);
	CHECK(explore(timer_signal_begin, wait_end, 3) > 1000);
}

/* Linux's clock is ahead of the counter: the timer rings too soon, and once more. */
static void ahead_begin(void)
{
	wait_begin(100, NULL);
	rings_early = 60;
}

static void ahead_end(void)
{
	wait_end();
	CHECK(fake_timer_starts > 1);
}

static void clock_may_be_ahead(void)
{
	CHECK(explore(ahead_begin, ahead_end, 3) > 10);
}

static void at_once_begin(void)
{
	wait_begin(0, NULL);
}

static void at_once_end(void)
{
	no_timer_end();
	CHECK(now < 1005);
}

/* Sooner than a thread is woken: no sleep. */
static void soon_begin(void)
{
	wait_begin(5, NULL);
	vcpu.early = 1000;
}

/* In more than a year: it counts as never. */
static void far_begin(void)
{
	wait_begin(YEAR + 1000, kick_thread);
}

static void year_begin(void)
{
	wait_begin(YEAR, NULL);
}

static void timer_may_be_near_and_far(void)
{
	CHECK(explore(at_once_begin, at_once_end, 3) > 0);
	CHECK(explore(soon_begin, no_timer_end, 3) > 0);
	CHECK(explore(far_begin, no_timer_end, 8) > 500);
	CHECK(explore(year_begin, wait_end, 3) > 10);
}

/* A run of a vCPU without a GIC has set the timer: its ring is not that of the wait. */
static void former_begin(void)
{
	wait_begin(100, NULL);
	vcpu.timer.armed = true;
	vcpu.timer.ns = 3;
	vcpu.rung = true;
}

static void former_end(void)
{
	wait_end();
	CHECK_EQ(fake_timer_starts, 1);
}

/* The VMM does not know the level yet. */
static void level_begin(void)
{
	wait_begin(U64_MAX, NULL);
	vm.has_gic = false;
	levels_now = KVM_ARM_DEV_EL1_VTIMER;
}

static void level_end(void)
{
	CHECK_EQ(fake_timer_starts, 0);
	CHECK(now < 1020 && vcpu.wait.task == NULL);
}

static void former_ring_is_not_taken(void)
{
	CHECK(explore(former_begin, former_end, 4) > 100);
}

static void level_ends_it(void)
{
	CHECK(explore(level_begin, level_end, 2) > 0);
}

static const struct test_case cases[] = {
	{ "gate_is_for_one", gate_is_for_one },
	{ "gate_may_be_left_waiting", gate_may_be_left_waiting },
	{ "gate_outlives_its_file", gate_outlives_its_file },
	{ "kick_is_not_lost", kick_is_not_lost },
	{ "signal_is_not_lost", signal_is_not_lost },
	{ "timer_is_waited_for", timer_is_waited_for },
	{ "clock_may_be_ahead", clock_may_be_ahead },
	{ "timer_may_be_near_and_far", timer_may_be_near_and_far },
	{ "former_ring_is_not_taken", former_ring_is_not_taken },
	{ "level_ends_it", level_ends_it },
};

TEST_MAIN("kvm_wait", cases)
