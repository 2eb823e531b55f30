/* SPDX-License-Identifier: BSD-2-Clause */
/* Decodes a trapped instruction and steps over it. Pure. ARM ARM A8.3, B1.3.3, B3.13.6. */
#ifndef HYP_TRAP_INSN_H
#define HYP_TRAP_INSN_H

#include "hyp/base/guest_regs.h"
#include "hyp/regs/hsr.h"
#include "hyp/regs/psr.h"
#include <stdbool.h>
#include <stdint.h>

/* ARM ARM A8.3.1: does condition `cond` (0..15) hold under these flags? */
bool insn_condition_holds(uint32_t cond, uint32_t cpsr);

/* Did a trapped conditional instruction pass its condition? From HSR.COND if HSR.CV is set, else
 * from ITSTATE; in ARM state it then counts as passed. Not for aborts and HVC. */
bool insn_trap_passed(uint32_t hsr, uint32_t cpsr);

/* Of HSR.EC 1 to 15: HSR.COND is valid, and 'always' (ARM state): then the condition has passed. */
static inline bool insn_is_always(uint32_t hsr)
{
	return (hsr & (HSR_CV | HSR_COND)) == (HSR_CV | FIELD_PREP(HSR_COND, 14));
}

/* CPSR after one Thumb instruction inside (or outside) an IT block. */
uint32_t insn_it_advance(uint32_t cpsr);

/* Steps over the trapped instruction: PC by HSR.IL, ITSTATE. For a data abort with ISV=0, IL is
 * UNKNOWN (B3.13.6): the caller sets it from insn_thumb_is_wide. */
static inline void insn_skip(struct guest_regs *regs, uint32_t hsr)
{
	if (!(regs->cpsr & PSR_T)) {
		regs->pc += 4;
		return;
	}
	regs->pc += (hsr & HSR_IL) ? 4 : 2;
	regs->cpsr = insn_it_advance(regs->cpsr);
}

/* Is this the first halfword of a 32-bit Thumb instruction (A6.1)? */
bool insn_thumb_is_wide(uint32_t halfword);

/* A single load or store, from the syndrome or from the instruction word. */
struct insn_access {
	uint8_t size; /* 1, 2, 4 */
	uint8_t rt;   /* 0..14 */
	uint8_t rn;   /* base register, with writeback only */
	bool is_write;
	bool sign_extend;
	bool reversed;	/* bytes reversed between register and device: CPSR.E, set by the caller */
	bool writeback; /* then rn += increment after the access */
	int32_t increment; /* bytes */
};

/* ISV=1: does it load a word? */
static inline bool insn_is_word_load(uint32_t hsr)
{
	return (hsr & (HSR_DABT_SAS | HSR_DABT_WNR)) == FIELD_PREP(HSR_DABT_SAS, 2u);
}

/* From HSR with ISV=1. False if the access cannot be emulated: size 8, Rt=15. Cache maintenance and
 * table walks have ISV=0; a syndrome with ISV=1 and one of these is invalid. Inline, because every
 * emulated access calls it. */
static inline bool insn_access_from_hsr(uint32_t hsr, struct insn_access *access)
{
	uint32_t sas = FIELD_GET(HSR_DABT_SAS, hsr);
	uint32_t rt = FIELD_GET(HSR_DABT_SRT, hsr);

	if (!(hsr & HSR_DABT_ISV) || (hsr & (HSR_DABT_CM | HSR_ABT_S1PTW)) || sas == 3 ||
	    rt == 15) {
		return false;
	}
	access->size = (uint8_t)(1u << sas);
	access->rt = (uint8_t)rt;
	access->rn = 0;
	access->is_write = (hsr & HSR_DABT_WNR) != 0;
	access->sign_extend = (hsr & HSR_DABT_SSE) != 0;
	access->reversed = false;
	access->writeback = false;
	access->increment = 0;
	return true;
}

/*
 * Most accesses to devices: a word, to or from one of r0..r7 (which no mode banks), at an address
 * that stage 2 does not translate (a fault at level 2 or 3, not on a table walk), by an ARM
 * instruction without reversal of bytes. insn_access_from_hsr then gives
 * { 4, insn_word_rt, insn_word_is_write }, HPFAR is valid, and the PC moves on by 4.
 */
#define INSN_WORD_MASK                                                                           \
	(HSR_DABT_ISV | HSR_DABT_SAS | FIELD_PREP(HSR_DABT_SRT, 8u) | HSR_ABT_EA | HSR_DABT_CM | \
	 HSR_ABT_S1PTW | FIELD_PREP(HSR_ABT_FSC, 0x3eu))
#define INSN_WORD (HSR_DABT_ISV | FIELD_PREP(HSR_DABT_SAS, 2u) | FIELD_PREP(HSR_ABT_FSC, 0x06u))

/* exit_mem.c has it in assembly (exit_is_word). */
static inline bool insn_is_word(uint32_t hsr, uint32_t cpsr)
{
	return (((hsr ^ INSN_WORD) & INSN_WORD_MASK) | (cpsr & (PSR_T | PSR_E))) == 0;
}

static inline uint32_t insn_word_rt(uint32_t hsr)
{
	return FIELD_GET(HSR_DABT_SRT, hsr) & 7u;
}

static inline bool insn_word_is_write(uint32_t hsr)
{
	return (hsr & HSR_DABT_WNR) != 0;
}

/* From the instruction itself if ISV=0 (or if Rt is unreliable: Cortex-A15 erratum 766422):
 * LDR/STR{B,H,SB,SH} immediate or register, ARM and Thumb, with or without writeback. False for
 * anything else (LDM, LDRD, exclusives, VFP, writeback by a register, UNPREDICTABLE encodings ...):
 * the guest then takes an external abort. `word` is the instruction: ARM in 31..0, 32-bit Thumb
 * with the first halfword in 31..16, 16-bit Thumb in 15..0. */
bool insn_access_decode(uint32_t word, bool thumb, bool wide, struct insn_access *access);

/* Device registers are little-endian; a big-endian access reverses the bytes that it transfers
 * (A3.3, MemA[]), which are the low ones. */
static inline uint32_t insn_device_value(const struct insn_access *access, uint32_t value)
{
	return access->reversed ? __builtin_bswap32(value) >> (32u - access->size * 8u) : value;
}

/* The value that a load writes to Rt: the device's `value`, truncated to the access size and, for
 * LDRSB and LDRSH, sign-extended. */
static inline uint32_t insn_load_value(const struct insn_access *access, uint32_t value)
{
	uint32_t bits = access->size * 8u;
	uint32_t sign;

	value = insn_device_value(access, value);
	if (bits >= 32) {
		return value;
	}
	sign = BIT32(bits - 1);
	value &= (sign << 1) - 1;
	return access->sign_extend && (value & sign) ? value | ~(sign - 1) : value;
}

#endif
