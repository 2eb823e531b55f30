/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of a CPU that the monitor sets once, to the same value on all CPUs: its own
 * translation, and what guests trap by. Not among them: HVBAR, which may depend on the kind of CPU;
 * HMAIR1, of which no attribute is used.
 */
#ifndef HYP_BASE_FIXED_H
#define HYP_BASE_FIXED_H

/* clang-format off */
#define FIXED_REGS(REG) \
	REG(HTTBR) REG(HTCR) REG(HMAIR0) REG(HSCTLR) REG(VTCR) REG(HCR) REG(HCPTR) REG(HSTR) \
	REG(HDCR) REG(CNTHCTL)
/* clang-format on */

#define FIXED_ENUM(name) FIXED_##name,
enum fixed { FIXED_REGS(FIXED_ENUM) FIXED_COUNT };

#endif
