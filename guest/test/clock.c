/* SPDX-License-Identifier: BSD-2-Clause */
/* The emulated PL031: its time agrees with the counter, its alarm is a level SPI that a handler
 * clears, and that fires again exactly while it is high. Bootargs: counter: the board has no clock,
 * so the time began with the counter; alone: no right on itself. */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/mmio.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/test/nap.h"

#define RTC	  0x09010000u
#define RTC_DR	  (RTC + 0x00u)
#define RTC_MR	  (RTC + 0x04u)
#define RTC_LR	  (RTC + 0x08u)
#define RTC_IMSC  (RTC + 0x10u)
#define RTC_RIS	  (RTC + 0x14u)
#define RTC_ICR	  (RTC + 0x1cu)
#define RTC_INTID 34u
#define SECOND	  1000000u	    /* us */
#define LIMIT	  TIMER_PATIENCE_US /* us; a busy host */

static volatile uint32_t rtc_taken;
static volatile uint32_t rtc_keep; /* so many times the handler leaves the line high */

static void rtc_handler(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	rtc_taken++;
	if (rtc_keep == 0 || --rtc_keep == 0) {
		mmio_write32(RTC_ICR, 1);
	}
}

/* An alarm in so many seconds; again, if it was past already when it was set. */
static void rtc_set_alarm(uint32_t seconds)
{
	uint32_t before = rtc_taken, now;

	do {
		now = mmio_read32(RTC_DR);
		mmio_write32(RTC_MR, now + seconds);
	} while (mmio_read32(RTC_RIS) == 0 && mmio_read32(RTC_DR) - now > seconds &&
		 rtc_taken == before);
}

static void rtc_time(void)
{
	uint32_t start = mmio_read32(RTC_DR);

	if (guest_has_arg("counter")) {
		(void)report_check(start < 3600, "the time is the counter's (%u)", (unsigned)start);
	} else {
		(void)report_check(start >= 1577836800u, "the time is the board's (%u)",
				   (unsigned)start);
	}
	nap(2 * SECOND + SECOND / 10);
	(void)report_check(mmio_read32(RTC_DR) - start >= 2, "two seconds are two at least");
	mmio_write32(RTC_LR, 1000);
	(void)report_check(mmio_read32(RTC_DR) - 1000 < 60, "it can be set");
}

static void rtc_alarm(const char *what, uint32_t seconds, uint32_t keep)
{
	uint32_t before = rtc_taken;

	rtc_keep = keep;
	rtc_set_alarm(seconds);
	(void)report_check(
		nap_wait_count(&rtc_taken, before + (keep ? keep : 1), seconds * SECOND + LIMIT),
		"%s: the alarm comes", what);
	nap(1000);
	(void)report_equal(rtc_taken - before, keep ? keep : 1, "%s: as often as its line was high",
			   what);
	(void)report_equal(mmio_read32(RTC_RIS), 0, "%s: cleared", what);
}

/* What this CPU is offered, its interrupts masked: the line is high, or nothing comes. */
static void rtc_offered(bool high, const char *when)
{
	uint64_t end = timer_count() + timer_us_to_ticks(high ? LIMIT : SECOND / 100);
	uint32_t iar = gic_ack();

	while (GIC_INTID(iar) == GIC_SPURIOUS && timer_count() < end) {
		cpu_relax();
		iar = gic_ack();
	}
	(void)report_equal(GIC_INTID(iar), high ? RTC_INTID : GIC_SPURIOUS, "by hand: %s", when);
	if (GIC_INTID(iar) != GIC_SPURIOUS) {
		gic_eoi(iar);
	}
}

/* Acknowledged and ended while the line is high, again and again; never once it went low. */
static void rtc_by_hand(void)
{
	char turn[] = "EOI while it is high: again (0)";

	rtc_set_alarm(0);
	rtc_offered(true, "the alarm");
	for (uint32_t n = 0; n < 5; n++) {
		turn[sizeof(turn) - 3] = (char)('1' + n);
		rtc_offered(true, turn);
	}
	mmio_write32(RTC_IMSC, 0);
	rtc_offered(false, "masked by RTCIMSC while pending: nothing");
	mmio_write32(RTC_IMSC, 1);
	rtc_offered(true, "unmasked: again, it is still raised");
	mmio_write32(RTC_ICR, 1);
	rtc_offered(false, "cleared while pending: nothing");
	rtc_offered(false, "cleared: nothing ever after");
	rtc_set_alarm(1);
	rtc_offered(true, "the next one, a second later");
	mmio_write32(RTC_ICR, 1);
	rtc_offered(false, "and over");
}

/* Its line rises once, whatever is read or written while it is high. */
static void rtc_edge(void)
{
	gic_set_edge(RTC_INTID, true);
	rtc_set_alarm(0);
	rtc_offered(true, "an edge");
	mmio_write32(RTC_IMSC, 1);
	mmio_write32(RTC_MR, mmio_read32(RTC_DR) + 1000);
	rtc_offered(false, "an edge comes once, and its registers make no other");
	mmio_write32(RTC_ICR, 1);
	gic_set_edge(RTC_INTID, false);
}

int main(void)
{
	gic_init();
	nap_init();
	irq_set_handler(RTC_INTID, rtc_handler, NULL);
	gic_enable(RTC_INTID);
	cpu_irq_enable();
	rtc_time();
	mmio_write32(RTC_IMSC, 1);
	cpu_irq_disable();
	rtc_by_hand();
	rtc_edge();
	cpu_irq_enable();
	rtc_alarm("at once", 0, 0);
	rtc_alarm("in a second, asleep", 1, 0);
	rtc_alarm("left high nine times", 1, 10);
	if (!guest_has_arg("alone")) {
		(void)report_equal((uint32_t)kvm_irq_line(0, 1u << 24 | RTC_INTID, 1),
				   (uint32_t)-16, "its line is nobody else's: EBUSY");
	}
	report_summary();
	return 0;
}
