/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Costs of what a guest does often, in instructions. It means something under QEMU's -icount
 * shift=0 only, where an instruction takes 1 ns and the counter tells the time in ticks of 16.
 * Every figure is a mean over BENCH_ROUNDS, less the same with nothing in it; rounds begin at
 * shifting phases of the counter (interrupts: end, see vectors.S), so that its coarse ticks average
 * out.
 */
#include "guest/demo/bench_lines.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include "guest/lib/uart.h"
#include <stdio.h>

#define BENCH_PHASES 16u
#define BENCH_ROUNDS (64u * BENCH_PHASES)
#define BENCH_SGI    5u
#define BENCH_AHEAD                                                                  \
	2000u /* ticks from arming the timer to its firing: long enough to be asleep \
	       */
#define BENCH_PEER_US	  5000000u
#define BENCH_QUIET_US	  100000u /* then what a hypervisor has said is out */
#define BENCH_NS_SECOND	  1000000000u
#define BENCH_ENTRY_FIXED 4u /* instructions of bench_irq before its stamp, always */
#define BENCH_BAD_TYPE	  3u
#define BENCH_GSI_SPI	  32u /* GSI 0 by default */

extern const uint32_t bench_vectors[];
extern volatile uint64_t bench_entry_stamp;
extern volatile uint32_t bench_entries;
extern volatile uint32_t bench_entry_skip;

static uint32_t bench_peer;

/* A round's phase against the counter: three instructions each, prime to 16. */
static void bench_shift(uint32_t i)
{
	for (uint32_t n = i % BENCH_PHASES; n != 0; n--) {
		__asm__ volatile("nop");
	}
}

/* Nanoseconds, that is instructions. */
static uint64_t bench_ns(uint64_t ticks)
{
	return ticks * BENCH_NS_SECOND / timer_frequency();
}

/* Sums over all rounds. */
static void bench_print(const char *name, uint64_t ns, uint64_t overhead)
{
	uint64_t net = ns > overhead ? ns - overhead : 0;

	printf("BENCH: %s = %u instructions\n", name,
	       (unsigned)((net + BENCH_ROUNDS / 2) / BENCH_ROUNDS));
}

/* ---- operations that end by themselves ---- */

static void bench_op_nothing(void)
{
	__asm__ volatile("");
}

static void bench_op_psci_version(void)
{
	(void)hvc_call(PSCI_VERSION, 0, 0, 0);
}

static void bench_op_dist_read(void)
{
	(void)gic_dist_read(GICD_CTLR);
}

/* Zeros change nothing: the cost of the access. */
static void bench_op_dist_write(void)
{
	gic_dist_write(GICD_ISENABLER + 4, 0);
}

static void bench_op_uart_read(void)
{
	(void)mmio_read32(UART_BASE + UART_FR);
}

static void bench_op_pmr_read(void)
{
	(void)gic_cpu_read(GICC_PMR);
}

static void bench_op_raise(void)
{
	(void)kvm_irq_line(bench_peer, kvm_irq_spi(BENCH_SPI_LINE), 1);
}

static void bench_op_lower(void)
{
	(void)kvm_irq_line(bench_peer, kvm_irq_spi(BENCH_SPI_LINE), 0);
}

static void bench_op_raise_gsi(void)
{
	(void)kvm_gsi_line(bench_peer, BENCH_SPI_LINE - BENCH_GSI_SPI, 1);
}

static void bench_op_bad_type(void)
{
	(void)kvm_irq_line(bench_peer, kvm_irq_word(BENCH_BAD_TYPE, 0, BENCH_SPI_LINE), 1);
}

/* What op takes in all rounds; `undo` runs between them, outside the time. */
static uint64_t bench_time(void (*volatile op)(void), void (*volatile undo)(void))
{
	uint64_t sum = 0;

	op();
	for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
		uint64_t begin;

		undo();
		bench_shift(i);
		begin = timer_count();
		op();
		sum += timer_count() - begin;
	}
	return bench_ns(sum);
}

static void bench_op(const char *name, void (*op)(void), void (*undo)(void))
{
	uint64_t ns = bench_time(op, undo);

	bench_print(name, ns, bench_time(bench_op_nothing, bench_op_nothing));
}

/* ---- interrupts ---- */

struct bench_irq_times {
	uint64_t entry; /* from the cause to the vector's first instructions */
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

	for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
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
	for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
		uint32_t entries = bench_entries;
		uint64_t begin;

		bench_shift(i);
		begin = timer_count();
		gic_dist_write(GICD_SGIR, (uint32_t)GIC_SGI_SELF << 24 | BENCH_SGI);
		bench_await(entries, false);
		whole += timer_count() - begin;
		entry += bench_entry_stamp - begin;
	}
	return (struct bench_irq_times) { bench_ns(entry), bench_ns(whole) };
}

static struct bench_irq_times bench_time_timer(bool sleep)
{
	uint64_t entry = 0, whole = 0;

	for (uint32_t i = 0; i < BENCH_ROUNDS; i++) {
		uint32_t entries = bench_entries;
		uint64_t when;

		bench_entry_skip = 4 * (i % BENCH_PHASES);
		when = timer_count() + BENCH_AHEAD;
		timer_set_cval(when);
		timer_set_control(TIMER_CTL_ENABLE);
		bench_await(entries, sleep);
		whole += timer_count() - when;
		entry += bench_entry_stamp - when;
	}
	return (struct bench_irq_times) { bench_ns(entry), bench_ns(whole) };
}

static void bench_interrupts(void)
{
	uint64_t fixed = BENCH_ENTRY_FIXED * BENCH_ROUNDS;
	uint64_t stamp = bench_time_stamp();
	struct bench_irq_times times;

	gic_enable(GIC_PPI_CNTV);
	cpu_irq_enable();
	times = bench_time_sgi();
	bench_print("SGI to self, GICD_SGIR write to handler entry", times.entry, stamp + fixed);
	bench_print("SGI to self, whole, with EOI", times.whole, stamp + fixed);
	times = bench_time_timer(false);
	/* The mean over n = 0..15 of floor((x + n) / 16) is x / 16: the varying ones cost nothing
	 * where they only make up for the cut-off. */
	bench_print("virtual timer, CVAL to handler entry", times.entry, fixed);
	bench_print("virtual timer, whole, with EOI", times.whole, fixed);
	times = bench_time_timer(true);
	bench_print("WFI wake-up by timer, CVAL to handler entry", times.entry, fixed);
	cpu_irq_disable();
}

/* ---- the peer ---- */

static bool bench_peer_is_ready(void *arg)
{
	uint32_t state = 0;

	(void)arg;
	return irq_state(bench_peer, kvm_irq_spi(BENCH_SPI_READY), &state) == 0 &&
	       (state & PLUMB_IRQ_ENABLED) != 0;
}

static bool bench_find_peer(void)
{
	if (!hvc_is_plumbline()) {
		return false;
	}
	bench_peer = vm_find("benchpeer");
	return bench_peer != 0 && timer_wait_until(bench_peer_is_ready, NULL, BENCH_PEER_US);
}

static void bench_lines(void)
{
	if (!bench_find_peer()) {
		printf("no peer: KVM_IRQ_LINE is left out\n");
		return;
	}
	timer_delay_us(1000); /* it is in its WFI */
	bench_op("KVM_IRQ_LINE raise, vCPU waits", bench_op_raise, bench_op_lower);
	bench_op("KVM_IRQ_LINE lower, vCPU waits", bench_op_lower, bench_op_raise);
	bench_op("KVM_IRQ_LINE by GSI raise, vCPU waits", bench_op_raise_gsi, bench_op_lower);
	bench_op_lower();
	bench_op("KVM_IRQ_LINE no change", bench_op_lower, bench_op_nothing);
	bench_op("KVM_IRQ_LINE refused, bad type", bench_op_bad_type, bench_op_nothing);
	(void)kvm_irq_line(bench_peer, kvm_irq_spi(BENCH_SPI_END), 1);
}

int main(void)
{
	gic_init();
	CPU_CP15_WRITE(0, c12, c0, 0, bench_vectors); /* VBAR */
	cpu_isb();
	timer_delay_us(BENCH_QUIET_US);
	printf("begin\n"); /* what came before is no operation's */
	bench_op("HVC PSCI_VERSION, round trip", bench_op_psci_version, bench_op_nothing);
	bench_op("GICD_CTLR read", bench_op_dist_read, bench_op_nothing);
	bench_op("GICD_ISENABLER1 write", bench_op_dist_write, bench_op_nothing);
	bench_op("PL011 FR read", bench_op_uart_read, bench_op_nothing);
	bench_op("GICC_PMR read", bench_op_pmr_read, bench_op_nothing);
	bench_interrupts();
	bench_lines();
	return 0;
}
