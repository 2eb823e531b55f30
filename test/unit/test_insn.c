/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers are typed from the ARM ARM (DDI 0406C); instruction words come from GNU as. */
#include "hyp/trap/insn.h"
#include "test/unit/test.h"

/* A8.3.1: for each condition the set of NZCV values (bit n: flags n) under which it holds. */
static const uint16_t holds_under[16] = {
	0xf0f0, 0x0f0f, /* EQ NE */
	0xcccc, 0x3333, /* CS CC */
	0xff00, 0x00ff, /* MI PL */
	0xaaaa, 0x5555, /* VS VC */
	0x0c0c, 0xf3f3, /* HI LS */
	0xaa55, 0x55aa, /* GE LT */
	0x0a05, 0xf5fa, /* GT LE */
	0xffff, 0xffff, /* AL, unconditional */
};

static bool want_holds(uint32_t cond, uint32_t nzcv)
{
	return (holds_under[cond] >> nzcv & 1u) != 0;
}

static void run_conditions(void)
{
	for (uint32_t cond = 0; cond < 16; cond++) {
		for (uint32_t nzcv = 0; nzcv < 16; nzcv++) {
			uint32_t cpsr = nzcv << 28;

			CHECK_EQ(insn_condition_holds(cond, cpsr | 0x1f), want_holds(cond, nzcv));
			CHECK_EQ(insn_condition_holds(cond, cpsr | 0x0fffffffu),
				 want_holds(cond, nzcv));
		}
	}
}

/* ITSTATE in a Thumb CPSR: IT[7:2] in 15..10, IT[1:0] in 26..25. */
static uint32_t thumb_cpsr(uint32_t nzcv, uint32_t it)
{
	return nzcv << 28 | (it & 3u) << 25 | (it >> 2) << 10 | 0x20u | 0x13u;
}

static void run_trap_passed_cv(void)
{
	/* WFI, CP15 32 and 64, CP14, HCPTR, VMRS: the condition is in HSR 23..20. */
	static const uint32_t classes[] = { 0x01, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x0a, 0x0c };

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		for (uint32_t cond = 0; cond < 16; cond++) {
			for (uint32_t nzcv = 0; nzcv < 16; nzcv++) {
				uint32_t hsr = classes[i] << 26 | 0x01000000u | cond << 20;
				bool want = want_holds(cond, nzcv);

				CHECK_EQ(insn_trap_passed(hsr, nzcv << 28 | 0x13), want);
				/* ITSTATE says NE, and must not be asked. */
				CHECK_EQ(insn_trap_passed(hsr, thumb_cpsr(nzcv, 0x18)), want);
			}
		}
	}
}

static void run_trap_passed_itstate(void)
{
	uint32_t hsr = 0x03u << 26; /* CV = 0; COND (EQ) means nothing */

	for (uint32_t nzcv = 0; nzcv < 16; nzcv++) {
		CHECK(insn_trap_passed(hsr, nzcv << 28 | 0x13)); /* ARM */
		CHECK(insn_trap_passed(hsr, thumb_cpsr(nzcv, 0x18) & ~0x20u));
		CHECK(insn_trap_passed(hsr, thumb_cpsr(nzcv, 0)));
		for (uint32_t it = 8; it < 0xf0; it++) {
			if ((it & 0xfu) != 0) {
				CHECK_EQ(insn_trap_passed(hsr, thumb_cpsr(nzcv, it)),
					 want_holds(it >> 4, nzcv));
			}
		}
	}
}

/* HVC, SMC and aborts are there only if they passed; their ISS has no condition. */
static void run_trap_passed_always(void)
{
	static const uint32_t classes[] = { 0x00, 0x11, 0x12, 0x13, 0x20, 0x21, 0x24, 0x25 };

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		for (uint32_t iss = 0; iss < 32; iss++) {
			uint32_t hsr = classes[i] << 26 | iss << 20;

			CHECK(insn_trap_passed(hsr, 0x00000013));
			CHECK(insn_trap_passed(hsr, thumb_cpsr(0, 0x08)));
		}
	}
}

static uint32_t advance(uint32_t it)
{
	uint32_t cpsr = insn_it_advance(thumb_cpsr(0xa, it));

	CHECK_EQ(cpsr & 0xf9ff03ffu, 0xa0000033u); /* nothing else moves */
	return (cpsr >> 10 & 0x3fu) << 2 | (cpsr >> 25 & 3u);
}

static void run_it_advance(void)
{
	/* ITTTT EQ, ITETE NE, ITT GE, IT LE, AL: A2.5.2, table A2-2 */
	static const uint8_t sequences[][6] = {
		{ 0x01, 0x02, 0x04, 0x08, 0x00, 0x00 }, { 0x15, 0x0a, 0x14, 0x08, 0x00, 0x00 },
		{ 0xa4, 0xa8, 0x00, 0x00, 0x00, 0x00 }, { 0xd8, 0x00, 0x00, 0x00, 0x00, 0x00 },
		{ 0xe1, 0xe2, 0xe4, 0xe8, 0x00, 0x00 }, { 0x1b, 0x16, 0x0c, 0x18, 0x00, 0x00 },
	};

	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		for (size_t step = 0; step + 1 < 6; step++) {
			CHECK_EQ(advance(sequences[i][step]), sequences[i][step + 1]);
		}
	}
}

static void check_skip(uint32_t cpsr, bool wide, uint32_t pc, uint32_t want_pc, uint32_t want_cpsr)
{
	struct guest_regs regs;

	memset(&regs, 0x5a, sizeof(regs));
	regs.pc = pc;
	regs.cpsr = cpsr;
	insn_skip(&regs, 0x03u << 26 | (wide ? 0x02000000u : 0));
	CHECK_EQ(regs.pc, want_pc);
	CHECK_EQ(regs.cpsr, want_cpsr);
	for (size_t i = 0; i < 13; i++) {
		CHECK_EQ(regs.r[i], 0x5a5a5a5au);
	}
	CHECK_EQ(regs.lr_usr, 0x5a5a5a5au);
}

static void run_skip(void)
{
	check_skip(0x600001d3, true, 0x8000, 0x8004, 0x600001d3);
	check_skip(0x600001d3, true, 0xfffffffc, 0, 0x600001d3);
	check_skip(0x600001f3, true, 0x8002, 0x8006, 0x600001f3);
	check_skip(0x600001f3, false, 0x8002, 0x8004, 0x600001f3);
	check_skip(thumb_cpsr(4, 0x01), false, 0x10, 0x12, thumb_cpsr(4, 0x02));
	check_skip(thumb_cpsr(4, 0x08), true, 0x10, 0x14, thumb_cpsr(4, 0x00));
	/* ARM instructions are all 4 bytes long, whatever IL says. */
	check_skip(0x600001d3, false, 0x8000, 0x8004, 0x600001d3);
	/* GE bits lie beside ITSTATE, in 19..16; Q in 27: all stay. */
	check_skip(0x080f0033, false, 0, 2, 0x080f0033);
}

static void run_from_hsr(void)
{
	struct insn_access access;

	/* EC 0x24, IL, ISV, word, r3, write, translation fault of level 2 */
	memset(&access, 0x5a, sizeof(access));
	CHECK(insn_access_from_hsr(0x93830046, &access));
	CHECK(!access.reversed);
	CHECK_EQ(access.size, 4);
	CHECK_EQ(access.rt, 3);
	CHECK(access.is_write && !access.sign_extend && !access.writeback);
	/* halfword, sign-extended, r14, read */
	CHECK(insn_access_from_hsr(0x936e0006, &access));
	CHECK_EQ(access.size, 2);
	CHECK_EQ(access.rt, 14);
	CHECK(!access.is_write && access.sign_extend);
	/* byte, r0, read */
	CHECK(insn_access_from_hsr(0x93000006, &access));
	CHECK_EQ(access.size, 1);
	CHECK_EQ(access.rt, 0);
	CHECK(!access.is_write && !access.sign_extend && !access.writeback);

	CHECK(!insn_access_from_hsr(0x92830046, &access)); /* ISV = 0 */
	CHECK(!insn_access_from_hsr(0x93c30046, &access)); /* SAS = 3 */
	CHECK(!insn_access_from_hsr(0x938f0046, &access)); /* Rt = 15 */
	CHECK(!insn_access_from_hsr(0x93830146, &access)); /* cache maintenance */
	CHECK(!insn_access_from_hsr(0x938300c6, &access)); /* table walk */
}

#define W 0x01u /* write */
#define S 0x02u /* sign-extended */
#define B 0x04u /* with writeback */

struct decode_case {
	uint32_t word;
	const char *text;
	uint8_t size, rt, flags, rn; /* rn, increment: with B */
	int32_t increment;
};

static const struct decode_case arm_cases[] = {
	{ 0xe5910000, "ldr r0, [r1]", 4, 0, 0, 0, 0 },
	{ 0xe5832004, "str r2, [r3, #4]", 4, 2, W, 0, 0 },
	{ 0xe5154fff, "ldr r4, [r5, #-4095]", 4, 4, 0, 0, 0 },
	{ 0xe5c76001, "strb r6, [r7, #1]", 1, 6, W, 0, 0 },
	{ 0xe4598001, "ldrb r8, [r9], #-1", 1, 8, B, 9, -1 },
	{ 0xe49ba004, "ldr r10, [r11], #4", 4, 10, B, 11, 4 },
	{ 0xe52dc008, "str r12, [sp, #-8]!", 4, 12, W | B, 13, -8 },
	{ 0xe5a0efff, "str lr, [r0, #4095]!", 4, 14, W | B, 0, 4095 },
	{ 0xe4190fff, "ldr r0, [r9], #-4095", 4, 0, B, 9, -4095 },
	{ 0xe7921003, "ldr r1, [r2, r3]", 4, 1, 0, 0, 0 },
	{ 0xe7421203, "strb r1, [r2, -r3, lsl #4]", 1, 1, W, 0, 0 },
	{ 0xe4b10008, "ldrt r0, [r1], #8", 4, 0, B, 1, 8 },
	{ 0xe4643003, "strbt r3, [r4], #-3", 1, 3, W | B, 4, -3 },
	{ 0xe59f5010, "ldr r5, [pc, #16]", 4, 5, 0, 0, 0 },
	{ 0x1596500c, "ldrne r5, [r6, #12]", 4, 5, 0, 0, 0 },
	{ 0xe1d101b2, "ldrh r0, [r1, #18]", 2, 0, 0, 0, 0 },
	{ 0xe1432fbf, "strh r2, [r3, #-255]", 2, 2, W, 0, 0 },
	{ 0xe1632fbf, "strh r2, [r3, #-255]!", 2, 2, W | B, 3, -255 },
	{ 0xe1d540d0, "ldrsb r4, [r5]", 1, 4, S, 0, 0 },
	{ 0xe1f760f2, "ldrsh r6, [r7, #2]!", 2, 6, S | B, 7, 2 },
	{ 0xe05760f2, "ldrsh r6, [r7], #-2", 2, 6, S | B, 7, -2 },
	{ 0xe18980ba, "strh r8, [r9, r10]", 2, 8, W, 0, 0 },
	{ 0xe11210d3, "ldrsb r1, [r2, -r3]", 1, 1, S, 0, 0 },
	{ 0xe0f210b6, "ldrht r1, [r2], #6", 2, 1, B, 2, 6 },
};

static const struct decode_case thumb16_cases[] = {
	{ 0x4902, "ldr r1, [pc, #8]", 4, 1, 0, 0, 0 },
	{ 0x5088, "str r0, [r1, r2]", 4, 0, W, 0, 0 },
	{ 0x52d1, "strh r1, [r2, r3]", 2, 1, W, 0, 0 },
	{ 0x551a, "strb r2, [r3, r4]", 1, 2, W, 0, 0 },
	{ 0x5763, "ldrsb r3, [r4, r5]", 1, 3, S, 0, 0 },
	{ 0x59ac, "ldr r4, [r5, r6]", 4, 4, 0, 0, 0 },
	{ 0x5bf5, "ldrh r5, [r6, r7]", 2, 5, 0, 0, 0 },
	{ 0x5c3e, "ldrb r6, [r7, r0]", 1, 6, 0, 0, 0 },
	{ 0x5e47, "ldrsh r7, [r0, r1]", 2, 7, S, 0, 0 },
	{ 0x67d1, "str r1, [r2, #124]", 4, 1, W, 0, 0 },
	{ 0x685a, "ldr r2, [r3, #4]", 4, 2, 0, 0, 0 },
	{ 0x77e3, "strb r3, [r4, #31]", 1, 3, W, 0, 0 },
	{ 0x782c, "ldrb r4, [r5, #0]", 1, 4, 0, 0, 0 },
	{ 0x87f5, "strh r5, [r6, #62]", 2, 5, W, 0, 0 },
	{ 0x887e, "ldrh r6, [r7, #2]", 2, 6, 0, 0, 0 },
	{ 0x97ff, "str r7, [sp, #1020]", 4, 7, W, 0, 0 },
	{ 0x9800, "ldr r0, [sp, #0]", 4, 0, 0, 0, 0 },
};

/* What follows a 16-bit instruction is not part of it. */
static const struct decode_case thumb16_next = { 0xe7fe685a, "ldr r2, [r3, #4]", 4, 2, 0, 0, 0 };

static const struct decode_case thumb32_cases[] = {
	{ 0xf8d98fff, "ldr.w r8, [r9, #4095]", 4, 8, 0, 0, 0 },
	{ 0xf8cba008, "str.w r10, [r11, #8]", 4, 10, W, 0, 0 },
	{ 0xf89c0001, "ldrb.w r0, [r12, #1]", 1, 0, 0, 0, 0 },
	{ 0xf8821fff, "strb.w r1, [r2, #4095]", 1, 1, W, 0, 0 },
	{ 0xf8b43002, "ldrh.w r3, [r4, #2]", 2, 3, 0, 0, 0 },
	{ 0xf8a65000, "strh.w r5, [r6]", 2, 5, W, 0, 0 },
	{ 0xf9987007, "ldrsb.w r7, [r8, #7]", 1, 7, S, 0, 0 },
	{ 0xf9ba9064, "ldrsh.w r9, [r10, #100]", 2, 9, S, 0, 0 },
	{ 0xf8510c04, "ldr.w r0, [r1, #-4]", 4, 0, 0, 0, 0 },
	{ 0xf8432cff, "str.w r2, [r3, #-255]", 4, 2, W, 0, 0 },
	{ 0xf8554b04, "ldr.w r4, [r5], #4", 4, 4, B, 5, 4 },
	{ 0xf8476904, "str.w r6, [r7], #-4", 4, 6, W | B, 7, -4 },
	{ 0xf8198f01, "ldrb.w r8, [r9, #1]!", 1, 8, B, 9, 1 },
	{ 0xf80bad01, "strb.w r10, [r11, #-1]!", 1, 10, W | B, 11, -1 },
	{ 0xf930cbff, "ldrsh.w r12, [r0], #255", 2, 12, S | B, 0, 255 },
	{ 0xf82d1d02, "strh.w r1, [sp, #-2]!", 2, 1, W | B, 13, -2 },
	{ 0xf8510022, "ldr.w r0, [r1, r2, lsl #2]", 4, 0, 0, 0, 0 },
	{ 0xf8043005, "strb.w r3, [r4, r5]", 1, 3, W, 0, 0 },
	{ 0xf9376018, "ldrsh.w r6, [r7, r8, lsl #1]", 2, 6, S, 0, 0 },
	{ 0xf85f1014, "ldr.w r1, [pc, #-20]", 4, 1, 0, 0, 0 },
	{ 0xf89f1014, "ldrb.w r1, [pc, #20]", 1, 1, 0, 0, 0 },
	{ 0xf8510e04, "ldrt r0, [r1, #4]", 4, 0, 0, 0, 0 },
	{ 0xf8232e06, "strht r2, [r3, #6]", 2, 2, W, 0, 0 },
	{ 0xf9154e00, "ldrsbt r4, [r5]", 1, 4, S, 0, 0 },
	{ 0xf8c0e000, "str.w lr, [r0]", 4, 14, W, 0, 0 },
	{ 0xf8d0d000, "ldr.w sp, [r0]", 4, 13, 0, 0, 0 },
	{ 0xf85deb04, "ldr.w lr, [sp], #4", 4, 14, B, 13, 4 },
};

static void check_decodes(const struct decode_case *cases, size_t count, bool thumb, bool wide)
{
	for (size_t i = 0; i < count; i++) {
		const struct decode_case *want = &cases[i];
		struct insn_access access;
		bool same;

		memset(&access, 0x5a, sizeof(access));
		same = insn_access_decode(want->word, thumb, wide, &access) &&
		       access.size == want->size && access.rt == want->rt &&
		       access.is_write == ((want->flags & W) != 0) &&
		       access.sign_extend == ((want->flags & S) != 0) &&
		       access.writeback == ((want->flags & B) != 0) &&
		       (!access.writeback ||
			(access.rn == want->rn && access.increment == want->increment));
		if (!same) {
			printf("'%s':\n", want->text);
		}
		CHECK(same);
	}
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void run_decode(void)
{
	check_decodes(arm_cases, COUNT(arm_cases), false, true);
	check_decodes(thumb16_cases, COUNT(thumb16_cases), true, false);
	check_decodes(&thumb16_next, 1, true, false);
	check_decodes(thumb32_cases, COUNT(thumb32_cases), true, true);
}

static void check_refused(const uint32_t *words, size_t count, bool thumb, bool wide)
{
	for (size_t i = 0; i < count; i++) {
		struct insn_access access;

		if (insn_access_decode(words[i], thumb, wide, &access)) {
			printf("0x%x taken for a load or store\n", (unsigned)words[i]);
			CHECK(false);
		}
	}
}

static void run_decode_refused(void)
{
	static const uint32_t arm[] = {
		0xe590f000, /* ldr pc, [r0] */
		0xe580f000, /* str pc, [r0] */
		0xe6910002, /* ldr r0, [r1], r2 */
		0xe7a10002, /* str r0, [r1, r2]! */
		0xe1b100b2, /* ldrh r0, [r1, r2]! */
		0xe08100b2, /* strh r0, [r1], r2 */
		0xe4900004, /* ldr r0, [r0], #4: UNPREDICTABLE */
		0xe49f0004, /* ldr r0, [pc], #4: UNPREDICTABLE */
		0xe791000f, /* ldr r0, [r1, pc]: UNPREDICTABLE */
		0xe1d1f0b0, /* ldrh pc, [r1]: UNPREDICTABLE */
		0xe19001b2, /* ldrh r0, [r0, r2] with bit 8, which should be 0 */
		0xe1c200d0, /* ldrd r0, r1, [r2] */
		0xe1c200f0, /* strd r0, r1, [r2] */
		0xe8900006, /* ldm r0, {r1, r2} */
		0xe8a00002, /* stm r0!, {r1} */
		0xe1910f9f, /* ldrex r0, [r1] */
		0xe1820f91, /* strex r0, r1, [r2] */
		0xe1020091, /* swp r0, r1, [r2] */
		0xe0000291, /* mul r0, r1, r2 */
		0xed900a00, /* vldr s0, [r0] */
		0xf5d0f000, /* pld [r0] */
		0xf5910000, /* no condition: not ldr r0, [r1] */
		0xe6bf0071, /* sxth r0, r1 */
		0xe7c00011, /* bfi r0, r1, #0, #1 */
		0xe7000211, /* smlad r0, r1, r2, r0 */
		0xe7f000f0, /* udf #0 */
		0xed905e00, /* ldc p14, c5, [r0] */
		0xe1a00001, /* mov r0, r1 */
	};
	static const uint32_t thumb16[] = {
		0xb401, /* push {r0} */
		0xbc01, /* pop {r0} */
		0xc002, /* stmia r0!, {r1} */
		0xc806, /* ldmia r0!, {r1, r2} */
		0x4608, /* mov r0, r1 */
		0x4770, /* bx lr */
		0xa001, /* add r0, pc, #4 */
		0xa801, /* add r0, sp, #4 */
		0xdf00, /* svc #0 */
		0xbf00, /* nop */
		0xf8d9, /* half of an ldr.w */
	};
	static const uint32_t thumb32[] = {
		0xf8d0f000, /* ldr.w pc, [r0] */
		0xf890f004, /* pld [r0, #4] */
		0xf990f004, /* pli [r0, #4] */
		0xf81ff004, /* pld literal */
		0xf880d000, /* strb sp, [r0]: UNPREDICTABLE */
		0xf8c0f000, /* str pc, [r0]: UNPREDICTABLE */
		0xf8cf0000, /* str with base pc: UNDEFINED */
		0xf8500b04, /* ldr r0, [r0], #4: UNPREDICTABLE */
		0xf8510a04, /* P = W = 0: UNDEFINED */
		0xf8510462, /* bits 11..6 neither 0 nor imm8 */
		0xf851000d, /* ldr r0, [r1, sp]: UNPREDICTABLE */
		0xf851000f, /* ldr r0, [r1, pc]: UNPREDICTABLE */
		0xf9510000, /* sign-extended word: UNDEFINED */
		0xf8710000, /* size 3: UNDEFINED */
		0xe9d20100, /* ldrd r0, r1, [r2] */
		0xe9c20100, /* strd r0, r1, [r2] */
		0xe8900006, /* ldm.w r0, {r1, r2} */
		0xe92d4010, /* stmdb sp!, {r4, lr} */
		0xe8510f00, /* ldrex r0, [r1] */
		0xe8c21f40, /* strexb r0, r1, [r2] */
		0xe8d0f001, /* tbb [r0, r1] */
		0xf920070f, /* vld1.8 {d0}, [r0] */
		0xf900070f, /* vst1.8 {d0}, [r0] */
		0xed900a00, /* vldr s0, [r0] */
		0xfb01f002, /* mul r0, r1, r2 */
		0xea4f0001, /* mov.w r0, r1 */
		0xf7fffffe, /* bl . */
		0xee110f10, /* mrc p15, 0, r0, c1, c0, 0 */
	};

	check_refused(arm, COUNT(arm), false, true);
	check_refused(thumb16, COUNT(thumb16), true, false);
	check_refused(thumb32, COUNT(thumb32), true, true);
}

static void check_bounded(uint32_t word, bool thumb, bool wide)
{
	struct insn_access access;

	if (!insn_access_decode(word, thumb, wide, &access)) {
		return;
	}
	CHECK(access.size == 1 || access.size == 2 || access.size == 4);
	CHECK(access.rt <= 14 && access.rn <= 14);
	CHECK(access.writeback || access.increment == 0);
	CHECK(!access.writeback || access.rn != access.rt);
	CHECK(access.increment >= -4095 && access.increment <= 4095);
	CHECK(!access.is_write || !access.sign_extend);
	insn_load_value(&access, word);
}

/* Whatever a guest has in its memory. */
static void run_decode_any(void)
{
	uint32_t word = 0x12345678u;

	for (uint32_t half = 0; half < 0x10000u; half++) {
		check_bounded(half, true, false);
	}
	for (uint32_t i = 0; i < 1000000u; i++) {
		word = word * 1664525u + 1013904223u;
		check_bounded(word, false, true);
		check_bounded(word, true, true);
		check_bounded((word & 0x01ffffffu) | 0xf8000000u, true, true);
	}
}

static void run_is_wide(void)
{
	CHECK(!insn_thumb_is_wide(0x0000));
	CHECK(!insn_thumb_is_wide(0xe7fe)); /* b . */
	CHECK(insn_thumb_is_wide(0xe800));
	CHECK(insn_thumb_is_wide(0xf8d9));
	CHECK(insn_thumb_is_wide(0xffff));
	CHECK(!insn_thumb_is_wide(0xf8d96800)); /* the lower half counts */
}

static void run_load_value(void)
{
	static const struct {
		uint8_t size;
		bool sign_extend;
		uint32_t value, want;
	} cases[] = {
		{ 4, false, 0x89abcdef, 0x89abcdef }, { 4, true, 0x89abcdef, 0x89abcdef },
		{ 2, false, 0x1234cdef, 0x0000cdef }, { 2, true, 0x1234cdef, 0xffffcdef },
		{ 2, true, 0xffff7fff, 0x00007fff },  { 2, true, 0x8000, 0xffff8000 },
		{ 1, false, 0xffffff80, 0x00000080 }, { 1, true, 0x00000080, 0xffffff80 },
		{ 1, true, 0xffffff7f, 0x0000007f },  { 1, false, 0xff, 0xff },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct insn_access access = { .size = cases[i].size,
					      .sign_extend = cases[i].sign_extend };

		CHECK_EQ(insn_load_value(&access, cases[i].value), cases[i].want);
	}
}

/* A big-endian access reverses its own bytes (A3.3), before the sign of a load is looked at. */
static void run_reversed(void)
{
	static const struct {
		uint8_t size;
		bool sign_extend;
		uint32_t device, loaded;
	} cases[] = {
		{ 4, false, 0x01020380, 0x80030201 }, { 4, true, 0x01020380, 0x80030201 },
		{ 2, false, 0x00001280, 0x00008012 }, { 2, true, 0x00001280, 0xffff8012 },
		{ 2, true, 0x00008012, 0x00001280 },  { 2, false, 0xaaaa1280, 0x00008012 },
		{ 1, false, 0x55555580, 0x00000080 }, { 1, true, 0x00000080, 0xffffff80 },
	};
	static const struct {
		uint8_t size;
		uint32_t rt, device;
	} stores[] = {
		{ 4, 0x11223344, 0x44332211 },
		{ 2, 0x11223344, 0x00004433 },
		{ 1, 0x11223344, 0x00000044 },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct insn_access access = { .size = cases[i].size,
					      .sign_extend = cases[i].sign_extend,
					      .reversed = true };

		CHECK_EQ(insn_load_value(&access, cases[i].device), cases[i].loaded);
	}
	for (size_t i = 0; i < COUNT(stores); i++) {
		struct insn_access access = { .size = stores[i].size, .is_write = true };

		CHECK_EQ(insn_device_value(&access, stores[i].rt), stores[i].rt);
		access.reversed = true;
		CHECK_EQ(insn_device_value(&access, stores[i].rt), stores[i].device);
	}
}

static const struct test_case cases[] = {
	{ "conditions", run_conditions },
	{ "trap_passed_cv", run_trap_passed_cv },
	{ "trap_passed_itstate", run_trap_passed_itstate },
	{ "trap_passed_always", run_trap_passed_always },
	{ "it_advance", run_it_advance },
	{ "skip", run_skip },
	{ "from_hsr", run_from_hsr },
	{ "decode", run_decode },
	{ "decode_refused", run_decode_refused },
	{ "decode_any", run_decode_any },
	{ "is_wide", run_is_wide },
	{ "load_value", run_load_value },
	{ "reversed", run_reversed },
};

TEST_MAIN("insn", cases)
