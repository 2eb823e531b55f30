/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of a CPU that the monitor sets once, to the same value on all CPUs: its own
 * translation, and what guests trap by. Not among them: HVBAR, which may depend on the kind of CPU;
 * HMAIR1, of which no attribute is used.
 */
#ifndef HYP_BASE_FIXED_H
#define HYP_BASE_FIXED_H

enum fixed {
	FIXED_HTTBR,
	FIXED_HTCR,
	FIXED_HMAIR0,
	FIXED_HSCTLR,
	FIXED_VTCR,
	FIXED_HCR,
	FIXED_HCPTR,
	FIXED_HSTR,
	FIXED_HDCR,
	FIXED_CNTHCTL,
	FIXED_COUNT
};

#endif
