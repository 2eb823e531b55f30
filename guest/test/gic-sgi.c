/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SGIs between vCPUs: every sender's arrives, once, with the sender's number; filters; targets that
 * do not exist. ARM IHI 0048B, 4.3.15.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define SGI_ROUNDS 100u

static uint32_t sgi_cpus;
static volatile uint32_t sgi_seen[SMP_MAX_CPUS][16][SMP_MAX_CPUS]; /* receiver, id, source */
static volatile uint32_t sgi_total[SMP_MAX_CPUS];
static volatile uint32_t sgi_round, sgi_arrived, sgi_ready, sgi_stop;

static void sgi_handler(uint32_t iar, void *arg)
{
	uint32_t cpu = smp_cpu();

	(void)arg;
	sgi_seen[cpu][GIC_INTID(iar) & 15][GIC_SOURCE(iar)]++;
	sgi_total[cpu]++;
}

/* Each round, all of them send SGI (round % 16) to CPU 0 at the same time. */
static void sgi_worker(void *arg)
{
	uint32_t done = 0;

	(void)arg;
	gic_init_cpu();
	cpu_irq_enable();
	(void)smp_add(&sgi_ready, 1);
	while (!sgi_stop) {
		if (sgi_round == done) {
			cpu_relax();
			continue;
		}
		done = sgi_round;
		gic_send_sgi(done % 16, GIC_SGI_LISTED, 1);
		(void)smp_add(&sgi_arrived, 1);
	}
	cpu_irq_disable();
}

static bool sgi_wait(volatile uint32_t *counter, uint32_t at_least)
{
	return timer_wait_count(counter, at_least, TIMER_PATIENCE_US);
}

static void sgi_sources(bool masked)
{
	uint32_t others = sgi_cpus - 1, lost = 0, late = 0;

	for (uint32_t i = 0; i < SGI_ROUNDS && late == 0; i++) {
		uint32_t id = (sgi_round + 1) % 16, total = sgi_total[0], before[SMP_MAX_CPUS];

		for (uint32_t cpu = 0; cpu < sgi_cpus; cpu++) {
			before[cpu] = sgi_seen[0][id][cpu];
		}
		if (masked) {
			cpu_irq_disable();
		}
		sgi_arrived = 0;
		cpu_dmb();
		sgi_round++;
		late += !sgi_wait(&sgi_arrived, others);
		cpu_irq_enable();
		late += !sgi_wait(&sgi_total[0], total + others);
		for (uint32_t cpu = 1; cpu < sgi_cpus; cpu++) {
			lost += sgi_seen[0][id][cpu] != before[cpu] + 1;
		}
	}
	(void)report_equal(late, 0, "%s: all arrive", masked ? "pended together" : "as they come");
	(void)report_equal(lost, 0, "%s: one of each source",
			   masked ? "pended together" : "as they come");
}

static uint32_t sgi_received(uint32_t id)
{
	uint32_t mask = 0;

	for (uint32_t cpu = 0; cpu < sgi_cpus; cpu++) {
		mask |= (sgi_seen[cpu][id][0] & 1) << cpu;
	}
	return mask;
}

/* An SGIR word from CPU 0, and who gets it. Counts per id are even before. */
static void sgi_filter(uint32_t word, uint32_t want, const char *what)
{
	uint32_t id = word & 15;
	uint64_t end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);
	uint32_t before = sgi_received(id);

	cpu_dsb();
	gic_dist_write(GICD_SGIR, word);
	while ((sgi_received(id) ^ before) != want && timer_count() < end) {
		cpu_relax();
	}
	timer_delay_us(3000); /* for one too many */
	(void)report_equal(sgi_received(id) ^ before, want, "%s", what);
}

static void sgi_filters(void)
{
	uint32_t all = (1u << sgi_cpus) - 1;

	sgi_filter(0x00010007, 1, "SGIR: listed, self");
	sgi_filter(0x00020007, 2, "SGIR: listed, another");
	sgi_filter(0x00ff0007, all, "SGIR: listed, all and more");
	sgi_filter(0x00800007, all & 0x80, "SGIR: listed, vCPU 7, which hardly anybody has");
	sgi_filter(0x00000007, 0, "SGIR: listed, nobody");
	sgi_filter(0x01000007, all & ~1u, "SGIR: all others");
	sgi_filter(0x01ff0007, all & ~1u, "SGIR: all others, the list ignored");
	sgi_filter(0x02000007, 1, "SGIR: self");
	sgi_filter(0x02fe0007, 1, "SGIR: self, the list ignored");
	if (hvc_is_plumbline()) {
		/* QEMU's own GIC takes it for a broadcast. */
		sgi_filter(0x03ff0007, 0, "SGIR: the reserved filter");
	}
	sgi_filter(0xfc01fff7, 1, "SGIR: reserved bits ignored");
	sgi_filter(0x0201000f, 1, "SGIR: SGI 15");
}

/* SGIs that are pended for this CPU on behalf of other sources, by hand. */
static void sgi_by_hand(void)
{
	uint32_t got = 0, wrong = 0;

	cpu_irq_disable();
	mmio_write8(GIC_DIST_BASE + GICD_SPENDSGIR + 9, (uint8_t)((1u << sgi_cpus) - 1));
	(void)report_equal(gic_dist_read(GICD_SPENDSGIR + 8), ((1u << sgi_cpus) - 1) << 8,
			   "SPENDSGIR: SGI 9 of every source");
	for (uint32_t i = 0; i < sgi_cpus; i++) {
		uint32_t iar = gic_ack();

		wrong += GIC_INTID(iar) != 9;
		got |= 1u << GIC_SOURCE(iar);
		gic_eoi(iar);
	}
	(void)report_equal(wrong, 0, "acknowledged one by one");
	(void)report_equal(got, (1u << sgi_cpus) - 1, "each source once");
	(void)report_equal(gic_ack() & 0x3ff, 1023, "then none");
	mmio_write8(GIC_DIST_BASE + GICD_SPENDSGIR + 9, 7);
	mmio_write8(GIC_DIST_BASE + GICD_CPENDSGIR + 9, 5);
	(void)report_equal(gic_dist_read(GICD_CPENDSGIR + 8), 0x00000200, "CPENDSGIR by source");
	(void)report_equal(gic_ack(), 9 | 1 << 10, "the source that is left");
	gic_eoi(9 | 1 << 10);
	cpu_irq_enable();
}

int main(void)
{
	gic_init();
	for (uint32_t id = 0; id < 16; id++) {
		irq_set_handler(id, sgi_handler, NULL);
	}
	cpu_irq_enable();
	sgi_cpus = smp_start_all(sgi_worker, NULL);
	(void)report_equal(sgi_cpus, guest_arg("vcpus", sgi_cpus), "all vCPUs start");
	if (!report_check(sgi_cpus >= 3 && sgi_wait(&sgi_ready, sgi_cpus - 1), "all are ready")) {
		report_summary();
	}
	sgi_sources(false);
	sgi_sources(true);
	sgi_filters();
	sgi_by_hand();
	sgi_stop = 1;
	for (uint32_t cpu = 1; cpu < sgi_cpus; cpu++) {
		(void)report_check(smp_wait_off(cpu, TIMER_PATIENCE_US), "vCPU %u powers off",
				   (unsigned)cpu);
		(void)report_equal(irq_unexpected(cpu), 0, "vCPU %u: nothing unexpected",
				   (unsigned)cpu);
	}
	report_summary();
}
