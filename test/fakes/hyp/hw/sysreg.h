/* SPDX-License-Identifier: BSD-2-Clause */
/* A test has one CPU, in order. */
#ifndef TEST_FAKES_HYP_HW_SYSREG_H
#define TEST_FAKES_HYP_HW_SYSREG_H

#include <stdint.h>

/* HTPIDR is the only one that is read: where the CPU's own data is. */
#define sysreg_read(reg) test_read_htpidr()
uintptr_t test_read_htpidr(void);

static inline void hw_dsb(void)
{
}

static inline void hw_yield(void)
{
}

static inline void hw_sev(void)
{
}

#endif
