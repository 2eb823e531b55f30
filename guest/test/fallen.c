/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A level that falls before it is acknowledged is no longer pending (ARM IHI 0048B 3.2.4, 4.3.7;
 * DDI 0406C B8.1): both timers, whose line falls by CTL, IMASK or a later CVAL, and devices that
 * are passed through. bootargs rtc: a PL031 (DDI 0224) whose alarm is over, so that RTCIMSC is the
 * line. gpio: a PL061 (DDI 0190) whose input 0 is low, so that 'low level' interrupts, and GPIOIE
 * is the line. Meanwhile the interrupt is disabled, or masked somewhere on its way to the vCPU.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

#define FALLEN_LONG_US	10000000u /* a host with much else to do */
#define FALLEN_SOON_US	2000u
#define FALLEN_LATER_US 1000000000u
#define FALLEN_PRIORITY 0xa0u

#define RTC_BASE  0x09010000u
#define RTC_DR	  (RTC_BASE + 0x00)
#define RTC_MR	  (RTC_BASE + 0x04)
#define RTC_IMSC  (RTC_BASE + 0x10)
#define RTC_RIS	  (RTC_BASE + 0x14)
#define RTC_INTID 34u

#define GPIO_BASE  0x09030000u
#define GPIO_DIR   (GPIO_BASE + 0x400)
#define GPIO_IS	   (GPIO_BASE + 0x404)
#define GPIO_IBE   (GPIO_BASE + 0x408)
#define GPIO_IEV   (GPIO_BASE + 0x40c)
#define GPIO_IE	   (GPIO_BASE + 0x410)
#define GPIO_INTID 39u

struct fallen_source {
	const char *name;
	uint32_t intid;
	void (*raise)(void);
	void (*lower)(void);
};

/* What keeps a pending interrupt from the vCPU. `seen`: the vCPU leaves it through its GIC, so that
 * nobody needs to look at GICD_ISPENDR before. */
struct fallen_hold {
	const char *name;
	void (*shut)(uint32_t intid);
	void (*open)(uint32_t intid);
	bool seen;
};

static volatile uint32_t fallen_taken[IRQ_MAX_INTIDS];
static const struct fallen_source *fallen_now;

/* ---- sources ---- */

static void fallen_virtual_due(void)
{
	timer_set_cval(timer_count());
	timer_set_control(TIMER_CTL_ENABLE);
}

static void fallen_virtual_off(void)
{
	timer_set_control(0);
}

static void fallen_virtual_mask(void)
{
	timer_set_control(TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
}

static void fallen_virtual_later(void)
{
	timer_set_cval(timer_count() + timer_us_to_ticks(FALLEN_LATER_US));
	cpu_isb();
}

static void fallen_physical_due(void)
{
	timer_physical_set_cval(timer_physical_count());
	timer_physical_set_control(TIMER_CTL_ENABLE);
}

static void fallen_physical_off(void)
{
	timer_physical_set_control(0);
}

static void fallen_physical_mask(void)
{
	timer_physical_set_control(TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
}

static void fallen_physical_later(void)
{
	timer_physical_set_cval(timer_physical_count() + timer_us_to_ticks(FALLEN_LATER_US));
	cpu_isb();
}

static void fallen_rtc_raise(void)
{
	mmio_write32(RTC_IMSC, 1);
	cpu_dsb();
}

static void fallen_rtc_lower(void)
{
	mmio_write32(RTC_IMSC, 0);
	cpu_dsb();
}

static void fallen_gpio_raise(void)
{
	mmio_write32(GPIO_IE, 1);
	cpu_dsb();
}

static void fallen_gpio_lower(void)
{
	mmio_write32(GPIO_IE, 0);
	cpu_dsb();
}

static const struct fallen_source fallen_timers[] = {
	{ "CNTV, CTL = 0", GIC_PPI_CNTV, fallen_virtual_due, fallen_virtual_off },
	{ "CNTV, IMASK", GIC_PPI_CNTV, fallen_virtual_due, fallen_virtual_mask },
	{ "CNTV, a later CVAL", GIC_PPI_CNTV, fallen_virtual_due, fallen_virtual_later },
	{ "CNTP, CTL = 0", GIC_PPI_CNTP, fallen_physical_due, fallen_physical_off },
	{ "CNTP, IMASK", GIC_PPI_CNTP, fallen_physical_due, fallen_physical_mask },
	{ "CNTP, a later CVAL", GIC_PPI_CNTP, fallen_physical_due, fallen_physical_later },
};

static const struct fallen_source fallen_rtc = { "PL031", RTC_INTID, fallen_rtc_raise,
						 fallen_rtc_lower };
static const struct fallen_source fallen_gpio = { "PL061", GPIO_INTID, fallen_gpio_raise,
						  fallen_gpio_lower };

/* ---- what holds them back ---- */

static void fallen_nothing(uint32_t intid)
{
	(void)intid;
}

static void fallen_pmr_shut(uint32_t intid)
{
	(void)intid;
	gic_set_pmr(FALLEN_PRIORITY);
}

static void fallen_pmr_open(uint32_t intid)
{
	(void)intid;
	gic_set_pmr(0xff);
}

static void fallen_control_shut(uint32_t intid)
{
	(void)intid;
	gic_dist_write(GICD_CTLR, 0);
}

static void fallen_control_open(uint32_t intid)
{
	(void)intid;
	gic_dist_write(GICD_CTLR, 1);
}

static const struct fallen_hold fallen_holds[] = {
	{ "disabled", gic_disable, gic_enable, true },
	{ "masked by CPSR.I", fallen_nothing, fallen_nothing, false },
	{ "masked by GICC_PMR", fallen_pmr_shut, fallen_pmr_open, false },
	{ "masked by GICD_CTLR", fallen_control_shut, fallen_control_open, true },
};
#define FALLEN_HOLDS (sizeof(fallen_holds) / sizeof(fallen_holds[0]))

/* ---- checks ---- */

/* What is still high when it is taken would come without end. */
static void fallen_handler(uint32_t iar, void *arg)
{
	(void)arg;
	fallen_taken[GIC_INTID(iar)]++;
	if (fallen_now->intid == GIC_INTID(iar)) {
		fallen_now->lower();
	}
}

static bool fallen_is_pending(void *arg)
{
	(void)arg;
	return gic_is_pending(fallen_now->intid);
}

/* Unmasked for a while: how often it comes. */
static uint32_t fallen_comes(void)
{
	uint32_t before = fallen_taken[fallen_now->intid];

	cpu_irq_enable();
	timer_delay_us(FALLEN_SOON_US);
	cpu_irq_disable();
	return fallen_taken[fallen_now->intid] - before;
}

static void fallen_one(const struct fallen_source *source, const struct fallen_hold *hold,
		       bool look)
{
	const char *how = look ? "" : ", nobody looks";
	uint32_t before;

	fallen_now = source;
	source->lower();
	hold->shut(source->intid);
	source->raise();
	if (look) {
		(void)report_check(timer_wait_until(fallen_is_pending, NULL, FALLEN_LONG_US),
				   "%s, %s: pends", source->name, hold->name);
	} else {
		timer_delay_us(FALLEN_SOON_US);
	}
	source->lower();
	if (look) {
		(void)report_check(!gic_is_pending(source->intid),
				   "%s, %s: fallen, GICD_ISPENDR reads 0", source->name,
				   hold->name);
	}
	hold->open(source->intid);
	(void)report_equal(fallen_comes(), 0, "%s, %s%s: fallen, none comes", source->name,
			   hold->name, how);
	before = fallen_taken[source->intid];
	source->raise();
	cpu_irq_enable();
	(void)timer_wait_count(&fallen_taken[source->intid], before + 1, FALLEN_LONG_US);
	cpu_irq_disable();
	(void)report_equal(fallen_taken[source->intid], before + 1, "%s, %s%s: the next one comes",
			   source->name, hold->name, how);
}

/* GICD_ISPENDR set by software is a latch of its own: a level that falls takes nothing from it. */
static void fallen_latched(const struct fallen_source *source)
{
	fallen_now = source;
	source->lower();
	gic_disable(source->intid);
	source->raise();
	(void)report_check(timer_wait_until(fallen_is_pending, NULL, FALLEN_LONG_US),
			   "%s, set pending: pends", source->name);
	gic_set_pending(source->intid);
	source->lower();
	(void)report_check(gic_is_pending(source->intid), "%s, set pending: stays as it falls",
			   source->name);
	gic_enable(source->intid);
	(void)report_equal(fallen_comes(), 1, "%s, set pending: comes once", source->name);
}

/* High while active is active and pending; low, it is active alone. */
static void fallen_active(const struct fallen_source *source)
{
	uint64_t end = timer_count() + timer_us_to_ticks(FALLEN_LONG_US);
	uint32_t iar = GIC_SPURIOUS;

	fallen_now = source;
	source->lower();
	source->raise();
	while (GIC_INTID(iar) == GIC_SPURIOUS && timer_count() < end) {
		iar = gic_ack();
	}
	(void)report_equal(iar, source->intid, "%s, active: comes", source->name);
	(void)report_check(gic_is_pending(source->intid), "%s, active: high, GICD_ISPENDR reads 1",
			   source->name);
	source->lower();
	(void)report_check(!gic_is_pending(source->intid), "%s, active: low, GICD_ISPENDR reads 0",
			   source->name);
	gic_eoi(iar);
	(void)report_equal(fallen_comes(), 0, "%s, active: ended, none comes", source->name);
}

static void fallen_all(const struct fallen_source *source)
{
	irq_set_handler(source->intid, fallen_handler, NULL);
	source->lower();
	gic_enable(source->intid);
	for (uint32_t n = 0; n < FALLEN_HOLDS; n++) {
		fallen_one(source, &fallen_holds[n], true);
		if (fallen_holds[n].seen) {
			fallen_one(source, &fallen_holds[n], false);
		}
	}
	fallen_latched(source);
	fallen_active(source);
	source->lower();
	gic_disable(source->intid);
}

static bool fallen_alarm_over(void *arg)
{
	(void)arg;
	return mmio_read32(RTC_RIS) == 1;
}

static void fallen_devices(void)
{
	if (guest_has_arg("rtc")) {
		fallen_rtc_lower();
		mmio_write32(RTC_MR, mmio_read32(RTC_DR) + 1);
		(void)report_check(timer_wait_until(fallen_alarm_over, NULL, FALLEN_LONG_US),
				   "PL031: its alarm is over");
		fallen_all(&fallen_rtc);
	}
	if (guest_has_arg("gpio")) {
		fallen_gpio_lower();
		mmio_write32(GPIO_DIR, 0);
		mmio_write32(GPIO_IBE, 0);
		mmio_write32(GPIO_IEV, 0);
		mmio_write32(GPIO_IS, 1);
		fallen_all(&fallen_gpio);
	}
}

int main(void)
{
	gic_init();
	for (uint32_t n = 0; n < sizeof(fallen_timers) / sizeof(fallen_timers[0]); n++) {
		fallen_all(&fallen_timers[n]);
	}
	fallen_devices();
	(void)report_equal(irq_unexpected(0), 0, "nothing unexpected");
	report_summary();
}
