/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of all modes, CP15 and CP14 that no exit reads or writes, VFP and NEON. */
#include "guest/lib/cpu.h"
#include "guest/lib/vfp.h"
#include "guest/test/witness/witness.h"
#include <string.h>

#define REGISTERS_SPSR	0xf80f03e0u /* N to Q, GE, E to T: the mode is SVC */
#define REGISTERS_FPSCR 0xf7c00000u /* flags, AHP, DN, FZ, rounding: no exception, no vector */
#define REGISTERS_VFP	32u

struct witness_count witness_cores, witness_cp15, witness_vfp;

static struct witness_hold registers_hold;
static uint64_t registers_vfp[REGISTERS_VFP], registers_vfp_out[REGISTERS_VFP];

/* `bits`: what a value may have in them; `fixed`: not written, because the program needs it. */
#define REGISTERS_CP15(each)                                                                       \
	each(TPIDRURW, p15, 0, c13, c0, 2, 0xffffffffu,                                            \
	     0) each(TPIDRURO, p15, 0, c13, c0, 3, 0xffffffffu,                                    \
		     0) each(TPIDRPRW, p15, 0, c13, c0, 4, 0xffffffffu,                            \
			     0) each(CONTEXTIDR, p15, 0, c13, c0, 1, 0xffffffffu,                  \
				     0) each(DFAR, p15, 0, c6, c0, 0, 0xffffffffu,                 \
					     0) each(IFAR, p15, 0, c6, c0, 2, 0xffffffffu, 0)      \
		each(DFSR, p15, 0, c5, c0, 0, 0x00001c0fu, 0) each(                                \
			IFSR, p15, 0, c5, c0, 1, 0x0000140fu,                                      \
			0) each(PAR, p15, 0, c7, c4, 0, 0xfffff000u,                               \
				0) each(TTBR1, p15, 0, c2, c0, 1, 0xffffc000u, 0)                  \
			each(PRRR, p15, 0, c10, c2, 0, 0xff0fffffu,                                \
			     0) each(NMRR, p15, 0, c10, c2, 1, 0xffffffffu, 0)                     \
				each(CSSELR, p15, 2, c0, c0, 0, 0x00000001u,                       \
				     0) each(CNTKCTL, p15, 0, c14, c1, 0, 0x000003ffu, 0)          \
					each(TEEHBR, p14, 6, c1, c0, 0, 0xfffffffcu, 0) each(      \
						SCTLR, p15, 0, c1, c0, 0, 0,                       \
						1) each(ACTLR, p15, 0, c1, c0, 1, 0, 1)            \
						each(CPACR, p15, 0, c1, c0, 2, 0,                  \
						     1) each(TTBR0, p15, 0, c2, c0, 0, 0, 1)       \
							each(TTBCR, p15, 0, c2, c0, 2, 0, 1) each( \
								DACR, p15, 0, c3, c0, 0, 0, 1)     \
								each(VBAR, p15, 0, c12, c0, 0, 0,  \
								     1) each(MIDR, p15, 0, c0, c0, \
									     0, 0, 1)              \
									each(MPIDR, p15, 0, c0,    \
									     c0, 5, 0, 1)

#define REGISTERS_READ(name, cp, opc1, crn, crm, opc2, bits, fixed)               \
	__asm__ volatile("mrc " #cp ", " #opc1 ", %0, " #crn ", " #crm ", " #opc2 \
			 : "=r"(values[n++])                                      \
			 :                                                        \
			 : "memory");
#define REGISTERS_WRITE(name, cp, opc1, crn, crm, opc2, bits, fixed)                      \
	if (!(fixed)) {                                                                   \
		__asm__ volatile("mcr " #cp ", " #opc1 ", %0, " #crn ", " #crm ", " #opc2 \
				 :                                                        \
				 : "r"(witness_random() & (bits))                         \
				 : "memory");                                             \
	}
#define REGISTERS_ONE(name, cp, opc1, crn, crm, opc2, bits, fixed) +1

#define REGISTERS_NR_CP15 (0 REGISTERS_CP15(REGISTERS_ONE))

static uint32_t registers_fixed[REGISTERS_NR_CP15];

static void registers_read_cp15(uint32_t values[REGISTERS_NR_CP15])
{
	uint32_t n = 0;

	REGISTERS_CP15(REGISTERS_READ)
}

static void registers_write_cp15(void)
{
	REGISTERS_CP15(REGISTERS_WRITE)
	cpu_isb();
}

void witness_registers_init(void)
{
	vfp_enable();
	registers_read_cp15(registers_fixed);
}

static void registers_fill(void)
{
	for (uint32_t i = 0; i < WITNESS_CORE; i++) {
		registers_hold.core[i] = witness_random();
	}
	registers_hold.core[WITNESS_CORE - 2] &= ~7u; /* sp */
	for (uint32_t i = 0; i < WITNESS_BANKED; i++) {
		bool spsr = i == 7 || i == 10 || i == 13 || i == 16 || i == 17;
		uint32_t value = witness_random();

		registers_hold.banked[i] = spsr ? (value & REGISTERS_SPSR) | CPU_MODE_SVC : value;
	}
	for (uint32_t i = 0; i < REGISTERS_VFP; i++) {
		registers_vfp[i] = (uint64_t)witness_random() << 32 | witness_random();
	}
}

static void registers_compare(const uint32_t cp15[REGISTERS_NR_CP15],
			      const uint32_t cp15_out[REGISTERS_NR_CP15])
{
	for (uint32_t i = 0; i < WITNESS_CORE; i++) {
		witness_compare(&witness_cores, i + 1, registers_hold.core_out[i],
				registers_hold.core[i]);
	}
	for (uint32_t i = 0; i < WITNESS_BANKED; i++) {
		witness_compare(&witness_cores, 100 + i, registers_hold.banked_out[i],
				registers_hold.banked[i]);
	}
	witness_compare(&witness_cores, 0, registers_hold.left, 0);
	for (uint32_t i = 0; i < REGISTERS_NR_CP15; i++) {
		witness_compare(&witness_cp15, i, cp15_out[i], cp15[i]);
	}
	for (uint32_t i = 0; i < REGISTERS_VFP; i++) {
		witness_compare(&witness_vfp, i, (uint32_t)registers_vfp_out[i],
				(uint32_t)registers_vfp[i]);
		witness_compare(&witness_vfp, i, (uint32_t)(registers_vfp_out[i] >> 32),
				(uint32_t)(registers_vfp[i] >> 32));
	}
}

#define REGISTERS_KEEP(name, cp, opc1, crn, crm, opc2, bits, fixed)    \
	if (fixed) {                                                   \
		witness_compare(&witness_cp15, n, values[n], kept[n]); \
	}                                                              \
	n++;

static void registers_compare_fixed(const uint32_t *values, const uint32_t *kept)
{
	uint32_t n = 0;

	REGISTERS_CP15(REGISTERS_KEEP)
}

/* What is read at once after the write is what must still be there later: a register may have fewer
 * bits than the value. */
void witness_registers(uint32_t turns, bool wfi)
{
	uint32_t cp15[REGISTERS_NR_CP15], cp15_out[REGISTERS_NR_CP15];
	uint32_t fpscr = witness_random() & REGISTERS_FPSCR, fpscr_out;
	uint32_t masks;

	registers_fill();
	registers_hold.turns = turns;
	registers_hold.wfi = wfi;
	masks = cpu_irq_save();
	vfp_load(registers_vfp);
	vfp_set_fpscr(fpscr);
	registers_write_cp15();
	registers_read_cp15(cp15);
	witness_hold(&registers_hold);
	registers_read_cp15(cp15_out);
	fpscr_out = vfp_fpscr();
	vfp_save(registers_vfp_out);
	cpu_irq_restore(masks);
	registers_compare_fixed(cp15, registers_fixed);
	registers_compare(cp15, cp15_out);
	witness_compare(&witness_vfp, REGISTERS_VFP, fpscr_out, fpscr);
	witness_cores.done++;
	witness_cp15.done++;
	witness_vfp.done++;
}
