/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor: barriers, masks, hints, and CP15 by its four numbers. */
#ifndef GUEST_LIB_CPU_H
#define GUEST_LIB_CPU_H

#include <stdbool.h>
#include <stdint.h>

/* CPSR (ARM DDI 0406C, B1.3.3) */
#define CPU_PSR_A    0x100u
#define CPU_PSR_I    0x80u
#define CPU_PSR_F    0x40u
#define CPU_PSR_T    0x20u
#define CPU_PSR_MODE 0x1fu
#define CPU_MODE_USR 0x10u
#define CPU_MODE_FIQ 0x11u
#define CPU_MODE_IRQ 0x12u
#define CPU_MODE_SVC 0x13u
#define CPU_MODE_ABT 0x17u
#define CPU_MODE_UND 0x1bu
#define CPU_MODE_SYS 0x1fu

/* CPU_CP15_READ(opc1, CRn, CRm, opc2, variable), e.g. CPU_CP15_READ(0, c0, c0, 5, mpidr) */
#define CPU_CP15_READ(opc1, crn, crm, opc2, value)                            \
	__asm__ volatile("mrc p15, " #opc1 ", %0, " #crn ", " #crm ", " #opc2 \
			 : "=r"(value)                                        \
			 :                                                    \
			 : "memory")
#define CPU_CP15_WRITE(opc1, crn, crm, opc2, value)                           \
	__asm__ volatile("mcr p15, " #opc1 ", %0, " #crn ", " #crm ", " #opc2 \
			 :                                                    \
			 : "r"(value)                                         \
			 : "memory")
#define CPU_CP15_READ64(opc1, crm, value) \
	__asm__ volatile("mrrc p15, " #opc1 ", %Q0, %R0, " #crm : "=r"(value) : : "memory")
#define CPU_CP15_WRITE64(opc1, crm, value) \
	__asm__ volatile("mcrr p15, " #opc1 ", %Q0, %R0, " #crm : : "r"(value) : "memory")

static inline void cpu_dsb(void)
{
	__asm__ volatile("dsb" ::: "memory");
}

static inline void cpu_dmb(void)
{
	__asm__ volatile("dmb" ::: "memory");
}

static inline void cpu_isb(void)
{
	__asm__ volatile("isb" ::: "memory");
}

static inline void cpu_wfi(void)
{
	__asm__ volatile("dsb\n\twfi" ::: "memory");
}

static inline void cpu_wfe(void)
{
	__asm__ volatile("wfe" ::: "memory");
}

static inline void cpu_sev(void)
{
	__asm__ volatile("dsb\n\tsev" ::: "memory");
}

/* For every loop that polls for a condition without an event (SEV): without this, a spinning CPU
 * keeps its turn for a long time under QEMU's instruction counting. */
static inline void cpu_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

static inline uint32_t cpu_cpsr(void)
{
	uint32_t psr;

	__asm__ volatile("mrs %0, cpsr" : "=r"(psr)::"memory");
	return psr;
}

static inline void cpu_irq_enable(void)
{
	__asm__ volatile("cpsie i" ::: "memory");
}

static inline void cpu_irq_disable(void)
{
	__asm__ volatile("cpsid i" ::: "memory");
}

static inline void cpu_fiq_enable(void)
{
	__asm__ volatile("cpsie f" ::: "memory");
}

static inline void cpu_fiq_disable(void)
{
	__asm__ volatile("cpsid f" ::: "memory");
}

/* Masks IRQ and FIQ; returns the argument for cpu_irq_restore. */
static inline uint32_t cpu_irq_save(void)
{
	uint32_t psr = cpu_cpsr();

	__asm__ volatile("cpsid if" ::: "memory");
	return psr;
}

static inline void cpu_irq_restore(uint32_t psr)
{
	__asm__ volatile("msr cpsr_c, %0" : : "r"(psr) : "memory");
}

static inline uint32_t cpu_mpidr(void)
{
	uint32_t mpidr;

	CPU_CP15_READ(0, c0, c0, 5, mpidr);
	return mpidr;
}

/* Affinity level 0: vCPU n of a partition, CPU n of QEMU's virt. */
static inline uint32_t cpu_index(void)
{
	return cpu_mpidr() & 0xff;
}

#endif
