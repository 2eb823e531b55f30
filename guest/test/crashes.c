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

/* ---- the record (PLUMB_GET_CRASH); its numbers are typed from docs/control-abi.md ---- */

static uint32_t words[336];

static void recorded(uint32_t role, uint32_t vcpu, const char *name)
{
	int32_t result = vm_crash_all(CRASH_HANDLE(role), vcpu, words);

	report_equal((uint32_t)result, 0, "%s: its record", name);
}

static bool has_registers(void)
{
	bool same = true;

	for (uint32_t n = 4; n < 13; n++) {
		same = same && words[6 + n] == CRASH_R(n);
	}
	return same;
}

static uint32_t stack_matches(void)
{
	uint32_t n = 0;

	while (n < 16 && (words[5] >> n & 1u) && words[64 + n] == CRASH_STACK(n)) {
		n++;
	}
	return n;
}

/* The last exits: PLUMB_SYSTEM_EXIT, PSCI_VERSION, a read of GICD_TYPER. */
static bool has_exits(void)
{
	const uint32_t *exit = &words[80];

	return exit[0] == 0x4a000000u && exit[1] == 0x86000f08u && exit[2] == words[6 + 15] &&
	       exit[4] == 0x4a000000u && exit[5] == 0x84000000u && exit[8] >> 26 == 0x24u &&
	       exit[9] == 0x08000004u;
}

static void told(void)
{
	uint32_t before;

	recorded(CRASH_TELLS, 0, "a crash");
	before = words[0];
	report_check(words[1] == 1 && words[2] == CRASH_STATUS && words[3] == 0 && words[4] == 1,
		     "by vCPU 0, with its status, on a CPU");
	report_check(has_registers() && words[6 + 14] == CRASH_R(14), "r4 to r12, lr");
	report_check(words[6 + 13] == CRASH_SP && words[35 + 2] == CRASH_SP, "sp, sp_svc");
	report_check((words[22] & 0x3fu) == 0x13u, "cpsr");
	report_equal(stack_matches(), 16, "words of the stack");
	report_check((words[5] & 0x10000u) != 0, "the word at its pc can be told");
	report_check(has_exits(), "its last exits");
	report_check(words[80 + 63 * 4 + 3] != 0, "there are 64 exits");
	crashes(CRASH_TELLS, 2, "known registers");
	recorded(CRASH_TELLS, 0, "two lives later");
	report_equal(words[0] - before, 2, "more crashes");
	report_equal(stack_matches(), 16, "words of the stack");
}

static void told_at_odd_places(void)
{
	crashes(CRASH_THUMB, 1, "Thumb state, SP at a device");
	recorded(CRASH_THUMB, 0, "Thumb state");
	report_check(has_registers() && (words[22] & 0x220u) == 0x220u, "its registers, T, E");
	report_equal(words[5] & 0xffffu, 0, "no stack that can be told");
	report_equal(words[6 + 13], CRASH_DEVICE, "sp");
	crashes(CRASH_END, 1, "SP at the end of RAM");
	recorded(CRASH_END, 0, "the end of RAM");
	report_equal(words[5] & 0xffffu, 3, "two words of the stack");
	report_equal(stack_matches(), 2, "words of the stack");
}

/* vCPU 0 spins with interrupts masked, vCPU 1 without; on one CPU one of them waits for it. */
static void told_of_watchdog(void)
{
	recorded(CRASH_HANGS, 0, "its watchdog");
	report_check(words[1] == 3 && words[2] == (uint32_t)-2 && words[3] == 0xffffffffu,
		     "by no vCPU");
	report_check(words[4] != 0 && (words[22] & 0x80u) != 0, "vCPU 0: interrupts masked");
	recorded(CRASH_HANGS, 1, "its watchdog");
	report_check(words[4] != 0 && words[6 + 15] != 0, "vCPU 1 has a pc");
}

static void told_of_vectors(void)
{
	recorded(CRASH_VECTORS, 0, "no vectors");
	report_check(words[1] == 2 && words[2] == (uint32_t)-1 && words[3] == 0, "by vCPU 0");
	report_equal(words[6 + 15], 0x1000000cu, "pc");
	report_check(words[24] >> 26 == 0x20u && words[25] == 0x1000000cu && words[26] == 0x10000u,
		     "hsr, the address, its page");
	report_check((words[22] & 0x1fu) == 0x17u && words[32] == 0x10000000u, "cpsr, vbar");
}

static void refused(void)
{
	uint32_t handle = CRASH_HANDLE(CRASH_TELLS);

	report_equal((uint32_t)vm_crash(99, 0, 0, words), (uint32_t)-EBADF, "no such handle");
	report_equal((uint32_t)vm_crash(1, 0, 0, words), (uint32_t)-EPERM, "not managed");
	report_equal((uint32_t)vm_crash(handle, 0, 0, words), (uint32_t)-ENOENT, "no crash yet");
	report_equal((uint32_t)vm_crash(handle, 1, 0, words), (uint32_t)-EINVAL, "no such vCPU");
	report_equal((uint32_t)vm_crash(handle, 0, 336, words), (uint32_t)-EINVAL, "past the end");
}

int main(void)
{
	crashes_init();
	refused();
	crashes(CRASH_FAILS, 3, "limit of 2");
	crashes(CRASH_FAILS, 3, "a start begins to count anew");
	crashes(CRASH_UNTOLD, 1, "no on-crash");
	crashes(CRASH_HANGS, 3, "hang, and watchdog");
	told_of_watchdog();
	stopped();
	told_of_vectors();
	paused();
	crashes(CRASH_TELLS, 2, "known registers");
	told();
	told_at_odd_places();
	report_summary();
}
