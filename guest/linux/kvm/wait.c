// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/*
 * A vCPU that has nothing to do. As KVM, its thread first looks for something again and again for a
 * while, and sleeps then: a wait that is short ends without a sleep. How long it looks is found
 * from how long the waits are, as KVM does, with the same parameters.
 */
#include "vm.h"
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/sched/stat.h>

#define WAIT_NEVER U64_MAX

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

void vcpu_wake(struct vcpu *vcpu)
{
	WRITE_ONCE(vcpu->woken, true);
	if (wq_has_sleeper(&vcpu->wait))
		wake_up(&vcpu->wait);
}

enum hrtimer_restart wait_timer(struct hrtimer *timer)
{
	vcpu_wake(container_of(timer, struct vcpu, timer));
	return HRTIMER_NORESTART;
}

/* ---- how long ---- */

static void wait_grow(struct vcpu *vcpu)
{
	unsigned int grow = READ_ONCE(halt_poll_ns_grow);

	if (grow)
		vcpu->poll_ns = min(max(vcpu->poll_ns * grow, READ_ONCE(halt_poll_ns_grow_start)),
				    READ_ONCE(halt_poll_ns));
}

static void wait_shrink(struct vcpu *vcpu)
{
	unsigned int shrink = READ_ONCE(halt_poll_ns_shrink);

	vcpu->poll_ns = shrink ? vcpu->poll_ns / shrink : 0;
}

/* A wait has taken so long. */
static void wait_learn(struct vcpu *vcpu, u64 ns)
{
	unsigned int most = READ_ONCE(halt_poll_ns);

	if (!most)
		vcpu->poll_ns = 0;
	else if (ns <= vcpu->poll_ns)
		return;
	else if (vcpu->poll_ns && ns > most)
		wait_shrink(vcpu);
	else if (vcpu->poll_ns < most && ns < most)
		wait_grow(vcpu);
}

/* ---- waiting ---- */

static u32 wait_ticks_per_second(void)
{
	u32 hz;

	asm("mrc p15, 0, %0, c14, c0, 0" : "=r"(hz));
	return hz;
}

/* A timer that is due in more than a year is not waited for. */
static u64 wait_ns(u64 ticks)
{
	u32 hz = wait_ticks_per_second();

	if (div_u64(ticks, hz) >= 365 * 86400)
		return WAIT_NEVER;
	return mul_u64_u32_div(ticks, NSEC_PER_SEC, hz);
}

void wait_set_timer(struct vcpu *vcpu, u64 ticks)
{
	u64 ns = wait_ns(ticks);

	if (ns != WAIT_NEVER)
		hrtimer_start(&vcpu->timer, ns, HRTIMER_MODE_REL);
}

/* True: there is something to do within poll_ns. */
static bool wait_poll(struct vcpu *vcpu, u64 start, u64 ns)
{
	u64 waited = 0;

	while (waited < vcpu->poll_ns) {
		if (READ_ONCE(vcpu->woken) || waited >= ns)
			return true;
		if (signal_pending(current) || need_resched() || !single_task_running())
			return false;
		cpu_relax();
		waited = ktime_get_ns() - start;
	}
	return false;
}

static void wait_sleep(struct vcpu *vcpu, u64 start, u64 ns)
{
	if (ns != WAIT_NEVER)
		hrtimer_start(&vcpu->timer, start + ns, HRTIMER_MODE_ABS);
	wait_event_interruptible(vcpu->wait, READ_ONCE(vcpu->woken));
	hrtimer_cancel(&vcpu->timer);
}

/* Who wakes has done so after the run had begun. */
void wait_for_work(struct vcpu *vcpu, u64 ticks)
{
	u64 start, levels, ns;

	if (!vcpu->vm->has_gic)
		ticks = timers_look(vcpu, &levels);
	if (!ticks || (!vcpu->vm->has_gic && levels != vcpu->levels))
		return;
	start = ktime_get_ns();
	ns = wait_ns(ticks);
	if (!wait_poll(vcpu, start, ns))
		wait_sleep(vcpu, start, ns);
	wait_learn(vcpu, ktime_get_ns() - start);
}
