/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * WFI while an interrupt pends that the CPU interface does not signal (IHI 0048B 3.3): by GICC_PMR,
 * by its group, by what is active, by the binary point. The vCPU sleeps until something comes that
 * is signalled: its timer, or whatever another vCPU changes; and the partition below, which only
 * spins, has the CPU meanwhile. Counted in WFIs and turns: time is the emulator's.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define MASKED_SLEEPS 20u
#define MASKED_US     1000u
#define MASKED_TURNS  500u
#define MASKED_WAIT   100000u /* microseconds, for what wakes before */

/* GICV_CTLR (IHI 0048B 5.5.1) */
#define CTLR_GRP0   0x001u
#define CTLR_GRP1   0x002u
#define CTLR_ACKCTL 0x004u
#define CTLR_CBPR   0x010u

#define LOW  40u /* SPIs: what does not wake */
#define HIGH 41u
#define LATE 42u
#define SGI  5u

static volatile uint32_t ticks, taken;
static uint32_t below; /* the partition of a lower priority */

static void on_tick(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_physical_set_control(0);
	ticks++;
}

static void on_taken(uint32_t iar, void *arg)
{
	(void)arg;
	taken++;
	if (GIC_INTID(iar) >= 16) {
		gic_disable(GIC_INTID(iar));
	}
}

static uint64_t turns_below(void)
{
	uint64_t turns = 0;

	if (vm_stats(below, 0, PLUMB_STAT_SWITCHES, &turns) != 0) {
		(void)report_check(false, "may see the counts of the partition below");
	}
	return turns;
}

/* Sleeps until the timer, or something else, has been taken. Returns how many WFIs that took. */
static uint32_t sleep_us(uint32_t us)
{
	uint32_t ticked = ticks, took = taken, count = 0;

	timer_physical_set_cval(timer_physical_count() + timer_us_to_ticks(us));
	timer_physical_set_control(1);
	cpu_irq_disable();
	while (ticks == ticked && taken == took) {
		cpu_wfi();
		count++;
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
	timer_physical_set_control(0);
	return count;
}

/* A WFI for each sleep, and one that finds the timer due already. */
static void check_sleeps(const char *what)
{
	uint64_t turns = turns_below();
	uint32_t count = 0, ticked = ticks;

	for (uint32_t n = 0; n < MASKED_SLEEPS; n++) {
		count += sleep_us(MASKED_US);
	}
	turns = turns_below() - turns;
	(void)report_check(count <= 2 * MASKED_SLEEPS && turns >= MASKED_SLEEPS / 2,
			   "%s: %u sleeps, %u WFIs, %u turns below", what, (unsigned)MASKED_SLEEPS,
			   (unsigned)count, (unsigned)turns);
	(void)report_equal(ticks - ticked, MASKED_SLEEPS, "%s: the timer ends each", what);
}

/* A new edge SPI of this priority. */
static void setup(uint32_t intid, uint8_t priority)
{
	irq_set_handler(intid, on_taken, NULL);
	gic_disable(intid);
	gic_set_edge(intid, true);
	gic_set_priority(intid, priority);
	gic_set_targets(intid, 1);
	gic_enable(intid);
}

static void check_alone(void)
{
	check_sleeps("nothing pends");
	setup(LOW, 0xa0);
	gic_set_pmr(0x80);
	gic_set_pending(LOW);
	check_sleeps("GICC_PMR");
	gic_set_pmr(0xa0);
	check_sleeps("GICC_PMR, the very priority");
	gic_set_pmr(0xff);
	cpu_irq_disable();
	(void)report_equal(sleep_us(MASKED_WAIT), 1, "signalled, though CPSR masks it: one WFI");
	(void)report_equal(taken, 1, "and it is taken");
	taken = 0;
}

/* The timer is of group 1, what pends of group 0, or the other way round. */
static void check_groups(void)
{
	gic_dist_write(GICD_CTLR, 3);
	gic_dist_write(GICD_IGROUPR, 1u << 30);
	gic_cpu_write(GICC_CTLR, CTLR_GRP1 | CTLR_ACKCTL);
	setup(LOW, 0xa0);
	gic_set_pending(LOW);
	check_sleeps("group 0 off at the interface");
	gic_dist_write(GICD_IGROUPR, 0);
	gic_dist_write(GICD_IGROUPR + 4, 1u << (LOW % 32));
	gic_cpu_write(GICC_CTLR, CTLR_GRP0);
	check_sleeps("group 1 off at the interface");
	gic_dist_write(GICD_IGROUPR + 4, 0);
	gic_clear_pending(LOW);
	gic_dist_write(GICD_CTLR, 1);
}

/* Sleeping in the handler of HIGH, so to speak. */
static void check_active(void)
{
	uint32_t iar;

	setup(HIGH, 0x40);
	setup(LOW, 0x48);
	gic_set_pending(HIGH);
	gic_set_pending(LOW);
	iar = gic_ack();
	(void)report_equal(iar, HIGH, "the higher one first");
	check_sleeps("a higher one is active");
	gic_cpu_write(GICC_BPR, 5); /* bits 7..6 count */
	gic_set_priority(LOW, 0x38);
	(void)report_equal(sleep_us(MASKED_WAIT), 1, "another group priority: one WFI");
	(void)report_equal(taken, 1, "and it is taken");
	gic_cpu_write(GICC_BPR, 0);
	gic_eoi(iar);
	taken = 0;
}

/* ---- what another vCPU does to one that waits ---- */

static void (*volatile change)(void);

/* When the other sleeps, which takes less. */
static void changer(void *arg)
{
	(void)arg;
	timer_delay_us(200);
	change();
}

static void do_many(void)
{
	for (uint32_t n = 0; n < MASKED_TURNS; n++) {
		gic_set_pending(HIGH);
		gic_clear_pending(HIGH);
	}
}

static void do_priority(void)
{
	gic_set_priority(LATE, 0x20);
}

static void do_enable(void)
{
	gic_set_priority(LATE, 0x20);
	gic_enable(LATE);
}

static void do_group(void)
{
	gic_dist_write(GICD_IGROUPR + 4, 0);
}

static void do_control(void)
{
	gic_dist_write(GICD_CTLR, 1);
}

static void do_target(void)
{
	gic_set_targets(LATE, 1);
}

static void do_sgi(void)
{
	gic_send_sgi(SGI, GIC_SGI_LISTED, 1);
}

static void check_change(const char *what, void (*fn)(void), bool wakes)
{
	uint32_t ticked = ticks, took = taken, count;

	change = fn;
	(void)report_equal((uint32_t)smp_start(1, changer, NULL), 0, "%s: vCPU 1 starts", what);
	count = sleep_us(MASKED_WAIT);
	(void)report_check(count <= 2 && ticks == ticked + !wakes && taken == took + wakes,
			   "%s: %s, %u WFIs", what, wakes ? "wakes" : "does not wake",
			   (unsigned)count);
	(void)report_check(smp_wait_off(1, MASKED_WAIT), "%s: vCPU 1 is off", what);
}

static void check_others(void)
{
	gic_set_pmr(0x80);
	setup(HIGH, 0xa0);
	setup(LATE, 0xa0);
	irq_set_handler(SGI, on_taken, NULL);
	gic_set_priority(SGI, 0x20);
	check_change("500 that are masked", do_many, false);
	gic_set_pending(LATE);
	check_change("GICD_IPRIORITYR", do_priority, true);
	gic_set_pending(LATE);
	check_change("GICD_ISENABLER", do_enable, true);
	setup(LATE, 0x20);
	gic_dist_write(GICD_CTLR, 3);
	gic_dist_write(GICD_IGROUPR + 4, 1u << (LATE % 32));
	gic_set_pending(LATE);
	check_change("GICD_IGROUPR", do_group, true);
	gic_dist_write(GICD_CTLR, 0);
	setup(LATE, 0x20);
	gic_set_pending(LATE);
	check_change("GICD_CTLR", do_control, true);
	setup(LATE, 0x20);
	gic_set_targets(LATE, 2);
	gic_set_pending(LATE);
	check_change("GICD_ITARGETSR", do_target, true);
	check_change("GICD_SGIR", do_sgi, true);
}

int main(void)
{
	below = guest_arg("below", 0);
	gic_init();
	irq_set_handler(GIC_PPI_CNTP, on_tick, NULL);
	gic_set_priority(GIC_PPI_CNTP, 0x10);
	gic_enable(GIC_PPI_CNTP);
	check_alone();
	check_groups();
	check_active();
	check_others();
	report_summary();
}
