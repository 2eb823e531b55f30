/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hyp/regs/cp15.h against the register summaries of the ARM ARM (DDI 0406C): B3.17 by CRn for CP15,
 * C11.11 for debug, where register number = opc2 << 4 | CRm (0..127), + 128 * CRn.
 */
#include "hyp/regs/cp15.h"
#include "hyp/trap/cp15.h"
#include "test/unit/test.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct named {
	const char *name;
	struct cp15_reg reg;
	uint32_t number;
};

/* clang-format off */
#define REG(name, number)   { #name, CP_REG(name), number }
#define REG64(name, number) { #name, CP_REG64(name), number }

/* In hexadecimal: CRn, opc1, CRm, opc2, the order of the summaries. */
static const struct named cp15_regs[] = {
	REG(MIDR, 0x0000), REG(CTR, 0x0001), REG(TCMTR, 0x0002), REG(TLBTR, 0x0003),
	REG(MPIDR, 0x0005), REG(REVIDR, 0x0006),
	REG(ID_PFR0, 0x0010), REG(ID_PFR1, 0x0011), REG(ID_DFR0, 0x0012), REG(ID_AFR0, 0x0013),
	REG(ID_MMFR0, 0x0014), REG(ID_MMFR1, 0x0015), REG(ID_MMFR2, 0x0016),
	REG(ID_MMFR3, 0x0017), REG(ID_ISAR0, 0x0020), REG(ID_ISAR1, 0x0021),
	REG(ID_ISAR2, 0x0022), REG(ID_ISAR3, 0x0023), REG(ID_ISAR4, 0x0024),
	REG(ID_ISAR5, 0x0025), REG(CCSIDR, 0x0100), REG(CLIDR, 0x0101), REG(AIDR, 0x0107),
	REG(CSSELR, 0x0200), REG(VPIDR, 0x0400), REG(VMPIDR, 0x0405),

	REG(SCTLR, 0x1000), REG(ACTLR, 0x1001), REG(CPACR, 0x1002), REG(SCR, 0x1010),
	REG(SDER, 0x1011), REG(NSACR, 0x1012), REG(HSCTLR, 0x1400), REG(HACTLR, 0x1401),
	REG(HCR, 0x1410), REG(HDCR, 0x1411), REG(HCPTR, 0x1412), REG(HSTR, 0x1413),
	REG(HACR, 0x1417),

	REG(TTBR0, 0x2000), REG(TTBR1, 0x2001), REG(TTBCR, 0x2002), REG(HTCR, 0x2402),
	REG(VTCR, 0x2412), REG(DACR, 0x3000),

	REG(DFSR, 0x5000), REG(IFSR, 0x5001), REG(ADFSR, 0x5010), REG(AIFSR, 0x5011),
	REG(HADFSR, 0x5410), REG(HAIFSR, 0x5411), REG(HSR, 0x5420),
	REG(DFAR, 0x6000), REG(IFAR, 0x6002), REG(HDFAR, 0x6400), REG(HIFAR, 0x6402),
	REG(HPFAR, 0x6404),

	REG(ICIALLUIS, 0x7010), REG(BPIALLIS, 0x7016), REG(PAR, 0x7040), REG(ICIALLU, 0x7050),
	REG(ICIMVAU, 0x7051), REG(CP15ISB, 0x7054), REG(BPIALL, 0x7056), REG(BPIMVA, 0x7057),
	REG(DCIMVAC, 0x7061), REG(DCISW, 0x7062), REG(ATS1CPR, 0x7080), REG(ATS1CPW, 0x7081),
	REG(ATS1CUR, 0x7082), REG(ATS1CUW, 0x7083), REG(ATS12NSOPR, 0x7084),
	REG(ATS12NSOPW, 0x7085), REG(ATS12NSOUR, 0x7086), REG(ATS12NSOUW, 0x7087),
	REG(DCCMVAC, 0x70a1), REG(DCCSW, 0x70a2), REG(CP15DSB, 0x70a4), REG(CP15DMB, 0x70a5),
	REG(DCCMVAU, 0x70b1), REG(DCCIMVAC, 0x70e1), REG(DCCISW, 0x70e2),
	REG(ATS1HR, 0x7480), REG(ATS1HW, 0x7481),

	REG(TLBIALLIS, 0x8030), REG(TLBIMVAIS, 0x8031), REG(TLBIASIDIS, 0x8032),
	REG(TLBIMVAAIS, 0x8033), REG(ITLBIALL, 0x8050), REG(ITLBIMVA, 0x8051),
	REG(ITLBIASID, 0x8052), REG(DTLBIALL, 0x8060), REG(DTLBIMVA, 0x8061),
	REG(DTLBIASID, 0x8062), REG(TLBIALL, 0x8070), REG(TLBIMVA, 0x8071),
	REG(TLBIASID, 0x8072), REG(TLBIMVAA, 0x8073), REG(TLBIALLHIS, 0x8430),
	REG(TLBIMVAHIS, 0x8431), REG(TLBIALLNSNHIS, 0x8434), REG(TLBIALLH, 0x8470),
	REG(TLBIMVAH, 0x8471), REG(TLBIALLNSNH, 0x8474),

	REG(PMCR, 0x90c0), REG(PMCNTENSET, 0x90c1), REG(PMCNTENCLR, 0x90c2), REG(PMOVSR, 0x90c3),
	REG(PMSWINC, 0x90c4), REG(PMSELR, 0x90c5), REG(PMCEID0, 0x90c6), REG(PMCEID1, 0x90c7),
	REG(PMCCNTR, 0x90d0), REG(PMXEVTYPER, 0x90d1), REG(PMXEVCNTR, 0x90d2),
	REG(PMUSERENR, 0x90e0), REG(PMINTENSET, 0x90e1), REG(PMINTENCLR, 0x90e2),
	REG(PMOVSSET, 0x90e3), REG(L2CTLR, 0x9102), REG(L2ECTLR, 0x9103),

	REG(PRRR, 0xa020), REG(NMRR, 0xa021), REG(MAIR0, 0xa020), REG(MAIR1, 0xa021),
	REG(AMAIR0, 0xa030), REG(AMAIR1, 0xa031), REG(HMAIR0, 0xa420), REG(HMAIR1, 0xa421),
	REG(HAMAIR0, 0xa430), REG(HAMAIR1, 0xa431),

	REG(VBAR, 0xc000), REG(MVBAR, 0xc001), REG(ISR, 0xc010), REG(HVBAR, 0xc400),
	REG(FCSEIDR, 0xd000), REG(CONTEXTIDR, 0xd001), REG(TPIDRURW, 0xd002),
	REG(TPIDRURO, 0xd003), REG(TPIDRPRW, 0xd004), REG(HTPIDR, 0xd402),

	REG(CNTFRQ, 0xe000), REG(CNTKCTL, 0xe010), REG(CNTP_TVAL, 0xe020), REG(CNTP_CTL, 0xe021),
	REG(CNTV_TVAL, 0xe030), REG(CNTV_CTL, 0xe031), REG(CNTHCTL, 0xe410),
	REG(CNTHP_TVAL, 0xe420), REG(CNTHP_CTL, 0xe421), REG(CBAR, 0xf400),
	REG(L2ACTLR, 0xf100), REG(ACTLR2, 0xf104),
};

/* CRm, opc1 */
static const struct named cp15_regs64[] = {
	REG64(TTBR0_64, 0x20), REG64(TTBR1_64, 0x21), REG64(HTTBR, 0x24), REG64(VTTBR, 0x26),
	REG64(PAR_64, 0x70), REG64(CNTPCT, 0xe0), REG64(CNTVCT, 0xe1), REG64(CNTP_CVAL, 0xe2),
	REG64(CNTV_CVAL, 0xe3), REG64(CNTVOFF, 0xe4), REG64(CNTHP_CVAL, 0xe6),
};

/* The debug register number */
static const struct named cp14_debug[] = {
	REG(DBGDIDR, 0), REG(DBGDSCRINT, 1), REG(DBGDTRINT, 5), REG(DBGWFAR, 6), REG(DBGVCR, 7),
	REG(DBGECR, 9), REG(DBGDSCCR, 10), REG(DBGDSMCR, 11), REG(DBGDTRRXEXT, 32),
	REG(DBGDSCREXT, 34), REG(DBGDTRTXEXT, 35), REG(DBGDRCR, 36),
	REG(DBGBVR(c0), 64), REG(DBGBVR(c15), 79), REG(DBGBCR(c0), 80), REG(DBGBCR(c15), 95),
	REG(DBGWVR(c0), 96), REG(DBGWVR(c15), 111), REG(DBGWCR(c0), 112), REG(DBGWCR(c15), 127),
	REG(DBGDRAR, 128), REG(DBGBXVR(c0), 144), REG(DBGBXVR(c15), 159), REG(DBGOSLAR, 192),
	REG(DBGOSLSR, 193), REG(DBGOSSRR, 194), REG(DBGOSDLR, 195), REG(DBGPRCR, 196),
	REG(DBGPRSR, 197), REG(DBGDSAR, 256), REG(DBGITCTRL, 960), REG(DBGCLAIMSET, 1000),
	REG(DBGCLAIMCLR, 1001), REG(DBGAUTHSTATUS, 1006), REG(DBGDEVID2, 1008),
	REG(DBGDEVID1, 1009), REG(DBGDEVID, 1010),
};

/* coprocessor, opc1, CRn; CRm = opc2 = 0 */
static const struct named others[] = {
	REG(TEECR, 0xe60), REG(TEEHBR, 0xe61), REG(JIDR, 0xe70), REG(JOSCR, 0xe71),
	REG(JMCR, 0xe72), REG(MVFR1, 0xa76), REG(MVFR0, 0xa77),
};
/* clang-format on */

static void check_named(const struct named *named, uint32_t coproc, bool wide, uint32_t number)
{
	bool same =
		named->reg.coproc == coproc && named->reg.wide == wide && named->number == number;

	if (!same) {
		printf("%s:\n", named->name);
	}
	CHECK(same);
}

static void run_cp15(void)
{
	for (size_t i = 0; i < COUNT(cp15_regs); i++) {
		const struct cp15_reg *reg = &cp15_regs[i].reg;

		CHECK(reg->opc1 < 8 && reg->opc2 < 8 && reg->crn < 16 && reg->crm < 16);
		check_named(&cp15_regs[i], 15, false,
			    (uint32_t)reg->crn << 12 | (uint32_t)reg->opc1 << 8 |
				    (uint32_t)reg->crm << 4 | reg->opc2);
	}
}

static void run_cp15_64(void)
{
	for (size_t i = 0; i < COUNT(cp15_regs64); i++) {
		const struct cp15_reg *reg = &cp15_regs64[i].reg;

		CHECK(reg->crn == 0 && reg->opc2 == 0);
		check_named(&cp15_regs64[i], 15, true, (uint32_t)reg->crm << 4 | reg->opc1);
	}
}

static void run_cp14_debug(void)
{
	static const struct named wide[] = { REG64(DBGDRAR_64, 1), REG64(DBGDSAR_64, 2) };

	for (size_t i = 0; i < COUNT(cp14_debug); i++) {
		const struct cp15_reg *reg = &cp14_debug[i].reg;

		CHECK_EQ(reg->opc1, 0);
		check_named(&cp14_debug[i], 14, false,
			    128u * reg->crn + 16u * reg->opc2 + reg->crm);
	}
	for (size_t i = 0; i < COUNT(wide); i++) {
		CHECK_EQ(wide[i].reg.opc1, 0);
		check_named(&wide[i], 14, true, wide[i].reg.crm);
	}
}

static void run_others(void)
{
	for (size_t i = 0; i < COUNT(others); i++) {
		const struct cp15_reg *reg = &others[i].reg;

		CHECK(reg->crm == 0 && reg->opc2 == 0);
		check_named(&others[i], others[i].number >> 8, false,
			    (uint32_t)reg->coproc << 8 | (uint32_t)reg->opc1 << 4 | reg->crn);
	}
}

static const struct test_case cases[] = {
	{ "cp15", run_cp15 },
	{ "cp15_64", run_cp15_64 },
	{ "cp14_debug", run_cp14_debug },
	{ "others", run_others },
};

TEST_MAIN("cp15_regs", cases)
