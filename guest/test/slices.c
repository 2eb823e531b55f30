/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A neighbour's slices do not depend on what the other one does with its own. Two partitions share
 * a CPU. The spinner spins; then its VM spins in its place, and then that stores to a device
 * without end. The neighbour, which never waits, measures its time, its turns, and how long it
 * waits for each. Bootargs: spinner.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/lib/vms.h"
#include <stdio.h>
#include <string.h>

#define SLICES_SPINNER	 1u  /* handle */
#define SLICES_SPI	 40u /* of phase 0 */
#define SLICES_PHASES	 3u
#define SLICES_US	 1000u /* time-slice-us of test/systems/slices.dts */
#define SLICES_SETTLE_US 20000u
#define SLICES_WINDOW_US 100000u
#define SLICES_GAP_US	 200u /* without the CPU for so long: it was the other one's turn */
#define SLICES_LATE_US	 30u
#define SLICES_PAGE	 4096u
#define SLICES_PC	 0x402000000010000full

/* ---- the spinner ---- */

/* B .; and MOV r0, #0x10000000; STR r1, [r0]; B to the store */
static const uint32_t slices_code[] = { 0xeafffffe, 0xe3a00201, 0xe5801000, 0xeafffffd };
static uint32_t slices_memory[SLICES_PAGE / 4] __attribute__((aligned(4096)));
static volatile uint32_t slices_phase;

static void slices_on_line(uint32_t iar, void *arg)
{
	(void)arg;
	slices_phase = GIC_INTID(iar) - SLICES_SPI;
}

/* Runs of a VM that begins at this word, until the next phase. How many there were. */
static uint32_t slices_vm(uint32_t word, uint32_t reason)
{
	uint32_t vm = (uint32_t)kvm_create_vm(), phase = slices_phase, runs = 0, others = 0;

	(void)report_check(kvm_create_vcpu(vm, 0) == 0 &&
				   kvm_vcpu_init(vm, 0, vms_target(), 2) == 0 &&
				   vms_map(vm, 0x40000, slices_memory, 1, 0) == 0 &&
				   kvm_set_one_reg(vm, 0, SLICES_PC, 0x40000000u + 4 * word) == 0,
			   "slices: a VM");
	cpu_irq_disable();
	while (slices_phase == phase) {
		uint32_t said = kvm_run(vm, 0, 0, 0).r0;

		runs++;
		others += said != reason && said != PLUMB_RUN_INTR;
		cpu_irq_enable();
		cpu_isb();
		cpu_irq_disable();
	}
	cpu_irq_enable();
	(void)report_check(others == 0 && vms_destroy(vm) == 0, "slices: %u runs", (unsigned)runs);
	return runs;
}

static _Noreturn void slices_spin(void)
{
	memcpy(slices_memory, slices_code, sizeof(slices_code));
	gic_init();
	for (uint32_t n = 0; n <= SLICES_PHASES; n++) {
		irq_set_handler(SLICES_SPI + n, slices_on_line, NULL);
		gic_set_edge(SLICES_SPI + n, true);
		gic_enable(SLICES_SPI + n);
	}
	cpu_irq_enable();
	while (slices_phase == 0) {
	}
	(void)slices_vm(0, PLUMB_RUN_INTR);
	(void)report_check(slices_vm(1, PLUMB_RUN_MMIO) > 1000,
			   "slices: the second one exits often");
	report_summary();
}

/* ---- the neighbour ---- */

struct slices {
	uint32_t share; /* of the window, in thousandths */
	uint32_t turns;
	uint32_t longest; /* us that it waits for one */
};

static struct slices slices_measure(void)
{
	uint64_t begin = timer_count(), last = begin, now = begin, away = 0, longest = 0;
	uint64_t window = timer_us_to_ticks(SLICES_WINDOW_US),
		 gap = timer_us_to_ticks(SLICES_GAP_US);
	struct slices got = { 0 };

	while (now - begin < window) {
		now = timer_count();
		if (now - last > gap) {
			got.turns++;
			away += now - last;
			longest = now - last > longest ? now - last : longest;
		}
		last = now;
	}
	got.share = (uint32_t)((now - begin - away) * 1000 / (now - begin));
	got.longest = (uint32_t)timer_ticks_to_us(longest);
	return got;
}

static bool slices_near(uint32_t a, uint32_t b, uint32_t most)
{
	return a > b ? a - b <= most : b - a <= most;
}

static _Noreturn void slices_watch(void)
{
	static const char *const names[SLICES_PHASES] = { "it spins", "its VM spins",
							  "its VM exits" };
	struct slices first = { 0 }, got;

	for (uint32_t phase = 0; phase < SLICES_PHASES; phase++) {
		(void)kvm_irq_line(SLICES_SPINNER, kvm_irq_spi(SLICES_SPI + phase), 1);
		timer_delay_us(SLICES_SETTLE_US);
		got = slices_measure();
		first = phase ? first : got;
		(void)report_check(
			slices_near(got.share, 500, 15) && slices_near(got.share, first.share, 5) &&
				slices_near(got.turns, first.turns, 1) &&
				slices_near(got.longest, SLICES_US, SLICES_LATE_US),
			"slices: %s: %u of 1000, %u turns, waits for %u us at most", names[phase],
			(unsigned)got.share, (unsigned)got.turns, (unsigned)got.longest);
	}
	(void)kvm_irq_line(SLICES_SPINNER, kvm_irq_spi(SLICES_SPI + SLICES_PHASES), 1);
	report_summary();
}

int main(void)
{
	if (guest_has_arg("spinner")) {
		slices_spin();
	}
	slices_watch();
}
