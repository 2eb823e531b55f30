/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A partition that executes what a seed chooses, on four vCPUs, step by step (generate.h), in all
 * modes, with page tables of its own. Every exception leads back to the generator. A vCPU that is
 * off is started again by another one; if one does not come back, another one resets the partition.
 *
 * Bootargs: seed=N; exact (the seed is this life's; else each life has one of its own: of the seed
 * and of the time at which it begins); first=N last=N: the steps, of which vCPU c runs those with
 * number % 4 == c; list=N: only the N steps in the initial RAM disk; checks=0: a life may begin in
 * any state; tame=1: no step begins with the MMU on, or sets the virtual timer.
 */
#ifndef GUEST_TEST_FUZZ_FUZZ_H
#define GUEST_TEST_FUZZ_FUZZ_H

#include "guest/test/fuzz/generate.h"
#include <stdbool.h>

/* ---- enter.S ---- */
/* How a vCPU came back: the vector's number, or this. */
#define FUZZ_STARTED 8u
#define FUZZ_WAYS    9u

/* The layout is known to enter.S. */
struct fuzz_entry {
	uint32_t regs[15];
	uint32_t pc;
	uint32_t psr, spsr, sctlr;
	uint32_t ttbcr, ttbr0, ttbr0_high, dacr;
};

_Noreturn void fuzz_enter(const struct fuzz_entry *entry);
extern const uint32_t fuzz_vectors[];
void fuzz_secondary(void); /* where CPU_ON starts a vCPU, in any state */
extern uint32_t fuzz_sctlr;

/* ---- main.c ---- */
_Noreturn void fuzz_back(uint32_t way);

/* For the host, which reads the memory of the machine: test/lib/hostile. */
struct fuzz_record {
	uint32_t magic, seed;
	uint32_t step[FUZZ_CPUS]; /* that each vCPU runs */
	uint32_t done[FUZZ_CPUS]; /* how many it has run */
	uint32_t ways[FUZZ_WAYS];
	uint32_t kinds[FUZZ_KINDS];
	uint32_t started; /* siblings that were off */
	uint32_t lost;	  /* siblings that did not come back: then the partition is reset */
};

#define FUZZ_MAGIC 0x46555a5au

#define fuzz_record (*(volatile struct fuzz_record *)0x40280000u)

/* ---- life.c ---- */
/* A life begins as the first one did: nothing is left of the one before. */
void fuzz_life_check(void);

#endif
