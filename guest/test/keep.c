/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VFP and NEON registers belong to a vCPU: d0-d31 and FPSCR stay while others use theirs on the
 * same CPU, start as zero, and are undefined when this guest has not enabled them (ARM DDI 0406C,
 * B1.11). Bootargs seed=N: another pattern for each partition.
 */
#include "guest/lib/exceptions.h"
#include "guest/lib/guest.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/vfp.h"
#include "guest/test/nap.h"
#include <string.h>

#define KEEP_ROUNDS 60u

static uint32_t keep_seed;
static volatile uint32_t keep_done[2], keep_wrong[2], keep_fresh[2];

static uint64_t keep_value(uint32_t cpu, uint32_t round, uint32_t i)
{
	return (uint64_t)(keep_seed * 0x01000193u + cpu * 0x9e3779b9u + round) << 32 |
	       (i * 0x01010101u ^ keep_seed << 16 ^ cpu);
}

static uint32_t keep_scr(uint32_t cpu, uint32_t round)
{
	return ((keep_seed + cpu + round) & 0xf) << 28 | (round & 3) << 22;
}

/* Before its first use nothing of others may be seen. A restart or CPU_ON counts as fresh. */
static uint32_t keep_leaks(void)
{
	uint64_t bank[32];
	uint32_t leaks = 0;

	vfp_save(bank);
	for (uint32_t i = 0; i < 32; i++) {
		leaks += bank[i] != 0;
	}
	return leaks + (vfp_fpscr() != 0);
}

/* Holds a pattern while time slices go by, asleep now and then, and compares. */
static void keep_rounds(uint32_t cpu)
{
	uint64_t want[32], got[32];

	for (uint32_t round = 0; round < KEEP_ROUNDS; round++) {
		for (uint32_t i = 0; i < 32; i++) {
			want[i] = keep_value(cpu, round, i);
		}
		vfp_load(want);
		vfp_set_fpscr(keep_scr(cpu, round));
		if (round % 4 == 3) {
			(void)nap_once(1500);
		} else {
			timer_delay_us(1500);
		}
		if (round % 8 == 5) {
			vfp_disable(); /* and nobody else's may be taken for it meanwhile */
			timer_delay_us(500);
			vfp_enable();
		}
		vfp_save(got);
		keep_wrong[cpu] += memcmp(want, got, sizeof(want)) != 0;
		keep_wrong[cpu] += vfp_fpscr() != keep_scr(cpu, round);
	}
	keep_done[cpu] = 1;
}

static void keep_second(void *arg)
{
	(void)arg;
	gic_init_cpu();
	nap_init();
	vfp_enable();
	keep_fresh[1] = keep_leaks() + 1;
	keep_rounds(1);
}

/* vmov d0, r0, r0; vadd.f64 d0, d0, d0; vmrs r0, fpscr; vld1.8 {d0}, [r0] */
static void keep_refused(enum exception_kind want, const char *how)
{
	static const uint32_t words[] = { 0xec400b10, 0xee300b00, 0xeef10a10, 0xf2000840 };
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < 4; i++) {
		uint32_t word = words[i];

		wrong += exception_try(exception_run_word, &word).kind != want;
	}
	(void)report_equal(wrong, 0, "%s", how);
}

static void keep_access(void)
{
	uint32_t cpacr;

	keep_refused(EXCEPTION_UNDEF, "not enabled: undefined");
	vfp_enable();
	keep_refused(EXCEPTION_NONE, "enabled");
	vfp_disable();
	keep_refused(EXCEPTION_UNDEF, "FPEXC.EN clear: undefined");
	vfp_enable();
	CPU_CP15_READ(0, c1, c0, 2, cpacr);
	CPU_CP15_WRITE(0, c1, c0, 2, cpacr & ~0x00f00000u);
	cpu_isb();
	keep_refused(EXCEPTION_UNDEF, "CPACR denies: undefined");
	CPU_CP15_WRITE(0, c1, c0, 2, cpacr);
	cpu_isb();
	keep_refused(EXCEPTION_NONE, "and allows again");
	(void)report_check((vfp_fpsid() >> 24) == 0x41 && vfp_mvfr0() != 0, "FPSID and MVFR0");
	vfp_disable();
}

/* Once more from SYSTEM_RESET, with registers that are full now: the level of its own line 40
 * tells the second start from the first. */
static void keep_restart(void)
{
	uint32_t level = 0;

	if (irq_state(0, kvm_irq_spi(40), &level) != 0 || (level & 1) != 0) {
		return;
	}
	(void)kvm_irq_line(0, kvm_irq_spi(40), 1);
	if (report_failed() == 0) {
		psci_system_reset();
	}
}

int main(void)
{
	keep_seed = guest_arg("seed", 1);
	gic_init();
	nap_init();
	/* The first enabling must come before keep_access uses any register. */
	vfp_enable();
	(void)report_equal(keep_leaks(), 0, "fresh registers are zero");
	vfp_disable();
	keep_access();
	vfp_enable();
	if (!report_equal((uint32_t)smp_start(1, keep_second, NULL), 0, "vCPU 1 starts")) {
		report_summary();
	}
	keep_rounds(0);
	(void)report_check(timer_wait_count(&keep_done[1], 1, TIMER_PATIENCE_US),
			   "vCPU 1 is ready");
	(void)report_equal(keep_fresh[1], 1, "vCPU 1: fresh registers are zero");
	(void)report_equal(keep_wrong[0], 0, "vCPU 0 keeps d0-d31 and FPSCR");
	(void)report_equal(keep_wrong[1], 0, "vCPU 1 keeps d0-d31 and FPSCR");
	keep_restart();
	report_summary();
}
