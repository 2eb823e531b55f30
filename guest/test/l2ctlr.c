/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * L2CTLR (Cortex-A15 TRM, 4.3.62) tells kernels how many CPUs there are: each vCPU of its partition
 * reads how many vCPUs that one has, on a board with fewer or more CPUs.
 */
#include "guest/lib/cpu.h"
#include "guest/lib/exceptions.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/test/pmu.h"

#define L2CTLR_LIMIT_US TIMER_PATIENCE_US

static volatile uint32_t l2ctlr_seen;

static uint32_t l2ctlr_read(void)
{
	uint32_t value;

	CPU_CP15_READ(1, c9, c0, 2, value);
	return value;
}

static void l2ctlr_second(void *arg)
{
	(void)arg;
	l2ctlr_seen = l2ctlr_read();
}

static void l2ctlr_user(void *arg)
{
	*(uint32_t *)arg = l2ctlr_read();
}

static uint32_t l2ctlr_exits(void)
{
	uint64_t exits = 0;

	(void)vm_stats(0, 0, PLUMB_STAT_CP15, &exits);
	return (uint32_t)exits;
}

/* The first use of the performance monitors opens c9; QEMU (7.2) then has no trap left for L2CTLR
 * alone: HCR.TIDCP does nothing there. */
static void l2ctlr_beside_pmu(uint32_t want)
{
	uint32_t exits, cycles, seen;

	pmu_write_control(PMU_CONTROL_E | PMU_CONTROL_C);
	pmu_write_enable(PMU_CYCLES);
	cycles = pmu_read_cycles();
	pmu_work(1000);
	(void)report_check(pmu_read_cycles() != cycles, "the monitors count");
	exits = l2ctlr_exits();
	(void)pmu_read_cycles();
	(void)report_equal(l2ctlr_exits(), exits, "and do not trap any more");
	seen = l2ctlr_read();
	if (l2ctlr_exits() == exits) {
		report_skip("this CPU does not trap L2CTLR alone");
	} else {
		(void)report_equal(seen, want, "L2CTLR beside the performance monitors");
	}
}

int main(void)
{
	uint32_t vcpus = guest_arg("vcpus", 1), user = 0;
	uint32_t want = (vcpus < 4 ? vcpus - 1 : 3) << 24;

	(void)report_equal(smp_count(), vcpus, "vCPUs");
	(void)report_equal(l2ctlr_read(), want, "L2CTLR of vCPU 0");
	for (uint32_t cpu = 1; cpu < vcpus; cpu++) {
		l2ctlr_seen = ~want;
		(void)smp_start(cpu, l2ctlr_second, NULL);
		(void)report_check(smp_wait_off(cpu, L2CTLR_LIMIT_US), "vCPU %u ends",
				   (unsigned)cpu);
		(void)report_equal(l2ctlr_seen, want, "L2CTLR of vCPU %u", (unsigned)cpu);
	}
	CPU_CP15_WRITE(1, c9, c0, 2, 0xffffffffu);
	(void)report_equal(l2ctlr_read(), want, "it takes no writes");
	(void)report_equal(exception_try_user(l2ctlr_user, &user).kind, EXCEPTION_UNDEF,
			   "User mode has none");
	if (guest_has_arg("pmu")) {
		l2ctlr_beside_pmu(want);
	}
	report_summary();
}
