/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupts for vCPUs that run on other CPUs. Even vCPUs send, odd ones take: they spin, and all
 * of them share memory, so that a sender sees what was taken without an exit of the taker. Every
 * interrupt is counted: none is lost, none comes twice. Where a CPU can write another's list
 * registers (PLUMB_CAP_IRQ_NO_EXIT), the takers do not exit.
 * Bootargs: count=N interrupts in each phase; shared: a taker's CPU runs another partition, too;
 * cost: only the cost of a raise; only=N: only phase N; progress=N: a line after each N interrupts
 * of the first sender (test/tool injections).
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/test/nap.h"
#include <stdio.h>

#define REMOTE_FIRST 40u /* SPIs, eight for each sender: four edges, four levels */
#define REMOTE_LINES 4u
#define REMOTE_CPUS  4u
#define REMOTE_SGI   5u
#define REMOTE_OWN   6u	   /* an SGI that a taker sends to itself ... */
#define REMOTE_EVERY 500u  /* ... once in so many turns of its loop */
#define REMOTE_TICK  1000u /* us, of its timer */

enum remote_loop { REMOTE_SPINS, REMOTE_SLEEPS, REMOTE_WORKS };

/* What senders do, in this order. */
enum remote_phase {
	REMOTE_EDGES,
	REMOTE_ASLEEP,
	REMOTE_BUSY,
	REMOTE_SGIS,
	REMOTE_LEVELS,
	REMOTE_BURSTS,
	REMOTE_MANY,
	REMOTE_PHASES
};

struct remote_taker {
	volatile uint32_t ready;
	volatile uint32_t loop, loops; /* enum remote_loop: wanted, and as it is */
	volatile uint32_t ticks, own_sent, own_taken, other;
};

static uint32_t remote_count;
static uint32_t remote_nr_cpus;
static bool remote_shared;
static struct remote_taker remote_takers[REMOTE_CPUS];
/* By INTID; of SGIs, by the sender. */
static volatile uint32_t remote_sent[128], remote_taken[128];
static volatile uint32_t remote_sgi_sent[REMOTE_CPUS][REMOTE_CPUS];
static volatile uint32_t remote_sgi_taken[REMOTE_CPUS][REMOTE_CPUS];
static volatile uint32_t remote_late; /* waits that were too long */
static volatile enum remote_phase remote_phase;
static volatile uint32_t remote_done; /* senders that have ended a phase */
static uint32_t remote_phases;
static uint32_t remote_progress; /* bootargs; 0: no such lines */

static uint32_t remote_spi(uint32_t sender, uint32_t line, bool level)
{
	return REMOTE_FIRST + 4 * sender + line + (level ? 2 * REMOTE_LINES * REMOTE_CPUS / 2 : 0);
}

/* Senders 0 and 2 have SPIs 40..43 and 48..51 for edges, 56..59 and 64..67 for levels. */
static uint32_t remote_taker_of(uint32_t line)
{
	return 1 + 2 * (line % (remote_nr_cpus / 2));
}

static bool remote_is_level(uint32_t intid)
{
	return intid >= remote_spi(0, 0, true);
}

/* ---- takers ---- */

/* An edge counts when it has ended: the next one then finds its list register empty. A level counts
 * while it is active: it is lowered, and ends after that. */
static void remote_take_line(uint32_t iar)
{
	uint32_t intid = GIC_INTID(iar);

	if (remote_is_level(intid)) {
		uint32_t taken = remote_taken[intid] + 1;

		remote_taken[intid] = taken;
		while (remote_sent[intid] == taken) { /* the sender lowers it, then counts on */
			cpu_relax();
		}
	}
	gic_eoi(iar);
	cpu_dsb();
	remote_taken[intid]++;
}

static void remote_take_sgi(uint32_t self, uint32_t iar)
{
	gic_eoi(iar);
	cpu_dsb();
	if (GIC_INTID(iar) == REMOTE_SGI) {
		remote_sgi_taken[GIC_SOURCE(iar)][self]++;
	} else {
		remote_takers[self].own_taken++;
	}
}

static void remote_irq(void)
{
	uint32_t iar = gic_ack(), intid = GIC_INTID(iar), self = smp_cpu();

	if (intid == GIC_PPI_CNTV) {
		timer_stop();
		if (remote_takers[self].loop == REMOTE_WORKS) {
			timer_start_us(REMOTE_TICK);
		}
		gic_eoi(iar);
		remote_takers[self].ticks++;
	} else if (intid < 16) {
		remote_take_sgi(self, iar);
	} else if (intid >= REMOTE_FIRST && intid < 128) {
		remote_take_line(iar);
	} else if (intid != GIC_SPURIOUS) {
		gic_eoi(iar);
		remote_takers[self].other++;
	}
}

/* Its own SGI and its own timer: these exit. */
static void remote_work(struct remote_taker *taker, uint32_t turn)
{
	if (turn % REMOTE_EVERY == 0) {
		taker->own_sent++;
		gic_send_sgi(REMOTE_OWN, GIC_SGI_SELF, 0);
	}
}

/* What is pending ends a WFI, masked or not (ARM ARM B1.8.13). */
static void remote_sleep(const struct remote_taker *taker)
{
	cpu_irq_disable();
	if (taker->loop == REMOTE_SLEEPS) {
		cpu_wfi();
	}
	cpu_irq_enable();
}

static void remote_taker(void *arg)
{
	struct remote_taker *taker = arg;

	gic_init_cpu();
	gic_enable(GIC_PPI_CNTV);
	cpu_irq_enable();
	taker->ready = 1;
	for (uint32_t turn = 0;; turn++) {
		uint32_t loop = taker->loop;

		if (loop == REMOTE_WORKS && taker->loops != loop) {
			timer_start_us(REMOTE_TICK);
		} else if (loop != taker->loops) {
			timer_stop(); /* its next tick would be an exit of the next phase */
		}
		taker->loops = loop;
		if (loop == REMOTE_SLEEPS) {
			remote_sleep(taker);
		} else if (loop == REMOTE_WORKS) {
			remote_work(taker, turn);
		} else {
			cpu_relax();
		}
	}
}

/* ---- senders ---- */

/* Until *taken is `want`. False: it was too long, or is already beyond. */
static void remote_wait(const volatile uint32_t *taken, uint32_t want)
{
	uint64_t end = 0;

	for (uint32_t turn = 0; *taken != want; turn++) {
		cpu_relax(); /* where QEMU's CPUs take turns */
		if (turn % 1024 != 1023) {
			continue;
		}
		if (end == 0) {
			end = timer_count() + timer_us_to_ticks(TIMER_PATIENCE_US);
		} else if (timer_count() > end || remote_late) {
			remote_late = 1;
			return;
		}
	}
}

static void remote_raise(uint32_t intid)
{
	remote_sent[intid]++;
	(void)kvm_irq_line(0, kvm_irq_spi(intid), 1);
	(void)kvm_irq_line(0, kvm_irq_spi(intid), 0);
}

/* After one more interrupt. */
static void remote_tell(uint32_t sender, uint32_t done, uint32_t all)
{
	if (sender == 0 && remote_progress && done % remote_progress == 0 && done < all) {
		printf("remote: %u of %u\n", (unsigned)done, (unsigned)all);
	}
}

static void remote_edges(uint32_t sender)
{
	for (uint32_t n = 0; n < remote_count; n++) {
		uint32_t intid = remote_spi(sender, n % REMOTE_LINES, false);

		remote_raise(intid);
		remote_wait(&remote_taken[intid], remote_sent[intid]);
		remote_tell(sender, n + 1, remote_count);
	}
}

/* Counts by two: taken, and lowered. */
static void remote_levels(uint32_t sender)
{
	for (uint32_t n = 0; n < remote_count / 4; n++) {
		uint32_t intid = remote_spi(sender, n % REMOTE_LINES, true);

		remote_sent[intid]++;
		(void)kvm_irq_line(0, kvm_irq_spi(intid), 1);
		remote_wait(&remote_taken[intid], remote_sent[intid]);
		(void)kvm_irq_line(0, kvm_irq_spi(intid), 0);
		remote_sent[intid]++;
		remote_wait(&remote_taken[intid], remote_sent[intid]);
		remote_tell(sender, n + 1, remote_count / 4);
	}
}

static void remote_sgis(uint32_t sender)
{
	for (uint32_t n = 0; n < remote_count / 4; n++) {
		uint32_t taker = remote_taker_of(n);

		remote_sgi_sent[sender][taker]++;
		gic_send_sgi(REMOTE_SGI, GIC_SGI_LISTED, (uint8_t)(1u << taker));
		remote_wait(&remote_sgi_taken[sender][taker], remote_sgi_sent[sender][taker]);
	}
}

/* All lines at once, more than list registers in reach: by calls of their own, or by one call. */
static void remote_bursts(uint32_t sender, bool many)
{
	struct kvm_irq_level lines[2 * REMOTE_LINES];

	for (uint32_t n = 0; n < remote_count / 16; n++) {
		for (uint32_t line = 0; line < REMOTE_LINES; line++) {
			uint32_t intid = remote_spi(sender, line, false);

			lines[line] = (struct kvm_irq_level) { { kvm_irq_spi(intid) }, 1 };
			lines[REMOTE_LINES + line] =
				(struct kvm_irq_level) { { kvm_irq_spi(intid) }, 0 };
			if (many) {
				remote_sent[intid]++;
			} else {
				remote_raise(intid);
			}
		}
		if (many) {
			(void)kvm_irq_line_many(0, lines, 2 * REMOTE_LINES);
		}
		for (uint32_t line = 0; line < REMOTE_LINES; line++) {
			uint32_t intid = remote_spi(sender, line, false);

			remote_wait(&remote_taken[intid], remote_sent[intid]);
		}
	}
}

static void remote_send(uint32_t sender, enum remote_phase phase)
{
	switch (phase) {
	case REMOTE_SGIS:
		remote_sgis(sender);
		break;
	case REMOTE_LEVELS:
		remote_levels(sender);
		break;
	case REMOTE_BURSTS:
	case REMOTE_MANY:
		remote_bursts(sender, phase == REMOTE_MANY);
		break;
	default:
		remote_edges(sender);
		break;
	}
	(void)smp_add(&remote_done, 1);
}

static bool remote_is_wanted(uint32_t phase)
{
	return guest_arg("only", phase) == phase;
}

static void remote_second_sender(void *arg)
{
	uint32_t sender = smp_cpu();

	(void)arg;
	for (uint32_t phase = REMOTE_EDGES; phase < REMOTE_PHASES; phase++) {
		if (!remote_is_wanted(phase)) {
			continue;
		}
		while (remote_phase != (enum remote_phase)phase) {
			cpu_relax();
		}
		remote_send(sender, (enum remote_phase)phase);
	}
	for (;;) {
		cpu_wfi();
	}
}

/* ---- results ---- */

static uint32_t remote_stat(uint32_t vcpu, uint32_t index)
{
	uint64_t value = 0;

	(void)vm_stats(0, vcpu, index, &value);
	return (uint32_t)value;
}

/* Sums over all takers. */
struct remote_sums {
	uint32_t exits, kicks, mmio, irq, ticks, own, other;
};

static void remote_sum_own(struct remote_sums *sums)
{
	for (uint32_t taker = 1; taker < remote_nr_cpus; taker += 2) {
		sums->ticks += remote_takers[taker].ticks;
		sums->own += remote_takers[taker].own_sent;
		sums->other += remote_takers[taker].other;
	}
}

/* `begins`: of a phase. The takers go on: what explains their exits is read before them at the
 * beginning and after them at the end, so that none is without its cause. */
static struct remote_sums remote_sum(bool begins)
{
	struct remote_sums sums = { 0 };

	if (begins) {
		remote_sum_own(&sums);
	}
	for (uint32_t taker = 1; taker < remote_nr_cpus; taker += 2) {
		sums.exits += remote_stat(taker, PLUMB_STAT_EXITS);
		sums.kicks += remote_stat(taker, PLUMB_STAT_KICKS);
		sums.mmio += remote_stat(taker, PLUMB_STAT_MMIO);
		sums.irq += remote_stat(taker, PLUMB_STAT_IRQ);
	}
	if (!begins) {
		remote_sum_own(&sums);
	}
	return sums;
}

static struct remote_sums remote_difference(struct remote_sums a, struct remote_sums b)
{
	return (struct remote_sums) {
		b.exits - a.exits, b.kicks - a.kicks, b.mmio - a.mmio, b.irq - a.irq,
		b.ticks - a.ticks, b.own - a.own,     b.other
	};
}

/* Its loop has begun, or has left the one before: SLEEPS needs an interrupt for that. */
static void remote_set_loop(enum remote_loop loop)
{
	for (uint32_t taker = 1; taker < remote_nr_cpus; taker += 2) {
		remote_takers[taker].loop = loop;
		cpu_dsb();
		gic_send_sgi(REMOTE_SGI, GIC_SGI_LISTED, (uint8_t)(1u << taker));
		remote_sgi_sent[0][taker]++;
		remote_wait(&remote_sgi_taken[0][taker], remote_sgi_sent[0][taker]);
		remote_wait(&remote_takers[taker].loops, loop);
		while (loop == REMOTE_SPINS &&
		       (remote_takers[taker].own_taken != remote_takers[taker].own_sent) &&
		       !remote_late) {
		}
	}
}

/* The number of interrupts taken; of levels, each counts two. */
static uint32_t remote_total(const volatile uint32_t *counts, bool level)
{
	uint32_t total = 0;

	for (uint32_t n = REMOTE_FIRST; n < 128; n++) {
		total += remote_is_level(n) == level ? counts[n] : 0;
	}
	return total;
}

static void remote_report(const char *name, enum remote_phase phase, struct remote_sums sums)
{
	bool no_exit = hvc_call(PLUMB_CHECK_EXTENSION, PLUMB_CAP_IRQ_NO_EXIT, 0, 0).r0 != 0;
	uint32_t own = sums.own + 2 * sums.ticks + 2; /* each tick: fired, and ended */

	(void)report_check(!remote_late, "%s: none is waited for in vain", name);
	if (remote_shared || !no_exit) {
		return;
	}
	if (phase == REMOTE_SGIS && remote_nr_cpus > 2) {
		return; /* the same SGI from two senders: one waits for the other */
	}
	if (phase <= REMOTE_SGIS && phase != REMOTE_BUSY) {
		(void)report_equal(sums.exits, 0, "%s: the takers do not exit", name);
	}
	if (phase == REMOTE_BUSY) {
		(void)report_check(sums.own > 0 && sums.ticks > 0, "%s: %u SGIs, %u ticks", name,
				   (unsigned)sums.own, (unsigned)sums.ticks);
		(void)report_check(sums.exits <= own, "%s: only their own exits (%u)", name,
				   (unsigned)sums.exits);
	}
	if (phase <= REMOTE_SGIS) {
		(void)report_equal(sums.kicks, 0, "%s: nobody is kicked", name);
	}
}

static void remote_run(const char *name, enum remote_phase phase)
{
	static const enum remote_loop loops[REMOTE_PHASES] = {
		[REMOTE_ASLEEP] = REMOTE_SLEEPS,
		[REMOTE_BUSY] = REMOTE_WORKS,
	};
	uint32_t edges = remote_total(remote_taken, false);
	uint32_t levels = remote_total(remote_taken, true);
	struct remote_sums before, sums;
	uint64_t start;

	remote_set_loop(loops[phase]);
	before = remote_sum(true);
	start = timer_count();
	remote_phase = phase;
	remote_send(0, phase);
	remote_phases++;
	remote_wait(&remote_done, remote_phases * remote_nr_cpus / 2);
	start = timer_ticks_to_us(timer_count() - start);
	sums = remote_difference(before, remote_sum(false));
	remote_set_loop(REMOTE_SPINS);
	printf("remote: %s: %u edges, %u levels; takers: %u exits, %u kicks, %u us\n", name,
	       (unsigned)(remote_total(remote_taken, false) - edges),
	       (unsigned)(remote_total(remote_taken, true) - levels) / 2, (unsigned)sums.exits,
	       (unsigned)sums.kicks, (unsigned)start);
	remote_report(name, phase, sums);
}

/* With icount, an instruction takes a nanosecond: prints the sender's for one raise, and the exits
 * of the taker. */
static void remote_cost(void)
{
	uint32_t before = remote_stat(1, PLUMB_STAT_EXITS);
	uint64_t raises = 0, nothing = 0, start;

	for (uint32_t n = 0; n < remote_count; n++) {
		start = timer_count();
		nothing += timer_count() - start;
		remote_sent[REMOTE_FIRST]++;
		start = timer_count();
		(void)kvm_irq_line(0, kvm_irq_spi(REMOTE_FIRST), 1);
		raises += timer_count() - start;
		(void)kvm_irq_line(0, kvm_irq_spi(REMOTE_FIRST), 0);
		nap(20);
		remote_wait(&remote_taken[REMOTE_FIRST], remote_sent[REMOTE_FIRST]);
	}
	raises = (raises - nothing) * 1000000000u / timer_frequency() / remote_count;
	printf("remote: a raise: %u instructions of the sender, %u exits of the taker in %u "
	       "raises\n",
	       (unsigned)raises, (unsigned)(remote_stat(1, PLUMB_STAT_EXITS) - before),
	       (unsigned)remote_count);
	(void)report_check(!remote_late, "none is waited for in vain");
	report_summary();
}

static void remote_start(void)
{
	for (uint32_t sender = 0; sender < remote_nr_cpus; sender += 2) {
		for (uint32_t line = 0; line < 2 * REMOTE_LINES; line++) {
			uint32_t intid =
				remote_spi(sender, line % REMOTE_LINES, line >= REMOTE_LINES);

			gic_set_edge(intid, line < REMOTE_LINES);
			gic_set_targets(intid, (uint8_t)(1u << remote_taker_of(line)));
			gic_enable(intid);
		}
	}
	for (uint32_t cpu = 1; cpu < remote_nr_cpus; cpu++) {
		(void)report_equal(
			(uint32_t)smp_start(cpu, cpu % 2 ? remote_taker : remote_second_sender,
					    &remote_takers[cpu]),
			0, "CPU %u starts", (unsigned)cpu);
		nap(1000); /* with icount, CPUs take turns */
		if (cpu % 2) {
			remote_wait(&remote_takers[cpu].ready, 1);
		}
	}
}

int main(void)
{
	static const char *const names[REMOTE_PHASES] = {
		[REMOTE_EDGES] = "edges",
		[REMOTE_ASLEEP] = "edges for sleepers",
		[REMOTE_BUSY] = "edges beside timer and SGIs",
		[REMOTE_SGIS] = "SGIs",
		[REMOTE_LEVELS] = "levels",
		[REMOTE_BURSTS] = "bursts",
		[REMOTE_MANY] = "bursts in one call",
	};

	gic_init();
	remote_count = guest_arg("count", 2000);
	remote_shared = guest_has_arg("shared");
	remote_progress = guest_arg("progress", 0);
	remote_nr_cpus = smp_count() & ~1u;
	remote_phase = REMOTE_PHASES;
	gic_enable(GIC_PPI_CNTV);
	irq_set_raw_handler(remote_irq);
	remote_start();
	if (guest_has_arg("cost")) {
		remote_cost();
	}
	for (uint32_t phase = REMOTE_EDGES; phase < REMOTE_PHASES; phase++) {
		if (remote_is_wanted(phase)) {
			remote_run(names[phase], (enum remote_phase)phase);
		}
	}
	(void)report_equal(remote_total(remote_taken, false), remote_total(remote_sent, false),
			   "edges: none lost, none twice");
	(void)report_equal(remote_total(remote_taken, true), remote_total(remote_sent, true),
			   "levels: none lost, none twice");
	(void)report_equal(remote_sum(false).other, 0, "no other interrupt");
	report_summary();
}
