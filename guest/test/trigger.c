/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an interrupt's trigger does, seen from the partition that has the device: the guest's
 * GICD_ICFGR reaches the physical distributor, and nobody else's bits change. bootargs device=61: a
 * PL061 (ARM DDI 0190) whose input 0 is low, so that 'low level' interrupts, and GPIOIE is the
 * line. device=31: a PL031 (ARM DDI 0224) whose alarm is over, so that RTCIMSC is the line.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

#define GPIO_BASE	0x09030000u
#define GPIO_DIR	(GPIO_BASE + 0x400)
#define GPIO_IS		(GPIO_BASE + 0x404)
#define GPIO_IBE	(GPIO_BASE + 0x408)
#define GPIO_IEV	(GPIO_BASE + 0x40c)
#define GPIO_IE		(GPIO_BASE + 0x410)
#define GPIO_PERIPHID	(GPIO_BASE + 0xfe0)
#define GPIO_INTID	39u
#define RTC_BASE	0x09010000u
#define RTC_DR		(RTC_BASE + 0x00)
#define RTC_MR		(RTC_BASE + 0x04)
#define RTC_IMSC	(RTC_BASE + 0x10)
#define RTC_RIS		(RTC_BASE + 0x14)
#define RTC_PERIPHID	(RTC_BASE + 0xfe0)
#define RTC_INTID	34u
#define TRIGGER_READY	50u /* a line that says that the other is there */
#define TRIGGER_LONG_US TIMER_PATIENCE_US
#define TRIGGER_GONE_US 20000u
#define TRIGGER_CHANGES 3000u

struct trigger_device {
	uint32_t intid, line; /* the register that is the line: 1 high, 0 low */
};

static bool trigger_alarm_over(void *arg)
{
	(void)arg;
	return mmio_read32(RTC_RIS) == 1;
}

static struct trigger_device trigger_find(uint32_t number)
{
	if (number == 61) {
		mmio_write32(GPIO_IE, 0);
		mmio_write32(GPIO_DIR, 0);
		mmio_write32(GPIO_IBE, 0);
		mmio_write32(GPIO_IEV, 0);
		mmio_write32(GPIO_IS, 1);
		(void)report_equal(mmio_read32(GPIO_PERIPHID) & 0xff, 0x61, "it is a PL061");
		return (struct trigger_device) { GPIO_INTID, GPIO_IE };
	}
	mmio_write32(RTC_IMSC, 0);
	mmio_write32(RTC_MR, mmio_read32(RTC_DR) + 1);
	(void)report_equal(mmio_read32(RTC_PERIPHID) & 0xff, 0x31, "it is a PL031");
	(void)report_check(timer_wait_until(trigger_alarm_over, NULL, TRIGGER_LONG_US),
			   "its alarm is over");
	return (struct trigger_device) { RTC_INTID, RTC_IMSC };
}

static void trigger_raise(const struct trigger_device *device)
{
	mmio_write32(device->line, 1);
}

static void trigger_lower(const struct trigger_device *device)
{
	mmio_write32(device->line, 0);
}

/* By hand: interrupts are masked. */
static uint32_t trigger_ack(uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);
	uint32_t iar = gic_ack();

	while (GIC_INTID(iar) == GIC_SPURIOUS && timer_count() < end) {
		cpu_relax();
		iar = gic_ack();
	}
	return iar;
}

static void trigger_comes(const struct trigger_device *device, const char *what)
{
	(void)report_equal(trigger_ack(TRIGGER_LONG_US), device->intid, "%s", what);
}

static void trigger_silent(const char *what)
{
	(void)report_equal(trigger_ack(TRIGGER_GONE_US), GIC_SPURIOUS, "%s", what);
}

static void trigger_edges(const struct trigger_device *device)
{
	trigger_raise(device);
	trigger_comes(device, "edge: comes");
	gic_eoi(device->intid);
	trigger_silent("edge: EOI while high: not again");
	trigger_lower(device);
	trigger_silent("edge: nor when it falls");
	trigger_raise(device);
	trigger_comes(device, "edge: the next one comes");
	for (uint32_t n = 0; n < 3; n++) {
		trigger_lower(device);
		trigger_raise(device);
	}
	trigger_silent("edge: active: three more wait");
	gic_eoi(device->intid);
	trigger_comes(device, "edge: and come after the EOI");
	gic_eoi(device->intid);
	trigger_silent("edge: as one");
	trigger_lower(device);
}

static void trigger_levels(const struct trigger_device *device)
{
	trigger_raise(device);
	for (uint32_t n = 0; n < 3; n++) {
		trigger_comes(device, "level: comes as long as it is high");
		trigger_silent("level: active: not again");
		gic_eoi(device->intid);
	}
	trigger_comes(device, "level: and again");
	trigger_lower(device);
	trigger_raise(device);
	trigger_lower(device);
	gic_eoi(device->intid);
	trigger_silent("level: low: over, whatever was meanwhile");
}

static void trigger_set(const struct trigger_device *device, bool edge)
{
	gic_disable(device->intid);
	gic_set_edge(device->intid, edge);
	gic_enable(device->intid);
}

/* High, acknowledged, ended: what comes after that is known at once. */
static bool trigger_is(const struct trigger_device *device, bool edge)
{
	uint32_t first, second;

	trigger_raise(device);
	first = trigger_ack(TRIGGER_LONG_US);
	gic_eoi(first);
	second = trigger_ack(edge ? 0 : TRIGGER_LONG_US);
	trigger_lower(device);
	if (second != GIC_SPURIOUS) {
		gic_eoi(second);
	}
	return first == device->intid && second == (edge ? GIC_SPURIOUS : device->intid);
}

static bool trigger_other_ready(void *arg)
{
	(void)arg;
	return gic_is_pending(TRIGGER_READY);
}

static void trigger_meet(uint32_t other)
{
	(void)report_equal((uint32_t)kvm_irq_line(other, kvm_irq_spi(TRIGGER_READY), 1), 0,
			   "tells the other");
	(void)report_check(timer_wait_until(trigger_other_ready, NULL, 3 * TRIGGER_LONG_US),
			   "the other is there");
}

/* The other partition does the same with its device, whose bits are in the same register. */
static void trigger_together(const struct trigger_device *device)
{
	uint32_t wrong = 0;

	for (uint32_t n = 0; n < TRIGGER_CHANGES; n++) {
		bool edge = n % 2 == 0;

		trigger_set(device, edge);
		wrong += !trigger_is(device, edge) || gic_is_edge(device->intid) != edge;
	}
	(void)report_equal(wrong, 0, "%u changes, each as wanted", (unsigned)TRIGGER_CHANGES);
	trigger_silent("over");
}

/* As little as it takes, and GICD_ICFGR as it is: gic_init would write it. */
static void trigger_gic_on(const struct trigger_device *device)
{
	gic_dist_write(GICD_CTLR, 1);
	gic_set_targets(device->intid, 1);
	gic_enable(device->intid);
	gic_set_pmr(0xff);
	gic_cpu_write(GICC_CTLR, 1);
}

int main(void)
{
	struct trigger_device device = trigger_find(guest_arg("device", 61));
	bool edge = guest_has_arg("edge");

	trigger_gic_on(&device);
	(void)report_equal(gic_is_edge(device.intid), edge, "GICD_ICFGR: as the manifest says");
	(void)report_check(trigger_is(&device, edge), "and so it is");
	trigger_set(&device, true);
	trigger_edges(&device);
	trigger_set(&device, false);
	trigger_levels(&device);
	trigger_set(&device, true);
	trigger_edges(&device);
	trigger_meet(guest_arg("other", 0));
	trigger_together(&device);
	report_summary();
}
