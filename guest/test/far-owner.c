/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the board's PL031 (ARM DDI 0224, SPI 2) and takes many alarms on its own CPU; far-still.c,
 * on the other, is not to notice. Nothing is printed before the end: the console interrupts, too.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/mmio.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"

#define FAR_RTC	   0x09010000u
#define FAR_DR	   (FAR_RTC + 0x00)
#define FAR_MR	   (FAR_RTC + 0x04)
#define FAR_IMSC   (FAR_RTC + 0x10)
#define FAR_ICR	   (FAR_RTC + 0x1c)
#define FAR_INTID  34u
#define FAR_ALARMS 2000u

static volatile uint32_t far_taken;

static void far_handler(uint32_t iar, void *arg)
{
	(void)iar;
	(void)arg;
	mmio_write32(FAR_ICR, 1);
	far_taken++;
}

int main(void)
{
	uint64_t interrupts = 0;
	uint32_t lost = 0;

	gic_init();
	nap_init();
	mmio_write32(FAR_ICR, 1);
	mmio_write32(FAR_IMSC, 1);
	irq_set_handler(FAR_INTID, far_handler, NULL);
	gic_set_targets(FAR_INTID, 1);
	gic_enable(FAR_INTID);
	for (uint32_t n = 0; n < FAR_ALARMS; n++) {
		uint32_t before = far_taken;

		/* A match that is now; the second may have gone by: once more. */
		for (uint32_t i = 0; i < 100 && far_taken == before; i++) {
			mmio_write32(FAR_MR, mmio_read32(FAR_DR));
			(void)nap_wait_count(&far_taken, before + 1, 500000);
		}
		lost += far_taken == before;
	}
	(void)report_equal(lost, 0, "owner: no alarm lost");
	(void)report_check(far_taken >= FAR_ALARMS, "owner: %u alarms", (unsigned)far_taken);
	(void)report_equal((uint32_t)vm_stats(0, 0, PLUMB_STAT_IRQ, &interrupts), 0,
			   "owner: may see its counts");
	(void)report_check(interrupts >= far_taken, "owner: they interrupt its own CPU: %u times",
			   (unsigned)interrupts);
	report_summary();
}
