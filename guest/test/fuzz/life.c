/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/hvc.h"
#include "guest/lib/psci.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include "guest/lib/vfp.h"
#include "guest/test/fuzz/fuzz.h"
#include <stdio.h>

#define LIFE_WAIT_US 300u
#define LIFE_SPIS    128u
#define LIFE_DEVICE  39u /* the level of a device that is passed through: not the partition's */

static uint32_t life_wrong;

static void life_equal(uint32_t got, uint32_t want, const char *what, uint32_t where)
{
	if (got != want) {
		life_wrong++;
		printf("FAIL: fuzz: at the start of a life: %s 0x%x: 0x%08x, not 0x%08x\n", what,
		       (unsigned)where, (unsigned)got, (unsigned)want);
	}
}

static void life_memory(const char *what)
{
	const volatile uint32_t *words = (const volatile uint32_t *)FUZZ_ARENA;
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < (FUZZ_RAM_END - FUZZ_ARENA) / 4; i++) {
		wrong += words[i] != 0;
	}
	life_equal(wrong, 0, what, FUZZ_ARENA);
}

/* Levels outlive a restart: those that a partition with a right on itself may have raised. */
static uint32_t life_high(uint32_t word)
{
	uint32_t high = word == LIFE_DEVICE / 32 ? 1u << LIFE_DEVICE % 32 : 0, state;

	for (uint32_t id = 32 * word; id < 32 * word + 32; id++) {
		uint32_t line = id < 32 ? kvm_irq_ppi(0, id) : kvm_irq_spi(id);

		if (irq_state(0, line, &state) == 0 && (state & PLUMB_IRQ_LEVEL)) {
			high |= 1u << id % 32;
		}
	}
	return high;
}

static void life_gic(void)
{
	static const uint16_t rows[] = { GICD_ISENABLER, GICD_ISACTIVER, GICD_ISPENDR };

	life_equal(gic_dist_read(GICD_CTLR), 0, "GICD", GICD_CTLR);
	for (uint32_t row = 0; row < 3; row++) {
		for (uint32_t word = 0; word < LIFE_SPIS / 32; word++) {
			uint32_t got = gic_dist_read(rows[row] + 4 * word);

			got &= word ? ~0u : 0xffff0000u; /* SGIs are always enabled */
			got &= rows[row] == GICD_ISPENDR ? ~life_high(word) : ~0u;
			life_equal(got, 0, "GICD", rows[row] + 4 * word);
		}
	}
	life_equal(gic_dist_read(GICD_ISPENDR) & 0xffff, 0, "GICD: SGIs", GICD_ISPENDR);
	life_equal(gic_dist_read(GICD_ISACTIVER) & 0xffff, 0, "GICD: SGIs", GICD_ISACTIVER);
	life_equal(gic_cpu_read(GICC_CTLR), 0, "GICC", GICC_CTLR);
	life_equal(gic_cpu_read(GICC_PMR), 0, "GICC", GICC_PMR);
	life_equal(gic_cpu_read(GICC_APR0), 0, "GICC", GICC_APR0);
	life_equal(gic_cpu_read(GICC_RPR), 0xff, "GICC", GICC_RPR);
}

/* What is in list registers shows only in the interface that is open. */
static void life_interrupts(void)
{
	gic_set_pmr(0xff);
	gic_cpu_write(GICC_CTLR, 3);
	life_equal(GIC_INTID(gic_ack()), GIC_SPURIOUS, "GICC", GICC_IAR);
	gic_cpu_write(GICC_CTLR, 0);
}

static void life_registers(void)
{
	static uint64_t bank[32];
	uint32_t value;

	vfp_enable();
	vfp_save(bank);
	for (uint32_t i = 0; i < 32; i++) {
		life_equal((uint32_t)(bank[i] | bank[i] >> 32), 0, "VFP register", i);
	}
	life_equal(vfp_fpscr(), 0, "FPSCR", 0);
	CPU_CP15_READ(0, c13, c0, 2, value);
	life_equal(value, 0, "TPIDRURW", 0);
	CPU_CP15_READ(0, c13, c0, 4, value);
	life_equal(value, 0, "TPIDRPRW", 0);
	life_equal(guest_boot_r0, 0, "r0", 0);
	life_equal(guest_boot_r1, ~0u, "r1", 0);
	life_equal(guest_boot_cpsr & 0x1ff, 0x1d3, "CPSR", 0);
	life_equal(timer_control() & ~TIMER_CTL_ISTATUS, 0, "CNTV_CTL", 0);
}

void fuzz_life_check(void)
{
	for (uint32_t cpu = 1; cpu < FUZZ_CPUS; cpu++) {
		life_equal((uint32_t)psci_affinity_info(cpu), 1, "AFFINITY_INFO", cpu);
	}
	life_memory("words of RAM that are not 0, of");
	life_gic();
	life_registers();
	life_interrupts();
	timer_delay_us(LIFE_WAIT_US);
	life_memory("words of RAM that changed, of");
	life_equal(fuzz_record.magic, 0, "the record", 0);
	if (life_wrong) {
		report_check(false, "fuzz: a life begins as the first one did");
		report_summary();
	}
}
