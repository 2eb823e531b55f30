/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which interrupt is next: priorities, masks, preemption, more pending and more active than a GIC
 * has list registers. Acknowledged by hand, with the CPU's interrupts masked, so that the order is
 * what the GIC says; one part with nested handlers. ARM IHI 0048B, 3.3.
 */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"

#define ORDER_FIRST 40u /* SPIs from here on */
#define ORDER_MANY  60u
#define ORDER_DEEP  24u
#define ORDER_IDLE  0xffu

static uint32_t order_seen[1024];

/* An acknowledge that gives the monitor 20 ms, and 1000 turns, to refill its list registers. */
static uint32_t order_ack(void)
{
	uint64_t end = timer_count() + timer_us_to_ticks(20000);
	uint32_t iar = gic_ack();

	for (uint32_t n = 0; GIC_INTID(iar) == 1023 && (n < 1000 || timer_count() < end); n++) {
		cpu_relax();
		iar = gic_ack();
	}
	return iar;
}

static uint32_t order_running(void)
{
	return gic_cpu_read(GICC_RPR);
}

static void order_spi(uint32_t id, uint8_t priority)
{
	gic_disable(id);
	gic_set_edge(id, true);
	gic_set_priority(id, priority);
	gic_set_targets(id, 1);
	gic_enable(id);
}

/* 31 of 32 levels (a PMR of five bits masks the lowest always), spread by a multiplication:
 * neighbours have quite different ones. */
static uint8_t order_spread(uint32_t i)
{
	return (uint8_t)(i * 13 % 31 * 8);
}

static void order_many(bool reverse)
{
	uint32_t last = 0, wrong = 0, lost = 0;

	for (uint32_t i = 0; i < ORDER_MANY; i++) {
		order_seen[ORDER_FIRST + i] = 0;
		order_spi(ORDER_FIRST + i, order_spread(i));
	}
	for (uint32_t i = 0; i < ORDER_MANY; i++) {
		gic_set_pending(ORDER_FIRST + (reverse ? ORDER_MANY - 1 - i : i));
	}
	for (uint32_t i = 0; i < ORDER_MANY; i++) {
		uint32_t id = GIC_INTID(order_ack());
		uint32_t priority = id < 1020 ? gic_priority(id) : 0;

		wrong += id >= 1020 || priority < last || order_running() != priority;
		last = priority;
		order_seen[id]++;
		if (id < 1020) {
			gic_eoi(id);
		}
	}
	for (uint32_t i = 0; i < ORDER_MANY; i++) {
		lost += order_seen[ORDER_FIRST + i] != 1;
	}
	(void)report_equal(wrong, 0, "%u pending%s: the most urgent first", (unsigned)ORDER_MANY,
			   reverse ? ", pended backwards" : "");
	(void)report_equal(lost, 0, "each exactly once");
	(void)report_equal(gic_ack(), 1023, "then none");
	(void)report_equal(order_running(), ORDER_IDLE, "and nothing runs");
}

/* Each one is made pending when the one before is active: all of them active at once. */
static void order_deep(void)
{
	uint32_t wrong = 0, inactive = 0;

	for (uint32_t i = 0; i < ORDER_DEEP; i++) {
		order_spi(ORDER_FIRST + i, (uint8_t)(0xf0 - 8 * i));
	}
	for (uint32_t i = 0; i < ORDER_DEEP; i++) {
		gic_set_pending(ORDER_FIRST + i);
		wrong += order_ack() != ORDER_FIRST + i;
		wrong += order_running() != 0xf0 - 8 * i;
	}
	(void)report_equal(wrong, 0, "%u nested actives", (unsigned)ORDER_DEEP);
	for (uint32_t i = 0; i < ORDER_DEEP; i++) {
		inactive += !gic_is_active(ORDER_FIRST + i);
	}
	(void)report_equal(inactive, 0, "ISACTIVER shows them all");
	wrong = 0;
	for (uint32_t i = ORDER_DEEP; i-- > 0;) {
		gic_eoi(ORDER_FIRST + i);
		wrong += order_running() != (i == 0 ? ORDER_IDLE : 0xf0 - 8 * (i - 1));
		wrong += gic_is_active(ORDER_FIRST + i);
	}
	(void)report_equal(wrong, 0, "EOI: priorities come back in order");
	(void)report_equal(gic_ack(), 1023, "then none");
}

/* Every list register active, and pending ones below and above them. */
static void order_full(void)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 16; i++) {
		order_spi(ORDER_FIRST + i, (uint8_t)(0xf0 - 8 * i));
	}
	for (uint32_t i = 0; i < 12; i += 2) {
		gic_set_pending(ORDER_FIRST + i);
		wrong += order_ack() != ORDER_FIRST + i;
	}
	for (uint32_t i = 1; i < 12; i += 2) {
		gic_set_pending(ORDER_FIRST + i);
	}
	/* 11 is more urgent than 10, which runs; the others must wait. */
	wrong += order_ack() != ORDER_FIRST + 11;
	wrong += gic_ack() != 1023;
	gic_set_pending(ORDER_FIRST + 15);
	wrong += order_ack() != ORDER_FIRST + 15;
	gic_eoi(ORDER_FIRST + 15);
	gic_eoi(ORDER_FIRST + 11);
	for (uint32_t i = 10; i > 0; i -= 2) {
		gic_eoi(ORDER_FIRST + i);
		wrong += order_ack() != ORDER_FIRST + i - 1;
		gic_eoi(ORDER_FIRST + i - 1);
	}
	gic_eoi(ORDER_FIRST);
	wrong += order_ack() != 1023;
	(void)report_equal(wrong, 0, "pending between nested actives: each in its turn");
}

static void order_masks(void)
{
	order_spi(40, 0x80);
	gic_set_pending(40);
	gic_set_pmr(0x80);
	(void)report_equal(gic_ack(), 1023, "PMR equal to the priority masks it");
	gic_set_pmr(0x88);
	(void)report_equal(order_ack(), 40, "PMR one step above does not");
	gic_eoi(40);
	gic_set_pmr(0xff);
	gic_set_pending(40);
	gic_disable(40);
	(void)report_equal(gic_ack(), 1023, "disabled while pending");
	(void)report_check(gic_is_pending(40), "it stays pending");
	gic_dist_write(GICD_CTLR, 0);
	gic_enable(40);
	(void)report_equal(gic_ack(), 1023, "enabled while GICD_CTLR is 0");
	gic_dist_write(GICD_CTLR, 1);
	(void)report_equal(order_ack(), 40, "GICD_CTLR on again");
	gic_eoi(40);
}

/* GICC_BPR n: bits 7..n+1 are the group priority, which alone preempts. */
static void order_binary_point(void)
{
	order_spi(40, 0x48);
	order_spi(41, 0x40);
	order_spi(42, 0x20);
	gic_cpu_write(GICC_BPR, 4);
	gic_set_pending(40);
	(void)report_equal(order_ack(), 40, "BPR 4: 0x48 runs");
	gic_set_pending(41);
	(void)report_equal(gic_ack(), 1023, "BPR 4: 0x40 is of the same group");
	(void)report_equal(gic_cpu_read(GICC_HPPIR), 41, "HPPIR names it");
	gic_set_pending(42);
	(void)report_equal(order_ack(), 42, "BPR 4: 0x20 preempts");
	gic_eoi(42);
	gic_eoi(40);
	(void)report_equal(order_ack(), 41, "and 0x40 follows");
	gic_eoi(41);
	gic_cpu_write(GICC_BPR, 7);
	gic_set_pending(40);
	(void)report_equal(order_ack(), 40, "BPR 7");
	gic_set_pending(42);
	(void)report_equal(gic_ack(), 1023, "BPR 7: nothing preempts");
	gic_eoi(40);
	(void)report_equal(order_ack(), 42, "after EOI it comes");
	gic_eoi(42);
	gic_cpu_write(GICC_BPR, 0);
}

static void order_split(void)
{
	order_spi(40, 0x80);
	order_spi(41, 0x80);
	gic_set_eoi_mode(true);
	gic_set_pending(40);
	(void)report_equal(order_ack(), 40, "split EOI: acknowledged");
	gic_eoi(40);
	(void)report_equal(order_running(), ORDER_IDLE, "split EOI: EOIR drops the priority");
	(void)report_check(gic_is_active(40), "split EOI: and leaves it active");
	gic_set_pending(40);
	(void)report_equal(gic_ack(), 1023, "split EOI: not again while active");
	gic_set_pending(41);
	(void)report_equal(order_ack(), 41, "split EOI: another of the same priority");
	gic_eoi(41);
	gic_dir(40);
	(void)report_equal(order_ack(), 40, "split EOI: DIR lets it come again");
	gic_dir(41);
	gic_eoi(40);
	gic_dir(40);
	(void)report_check(!gic_is_active(40) && !gic_is_active(41), "split EOI: all over");
	gic_set_eoi_mode(false);
	gic_set_pending(40);
	(void)report_equal(order_ack(), 40, "joined EOI again");
	gic_eoi(40);
	(void)report_check(!gic_is_active(40), "EOIR deactivates");
}

/* As the split mode, with more of them than list registers. */
static void order_split_many(void)
{
	uint32_t wrong = 0;

	gic_set_eoi_mode(true);
	for (uint32_t i = 0; i < 12; i++) {
		order_spi(ORDER_FIRST + i, 0x80);
		gic_set_pending(ORDER_FIRST + i);
		wrong += order_ack() != ORDER_FIRST + i;
		gic_eoi(ORDER_FIRST + i);
	}
	for (uint32_t i = 0; i < 12; i++) {
		wrong += !gic_is_active(ORDER_FIRST + i);
	}
	for (uint32_t i = 0; i < 12; i++) {
		gic_dir(ORDER_FIRST + i * 5 % 12);
	}
	for (uint32_t i = 0; i < 12; i++) {
		wrong += gic_is_active(ORDER_FIRST + i);
	}
	gic_set_eoi_mode(false);
	(void)report_equal(wrong, 0, "split EOI: 12 active, deactivated in another order");
}

static void order_active_by_hand(void)
{
	order_spi(40, 0x80);
	gic_set_active(40);
	(void)report_check(gic_is_active(40), "ISACTIVER");
	gic_set_pending(40);
	(void)report_equal(gic_ack(), 1023, "made active: does not come");
	gic_clear_active(40);
	(void)report_equal(order_ack(), 40, "ICACTIVER: comes");
	gic_clear_active(40);
	(void)report_check(!gic_is_active(40), "ICACTIVER instead of EOI");
	gic_eoi(40); /* drops the priority */
	(void)report_equal(order_running(), ORDER_IDLE, "nothing runs");
	gic_set_pending(40);
	(void)report_equal(order_ack(), 40, "and it works as before");
	gic_eoi(40);
}

static volatile uint32_t order_depth, order_deepest, order_entries;

static void order_nested(uint32_t iar, void *arg)
{
	uint32_t id = GIC_INTID(iar);

	(void)arg;
	order_entries++;
	order_depth++;
	if (order_depth > order_deepest) {
		order_deepest = order_depth;
	}
	cpu_irq_enable();
	if (id < ORDER_FIRST + ORDER_DEEP - 1) {
		uint32_t before = order_entries;

		gic_set_pending(id + 1);
		(void)timer_wait_count(&order_entries, before + 1, TIMER_PATIENCE_US);
	}
	cpu_irq_disable();
	order_depth--;
}

static void order_handlers(void)
{
	for (uint32_t i = 0; i < ORDER_DEEP; i++) {
		order_spi(ORDER_FIRST + i, (uint8_t)(0xf0 - 8 * i));
		irq_set_handler(ORDER_FIRST + i, order_nested, NULL);
	}
	cpu_irq_enable();
	gic_set_pending(ORDER_FIRST);
	(void)timer_wait_count(&order_entries, ORDER_DEEP, TIMER_PATIENCE_US);
	timer_delay_us(2000);
	cpu_irq_disable();
	(void)report_equal(order_entries, ORDER_DEEP, "nested handlers: each ran once");
	(void)report_equal(order_deepest, ORDER_DEEP, "each preempted the one before");
	(void)report_equal(order_depth, 0, "and all returned");
}

int main(void)
{
	gic_init();
	order_many(false);
	order_many(true);
	order_deep();
	order_full();
	order_masks();
	order_binary_point();
	order_split();
	order_split_many();
	order_active_by_hand();
	order_handlers();
	report_summary();
}
