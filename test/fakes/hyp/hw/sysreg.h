/* SPDX-License-Identifier: BSD-2-Clause */
/* A test has one CPU, in order. */
#ifndef TEST_FAKES_HYP_HW_SYSREG_H
#define TEST_FAKES_HYP_HW_SYSREG_H

static inline void hw_dsb(void)
{
}

#endif
