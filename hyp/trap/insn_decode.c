/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Single loads and stores from the instruction word: ARM ARM A5.2.8, A5.3 (ARM), A6.2.4 (16-bit
 * Thumb), A6.3.7 to A6.3.10 (32-bit Thumb). The address is not computed, because the fault reports
 * it. Forms that access as PL0 (LDRT ...) need no special case: their stage-1 check has passed.
 */
#include "hyp/base/bits.h"
#include "hyp/trap/insn.h"

/* ARM and, but for P, U, W, the halves of 32-bit Thumb: Rn, Rt, Rm */
#define WORD_RN GENMASK32(19, 16)
#define WORD_RT GENMASK32(15, 12)
#define WORD_RM GENMASK32(3, 0)
#define WORD_L	BIT32(20)

#define ARM_COND	GENMASK32(31, 28)
#define ARM_CLASS	GENMASK32(27, 25)
#define ARM_P		BIT32(24)
#define ARM_U		BIT32(23)
#define ARM_B		BIT32(22)
#define ARM_W		BIT32(21)
#define ARM_IMM12	GENMASK32(11, 0)
#define ARM_MEDIA	BIT32(4)  /* class 3: not a load or store */
#define ARM_EXTRA	0x90u	  /* class 0: bits 7 and 4 */
#define ARM_EXTRA_IMM	BIT32(22) /* else register */
#define ARM_EXTRA_OP	GENMASK32(6, 5)
#define ARM_EXTRA_IMMHI GENMASK32(11, 8)
#define ARM_EXTRA_IMMLO GENMASK32(3, 0)

#define T32_PREFIX     GENMASK32(31, 25)
#define T32_SINGLE     0x7cu
#define T32_SIGNED     BIT32(24)
#define T32_IMM12_FORM BIT32(23)
#define T32_SIZE       GENMASK32(22, 21)
#define T32_IMM8_FORM  BIT32(11)
#define T32_P	       BIT32(10)
#define T32_U	       BIT32(9)
#define T32_W	       BIT32(8)
#define T32_IMM8       GENMASK32(7, 0)
#define T32_REG_ZERO   GENMASK32(11, 6)

#define PC 15u
#define SP 13u

static int32_t signed_offset(uint32_t magnitude, bool add)
{
	return add ? (int32_t)magnitude : -(int32_t)magnitude;
}

/* Adds `rn += increment`. False if that is UNPREDICTABLE. */
static bool add_writeback(struct insn_access *access, uint32_t rn, int32_t increment)
{
	if (rn == PC || rn == access->rt) {
		return false;
	}
	access->writeback = true;
	access->rn = (uint8_t)rn;
	access->increment = increment;
	return true;
}

/* The addressing of both ARM groups; `is_imm` else by register. */
static bool arm_addressing(uint32_t word, bool is_imm, uint32_t imm, struct insn_access *access)
{
	bool writeback = !(word & ARM_P) || (word & ARM_W);
	uint32_t rn = FIELD_GET(WORD_RN, word);

	if (access->rt == PC) {
		return false;
	}
	if (!is_imm) {
		return !writeback && FIELD_GET(WORD_RM, word) != PC;
	}
	return !writeback || add_writeback(access, rn, signed_offset(imm, (word & ARM_U) != 0));
}

static bool arm_word_or_byte(uint32_t word, bool is_imm, struct insn_access *access)
{
	if (!is_imm && (word & ARM_MEDIA)) {
		return false;
	}
	access->size = (word & ARM_B) ? 1 : 4;
	access->is_write = !(word & WORD_L);
	return arm_addressing(word, is_imm, FIELD_GET(ARM_IMM12, word), access);
}

/* Halfwords and signed bytes; the rest of this space is LDRD, STRD, multiplies and exclusives. */
static bool arm_extra(uint32_t word, struct insn_access *access)
{
	uint32_t op = FIELD_GET(ARM_EXTRA_OP, word);
	bool is_load = (word & WORD_L) != 0;
	bool is_imm = (word & ARM_EXTRA_IMM) != 0;
	uint32_t high = FIELD_GET(ARM_EXTRA_IMMHI, word);

	if ((word & ARM_EXTRA) != ARM_EXTRA || op == 0 || (op > 1 && !is_load) ||
	    (!is_imm && high != 0)) {
		return false;
	}
	access->size = op == 2 ? 1 : 2;
	access->is_write = !is_load;
	access->sign_extend = op > 1;
	return arm_addressing(word, is_imm, high << 4 | FIELD_GET(ARM_EXTRA_IMMLO, word), access);
}

static bool decode_arm(uint32_t word, struct insn_access *access)
{
	if (FIELD_GET(ARM_COND, word) == 15) {
		return false;
	}
	access->rt = (uint8_t)FIELD_GET(WORD_RT, word);
	switch (FIELD_GET(ARM_CLASS, word)) {
	case 0:
		return arm_extra(word, access);
	case 2:
		return arm_word_or_byte(word, true, access);
	case 3:
		return arm_word_or_byte(word, false, access);
	default:
		return false;
	}
}

#define T16_RT_LOW GENMASK32(2, 0)
#define T16_RT_MID GENMASK32(10, 8)
#define T16_REG_OP GENMASK32(11, 9)

struct t16_form {
	uint8_t size;
	bool is_write;
	bool sign_extend;
};

/* A6.2.4, opA = 0101, by opB: register offset. */
static const struct t16_form t16_register[8] = {
	{ 4, true, false },  { 2, true, false },  { 1, true, false },  { 1, false, true },
	{ 4, false, false }, { 2, false, false }, { 1, false, false }, { 2, false, true },
};

/* By the top five bits. */
static bool decode_thumb16(uint32_t word, struct insn_access *access)
{
	struct t16_form form = { 4, false, false };
	bool rt_low = true;
	uint32_t top = word >> 11;

	switch (top) {
	case 0x09: /* LDR literal */
		rt_low = false;
		break;
	case 0x0a:
	case 0x0b:
		form = t16_register[FIELD_GET(T16_REG_OP, word)];
		break;
	case 0x0c: /* STR, LDR, STRB, LDRB, STRH, LDRH immediate */
	case 0x0d:
	case 0x0e:
	case 0x0f:
	case 0x10:
	case 0x11:
		form.size = top < 0x0e ? 4 : top < 0x10 ? 1 : 2;
		form.is_write = !(top & 1u);
		break;
	case 0x12: /* STR, LDR from SP */
	case 0x13:
		form.is_write = !(top & 1u);
		rt_low = false;
		break;
	default:
		return false;
	}
	access->rt = (uint8_t)(rt_low ? FIELD_GET(T16_RT_LOW, word) : FIELD_GET(T16_RT_MID, word));
	access->size = form.size;
	access->is_write = form.is_write;
	access->sign_extend = form.sign_extend;
	return true;
}

/* Of a base register that is not the PC: imm12, register, or imm8 with P, U, W. */
static bool t32_addressing(uint32_t word, struct insn_access *access)
{
	uint32_t rm = FIELD_GET(WORD_RM, word);
	int32_t imm = signed_offset(FIELD_GET(T32_IMM8, word), (word & T32_U) != 0);

	if (word & T32_IMM12_FORM) {
		return true;
	}
	if (!(word & T32_IMM8_FORM)) {
		return !(word & T32_REG_ZERO) && rm != SP && rm != PC;
	}
	if (word & T32_W) {
		return add_writeback(access, FIELD_GET(WORD_RN, word), imm);
	}
	return (word & T32_P) != 0;
}

static bool decode_thumb32(uint32_t word, struct insn_access *access)
{
	uint32_t size = FIELD_GET(T32_SIZE, word);
	bool is_load = (word & WORD_L) != 0;
	bool is_signed = (word & T32_SIGNED) != 0;
	uint32_t rt = FIELD_GET(WORD_RT, word);

	if (FIELD_GET(T32_PREFIX, word) != T32_SINGLE || size == 3 ||
	    (is_signed && (!is_load || size == 2)) || rt == PC || (rt == SP && size != 2)) {
		return false;
	}
	access->size = (uint8_t)(1u << size);
	access->rt = (uint8_t)rt;
	access->is_write = !is_load;
	access->sign_extend = is_signed;
	if (FIELD_GET(WORD_RN, word) == PC) {
		return is_load; /* literal */
	}
	return t32_addressing(word, access);
}

bool insn_thumb_is_wide(uint32_t halfword)
{
	return (halfword & 0xffffu) >= 0xe800u;
}

bool insn_access_decode(uint32_t word, bool thumb, bool wide, struct insn_access *access)
{
	*access = (struct insn_access) { 0 };
	if (!thumb) {
		return decode_arm(word, access);
	}
	return wide ? decode_thumb32(word, access) : decode_thumb16(word & 0xffffu, access);
}
