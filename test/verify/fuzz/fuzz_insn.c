/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a guest's instruction and syndrome can be: any bits. Single loads and stores against a table
 * typed from the ARM ARM (DDI 0406C, A8.8); CP15 and CP14 accesses, conditions and names by what
 * must hold of them.
 */
#include "hyp/trap/cp15.h"
#include "hyp/trap/fault.h"
#include "hyp/trap/insn.h"
#include "test/verify/fuzz/fuzz.h"

enum set { ARM, T16, T32 };

/* How the address is made; what follows says when a row does not apply after all. */
enum form { ARM_IMM, ARM_REG, ARM_HALF_IMM, ARM_HALF_REG, LOW_RT, MID_RT, T32_IMM, T32_MORE };

struct row {
	enum set set;
	uint32_t mask, bits;
	uint8_t size;
	bool write, sign;
	enum form form;
};

static const struct row rows[] = {
	{ ARM, 0x0e500000, 0x04000000, 4, true, false, ARM_IMM }, /* STR */
	{ ARM, 0x0e500000, 0x04100000, 4, false, false, ARM_IMM },
	{ ARM, 0x0e500000, 0x04400000, 1, true, false, ARM_IMM },
	{ ARM, 0x0e500000, 0x04500000, 1, false, false, ARM_IMM },
	{ ARM, 0x0e500010, 0x06000000, 4, true, false, ARM_REG },
	{ ARM, 0x0e500010, 0x06100000, 4, false, false, ARM_REG },
	{ ARM, 0x0e500010, 0x06400000, 1, true, false, ARM_REG },
	{ ARM, 0x0e500010, 0x06500000, 1, false, false, ARM_REG },
	{ ARM, 0x0e5000f0, 0x004000b0, 2, true, false, ARM_HALF_IMM }, /* STRH */
	{ ARM, 0x0e5000f0, 0x005000b0, 2, false, false, ARM_HALF_IMM },
	{ ARM, 0x0e5000f0, 0x005000d0, 1, false, true, ARM_HALF_IMM },
	{ ARM, 0x0e5000f0, 0x005000f0, 2, false, true, ARM_HALF_IMM },
	{ ARM, 0x0e500ff0, 0x000000b0, 2, true, false, ARM_HALF_REG },
	{ ARM, 0x0e500ff0, 0x001000b0, 2, false, false, ARM_HALF_REG },
	{ ARM, 0x0e500ff0, 0x001000d0, 1, false, true, ARM_HALF_REG },
	{ ARM, 0x0e500ff0, 0x001000f0, 2, false, true, ARM_HALF_REG },
	{ T16, 0xf800, 0x4800, 4, false, false, MID_RT }, /* LDR literal */
	{ T16, 0xfe00, 0x5000, 4, true, false, LOW_RT },
	{ T16, 0xfe00, 0x5200, 2, true, false, LOW_RT },
	{ T16, 0xfe00, 0x5400, 1, true, false, LOW_RT },
	{ T16, 0xfe00, 0x5600, 1, false, true, LOW_RT },
	{ T16, 0xfe00, 0x5800, 4, false, false, LOW_RT },
	{ T16, 0xfe00, 0x5a00, 2, false, false, LOW_RT },
	{ T16, 0xfe00, 0x5c00, 1, false, false, LOW_RT },
	{ T16, 0xfe00, 0x5e00, 2, false, true, LOW_RT },
	{ T16, 0xf800, 0x6000, 4, true, false, LOW_RT },
	{ T16, 0xf800, 0x6800, 4, false, false, LOW_RT },
	{ T16, 0xf800, 0x7000, 1, true, false, LOW_RT },
	{ T16, 0xf800, 0x7800, 1, false, false, LOW_RT },
	{ T16, 0xf800, 0x8000, 2, true, false, LOW_RT },
	{ T16, 0xf800, 0x8800, 2, false, false, LOW_RT },
	{ T16, 0xf800, 0x9000, 4, true, false, MID_RT },
	{ T16, 0xf800, 0x9800, 4, false, false, MID_RT },
	{ T32, 0xfff00000, 0xf8800000, 1, true, false, T32_IMM },
	{ T32, 0xfff00000, 0xf8900000, 1, false, false, T32_IMM },
	{ T32, 0xfff00000, 0xf8a00000, 2, true, false, T32_IMM },
	{ T32, 0xfff00000, 0xf8b00000, 2, false, false, T32_IMM },
	{ T32, 0xfff00000, 0xf8c00000, 4, true, false, T32_IMM },
	{ T32, 0xfff00000, 0xf8d00000, 4, false, false, T32_IMM },
	{ T32, 0xfff00000, 0xf9900000, 1, false, true, T32_IMM },
	{ T32, 0xfff00000, 0xf9b00000, 2, false, true, T32_IMM },
	{ T32, 0xfff00000, 0xf8000000, 1, true, false, T32_MORE },
	{ T32, 0xfff00000, 0xf8100000, 1, false, false, T32_MORE },
	{ T32, 0xfff00000, 0xf8200000, 2, true, false, T32_MORE },
	{ T32, 0xfff00000, 0xf8300000, 2, false, false, T32_MORE },
	{ T32, 0xfff00000, 0xf8400000, 4, true, false, T32_MORE },
	{ T32, 0xfff00000, 0xf8500000, 4, false, false, T32_MORE },
	{ T32, 0xfff00000, 0xf9100000, 1, false, true, T32_MORE },
	{ T32, 0xfff00000, 0xf9300000, 2, false, true, T32_MORE },
};

/* Base register and step; false where that is UNPREDICTABLE. */
static bool want_writeback(uint32_t word, uint32_t imm, bool up, struct insn_access *want)
{
	uint32_t rn = word >> 16 & 15;

	want->writeback = true;
	want->rn = (uint8_t)rn;
	want->increment = up ? (int32_t)imm : -(int32_t)imm;
	return rn != 15 && rn != want->rt;
}

static bool want_arm(const struct row *row, uint32_t word, struct insn_access *want)
{
	bool post = !(word & 0x01000000u);
	bool back = post || (word & 0x00200000u);
	uint32_t imm = row->form == ARM_IMM ? word & 0xfffu : (word >> 4 & 0xf0u) | (word & 15);

	want->rt = word >> 12 & 15;
	if (want->rt == 15 || word >> 28 == 15) {
		return false;
	}
	if (row->form == ARM_REG || row->form == ARM_HALF_REG) {
		return !back && (word & 15) != 15;
	}
	return !back || want_writeback(word, imm, (word & 0x00800000u) != 0, want);
}

static bool want_t32(const struct row *row, uint32_t word, struct insn_access *want)
{
	uint32_t rm = word & 15;

	want->rt = word >> 12 & 15;
	if (want->rt == 15 || (want->rt == 13 && row->size != 4)) {
		return false;
	}
	if ((word >> 16 & 15) == 15) {
		return !row->write; /* literal */
	}
	if (row->form == T32_IMM) {
		return true;
	}
	if (!(word & 0x800u)) {
		return (word & 0xfc0u) == 0 && rm != 13 && rm != 15;
	}
	if (word & 0x100u) {
		return want_writeback(word, word & 0xffu, (word & 0x200u) != 0, want);
	}
	return (word & 0x400u) != 0;
}

static bool want_access(enum set set, uint32_t word, struct insn_access *want)
{
	for (size_t n = 0; n < sizeof(rows) / sizeof(rows[0]); n++) {
		const struct row *row = &rows[n];

		if (row->set != set || (word & row->mask) != row->bits) {
			continue;
		}
		want->size = row->size;
		want->is_write = row->write;
		want->sign_extend = row->sign;
		switch (row->form) {
		case LOW_RT:
			want->rt = word & 7;
			return true;
		case MID_RT:
			want->rt = word >> 8 & 7;
			return true;
		case T32_IMM:
		case T32_MORE:
			return want_t32(row, word, want);
		default:
			return want_arm(row, word, want);
		}
	}
	return false;
}

static void check_same(const struct insn_access *got, const struct insn_access *want, uint32_t word)
{
	bool same = got->size == want->size && got->rt == want->rt &&
		    got->is_write == want->is_write && got->sign_extend == want->sign_extend &&
		    got->writeback == want->writeback;

	same = same &&
	       (!got->writeback || (got->rn == want->rn && got->increment == want->increment));
	CHECK(same);
	if (!same) {
		printf("instruction 0x%08x\n", word);
	}
}

static void try_word(struct fuzz_input *in)
{
	enum set set = (enum set)(fuzz_byte(in) % 3u);
	uint32_t word = fuzz_word(in);
	struct insn_access want = { 0 };
	struct insn_access got;
	bool wanted, taken;

	if (set == T16) {
		word &= 0xffffu;
	} else if (set == T32) {
		word |= 0xe8000000u; /* A6.3: else it is no 32-bit instruction */
		CHECK(insn_thumb_is_wide(word >> 16));
	}
	wanted = want_access(set, word, &want);
	taken = insn_access_decode(word, set != ARM, set == T32, &got);
	CHECK_EQ(taken, wanted);
	if (taken != wanted) {
		printf("instruction 0x%08x, set %d\n", word, (int)set);
	} else if (taken) {
		check_same(&got, &want, word);
	}
}

/* A data abort's syndrome: B3.13.6. */
static void try_abort(uint32_t hsr, uint32_t value)
{
	struct insn_access got;
	uint32_t size = hsr >> 22 & 3;
	bool wanted = (hsr & 0x01000000u) && size < 3 && (hsr >> 16 & 15) < 15 && !(hsr & 0x100u) &&
		      !(hsr & 0x80u);
	uint32_t extended = value;
	uint32_t bytes = 0;

	CHECK_EQ(insn_access_from_hsr(hsr, &got), wanted);
	if (!wanted) {
		return;
	}
	CHECK(got.size == 1u << size && got.rt == (hsr >> 16 & 15) && !got.writeback);
	CHECK(got.is_write == ((hsr & 0x40u) != 0) && got.sign_extend == ((hsr & 0x200000u) != 0));
	if (size == 0) {
		extended = got.sign_extend ? (uint32_t)(int32_t)(int8_t)value : value & 0xffu;
	} else if (size == 1) {
		extended = got.sign_extend ? (uint32_t)(int32_t)(int16_t)value : value & 0xffffu;
	}
	CHECK_EQ(insn_load_value(&got, value), extended);
	got.reversed = true;
	for (uint32_t byte = 0; byte < got.size; byte++) {
		bytes |= (value >> 8 * byte & 0xffu) << 8 * (got.size - 1u - byte);
	}
	CHECK_EQ(insn_device_value(&got, value), bytes);
	CHECK_EQ(insn_load_value(&got, bytes), extended);
}

/* Table A8-1, by whether the flags NZCV are among those that a condition takes: bit n of a row for
 * NZCV = n. */
static bool want_holds(uint32_t condition, uint32_t psr)
{
	static const uint16_t takes[] = {
		0xf0f0, 0x0f0f, /* EQ: Z, NE */
		0xcccc, 0x3333, /* CS: C, CC */
		0xff00, 0x00ff, /* MI: N, PL */
		0xaaaa, 0x5555, /* VS: V, VC */
		0x0c0c, 0xf3f3, /* HI: C and not Z, LS */
		0xaa55, 0x55aa, /* GE: N is V, LT */
		0x0a05, 0xf5fa, /* GT: N is V, and not Z, LE */
		0xffff, 0xffff, /* always */
	};

	return takes[condition] >> (psr >> 28) & 1;
}

/* B3.13.1: unknown reasons (EC 0), and EC from 0x11 on, are of instructions that passed; of the
 * others the syndrome has the condition, or, where CV is 0, ITSTATE has it. */
static bool want_passed(uint32_t hsr, uint32_t psr)
{
	uint32_t it = (psr >> 8 & 0xfc) | (psr >> 25 & 3);

	if (hsr >> 26 == 0 || hsr >> 26 >= 0x11) {
		return true;
	}
	if (hsr & 0x01000000u) {
		return want_holds(hsr >> 20 & 15, psr);
	}
	return !(psr & 0x20u) || it == 0 || want_holds(it >> 4, psr);
}

/* The step goes 4 in ARM state, else 4 or 2 by IL, and moves nothing of the PSR but ITSTATE. */
static void try_skip(uint32_t hsr, uint32_t cpsr, uint32_t pc)
{
	struct guest_regs regs = { .pc = pc, .cpsr = cpsr };
	bool thumb = (cpsr & 0x20u) != 0;

	CHECK_EQ(insn_trap_passed(hsr, cpsr), want_passed(hsr, cpsr));
	insn_skip(&regs, hsr);
	CHECK_EQ(regs.pc, pc + (thumb && !(hsr & 0x02000000u) ? 2u : 4u));
	CHECK_EQ(regs.cpsr & ~0x0600fc00u, cpsr & ~0x0600fc00u);
	CHECK(thumb || regs.cpsr == cpsr);
}

/* MCR and MRC of p15, 0, Rt, c7, CRm, 2 are too many bits to be met by chance: DCISW, DCCSW,
 * DCCISW (B3.17, c7), syndrome as in B3.13.6. */
static uint32_t set_way(struct fuzz_input *in)
{
	static const uint8_t crm[] = { 6, 10, 14, 5 };
	uint32_t byte = fuzz_byte(in);

	return 0x0c000000u | 2u << 17 | 7u << 10 | (byte & 1) | (uint32_t)crm[byte >> 6] << 1 |
	       (byte >> 1 & 15) << 5;
}

static void try_coprocessor(struct fuzz_input *in, uint32_t hsr)
{
	struct cp15_id host;
	struct cp15_ctx ctx;
	struct cp15_access access = cp15_decode(hsr);
	bool user = fuzz_byte(in) % 2 != 0;
	uint64_t value = UINT64_C(0x5a5a5a5a5a5a5a5a);
	enum cp15_result result;

	for (size_t n = 0; n < sizeof(host); n += 4) {
		uint32_t word = fuzz_word(in);

		memcpy((uint8_t *)&host + n, &word, 4);
	}
	cp15_reset(&ctx, &host, fuzz_byte(in), user);
	result = cp15_access(&ctx, &access, user, &value);
	CHECK(access.reg.crm < 16 && access.reg.crn < 16 && access.rt < 16 && access.rt2 < 16);
	CHECK(access.is_write == !(hsr & 1));
	CHECK(result == CP15_OK || value == UINT64_C(0x5a5a5a5a5a5a5a5a));
	CHECK(!access.is_write || value == UINT64_C(0x5a5a5a5a5a5a5a5a));
	/* Rt = 15, and whatever is not a coprocessor's syndrome */
	if (access.rt == 15 || hsr >> 26 == 0x20 || hsr >> 26 == 0x24) {
		CHECK_EQ(result, CP15_UNDEF);
	}
	/* User mode flushes no caches. */
	CHECK(result != CP15_FLUSH || (!user && access.is_write && access.reg.coproc == 15));
	/* No guest sees Security or Virtualization: ID_PFR1 7..4, 15..12 (B4.1.94). */
	CHECK_EQ(ctx.id.pfr1 & 0xf0f0u, 0);
}

static void try_name(uint32_t hsr, uint32_t room)
{
	char text[80];
	size_t length;

	memset(text, '#', sizeof(text));
	length = fault_name(hsr, text, room);
	CHECK(room == 0 || length < room);
	CHECK(length == 0 || text[length] == 0);
	for (size_t n = room; n < sizeof(text); n++) {
		CHECK(text[n] == '#');
	}
}

unsigned fuzz_insn(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size, 0 };

	while (fuzz_more(&in) && !test_failures) {
		uint32_t what = fuzz_byte(&in) % 5u;
		uint32_t hsr = what ? fuzz_word(&in) : 0;

		switch (what) {
		case 1:
			try_abort(hsr, fuzz_word(&in));
			break;
		case 2:
			try_skip(hsr, fuzz_word(&in), fuzz_word(&in));
			break;
		case 3:
			try_coprocessor(&in, hsr % 4 ? hsr : set_way(&in));
			break;
		case 4:
			try_name(hsr, fuzz_byte(&in) % 81u);
			break;
		default:
			try_word(&in);
			break;
		}
	}
	return fuzz_failures();
}
