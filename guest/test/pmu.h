/* SPDX-License-Identifier: BSD-2-Clause */
/* The performance monitors' registers (ARM DDI 0406C, B4.1 and C12), for test guests. */
#ifndef GUEST_TEST_PMU_H
#define GUEST_TEST_PMU_H

#include "guest/lib/cpu.h"

#define PMU_INTID 23u

#define PMU_CYCLES 0x80000000u /* the cycle counter, among the counters' bits */
#define PMU_SELECT 31u	       /* and in PMSELR */

#define PMU_CONTROL_E 1u
#define PMU_CONTROL_P 2u
#define PMU_CONTROL_C 4u

#define PMU_EVENT_SOFTWARE 0x00u
#define PMU_FILTER_HYP	   0x08000000u
#define PMU_FILTER_KERNEL  0x80000000u

#define PMU_REGISTER(name, crm, opc2)                       \
	static inline uint32_t pmu_read_##name(void)        \
	{                                                   \
		uint32_t value;                             \
                                                            \
		CPU_CP15_READ(0, c9, crm, opc2, value);     \
		return value;                               \
	}                                                   \
	static inline void pmu_write_##name(uint32_t value) \
	{                                                   \
		CPU_CP15_WRITE(0, c9, crm, opc2, value);    \
		cpu_isb();                                  \
	}

PMU_REGISTER(control, c12, 0)
PMU_REGISTER(enable, c12, 1)
PMU_REGISTER(disable, c12, 2)
PMU_REGISTER(overflow, c12, 3)	/* a written 1 clears */
PMU_REGISTER(increment, c12, 4) /* write-only */
PMU_REGISTER(select, c12, 5)
PMU_REGISTER(cycles, c13, 0)
PMU_REGISTER(type, c13, 1)
PMU_REGISTER(count, c13, 2)
PMU_REGISTER(user, c14, 0)
PMU_REGISTER(interrupt, c14, 1)
PMU_REGISTER(no_interrupt, c14, 2)
PMU_REGISTER(overflow_set, c14, 3)

/* PMCR.N */
static inline uint32_t pmu_counters(void)
{
	return pmu_read_control() >> 11 & 31u;
}

/* ID_DFR0.PerfMon: 2 is PMUv2, 15 none */
static inline uint32_t pmu_version(void)
{
	uint32_t value;

	CPU_CP15_READ(0, c0, c1, 2, value);
	return value >> 24 & 15u;
}

/* Two instructions a turn. */
static inline void pmu_work(uint32_t turns)
{
	__asm__ volatile("1:	subs	%0, %0, #1\n"
			 "	bne	1b\n"
			 : "+r"(turns)
			 :
			 : "cc");
}

/* Every register with a value, by `seed`; nothing counts. */
static inline void pmu_fill(uint32_t seed)
{
	for (uint32_t n = 0; n < pmu_counters(); n++) {
		pmu_write_select(n);
		pmu_write_type(PMU_FILTER_KERNEL | 0x11);
		pmu_write_count(seed + n);
	}
	pmu_write_select(PMU_SELECT);
	pmu_write_type(PMU_FILTER_KERNEL);
	pmu_write_cycles(seed + 100);
	pmu_write_overflow_set(1);
	pmu_write_enable(PMU_CYCLES | 1);
	pmu_write_user(1);
}

/* How many of them are not so. */
static inline uint32_t pmu_wrong(uint32_t seed)
{
	uint32_t wrong = 0;

	wrong += pmu_read_select() != PMU_SELECT;
	wrong += pmu_read_type() != PMU_FILTER_KERNEL;
	for (uint32_t n = 0; n < pmu_counters(); n++) {
		pmu_write_select(n);
		wrong += pmu_read_type() != (PMU_FILTER_KERNEL | 0x11);
		wrong += pmu_read_count() != seed + n;
	}
	pmu_write_select(PMU_SELECT);
	wrong += pmu_read_cycles() != seed + 100;
	wrong += pmu_read_overflow() != 1;
	wrong += pmu_read_enable() != (PMU_CYCLES | 1);
	wrong += pmu_read_user() != 1;
	return wrong;
}

#endif
