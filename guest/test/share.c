/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measures its own share of a CPU: reads the physical counter again and again, and takes what is
 * missing between two reads for time without the CPU. Bootargs: period-us=N, the length that is
 * looked at, and periods=N; each begins when the counter is a multiple of it, as the periods of
 * budgets do. least-us=, most-us=: it must have had so much in each. worst-us=: it must never have
 * been without the CPU for longer.
 *
 * Or it tries to get more than its budget, by one of: wfi, yield, sgi, tick, off, restart. It does
 * so until the partition watch=HANDLE is off, on which it holds rights.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define SHARE_AWAY_US 4u /* a longer time without a read is one without the CPU */
#define SHARE_SGI     5u
#define SHARE_LIFE_US 400u

static uint32_t share_sgis;

static uint32_t share_us(uint64_t ticks)
{
	return (uint32_t)timer_ticks_to_us(ticks);
}

struct share {
	uint64_t used; /* in this period */
	uint64_t least, most, worst, total;
};

static void share_close(struct share *share)
{
	share->least = share->used < share->least ? share->used : share->least;
	share->most = share->used > share->most ? share->used : share->most;
	share->total += share->used;
	share->used = 0;
}

/* `periods` whole ones, from the next multiple on. */
static void share_measure(struct share *share, uint64_t period, uint32_t periods)
{
	uint64_t away = timer_us_to_ticks(SHARE_AWAY_US);
	uint64_t last = timer_physical_count();
	uint64_t next = last - last % period + period;

	while (last < next) {
		last = timer_physical_count();
	}
	*share = (struct share) { .least = UINT64_MAX };
	for (next += period; periods != 0;) {
		uint64_t now = timer_physical_count();
		uint64_t gone = now - last;

		if (gone > away) {
			share->worst = gone > share->worst ? gone : share->worst;
			gone = 0;
		}
		for (; now >= next && periods != 0; periods--) {
			share_close(share);
			next += period;
		}
		share->used += gone;
		last = now;
	}
}

static void share_report(const struct share *share, uint32_t period_us, uint32_t periods)
{
	uint32_t least = guest_arg("least-us", 0), most = guest_arg("most-us", period_us);
	uint32_t worst = guest_arg("worst-us", UINT32_MAX);

	printf("of each %u us: %u us in the mean, %u to %u; %u us without the CPU at most\n",
	       (unsigned)period_us, (unsigned)(share_us(share->total) / periods),
	       (unsigned)share_us(share->least), (unsigned)share_us(share->most),
	       (unsigned)share_us(share->worst));
	(void)report_check(share_us(share->least) >= least, "at least %u us in each period",
			   (unsigned)least);
	(void)report_check(share_us(share->most) <= most, "at most %u us in each period",
			   (unsigned)most);
	(void)report_check(share_us(share->worst) <= worst, "never %u us without the CPU",
			   (unsigned)worst);
}

static void share_on_sgi(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	share_sgis++;
}

static bool share_is_over(uint32_t handle)
{
	struct vm_info info = { .state = PLUMB_VM_OFF };

	return vm_info(handle, &info) != 0 || info.state == PLUMB_VM_OFF ||
	       info.state == PLUMB_VM_CRASHED;
}

static void share_other_cpu(void *arg)
{
	(void)arg;
}

static void share_try(void)
{
	if (guest_has_arg("wfi")) {
		(void)nap_once(1);
	} else if (guest_has_arg("tick")) {
		timer_start_us(1);
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	} else if (guest_has_arg("yield")) {
		cpu_wfe();
	} else if (guest_has_arg("sgi")) {
		gic_send_sgi(SHARE_SGI, GIC_SGI_SELF, 0);
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	} else if (guest_has_arg("off")) {
		(void)smp_start(1, share_other_cpu, 0);
		timer_delay_us(20);
	} else if (guest_has_arg("restart")) {
		timer_delay_us(SHARE_LIFE_US);
		psci_system_reset();
	}
}

int main(void)
{
	uint32_t period_us = guest_arg("period-us", 10000), periods = guest_arg("periods", 100);
	uint32_t watch = guest_arg("watch", 0);
	struct share share;

	if (watch != 0) {
		gic_init();
		nap_init();
		irq_set_handler(SHARE_SGI, share_on_sgi, 0);
		gic_enable(SHARE_SGI);
		while (!share_is_over(watch)) {
			for (uint32_t n = 0; n < 100; n++) {
				share_try();
			}
		}
		return 0;
	}
	share_measure(&share, timer_us_to_ticks(period_us), periods);
	share_report(&share, period_us, periods);
	report_summary();
}
