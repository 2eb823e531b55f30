/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No performance monitors, on a CPU with a partition that uses them (pmu.c): their registers read
 * as zero and swallow writes, whatever the other has in them. To User mode they are UNDEFINED, but
 * for PMUSERENR.
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include "guest/test/pmu.h"

#define NONE_LIMIT_US (10 * TIMER_PATIENCE_US)

static uint32_t none_seen(void)
{
	uint32_t seen = 0;

	pmu_write_control(0x3f);
	pmu_write_enable(0xffffffff);
	pmu_write_interrupt(0xffffffff);
	pmu_write_overflow_set(0xffffffff);
	pmu_write_user(1);
	pmu_write_select(0);
	pmu_write_type(0x11);
	pmu_write_count(0x12345678);
	pmu_write_increment(0xffffffff);
	pmu_write_cycles(0xfffffff0);
	seen |= pmu_read_control() | pmu_read_enable() | pmu_read_interrupt();
	seen |= pmu_read_overflow() | pmu_read_select() | pmu_read_type() | pmu_read_count();
	seen |= pmu_read_cycles() | pmu_read_user() | pmu_read_overflow_set();
	return seen;
}

/* L2CTLR (Cortex-A15 TRM, 4.3.62) is of the same group: the owner's use must not open it here. */
static uint32_t none_vcpus(void)
{
	uint32_t l2ctlr;

	CPU_CP15_READ(1, c9, c0, 2, l2ctlr);
	return (l2ctlr >> 24 & 3u) + 1;
}

static void none_user_cycles(void *arg)
{
	*(uint32_t *)arg |= pmu_read_cycles();
}

static void none_user_enable(void *arg)
{
	*(uint32_t *)arg |= pmu_read_user();
}

static uint32_t none_user_wrong(void)
{
	uint32_t seen = 0, wrong = 0;

	wrong += exception_try_user(none_user_cycles, &seen).kind != EXCEPTION_UNDEF;
	wrong += exception_try_user(none_user_enable, &seen).kind != EXCEPTION_NONE;
	return wrong + (seen != 0);
}

int main(void)
{
	uint32_t owner = vm_find("owner"), rounds = 0, seen = 0, wrong = 0, miscounted = 0;
	struct vm_info info = { .state = PLUMB_VM_RUNNING };
	uint64_t end;

	gic_init();
	nap_init();
	gic_enable(PMU_INTID);
	if (pmu_version() == 2) {
		report_skip("none: ID_DFR0 says 15 (QEMU 7.2 shows the CPU's own)");
	} else {
		(void)report_equal(pmu_version(), 15, "none: ID_DFR0 says 15");
	}
	end = timer_count() + timer_us_to_ticks(NONE_LIMIT_US);
	while (vm_info(owner, &info) == 0 && timer_count() < end &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING)) {
		seen |= none_seen();
		wrong += none_user_wrong();
		miscounted += none_vcpus() != guest_arg("vcpus", 1);
		pmu_work(20000);
		rounds++;
	}
	(void)report_equal(info.state, PLUMB_VM_OFF, "none: the owner ends well");
	(void)report_check(rounds > 100, "none: looked %u times", (unsigned)rounds);
	(void)report_equal(seen, 0, "none: all registers read as zero");
	(void)report_equal(wrong, 0,
			   "none: User mode reads PMUSERENR, which is 0, and nothing else");
	(void)report_equal(miscounted, 0, "none: L2CTLR tells its own vCPUs");
	cpu_irq_enable();
	nap(2000);
	(void)report_equal(irq_unexpected(0), 0, "none: no interrupt 23");
	(void)report_equal((uint32_t)kvm_irq_line(0, kvm_irq_ppi(0, PMU_INTID), 1), 0,
			   "none: which is a line like others");
	nap(2000);
	(void)report_equal(irq_unexpected(0), 1, "none: and comes");
	report_summary();
}
