/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control partition of the Linux interrupt test: 10,000 assertions of a level line and 10,000
 * of an edge line (bootargs count=N: N) of the partition `linux`, each made when the one before has
 * arrived in a Linux program (guest/linux/bin/irqs.c), which says so by pending bits of spare
 * interrupts in its own GIC.
 *
 * Both share a CPU, and this partition has the higher priority: whenever it looks, Linux stands
 * somewhere, and as long as the level line is high that is nearly always in the interrupt's
 * handler, as Linux takes the interrupt, ends it, takes it again, and gets to nothing else.
 */
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/report.h"
#include "guest/test/nap.h"
#include <stdlib.h>
#include <string.h>

#define IRQS_COUNT	10000u /* unless count=N is among the bootargs */
#define IRQS_LEVEL	82u
#define IRQS_EDGE	83u
#define IRQS_BELL_LEVEL 96u
#define IRQS_BELL_EDGE	97u
#define IRQS_BELL_READY 98u
#define IRQS_BELL_DOWN	99u
#define IRQS_NAP_US	200u
#define IRQS_START_US	(10 * TIMER_PATIENCE_US)
#define IRQS_LIMIT_US	TIMER_PATIENCE_US

enum { LEVEL = 1, PENDING = 2, ACTIVE = 4, ENABLED = 8, EDGE = 16 }; /* GET_IRQ_STATE */

static uint32_t irqs_count = IRQS_COUNT;

struct irqs {
	uint32_t handle;
	uint32_t refused;
	uint32_t level_made, level_arrived;
	uint32_t edge_made, edge_arrived;
};

static uint32_t irqs_state(struct irqs *irqs, uint32_t spi)
{
	uint32_t state = 0;

	if (irq_state(irqs->handle, 0x01000000u | spi, &state) != 0) {
		irqs->refused++;
	}
	return state;
}

static void irqs_set(struct irqs *irqs, uint32_t spi, uint32_t level)
{
	if (kvm_irq_line(irqs->handle, 0x01000000u | spi, level) != 0) {
		irqs->refused++;
	}
}

/* Until all bits of `mask` in the interrupt's state are as in `want`; Linux runs meanwhile. */
static bool irqs_wait(struct irqs *irqs, uint32_t spi, uint32_t mask, uint32_t want, uint32_t us)
{
	uint64_t end = timer_count() + timer_us_to_ticks(us);

	do {
		if (timer_count() >= end) {
			return false;
		}
		(void)nap_once(IRQS_NAP_US);
	} while ((irqs_state(irqs, spi) & mask) != want);
	return true;
}

/* The bell's n-th ring leaves it pending if n is odd. */
static bool irqs_rung(struct irqs *irqs, uint32_t bell, uint32_t rings)
{
	return irqs_wait(irqs, bell, PENDING, (rings & 1) != 0 ? PENDING : 0, IRQS_LIMIT_US);
}

/* Sleeps meanwhile: booting takes seconds. */
static bool irqs_started(struct irqs *irqs)
{
	uint64_t end = timer_count() + timer_us_to_ticks(IRQS_START_US);

	while ((irqs_state(irqs, IRQS_BELL_READY) & PENDING) == 0) {
		if (timer_count() >= end) {
			return false;
		}
		nap(20000);
	}
	return true;
}

static bool irqs_level(struct irqs *irqs)
{
	bool taken;

	irqs_set(irqs, IRQS_LEVEL, 1);
	irqs->level_made++;
	taken = irqs_wait(irqs, IRQS_LEVEL, ACTIVE, ACTIVE, IRQS_LIMIT_US);
	irqs_set(irqs, IRQS_LEVEL, 0);
	if (!taken || !irqs_rung(irqs, IRQS_BELL_LEVEL, irqs->level_made)) {
		return false;
	}
	irqs->level_arrived++;
	return true;
}

static bool irqs_edge(struct irqs *irqs)
{
	irqs_set(irqs, IRQS_EDGE, 1);
	irqs_set(irqs, IRQS_EDGE, 0);
	irqs->edge_made++;
	if (!irqs_rung(irqs, IRQS_BELL_EDGE, irqs->edge_made)) {
		return false;
	}
	irqs->edge_arrived++;
	return true;
}

int main(void)
{
	struct irqs irqs = { .handle = vm_find("linux") };
	const char *count = strstr(guest_bootargs(), "count=");

	if (count) {
		irqs_count = (uint32_t)strtoul(count + strlen("count="), NULL, 10);
	}
	gic_init();
	nap_init();
	if (!report_check(irqs.handle != 0 && irqs_started(&irqs), "Linux waits for interrupts")) {
		report_summary();
	}
	(void)report_equal(irqs_state(&irqs, IRQS_LEVEL) & (ENABLED | EDGE), ENABLED,
			   "level: as the device tree says");
	(void)report_equal(irqs_state(&irqs, IRQS_EDGE) & (ENABLED | EDGE), ENABLED | EDGE,
			   "edge: as the device tree says");
	/* The edges come while Linux waits for the level line to have been low for a millisecond.
	 */
	for (uint32_t i = 0; i < irqs_count; i++) {
		if (!irqs_level(&irqs) || !irqs_edge(&irqs) ||
		    !irqs_wait(&irqs, IRQS_BELL_DOWN, PENDING, 0, IRQS_LIMIT_US)) {
			break;
		}
	}
	(void)report_equal(irqs.level_made, irqs_count, "level: assertions");
	(void)report_equal(irqs.level_arrived, irqs_count, "level: arrived");
	(void)report_equal(irqs.edge_made, irqs_count, "edge: assertions");
	(void)report_equal(irqs.edge_arrived, irqs_count, "edge: arrived");
	(void)report_equal(irqs.refused, 0, "no call was refused");
	(void)report_check((irqs_state(&irqs, IRQS_LEVEL) & (LEVEL | PENDING)) == 0,
			   "level: low in the end, and not pending");
	report_summary();
}
