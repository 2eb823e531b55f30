/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of the peer, driven by bench: what the call costs, and what it takes to the peer's handler,
 * whose stamps the peer adds up. A difference of two sums of times is the sum of the differences.
 */
#include "guest/bench/bench.h"
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include <stdio.h>
#include <stdlib.h>

#define LINES_PEER	 2u /* its handle: the second partition */
#define LINES_TURNS	 4u /* of the other CPU: more than enough for its handler */
#define LINES_WAIT_MS	 20000u
#define LINES_BAD_TYPE	 3u
#define LINES_FIRST_SPI	 32u
#define LINES_READ_FIXED 1u /* the reading of the counter itself */
#define LINES_HINT_FIXED 1u /* YIELD */

/* Sums over all rounds: ticks, modulo 2^32 as the peer's. */
struct lines_times {
	uint32_t begin, after, woken; /* struct bench_call_times */
	uint32_t handler, slept;      /* the peer's */
};

static struct bench_op lines_op(uint32_t spi, uint32_t level)
{
	return (struct bench_op) { bench_op_hvc, PLUMB_IRQ_LINE, LINES_PEER, kvm_irq_spi(spi),
				   level };
}

static bool lines_is_ready(uint32_t handle)
{
	uint32_t state = 0;

	return irq_state(handle, kvm_irq_spi(BENCH_SPI_READY), &state) == 0 &&
	       (state & PLUMB_IRQ_ENABLED) != 0;
}

static bool lines_exists(uint32_t handle)
{
	struct vm_info info;

	return vm_info(handle, &info) == 0;
}

/* False: there is no peer. */
static bool lines_wait_for_all(void)
{
	if (!hvc_is_plumbline() || !lines_exists(LINES_PEER)) {
		printf("no peer: its lines are left out\n");
		return false;
	}
	for (uint32_t handle = LINES_PEER, ms = 0; lines_exists(handle); handle++) {
		while (!lines_is_ready(handle)) {
			if (++ms > LINES_WAIT_MS) {
				printf("partition %u is not ready\n", (unsigned)handle);
				exit(1);
			}
			bench_nap(1000);
		}
	}
	bench_nap(1000); /* the last one is in its WFI */
	gic_set_edge(BENCH_SPI_WAKE, true);
	gic_enable(BENCH_SPI_WAKE);
	printf("begin\n");
	return true;
}

void bench_end_all(void)
{
	for (uint32_t handle = LINES_PEER; hvc_is_plumbline() && lines_exists(handle); handle++) {
		(void)kvm_irq_line(handle, kvm_irq_spi(BENCH_SPI_END), 1);
	}
}

/* The peer's WAKE, with interrupts masked. `beside`: the peer is on another CPU, and this one must
 * not sleep, or the time to its handler would have this CPU's wake-up in it. */
static void lines_await_wake(bool beside)
{
	while (!gic_is_pending(BENCH_SPI_WAKE)) {
		if (beside) {
			cpu_relax();
		} else {
			__asm__ volatile("wfi" ::: "memory");
		}
	}
	gic_clear_pending(BENCH_SPI_WAKE);
}

static void lines_turns(void)
{
	for (uint32_t n = 0; n < LINES_TURNS; n++) {
		cpu_relax();
	}
}

static void lines_command(uint32_t spi)
{
	(void)kvm_irq_line(LINES_PEER, kvm_irq_spi(spi), 1);
}

/* One of the peer's sums; ends the program if it has lost a line. */
static uint32_t lines_hear(uint32_t command, bool beside)
{
	uint32_t heard;

	lines_command(command);
	lines_await_wake(beside);
	if (beside) {
		lines_turns();
	}
	heard = gic_dist_read(GICD_ISPENDR + BENCH_SPI_NR / 8);
	if (heard != bench_rounds) {
		printf("the peer took %u of %u lines\n", (unsigned)heard, (unsigned)bench_rounds);
		exit(1);
	}
	return gic_dist_read(GICD_ISPENDR + BENCH_SPI_SUM / 8);
}

/* `bell`: not by a call, but by the doorbell of shared memory; the peer is beside. */
static struct lines_times lines_time(const char *mark, bool beside, bool bell)
{
	struct bench_op op = bell ? bench_doorbell() : lines_op(BENCH_SPI_EDGE, 1);
	struct lines_times sum = { 0 };

	for (uint32_t i = 0; i < bench_rounds; i++) {
		struct bench_call_times times;

		bench_begin(mark, i);
		bench_shift(i);
		if (bell) {
			bench_store_yield(op.a0, op.a1, op.a2, op.a3, &times);
			lines_turns();
		} else if (beside) {
			bench_call_yield(op.a0, op.a1, op.a2, op.a3, &times);
			lines_turns();
		} else {
			bench_call_wfi(op.a0, op.a1, op.a2, op.a3, &times);
		}
		bench_end(i);
		if (!beside) {
			lines_await_wake(false);
		}
		sum.begin += (uint32_t)times.begin;
		sum.after += (uint32_t)times.after;
		sum.woken += (uint32_t)times.woken;
	}
	sum.handler = lines_hear(BENCH_SPI_TELL, beside);
	sum.slept = lines_hear(BENCH_SPI_SLEPT, beside);
	return sum;
}

static void lines_print(const char *name, uint32_t ticks, uint32_t fixed)
{
	bench_print(name, bench_ns(ticks), (uint64_t)fixed * bench_rounds);
}

/* A reading of the counter stands in each of these times, and in front of the handler's stamp. */
static void lines_print_beside(const char *const names[3], const struct lines_times *times)
{
	uint32_t fixed = LINES_READ_FIXED + LINES_HINT_FIXED + BENCH_PEER_FIXED;

	lines_print(names[0], times->after - times->begin, LINES_READ_FIXED);
	lines_print(names[1], times->handler - times->after, fixed);
	lines_print(names[2], times->handler - times->begin, fixed + LINES_READ_FIXED);
}

static void lines_print_bell(const char *store, const char *handler,
			     const struct lines_times *times)
{
	lines_print(store, times->after - times->begin, LINES_READ_FIXED);
	lines_print(handler, times->handler - times->begin,
		    2 * LINES_READ_FIXED + LINES_HINT_FIXED + BENCH_PEER_FIXED);
}

void bench_lines_beside(void)
{
	static const char *const waits[3] = { "KVM_IRQ_LINE raise, vCPU in WFI on another CPU",
					      "the other CPU's part, in WFI",
					      "raise to handler, vCPU in WFI on another CPU" };
	static const char *const runs[3] = { "KVM_IRQ_LINE raise, vCPU runs on another CPU",
					     "the other CPU's part, running",
					     "raise to handler, vCPU runs on another CPU" };
	struct bench_op raise = lines_op(BENCH_SPI_OFF, 1), lower = lines_op(BENCH_SPI_OFF, 0),
			refused = lower, by_gsi = raise;
	struct lines_times times;

	if (!lines_wait_for_all()) {
		return;
	}
	by_gsi.a0 = PLUMB_GSI_LINE;
	by_gsi.a2 = BENCH_SPI_OFF - LINES_FIRST_SPI; /* the default route */
	refused.a2 = kvm_irq_word(LINES_BAD_TYPE, 0, BENCH_SPI_OFF);
	bench_op("KVM_IRQ_LINE raise, line disabled", raise, &lower);
	bench_op("KVM_IRQ_LINE lower, line disabled", lower, &raise);
	bench_op("KVM_IRQ_LINE by GSI raise, line disabled", by_gsi, &lower);
	bench_op("KVM_IRQ_LINE no change, line disabled", lower, NULL);
	bench_op("KVM_IRQ_LINE refused, bad type", refused, NULL);
	times = lines_time("raise, another CPU in WFI", true, false);
	lines_print_beside(waits, &times);
	lines_command(BENCH_SPI_SPIN);
	lines_turns();
	times = lines_time("raise, another CPU runs", true, false);
	lines_print_beside(runs, &times);
}

/* The peer is on another CPU, and shares memory with bench. */
void bench_lines_link(void)
{
	struct lines_times times;

	if (!lines_wait_for_all() || !bench_open_shared()) {
		return;
	}
	bench_messages();
	times = lines_time("doorbell, another CPU in WFI", true, true);
	lines_print_bell("doorbell, vCPU in WFI on another CPU",
			 "doorbell to handler, vCPU in WFI on another CPU", &times);
	lines_command(BENCH_SPI_SPIN);
	lines_turns();
	times = lines_time("doorbell, another CPU runs", true, true);
	lines_print_bell("doorbell, vCPU runs on another CPU",
			 "doorbell to handler, vCPU runs on another CPU", &times);
}

/* bench shares its CPU with the peer and all others. */
void bench_lines_shared(void)
{
	struct bench_op raise = lines_op(BENCH_SPI_LEVEL, 1), lower = lines_op(BENCH_SPI_LEVEL, 0);
	uint32_t fixed = LINES_READ_FIXED + BENCH_PEER_FIXED;
	struct lines_times times;

	if (!lines_wait_for_all()) {
		return;
	}
	bench_op("KVM_IRQ_LINE no change, vCPU waits", lower, NULL);
	times = lines_time("raise and WFI", false, false);
	lines_print("KVM_IRQ_LINE raise, vCPU waits", times.after - times.begin, LINES_READ_FIXED);
	lines_print("WFI to another partition's vCPU", times.woken - times.slept, LINES_READ_FIXED);
	lines_print("WFI to another partition's handler", times.handler - times.after, fixed);
	lines_print("raise to handler, vCPU waits on the same CPU", times.handler - times.begin,
		    fixed + LINES_READ_FIXED);
	if (guest_has_arg("traced")) {
		return; /* a stop by the debugger lets QEMU's clock reach the end of a slice */
	}
	bench_op("KVM_IRQ_LINE raise, vCPU ready", raise, &lower);
	bench_op("KVM_IRQ_LINE lower, vCPU ready", lower, &raise);
	(void)kvm_irq_line(LINES_PEER, kvm_irq_spi(BENCH_SPI_LEVEL), 0);
	lines_await_wake(false);
}

void bench_lines_above(void)
{
	struct lines_times times;

	if (!lines_wait_for_all()) {
		return;
	}
	times = lines_time("raise, vCPU above", false, false);
	lines_print("raise to handler, vCPU of higher priority waits", times.handler - times.begin,
		    LINES_READ_FIXED + BENCH_PEER_FIXED);
}
