/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device of the board, passed through: QEMU virt's PL031 (ARM DDI 0224) at 0x09010000, SPI 2.
 * Its alarm is a level until RTCICR is written. Four lives of the partition: the first three end by
 * SYSTEM_RESET with the interrupt in another state each. Levels of its own lines 40 and 41 count
 * them (a right on itself): they outlive a restart.
 */
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define RTC_BASE     0x09010000u
#define RTC_DR	     (RTC_BASE + 0x00)
#define RTC_MR	     (RTC_BASE + 0x04)
#define RTC_LR	     (RTC_BASE + 0x08)
#define RTC_CR	     (RTC_BASE + 0x0c)
#define RTC_IMSC     (RTC_BASE + 0x10)
#define RTC_RIS	     (RTC_BASE + 0x14)
#define RTC_MIS	     (RTC_BASE + 0x18)
#define RTC_ICR	     (RTC_BASE + 0x1c)
#define RTC_PERIPHID (RTC_BASE + 0xfe0)

#define RTC_INTID   34u
#define RTC_COUNTER 40u
#define RTC_ALARMS  100u

static volatile uint32_t rtc_taken, rtc_limit, rtc_last_cpu, rtc_here;

/* The line stays high, so the handler comes again and again: the `limit`-th time clears it. Counted
 * last: vCPU 0 raises the next alarm when it sees that. */
static void rtc_handler(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	rtc_last_cpu = smp_cpu();
	if (rtc_taken + 1 >= rtc_limit) {
		mmio_write32(RTC_ICR, 1);
	}
	cpu_dmb();
	rtc_taken++;
}

static uint32_t rtc_life(void)
{
	uint32_t count = 0, state = 0;

	for (uint32_t i = 0; i < 2; i++) {
		if (irq_state(0, kvm_irq_spi(RTC_COUNTER + i), &state) != 0) {
			(void)report_check(false, "a right on itself");
			report_summary();
		}
		count |= (state & 1) << i;
	}
	return count;
}

static void rtc_next_life(uint32_t life)
{
	for (uint32_t i = 0; i < 2; i++) {
		(void)kvm_irq_line(0, kvm_irq_spi(RTC_COUNTER + i), (life + 1) >> i & 1);
	}
	printf("rtc: life %u is over\n", (unsigned)life);
	psci_system_reset();
	(void)report_check(false, "SYSTEM_RESET restarts");
	report_summary();
}

/* A match in so many seconds, 0: the alarm is raised at once. A match that had gone by when it was
 * written is none: once more, then. */
static uint32_t rtc_alarm_in(uint32_t seconds)
{
	uint32_t before = rtc_taken, when;

	do {
		when = mmio_read32(RTC_DR) + seconds;
		mmio_write32(RTC_MR, when);
	} while (mmio_read32(RTC_DR) > when && mmio_read32(RTC_RIS) == 0 && rtc_taken == before);
	return when;
}

static void rtc_alarm_now(void)
{
	(void)rtc_alarm_in(0);
}

/* On `cpu`, handler three times an alarm. */
static void rtc_alarms(uint32_t cpu, uint32_t alarms)
{
	uint32_t wrong = 0;

	gic_set_targets(RTC_INTID, (uint8_t)(1u << cpu));
	for (uint32_t i = 0; i < alarms; i++) {
		rtc_taken = 0;
		rtc_limit = 3;
		rtc_alarm_now();
		if (cpu == 0) {
			wrong += !nap_wait_count(&rtc_taken, 3, TIMER_PATIENCE_US);
		} else {
			wrong += !timer_wait_count(&rtc_taken, 3, TIMER_PATIENCE_US);
		}
		wrong += rtc_taken != 3 || rtc_last_cpu != cpu;
	}
	nap(2000);
	wrong += rtc_taken != 3 || mmio_read32(RTC_RIS) != 0;
	(void)report_equal(wrong, 0, "%u alarms on vCPU %u, each until RTCICR", (unsigned)alarms,
			   (unsigned)cpu);
}

/* By hand, this CPU's interrupts masked. */
static uint32_t rtc_ack(uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);
	uint32_t iar = gic_ack();

	while (GIC_INTID(iar) == GIC_SPURIOUS && timer_count() < end) {
		cpu_relax();
		iar = gic_ack();
	}
	return iar;
}

static void rtc_comes(const char *what)
{
	(void)report_equal(rtc_ack(TIMER_PATIENCE_US), RTC_INTID, "%s", what);
}

static void rtc_silent(const char *what)
{
	(void)report_equal(rtc_ack(100000), GIC_SPURIOUS, "%s", what);
}

static void rtc_by_hand(void)
{
	gic_set_targets(RTC_INTID, 1);
	rtc_alarm_now();
	rtc_comes("acknowledged");
	rtc_silent("active: not again");
	(void)report_check(gic_is_active(RTC_INTID), "ISACTIVER says so");
	gic_eoi(RTC_INTID);
	rtc_comes("EOI while high: again");
	mmio_write32(RTC_ICR, 1);
	gic_eoi(RTC_INTID);
	rtc_silent("EOI after RTCICR: over");
	gic_disable(RTC_INTID);
	rtc_alarm_now();
	rtc_silent("disabled: waits");
	gic_enable(RTC_INTID);
	rtc_comes("enabled: comes");
	mmio_write32(RTC_ICR, 1);
	gic_eoi(RTC_INTID);
	gic_set_eoi_mode(true);
	rtc_alarm_now();
	rtc_comes("EOImode 1: comes");
	gic_eoi(RTC_INTID);
	rtc_silent("EOImode 1: not before GICC_DIR");
	gic_dir(RTC_INTID);
	rtc_comes("EOImode 1: again after it");
	mmio_write32(RTC_ICR, 1);
	gic_eoi(RTC_INTID);
	gic_dir(RTC_INTID);
	gic_set_eoi_mode(false);
	rtc_silent("EOImode 1: over");
}

/* The clock runs, and an alarm of the future wakes a CPU that sleeps. */
static void rtc_clock(void)
{
	uint32_t when;

	(void)report_equal(mmio_read32(RTC_PERIPHID) & 0xff, 0x31, "it is a PL031");
	(void)report_equal(mmio_read32(RTC_CR) & 1, 1, "which counts");
	rtc_taken = 0;
	rtc_limit = 1;
	when = rtc_alarm_in(1);
	(void)report_check(nap_wait_count(&rtc_taken, 1, TIMER_PATIENCE_US), "the alarm wakes");
	(void)report_check(mmio_read32(RTC_DR) >= when, "a second later");
	mmio_write32(RTC_LR, 0x12345678);
	(void)report_check(mmio_read32(RTC_DR) - 0x12345678 < 60, "the time can be set");
}

static void rtc_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	cpu_irq_enable();
	rtc_here = 1;
	for (;;) {
		cpu_wfi();
	}
}

static void rtc_first_life(void)
{
	rtc_clock();
	rtc_by_hand();
	rtc_alarms(0, RTC_ALARMS);
	(void)report_equal((uint32_t)smp_start(1, rtc_second, NULL), 0, "vCPU 1 starts");
	(void)report_check(timer_wait_count(&rtc_here, 1, TIMER_PATIENCE_US), "and is there");
	rtc_alarms(1, RTC_ALARMS);
	rtc_alarms(0, 10);
	gic_set_targets(RTC_INTID, 1);
	rtc_alarm_now();
	rtc_comes("active and high at the reset");
}

int main(void)
{
	uint32_t life = rtc_life();

	gic_init();
	nap_init();
	irq_set_handler(RTC_INTID, rtc_handler, NULL);
	mmio_write32(RTC_IMSC, 1);
	(void)report_check(!gic_is_active(RTC_INTID), "life %u: not active", (unsigned)life);
	switch (life) {
	case 0:
		mmio_write32(RTC_ICR, 1);
		gic_enable(RTC_INTID);
		rtc_first_life();
		break;
	case 1: /* still high: the device knows of no reset */
		gic_enable(RTC_INTID);
		rtc_comes("life 1: still high, comes");
		mmio_write32(RTC_ICR, 1);
		break; /* active and low at the reset */
	case 2:
		gic_enable(RTC_INTID);
		rtc_silent("life 2: nothing pends");
		rtc_alarms(0, 10);
		gic_disable(RTC_INTID);
		rtc_alarm_now();
		(void)report_check(gic_is_pending(RTC_INTID), "life 2: pending at the reset");
		break;
	default:
		gic_enable(RTC_INTID);
		rtc_comes("life 3: still high, comes");
		mmio_write32(RTC_ICR, 1);
		gic_eoi(RTC_INTID);
		rtc_alarms(0, RTC_ALARMS);
		report_summary();
	}
	if (report_failed() != 0) {
		report_summary();
	}
	rtc_next_life(life);
}
