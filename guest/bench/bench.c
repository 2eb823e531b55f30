/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Costs of what a guest does often, in instructions. It means something under QEMU's -icount
 * shift=0 only, where an instruction takes 1 ns and the counter tells the time in ticks of 16.
 * Every figure is a mean over BENCH_ROUNDS, less the same with nothing in it; rounds begin at
 * all phases of the counter (a timer's interrupts: end, see vectors.S), so that its coarse ticks
 * average out.
 */
#include "guest/bench/bench.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include "guest/lib/uart.h"
#include <stdio.h>

#define BENCH_PHASES	   16u
#define BENCH_ROUNDS	   1024u /* unless rounds=N is among the bootargs; see bench_shift */
#define BENCH_SGI	   5u
#define BENCH_AHEAD	   500u	 /* ticks from arming the timer to its firing: long enough to be */
#define BENCH_AHEAD_SHARED 2000u /* asleep, and with other partitions on the CPU */
#define BENCH_QUIET_US	   6000u /* then what a hypervisor has said is out */
#define BENCH_NS_SECOND	   1000000000u
#define BENCH_ENTRY_FIXED  5u /* instructions of the handler before its stamp, always */

uint32_t bench_rounds;
static bool bench_traced;

/*
 * One instruction more in every sixteenth round. A round takes L instructions otherwise, so round
 * 16 b + j begins at phase j L + b against the counter (modulo 16), with b from 0 to 15: over 256
 * rounds all phases come equally often, whatever L is, and what ticks cut off averages out exactly.
 */
void bench_shift(uint32_t round)
{
	__asm__ volatile("tst	%0, #15\n\t"
			 "bne	1f\n\t"
			 "nop\n"
			 "1:"
			 :
			 : "r"(round)
			 : "cc");
}

/* Nanoseconds, that is instructions. */
uint64_t bench_ns(uint64_t ticks)
{
	return ticks * BENCH_NS_SECOND / timer_frequency();
}

/* Sums over all rounds. */
void bench_print(const char *name, uint64_t ns, uint64_t overhead)
{
	uint64_t net = ns > overhead ? ns - overhead : 0;

	printf("BENCH: %s = %u instructions\n", name,
	       (unsigned)((net + bench_rounds / 2) / bench_rounds));
}

/* The last round is traced. */
void bench_begin(const char *name, uint32_t round)
{
	if (bench_traced && name && round == bench_rounds - 1) {
		bench_mark(name);
	}
}

void bench_end(uint32_t round)
{
	if (bench_traced && round == bench_rounds - 1) {
		bench_mark(NULL);
	}
}

void bench_set_vectors(const uint32_t *vectors)
{
	CPU_CP15_WRITE(0, c12, c0, 0, vectors); /* VBAR */
	cpu_isb();
}

/* ---- operations that end by themselves ---- */

/* Zeros change nothing: the cost of the access. */
static const struct bench_op bench_dist_write = { bench_op_write,
						  GIC_DIST_BASE + GICD_ISENABLER + 4, 0, 0, 0 };
static const struct bench_op bench_dist_read = { bench_op_read, GIC_DIST_BASE + GICD_CTLR, 0, 0,
						 0 };
static const struct bench_op bench_uart_read = { bench_op_read, UART_BASE + UART_FR, 0, 0, 0 };
static const struct bench_op bench_pmr_read = { bench_op_read, GIC_CPU_BASE + GICC_PMR, 0, 0, 0 };
static const struct bench_op bench_psci_version = { bench_op_hvc, PSCI_VERSION, 0, 0, 0 };
static const struct bench_op bench_actlr_read = { bench_op_actlr, 0, 0, 0, 0 };
static const struct bench_op bench_nothing = { bench_op_none, 0, 0, 0, 0 };

static void bench_do(const struct bench_op *op)
{
	op->fn(op->a0, op->a1, op->a2, op->a3);
}

/* What the operation takes in all rounds. `name`: to trace it; NULL: not. */
static uint64_t bench_time(const char *name, const struct bench_op *op, const struct bench_op *undo)
{
	uint64_t sum = 0;

	bench_do(op);
	for (uint32_t i = 0; i < bench_rounds; i++) {
		uint64_t begin;

		bench_do(undo);
		bench_begin(name, i);
		bench_shift(i);
		begin = timer_count();
		bench_do(op);
		sum += timer_count() - begin;
		bench_end(i);
	}
	return bench_ns(sum);
}

void bench_op(const char *name, struct bench_op op, const struct bench_op *undo)
{
	uint64_t ns = bench_time(name, &op, undo ? undo : &bench_nothing);

	bench_print(name, ns, bench_time(NULL, &bench_nothing, &bench_nothing));
}

/* ---- interrupts ---- */

struct bench_irq_times {
	uint64_t entry; /* from the cause to the handler's first instruction */
	uint64_t whole; /* to the interrupted code, after EOI */
};

/* Until the handler has run: with WFI, asleep when the cause comes. */
static void bench_await(uint32_t entries, bool sleep)
{
	while (bench_entries == entries) {
		if (sleep) {
			cpu_wfi();
		}
	}
}

/* From one reading of the counter to the next. */
static uint64_t bench_time_stamp(void)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < bench_rounds; i++) {
		uint64_t begin;

		bench_shift(i);
		begin = timer_count();
		sum += timer_count() - begin;
	}
	return bench_ns(sum);
}

static struct bench_irq_times bench_time_sgi(void)
{
	uint64_t entry = 0, whole = 0;

	bench_entry_skip = 4 * (BENCH_PHASES - 1);
	for (uint32_t i = 0; i < bench_rounds; i++) {
		uint32_t entries = bench_entries;
		uint64_t begin;

		bench_begin("SGI to self", i);
		bench_shift(i);
		begin = timer_count();
		gic_dist_write(GICD_SGIR, (uint32_t)GIC_SGI_SELF << 24 | BENCH_SGI);
		bench_await(entries, false);
		whole += timer_count() - begin;
		bench_end(i);
		entry += bench_entry_stamp - begin;
	}
	return (struct bench_irq_times) { bench_ns(entry), bench_ns(whole) };
}

static struct bench_irq_times bench_time_timer(const char *name, bool sleep)
{
	const uint32_t ahead = guest_has_arg("shared") ? BENCH_AHEAD_SHARED : BENCH_AHEAD;
	uint64_t entry = 0, whole = 0;

	for (uint32_t i = 0; i < bench_rounds; i++) {
		uint32_t entries = bench_entries;
		uint64_t when;

		bench_begin(name, i);
		bench_entry_skip = 4 * (i % BENCH_PHASES);
		when = timer_count() + ahead;
		timer_set_cval(when);
		timer_set_control(TIMER_CTL_ENABLE);
		bench_await(entries, sleep);
		whole += timer_count() - when;
		bench_end(i);
		entry += bench_entry_stamp - when;
	}
	return (struct bench_irq_times) { bench_ns(entry), bench_ns(whole) };
}

/* Any interrupt of bench's own, or the time. */
void bench_nap(uint32_t us)
{
	uint32_t entries = bench_entries;

	timer_start_us(us);
	cpu_irq_enable();
	bench_await(entries, true);
	cpu_irq_disable();
}

/* The mean over n = 0..15 of floor((x + n) / 16) is x / 16: the varying ones cost nothing where
 * they only make up for the cut-off. */
void bench_wake(const char *name)
{
	struct bench_irq_times times;

	cpu_irq_enable();
	times = bench_time_timer(name, true);
	cpu_irq_disable();
	bench_print(name, times.entry, BENCH_ENTRY_FIXED * bench_rounds);
}

static void bench_interrupts(void)
{
	uint64_t fixed = BENCH_ENTRY_FIXED * bench_rounds;
	uint64_t stamp = bench_time_stamp();
	struct bench_irq_times times;

	cpu_irq_enable();
	times = bench_time_sgi();
	bench_print("SGI to self, GICD_SGIR write to handler entry", times.entry, stamp + fixed);
	bench_print("SGI to self, whole, with EOI", times.whole, stamp + fixed);
	times = bench_time_timer("virtual timer", false);
	bench_print("virtual timer, CVAL to handler entry", times.entry, fixed);
	bench_print("virtual timer, whole, with EOI", times.whole, fixed);
	cpu_irq_disable();
	bench_wake("WFI wake-up by timer, CVAL to handler entry");
}

static void bench_alone(void)
{
	bench_op("HVC PSCI_VERSION, round trip", bench_psci_version, NULL);
	bench_op("GICD_CTLR read", bench_dist_read, NULL);
	bench_op("GICD_ISENABLER1 write", bench_dist_write, NULL);
	bench_op("PL011 FR read", bench_uart_read, NULL);
	bench_op("ACTLR read", bench_actlr_read, NULL);
	bench_op("GICC_PMR read", bench_pmr_read, NULL);
	bench_interrupts();
}

int main(void)
{
	uint64_t reset = timer_physical_count();

	if (guest_has_arg("peer")) {
		return bench_peer();
	}
	if (guest_has_arg("backend")) {
		return bench_backend();
	}
	if (guest_has_arg("sleeper")) {
		return bench_sleeper();
	}
	printf("main() begins %u us after reset\n", (unsigned)(bench_ns(reset) / 1000));
	bench_traced = guest_has_arg("traced");
	bench_rounds = guest_arg("rounds", BENCH_ROUNDS);
	gic_init();
	bench_set_vectors(bench_vectors);
	gic_enable(GIC_PPI_CNTV);
	timer_delay_us(BENCH_QUIET_US);
	printf("begin\n"); /* what came before is no operation's */
	if (guest_has_arg("above")) {
		bench_lines_above();
	} else if (guest_has_arg("served")) {
		bench_served();
	} else if (guest_has_arg("vms")) {
		bench_vms();
	} else if (guest_has_arg("link")) {
		bench_lines_link();
	} else if (guest_has_arg("shared")) {
		bench_lines_shared();
		bench_wake("WFI wake-up by timer, all others asleep");
	} else {
		bench_alone();
		bench_lines_beside();
	}
	bench_end_all();
	return 0;
}
