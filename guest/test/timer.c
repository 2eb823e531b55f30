/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The architected timer (ARM DDI 0406C, B8): the virtual one on both vCPUs, asleep, busy, and with
 * a neighbour on the same CPU; the physical one; CNTKCTL of each vCPU. Times have lower bounds
 * only: how late an interrupt may be is the host's affair.
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define TIMER_PERIODS	100u
#define TIMER_PERIOD_US 1000u

struct timer_tick {
	uint64_t next;	 /* CVAL */
	uint64_t period; /* ticks */
	volatile uint32_t count, early;
	uint32_t until;
};

static struct timer_tick timer_ticks[SMP_MAX_CPUS];
static volatile uint32_t timer_physical_count_seen;
static volatile bool timer_physical_early;
static uint64_t timer_physical_when;

/* A periodic timer made of absolute comparisons: as many interrupts as periods, whatever delays. */
static void timer_tick_handler(uint32_t iar, void *arg)
{
	struct timer_tick *tick = &timer_ticks[smp_cpu()];

	(void)iar;
	(void)arg;
	tick->early += timer_count() < tick->next;
	tick->count++;
	if (tick->count >= tick->until) {
		timer_stop();
		return;
	}
	tick->next += tick->period;
	timer_set_cval(tick->next);
}

static void timer_tick_start(uint32_t periods)
{
	struct timer_tick *tick = &timer_ticks[smp_cpu()];

	tick->count = 0;
	tick->early = 0;
	tick->until = periods;
	tick->period = timer_us_to_ticks(TIMER_PERIOD_US);
	tick->next = timer_count() + tick->period;
	timer_set_cval(tick->next);
	timer_set_control(TIMER_CTL_ENABLE);
}

static void timer_wait(bool asleep)
{
	struct timer_tick *tick = &timer_ticks[smp_cpu()];
	uint64_t end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);

	while (tick->count < tick->until && timer_count() < end) {
		if (!asleep) {
			cpu_relax();
			continue;
		}
		cpu_irq_disable();
		if (tick->count < tick->until) {
			cpu_wfi();
		}
		cpu_irq_enable();
		cpu_isb();
	}
}

static void timer_periods(bool asleep)
{
	struct timer_tick *tick = &timer_ticks[smp_cpu()];
	const char *how = asleep ? "in WFI" : "busy";
	uint64_t start = timer_count(), took;

	cpu_irq_enable();
	timer_tick_start(TIMER_PERIODS);
	timer_wait(asleep);
	took = timer_count() - start;
	cpu_irq_disable();
	timer_stop();
	(void)report_equal(tick->count, TIMER_PERIODS, "vCPU %u %s: %u periods, none lost",
			   (unsigned)smp_cpu(), how, (unsigned)TIMER_PERIODS);
	(void)report_equal(tick->early, 0, "vCPU %u %s: none early", (unsigned)smp_cpu(), how);
	(void)report_check(took >= TIMER_PERIODS * tick->period,
			   "vCPU %u %s: not faster than the counter", (unsigned)smp_cpu(), how);
}

static void timer_registers(void)
{
	/* Half a minute: no more fits TVAL, and no host is away for so long. */
	uint64_t when = timer_count() + timer_us_to_ticks(30000000), back, most;
	uint32_t hz = timer_frequency(), value;

	(void)report_check(hz >= 1000000 && hz <= 1000000000, "CNTFRQ (%u)", (unsigned)hz);
	timer_set_cval(when);
	CPU_CP15_READ64(3, c14, back);
	(void)report_check(back == when, "CVAL reads back");
	most = when - timer_count();
	CPU_CP15_READ(0, c14, c3, 0, value);
	(void)report_check(value <= most && value >= when - timer_count(), "TVAL is what is left");
	timer_set_control(TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	(void)report_equal(timer_control(), 3, "CTL: enabled, masked, not yet");
	timer_set_cval(timer_count());
	timer_delay_us(10);
	(void)report_equal(timer_control(), 7, "CTL: the condition holds");
	(void)report_check(!gic_is_pending(27), "masked: no interrupt");
	timer_set_control(TIMER_CTL_ENABLE);
	timer_delay_us(1000);
	(void)report_check(gic_is_pending(27), "unmasked: PPI 27 pends");
	(void)report_equal(gic_ack(), 27, "and is acknowledged");
	gic_eoi(27);
	timer_delay_us(1000);
	(void)report_equal(gic_ack(), 27, "a level: again while it lasts");
	timer_stop();
	gic_eoi(27);
	timer_delay_us(1000);
	(void)report_equal(gic_ack(), 1023, "gone with the condition");
}

/* Two readings, in this order: never backwards, on whatever CPU the vCPU runs. */
static void timer_monotonic(void)
{
	uint64_t last = timer_count(), end = last + timer_us_to_ticks(100000);
	uint32_t backwards = 0;

	while (last < end) {
		uint64_t now = timer_count();

		backwards += now < last;
		last = now;
	}
	(void)report_equal(backwards, 0, "CNTVCT never runs backwards");
}

static void timer_physical_handler(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	timer_physical_early = timer_physical_count() < timer_physical_when;
	timer_physical_set_control(0);
	timer_physical_count_seen++;
}

static void timer_physical(void)
{
	uint64_t start = timer_physical_count();

	(void)report_check(timer_physical_count() >= start, "CNTPCT counts");
	irq_set_handler(30, timer_physical_handler, NULL);
	gic_enable(30);
	cpu_irq_enable();
	for (uint32_t i = 0; i < 3; i++) {
		timer_physical_when = timer_physical_count() + timer_us_to_ticks(5000);
		timer_physical_set_cval(timer_physical_when);
		timer_physical_set_control(1);
		if (i == 1) {
			/* Masked, or it may come, and be over, before WFI. */
			cpu_irq_disable();
			if (timer_physical_count_seen == i) {
				cpu_wfi();
			}
			cpu_irq_enable();
		}
		(void)timer_wait_count(&timer_physical_count_seen, i + 1, TIMER_PATIENCE_US);
	}
	cpu_irq_disable();
	(void)report_equal(timer_physical_count_seen, 3, "CNTP: PPI 30, busy and in WFI");
	(void)report_check(!timer_physical_early, "CNTP: not early");
}

static void timer_read_user(void *arg)
{
	(void)arg;
	(void)timer_count();
}

static volatile uint32_t timer_kernel_control[SMP_MAX_CPUS], timer_user_kind[SMP_MAX_CPUS];
static volatile uint32_t timer_step;

/* CNTKCTL.PL0VCTEN: vCPU 0 opens the virtual counter to User mode, vCPU 1 closes it. */
static void timer_control_set(void)
{
	uint32_t cpu = smp_cpu(), value = cpu == 0 ? 3 : 0;

	CPU_CP15_WRITE(0, c14, c1, 0, value);
	cpu_isb();
	timer_delay_us(30000); /* time slices go by */
	CPU_CP15_READ(0, c14, c1, 0, value);
	timer_kernel_control[cpu] = value & 0x303;
	timer_user_kind[cpu] = exception_try_user(timer_read_user, NULL).kind;
}

static void timer_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	gic_enable(27);
	timer_periods(true);
	timer_periods(false);
	timer_step = 1;
	timer_control_set();
	timer_step = 2;
}

int main(void)
{
	gic_init();
	gic_enable(27);
	timer_registers();
	timer_monotonic();
	irq_set_handler(27, timer_tick_handler, NULL);
	timer_periods(false);
	timer_periods(true);
	timer_physical();
	if (!report_equal((uint32_t)smp_start(1, timer_second, NULL), 0, "vCPU 1 starts")) {
		report_summary();
	}
	timer_periods(true);
	timer_periods(false);
	(void)report_check(timer_wait_count(&timer_step, 1, TIMER_PATIENCE_US),
			   "vCPU 1 ticks at the same time");
	timer_control_set();
	(void)report_check(timer_wait_count(&timer_step, 2, TIMER_PATIENCE_US), "vCPU 1 is ready");
	(void)report_equal(timer_kernel_control[0], 3, "CNTKCTL of vCPU 0");
	(void)report_equal(timer_kernel_control[1], 0, "CNTKCTL of vCPU 1");
	(void)report_equal(timer_user_kind[0], EXCEPTION_NONE, "vCPU 0: User reads CNTVCT");
	(void)report_equal(timer_user_kind[1], EXCEPTION_UNDEF, "vCPU 1: User may not");
	(void)report_equal(irq_unexpected(0) + irq_unexpected(1), 0, "nothing unexpected");
	report_summary();
}
