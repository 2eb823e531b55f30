/* SPDX-License-Identifier: BSD-2-Clause */
/* What a trapped instruction was and how to step over it. Pure. ARM ARM A8.3, B1.3.3, B3.13.6. */
#ifndef HYP_INSN_H
#define HYP_INSN_H

#include "hyp/guest_regs.h"
#include <stdbool.h>
#include <stdint.h>

/* ARM ARM A8.3.1: does condition `cond` (0..15) hold under these flags? */
bool insn_condition_holds(uint32_t cond, uint32_t cpsr);

/* Did a trapped conditional instruction pass its condition? From HSR.COND where HSR.CV says so,
 * else from ITSTATE or (ARM state) taken as passed. Not for aborts and HVC. */
bool insn_trap_passed(uint32_t hsr, uint32_t cpsr);

/* CPSR after one Thumb instruction inside (or outside) an IT block. */
uint32_t insn_it_advance(uint32_t cpsr);

/* Steps over the trapped instruction: PC by HSR.IL, ITSTATE. For a data abort with ISV=0, IL is
 * UNKNOWN (B3.13.6): the caller puts there what insn_thumb_is_wide told of the instruction. */
void insn_skip(struct guest_regs *regs, uint32_t hsr);

/* Is this the first halfword of a 32-bit Thumb instruction (A6.1)? */
bool insn_thumb_is_wide(uint32_t halfword);

/* A single load or store, from the syndrome or from the instruction word. */
struct insn_access {
	uint8_t size; /* 1, 2, 4 */
	uint8_t rt;   /* 0..14 */
	uint8_t rn;   /* base register, with writeback only */
	bool is_write;
	bool sign_extend;
	bool writeback;	   /* then rn += increment after the access */
	int32_t increment; /* bytes */
};

/* From HSR with ISV=1. False if it describes nothing that can be emulated (size 8, Rt=15). */
bool insn_access_from_hsr(uint32_t hsr, struct insn_access *access);

/* From the instruction itself where ISV=0 (or Rt cannot be trusted: Cortex-A15 erratum 766422):
 * LDR/STR{B,H,SB,SH} immediate or register, ARM and Thumb, with or without writeback. False for
 * anything else (LDM, LDRD, exclusives, VFP, writeback by a
 * register, what is UNPREDICTABLE ...): the guest then gets an external abort. `word` is
 * the instruction: ARM in 31..0, 32-bit Thumb with the first halfword in 31..16, 16-bit Thumb
 * in 15..0. */
bool insn_access_decode(uint32_t word, bool thumb, bool wide, struct insn_access *access);

/* The value a load leaves in Rt: `value` cut to its size and sign-extended where asked. */
uint32_t insn_load_value(const struct insn_access *access, uint32_t value);

#endif
