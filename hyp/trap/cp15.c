/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table holds the registers that these traps cover and that a guest has (ARM ARM B1.14):
 *
 *   HCR.TID3, .TAC, .TSW       ID group 3 (read-only), ACTLR, maintenance by set/way
 *   HCR.TIDCP, HSTR.T9, .T15   c9, c10, c11 lockdown and TCM, c15: only the A15's L2CTLR, L2ECTLR
 *   HDCR.TPM, .TPMCR           performance monitors: none, or not used so far
 *   HDCR.TDRA, .TDOSA, .TDA    debug: no event ever comes, its registers swallow writes
 *   HCPTR.TTA                  trace: none
 */
#include "hyp/trap/cp15.h"
#include "hyp/base/bits.h"
#include "hyp/regs/cp15.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/hsr.h"
#include <stddef.h>

/* Permitted accesses by privilege level; any other is UNDEF. */
#define PL1_R  1u
#define PL1_W  2u
#define PL0_R  4u
#define PL0_W  8u
#define PL1_RW (PL1_R | PL1_W)
#define ALL_R  (PL1_R | PL0_R)
#define ALL_RW (PL1_RW | PL0_R | PL0_W)

enum cp15_kind {
	KIND_ZERO, /* reads as zero; writes are ignored */
	KIND_CTX,  /* reads the word of struct cp15_ctx at `at`; writes are ignored */
	KIND_DIDR,
	KIND_FLUSH,
	KIND_PMU, /* the vCPU's performance monitors, if it has them; else KIND_ZERO */
};

struct cp15_row {
	uint32_t first, last; /* numbers (CP_NUMBER) of a range; wide or not as `first` */
	uint8_t rights;
	uint8_t kind;
	uint16_t at;
};

/* clang-format off */
#define ROW(reg, ...)		{ CP_NUMBER(reg), CP_NUMBER(reg), __VA_ARGS__ }
#define ROW64(reg, ...)		{ CP_NUMBER64(reg), CP_NUMBER64(reg), __VA_ARGS__ }
#define RANGE(first, last, ...) { CP_NUMBER(first), CP_NUMBER(last), __VA_ARGS__ }
/* clang-format on */
#define ZERO	   KIND_ZERO, 0
#define PMU	   KIND_PMU, 0
#define CTX(field) KIND_CTX, offsetof(struct cp15_ctx, field)

/* Encodings of ID group 3 that no register has yet: they read as zero (B3.17, c0). */
#define ID_UNUSED_FIRST p15, 0, c0, c2, 6
#define ID_UNUSED_LAST	p15, 0, c0, c7, 7

/* v7.1 debug, one watchpoint and two breakpoints, the permitted minimum (C11.11, DBGDIDR). */
#define DBGDIDR_VALUE 0x01050000u

/* Ascending by coprocessor, wide, CRn, opc1, CRm, opc2. */
static const struct cp15_row table[] = {
	ROW(MVFR1, PL1_R, CTX(id.mvfr1)),
	ROW(MVFR0, PL1_R, CTX(id.mvfr0)),

	/* PL0 may read these, because DBGDSCR.UDCCdis is 0 (C11.11). */
	ROW(DBGDIDR, ALL_R, KIND_DIDR, 0),
	ROW(DBGDTRRXEXT, PL1_RW, ZERO),
	RANGE(DBGBVR(c0), DBGWCR(c0), PL1_RW, ZERO),
	ROW(DBGDSCRINT, ALL_R, ZERO),
	RANGE(DBGBVR(c1), DBGBCR(c1), PL1_RW, ZERO),
	ROW(DBGDSCREXT, PL1_RW, ZERO),
	ROW(DBGDTRTXEXT, PL1_RW, ZERO),
	ROW(DBGDTRINT, ALL_RW, ZERO),
	ROW(DBGWFAR, PL1_RW, ZERO),
	ROW(DBGVCR, PL1_RW, ZERO),
	ROW(DBGDRAR, ALL_R, ZERO),
	ROW(DBGOSLAR, PL1_W, ZERO),
	ROW(DBGOSLSR, PL1_R, ZERO),
	ROW(DBGOSDLR, PL1_RW, ZERO),
	ROW(DBGPRCR, PL1_RW, ZERO),
	ROW(DBGDSAR, ALL_R, ZERO),
	ROW(DBGCLAIMSET, PL1_RW, ZERO),
	ROW(DBGCLAIMCLR, PL1_RW, ZERO),
	ROW(DBGAUTHSTATUS, PL1_R, ZERO),
	ROW64(DBGDRAR_64, ALL_R, ZERO),
	ROW64(DBGDSAR_64, ALL_R, ZERO),

	ROW(ID_PFR0, PL1_R, CTX(id.pfr0)),
	ROW(ID_PFR1, PL1_R, CTX(id.pfr1)),
	ROW(ID_DFR0, PL1_R, CTX(id.dfr0)),
	ROW(ID_AFR0, PL1_R, CTX(id.afr0)),
	ROW(ID_MMFR0, PL1_R, CTX(id.mmfr[0])),
	ROW(ID_MMFR1, PL1_R, CTX(id.mmfr[1])),
	ROW(ID_MMFR2, PL1_R, CTX(id.mmfr[2])),
	ROW(ID_MMFR3, PL1_R, CTX(id.mmfr[3])),
	ROW(ID_ISAR0, PL1_R, CTX(id.isar[0])),
	ROW(ID_ISAR1, PL1_R, CTX(id.isar[1])),
	ROW(ID_ISAR2, PL1_R, CTX(id.isar[2])),
	ROW(ID_ISAR3, PL1_R, CTX(id.isar[3])),
	ROW(ID_ISAR4, PL1_R, CTX(id.isar[4])),
	ROW(ID_ISAR5, PL1_R, CTX(id.isar[5])),
	RANGE(ID_UNUSED_FIRST, ID_UNUSED_LAST, PL1_R, ZERO),

	ROW(ACTLR, PL1_RW, CTX(actlr)),

	ROW(DCISW, PL1_W, KIND_FLUSH, 0),
	ROW(DCCSW, PL1_W, KIND_FLUSH, 0),
	ROW(DCCISW, PL1_W, KIND_FLUSH, 0),

	/* Without the extension these encodings are unallocated, and UNDEFINED in PL0; the
	 * architecture does not define the result in PL1 (B3.17). They read as zero, as in former
	 * versions of KVM, because some kernels read PMCCNTR independent of ID_DFR0. With
	 * PMUSERENR.EN = 0, PL0 may read only PMUSERENR. */
	RANGE(PMCR, PMOVSR, PL1_RW, PMU),
	ROW(PMSWINC, PL1_W, PMU),
	ROW(PMSELR, PL1_RW, PMU),
	RANGE(PMCEID0, PMCEID1, PL1_R, PMU),
	RANGE(PMCCNTR, PMXEVCNTR, PL1_RW, PMU),
	ROW(PMUSERENR, PL1_RW | PL0_R, PMU),
	RANGE(PMINTENSET, PMOVSSET, PL1_RW, PMU),
	ROW(L2CTLR, PL1_RW, CTX(l2ctlr)),
	ROW(L2ECTLR, PL1_RW, ZERO),
};

static const struct cp15_row *find_row(const struct cp15_reg *reg)
{
	uint32_t number = CP_NUMBER_OF((uint32_t)reg->coproc, reg->wide, reg->crn, reg->opc1,
				       reg->crm, reg->opc2);
	size_t low = 0;
	size_t high = ARRAY_SIZE(table);

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (number < table[middle].first) {
			high = middle;
		} else if (number > table[middle].last) {
			low = middle + 1;
		} else {
			return &table[middle];
		}
	}
	return NULL;
}

/* The coprocessor of an exception class; 0: none of those in the table. */
static uint8_t coproc_of(uint32_t ec)
{
	switch (ec) {
	case HSR_EC_CP15_32:
	case HSR_EC_CP15_64:
		return 15;
	case HSR_EC_CP14_32:
	case HSR_EC_CP14_64:
		return 14;
	case HSR_EC_CP10_ID:
		return 10;
	default:
		return 0;
	}
}

struct cp15_access cp15_decode(uint32_t hsr)
{
	uint32_t ec = FIELD_GET(HSR_EC, hsr);
	struct cp15_access access = {
		.reg.coproc = coproc_of(ec),
		.reg.wide = ec == HSR_EC_CP15_64 || ec == HSR_EC_CP14_64,
		.reg.crm = (uint8_t)FIELD_GET(HSR_CP_CRM, hsr),
		.is_write = !(hsr & HSR_CP_READ),
		.rt = (uint8_t)FIELD_GET(HSR_CP_RT, hsr),
	};

	if (access.reg.wide) {
		access.reg.opc1 = (uint8_t)FIELD_GET(HSR_CP64_OPC1, hsr);
		access.rt2 = (uint8_t)FIELD_GET(HSR_CP64_RT2, hsr);
	} else {
		access.reg.opc1 = (uint8_t)FIELD_GET(HSR_CP_OPC1, hsr);
		access.reg.crn = (uint8_t)FIELD_GET(HSR_CP_CRN, hsr);
		access.reg.opc2 = (uint8_t)FIELD_GET(HSR_CP_OPC2, hsr);
	}
	return access;
}

static bool is_allowed(const struct cp15_row *row, const struct cp15_access *access, bool user)
{
	uint32_t need = user ? PL0_R : PL1_R;

	if (access->rt == 15 || (access->reg.wide && access->rt2 == 15)) {
		return false;
	}
	need = access->is_write ? need << 1 : need;
	return (row->rights & need) != 0;
}

static uint32_t read_row(const struct cp15_row *row, const struct cp15_ctx *ctx)
{
	switch (row->kind) {
	case KIND_CTX:
		return *(const uint32_t *)(const void *)((const char *)ctx + row->at);
	case KIND_DIDR:
		return DBGDIDR_VALUE;
	default:
		return 0;
	}
}

enum cp15_result cp15_access(const struct cp15_ctx *ctx, const struct cp15_access *access,
			     bool user, uint64_t *value)
{
	const struct cp15_row *row = find_row(&access->reg);

	if (!row || !is_allowed(row, access, user)) {
		return CP15_UNDEF;
	}
	if (row->kind == KIND_FLUSH) {
		return CP15_FLUSH;
	}
	if (row->kind == KIND_PMU && ctx->pmu) {
		return CP15_PMU;
	}
	if (!access->is_write) {
		*value = read_row(row, ctx);
	}
	return CP15_OK;
}

/* Fields of the ID registers that differ for a guest: B4.1. */
#define PFR0_THUMBEE	   GENMASK32(15, 12)
#define PFR1_SECURITY	   GENMASK32(7, 4)
#define PFR1_VIRT	   GENMASK32(15, 12)
#define DFR0_COPROC_DEBUG  GENMASK32(3, 0)
#define DFR0_PERFMON	   GENMASK32(27, 24)
#define DFR0_DEBUG_V7_1	   5u
#define DFR0_PERFMON_NONE  15u
#define ISAR3_THUMBEE	   GENMASK32(31, 28)
#define ISAR4_SMC	   GENMASK32(15, 12)
#define L2CTLR_CPUS_MINUS1 GENMASK32(25, 24)

#define DFR0_PERFMON_V2 2u

/* PMUv2 is the first version with filters and PMOVSSET, which the monitor uses. */
bool cp15_has_pmu(const struct cp15_id *host)
{
	uint32_t version = FIELD_GET(DFR0_PERFMON, host->dfr0);

	return version >= DFR0_PERFMON_V2 && version != DFR0_PERFMON_NONE;
}

/* Later versions have registers that are not switched: a guest has PMUv2. */
struct cp15_id cp15_guest_id(const struct cp15_id *host, bool pmu)
{
	struct cp15_id id = *host;

	id.pfr0 &= ~PFR0_THUMBEE;
	id.pfr1 &= ~(PFR1_SECURITY | PFR1_VIRT);
	id.isar[3] &= ~ISAR3_THUMBEE;
	id.isar[4] &= ~ISAR4_SMC;
	/* Not those of the host: Secure, memory-mapped and M-profile debug, trace. */
	id.dfr0 = FIELD_PREP(DFR0_COPROC_DEBUG, DFR0_DEBUG_V7_1) |
		  FIELD_PREP(DFR0_PERFMON, pmu ? DFR0_PERFMON_V2 : DFR0_PERFMON_NONE);
	return id;
}

void cp15_reset(struct cp15_ctx *ctx, const struct cp15_id *host, uint32_t nr_vcpus, bool pmu)
{
	uint32_t others = nr_vcpus > 0 ? nr_vcpus - 1 : 0;

	*ctx = (struct cp15_ctx) {
		.id = cp15_guest_id(host, pmu),
		/* Kernels use their branch predictor hardening only if IBE, which firmware sets,
		 * reads as 1. */
		.actlr = ACTLR_SMP | (host->actlr & ACTLR_BTB_INVALIDATE),
		/* The field holds up to four CPUs; a larger VM reads as four. */
		.l2ctlr = FIELD_PREP(L2CTLR_CPUS_MINUS1, bits_min(others, 3)),
		.nr_vcpus = nr_vcpus,
		.pmu = pmu,
	};
}

/* CLIDR (B4.1, Ctype1 to Ctype7): 2 data only, 3 separate, 4 unified. CCSIDR. */
#define CACHE_LEVEL	 GENMASK32(3, 1) /* of the operand, and CSSELR's; InD is 0: data or unified */
#define CACHE_LEVELS	 7u
#define CLIDR_DATA	 2u
#define CLIDR_UNIFIED	 4u
#define CCSIDR_LINE	 GENMASK32(2, 0)   /* log2 of its words, less 2 */
#define CCSIDR_WAYS	 GENMASK32(12, 3)  /* less 1 */
#define CCSIDR_SETS	 GENMASK32(27, 13) /* less 1 */
#define CACHE_LINE_BYTES 4u		   /* log2 of the shortest line */

bool cp15_cache_level(uint32_t operand, uint32_t clidr, uint32_t *csselr)
{
	uint32_t level = FIELD_GET(CACHE_LEVEL, operand);
	uint32_t type = level < CACHE_LEVELS ? clidr >> (3 * level) & 7u : 0;

	*csselr = operand & CACHE_LEVEL;
	return type >= CLIDR_DATA && type <= CLIDR_UNIFIED;
}

/* Bits that count from 0 to `last`. */
static uint32_t bits_for(uint32_t last)
{
	uint32_t bits = 0;

	while (last >> bits) {
		bits++;
	}
	return bits;
}

bool cp15_set_way(uint32_t *operand, uint32_t ccsidr)
{
	uint32_t last_way = FIELD_GET(CCSIDR_WAYS, ccsidr);
	uint32_t last_set = FIELD_GET(CCSIDR_SETS, ccsidr);
	uint32_t line = FIELD_GET(CCSIDR_LINE, ccsidr) + CACHE_LINE_BYTES;
	uint32_t shift = 32 - bits_for(last_way); /* of the way: the topmost bits */
	uint32_t way = shift < 32 ? *operand >> shift : 0;
	uint32_t set = *operand >> line & ((UINT32_C(1) << bits_for(last_set)) - 1);

	*operand = (shift < 32 ? way << shift : 0) | set << line | (*operand & CACHE_LEVEL);
	return way <= last_way && set <= last_set;
}

/* MIDR less variant and revision: Arm's and Broadcom's (B4.1.105). */
#define MIDR_PART	0xff00fff0u
#define MIDR_CORTEX_A7	0x4100c070u
#define MIDR_CORTEX_A15 0x4100c0f0u
#define MIDR_CORTEX_A53 0x4100d030u
#define MIDR_BRAHMA_B15 0x420000f0u

/* The Cortex-A15's BPIALL has no effect, and its ICIALLU invalidates the predictor only if ACTLR[0]
 * is set. A Cortex-A7 or A53 does not speculate far enough past a branch to leak data. */
enum cp15_predictor cp15_predictor(uint32_t midr, uint32_t actlr, bool always)
{
	switch (midr & MIDR_PART) {
	case MIDR_CORTEX_A15:
	case MIDR_BRAHMA_B15:
		return always || (actlr & ACTLR_BTB_INVALIDATE) ? CP15_PREDICTOR_ICIALLU
								: CP15_PREDICTOR_LEFT;
	case MIDR_CORTEX_A7:
	case MIDR_CORTEX_A53:
		return CP15_PREDICTOR_LEFT;
	default:
		return CP15_PREDICTOR_BPIALL;
	}
}
