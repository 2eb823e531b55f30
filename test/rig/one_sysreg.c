/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers for a test that has one CPU, in order, and wants to know of none but these two. */
#include "hyp/hw/sysreg.h"
#include "test/rig/one.h"

uint64_t fake_sysreg_read(enum fake_sysreg reg)
{
	if (reg == FAKE_HTPIDR && test_read_htpidr) {
		return test_read_htpidr();
	}
	return reg == FAKE_CNTPCT && test_now ? test_now() : 0;
}

void fake_sysreg_write(enum fake_sysreg reg, uint64_t value)
{
	(void)reg;
	(void)value;
}

void fake_barrier(enum fake_barrier which)
{
	(void)which;
}
