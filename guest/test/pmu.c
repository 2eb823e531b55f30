/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Performance monitors of its own (ARM DDI 0406C, C12): two vCPUs and another partition on one CPU,
 * under QEMU's instruction counting, where a cycle is an instruction. Two lives: the second one
 * finds nothing of the first. Its line 40 counts them (a right on itself): levels outlive a
 * restart.
 */
#include "guest/test/pmu.h"
#include "guest/lib/exceptions.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define PMU_LIFE       40u
#define PMU_LIMIT_US   5000000u
#define PMU_TURNS      5000000u
#define PMU_SLACK      100u /* instructions around the work */
#define PMU_CALLS      1000u
#define PMU_OVERFLOWS  100u
#define PMU_STORM      3000u
#define PMU_CALL_OWN   40u /* instructions of the guest's around an HVC, at most */
#define PMU_CALL_ENTRY 20u /* of the vectors', until the counters stand still */

static volatile uint32_t pmu_taken, pmu_keep, pmu_second_state, pmu_second_cycles,
	pmu_second_undefs, pmu_second_left, pmu_second_lost, pmu_second_rounds;

/* The level stays while PMOVSR shows it: `pmu_keep` interrupts leave it alone. */
static void pmu_handler(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	pmu_taken++;
	if (pmu_keep) {
		pmu_keep--;
		return;
	}
	pmu_write_overflow(0xffffffff);
}

/* How many registers are not 0 after reset. */
static uint32_t pmu_leftovers(void)
{
	uint32_t left = 0;

	left += (pmu_read_control() & 0x3f) != 0;
	left += pmu_read_enable() != 0;
	left += pmu_read_interrupt() != 0;
	left += pmu_read_overflow() != 0;
	left += pmu_read_select() != 0;
	left += pmu_read_user() != 0;
	left += pmu_read_cycles() != 0;
	for (uint32_t n = 0; n < pmu_counters(); n++) {
		pmu_write_select(n);
		left += pmu_read_type() != 0;
		left += pmu_read_count() != 0;
	}
	pmu_write_select(PMU_SELECT);
	left += pmu_read_type() != 0;
	return left;
}

static void pmu_clear(void)
{
	pmu_write_disable(0xffffffff);
	pmu_write_no_interrupt(0xffffffff);
	pmu_write_overflow(0xffffffff);
	pmu_write_user(0);
	pmu_write_select(PMU_SELECT);
	pmu_write_type(0);
	pmu_write_control(PMU_CONTROL_P | PMU_CONTROL_C);
}

static uint32_t pmu_cycles_of(uint32_t turns)
{
	uint32_t before;

	pmu_write_enable(PMU_CYCLES);
	pmu_write_control(PMU_CONTROL_E);
	before = pmu_read_cycles();
	pmu_work(turns);
	return pmu_read_cycles() - before;
}

static bool pmu_is_exact(uint32_t cycles, uint32_t turns)
{
	return cycles >= 2 * turns && cycles <= 2 * turns + PMU_SLACK;
}

/* The CPU is others' for half of the time and more. */
static void pmu_counts_itself(void)
{
	uint64_t start = timer_count();
	uint32_t cycles = pmu_cycles_of(PMU_TURNS);
	uint64_t took = timer_ticks_to_us(timer_count() - start);

	(void)report_check(pmu_is_exact(cycles, PMU_TURNS),
			   "%u turns of two instructions: %u cycles", (unsigned)PMU_TURNS,
			   (unsigned)cycles);
	(void)report_check(took * 1000 > 3ull * PMU_TURNS, "others had the CPU meanwhile (%u us)",
			   (unsigned)took);
}

static uint32_t pmu_cycles_of_calls(uint32_t filter)
{
	uint32_t before;

	pmu_write_select(PMU_SELECT);
	pmu_write_type(filter);
	before = pmu_read_cycles();
	for (uint32_t n = 0; n < PMU_CALLS; n++) {
		(void)psci_version();
	}
	return pmu_read_cycles() - before;
}

/* Also when it asks for the cycles of Hyp mode: that one is not its own. */
static void pmu_hypervisor_is_out(void)
{
	uint32_t without = pmu_cycles_of_calls(0), with = pmu_cycles_of_calls(PMU_FILTER_HYP);

	(void)report_check(without < PMU_CALLS * PMU_CALL_OWN,
			   "%u hypercalls: %u cycles, the guest's", (unsigned)PMU_CALLS,
			   (unsigned)without);
	(void)report_check(with - without < PMU_CALLS * PMU_CALL_ENTRY,
			   "with NSH set: %u more, not the hypervisor's",
			   (unsigned)(with - without));
	pmu_write_type(PMU_FILTER_HYP);
	without = pmu_cycles_of(PMU_TURNS);
	(void)report_check(without >= 2 * PMU_TURNS && without < 2 * PMU_TURNS + PMU_SLACK,
			   "with NSH set, beside others: %u cycles", (unsigned)without);
	pmu_write_type(PMU_FILTER_KERNEL);
	(void)report_check(pmu_cycles_of(1000) == 0, "PL1 filtered out: 0 cycles");
	pmu_write_type(0);
}

static void pmu_software(void)
{
	pmu_clear();
	for (uint32_t n = 0; n < 2; n++) {
		pmu_write_select(n);
		pmu_write_type(PMU_EVENT_SOFTWARE);
		pmu_write_count(0);
	}
	pmu_write_control(PMU_CONTROL_E);
	pmu_write_enable(1);
	for (uint32_t n = 0; n < 10; n++) {
		pmu_write_increment(3);
	}
	pmu_write_select(0);
	(void)report_equal(pmu_read_count(), 10, "PMSWINC: counter 0 counts");
	pmu_write_select(1);
	(void)report_equal(pmu_read_count(), 0, "PMSWINC: counter 1 is off");
	pmu_write_select(0);
	pmu_write_count(0xffffffff);
	pmu_write_increment(1);
	(void)report_equal(pmu_read_count(), 0, "a counter wraps");
	(void)report_equal(pmu_read_overflow(), 1, "and PMOVSR says so");
}

/* By hand, this CPU's interrupts masked. */
static uint32_t pmu_ack(void)
{
	timer_delay_us(100);
	return gic_ack();
}

static void pmu_by_hand(void)
{
	pmu_clear();
	pmu_write_control(PMU_CONTROL_E);
	pmu_write_overflow_set(PMU_CYCLES);
	(void)report_equal(pmu_ack(), GIC_SPURIOUS, "PMINTENSET 0: no interrupt");
	pmu_write_interrupt(PMU_CYCLES);
	(void)report_equal(pmu_ack(), PMU_INTID, "PMINTENSET: PPI 23");
	(void)report_equal(pmu_ack(), GIC_SPURIOUS, "active: not again");
	gic_eoi(PMU_INTID);
	(void)report_equal(pmu_ack(), PMU_INTID, "EOI while high: again");
	timer_delay_us(5000); /* in which time slices go by */
	(void)report_check(gic_is_active(PMU_INTID), "still active after others had the CPU");
	(void)report_equal(pmu_ack(), GIC_SPURIOUS, "and not pending");
	pmu_write_overflow(PMU_CYCLES);
	gic_eoi(PMU_INTID);
	(void)report_equal(pmu_ack(), GIC_SPURIOUS, "EOI after PMOVSR: over");
	gic_disable(PMU_INTID);
	pmu_write_overflow_set(PMU_CYCLES);
	(void)report_equal(pmu_ack(), GIC_SPURIOUS, "disabled in the distributor: waits");
	pmu_write_overflow(PMU_CYCLES);
	gic_clear_pending(PMU_INTID);
	gic_enable(PMU_INTID);
	(void)report_equal(pmu_ack(), GIC_SPURIOUS, "gone before it was enabled: none");
}

static void pmu_overflows(void)
{
	uint32_t wrong = 0;

	pmu_clear();
	pmu_write_interrupt(PMU_CYCLES);
	pmu_write_enable(PMU_CYCLES);
	cpu_irq_enable();
	for (uint32_t n = 1; n <= PMU_OVERFLOWS; n++) {
		pmu_keep = n % 4;
		pmu_taken = 0;
		pmu_write_cycles(0 - 100 * n);
		pmu_write_control(PMU_CONTROL_E);
		pmu_work(n * 50 - 30);
		wrong += pmu_taken != 0;
		pmu_work(2000);
		wrong += pmu_taken != n % 4 + 1;
	}
	cpu_irq_disable();
	(void)report_equal(wrong, 0, "%u overflows, each until PMOVSR is cleared",
			   (unsigned)PMU_OVERFLOWS);
}

/* A handler that leaves the level alone is its own guest's trouble. */
static void pmu_storm(void)
{
	uint32_t before = pmu_second_rounds;

	pmu_clear();
	pmu_keep = PMU_STORM;
	pmu_taken = 0;
	pmu_write_control(PMU_CONTROL_E);
	pmu_write_interrupt(PMU_CYCLES);
	cpu_irq_enable();
	pmu_write_overflow_set(PMU_CYCLES);
	(void)timer_wait_count(&pmu_taken, PMU_STORM + 1, PMU_LIMIT_US);
	cpu_irq_disable();
	(void)report_equal(pmu_taken, PMU_STORM + 1, "a level that stays for %u interrupts",
			   (unsigned)PMU_STORM);
	(void)report_check(pmu_second_rounds > before, "and vCPU 1 got on (%u rounds)",
			   (unsigned)(pmu_second_rounds - before));
}

static void pmu_read_user_cycles(void *arg)
{
	*(uint32_t *)arg = pmu_read_cycles();
}

static void pmu_user(void)
{
	uint32_t cycles = 0;

	pmu_clear();
	(void)report_equal(exception_try_user(pmu_read_user_cycles, &cycles).kind, EXCEPTION_UNDEF,
			   "PMUSERENR 0: PMCCNTR is UNDEFINED to User mode");
	pmu_write_user(1);
	pmu_write_enable(PMU_CYCLES);
	pmu_write_control(PMU_CONTROL_E);
	(void)report_equal(exception_try_user(pmu_read_user_cycles, &cycles).kind, EXCEPTION_NONE,
			   "PMUSERENR 1: it reads");
	(void)report_check(cycles > 0, "and counts (%u)", (unsigned)cycles);
	nap(3000);
	(void)report_equal(exception_try_user(pmu_read_user_cycles, &cycles).kind, EXCEPTION_NONE,
			   "as it does after others had the CPU");
}

static void pmu_lines(void)
{
	(void)report_equal((uint32_t)kvm_irq_line(0, kvm_irq_ppi(0, PMU_INTID), 1),
			   (uint32_t)-EBUSY, "KVM_IRQ_LINE on PPI 23: EBUSY");
	(void)report_equal((uint32_t)kvm_irq_line(0, kvm_irq_ppi(1, PMU_INTID), 0),
			   (uint32_t)-EBUSY, "lowered, of vCPU 1: the same");
	(void)report_equal((uint32_t)kvm_irq_line(0, kvm_irq_ppi(0, 22), 0), 0, "PPI 22: ok");
}

/* Whatever state another vCPU has its own in. */
static bool pmu_interrupts_once(void)
{
	uint32_t iar;

	pmu_write_interrupt(PMU_CYCLES);
	pmu_write_overflow_set(PMU_CYCLES);
	iar = pmu_ack();
	pmu_write_overflow(PMU_CYCLES);
	if (iar != PMU_INTID) {
		return false;
	}
	gic_eoi(iar);
	return pmu_ack() == GIC_SPURIOUS;
}

/* vCPU 1: counts beside vCPU 0, keeps PMUSERENR 0, and leaves its registers full when it goes off.
 */
static void pmu_second(void *arg)
{
	uint32_t cycles = 0, left = gic_is_pending(PMU_INTID);

	(void)arg;
	gic_init_cpu();
	nap_init();
	gic_enable(PMU_INTID);
	pmu_second_left = left + pmu_leftovers();
	pmu_write_select(PMU_SELECT);
	while (pmu_second_state == 0) {
		pmu_second_undefs +=
			exception_try_user(pmu_read_user_cycles, &cycles).kind == EXCEPTION_UNDEF;
		pmu_second_cycles += !pmu_is_exact(pmu_cycles_of(PMU_TURNS / 50), PMU_TURNS / 50);
		pmu_second_lost += !pmu_interrupts_once();
		pmu_second_rounds++;
	}
	gic_disable(PMU_INTID);
	pmu_fill(0x1000);
	pmu_write_control(PMU_CONTROL_E);
	pmu_write_interrupt(PMU_CYCLES);
	pmu_write_overflow_set(PMU_CYCLES);
	timer_delay_us(100);
	pmu_second_state = gic_is_pending(PMU_INTID) ? 2 : 3;
}

static void pmu_start_second(void)
{
	pmu_second_state = 0;
	pmu_second_left = 1000;
	(void)report_equal((uint32_t)smp_start(1, pmu_second, NULL), 0, "vCPU 1 starts");
	while (pmu_second_left == 1000) {
		(void)nap_once(200);
	}
	(void)report_equal(pmu_second_left, 0, "vCPU 1: reset values");
}

static void pmu_end_second(void)
{
	pmu_second_state = 1;
	while (pmu_second_state == 1) {
		(void)nap_once(200);
	}
	(void)report_equal(pmu_second_state, 2, "vCPU 1 goes off with its interrupt pending");
	(void)report_check(smp_wait_off(1, PMU_LIMIT_US), "vCPU 1 is off");
}

static void pmu_first_life(void)
{
	pmu_start_second();
	pmu_fill(0x2000);
	nap(3000);
	(void)report_equal(pmu_wrong(0x2000), 0, "all registers are kept beside vCPU 1");
	pmu_clear();
	pmu_counts_itself();
	pmu_hypervisor_is_out();
	pmu_software();
	pmu_by_hand();
	pmu_overflows();
	pmu_storm();
	pmu_user();
	pmu_lines();
	pmu_end_second();
	(void)report_equal(pmu_second_cycles, 0, "vCPU 1 counted itself as well");
	(void)report_equal(pmu_second_lost, 0, "and got each of its interrupts, once");
	(void)report_check(pmu_second_undefs > 10, "and kept its own PMUSERENR (%u times)",
			   (unsigned)pmu_second_undefs);
	pmu_start_second();
	pmu_end_second();
}

int main(void)
{
	uint32_t state = 0;

	gic_init();
	nap_init();
	irq_set_handler(PMU_INTID, pmu_handler, NULL);
	gic_enable(PMU_INTID);
	if (irq_state(0, kvm_irq_spi(PMU_LIFE), &state) != 0) {
		(void)report_check(false, "a right on itself");
		report_summary();
	}
	(void)report_equal(pmu_version(), 2, "ID_DFR0: PMUv2");
	(void)report_check(pmu_counters() > 0, "%u event counters", (unsigned)pmu_counters());
	(void)report_equal(pmu_leftovers(), 0, "life %u: reset values", (unsigned)(state & 1));
	if (!(state & 1)) {
		pmu_first_life();
		(void)report_equal(irq_unexpected(0), 0, "no other interrupt");
		if (report_failed()) {
			report_summary();
		}
		pmu_clear();
		pmu_fill(0x3000);
		pmu_write_interrupt(1); /* high at the reset */
		(void)kvm_irq_line(0, kvm_irq_spi(PMU_LIFE), 1);
		psci_system_reset();
	}
	(void)report_equal(pmu_ack(), GIC_SPURIOUS, "life 1: no interrupt of the first");
	pmu_overflows();
	report_summary();
}
