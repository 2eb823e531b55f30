/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worst that the owner of a device can do with its interrupt: a PL061 (ARM DDI 0190B) whose
 * level never falls. One misdeed a life, then SYSTEM_RESET, line high. undisturbed.c, on vCPU 0's
 * CPU, is not to notice. Levels of its own lines 40 to 42 count the lives (a right on itself): they
 * outlive a restart.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdlib.h>

#define GPIO_BASE     0x09030000u
#define GPIO_DIR      (GPIO_BASE + 0x400)
#define GPIO_IS	      (GPIO_BASE + 0x404)
#define GPIO_IEV      (GPIO_BASE + 0x40c)
#define GPIO_IE	      (GPIO_BASE + 0x410)
#define SCREAM_INTID  39u
#define SCREAM_LIVES  40u
#define SCREAM_TIMES  20000u
#define SCREAM_US     300000u
#define SCREAM_STATUS 7
#define SCREAM_LIMIT  TIMER_PATIENCE_US

static volatile uint32_t scream_taken, scream_done;

static uint32_t scream_life(void)
{
	uint32_t life = 0, state = 0;

	for (uint32_t i = 0; i < 3; i++) {
		if (irq_state(0, kvm_irq_spi(SCREAM_LIVES + i), &state) != 0) {
			(void)report_check(false, "a right on itself");
			report_summary();
		}
		life |= (state & 1) << i;
	}
	return life;
}

static void scream_handler(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	scream_taken++;
	if (scream_taken == SCREAM_TIMES) {
		gic_disable(SCREAM_INTID);
	}
}

/* Ended each time, never served: it comes again at once. */
static void scream_forever(void)
{
	gic_enable(SCREAM_INTID);
	cpu_irq_enable();
	(void)report_check(timer_wait_count(&scream_taken, SCREAM_TIMES, SCREAM_LIMIT),
			   "it screams");
	cpu_irq_disable();
}

/* Pending, and nobody takes it. */
static void scream_unheard(void)
{
	timer_delay_us(SCREAM_US);
	(void)report_check(gic_is_pending(SCREAM_INTID), "it waits");
}

/* Taken, and never ended. */
static void scream_held(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(SCREAM_LIMIT);
	uint32_t iar = GIC_SPURIOUS;

	gic_enable(SCREAM_INTID);
	while (GIC_INTID(iar) == GIC_SPURIOUS && timer_count() < end) {
		iar = gic_ack();
	}
	(void)report_equal(iar, SCREAM_INTID, "it is taken");
	timer_delay_us(SCREAM_US);
	(void)report_check(gic_is_active(SCREAM_INTID), "it is active");
}

/* Thrown away through the distributor: each time it comes anew. */
static void scream_cleared(void *arg)
{
	(void)arg;
	for (uint32_t n = 0; n < SCREAM_TIMES; n++) {
		gic_clear_pending(SCREAM_INTID);
	}
	scream_done = 1;
}

/* The same from a CPU that is not the interrupt's: vCPU 0 sleeps. */
static void scream_from_afar(void)
{
	nap_init();
	(void)report_equal((uint32_t)smp_start(1, scream_cleared, NULL), 0, "vCPU 1 starts");
	(void)report_check(nap_wait_count(&scream_done, 1, SCREAM_LIMIT), "and clears it");
}

/* It is ended by vCPU 1, and each time comes to it again. */
static void scream_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	gic_enable(SCREAM_INTID);
	cpu_irq_enable();
	(void)timer_wait_count(&scream_taken, SCREAM_TIMES, SCREAM_LIMIT);
	cpu_irq_disable();
	scream_done = 1;
}

static void scream_elsewhere(void)
{
	nap_init();
	gic_set_targets(SCREAM_INTID, 2);
	(void)report_equal((uint32_t)smp_start(1, scream_second, NULL), 0, "vCPU 1 starts");
	(void)report_check(nap_wait_count(&scream_done, 1, SCREAM_LIMIT), "and hears it");
	(void)report_equal(scream_taken, SCREAM_TIMES, "each time");
}

static void scream_live(uint32_t life)
{
	switch (life) {
	case 0:
		scream_forever();
		break;
	case 1:
		scream_unheard();
		break;
	case 2:
		scream_held();
		break;
	case 3:
		scream_cleared(NULL);
		break;
	case 4:
		scream_from_afar();
		break;
	case 5:
		scream_elsewhere();
		break;
	case 6: /* and is off, or has crashed, the line still high */
		if (guest_has_arg("crash")) {
			exit(SCREAM_STATUS);
		}
		report_summary();
	default:
		(void)report_check(false, "a life too many");
		report_summary();
	}
}

int main(void)
{
	uint32_t life = scream_life();

	gic_init();
	irq_set_handler(SCREAM_INTID, scream_handler, NULL);
	mmio_write32(GPIO_DIR, 0);
	mmio_write32(GPIO_IEV, 0);
	mmio_write32(GPIO_IS, 1);
	mmio_write32(GPIO_IE, 1);
	(void)report_check(gic_is_pending(SCREAM_INTID), "life %u: it pends", (unsigned)life);
	scream_live(life);
	if (report_failed() != 0) {
		report_summary();
	}
	for (uint32_t i = 0; i < 3; i++) {
		(void)kvm_irq_line(0, kvm_irq_spi(SCREAM_LIVES + i), (life + 1) >> i & 1);
	}
	psci_system_reset();
	(void)report_check(false, "SYSTEM_RESET restarts");
	report_summary();
}
