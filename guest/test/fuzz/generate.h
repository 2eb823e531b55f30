/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps of the fuzzer: what a vCPU executes next, and in what state of the CPU. A step depends on
 * the seed and its number alone. Pure: test/tool fuzz-guest --show compiles it for the host.
 */
#ifndef GUEST_TEST_FUZZ_GENERATE_H
#define GUEST_TEST_FUZZ_GENERATE_H

#include <stdint.h>

#define FUZZ_CPUS 4u

/* The guest's memory: image, device tree, and the last MiB, which the steps own. */
#define FUZZ_RAM     0x40000000u
#define FUZZ_RAM_END 0x40400000u
#define FUZZ_ARENA   0x40300000u
/* In the arena: a page of code and page tables for each vCPU, then data. */
#define FUZZ_CODE    0x40300000u
#define FUZZ_TABLES  0x40340000u /* 16 KiB for each vCPU: short descriptors, level 1 */
#define FUZZ_SECOND  0x40360000u /* 1 KiB for each: level 2 */
#define FUZZ_LONG    0x40362000u /* 4 KiB for each: long descriptors, level 1 */
#define FUZZ_DATA    0x40380000u
#define FUZZ_STUB    0x200u /* in the page of code: where CPU_ON goes, behind a new VBAR */

#define FUZZ_WORDS 16u
#define FUZZ_POKES 8u
#define FUZZ_END   0xef00000fu /* SVC, in A32 */
#define FUZZ_END_T 0xdf0fdf0fu /* in T32, twice */

enum fuzz_kind {
	FUZZ_RANDOM,   /* any words */
	FUZZ_TEMPLATE, /* instructions that do something */
	FUZZ_MEMORY,   /* loads and stores of all forms, at addresses of all kinds */
	FUZZ_COPROC,   /* MCR, MRC, MCRR, MRRC, CDP, LDC, STC */
	FUZZ_SYSTEM,   /* modes, SPSRs, exceptions, returns, hints */
	FUZZ_CALL,     /* HVC #0 */
	FUZZ_GIC,      /* accesses to distributor, CPU interface, devices */
	FUZZ_TIMER,    /* timers, WFI */
	FUZZ_PAGES,    /* page tables of its own */
	FUZZ_FLOAT,    /* VFP and NEON */
	FUZZ_KINDS
};

struct fuzz_poke {
	uint32_t address, value;
};

struct fuzz_step {
	uint32_t kind; /* enum fuzz_kind */
	uint32_t nr_words;
	uint32_t words[FUZZ_WORDS]; /* A32, or T32 as it is in memory */
	uint32_t has_stub;
	uint32_t stub[FUZZ_WORDS]; /* A32: at FUZZ_STUB */
	uint32_t regs[15];
	uint32_t psr;
	uint32_t spsr;
	uint32_t sctlr; /* the bits of FUZZ_SCTLR */
	uint32_t ttbcr, ttbr0, ttbr0_high, dacr;
	uint32_t nr_pokes; /* words that are written before */
	struct fuzz_poke pokes[FUZZ_POKES];
	uint32_t budget_us; /* then the virtual timer ends it, */
	uint32_t fiq;	    /* as an FIQ */
};

/* SCTLR bits that a step chooses: M, A, C, SW, Z, I, V, EE, TRE, AFE, TE (ARM DDI 0406C, B4.1.130)
 */
#define FUZZ_SCTLR 0x72003c07u

void fuzz_generate(struct fuzz_step *step, uint32_t seed, uint32_t number);

#endif
