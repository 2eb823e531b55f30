/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/cpu.h"
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmu.h"
#include "guest/lib/psci.h"
#include "guest/lib/start.h"
#include "guest/lib/timer.h"
#include "guest/test/fuzz/fuzz.h"
#include <stdio.h>

#define MAIN_LOOKS    8u     /* steps between two looks at the siblings */
#define MAIN_START_US 5000u  /* without a step: is it off? */
#define MAIN_LOST_US  60000u /* it does not come back */
#define MAIN_ACKS     4u
#define MAIN_LIST     ((const uint32_t *)0x40180000u) /* test/lib/hostile: initrd-address */
#define MAIN_LAST     4000u

uint32_t fuzz_sctlr;

static uint32_t main_first, main_last, main_listed;
static bool main_exact, main_tame;
static volatile uint32_t main_beats[FUZZ_CPUS], main_idle[FUZZ_CPUS];

struct main_sight {
	uint32_t beats;
	uint64_t when;
};

static struct main_sight main_seen[FUZZ_CPUS][FUZZ_CPUS]; /* [who looks][at whom] */
static struct fuzz_entry main_entries[FUZZ_CPUS];
static struct fuzz_step main_steps[FUZZ_CPUS];

extern const uint32_t guest_vectors[];

static uint32_t main_cpu(void)
{
	return cpu_mpidr() % FUZZ_CPUS;
}

/* ---- page tables and code ---- */

static uint32_t main_code(uint32_t cpu)
{
	return FUZZ_CODE + cpu * 0x8000u;
}

static void main_fill_tables(uint32_t cpu)
{
	uint32_t *table = (uint32_t *)(FUZZ_TABLES + cpu * 0x4000u);
	uint32_t *wide = (uint32_t *)(FUZZ_LONG + cpu * 0x1000u);

	for (uint32_t i = 0; i < 4096; i++) {
		bool ram = i >= 0x400 && i < 0x800;

		table[i] = i << 20 | (ram ? 0x11c0eu : 0x10c16u);
	}
	/* Four blocks of 1 GiB (B3.6.1): AF, shareable; the attribute's index is 0 */
	for (uint32_t i = 0; i < 4; i++) {
		wide[2 * i] = i << 30 | 0x701u;
		wide[2 * i + 1] = 0;
	}
}

/* Of which no step's bad luck is to be the next one's. */
static void main_restore(uint32_t cpu)
{
	uint32_t *table = (uint32_t *)(FUZZ_TABLES + cpu * 0x4000u);

	table[FUZZ_RAM >> 20] = FUZZ_RAM | 0x11c0eu;
	table[FUZZ_ARENA >> 20] = FUZZ_ARENA | 0x11c0eu;
	((uint32_t *)(FUZZ_LONG + cpu * 0x1000u))[2] = 1u << 30 | 0x701u;
	((uint32_t *)(FUZZ_LONG + cpu * 0x1000u))[3] = 0;
}

static void main_write_stub(uint32_t cpu, const struct fuzz_step *step)
{
	uint32_t *stub = (uint32_t *)(main_code(cpu) + FUZZ_STUB);
	uint32_t vectors = (uint32_t)fuzz_vectors;

	stub[0] = 0xe3000000u | (vectors & 0xf000u) << 4 | (vectors & 0xfffu); /* movw r0 */
	stub[1] = 0xe3400000u | (vectors >> 12 & 0xf0000u) | (vectors >> 16 & 0xfffu);
	stub[2] = 0xee0c0f10u; /* VBAR */
	stub[3] = 0xf57ff06fu; /* isb */
	for (uint32_t i = 0; i < FUZZ_WORDS; i++) {
		stub[4 + i] = step->stub[i];
	}
	stub[4 + FUZZ_WORDS] = FUZZ_END;
}

static void main_fill(void)
{
	volatile uint32_t *words = (volatile uint32_t *)FUZZ_ARENA;

	for (uint32_t i = 0; i < (FUZZ_RAM_END - FUZZ_ARENA) / 4; i++) {
		words[i] = i % 2 ? FUZZ_END_T : FUZZ_END; /* for either state */
	}
	for (uint32_t cpu = 0; cpu < FUZZ_CPUS; cpu++) {
		fuzz_generate(&main_steps[cpu], fuzz_record.seed, cpu);
		main_fill_tables(cpu);
		main_write_stub(cpu, &main_steps[cpu]);
	}
}

static void main_write(uint32_t cpu, const struct fuzz_step *step)
{
	uint32_t *code = (uint32_t *)main_code(cpu);
	bool thumb = (step->psr & CPU_PSR_T) != 0;

	main_restore(cpu);
	for (uint32_t i = 0; i < step->nr_pokes; i++) {
		*(volatile uint32_t *)step->pokes[i].address = step->pokes[i].value;
	}
	for (uint32_t i = 0; i < FUZZ_WORDS; i++) {
		code[i] = i < step->nr_words ? step->words[i] : thumb ? FUZZ_END_T : FUZZ_END;
	}
	code[FUZZ_WORDS] = code[FUZZ_WORDS + 1] = thumb ? FUZZ_END_T : FUZZ_END;
	if (step->has_stub) {
		main_write_stub(cpu, step);
	}
}

/* CNTV_TVAL and CNTV_CVAL, written, become the physical timer's. */
static uint32_t main_tame_word(uint32_t word)
{
	if ((word & 0x0fff0fffu) == 0x0e0e0f13u) {
		return word ^ 1u;
	}
	return (word & 0x0ff00fffu) == 0x0c400f3eu ? word ^ 0x10u : word;
}

/* What makes QEMU 7.2 stop: vectors that stage 1 does not map, where instructions are counted, and
 * a virtual timer whose value and CNTVOFF pass 2^64. */
static void main_tame_step(struct fuzz_step *step)
{
	step->sctlr &= ~1u; /* M */
	for (uint32_t i = 0; i < step->nr_words; i++) {
		uint32_t word = main_tame_word(step->words[i]);
		uint32_t swapped = main_tame_word(word << 16 | word >> 16); /* T32 */

		step->words[i] = swapped << 16 | swapped >> 16;
	}
}

/* ---- interrupts ---- */

/* What earlier steps have left in the GIC and the timers. */
static void main_quieten(uint32_t way)
{
	timer_set_control(0);
	timer_physical_set_control(0);
	for (uint32_t i = 0; way >= 6 && way < FUZZ_STARTED && i < MAIN_ACKS; i++) {
		uint32_t iar = gic_ack();

		if (GIC_INTID(iar) >= 1020) {
			break;
		}
		gic_eoi(iar);
	}
}

static void main_arm(const struct fuzz_step *step)
{
	gic_dist_write(GICD_ICACTIVER, ~0u);
	gic_cpu_write(GICC_APR0, 0);
	gic_dist_write(GICD_IGROUPR, 0);
	gic_dist_write(GICD_ISENABLER, 1u << GIC_PPI_CNTV);
	gic_cpu_write(GICC_CTLR, step->fiq ? 0x9u : 0x1u); /* FIQEn, EnableGrp0 */
	gic_set_pmr(0xff);
	gic_dist_write(GICD_CTLR, 1);
	timer_start_us(step->budget_us);
}

/* ---- siblings ---- */

static _Noreturn void main_reset(void)
{
	for (;;) {
		psci_system_reset();
	}
}

static void main_look_at(uint32_t cpu, uint32_t other, uint64_t now)
{
	struct main_sight *sight = &main_seen[cpu][other];
	uint32_t us;

	if (sight->beats != main_beats[other] || sight->when == 0) {
		*sight = (struct main_sight) { main_beats[other], now };
		return;
	}
	us = (uint32_t)timer_ticks_to_us(now - sight->when);
	if (us < MAIN_START_US) {
		return;
	}
	if (psci_affinity_info(other) == 1) {
		if (psci_cpu_on(other, (uint32_t)fuzz_secondary, 0) == PSCI_SUCCESS) {
			fuzz_record.started++;
			sight->when = now;
		}
	} else if (us > MAIN_LOST_US) {
		fuzz_record.lost++;
		main_reset();
	}
}

static void main_look(uint32_t cpu)
{
	uint64_t now = timer_physical_count();

	for (uint32_t other = 0; other < FUZZ_CPUS; other++) {
		if (other != cpu) {
			main_look_at(cpu, other, now);
		}
	}
}

/* All steps of this life are done: here, and elsewhere? */
static _Noreturn void main_wait(uint32_t cpu)
{
	main_idle[cpu] = 1;
	for (;;) {
		uint32_t idle = 0;

		main_beats[cpu]++;
		main_look(cpu);
		for (uint32_t i = 0; i < FUZZ_CPUS; i++) {
			idle += main_idle[i];
		}
		if (idle == FUZZ_CPUS) {
			if (main_exact) {
				psci_system_off();
			}
			main_reset();
		}
		timer_start_us(200);
		cpu_wfi();
		timer_stop();
	}
}

/* ---- steps ---- */

/* The next one of this vCPU: `done` have been run before. */
static uint32_t main_number(uint32_t cpu, uint32_t done)
{
	if (!main_listed) {
		return ((main_first + FUZZ_CPUS - 1 - cpu) / FUZZ_CPUS + done) * FUZZ_CPUS + cpu;
	}
	for (uint32_t i = 0; i < main_listed; i++) {
		if (MAIN_LIST[i] % FUZZ_CPUS == cpu && done-- == 0) {
			return MAIN_LIST[i];
		}
	}
	return ~0u;
}

_Noreturn void fuzz_back(uint32_t way)
{
	uint32_t cpu = main_cpu(), number;
	struct fuzz_step *step = &main_steps[cpu];
	struct fuzz_entry *entry = &main_entries[cpu];

	main_quieten(way);
	fuzz_record.ways[way % FUZZ_WAYS]++;
	main_beats[cpu]++;
	if (main_beats[cpu] % MAIN_LOOKS == 0) {
		main_look(cpu);
	}
	number = main_number(cpu, fuzz_record.done[cpu]++);
	if (number >= main_last) {
		main_wait(cpu);
	}
	fuzz_record.step[cpu] = number;
	fuzz_generate(step, fuzz_record.seed, number);
	if (main_tame) {
		main_tame_step(step);
	}
	fuzz_record.kinds[step->kind % FUZZ_KINDS]++;
	main_write(cpu, step);
	for (uint32_t i = 0; i < 15; i++) {
		entry->regs[i] = step->regs[i];
	}
	entry->pc = main_code(cpu);
	entry->psr = step->psr;
	entry->spsr = step->spsr;
	entry->sctlr = (fuzz_sctlr & ~FUZZ_SCTLR) | (step->sctlr & FUZZ_SCTLR);
	entry->ttbcr = step->ttbcr;
	entry->ttbr0 = step->ttbr0;
	entry->ttbr0_high = step->ttbr0_high;
	entry->dacr = step->dacr;
	main_arm(step);
	fuzz_enter(entry);
}

/* The library's start would clear memory of which siblings have need: what falls or jumps there
 * from now on comes back. Only the monitor begins a life. */
static void main_close(void)
{
	volatile uint32_t *words = (volatile uint32_t *)(uintptr_t)__image_start;
	uint32_t size = (uint32_t)(uintptr_t)guest_vectors - (uint32_t)(uintptr_t)__image_start;

	for (uint32_t i = 0; i < size / 4; i++) {
		words[i] = FUZZ_END;
	}
	mmu_sync_code(__image_start, size);
}

int main(void)
{
	uint32_t seed = guest_arg("seed", 1);

	main_exact = guest_has_arg("exact");
	main_first = guest_arg("first", 0);
	main_last = guest_arg("last", MAIN_LAST);
	main_listed = guest_arg("list", 0);
	main_tame = guest_arg("tame", 0);
	if (guest_arg("checks", 1)) {
		fuzz_life_check();
	}
	if (!main_exact) {
		seed = (seed * 2654435761u) ^ ((uint32_t)timer_physical_count() * 0x9e3779b1u);
	}
	CPU_CP15_READ(0, c1, c0, 0, fuzz_sctlr);
	fuzz_record.seed = seed;
	main_fill();
	main_close();
	fuzz_record.magic = FUZZ_MAGIC;
	cpu_dsb();
	for (uint32_t cpu = 1; cpu < FUZZ_CPUS; cpu++) {
		(void)psci_cpu_on(cpu, (uint32_t)fuzz_secondary, 0);
	}
	printf("fuzz: a life of seed 0x%08x\n", (unsigned)seed);
	fuzz_secondary();
	return 0;
}
