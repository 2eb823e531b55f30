/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The longest that the monitor works for one access or call of a guest's, in which it takes no
 * interrupt, counted in instructions (-icount shift=0: one takes 1 ns). Found, not known: every
 * word of the distributor is read and written in every state that makes it much, and the calls. The
 * longest are listed.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include <stdio.h>

#define WORST_LIMIT	10000u /* instructions */
#define WORST_LIST	12u
#define WORST_LINES	16u /* of KVM_IRQ_LINE, many, that are applied in one go */
#define WORST_WORDS	32u
#define WORST_IRQS	1020u
#define WORST_SETTLE_US 20000u /* for the last one's WFI */

/* What there is to look at: bits of a state. */
#define STATE_ON      0x01u /* the distributor */
#define STATE_PENDING 0x02u /* every interrupt */
#define STATE_ACTIVE  0x04u
#define STATE_MIXED   0x08u /* priorities, else in order */
#define STATE_GROUPS  0x10u /* every other one in group 1, which is on, too */
#define STATES	      0x20u

enum worst_kind { WORST_READ, WORST_WRITE, WORST_DIR, WORST_CALL, WORST_MANY };

struct worst {
	uint32_t took, what, value, state;
	enum worst_kind kind;
};

static struct worst list[WORST_LIST]; /* the longest first */
static uint32_t state, tick, nr_vcpus;

static uint32_t priority_of(uint32_t intid)
{
	return state & STATE_MIXED ? intid * 8 & 0xf8 : 0xf8 - (intid / 8 * 8 & 0xf8);
}

/* All words of a row of one-bit registers but the first, in which the timer and SGIs are. */
static void all(uint32_t row, uint32_t value)
{
	for (uint32_t n = 1; n < WORST_WORDS; n++) {
		gic_dist_write(row + 4 * n, value);
	}
}

static void prepare(void)
{
	gic_dist_write(GICD_CTLR, 0);
	all(GICD_ICACTIVER, 0xffffffff);
	all(GICD_ICPENDR, 0xffffffff);
	all(GICD_ISENABLER, 0xffffffff);
	all(GICD_IGROUPR, state & STATE_GROUPS ? 0x55555555 : 0);
	for (uint32_t n = 32; n < WORST_IRQS; n += 4) {
		gic_dist_write(GICD_IPRIORITYR + n, priority_of(n) | priority_of(n + 1) << 8 |
							    priority_of(n + 2) << 16 |
							    priority_of(n + 3) << 24);
		gic_dist_write(GICD_ITARGETSR + n,
			       nr_vcpus > 1 ? n & 4 ? 0x80402010 : 0x08040201 : 0x01010101);
	}
	if (state & STATE_PENDING) {
		all(GICD_ISPENDR, 0xffffffff);
	}
	if (state & STATE_ACTIVE) {
		all(GICD_ISACTIVER, 0xffffffff);
	}
	gic_dist_write(GICD_CTLR, state & STATE_ON ? 3 : 0);
}

static void note(uint32_t took, enum worst_kind kind, uint32_t what, uint32_t value)
{
	struct worst one = { took, what, value, state, kind };

	for (uint32_t n = 0; n < WORST_LIST; n++) {
		struct worst next = list[n];

		if (one.took > next.took) {
			list[n] = one;
			one = next;
		}
		if (next.kind == kind && next.what == what) {
			return;
		}
	}
}

/* Rows of registers: what was the longest in each. */
static uint32_t row_of(uint32_t offset)
{
	return offset >= GICD_IPRIORITYR && offset < GICD_ICFGR ? offset & ~0x3ffu
								: offset & ~0x7fu;
}

static void measure(enum worst_kind kind, uint32_t offset, uint32_t value)
{
	uint64_t began = timer_count();

	switch (kind) {
	case WORST_READ:
		(void)gic_dist_read(offset);
		break;
	case WORST_WRITE:
		gic_dist_write(offset, value);
		break;
	default:
		gic_dir(value);
		break;
	}
	note((uint32_t)(timer_count() - began) * tick, kind, kind == WORST_DIR ? 0 : row_of(offset),
	     value);
}

static void row(enum worst_kind kind, uint32_t offset, uint32_t value)
{
	prepare();
	for (uint32_t n = 0; n < WORST_WORDS; n++) {
		measure(kind, offset + 4 * n, value);
	}
}

static void rows(void)
{
	for (uint32_t offset = 0; offset < 0x1000; offset += 4 * WORST_WORDS) {
		row(WORST_READ, offset, 0);
		row(WORST_WRITE, offset, 0);
		row(WORST_WRITE, offset, 0xffffffff);
		row(WORST_WRITE, offset, 0xaaaaaaaa);
	}
	prepare();
	for (uint32_t n = 0; n < WORST_WORDS; n++) {
		measure(WORST_WRITE, GICD_CTLR, n * 7 & 3); /* each value after each */
		measure(WORST_DIR, 0, 32 + 31 * n);
	}
}

static void call(enum worst_kind kind, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3)
{
	uint64_t began = timer_count();

	(void)hvc_call(r0, r1, r2, r3);
	note((uint32_t)(timer_count() - began) * tick, kind, r0, r2);
}

/* Lines of every word, and of one; up and down. */
static void calls_many(void)
{
	static struct kvm_irq_level lines[WORST_LINES];

	for (uint32_t n = 0; n < 4; n++) {
		for (uint32_t i = 0; i < WORST_LINES; i++) {
			lines[i].irq = kvm_irq_spi(n & 2 ? 40 + 57 * i : 64 + i);
			lines[i].level = n & 1 ? 0 : 1;
		}
		call(WORST_MANY, PLUMB_IRQ_LINE_MANY, 0, (uint32_t)(uintptr_t)lines, WORST_LINES);
	}
}

static void calls(void)
{
	static const uint32_t functions[] = {
		PLUMB_GET_IRQ_STATE, PLUMB_GET_VM_INFO,	    PLUMB_GET_STATS,
		PLUMB_GET_VM_NAME,   PLUMB_GET_API_VERSION, PLUMB_CHECK_EXTENSION,
		PLUMB_CALL_UID,	     PLUMB_IRQ_LINE_STATUS, PSCI_VERSION,
		PSCI_AFFINITY_INFO,  PSCI_FEATURES,	    PSCI_CPU_ON,
	};

	prepare();
	for (uint32_t n = 0; n < sizeof(functions) / sizeof(functions[0]); n++) {
		call(WORST_CALL, functions[n], 0, kvm_irq_spi(40), 0);
		call(WORST_CALL, functions[n], 0, 0, 1);
	}
	for (uint32_t n = 32; n < WORST_IRQS; n += 13) {
		call(WORST_CALL, PLUMB_IRQ_LINE, 0, kvm_irq_spi(n), 1);
		call(WORST_CALL, PLUMB_IRQ_LINE, 0, kvm_irq_spi(n), 0);
		call(WORST_CALL, PLUMB_GET_IRQ_STATE, 0, kvm_irq_spi(n), 0);
	}
	calls_many();
}

static void tell(const struct worst *one)
{
	static const char *const kinds[] = { "read of GICD", "write to GICD", "GICC_DIR", "HVC",
					     "HVC, sixteen lines" };

	printf("WORST: %u instructions: %s 0x%x, 0x%x;%s%s%s%s%s\n", (unsigned)one->took,
	       kinds[one->kind], (unsigned)one->what, (unsigned)one->value,
	       one->state & STATE_ON ? " on" : " off",
	       one->state & STATE_PENDING ? ", pending" : "",
	       one->state & STATE_ACTIVE ? ", active" : "",
	       one->state & STATE_MIXED ? ", mixed priorities" : "",
	       one->state & STATE_GROUPS ? ", two groups" : "");
}

static volatile uint32_t sleepers;

/* Waits for what is never signalled. */
static void asleep(void *arg)
{
	(void)arg;
	gic_init_cpu();
	gic_set_pmr(0);
	(void)smp_add(&sleepers, 1);
	for (;;) {
		cpu_wfi();
	}
}

int main(void)
{
	nr_vcpus = guest_arg("vcpus", 1);
	gic_init();
	gic_set_pmr(0);
	tick = 1000000000u / timer_frequency();
	for (uint32_t n = 1; n < nr_vcpus; n++) {
		(void)report_check(smp_start(n, asleep, NULL) == PSCI_SUCCESS, "vCPU %u starts",
				   (unsigned)n);
	}
	(void)report_check(timer_wait_count(&sleepers, nr_vcpus - 1, TIMER_PATIENCE_US),
			   "the others sleep");
	timer_delay_us(WORST_SETTLE_US);
	for (state = 0; state < STATES; state++) {
		rows();
		calls();
	}
	state = 0;
	prepare();
	for (uint32_t n = 0; n < WORST_LIST && list[n].took; n++) {
		tell(&list[n]);
	}
	(void)report_check(list[0].took <= WORST_LIMIT, "the longest: at most %u instructions",
			   WORST_LIMIT);
	report_summary();
}
