/* SPDX-License-Identifier: BSD-2-Clause */
/* A test has one CPU, in order. One that includes test/unit/hw_log.h first has all of its registers
 * and barriers, by name, in the order in which they are used. */
#ifndef TEST_FAKES_HYP_HW_SYSREG_H
#define TEST_FAKES_HYP_HW_SYSREG_H

#include <stdint.h>

#ifdef TEST_HW_LOG

/* HTPIDR is a pointer, of the width that the host has. */
#define sysreg_read(reg)                                                           \
	__extension__ __builtin_choose_expr(__builtin_strcmp(#reg, "HTPIDR") == 0, \
					    (uintptr_t)hw_log_read(#reg),          \
					    (uint32_t)hw_log_read(#reg))
#define sysreg_write(reg, value)	 hw_log_write(#reg, (uint32_t)(value))
#define sysreg_read64(reg)		 hw_log_read(#reg)
#define sysreg_write64(reg, value)	 hw_log_write(#reg, (uint64_t)(value))
#define sysreg_read_banked(name)	 ((uint32_t)hw_log_read(#name))
#define sysreg_write_banked(name, value) hw_log_write(#name, (uint32_t)(value))
#define HW_FAKE(name)                 \
	static inline void name(void) \
	{                             \
		hw_log_event(#name);  \
	}

#else

/* HTPIDR is the only one that is read: where the CPU's own data is. */
#define sysreg_read(reg) test_read_htpidr()
uintptr_t test_read_htpidr(void);
#define HW_FAKE(name)                 \
	static inline void name(void) \
	{                             \
	}

#endif

HW_FAKE(hw_dsb)
HW_FAKE(hw_isb)
HW_FAKE(hw_dmb)
HW_FAKE(hw_wfi)
HW_FAKE(hw_wfe)
HW_FAKE(hw_yield)
HW_FAKE(hw_sev)

#endif
