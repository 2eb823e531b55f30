/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The life of partitions by call: one that hangs with interrupts masked, in a set/way loop or in
 * WFI is ended and started; one that counts is paused; ends, starts and pauses meet each other; a
 * manager is paused by another manager and by itself, and resets itself. It waits by the doorbell.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/test/managed.h"

#define MANAGE_SELF_LIFE 60u /* own SPI: a level that outlives a restart */
#define MANAGE_PAUSE_US	 100000u
#define MANAGE_STORM	 60u
#define MANAGE_MANY	 12u

static volatile uint32_t rings, pulses, pokes_taken;
static volatile uint64_t changed;
static volatile bool late;

static void on_doorbell(uint32_t iar, void *arg)
{
	uint64_t more = 0;

	(void)iar;
	(void)arg;
	(void)vm_watch(&more);
	changed |= more;
	rings++;
}

static void on_pulse(uint32_t iar, void *arg)
{
	(void)arg;
	if (GIC_INTID(iar) == MANAGED_PULSE) {
		pulses++;
	} else {
		pokes_taken++;
	}
}

static void on_timer(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_stop();
	late = true;
}

static void manage_init(void)
{
	gic_init();
	irq_set_handler(PLUMB_VM_WATCH_INTID, on_doorbell, NULL);
	irq_set_handler(GIC_PPI_CNTV, on_timer, NULL);
	for (uint32_t spi = MANAGED_PULSE; spi <= MANAGED_TAKEN; spi++) {
		irq_set_handler(spi, on_pulse, NULL);
		gic_set_edge(spi, true);
		gic_enable(spi);
	}
	gic_enable(GIC_PPI_CNTV);
	gic_enable(PLUMB_VM_WATCH_INTID);
}

/* ---- waiting ---- */

static void take_pending(void)
{
	cpu_irq_enable();
	cpu_isb();
	cpu_irq_disable();
}

static void nap(void)
{
	cpu_wfi();
	take_pending();
}

static uint32_t state_of(uint32_t handle)
{
	struct vm_info info = { 0 };

	return vm_info(handle, &info) == 0 ? info.state : UINT32_MAX;
}

/* Looks again only when an interrupt has come. */
static bool wait_state(uint32_t handle, uint32_t state)
{
	late = false;
	timer_start_us(TIMER_PATIENCE_US);
	while (state_of(handle) != state && !late) {
		nap();
	}
	timer_stop();
	return !late;
}

static bool is_alive(void *role)
{
	return gic_is_pending(MANAGED_ALIVE(*(uint32_t *)role));
}

/* It runs, and has not since this was asked last. */
static bool comes_alive(uint32_t role)
{
	bool ok = timer_wait_until(is_alive, &role, TIMER_PATIENCE_US);

	return kvm_irq_line(0, kvm_irq_spi(MANAGED_ALIVE(role)), 0) == 0 && ok;
}

static bool is_pulsed(void *from)
{
	take_pending();
	return pulses >= *(uint32_t *)from + 5;
}

static bool goes_on(void)
{
	uint32_t from = pulses;

	return timer_wait_until(is_pulsed, &from, TIMER_PATIENCE_US);
}

/* ---- the table of docs/control-abi.md ---- */

static uint32_t wrong_results(uint32_t handle, int32_t start, int32_t stop, int32_t reset,
			      int32_t pause, int32_t resume)
{
	uint32_t wrong = start != 1 && vm_start(handle) != start;

	wrong += stop != 1 && vm_stop(handle) != stop;
	wrong += reset != 1 && vm_reset(handle) != reset;
	wrong += pause != 1 && vm_pause(handle) != pause;
	wrong += resume != 1 && vm_resume(handle) != resume;
	return wrong;
}

#define NOT_TRIED 1

static void refused_calls(void)
{
	uint32_t later = MANAGED_HANDLE(MANAGED_LATER);

	report_equal(wrong_results(99, -EBADF, -EBADF, -EBADF, -EBADF, -EBADF), 0,
		     "no such partition: EBADF");
	report_equal(wrong_results(MANAGED_STRANGER, -EPERM, -EPERM, -EPERM, -EPERM, -EPERM), 0,
		     "a partition that is not managed: EPERM");
	report_equal(wrong_results(later, NOT_TRIED, -EINVAL, -EINVAL, -EINVAL, -EINVAL), 0,
		     "off: only a start is accepted");
	report_equal((uint32_t)vm_start(MANAGED_EMPTY), (uint32_t)-ENOEXEC,
		     "a start without a kernel: ENOEXEC");
	report_equal(wrong_results(0, -EBUSY, NOT_TRIED, NOT_TRIED, NOT_TRIED, -EINVAL), 0,
		     "itself: it runs");
}

/* ---- start, stop, reset ---- */

static bool is_told(void *handle)
{
	take_pending();
	return changed >> (*(uint32_t *)handle - 1) & 1;
}

static void no_dead_end(void)
{
	uint32_t later = MANAGED_HANDLE(MANAGED_LATER);

	report_equal(state_of(later), PLUMB_VM_OFF, "no-autostart: off");
	changed = 0;
	report_equal((uint32_t)vm_start(later), 0, "it is started");
	report_check(wait_state(later, PLUMB_VM_RUNNING), "and runs");
	report_check(timer_wait_until(is_told, &later, TIMER_PATIENCE_US), "the doorbell tells so");
	report_check(comes_alive(MANAGED_LATER), "and its program, too");
	report_equal((uint32_t)vm_start(later), (uint32_t)-EBUSY, "a second start: EBUSY");
	report_equal((uint32_t)vm_stop(later), 0, "it is stopped");
	report_check(wait_state(later, PLUMB_VM_OFF), "and off");
}

static void hangs(uint32_t role, const char *how)
{
	uint32_t handle = MANAGED_HANDLE(role);

	report_check(comes_alive(role), "%s: it runs", how);
	report_equal((uint32_t)vm_stop(handle), 0, "%s: it is stopped", how);
	report_check(wait_state(handle, PLUMB_VM_OFF), "%s: and off", how);
	report_equal(wrong_results(handle, 0, NOT_TRIED, NOT_TRIED, NOT_TRIED, NOT_TRIED), 0,
		     "%s: it is started", how);
	report_check(wait_state(handle, PLUMB_VM_RUNNING) && comes_alive(role), "%s: and runs",
		     how);
	report_equal((uint32_t)vm_reset(handle), 0, "%s: it is reset", how);
	report_check(comes_alive(role), "%s: and runs again", how);
	report_equal((uint32_t)vm_pause(handle), 0, "%s: it is paused", how);
	report_check(wait_state(handle, PLUMB_VM_PAUSED), "%s: and is", how);
	report_equal((uint32_t)vm_resume(handle), 0, "%s: it is resumed", how);
	report_check(!gic_is_pending(MANAGED_ALIVE(role)), "%s: as it was", how);
}

/* ---- pause ---- */

static uint32_t gap_us(void)
{
	uint32_t units = 0;

	for (uint32_t bit = 0; bit < MANAGED_GAP_BITS; bit++) {
		units |= (uint32_t)gic_is_pending(MANAGED_GAP + bit) << bit;
	}
	return units * MANAGED_GAP_UNIT;
}

/* Once it has told all of it. */
static uint32_t whole_gap_us(void)
{
	uint32_t last, gap = gap_us();

	do {
		last = gap;
		(void)goes_on();
		gap = gap_us();
	} while (gap != last);
	return gap;
}

static void pause(void)
{
	uint32_t counts = MANAGED_HANDLE(MANAGED_COUNTS), before, taken, at_pause, gap;
	uint64_t from, until;

	report_check(comes_alive(MANAGED_COUNTS) && goes_on(), "it counts");
	before = whole_gap_us();
	from = timer_physical_count();
	report_equal((uint32_t)vm_pause(counts), 0, "it is paused");
	report_check(wait_state(counts, PLUMB_VM_PAUSED), "and the doorbell tells so");
	report_equal(wrong_results(counts, -EBUSY, NOT_TRIED, NOT_TRIED, -EBUSY, NOT_TRIED), 0,
		     "it is paused already: EBUSY");
	take_pending();
	at_pause = pulses;
	taken = pokes_taken;
	report_equal((uint32_t)kvm_irq_line(counts, kvm_irq_spi(MANAGED_POKE), 1), 0,
		     "an edge while it is paused");
	(void)kvm_irq_line(counts, kvm_irq_spi(MANAGED_POKE), 0);
	timer_delay_us(MANAGE_PAUSE_US);
	take_pending();
	report_equal(pulses - at_pause, 0, "nothing of it runs");
	report_equal(pokes_taken - taken, 0, "and the edge waits");
	report_equal((uint32_t)vm_resume(counts), 0, "it is resumed");
	until = timer_physical_count();
	report_check(goes_on(), "it counts again");
	report_equal(pokes_taken - taken, 1, "the edge was taken once");
	gap = whole_gap_us() - before;
	report_check(gap + MANAGED_GAP_ERROR >= MANAGE_PAUSE_US &&
			     gap <= timer_ticks_to_us(until - from) + MANAGED_GAP_ERROR,
		     "its virtual counter has stood still: for %u us", (unsigned)gap);
	report_equal((uint32_t)vm_resume(counts), (uint32_t)-EINVAL, "a second resume: EINVAL");
}

/* ---- ends, starts and pauses that meet ---- */

/* Until the call is accepted: it is refused while the partition is ending or loading. */
static bool until_accepted(int32_t (*call)(uint32_t), uint32_t handle)
{
	int32_t result;

	do {
		result = call(handle);
	} while (result == -EAGAIN);
	return result == 0;
}

static void meet(void)
{
	uint32_t counts = MANAGED_HANDLE(MANAGED_COUNTS);

	report_check(vm_pause(counts) == 0 && wait_state(counts, PLUMB_VM_PAUSED) &&
			     vm_reset(counts) == 0 && comes_alive(MANAGED_COUNTS),
		     "a reset ends a pause");
	report_check(vm_pause(counts) == 0 && vm_stop(counts) == 0 &&
			     wait_state(counts, PLUMB_VM_OFF),
		     "a stop while it pauses");
	report_check(vm_start(counts) == 0 && until_accepted(vm_stop, counts) &&
			     wait_state(counts, PLUMB_VM_OFF),
		     "a stop while it is loaded");
	report_check(vm_start(counts) == 0 && comes_alive(MANAGED_COUNTS) && vm_stop(counts) == 0 &&
			     until_accepted(vm_start, counts) && comes_alive(MANAGED_COUNTS),
		     "a start while it ends");
	report_check(vm_reset(counts) == 0 && until_accepted(vm_pause, counts) &&
			     wait_state(counts, PLUMB_VM_PAUSED) && vm_resume(counts) == 0 &&
			     comes_alive(MANAGED_COUNTS) && goes_on(),
		     "a pause while it restarts");
}

/* Results that a partition in any state may give. */
static bool is_known(int32_t result)
{
	return result == 0 || result == -EAGAIN || result == -EBUSY || result == -EINVAL;
}

static void storm(void)
{
	static int32_t (*const calls[])(uint32_t) = { vm_pause, vm_resume, vm_stop,   vm_start,
						      vm_reset, vm_pause,  vm_resume, vm_start };
	uint32_t dice = 1, wrong = 0;

	for (uint32_t n = 0; n < MANAGE_STORM; n++) {
		dice = dice * 1664525u + 1013904223u;
		wrong += !is_known(calls[dice >> 16 & 7](MANAGED_HANDLE(dice >> 24 & 3)));
		if ((dice >> 28) == 0) {
			timer_delay_us(2000);
		}
	}
	report_equal(wrong, 0, "%u calls in a row", (unsigned)MANAGE_STORM);
	for (uint32_t role = 0; role <= MANAGED_COUNTS; role++) {
		uint32_t handle = MANAGED_HANDLE(role);
		int32_t stopped;

		do {
			stopped = vm_stop(handle);
		} while (stopped == -EAGAIN);
		wrong += !wait_state(handle, PLUMB_VM_OFF);
		(void)kvm_irq_line(0, kvm_irq_spi(MANAGED_ALIVE(role)), 0);
		wrong += vm_start(handle) != 0 || !comes_alive(role);
	}
	report_equal(wrong, 0, "and all of them can be started");
}

/* ---- the manager itself ---- */

/* The least of some: the vCPU may be displaced between the two counters. */
static uint64_t own_offset(void)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t n = 0; n < 8; n++) {
		uint64_t virt = timer_count();
		uint64_t offset = timer_physical_count() - virt;

		least = offset < least ? offset : least;
	}
	return least;
}

static bool is_later(void *from)
{
	return own_offset() - *(uint64_t *)from >= timer_us_to_ticks(MANAGED_PAUSE_US);
}

static void paused_by_another(void)
{
	uint32_t rival = MANAGED_HANDLE(MANAGED_RIVAL);
	uint64_t from = own_offset();

	report_check(comes_alive(MANAGED_RIVAL), "the rival runs");
	report_equal((uint32_t)kvm_irq_line(rival, kvm_irq_spi(MANAGED_POKE), 1), 0,
		     "it is asked to pause this partition");
	report_check(timer_wait_until(is_later, &from, TIMER_PATIENCE_US),
		     "this partition was paused, and resumed");
	from = own_offset();
	report_equal((uint32_t)vm_pause(0), 0, "a pause by its own call");
	report_check(is_later(&from), "another manager has ended it");
}

/* The level of its own line outlives the reset. */
static void reset_by_itself(void)
{
	uint32_t state = 0;

	(void)irq_state(0, kvm_irq_spi(MANAGE_SELF_LIFE), &state);
	if (!(state & PLUMB_IRQ_LEVEL)) {
		(void)kvm_irq_line(0, kvm_irq_spi(MANAGE_SELF_LIFE), 1);
		(void)vm_reset(0);
		(void)report_check(false, "a reset of itself does not return");
		report_summary();
	}
	report_check(true, "it has reset itself");
}

static void stop_all(void)
{
	uint32_t wrong = 0;

	for (uint32_t handle = MANAGED_HANDLE(0); handle < MANAGED_HANDLE(MANAGED_LATER);
	     handle++) {
		wrong += vm_stop(handle) != 0 || !wait_state(handle, PLUMB_VM_OFF);
	}
	report_equal(wrong, 0, "all others are stopped");
	report_check(rings > 0, "the doorbell rang %u times", (unsigned)rings);
}

/* Each change is told to eight managers: for the plugin that counts instructions. */
static void many(void)
{
	uint32_t handle = 2, wrong = 0;

	manage_init();
	wrong += !comes_alive(MANAGED_MANY);
	for (uint32_t n = 0; n < MANAGE_MANY; n++) {
		timer_delay_us(3000);
		wrong += vm_pause(handle) != 0 || !wait_state(handle, PLUMB_VM_PAUSED);
		wrong += vm_resume(handle) != 0;
		if (n % 4 == 0) {
			timer_delay_us(3000);
			wrong += vm_reset(handle) != 0 || !comes_alive(MANAGED_MANY);
		} else if (n % 4 == 2) {
			timer_delay_us(3000);
			wrong += vm_stop(handle) != 0 || !wait_state(handle, PLUMB_VM_OFF);
			wrong += vm_start(handle) != 0 || !comes_alive(MANAGED_MANY);
		}
	}
	for (; vm_stop(handle) != -EBADF; handle++) {
		wrong += !wait_state(handle, PLUMB_VM_OFF);
	}
	report_equal(wrong, 0, "%u pauses of eight vCPUs", (unsigned)MANAGE_MANY);
	report_summary();
}

int main(void)
{
	if (guest_has_arg("many")) {
		many();
	}
	reset_by_itself();
	manage_init();
	refused_calls();
	hangs(MANAGED_MASKED, "masked");
	hangs(MANAGED_SETWAY, "set/way");
	hangs(MANAGED_WAITS, "WFI");
	no_dead_end();
	pause();
	meet();
	paused_by_another();
	storm();
	stop_all();
	report_summary();
}
