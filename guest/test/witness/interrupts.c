/* SPDX-License-Identifier: BSD-2-Clause */
/* Ticks of the virtual timer, SGIs to itself, lines of its own and of a partner. Everything else is
 * a stray interrupt. */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/timer.h"
#include "guest/test/witness/witness.h"

#define INTERRUPTS_TICK_US  1000u
#define INTERRUPTS_LEVEL    41u
#define INTERRUPTS_PARTNER  40u
#define INTERRUPTS_EDGE	    42u
#define INTERRUPTS_SPURIOUS 1020u

struct witness_count witness_sgis, witness_levels;
volatile uint32_t witness_ticks, witness_early, witness_stray, witness_stray_first;
volatile uint32_t witness_spurious, witness_missed;
uint32_t witness_latest, witness_pings;

static uint32_t interrupts_patience; /* us: then an interrupt is lost */
static volatile uint64_t interrupts_due;
static volatile uint32_t interrupts_sgi[16], interrupts_level, interrupts_edge, interrupts_partner;
static uint32_t interrupts_with, interrupts_answered, interrupts_asked;
static uint64_t interrupts_asked_at;

static void interrupts_arm(void)
{
	interrupts_due = timer_count() + timer_us_to_ticks(INTERRUPTS_TICK_US);
	timer_set_cval(interrupts_due);
	timer_set_control(TIMER_CTL_ENABLE);
}

static void interrupts_tick(void)
{
	uint64_t now = timer_count();
	uint64_t late = timer_ticks_to_us(now - interrupts_due);

	if (now < interrupts_due) {
		witness_early++;
		return;
	}
	witness_latest = late > witness_latest ? (uint32_t)late : witness_latest;
	witness_ticks++;
	interrupts_arm();
}

static void interrupts_take(uint32_t iar)
{
	uint32_t id = GIC_INTID(iar);

	if (id == GIC_PPI_CNTV) {
		interrupts_tick();
	} else if (id < 16 && GIC_SOURCE(iar) == 0) {
		interrupts_sgi[id]++;
	} else if (id == INTERRUPTS_LEVEL) {
		interrupts_level++;
		(void)kvm_irq_line(0, kvm_irq_spi(INTERRUPTS_LEVEL), 0);
	} else if (id == INTERRUPTS_EDGE) {
		if (interrupts_edge++ % 2 == 0) { /* while it is active: it pends once more */
			(void)kvm_irq_line(0, kvm_irq_spi(INTERRUPTS_EDGE), 1);
		}
	} else if (id == INTERRUPTS_PARTNER && interrupts_with) {
		interrupts_partner++;
	} else {
		witness_stray_first = witness_stray++ ? witness_stray_first : iar;
	}
}

static void interrupts_irq(void)
{
	uint32_t iar = gic_ack();

	if (GIC_INTID(iar) >= INTERRUPTS_SPURIOUS) {
		witness_spurious++;
		return;
	}
	interrupts_take(iar);
	gic_eoi(iar);
}

/* Everything may come: all is enabled. */
void witness_interrupts_init(void)
{
	interrupts_with = guest_arg("partner", 0);
	interrupts_patience = guest_arg("patience-us", TIMER_PATIENCE_US);
	gic_init();
	irq_set_raw_handler(interrupts_irq);
	for (uint32_t id = 32; id < gic_nr_irqs(); id++) {
		gic_set_edge(id, id != INTERRUPTS_LEVEL);
		gic_enable(id);
	}
	gic_dist_write(GICD_ISENABLER, 0xffffffffu);
	interrupts_arm();
	cpu_irq_enable();
}

static void interrupts_own(void)
{
	uint32_t sgi = witness_sgis.done++ % 16, before = interrupts_sgi[sgi];
	uint32_t levels = interrupts_level;

	gic_send_sgi(sgi, GIC_SGI_SELF, 0);
	(void)timer_wait_count(&interrupts_sgi[sgi], before + 1, interrupts_patience);
	witness_compare(&witness_sgis, sgi, interrupts_sgi[sgi], before + 1);
	witness_levels.done++;
	(void)kvm_irq_line(0, kvm_irq_spi(INTERRUPTS_LEVEL), 1);
	(void)timer_wait_count(&interrupts_level, levels + 1, interrupts_patience);
	witness_compare(&witness_levels, 0, interrupts_level, levels + 1);
	(void)kvm_irq_line(0, kvm_irq_spi(INTERRUPTS_EDGE), 1);
	(void)timer_wait_count(&interrupts_edge, 2 * witness_levels.done, interrupts_patience);
	witness_compare(&witness_levels, 1, interrupts_edge, 2 * witness_levels.done);
}

/* A tick that is due interrupts this at once. */
static bool interrupts_overdue(void)
{
	uint64_t limit = timer_us_to_ticks(interrupts_patience);
	bool overdue;

	cpu_irq_disable();
	overdue = timer_count() > interrupts_due + limit;
	cpu_irq_enable();
	return overdue;
}

void witness_interrupts(void)
{
	interrupts_own();
	if (interrupts_overdue()) {
		cpu_isb();
		witness_missed += interrupts_overdue();
	}
}

static void interrupts_raise(void)
{
	(void)kvm_irq_line(interrupts_with, kvm_irq_spi(INTERRUPTS_PARTNER), 1);
}

static bool interrupts_partner_runs(void)
{
	struct vm_info info;

	return vm_info(interrupts_with, &info) == 0 &&
	       (info.state == PLUMB_VM_RUNNING || info.state == PLUMB_VM_LOADING);
}

/* The partner may have to wait for its CPU. */
static uint64_t interrupts_others_patience(void)
{
	return 10 * timer_us_to_ticks(interrupts_patience);
}

/* The one that starts asks again when it has the answer; the other one answers. Each question and
 * each answer is one edge: none may get lost or come twice. */
bool witness_partner(void)
{
	uint32_t taken = interrupts_partner;

	if (!interrupts_with) {
		return true;
	}
	witness_pings = taken;
	if (!guest_has_arg("starts")) {
		for (; interrupts_answered != taken; interrupts_answered++) {
			interrupts_raise();
		}
		return true;
	}
	if (taken == interrupts_asked) {
		interrupts_asked++;
		interrupts_asked_at = timer_count();
		interrupts_raise();
		return true;
	}
	if (taken > interrupts_asked) {
		return false;
	}
	return timer_count() - interrupts_asked_at < interrupts_others_patience() ||
	       !interrupts_partner_runs();
}

/* The one that started waits for the last answer, and the other one for its end. */
bool witness_partner_end(void)
{
	uint64_t end = timer_count() + interrupts_others_patience();
	bool starts = guest_has_arg("starts");

	while (interrupts_with && interrupts_partner_runs() && timer_count() < end) {
		if (starts && interrupts_partner == interrupts_asked) {
			return true;
		}
		if (!starts) {
			(void)witness_partner();
		}
		cpu_relax();
	}
	return !interrupts_with || !starts || interrupts_partner == interrupts_asked ||
	       !interrupts_partner_runs();
}
