/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt groups as a guest meets them through GICV: group 1, AckCtl, group 0 as FIQ (FIQEn), the
 * aliased registers, and binary points with and without CBPR. ARM IHI 0048B, 3.3.3, 3.8, 4.4, 5.5.
 */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

/* GICV_CTLR (5.5.1) */
#define CTLR_GRP0   0x001u
#define CTLR_GRP1   0x002u
#define CTLR_ACKCTL 0x004u
#define CTLR_FIQEN  0x008u
#define CTLR_CBPR   0x010u

#define GICV_AIAR   0x20u
#define GICV_AEOIR  0x24u
#define GICV_AHPPIR 0x28u

#define GROUPS_OTHER 1022u /* pending, but of group 1 */
#define GROUPS_NONE  1023u

#define ISR_FIQ 0x40u /* CP15 ISR (B4.1.97) */
#define ISR_IRQ 0x80u

#define ZERO 40u /* SPIs: of group 0, of group 1 */
#define ONE  41u

static volatile uint32_t groups_fiqs, groups_irqs, groups_fiq_iar;

static uint32_t groups_read(uint32_t offset)
{
	uint64_t end = timer_count() + timer_us_to_ticks(20000);
	uint32_t value = gic_cpu_read(offset);

	for (uint32_t n = 0; value >= 1020 && (n < 1000 || timer_count() < end); n++) {
		value = gic_cpu_read(offset);
	}
	return value;
}

/* At once: nothing is to come. */
static uint32_t groups_now(uint32_t offset)
{
	timer_delay_us(200);
	return gic_cpu_read(offset);
}

static uint32_t groups_isr(void)
{
	uint32_t isr;

	timer_delay_us(200);
	CPU_CP15_READ(0, c12, c1, 0, isr);
	return isr & (ISR_FIQ | ISR_IRQ);
}

static void groups_spi(uint32_t id, uint8_t priority, bool group1)
{
	uint32_t at = GICD_IGROUPR + id / 32 * 4, bit = 1u << id % 32;
	uint32_t groups = gic_dist_read(at);

	gic_disable(id);
	gic_set_edge(id, true);
	gic_set_priority(id, priority);
	gic_set_targets(id, 1);
	gic_dist_write(at, group1 ? groups | bit : groups & ~bit);
	gic_enable(id);
}

static void groups_control(uint32_t bits)
{
	gic_cpu_write(GICC_CTLR, bits);
	cpu_dsb();
}

static void groups_registers(void)
{
	gic_dist_write(GICD_CTLR, 3);
	(void)report_equal(gic_dist_read(GICD_CTLR), 3, "GICD_CTLR: both groups");
	groups_control(0x21f);
	(void)report_equal(gic_cpu_read(GICC_CTLR), 0x21f, "GICV_CTLR: all bits");
	groups_control(CTLR_GRP0 | CTLR_GRP1);
	groups_spi(ZERO, 0x80, false);
	groups_spi(ONE, 0x80, true);
	(void)report_equal(gic_dist_read(GICD_IGROUPR + 4) & 0x300, 0x200, "GICD_IGROUPR");
}

/* The aliased registers, where there are any: QEMU's GICV (7.2) has none and reads as 0. */
static void groups_aliased(void)
{
	if (gic_cpu_read(GICV_AIAR) == 0) {
		report_skip("AIAR, AEOIR, AHPPIR: this GIC has none");
		return;
	}
	(void)report_equal(groups_read(GICV_AHPPIR), ONE, "group 1: AHPPIR names it");
	gic_set_pending(ZERO);
	(void)report_equal(groups_read(GICC_IAR), ZERO, "group 0: IAR acknowledges it");
	(void)report_equal(groups_now(GICV_AIAR), ONE, "group 1: AIAR acknowledges it");
	gic_cpu_write(GICV_AEOIR, ONE);
	gic_eoi(ZERO);
	gic_set_pending(ONE);
}

static void groups_separate(void)
{
	gic_set_pending(ONE);
	(void)report_equal(groups_now(GICC_IAR), GROUPS_OTHER, "group 1: IAR says 1022");
	(void)report_equal(groups_now(GICC_HPPIR), GROUPS_OTHER, "group 1: HPPIR says 1022");
	(void)report_check(gic_is_pending(ONE) && !gic_is_active(ONE), "group 1: still pending");
	groups_aliased();
}

static void groups_ackctl(void)
{
	groups_control(CTLR_GRP0 | CTLR_GRP1 | CTLR_ACKCTL);
	(void)report_equal(groups_read(GICC_HPPIR), ONE, "AckCtl: HPPIR names group 1's");
	(void)report_equal(groups_read(GICC_IAR), ONE, "AckCtl: IAR acknowledges it");
	gic_eoi(ONE);
	(void)report_check(!gic_is_active(ONE), "AckCtl: EOIR ends it");
	(void)report_equal(groups_now(GICC_IAR), GROUPS_NONE, "AckCtl: once");
}

/* Either group off in the distributor or in the CPU interface: it waits, and is not lost. */
static void groups_off(void)
{
	gic_dist_write(GICD_CTLR, 1);
	gic_set_pending(ONE);
	(void)report_equal(groups_now(GICC_IAR), GROUPS_NONE, "group 1 off in the distributor");
	gic_dist_write(GICD_CTLR, 2);
	(void)report_equal(groups_read(GICC_IAR), ONE, "group 1 alone in the distributor");
	gic_eoi(ONE);
	gic_set_pending(ZERO);
	(void)report_equal(groups_now(GICC_IAR), GROUPS_NONE, "group 0 off in the distributor");
	gic_dist_write(GICD_CTLR, 3);
	(void)report_equal(groups_read(GICC_IAR), ZERO, "group 0 on again");
	gic_eoi(ZERO);
	/* By the line: QEMU's IAR (7.2) looks at neither enable bit unless both are 0. */
	groups_control(CTLR_GRP0 | CTLR_ACKCTL);
	gic_set_pending(ONE);
	(void)report_equal(groups_isr(), 0, "group 1 off in the CPU interface");
	groups_control(CTLR_GRP1 | CTLR_ACKCTL);
	(void)report_equal(groups_isr(), ISR_IRQ, "group 1 alone in the CPU interface");
	(void)report_equal(groups_read(GICC_IAR), ONE, "and acknowledged");
	gic_eoi(ONE);
	gic_set_pending(ZERO);
	(void)report_equal(groups_isr(), 0, "group 0 off in the CPU interface");
	groups_control(CTLR_GRP0 | CTLR_GRP1 | CTLR_ACKCTL);
	(void)report_equal(groups_read(GICC_IAR), ZERO, "and on again");
	gic_eoi(ZERO);
}

/* A group that changes while the interrupt pends in a list register. */
static void groups_change(void)
{
	uint32_t groups = gic_dist_read(GICD_IGROUPR + 4);

	groups_control(CTLR_GRP0 | CTLR_GRP1);
	gic_set_pending(ZERO);
	timer_delay_us(200);
	gic_dist_write(GICD_IGROUPR + 4, groups | 1u << (ZERO - 32));
	(void)report_equal(groups_now(GICC_IAR), GROUPS_OTHER, "moved to group 1 while pending");
	gic_dist_write(GICD_IGROUPR + 4, groups);
	(void)report_equal(groups_read(GICC_IAR), ZERO, "and back");
	gic_eoi(ZERO);
	gic_dist_write(GICD_IGROUPR, 1u << 5);
	gic_send_sgi(5, GIC_SGI_SELF, 0);
	(void)report_equal(groups_now(GICC_IAR), GROUPS_OTHER, "an SGI of group 1");
	groups_control(CTLR_GRP0 | CTLR_GRP1 | CTLR_ACKCTL);
	(void)report_equal(groups_read(GICC_IAR), 5, "which AckCtl acknowledges");
	gic_eoi(5);
	gic_dist_write(GICD_IGROUPR, 0);
}

static void groups_fiq(void)
{
	groups_fiq_iar = gic_ack();
	groups_fiqs++;
	gic_eoi(groups_fiq_iar);
}

static void groups_irq(void)
{
	uint32_t iar = gic_ack();

	groups_irqs += iar == ONE;
	gic_eoi(iar);
}

/* Linux's FIQ and secure firmware use it so: group 0 by the FIQ line, group 1 by the IRQ line. */
static void groups_fiq_line(void)
{
	groups_control(CTLR_GRP0 | CTLR_GRP1 | CTLR_FIQEN | CTLR_ACKCTL);
	(void)report_equal(groups_isr(), 0, "FIQEn: nothing pends");
	gic_set_pending(ZERO);
	(void)report_equal(groups_isr(), ISR_FIQ, "FIQEn: group 0 is an FIQ");
	gic_set_pending(ONE);
	gic_set_priority(ONE, 0x40);
	(void)report_equal(groups_isr(), ISR_IRQ, "FIQEn: a more urgent group 1 is an IRQ");
	gic_set_priority(ONE, 0xa0);
	(void)report_equal(groups_isr(), ISR_FIQ, "FIQEn: and less urgent, not signalled");
	irq_set_fiq_handler(groups_fiq);
	irq_set_raw_handler(groups_irq);
	cpu_irq_enable();
	timer_delay_us(500);
	(void)report_equal(groups_fiqs + groups_irqs, 0, "FIQEn: unmasked IRQ, masked FIQ: none");
	cpu_fiq_enable();
	(void)timer_wait_count(&groups_irqs, 1, TIMER_PATIENCE_US);
	(void)report_equal(groups_fiqs, 1, "FIQEn: one FIQ");
	(void)report_equal(groups_fiq_iar, ZERO, "FIQEn: which is group 0's");
	(void)report_equal(groups_irqs, 1, "FIQEn: then one IRQ, group 1's");
	cpu_irq_disable();
	for (uint32_t i = 0; i < 100; i++) {
		uint32_t before = groups_fiqs;

		gic_set_pending(ZERO);
		(void)timer_wait_count(&groups_fiqs, before + 1, TIMER_PATIENCE_US);
	}
	cpu_fiq_disable();
	(void)report_equal(groups_fiqs, 101, "FIQEn: 100 more FIQs, IRQ masked");
	irq_set_raw_handler(NULL);
	irq_set_fiq_handler(NULL);
	groups_control(CTLR_GRP0 | CTLR_GRP1);
	gic_set_pending(ZERO);
	(void)report_equal(groups_isr(), ISR_IRQ, "FIQEn off: group 0 is an IRQ");
	(void)report_equal(groups_read(GICC_IAR), ZERO, "FIQEn off: acknowledged");
	gic_eoi(ZERO);
}

/* With `first` running, does `second` preempt it? Priorities differ in the lowest bit of `split`.
 */
static bool groups_preempts(uint32_t first, uint32_t second, uint8_t low, uint8_t high)
{
	uint32_t seen;
	bool came;

	gic_set_priority(first, low);
	gic_set_priority(second, high);
	gic_set_pending(first);
	seen = groups_read(GICC_IAR);
	gic_set_pending(second);
	came = groups_now(GICC_IAR) == second;
	if (came) {
		gic_eoi(second);
		gic_eoi(seen);
	} else {
		gic_eoi(seen);
		gic_eoi(groups_read(GICC_IAR));
	}
	return came && seen == first;
}

/* Group priority: group 0, and group 1 with CBPR, bits 7 to BPR + 1; group 1 without CBPR, bits 7
 * to ABPR (3.3.3, table 3-2). */
static void groups_binary_point(void)
{
	groups_spi(42, 0x80, false);
	groups_spi(43, 0x80, true);
	groups_control(CTLR_GRP0 | CTLR_GRP1 | CTLR_ACKCTL);
	gic_cpu_write(GICC_BPR, 5);
	gic_cpu_write(GICC_ABPR, 7);
	(void)report_equal(gic_cpu_read(GICC_BPR), 5, "BPR");
	(void)report_equal(gic_cpu_read(GICC_ABPR), 7, "ABPR");
	(void)report_check(!groups_preempts(ZERO, 42, 0xa0, 0x80), "BPR 5: 0x80 not over 0xa0");
	(void)report_check(groups_preempts(ZERO, 42, 0xc0, 0x80), "BPR 5: 0x80 over 0xc0");
	(void)report_check(!groups_preempts(ONE, 43, 0xc0, 0x80), "ABPR 7: 0x80 not over 0xc0");
	(void)report_check(groups_preempts(ONE, 43, 0xc0, 0x40), "ABPR 7: 0x40 over 0xc0");
	groups_control(CTLR_GRP0 | CTLR_GRP1 | CTLR_ACKCTL | CTLR_CBPR);
	(void)report_check(groups_preempts(ONE, 43, 0xc0, 0x80), "CBPR: BPR 5 for group 1, too");
	(void)report_check(!groups_preempts(ONE, 43, 0xa0, 0x80), "CBPR: 0x80 not over 0xa0");
	(void)report_check(groups_preempts(ONE, 42, 0xc0, 0x80), "CBPR: group 0 over group 1");
	gic_cpu_write(GICC_BPR, 2);
	(void)report_check(groups_preempts(ZERO, 42, 0x88, 0x80), "BPR 2: 0x80 over 0x88");
	(void)report_equal(gic_cpu_read(GICC_RPR), 0xff, "nothing runs afterwards");
}

int main(void)
{
	gic_init();
	groups_registers();
	groups_separate();
	groups_ackctl();
	groups_off();
	groups_change();
	groups_fiq_line();
	groups_binary_point();
	report_summary();
}
