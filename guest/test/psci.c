/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PSCI 1.0 by HVC (ARM DEN 0022) and SMCCC discovery (DEN 0028), numbers typed from there; four
 * vCPUs. On bare QEMU, which has PSCI of its own, the results that may differ are skipped.
 */
#include "guest/lib/psci.h"
#include "guest/lib/exceptions.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/start.h"
#include "guest/test/nap.h"

#define PSCI_RACES 25u

#define PSCI_TIMER_VIRT 27u
#define PSCI_TIMER_PHYS 30u

enum { SUCCESS = 0, NOT_SUPPORTED = -1, INVALID = -2, ALREADY_ON = -4, ON_PENDING = -5 };

static uint32_t psci_cpus, psci_cluster;
static bool psci_bare;

static int32_t psci_raw(uint32_t function, uint32_t a, uint32_t b, uint32_t c)
{
	return (int32_t)hvc_call(function, a, b, c).r0;
}

static void psci_versions(void)
{
	uint32_t version = hvc_call(0x84000000, 0, 0, 0).r0;
	static const uint32_t there[] = { 0x84000000, 0x84000001, 0x84000002, 0x84000003,
					  0x84000004, 0x84000008, 0x84000009, 0x8400000a };
	static const uint32_t absent[] = { 0x84000005, 0x84000007, 0x8400000b, 0x8400001f,
					   0xc4000003, 0x12345678, 0xffffffff };
	uint32_t wrong = 0;

	(void)report_check(version >= 0x00010000 && version < 0x00020000, "version 1 (%x)",
			   (unsigned)version);
	for (uint32_t i = 0; i < 8; i++) {
		wrong += psci_raw(0x8400000a, there[i], 0, 0) < 0;
	}
	(void)report_equal(wrong, 0, "FEATURES: what there must be");
	if (psci_bare) {
		return;
	}
	(void)report_equal(version, 0x00010000, "version 1.0");
	for (uint32_t i = 0; i < 7; i++) {
		wrong += psci_raw(0x8400000a, absent[i], 0, 0) != NOT_SUPPORTED;
	}
	(void)report_equal(wrong, 0, "FEATURES: what there is not");
	(void)report_equal((uint32_t)psci_raw(0x84000006, 0, 0, 0), 2,
			   "MIGRATE_INFO_TYPE: no trusted OS");
	(void)report_equal((uint32_t)psci_raw(0x84000005, 0, 0, 0), (uint32_t)NOT_SUPPORTED,
			   "MIGRATE");
	(void)report_equal((uint32_t)psci_raw(0x8400000a, 0x80000000, 0, 0), 0,
			   "FEATURES: SMCCC_VERSION");
	(void)report_equal((uint32_t)psci_raw(0x80000000, 0, 0, 0), 0x00010001, "SMCCC 1.1");
	(void)report_equal((uint32_t)psci_raw(0x80000001, 0x80000000, 0, 0), 0,
			   "ARCH_FEATURES: SMCCC_VERSION");
	(void)report_equal((uint32_t)psci_raw(0x80000001, 0x80000001, 0, 0), 0,
			   "ARCH_FEATURES: itself");
	(void)report_equal((uint32_t)psci_raw(0x80000001, 0x80001234, 0, 0),
			   (uint32_t)NOT_SUPPORTED, "ARCH_FEATURES: unknown");
}

static volatile uint32_t psci_ran[SMP_MAX_CPUS];
static volatile uint32_t psci_stop[SMP_MAX_CPUS];

static void psci_worker(void *arg)
{
	uint32_t cpu = smp_cpu();

	(void)arg;
	(void)smp_add(&psci_ran[cpu], 1);
	while (!psci_stop[cpu]) {
		cpu_relax();
	}
}

static bool psci_wait_run(uint32_t cpu, uint32_t times)
{
	return timer_wait_count(&psci_ran[cpu], times, TIMER_PATIENCE_US);
}

static void psci_on_off(void)
{
	uint32_t mpidr = psci_cluster | 1, failed = 0;

	(void)report_equal((uint32_t)psci_raw(0x84000004, psci_cluster, 0, 0), 0,
			   "AFFINITY_INFO: this one is on");
	(void)report_equal((uint32_t)psci_raw(0x84000004, mpidr, 0, 0), 1,
			   "AFFINITY_INFO: vCPU 1 is off");
	for (uint32_t i = 1; i <= 20; i++) {
		psci_stop[1] = 0;
		failed += smp_start(1, psci_worker, NULL) != SUCCESS;
		failed += !psci_wait_run(1, i);
		failed += psci_raw(0x84000004, mpidr, 0, 0) != 0;
		failed += psci_raw(0x84000003, mpidr, 0x40010000, 0) != ALREADY_ON;
		psci_stop[1] = 1;
		failed += !smp_wait_off(1, TIMER_PATIENCE_US);
	}
	(void)report_equal(failed, 0, "CPU_ON, ALREADY_ON, CPU_OFF: 20 times");
	(void)report_equal(psci_ran[1], 20, "it ran once each time");
}

static volatile uint32_t psci_pending;

/* Interrupts are masked, and off in the distributor: what is due stays. */
static void psci_leave_timers_due(void *arg)
{
	(void)arg;
	timer_set_cval(0);
	timer_set_control(TIMER_CTL_ENABLE);
	timer_physical_set_cval(0);
	timer_physical_set_control(TIMER_CTL_ENABLE);
	timer_delay_us(100);
	psci_pending = gic_is_pending(PSCI_TIMER_VIRT) + gic_is_pending(PSCI_TIMER_PHYS);
}

static void psci_see_timers(void *arg)
{
	(void)arg;
	psci_pending = gic_is_pending(PSCI_TIMER_VIRT) + gic_is_pending(PSCI_TIMER_PHYS);
}

/* A CPU that starts has its timers off (ARM ARM B8.1.2): their lines are low. */
static void psci_timers(void)
{
	uint32_t before, failed;

	failed = smp_start(1, psci_leave_timers_due, NULL) != SUCCESS;
	failed += !smp_wait_off(1, TIMER_PATIENCE_US);
	before = psci_pending;
	psci_pending = 1000;
	failed += smp_start(1, psci_see_timers, NULL) != SUCCESS;
	failed += !smp_wait_off(1, TIMER_PATIENCE_US);
	(void)report_equal(failed, 0, "on and off again, its timers due");
	(void)report_equal(before, 2, "both timers pend");
	(void)report_equal(psci_pending, 0, "CPU_OFF, CPU_ON: none does");
}

static void psci_invalid(void)
{
	uint32_t entry = (uint32_t)(uintptr_t)psci_worker;

	(void)report_equal((uint32_t)psci_raw(0x84000003, psci_cluster, entry, 0),
			   (uint32_t)ALREADY_ON, "CPU_ON of itself");
	(void)report_equal((uint32_t)psci_raw(0x84000003, psci_cluster | psci_cpus, entry, 0),
			   (uint32_t)INVALID, "CPU_ON of one too many");
	(void)report_equal((uint32_t)psci_raw(0x84000003, 0x00ffffff, entry, 0), (uint32_t)INVALID,
			   "CPU_ON of 0xffffff");
	if (psci_bare) {
		return;
	}
	(void)report_equal((uint32_t)psci_raw(0x84000003, 0x00010001, entry, 0), (uint32_t)INVALID,
			   "CPU_ON in another cluster");
	(void)report_equal((uint32_t)psci_raw(0x84000003, 0x80000001, entry, 0), (uint32_t)INVALID,
			   "CPU_ON with reserved bits");
	(void)report_equal((uint32_t)psci_raw(0x84000003, 1, 0x00000000, 0), (uint32_t)-9,
			   "CPU_ON at 0: INVALID_ADDRESS");
	(void)report_equal((uint32_t)psci_raw(0x84000003, 1, 0x08000000, 0), (uint32_t)-9,
			   "CPU_ON in the GIC: INVALID_ADDRESS");
	(void)report_equal((uint32_t)psci_raw(0x84000003, 1, 0xfffffffc, 0), (uint32_t)-9,
			   "CPU_ON at the top: INVALID_ADDRESS");
	(void)report_equal((uint32_t)psci_raw(0x84000004, psci_cpus, 0, 0), (uint32_t)INVALID,
			   "AFFINITY_INFO of one too many");
	(void)report_equal((uint32_t)psci_raw(0x84000004, 0, 4, 0), (uint32_t)INVALID,
			   "AFFINITY_INFO of level 4");
	(void)report_equal((uint32_t)psci_raw(0x84000004, 1, 0, 0), 1,
			   "vCPU 1 is off after all that");
}

/* CPUs 1 and 2 (and this one) start CPU 3 together, again and again. */
static volatile uint32_t psci_race_go, psci_race_done, psci_race_won, psci_race_on, psci_race_odd;

static void psci_race_start(void)
{
	int32_t result = psci_raw(0x84000003, psci_cluster | 3,
				  (uint32_t)(uintptr_t)guest_start_secondary, 3);

	if (result == SUCCESS) {
		(void)smp_add(&psci_race_won, 1);
	} else if (result == ALREADY_ON || result == ON_PENDING) {
		(void)smp_add(&psci_race_on, 1);
	} else {
		(void)smp_add(&psci_race_odd, 1);
	}
	(void)smp_add(&psci_race_done, 1);
}

static void psci_racer(void *arg)
{
	uint32_t cpu = smp_cpu(), seen = 0;

	(void)arg;
	(void)smp_add(&psci_ran[cpu], 1);
	while (!psci_stop[cpu]) {
		if (psci_race_go != seen) {
			seen = psci_race_go;
			psci_race_start();
		}
		cpu_relax();
	}
}

static void psci_races(void)
{
	uint32_t late = 0, twice = 0, ran, ran1 = psci_ran[1];

	/* The library's slot for CPU 3: what it runs when someone starts it by hand. */
	psci_stop[3] = 1;
	late += smp_start(3, psci_worker, NULL) != SUCCESS || !psci_wait_run(3, 1);
	late += !smp_wait_off(3, TIMER_PATIENCE_US);
	psci_stop[1] = psci_stop[2] = 0;
	late += smp_start(1, psci_racer, NULL) != SUCCESS;
	late += smp_start(2, psci_racer, NULL) != SUCCESS;
	late += !psci_wait_run(1, ran1 + 1) || !psci_wait_run(2, 1);
	for (uint32_t i = 1; i <= PSCI_RACES && late == 0; i++) {
		ran = psci_ran[3];
		psci_stop[3] = 0;
		psci_race_done = 0;
		cpu_dmb();
		psci_race_go = i;
		psci_race_start();
		late += !timer_wait_count(&psci_race_done, 3, TIMER_PATIENCE_US);
		late += !psci_wait_run(3, ran + 1);
		twice += psci_race_won != i || psci_ran[3] != ran + 1;
		psci_stop[3] = 1;
		late += !smp_wait_off(3, TIMER_PATIENCE_US);
	}
	psci_stop[1] = psci_stop[2] = 1;
	late += !smp_wait_off(1, TIMER_PATIENCE_US) || !smp_wait_off(2, TIMER_PATIENCE_US);
	(void)report_equal(late, 0, "races: all in time");
	if (psci_bare) {
		return; /* QEMU's own PSCI lets two win now and then */
	}
	(void)report_equal(twice, 0, "races: one winner each");
	(void)report_equal(psci_race_won, PSCI_RACES, "races: SUCCESS once each");
	(void)report_equal(psci_race_on, 2 * PSCI_RACES, "races: ALREADY_ON for the rest");
	(void)report_equal(psci_race_odd, 0, "races: nothing else");
}

static void psci_suspend(void)
{
	uint64_t start = timer_count();
	uint32_t fired = nap_fired[0];
	int32_t result;

	cpu_irq_disable();
	timer_start_us(20000);
	result = psci_raw(0x84000001, 0, 0, 0);
	(void)report_equal((uint32_t)result, SUCCESS, "CPU_SUSPEND: standby");
	(void)report_check(timer_count() - start >= timer_us_to_ticks(20000),
			   "CPU_SUSPEND: until the interrupt");
	(void)report_equal(nap_fired[0], fired, "CPU_SUSPEND: masked interrupts stay masked");
	cpu_irq_enable();
	cpu_isb();
	cpu_irq_disable();
	(void)report_equal(nap_fired[0], fired + 1, "and come when unmasked");
}

static void psci_smc(void)
{
	uint32_t word = 0xe1600070;

	(void)report_equal(exception_try(exception_run_word, &word).kind, EXCEPTION_UNDEF,
			   "SMC: undefined");
	(void)report_check(hvc_call(0x84000000, 0, 0, 0).r0 >> 16 == 1, "HVC as before");
}

int main(void)
{
	psci_bare = !hvc_is_plumbline();
	psci_cluster = cpu_mpidr() & 0x00ffff00;
	gic_init();
	nap_init();
	psci_cpus = smp_count();
	(void)report_equal(psci_cpus, guest_arg("vcpus", psci_cpus), "as many vCPUs as there are");
	if (!report_check(psci_cpus >= 4, "four vCPUs")) {
		report_summary();
	}
	psci_versions();
	psci_on_off();
	if (!psci_bare) {
		psci_timers();
	}
	psci_invalid();
	psci_races();
	psci_suspend();
	psci_smc();
	report_summary();
}
