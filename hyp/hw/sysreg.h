/* SPDX-License-Identifier: BSD-2-Clause */
/* Accessors of system registers by their only definition in hyp/regs/cp15.h, barriers, and
 * accessors of banked registers. */
#ifndef HYP_HW_SYSREG_H
#define HYP_HW_SYSREG_H

#include "hyp/regs/cp15.h"
#include <stdbool.h>
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

/* Seven registers to, or from, seven words, in one store or load of several registers; the pointer
 * advances behind them. */
/* clang-format off */ /* its versions break these lines in different places */
#define SYSREG_GPR_(gpr, cp, op1, crn, crm, op2) \
	#cp ", " #op1 ", " #gpr ", " #crn ", " #crm ", " #op2 "\n"
#define SYSREG_GPR(...) SYSREG_GPR_(__VA_ARGS__)
#define SYSREG_SEVEN_GPRS "r4", "r5", "r6", "r7", "r8", "r9", "r10"
#define sysreg_save7(to, a, b, c, d, e, f, g) \
	__asm__ volatile("mrc " SYSREG_GPR(r4, a) "mrc " SYSREG_GPR(r5, b) \
			 "mrc " SYSREG_GPR(r6, c) "mrc " SYSREG_GPR(r7, d) \
			 "mrc " SYSREG_GPR(r8, e) "mrc " SYSREG_GPR(r9, f) \
			 "mrc " SYSREG_GPR(r10, g) "stm %0!, {r4-r10}" \
			 : "+r"(to) :: SYSREG_SEVEN_GPRS, "memory")
#define sysreg_restore7(from, a, b, c, d, e, f, g) \
	__asm__ volatile("ldm %0!, {r4-r10}\n" \
			 "mcr " SYSREG_GPR(r4, a) "mcr " SYSREG_GPR(r5, b) \
			 "mcr " SYSREG_GPR(r6, c) "mcr " SYSREG_GPR(r7, d) \
			 "mcr " SYSREG_GPR(r8, e) "mcr " SYSREG_GPR(r9, f) \
			 "mcr " SYSREG_GPR(r10, g) \
			 : "+r"(from) :: SYSREG_SEVEN_GPRS, "memory")
/* Doublewords, and words behind them, likewise. */
#define SYSREG_PAIR_(low, high, coproc, opc1, crm) \
	#coproc ", " #opc1 ", " #low ", " #high ", " #crm "\n"
#define SYSREG_PAIR(...) SYSREG_PAIR_(__VA_ARGS__)
#define sysreg_save_wide3(to, a, b, c) \
	__asm__ volatile("mrrc " SYSREG_PAIR(r4, r5, a) "mrrc " SYSREG_PAIR(r6, r7, b) \
			 "mrrc " SYSREG_PAIR(r8, r9, c) "stm %0!, {r4-r9}" \
			 : "+r"(to) :: SYSREG_SEVEN_GPRS, "memory")
#define sysreg_restore_wide3(from, a, b, c) \
	__asm__ volatile("ldm %0!, {r4-r9}\n" \
			 "mcrr " SYSREG_PAIR(r4, r5, a) "mcrr " SYSREG_PAIR(r6, r7, b) \
			 "mcrr " SYSREG_PAIR(r8, r9, c) \
			 : "+r"(from) :: SYSREG_SEVEN_GPRS, "memory")
#define sysreg_restore_wide2(from, a, b) \
	__asm__ volatile("ldm %0!, {r4-r7}\n" \
			 "mcrr " SYSREG_PAIR(r4, r5, a) "mcrr " SYSREG_PAIR(r6, r7, b) \
			 : "+r"(from) :: SYSREG_SEVEN_GPRS, "memory")
#define sysreg_save_wide2_3(to, a, b, c, d, e) \
	__asm__ volatile("mrrc " SYSREG_PAIR(r4, r5, a) "mrrc " SYSREG_PAIR(r6, r7, b) \
			 "mrc " SYSREG_GPR(r8, c) "mrc " SYSREG_GPR(r9, d) \
			 "mrc " SYSREG_GPR(r10, e) "stm %0!, {r4-r10}" \
			 : "+r"(to) :: SYSREG_SEVEN_GPRS, "memory")
#define sysreg_restore_wide2_4(from, a, b, c, d, e, f) \
	__asm__ volatile("ldm %0!, {r4-r11}\n" \
			 "mcrr " SYSREG_PAIR(r4, r5, a) "mcrr " SYSREG_PAIR(r6, r7, b) \
			 "mcr " SYSREG_GPR(r8, c) "mcr " SYSREG_GPR(r9, d) \
			 "mcr " SYSREG_GPR(r10, e) "mcr " SYSREG_GPR(r11, f) \
			 : "+r"(from) :: SYSREG_SEVEN_GPRS, "r11", "memory")
/* clang-format on */
#define sysreg_save7_banked(to, a, b, c, d, e, f, g)                                      \
	__asm__ volatile("mrs r4, " #a "\n mrs r5, " #b "\n mrs r6, " #c "\n mrs r7, " #d \
			 "\n mrs r8, " #e "\n mrs r9, " #f "\n mrs r10, " #g              \
			 "\n stm %0!, {r4-r10}"                                           \
			 : "+r"(to)::SYSREG_SEVEN_GPRS, "memory")
#define sysreg_restore7_banked(from, a, b, c, d, e, f, g)                             \
	__asm__ volatile("ldm %0!, {r4-r10}\n"                                        \
			 "msr " #a ", r4\n msr " #b ", r5\n msr " #c ", r6\n msr " #d \
			 ", r7\n msr " #e ", r8\n msr " #f ", r9\n msr " #g ", r10"   \
			 : "+r"(from)::SYSREG_SEVEN_GPRS, "memory")

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

/* The smaller one, by a conditional move. For a guest's index into a table: after a branch, the CPU
 * could speculate with an index that is too large (CVE-2017-5753). `last` is a constant. IT is for
 * Thumb code, and nothing in ARM state. */
static inline __attribute__((always_inline)) uint32_t hw_at_most(uint32_t index, uint32_t last)
{
	__asm__("cmp %0, %1\n\tit hi\n\tmovhi %0, %1" : "+r"(index) : "I"(last) : "cc");
	return index;
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

/* Has `a` none of the bits of `mask`, `b` none of `first`, `second` and `third`, `c` none of
 * `last`? Constants that are eight bits, shifted: one instruction each, and no other register. */
static inline __attribute__((always_inline)) bool hw_all_clear(uint32_t a, uint32_t mask,
							       uint32_t b, uint32_t first,
							       uint32_t second, uint32_t third,
							       uint32_t c, uint32_t last)
{
	bool clear;

	__asm__("tst	%1, %3\n"
		"	itttt	eq\n"
		"	tsteq	%2, %4\n"
		"	tsteq	%2, %5\n"
		"	tsteq	%2, %6\n"
		"	tsteq	%7, %8\n"
		: "=@cceq"(clear)
		: "r"(a), "r"(b), "I"(mask), "I"(first), "I"(second), "I"(third), "r"(c),
		  "I"(last));
	return clear;
}

#endif
