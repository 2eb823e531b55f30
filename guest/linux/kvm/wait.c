// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * A vCPU that has nothing to do. As KVM, its thread first looks for something again and again for a
 * while, and sleeps then: a wait that is short ends without a sleep. How long it looks is found
 * from how long the waits are, as KVM does, with the same parameters.
 *
 * A thread that sleeps until a timer of the vCPU is due has its own timer set earlier, by what
 * Linux has taken until now to wake a thread, and looks at the counter for the rest.
 *
 * Times are ticks of the counter, which are cheap to have.
 */
#include "counter.h"
#include "vm.h"
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>

static unsigned int halt_poll_ns = 500000; /* KVM_HALT_POLL_NS_DEFAULT on Arm */
module_param(halt_poll_ns, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns, "how long a vCPU that waits is polled at most; 0: not at all");

static unsigned int halt_poll_ns_grow = 2;
module_param(halt_poll_ns_grow, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns_grow, "factor; 0: it does not grow");

static unsigned int halt_poll_ns_grow_start = 10000;
module_param(halt_poll_ns_grow_start, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns_grow_start, "the first value above 0");

static unsigned int halt_poll_ns_shrink;
module_param(halt_poll_ns_shrink, uint, 0644);
MODULE_PARM_DESC(halt_poll_ns_shrink, "divisor; 0: it shrinks to 0");

static unsigned int wake_early_ns = 20000;
module_param(wake_early_ns, uint, 0644);
MODULE_PARM_DESC(wake_early_ns,
		 "a thread that sleeps is woken so much earlier at most; 0: it is not");

void vcpu_wake(struct vcpu *vcpu)
{
	WRITE_ONCE(vcpu->woken, true);
	rcuwait_wake_up(&vcpu->wait);
}

enum hrtimer_restart wait_timer(struct hrtimer *timer)
{
	struct vcpu *vcpu = container_of(timer, struct vcpu, timer);

	WRITE_ONCE(vcpu->rung, true);
	rcuwait_wake_up(&vcpu->wait);
	return HRTIMER_NORESTART;
}

/* ---- time ---- */

static u64 wait_ticks(u32 ns)
{
	return mul_u64_u32_div(ns, counter_per_second(), NSEC_PER_SEC);
}

/* A timer that is due in more than a year is not waited for. */
static bool wait_is_endless(u64 ticks)
{
	return ticks > (u64)counter_per_second() * 365 * 86400;
}

void wait_set_timer(struct vcpu *vcpu, u64 ticks)
{
	if (!wait_is_endless(ticks))
		hrtimer_start(&vcpu->timer,
			      mul_u64_u32_div(ticks, NSEC_PER_SEC, counter_per_second()),
			      HRTIMER_MODE_REL);
}

/* ---- how long it looks ---- */

static void wait_grow(struct vcpu *vcpu, u64 most)
{
	unsigned int grow = READ_ONCE(halt_poll_ns_grow);
	u64 start = wait_ticks(READ_ONCE(halt_poll_ns_grow_start));

	if (grow)
		vcpu->poll = min(max(vcpu->poll * grow, start), most);
}

static void wait_shrink(struct vcpu *vcpu)
{
	unsigned int shrink = READ_ONCE(halt_poll_ns_shrink);

	vcpu->poll = shrink ? div_u64(vcpu->poll, shrink) : 0;
}

/* A wait was longer than it has looked. */
static noinline void wait_change(struct vcpu *vcpu, u64 ticks)
{
	u64 most = wait_ticks(READ_ONCE(halt_poll_ns));

	if (vcpu->poll && ticks > most)
		wait_shrink(vcpu);
	else if (vcpu->poll < most && ticks < most)
		wait_grow(vcpu, most);
}

/* A wait has taken so long. */
static void wait_learn(struct vcpu *vcpu, u64 ticks)
{
	if (unlikely(!READ_ONCE(halt_poll_ns)))
		vcpu->poll = 0;
	else if (unlikely(ticks > vcpu->poll))
		wait_change(vcpu, ticks);
}

/* ---- waiting ---- */

/* Until then, or until there is something to do: true. False: somebody else is to have the CPU. */
static bool wait_look(struct vcpu *vcpu, u64 until)
{
	while (counter_now() < until) {
		if (READ_ONCE(vcpu->woken))
			return true;
		if (run_is_unwanted() || !single_task_running())
			return false;
		cpu_relax();
	}
	return true;
}

/* The mean of what it has taken to wake the thread, which is `now`, with its timer at `due`. */
static void wait_learn_early(struct vcpu *vcpu, u64 due, u64 now, u64 most)
{
	s64 took = now > due ? min(now - due, most) : 0, early = vcpu->early;

	vcpu->early = early + (took - early) / 4;
}

/* It is woken early: the rest. A signal ends it, as any wait. */
static void wait_rest(struct vcpu *vcpu, u64 until)
{
	while (!wait_look(vcpu, until) && !signal_pending(current))
		cond_resched();
}

/* The thread's timer rings when `left` ticks are over, unless somebody wakes it before: false. */
static bool wait_ring(struct vcpu *vcpu, u64 left)
{
	hrtimer_cancel(&vcpu->timer); /* of a run: run_timers */
	WRITE_ONCE(vcpu->rung, false);
	wait_set_timer(vcpu, left);
	rcuwait_wait_event(&vcpu->wait, READ_ONCE(vcpu->woken) || READ_ONCE(vcpu->rung),
			   TASK_INTERRUPTIBLE);
	hrtimer_cancel(&vcpu->timer);
	return READ_ONCE(vcpu->rung) && !READ_ONCE(vcpu->woken);
}

/* Linux's clock is adjusted (NTP), and can be faster than the counter: a long sleep ends too soon
 * by more than what a thread may look, and there is another one. */
static void wait_sleep(struct vcpu *vcpu, u64 until)
{
	u64 most = wait_ticks(READ_ONCE(wake_early_ns));
	u64 due = until - min(vcpu->early, most), now = counter_now();

	if (now < due) {
		do {
			if (!wait_ring(vcpu, due - now))
				return;
			now = counter_now();
		} while (now + most < due);
		wait_learn_early(vcpu, due, now, most);
	}
	wait_rest(vcpu, until);
}

/* Who wakes has done so after the run had begun. */
void wait_for_work(struct vcpu *vcpu, u64 ticks)
{
	u64 start = counter_now(), levels, until, poll;

	if (!vcpu->vm->has_gic)
		ticks = timers_look(vcpu, &levels);
	if (!ticks || (!vcpu->vm->has_gic && levels != vcpu->levels))
		return;
	until = start + min_t(u64, ticks, S64_MAX / 2);
	poll = start + vcpu->poll;
	if (!wait_look(vcpu, min(until, poll)) || (!READ_ONCE(vcpu->woken) && poll < until))
		wait_sleep(vcpu, until);
	wait_learn(vcpu, counter_now() - start);
}
