/* SPDX-License-Identifier: BSD-2-Clause */
/* Accessors of system registers by their only definition in hyp/regs/cp15.h, barriers, and
 * accessors of banked registers. */
#ifndef HYP_HW_SYSREG_H
#define HYP_HW_SYSREG_H

#include "hyp/regs/cp15.h"
#include <stdint.h>

#define SYSREG_STR_(cp, op1, crn, crm, op2) #cp ", " #op1 ", %0, " #crn ", " #crm ", " #op2
#define SYSREG_STR(...)			    SYSREG_STR_(__VA_ARGS__)
#define SYSREG64_STR_(coproc, opc1, crm)    #coproc ", " #opc1 ", %Q0, %R0, " #crm
#define SYSREG64_STR(...)		    SYSREG64_STR_(__VA_ARGS__)

#define sysreg_read(reg)                                                           \
	__extension__({                                                            \
		uint32_t value_;                                                   \
		__asm__ volatile("mrc " SYSREG_STR(reg) : "=r"(value_)::"memory"); \
		value_;                                                            \
	})
#define sysreg_write(reg, value) \
	__asm__ volatile("mcr " SYSREG_STR(reg)::"r"((uint32_t)(value)) : "memory")
#define sysreg_read64(reg)                                                            \
	__extension__({                                                               \
		uint64_t value_;                                                      \
		__asm__ volatile("mrrc " SYSREG64_STR(reg) : "=r"(value_)::"memory"); \
		value_;                                                               \
	})
#define sysreg_write64(reg, value) \
	__asm__ volatile("mcrr " SYSREG64_STR(reg)::"r"((uint64_t)(value)) : "memory")

/* Banked registers of PL1 modes (ARM ARM B9.2.3), by name: SP_svc, LR_irq, SPSR_fiq ... */
#define sysreg_read_banked(name)                                             \
	__extension__({                                                      \
		uint32_t value_;                                             \
		__asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory"); \
		value_;                                                      \
	})
#define sysreg_write_banked(name, value) \
	__asm__ volatile("msr " #name ", %0" ::"r"((uint32_t)(value)) : "memory")

static inline void hw_dsb(void)
{
	__asm__ volatile("dsb" ::: "memory");
}

static inline void hw_isb(void)
{
	__asm__ volatile("isb" ::: "memory");
}

static inline void hw_dmb(void)
{
	__asm__ volatile("dmb" ::: "memory");
}

static inline void hw_wfi(void)
{
	__asm__ volatile("dsb\n\twfi" ::: "memory");
}

static inline void hw_wfe(void)
{
	__asm__ volatile("wfe" ::: "memory");
}

static inline void hw_yield(void)
{
	__asm__ volatile("yield" ::: "memory");
}

static inline void hw_sev(void)
{
	__asm__ volatile("dsb\n\tsev" ::: "memory");
}

#endif
