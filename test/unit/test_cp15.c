/* SPDX-License-Identifier: BSD-2-Clause */
/* Encodings are typed from the ARM ARM (DDI 0406C), B3.17 and C11.11; values from the Cortex-A15
 * TRM (DDI 0438), 4.2. */
#include "hyp/trap/cp15.h"
#include "test/unit/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The identification registers of a Cortex-A15 r2p1 */
static const struct cp15_id a15 = {
	.pfr0 = 0x00001131,
	.pfr1 = 0x00011011,
	.dfr0 = 0x02010555,
	.afr0 = 0x00000000,
	.mmfr = { 0x10201105, 0x20000000, 0x01240000, 0x02102211 },
	.isar = { 0x02101110, 0x13112111, 0x21232041, 0x11112131, 0x10011142, 0x00000000 },
	.mvfr0 = 0x10110222,
	.mvfr1 = 0x11111111,
};

/* Who may: r, w at PL1; R, W at PL0. FLUSH: CP15_FLUSH instead of CP15_OK. */
#define FLUSH 0xf1a5f1a5u

struct want {
	const char *name;
	uint8_t coproc, opc1, crn, crm, opc2;
	const char *rights;
	uint32_t value;
};

static const struct want want32[] = {
	{ "MVFR1", 10, 7, 6, 0, 0, "r", 0x11111111 },
	{ "MVFR0", 10, 7, 7, 0, 0, "r", 0x10110222 },

	{ "DBGDIDR", 14, 0, 0, 0, 0, "rR", 0x01050000 },
	{ "DBGDTRRXext", 14, 0, 0, 0, 2, "rw", 0 },
	{ "DBGBVR0", 14, 0, 0, 0, 4, "rw", 0 },
	{ "DBGBCR0", 14, 0, 0, 0, 5, "rw", 0 },
	{ "DBGWVR0", 14, 0, 0, 0, 6, "rw", 0 },
	{ "DBGWCR0", 14, 0, 0, 0, 7, "rw", 0 },
	{ "DBGDSCRint", 14, 0, 0, 1, 0, "rR", 0 },
	{ "DBGBVR1", 14, 0, 0, 1, 4, "rw", 0 },
	{ "DBGBCR1", 14, 0, 0, 1, 5, "rw", 0 },
	{ "DBGDSCRext", 14, 0, 0, 2, 2, "rw", 0 },
	{ "DBGDTRTXext", 14, 0, 0, 3, 2, "rw", 0 },
	{ "DBGDTRRXint, TXint", 14, 0, 0, 5, 0, "rwRW", 0 },
	{ "DBGWFAR", 14, 0, 0, 6, 0, "rw", 0 },
	{ "DBGVCR", 14, 0, 0, 7, 0, "rw", 0 },
	{ "DBGDRAR", 14, 0, 1, 0, 0, "rR", 0 },
	{ "DBGOSLAR", 14, 0, 1, 0, 4, "w", 0 },
	{ "DBGOSLSR", 14, 0, 1, 1, 4, "r", 0 },
	{ "DBGOSDLR", 14, 0, 1, 3, 4, "rw", 0 },
	{ "DBGPRCR", 14, 0, 1, 4, 4, "rw", 0 },
	{ "DBGDSAR", 14, 0, 2, 0, 0, "rR", 0 },
	{ "DBGCLAIMSET", 14, 0, 7, 8, 6, "rw", 0 },
	{ "DBGCLAIMCLR", 14, 0, 7, 9, 6, "rw", 0 },
	{ "DBGAUTHSTATUS", 14, 0, 7, 14, 6, "r", 0 },

	{ "ID_PFR0", 15, 0, 0, 1, 0, "r", 0x00000131 },
	{ "ID_PFR1", 15, 0, 0, 1, 1, "r", 0x00010001 },
	{ "ID_DFR0", 15, 0, 0, 1, 2, "r", 0x0f000005 },
	{ "ID_AFR0", 15, 0, 0, 1, 3, "r", 0 },
	{ "ID_MMFR0", 15, 0, 0, 1, 4, "r", 0x10201105 },
	{ "ID_MMFR1", 15, 0, 0, 1, 5, "r", 0x20000000 },
	{ "ID_MMFR2", 15, 0, 0, 1, 6, "r", 0x01240000 },
	{ "ID_MMFR3", 15, 0, 0, 1, 7, "r", 0x02102211 },
	{ "ID_ISAR0", 15, 0, 0, 2, 0, "r", 0x02101110 },
	{ "ID_ISAR1", 15, 0, 0, 2, 1, "r", 0x13112111 },
	{ "ID_ISAR2", 15, 0, 0, 2, 2, "r", 0x21232041 },
	{ "ID_ISAR3", 15, 0, 0, 2, 3, "r", 0x01112131 },
	{ "ID_ISAR4", 15, 0, 0, 2, 4, "r", 0x10010142 },
	{ "ID_ISAR5", 15, 0, 0, 2, 5, "r", 0 },
	{ "c0, c2, 6", 15, 0, 0, 2, 6, "r", 0 },
	{ "c0, c2, 7", 15, 0, 0, 2, 7, "r", 0 },

	{ "ACTLR", 15, 0, 1, 0, 1, "rw", 0x00000040 },

	{ "DCISW", 15, 0, 7, 6, 2, "w", FLUSH },
	{ "DCCSW", 15, 0, 7, 10, 2, "w", FLUSH },
	{ "DCCISW", 15, 0, 7, 14, 2, "w", FLUSH },

	{ "PMCR", 15, 0, 9, 12, 0, "rw", 0 },
	{ "PMCNTENSET", 15, 0, 9, 12, 1, "rw", 0 },
	{ "PMCNTENCLR", 15, 0, 9, 12, 2, "rw", 0 },
	{ "PMOVSR", 15, 0, 9, 12, 3, "rw", 0 },
	{ "PMSWINC", 15, 0, 9, 12, 4, "w", 0 },
	{ "PMSELR", 15, 0, 9, 12, 5, "rw", 0 },
	{ "PMCEID0", 15, 0, 9, 12, 6, "r", 0 },
	{ "PMCEID1", 15, 0, 9, 12, 7, "r", 0 },
	{ "PMCCNTR", 15, 0, 9, 13, 0, "rw", 0 },
	{ "PMXEVTYPER", 15, 0, 9, 13, 1, "rw", 0 },
	{ "PMXEVCNTR", 15, 0, 9, 13, 2, "rw", 0 },
	{ "PMUSERENR", 15, 0, 9, 14, 0, "rwR", 0 },
	{ "PMINTENSET", 15, 0, 9, 14, 1, "rw", 0 },
	{ "PMINTENCLR", 15, 0, 9, 14, 2, "rw", 0 },
	{ "PMOVSSET", 15, 0, 9, 14, 3, "rw", 0 },
	{ "L2CTLR", 15, 1, 9, 0, 2, "rw", 0x01000000 },
	{ "L2ECTLR", 15, 1, 9, 0, 3, "rw", 0 },
};

/* opc1 and CRm count */
static const struct want want64[] = {
	{ "DBGDRAR", 14, 0, 0, 1, 0, "rR", 0 },
	{ "DBGDSAR", 14, 0, 0, 2, 0, "rR", 0 },
};

/* ID group 3's place holders: p15, 0, c0, c3..c7, 0..7 */
static const struct want id_unused = { "c0, c3..c7", 15, 0, 0, 0, 0, "r", 0 };

static const struct want *find_want(const struct cp15_reg *reg)
{
	const struct want *wants = reg->wide ? want64 : want32;
	size_t count = reg->wide ? COUNT(want64) : COUNT(want32);

	for (size_t i = 0; i < count; i++) {
		const struct want *want = &wants[i];

		if (want->coproc == reg->coproc && want->opc1 == reg->opc1 &&
		    want->crn == reg->crn && want->crm == reg->crm && want->opc2 == reg->opc2) {
			return want;
		}
	}
	if (!reg->wide && reg->coproc == 15 && reg->opc1 == 0 && reg->crn == 0 && reg->crm >= 3 &&
	    reg->crm <= 7) {
		return &id_unused;
	}
	return NULL;
}

static void check_register(const struct cp15_ctx *ctx, const struct cp15_reg *reg, bool user,
			   bool is_write)
{
	const struct want *want = find_want(reg);
	struct cp15_access access = { .reg = *reg, .is_write = is_write, .rt = 3, .rt2 = 4 };
	uint64_t value = 0x1122334455667788u;
	uint64_t want_value = value;
	enum cp15_result want_result = CP15_UNDEF;
	bool right;

	if (want && strchr(want->rights, (is_write ? "wW" : "rR")[user])) {
		want_result = want->value == FLUSH ? CP15_FLUSH : CP15_OK;
		want_value = is_write ? value : want->value;
		if (ctx->pmu && strncmp(want->name, "PM", 2) == 0) {
			want_result = CP15_PMU;
			want_value = value;
		}
		if (ctx->pmu && strcmp(want->name, "ID_DFR0") == 0) {
			want_value = 0x02000005;
		}
	}
	right = cp15_access(ctx, &access, user, &value) == want_result && value == want_value;
	if (!right) {
		printf("%s: p%u %s opc1 %u c%u c%u %u, PL%u %s\n", want ? want->name : "(none)",
		       reg->coproc, reg->wide ? "64" : "32", reg->opc1, reg->crn, reg->crm,
		       reg->opc2, user ? 0u : 1u, is_write ? "write" : "read");
	}
	CHECK(right);
}

static void check_both_ways(const struct cp15_ctx *ctx, const struct cp15_reg *reg)
{
	check_register(ctx, reg, false, false);
	check_register(ctx, reg, false, true);
	check_register(ctx, reg, true, false);
	check_register(ctx, reg, true, true);
}

static void check_coproc(uint8_t coproc, bool pmu)
{
	struct cp15_ctx ctx;

	cp15_reset(&ctx, &a15, 2, pmu);
	for (uint32_t i = 0; i < 0x4000u; i++) {
		struct cp15_reg reg = {
			.coproc = coproc,
			.opc1 = (uint8_t)(i >> 11),
			.crn = (uint8_t)(i >> 7 & 15u),
			.crm = (uint8_t)(i >> 3 & 15u),
			.opc2 = (uint8_t)(i & 7u),
		};

		check_both_ways(&ctx, &reg);
	}
	for (uint32_t i = 0; i < 0x100u; i++) {
		struct cp15_reg reg = { .coproc = coproc,
					.opc1 = (uint8_t)(i >> 4),
					.crm = (uint8_t)(i & 15u),
					.wide = true };

		check_both_ways(&ctx, &reg);
	}
}

/* Every encoding of CP15, CP14 and the rest: those above as they say, all others UNDEF. */
static void run_cp15_all(void)
{
	check_coproc(15, false);
}

static void run_cp14_all(void)
{
	check_coproc(14, false);
}

static void run_others_all(void)
{
	for (uint8_t coproc = 0; coproc < 14; coproc++) {
		check_coproc(coproc, false);
	}
}

/* With performance monitors: theirs are left to whoever opens them, the others as before. */
static void run_pmu_all(void)
{
	check_coproc(15, true);
	check_coproc(14, true);
}

static void run_rt_is_pc(void)
{
	struct cp15_ctx ctx;
	struct cp15_access access = { .reg = { .coproc = 15, .crn = 1, .opc2 = 1 }, .rt = 15 };
	struct cp15_access wide = { .reg = { .coproc = 14, .crm = 1, .wide = true }, .rt2 = 15 };
	uint64_t value = 7;

	cp15_reset(&ctx, &a15, 1, false);
	CHECK_EQ(cp15_access(&ctx, &access, false, &value), CP15_UNDEF);
	CHECK_EQ(cp15_access(&ctx, &wide, false, &value), CP15_UNDEF);
	CHECK_EQ(value, 7);
	access.rt = 14;
	wide.rt2 = 14;
	CHECK_EQ(cp15_access(&ctx, &access, false, &value), CP15_OK);
	CHECK_EQ(value, 0x40);
	CHECK_EQ(cp15_access(&ctx, &wide, false, &value), CP15_OK);
	CHECK_EQ(value, 0);
}

struct decode_case {
	const char *text;
	uint32_t hsr;
	struct cp15_access want;
};

/* B3.13.6: opc2 19..17, opc1 16..14, CRn 13..10, Rt 8..5, CRm 4..1, read 0; 64-bit: opc1 19..16,
 * Rt2 13..10. Condition AL, CV = 1, IL = 1. */
static const struct decode_case decode_cases[] = {
	{ "mrc p15, 0, r3, c1, c0, 1",
	  0x0fe20461,
	  { .reg = { .coproc = 15, .crn = 1, .opc2 = 1 }, .rt = 3 } },
	{ "mcr p15, 7, r14, c15, c15, 7",
	  0x0feffdde,
	  { .reg = { .coproc = 15, .opc1 = 7, .crn = 15, .crm = 15, .opc2 = 7 },
	    .is_write = true,
	    .rt = 14 } },
	{ "mrc p15, 1, r0, c9, c0, 2",
	  0x0fe46401,
	  { .reg = { .coproc = 15, .opc1 = 1, .crn = 9, .opc2 = 2 } } },
	{ "mcr p15, 0, r5, c7, c14, 2",
	  0x0fe41cbc,
	  { .reg = { .coproc = 15, .crn = 7, .crm = 14, .opc2 = 2 }, .is_write = true, .rt = 5 } },
	{ "mcr p14, 0, r1, c0, c2, 2",
	  0x17e40024,
	  { .reg = { .coproc = 14, .crm = 2, .opc2 = 2 }, .is_write = true, .rt = 1 } },
	{ "mrc p14, 6, r2, c1, c0, 0",
	  0x17e18441,
	  { .reg = { .coproc = 14, .opc1 = 6, .crn = 1 }, .rt = 2 } },
	{ "vmrs r4, mvfr0", 0x23e1dc81, { .reg = { .coproc = 10, .opc1 = 7, .crn = 7 }, .rt = 4 } },
	{ "mrrc p15, 2, r6, r7, c14",
	  0x13e21cdd,
	  { .reg = { .coproc = 15, .opc1 = 2, .crm = 14, .wide = true }, .rt = 6, .rt2 = 7 } },
	{ "mcrr p15, 15, r0, r14, c15",
	  0x13ef381e,
	  { .reg = { .coproc = 15, .opc1 = 15, .crm = 15, .wide = true },
	    .is_write = true,
	    .rt2 = 14 } },
	{ "mrrc p14, 0, r1, r2, c1",
	  0x33e00823,
	  { .reg = { .coproc = 14, .crm = 1, .wide = true }, .rt = 1, .rt2 = 2 } },
};

static void run_decode(void)
{
	for (size_t i = 0; i < COUNT(decode_cases); i++) {
		const struct cp15_access *want = &decode_cases[i].want;
		struct cp15_access got = cp15_decode(decode_cases[i].hsr);
		bool same = got.reg.coproc == want->reg.coproc && got.reg.opc1 == want->reg.opc1 &&
			    got.reg.crn == want->reg.crn && got.reg.crm == want->reg.crm &&
			    got.reg.opc2 == want->reg.opc2 && got.reg.wide == want->reg.wide &&
			    got.is_write == want->is_write && got.rt == want->rt &&
			    got.rt2 == want->rt2;

		if (!same) {
			printf("'%s':\n", decode_cases[i].text);
		}
		CHECK(same);
	}
}

/* Any syndrome: a result, and no class but the five reaches a register. */
static void run_decode_any(void)
{
	static const uint8_t known[] = { 0x03, 0x04, 0x05, 0x08, 0x0c };
	struct cp15_ctx ctx;
	uint32_t word = 1;

	cp15_reset(&ctx, &a15, 4, true);
	for (uint32_t i = 0; i < 1000000u; i++) {
		uint64_t value = 0;
		struct cp15_access access;
		enum cp15_result result;

		word = word * 1664525u + 1013904223u;
		access = cp15_decode(word);
		result = cp15_access(&ctx, &access, (i & 1u) != 0, &value);
		if (!memchr(known, (int)(word >> 26), sizeof(known))) {
			CHECK_EQ(result, CP15_UNDEF);
		}
		CHECK(result == CP15_UNDEF || (access.rt < 15 && access.rt2 < 15));
	}
}

static void run_guest_id(void)
{
	struct cp15_id host = a15;
	struct cp15_id id;

	/* Whatever the host has of them is hidden; what is beside them stays. */
	host.pfr0 = host.pfr1 = host.dfr0 = host.isar[3] = host.isar[4] = 0xffffffffu;
	id = cp15_guest_id(&host, false);
	CHECK_EQ(id.pfr0, 0xffff0fffu);
	CHECK_EQ(id.pfr1, 0xffff0f0fu);
	CHECK_EQ(id.dfr0, 0x0f000005u);
	CHECK_EQ(id.isar[3], 0x0fffffffu);
	CHECK_EQ(id.isar[4], 0xffff0fffu);
	host.dfr0 = 0;
	CHECK_EQ(cp15_guest_id(&host, false).dfr0, 0x0f000005u);
}

/* ID_DFR0 27..24: PMUv2 is 2, none 0 or 15 (B4.1, ID_DFR0). */
static void run_guest_pmu(void)
{
	static const struct {
		uint32_t dfr0;
		bool has;
	} hosts[] = {
		{ 0x02010555, true },  { 0x00010555, false }, { 0x01010555, false },
		{ 0x0f010555, false }, { 0x03010555, true },  { 0x02000000, true },
	};
	struct cp15_id host = a15;
	struct cp15_ctx ctx;

	CHECK_EQ(cp15_guest_id(&host, true).dfr0, 0x02000005u);
	host.dfr0 = 0x03010555; /* PMUv3 is more than is moved */
	CHECK_EQ(cp15_guest_id(&host, true).dfr0, 0x02000005u);
	for (size_t i = 0; i < COUNT(hosts); i++) {
		host.dfr0 = hosts[i].dfr0;
		CHECK_EQ(cp15_has_pmu(&host), hosts[i].has);
	}
	cp15_reset(&ctx, &a15, 1, true);
	CHECK(ctx.pmu);
	CHECK_EQ(ctx.id.dfr0, 0x02000005u);
	cp15_reset(&ctx, &a15, 1, false);
	CHECK(!ctx.pmu);
	CHECK_EQ(ctx.id.dfr0, 0x0f000005u);
}

/* CLIDR and CCSIDR of a Cortex-A15 with 1 MiB of L2 (DDI 0438, 4.3.22, 4.3.23), and of none that
 * there is. B4.2.1: way in the topmost bits, set above the line, level in 3..1. */
#define A15_CLIDR 0x0a200023u
#define A15_L1D	  0x701fe00au /* 256 sets, 2 ways, 64 bytes */
#define A15_L2	  0x707fe07au /* 1,024 sets, 16 ways, 64 bytes */
#define ODD	  0x000be011u /* 96 sets, 3 ways, 32 bytes */
#define DIRECT	  0x0000e000u /* 8 sets, 1 way, 16 bytes */
#define WHOLE	  0x000001fau /* 1 set, 64 ways, 64 bytes */

static void run_cache_level(void)
{
	static const struct {
		uint32_t operand, clidr;
		bool has;
	} levels[] = {
		{ 0, A15_CLIDR, true },
		{ 2, A15_CLIDR, true },
		{ 4, A15_CLIDR, false },
		{ 12, A15_CLIDR, false },
		{ 14, A15_CLIDR, false },
		{ 14, 0xffffffff, false },
		{ 14, 0x24924924, false },
		{ 12, 0x00080000, true },
		{ 12, 0x00100000, true },
		{ 12, 0x00040000, false },
		{ 0, 1, false },
		{ 0, 2, true },
		{ 0, 3, true },
		{ 0, 4, true },
		{ 0, 5, false },
		{ 0xfffffff1, 4, true },
		{ 0xfffffff3, 4, false },
	};

	for (size_t i = 0; i < COUNT(levels); i++) {
		uint32_t csselr = ~0u;

		CHECK_EQ(cp15_cache_level(levels[i].operand, levels[i].clidr, &csselr),
			 levels[i].has);
		CHECK_EQ(csselr, levels[i].operand & 14);
	}
}

static void run_set_way(void)
{
	static const struct {
		uint32_t ccsidr, operand;
		bool has;
		uint32_t left;
	} ops[] = {
		{ A15_L1D, 0x00000000, true, 0x00000000 },
		{ A15_L1D, 0x80003fc0, true, 0x80003fc0 }, /* way 1, set 255 */
		{ A15_L1D, 0x80004000, true, 0x80000000 }, /* above the sets: should be zero */
		{ A15_L1D, 0xffffffff, true, 0x80003fce },
		{ A15_L2, 0xf000ffc2, true, 0xf000ffc2 },
		{ A15_L2, 0xf0010002, true, 0xf0000002 },
		{ ODD, 0x00000be0, true, 0x00000be0 },	/* set 95 */
		{ ODD, 0x00000c00, false, 0x00000c00 }, /* set 96 */
		{ ODD, 0x80000000, true, 0x80000000 },
		{ ODD, 0xc0000000, false, 0xc0000000 }, /* way 3 */
		{ ODD, 0xc0000fe0, false, 0xc0000fe0 },
		{ DIRECT, 0xffffff70, true, 0x00000070 }, /* no bit names a way */
		{ WHOLE, 0xfc000000, true, 0xfc000000 },
		{ WHOLE, 0x03ffffff, true, 0x0000000e }, /* nor a set */
	};

	for (size_t i = 0; i < COUNT(ops); i++) {
		uint32_t operand = ops[i].operand;

		CHECK_EQ(cp15_set_way(&operand, ops[i].ccsidr), ops[i].has);
		CHECK_EQ(operand, ops[i].left);
	}
}

/* MIDR as the TRMs have it, ACTLR[0] as DDI 0438 4.3.28. */
static void run_predictor(void)
{
	static const struct {
		uint32_t midr, actlr;
		enum cp15_predictor found, always;
	} cpus[] = {
		{ 0x412fc0f1, 0x40, CP15_PREDICTOR_LEFT, CP15_PREDICTOR_ICIALLU },
		{ 0x412fc0f1, 0x41, CP15_PREDICTOR_ICIALLU, CP15_PREDICTOR_ICIALLU },
		{ 0x414fc0f0, 0x01, CP15_PREDICTOR_ICIALLU, CP15_PREDICTOR_ICIALLU },
		{ 0x410fc0f0, 0xfffffffe, CP15_PREDICTOR_LEFT, CP15_PREDICTOR_ICIALLU },
		{ 0x420f00f2, 0x41, CP15_PREDICTOR_ICIALLU,
		  CP15_PREDICTOR_ICIALLU },					 /* Brahma-B15 */
		{ 0x410fc075, 0x41, CP15_PREDICTOR_LEFT, CP15_PREDICTOR_LEFT },	 /* Cortex-A7 */
		{ 0x410fd034, 0, CP15_PREDICTOR_LEFT, CP15_PREDICTOR_LEFT },	 /* A53 */
		{ 0x410fc0d1, 0, CP15_PREDICTOR_BPIALL, CP15_PREDICTOR_BPIALL }, /* A12 */
		{ 0x411fc0e1, 0, CP15_PREDICTOR_BPIALL, CP15_PREDICTOR_BPIALL }, /* A17 */
		{ 0x511fc0f0, 1, CP15_PREDICTOR_BPIALL, CP15_PREDICTOR_BPIALL }, /* not Arm's */
	};

	for (size_t i = 0; i < COUNT(cpus); i++) {
		CHECK_EQ(cp15_predictor(cpus[i].midr, cpus[i].actlr, false), cpus[i].found);
		CHECK_EQ(cp15_predictor(cpus[i].midr, cpus[i].actlr, true), cpus[i].always);
	}
}

static void run_reset(void)
{
	/* L2CTLR 25..24: CPUs - 1; it has no room for more than four. */
	static const uint32_t l2ctlr[] = { 0,	       0,	   0x01000000,
					   0x02000000, 0x03000000, 0x03000000,
					   0x03000000, 0x03000000, 0x03000000 };

	for (uint32_t nr = 0; nr < COUNT(l2ctlr); nr++) {
		struct cp15_ctx ctx;

		memset(&ctx, 0xa5, sizeof(ctx));
		cp15_reset(&ctx, &a15, nr, false);
		CHECK_EQ(ctx.l2ctlr, l2ctlr[nr]);
		CHECK_EQ(ctx.nr_vcpus, nr);
		CHECK_EQ(ctx.actlr, 0x40);
		CHECK_EQ(ctx.id.pfr1, 0x00010001);
		CHECK_EQ(ctx.id.mvfr1, 0x11111111);
	}
}

/* ACTLR.IBE, bit 0 (DDI 0438 4.3.28): as the CPU has it; of the rest SMP alone, which is set. */
static void run_actlr(void)
{
	static const struct {
		uint32_t host, guest;
	} cases_of[] = {
		{ 0x00000000, 0x40 }, { 0x00000001, 0x41 }, { 0x00000040, 0x40 },
		{ 0x00000041, 0x41 }, { 0xfffffffe, 0x40 }, { 0xffffffff, 0x41 },
	};

	for (size_t i = 0; i < COUNT(cases_of); i++) {
		struct cp15_id host = a15;
		struct cp15_ctx ctx;
		/* MRC p15, 0, r0, c1, c0, 1 */
		struct cp15_access access = cp15_decode(0x0e000000u | 1u << 17 | 1u << 10 | 1u);
		uint64_t value = 0;

		host.actlr = cases_of[i].host;
		cp15_reset(&ctx, &host, 1, false);
		CHECK_EQ(cp15_access(&ctx, &access, false, &value), CP15_OK);
		CHECK_EQ(value, cases_of[i].guest);
	}
}

static const struct test_case cases[] = {
	{ "cp15_all", run_cp15_all },	  { "cp14_all", run_cp14_all },
	{ "others_all", run_others_all }, { "rt_is_pc", run_rt_is_pc },
	{ "decode", run_decode },	  { "decode_any", run_decode_any },
	{ "guest_id", run_guest_id },	  { "reset", run_reset },
	{ "predictor", run_predictor },	  { "cache_level", run_cache_level },
	{ "set_way", run_set_way },	  { "pmu_all", run_pmu_all },
	{ "guest_pmu", run_guest_pmu },	  { "actlr", run_actlr },
};

TEST_MAIN("cp15", cases)
