/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions that the monitor injects into a guest, as the architecture's TakeException pseudocode
 * defines them (ARM ARM B1.9). Pure: the new state comes out by value, glue writes the banked
 * registers. */
#ifndef HYP_TRAP_INJECT_H
#define HYP_TRAP_INJECT_H

#include <stdint.h>

enum inject_kind { INJECT_UNDEF, INJECT_PREFETCH_ABORT, INJECT_DATA_ABORT };

struct inject_in {
	enum inject_kind kind;
	uint32_t pc; /* of the instruction that faulted */
	uint32_t cpsr;
	uint32_t sctlr;	   /* guest's: V, VE-less, EE, TE */
	uint32_t vbar;	   /* guest's */
	uint32_t ttbcr;	   /* guest's: EAE chooses the fault status format */
	uint32_t far;	   /* aborts: guest-virtual address */
	uint32_t is_write; /* data abort: goes to DFSR.WnR */
};

struct inject_out {
	uint32_t pc;
	uint32_t cpsr;
	uint32_t lr;   /* LR_<mode> */
	uint32_t spsr; /* SPSR_<mode> */
	uint32_t mode; /* PSR_MODE_UND or _ABT */
	uint32_t fsr;  /* DFSR or IFSR: synchronous external abort, short or long format */
};

struct inject_out inject_exception(const struct inject_in *in);

#endif
