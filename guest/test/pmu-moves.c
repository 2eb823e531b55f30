/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Performance monitors of vCPUs that share CPUs and change them: registers come along, and a
 * counter that has overflowed wakes its vCPU, whether the interrupt came before the WFI or not: if
 * it got lost, the vCPU would sleep for ever. A cycle here is a nanosecond, and nothing tells how
 * many go by.
 */
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include "guest/test/pmu.h"

#define MOVES_ROUNDS   400u
#define MOVES_LIMIT_US 60000000u

struct moves_cpu {
	volatile uint32_t taken, wrong, extra, done;
};

static struct moves_cpu moves_cpus[SMP_MAX_CPUS];

static void moves_handler(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	pmu_write_disable(0xffffffff);
	pmu_write_overflow(0xffffffff);
	moves_cpus[smp_cpu()].taken++;
}

static void moves_quiet(void)
{
	pmu_write_control(0);
	pmu_write_disable(0xffffffff);
	pmu_write_overflow(0xffffffff);
}

/* 100 cycles are over before the work is: no host makes twenty instructions in a nanosecond. */
static void moves_sleep(struct moves_cpu *cpu, uint32_t turns)
{
	uint32_t before = cpu->taken;

	pmu_write_select(PMU_SELECT);
	pmu_write_type(0);
	pmu_write_cycles(0 - 100u);
	pmu_write_interrupt(PMU_CYCLES);
	pmu_write_enable(PMU_CYCLES);
	pmu_write_control(PMU_CONTROL_E);
	pmu_work(turns);
	while (cpu->taken == before) {
		cpu_wfi();
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
	cpu->extra += cpu->taken != before + 1;
	moves_quiet();
}

static void moves_run(void *arg)
{
	struct moves_cpu *cpu = &moves_cpus[smp_cpu()];

	(void)arg;
	if (smp_cpu() != 0) {
		gic_init_cpu();
	}
	nap_init();
	gic_enable(PMU_INTID);
	for (uint32_t n = 0; n < MOVES_ROUNDS; n++) {
		uint32_t seed = n * 1000 + smp_cpu() * 500000;

		pmu_fill(seed);
		if (n % 2) {
			(void)nap_once(100);
		} else {
			pmu_work(20000);
		}
		cpu->wrong += pmu_wrong(seed);
		moves_quiet();
		moves_sleep(cpu, 1000 + n * 50);
	}
	cpu->done = 1;
}

int main(void)
{
	gic_init();
	irq_set_handler(PMU_INTID, moves_handler, NULL);
	(void)report_equal((uint32_t)smp_start(1, moves_run, NULL), 0, "vCPU 1 starts");
	moves_run(NULL);
	(void)report_check(nap_wait_count(&moves_cpus[1].done, 1, MOVES_LIMIT_US), "vCPU 1 ends");
	for (uint32_t n = 0; n < 2; n++) {
		const struct moves_cpu *cpu = &moves_cpus[n];

		(void)report_equal(cpu->wrong, 0, "vCPU %u: registers are kept, %u times",
				   (unsigned)n, (unsigned)MOVES_ROUNDS);
		(void)report_equal(cpu->taken, MOVES_ROUNDS, "vCPU %u: every overflow woke it",
				   (unsigned)n);
		(void)report_equal(cpu->extra, 0, "vCPU %u: once", (unsigned)n);
		(void)report_equal(irq_unexpected(n), 0, "vCPU %u: no other interrupt",
				   (unsigned)n);
	}
	report_summary();
}
