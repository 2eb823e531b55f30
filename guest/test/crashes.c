/* SPDX-License-Identifier: BSD-2-Clause */
/* The manager of partitions that crash (test-crash): how often each is restarted, and that its
 * manager is told. */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/test/crash.h"

static volatile uint32_t rings, pats, lives[CRASH_ROLES];
static volatile bool late;

static void on_doorbell(uint32_t iar, void *arg)
{
	uint64_t changed = 0;

	(void)iar;
	(void)arg;
	(void)vm_watch(&changed);
	rings++;
}

static void on_life(uint32_t iar, void *arg)
{
	(void)arg;
	lives[GIC_INTID(iar) - CRASH_LIFE(0)]++;
}

static void on_pat(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	pats++;
}

static void on_timer(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_stop();
	late = true;
}

static void crashes_init(void)
{
	gic_init();
	irq_set_handler(PLUMB_VM_WATCH_INTID, on_doorbell, NULL);
	irq_set_handler(GIC_PPI_CNTV, on_timer, NULL);
	for (uint32_t role = 0; role < CRASH_ROLES; role++) {
		irq_set_handler(CRASH_LIFE(role), on_life, NULL);
		gic_set_edge(CRASH_LIFE(role), true);
		gic_enable(CRASH_LIFE(role));
	}
	irq_set_handler(CRASH_PAT, on_pat, NULL);
	gic_set_edge(CRASH_PAT, true);
	gic_enable(CRASH_PAT);
	gic_enable(GIC_PPI_CNTV);
	gic_enable(PLUMB_VM_WATCH_INTID);
}

static uint32_t state_of(uint32_t role)
{
	struct vm_info info = { 0 };

	return vm_info(CRASH_HANDLE(role), &info) == 0 ? info.state : UINT32_MAX;
}

/* By the doorbell: looks again only when an interrupt has come. */
static bool wait_state(uint32_t role, uint32_t state)
{
	late = false;
	timer_start_us(TIMER_PATIENCE_US);
	while (state_of(role) != state && !late) {
		cpu_wfi();
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
	timer_stop();
	return !late;
}

/* Starts it, and waits until it stays crashed. */
static void crashes(uint32_t role, uint32_t wanted, const char *name)
{
	uint32_t from = lives[role], told = rings;

	report_equal((uint32_t)vm_start(CRASH_HANDLE(role)), 0, "%s: started", name);
	report_check(wait_state(role, PLUMB_VM_CRASHED), "%s: it stays crashed", name);
	report_equal(lives[role] - from, wanted, "%s: lives", name);
	report_check(rings - told >= wanted, "%s: the doorbell rang %u times", name,
		     (unsigned)(rings - told));
}

static bool has_lived(void *wanted)
{
	cpu_irq_enable();
	cpu_isb();
	cpu_irq_disable();
	return lives[CRASH_VECTORS] >= *(uint32_t *)wanted;
}

/* One that is being restarted is stopped, whatever it is doing just then. */
static void stopped(void)
{
	for (uint32_t n = 1; n <= 3; n++) {
		uint32_t handle = CRASH_HANDLE(CRASH_VECTORS), wanted = lives[CRASH_VECTORS] + n;
		int32_t error;

		(void)vm_start(handle);
		report_check(timer_wait_until(has_lived, &wanted, TIMER_PATIENCE_US),
			     "restarted %u times, then stopped", (unsigned)n);
		do {
			error = vm_stop(handle);
		} while (error == -EAGAIN);
		report_check(error == 0 || state_of(CRASH_VECTORS) == PLUMB_VM_CRASHED,
			     "stopped, or crashed");
		while (state_of(CRASH_VECTORS) == PLUMB_VM_RUNNING) {
			cpu_relax();
		}
		wanted = lives[CRASH_VECTORS];
		timer_delay_us(20000);
		report_check(!has_lived(&(uint32_t) { wanted + 2 }) &&
				     state_of(CRASH_VECTORS) != PLUMB_VM_RUNNING,
			     "it does not come back");
	}
}

static bool has_patted(void *wanted)
{
	cpu_irq_enable();
	cpu_isb();
	cpu_irq_disable();
	return pats >= *(uint32_t *)wanted;
}

static bool pats_go_on(uint32_t more)
{
	uint32_t wanted = pats + more;

	return timer_wait_until(has_patted, &wanted, TIMER_PATIENCE_US);
}

/* Its watchdog's time stands still in a pause that is longer than both timeouts. */
static void paused(void)
{
	uint32_t handle = CRASH_HANDLE(CRASH_PATS), from = lives[CRASH_PATS], before;

	report_equal((uint32_t)vm_start(handle), 0, "watchdog in time: started");
	report_check(pats_go_on(5), "its interrupt comes, and is cleared");
	report_equal((uint32_t)vm_pause(handle), 0, "paused");
	report_check(wait_state(CRASH_PATS, PLUMB_VM_PAUSED), "it is paused");
	before = pats;
	timer_delay_us(5 * CRASH_WATCHDOG_US);
	report_equal(pats, before, "no interrupt meanwhile");
	report_equal((uint32_t)vm_resume(handle), 0, "resumed");
	report_check(pats_go_on(5), "its interrupt comes again");
	report_equal(lives[CRASH_PATS] - from, 1, "one life");
	report_equal((uint32_t)vm_stop(handle), 0, "stopped");
	report_check(wait_state(CRASH_PATS, PLUMB_VM_OFF), "it is off");
}

int main(void)
{
	crashes_init();
	crashes(CRASH_FAILS, 3, "limit of 2");
	crashes(CRASH_FAILS, 3, "a start begins to count anew");
	crashes(CRASH_UNTOLD, 1, "no on-crash");
	crashes(CRASH_HANGS, 3, "hang, and watchdog");
	stopped();
	paused();
	report_summary();
}
