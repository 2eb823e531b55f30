/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The headers of hyp/regs against tables typed from the ARM ARM (DDI 0406C), the GICv2
 * specification (IHI 0048B) and the Cortex-A15's TRM (DDI 0438): each row says where it stands
 * there, a field by its highest and lowest bit. CP15 encodings: test_cp15_regs.
 * test/check/encodings.py sees that no macro is without a row.
 */
#include "hyp/regs/cp15.h"
#include "hyp/regs/gic.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/hsr.h"
#include "hyp/regs/lpae.h"
#include "hyp/regs/pmu.h"
#include "hyp/regs/psr.h"
#include "hyp/regs/timer.h"
#include "hyp/trap/cp15.h"
#include "test/unit/test.h"

struct row {
	const char *name, *section;
	uint64_t got;
	unsigned high, low; /* of a field */
	uint64_t value;	    /* of anything else */
	bool field;
};

/* clang-format off */
#define BITS(name, high, low, section) { #name, section, name, high, low, 0, true }
#define BIT(name, bit, section)        BITS(name, bit, bit, section)
#define IS(name, value, section)       { #name, section, name, 0, 0, value, false }

/* What MCR calls p15 and c7 */
static const struct row tokens[] = {
	IS(CP_TOKEN_p10, 10, "A8.8.98"), IS(CP_TOKEN_p14, 14, "A8.8.98"),
	IS(CP_TOKEN_p15, 15, "A8.8.98"),
	IS(CP_TOKEN_c0, 0, "A8.8.98"), IS(CP_TOKEN_c1, 1, "A8.8.98"),
	IS(CP_TOKEN_c2, 2, "A8.8.98"), IS(CP_TOKEN_c3, 3, "A8.8.98"),
	IS(CP_TOKEN_c4, 4, "A8.8.98"), IS(CP_TOKEN_c5, 5, "A8.8.98"),
	IS(CP_TOKEN_c6, 6, "A8.8.98"), IS(CP_TOKEN_c7, 7, "A8.8.98"),
	IS(CP_TOKEN_c8, 8, "A8.8.98"), IS(CP_TOKEN_c9, 9, "A8.8.98"),
	IS(CP_TOKEN_c10, 10, "A8.8.98"), IS(CP_TOKEN_c11, 11, "A8.8.98"),
	IS(CP_TOKEN_c12, 12, "A8.8.98"), IS(CP_TOKEN_c13, 13, "A8.8.98"),
	IS(CP_TOKEN_c14, 14, "A8.8.98"), IS(CP_TOKEN_c15, 15, "A8.8.98"),
};

static const struct row system_control[] = {
	BIT(HCR_VM, 0, "B4.1.65"), BIT(HCR_SWIO, 1, "B4.1.65"), BIT(HCR_PTW, 2, "B4.1.65"),
	BIT(HCR_FMO, 3, "B4.1.65"), BIT(HCR_IMO, 4, "B4.1.65"), BIT(HCR_AMO, 5, "B4.1.65"),
	BIT(HCR_VF, 6, "B4.1.65"), BIT(HCR_VI, 7, "B4.1.65"), BIT(HCR_VA, 8, "B4.1.65"),
	BIT(HCR_FB, 9, "B4.1.65"), BITS(HCR_BSU, 11, 10, "B4.1.65"),
	IS(HCR_BSU_NONE, 0, "B4.1.65"), IS(HCR_BSU_IS, 1, "B4.1.65"),
	IS(HCR_BSU_OS, 2, "B4.1.65"), IS(HCR_BSU_FULL, 3, "B4.1.65"),
	BIT(HCR_DC, 12, "B4.1.65"), BIT(HCR_TWI, 13, "B4.1.65"), BIT(HCR_TWE, 14, "B4.1.65"),
	BIT(HCR_TID0, 15, "B4.1.65"), BIT(HCR_TID1, 16, "B4.1.65"), BIT(HCR_TID2, 17, "B4.1.65"),
	BIT(HCR_TID3, 18, "B4.1.65"), BIT(HCR_TSC, 19, "B4.1.65"), BIT(HCR_TIDCP, 20, "B4.1.65"),
	BIT(HCR_TAC, 21, "B4.1.65"), BIT(HCR_TSW, 22, "B4.1.65"), BIT(HCR_TPC, 23, "B4.1.65"),
	BIT(HCR_TPU, 24, "B4.1.65"), BIT(HCR_TTLB, 25, "B4.1.65"), BIT(HCR_TVM, 26, "B4.1.65"),
	BIT(HCR_TGE, 27, "B4.1.65"),

	BIT(HCPTR_TCP(0), 0, "B4.1.64"), BIT(HCPTR_TCP(13), 13, "B4.1.64"),
	BIT(HCPTR_TCP10, 10, "B4.1.64"), BIT(HCPTR_TCP11, 11, "B4.1.64"),
	BIT(HCPTR_TASE, 15, "B4.1.64"), BIT(HCPTR_TTA, 20, "B4.1.64"),
	BIT(HCPTR_TCPAC, 31, "B4.1.64"), BITS(HCPTR_TCP_ALL, 13, 0, "B4.1.64"),

	BIT(HSTR_T(0), 0, "B4.1.73"), BIT(HSTR_T(13), 13, "B4.1.73"), BIT(HSTR_T9, 9, "B4.1.73"),
	BIT(HSTR_T11, 11, "B4.1.73"), BIT(HSTR_T15, 15, "B4.1.73"),
	BIT(HSTR_TJDBX, 17, "B4.1.73"),

	BITS(HDCR_HPMN, 4, 0, "B4.1.66"), BIT(HDCR_TPMCR, 5, "B4.1.66"),
	BIT(HDCR_TPM, 6, "B4.1.66"), BIT(HDCR_HPME, 7, "B4.1.66"), BIT(HDCR_TDE, 8, "B4.1.66"),
	BIT(HDCR_TDA, 9, "B4.1.66"), BIT(HDCR_TDOSA, 10, "B4.1.66"),
	BIT(HDCR_TDRA, 11, "B4.1.66"),

	BIT(SCTLR_M, 0, "B4.1.130"), BIT(SCTLR_A, 1, "B4.1.130"), BIT(SCTLR_C, 2, "B4.1.130"),
	BIT(SCTLR_CP15BEN, 5, "B4.1.130"), BIT(SCTLR_SW, 10, "B4.1.130"),
	BIT(SCTLR_Z, 11, "B4.1.130"), BIT(SCTLR_I, 12, "B4.1.130"), BIT(SCTLR_V, 13, "B4.1.130"),
	BIT(SCTLR_HA, 17, "B4.1.130"), BIT(SCTLR_WXN, 19, "B4.1.130"),
	BIT(SCTLR_UWXN, 20, "B4.1.130"), BIT(SCTLR_FI, 21, "B4.1.130"),
	BIT(SCTLR_VE, 24, "B4.1.130"), BIT(SCTLR_EE, 25, "B4.1.130"),
	BIT(SCTLR_NMFI, 27, "B4.1.130"), BIT(SCTLR_TRE, 28, "B4.1.130"),
	BIT(SCTLR_AFE, 29, "B4.1.130"), BIT(SCTLR_TE, 30, "B4.1.130"),

	BIT(ACTLR_BTB_INVALIDATE, 0, "DDI 0438 4.3.28"), BIT(ACTLR_SMP, 6, "DDI 0438 4.3.28"),

	BIT(SCR_NS, 0, "B4.1.129"), BIT(SCR_SCD, 7, "B4.1.129"), BIT(SCR_HCE, 8, "B4.1.129"),

	BIT(ISR_F, 6, "B4.1, ISR"), BIT(ISR_I, 7, "B4.1, ISR"), BIT(ISR_A, 8, "B4.1, ISR"),
	BITS(CPACR_CP10, 21, 20, "B4.1.40"), BITS(CPACR_CP11, 23, 22, "B4.1.40"),
	BIT(CPACR_D32DIS, 30, "B4.1.40"), BIT(CPACR_ASEDIS, 31, "B4.1.40"),

	BIT(TTBCR_EAE, 31, "B4.1.153"),
	BITS(HPFAR_FIPA, 31, 4, "B4.1.70"),
};

static const struct row syndrome[] = {
	BITS(HSR_EC, 31, 26, "B4.1.72"), BIT(HSR_IL, 25, "B4.1.72"),
	BITS(HSR_ISS, 24, 0, "B4.1.72"),

	IS(HSR_EC_UNKNOWN, 0x00, "B3.13.6"), IS(HSR_EC_WFX, 0x01, "B3.13.6"),
	IS(HSR_EC_CP15_32, 0x03, "B3.13.6"), IS(HSR_EC_CP15_64, 0x04, "B3.13.6"),
	IS(HSR_EC_CP14_32, 0x05, "B3.13.6"), IS(HSR_EC_CP14_LS, 0x06, "B3.13.6"),
	IS(HSR_EC_HCPTR, 0x07, "B3.13.6"), IS(HSR_EC_CP10_ID, 0x08, "B3.13.6"),
	IS(HSR_EC_JAZELLE, 0x09, "B3.13.6"), IS(HSR_EC_BXJ, 0x0a, "B3.13.6"),
	IS(HSR_EC_CP14_64, 0x0c, "B3.13.6"), IS(HSR_EC_SVC_HYP, 0x11, "B3.13.6"),
	IS(HSR_EC_HVC, 0x12, "B3.13.6"), IS(HSR_EC_SMC, 0x13, "B3.13.6"),
	IS(HSR_EC_IABT, 0x20, "B3.13.6"), IS(HSR_EC_IABT_HYP, 0x21, "B3.13.6"),
	IS(HSR_EC_DABT, 0x24, "B3.13.6"), IS(HSR_EC_DABT_HYP, 0x25, "B3.13.6"),

	BIT(HSR_CV, 24, "B3.13.6"), BITS(HSR_COND, 23, 20, "B3.13.6"),

	BITS(HSR_CP_OPC2, 19, 17, "B3.13.6"), BITS(HSR_CP_OPC1, 16, 14, "B3.13.6"),
	BITS(HSR_CP_CRN, 13, 10, "B3.13.6"), BITS(HSR_CP_RT, 8, 5, "B3.13.6"),
	BITS(HSR_CP_CRM, 4, 1, "B3.13.6"), BIT(HSR_CP_READ, 0, "B3.13.6"),
	BITS(HSR_CP64_OPC1, 19, 16, "B3.13.6"), BITS(HSR_CP64_RT2, 13, 10, "B3.13.6"),

	BIT(HSR_HCPTR_TA, 5, "B3.13.6"), BITS(HSR_HCPTR_COPROC, 3, 0, "B3.13.6"),
	BIT(HSR_WFX_WFE, 0, "B3.13.6"), BITS(HSR_HVC_IMM, 15, 0, "B3.13.6"),

	BIT(HSR_DABT_ISV, 24, "B3.13.6"), BITS(HSR_DABT_SAS, 23, 22, "B3.13.6"),
	BIT(HSR_DABT_SSE, 21, "B3.13.6"), BITS(HSR_DABT_SRT, 19, 16, "B3.13.6"),
	BIT(HSR_ABT_EA, 9, "B3.13.6"), BIT(HSR_DABT_CM, 8, "B3.13.6"),
	BIT(HSR_ABT_S1PTW, 7, "B3.13.6"), BIT(HSR_DABT_WNR, 6, "B3.13.6"),
	BITS(HSR_ABT_FSC, 5, 0, "B3.13.6"),

	/* Long-descriptor status codes, STATUS[5:0] */
	IS(FSC_TRANSLATION_L1, 0x05, "table B3-24"), IS(FSC_ACCESS_L1, 0x09, "table B3-24"),
	IS(FSC_PERMISSION_L1, 0x0d, "table B3-24"), IS(FSC_ASYNC_EXTERNAL, 0x11, "table B3-24"),
	IS(FSC_ASYNC_PARITY, 0x19, "table B3-24"),
};

static const struct row translation[] = {
	/* 4 KiB of 8-byte entries; input bits 31:30, 29:21, 20:12 */
	IS(LPAE_ENTRIES, 4096 / 8, "B3.6.1"), IS(LPAE_L1_SHIFT, 30, "B3.6"),
	IS(LPAE_L2_SHIFT, 21, "B3.6"), IS(LPAE_L3_SHIFT, 12, "B3.6"),
	IS(LPAE_ROOT_ENTRIES, 1 << (32 - 30), "B3.6"),

	BITS(LPAE_TYPE, 1, 0, "B3.6.1"), IS(LPAE_TYPE_BLOCK, 1, "B3.6.1"),
	IS(LPAE_TYPE_TABLE, 3, "B3.6.1"), IS(LPAE_TYPE_PAGE, 3, "B3.6.1"),
	BIT(LPAE_VALID, 0, "B3.6.1"), BITS(LPAE_ADDRESS, 39, 12, "B3.6.1"),

	BITS(LPAE_SH, 9, 8, "B3.6.2"), IS(LPAE_SH_NONE, 0, "B3.6.2"),
	IS(LPAE_SH_OUTER, 2, "B3.6.2"), IS(LPAE_SH_INNER, 3, "B3.6.2"),
	BIT(LPAE_AF, 10, "B3.6.2"), BIT(LPAE_CONTIGUOUS, 52, "B3.6.2"), BIT(LPAE_XN, 54, "B3.6.2"),
	BITS(LPAE_SOFTWARE, 58, 55, "B3.6.2"), BITS(ID_MMFR3_COHWALK, 23, 20, "B4.1.92"),

	BITS(LPAE_S1_ATTR_INDEX, 4, 2, "B3.6.2"), BIT(LPAE_S1_AP1, 6, "B3.6.2"),
	BIT(LPAE_S1_READ_ONLY, 7, "B3.6.2"),

	/* MemAttr[3:0] and HAP[2:1] */
	BITS(LPAE_S2_ATTR, 5, 2, "B3.6.2"), IS(LPAE_S2_ATTR_STRONG, 0, "table B3-20"),
	IS(LPAE_S2_ATTR_DEVICE, 1, "table B3-20"), IS(LPAE_S2_ATTR_UNCACHED, 5, "table B3-20"),
	IS(LPAE_S2_ATTR_WRITE_BACK, 15, "table B3-20"),
	BITS(LPAE_S2_ACCESS, 7, 6, "B3.6.2"), IS(LPAE_S2_ACCESS_READ, 1, "B3.7.1"),
	IS(LPAE_S2_ACCESS_WRITE, 2, "B3.7.1"), IS(LPAE_S2_ACCESS_READWRITE, 3, "B3.7.1"),

	IS(MAIR_STRONGLY_ORDERED, 0x00, "B4.1.104"), IS(MAIR_DEVICE, 0x04, "B4.1.104"),
	IS(MAIR_UNCACHED, 0x44, "B4.1.104"), IS(MAIR_WRITE_BACK, 0xff, "B4.1.104"),

	IS(LPAE_WALK_UNCACHED, 0, "B4.1.153"), IS(LPAE_WALK_WRITE_BACK, 1, "B4.1.153"),

	BITS(HTCR_T0SZ, 2, 0, "B4.1.74"), BITS(HTCR_IRGN0, 9, 8, "B4.1.74"),
	BITS(HTCR_ORGN0, 11, 10, "B4.1.74"), BITS(HTCR_SH0, 13, 12, "B4.1.74"),
	IS(HTCR_RES1, 0x80800000, "B4.1.74"),

	BITS(VTCR_T0SZ, 3, 0, "B4.1.159"), BIT(VTCR_S, 4, "B4.1.159"),
	BITS(VTCR_SL0, 7, 6, "B4.1.159"), BITS(VTCR_IRGN0, 9, 8, "B4.1.159"),
	BITS(VTCR_ORGN0, 11, 10, "B4.1.159"), BITS(VTCR_SH0, 13, 12, "B4.1.159"),
	BIT(VTCR_RES1, 31, "B4.1.159"),

	/* x = 5 - T0SZ for level 1 */
	BITS(TTBR_BADDR, 39, 5, "B4.1.76"), BITS(VTTBR_VMID, 55, 48, "B4.1.160"),

	BIT(PAR_F, 0, "B4.1.112"), BITS(PAR_FS, 6, 1, "B4.1.112"), BIT(PAR_STAGE, 9, "B4.1.112"),
	BITS(PAR_PA, 39, 12, "B4.1.112"),
};

static const struct row monitors[] = {
	BIT(PMCR_E, 0, "B4.1.117"), BIT(PMCR_P, 1, "B4.1.117"), BIT(PMCR_C, 2, "B4.1.117"),
	BIT(PMCR_D, 3, "B4.1.117"), BIT(PMCR_X, 4, "B4.1.117"), BIT(PMCR_DP, 5, "B4.1.117"),
	BITS(PMCR_N, 15, 11, "B4.1.117"), IS(PMCR_KEEP, 0x39, "B4.1.117"),
	BIT(PMU_CYCLES, 31, "B4.1.116"), IS(PMU_SEL_CYCLES, 0x1f, "B4.1.122"),
	IS(PMU_MAX_EVENTS, 31, "C12.1"), BIT(PMXEVTYPER_NSH, 27, "B4.1.126"),
};

static const struct row status[] = {
	BIT(PSR_N, 31, "B1.3.3"), BIT(PSR_Z, 30, "B1.3.3"), BIT(PSR_C, 29, "B1.3.3"),
	BIT(PSR_V, 28, "B1.3.3"), BITS(PSR_IT_LOW, 26, 25, "B1.3.3"), BIT(PSR_J, 24, "B1.3.3"),
	BITS(PSR_IT_HI, 15, 10, "B1.3.3"), BIT(PSR_E, 9, "B1.3.3"), BIT(PSR_A, 8, "B1.3.3"),
	BIT(PSR_I, 7, "B1.3.3"), BIT(PSR_F, 6, "B1.3.3"), BIT(PSR_T, 5, "B1.3.3"),
	BITS(PSR_MODE, 4, 0, "B1.3.3"),

	IS(PSR_MODE_USR, 16, "table B1-1"), IS(PSR_MODE_FIQ, 17, "table B1-1"),
	IS(PSR_MODE_IRQ, 18, "table B1-1"), IS(PSR_MODE_SVC, 19, "table B1-1"),
	IS(PSR_MODE_MON, 22, "table B1-1"), IS(PSR_MODE_ABT, 23, "table B1-1"),
	IS(PSR_MODE_HYP, 26, "table B1-1"), IS(PSR_MODE_UND, 27, "table B1-1"),
	IS(PSR_MODE_SYS, 31, "table B1-1"),
};

static const struct row timers[] = {
	BIT(CNTHCTL_PL1PCTEN, 0, "B4.1.22"), BIT(CNTHCTL_PL1PCEN, 1, "B4.1.22"),
	BIT(CNTHCTL_EVNTEN, 2, "B4.1.22"), BIT(CNTHCTL_EVNTDIR, 3, "B4.1.22"),
	BITS(CNTHCTL_EVNTI, 7, 4, "B4.1.22"),
	BIT(CNTKCTL_PL0PCTEN, 0, "B4.1.26"), BIT(CNTKCTL_PL0VCTEN, 1, "B4.1.26"),
	BIT(CNTKCTL_EVNTEN, 2, "B4.1.26"), BIT(CNTKCTL_EVNTDIR, 3, "B4.1.26"),
	BITS(CNTKCTL_EVNTI, 7, 4, "B4.1.26"), BIT(CNTKCTL_PL0VTEN, 8, "B4.1.26"),
	BIT(CNTKCTL_PL0PTEN, 9, "B4.1.26"),
	BIT(CNT_CTL_ENABLE, 0, "B4.1.27"), BIT(CNT_CTL_IMASK, 1, "B4.1.27"),
	BIT(CNT_CTL_ISTATUS, 2, "B4.1.27"),
};

/* Sections of IHI 0048B from here on */
static const struct row gicd[] = {
	IS(GICD_CTLR, 0x000, "table 4-1"), IS(GICD_TYPER, 0x004, "table 4-1"),
	IS(GICD_IIDR, 0x008, "table 4-1"), IS(GICD_IGROUPR, 0x080, "table 4-1"),
	IS(GICD_ISENABLER, 0x100, "table 4-1"), IS(GICD_ICENABLER, 0x180, "table 4-1"),
	IS(GICD_ISPENDR, 0x200, "table 4-1"), IS(GICD_ICPENDR, 0x280, "table 4-1"),
	IS(GICD_ISACTIVER, 0x300, "table 4-1"), IS(GICD_ICACTIVER, 0x380, "table 4-1"),
	IS(GICD_IPRIORITYR, 0x400, "table 4-1"), IS(GICD_ITARGETSR, 0x800, "table 4-1"),
	IS(GICD_ICFGR, 0xc00, "table 4-1"), IS(GICD_PPISR, 0xd00, "DDI 0438 8.3.1"),
	IS(GICD_NSACR, 0xe00, "table 4-1"), IS(GICD_SGIR, 0xf00, "table 4-1"),
	IS(GICD_CPENDSGIR, 0xf10, "table 4-1"), IS(GICD_SPENDSGIR, 0xf20, "table 4-1"),
	IS(GICD_ID, 0xfd0, "table 4-1"), IS(GICD_SIZE, 4096, "4.1.2"),

	BIT(GICD_CTLR_GRP0, 0, "4.3.1"), BIT(GICD_CTLR_GRP1, 1, "4.3.1"),
	BIT(GICD_ICFGR_EDGE, 1, "4.3.13"),
	BITS(GICD_TYPER_ITLINES, 4, 0, "4.3.2"), BITS(GICD_TYPER_CPUS, 7, 5, "4.3.2"),
	BITS(GICD_SGIR_FILTER, 25, 24, "4.3.15"), BITS(GICD_SGIR_TARGETS, 23, 16, "4.3.15"),
	BIT(GICD_SGIR_TARGET_0, 16, "4.3.15"), BITS(GICD_SGIR_ID, 3, 0, "4.3.15"),
};

static const struct row gicc[] = {
	IS(GICC_CTLR, 0x00, "table 4-2"), IS(GICC_PMR, 0x04, "table 4-2"),
	IS(GICC_BPR, 0x08, "table 4-2"), IS(GICC_IAR, 0x0c, "table 4-2"),
	IS(GICC_EOIR, 0x10, "table 4-2"), IS(GICC_RPR, 0x14, "table 4-2"),
	IS(GICC_HPPIR, 0x18, "table 4-2"), IS(GICC_ABPR, 0x1c, "table 4-2"),
	IS(GICC_APR, 0xd0, "table 4-2"), IS(GICC_IIDR, 0xfc, "table 4-2"),
	IS(GICC_DIR, 0x1000, "table 4-2"), IS(GICC_SIZE, 8192, "table 4-2"),

	BIT(GICC_CTLR_GRP0, 0, "4.4.1"), BIT(GICC_CTLR_GRP1, 1, "4.4.1"),
	BIT(GICC_CTLR_EOIMODE, 9, "4.4.1"),
	BITS(GICC_IAR_ID, 9, 0, "4.4.4"), BITS(GICC_IAR_CPU, 12, 10, "4.4.4"),
	IS(GICC_IAR_SPURIOUS, 1022, "3.2.5"),
};

static const struct row gich[] = {
	IS(GICH_HCR, 0x00, "5.3"), IS(GICH_VTR, 0x04, "5.3"),
	IS(GICH_VMCR, 0x08, "5.3"), IS(GICH_MISR, 0x10, "5.3"),
	IS(GICH_EISR0, 0x20, "5.3"), IS(GICH_ELRSR0, 0x30, "5.3"),
	IS(GICH_APR, 0xf0, "5.3"), IS(GICH_LR, 0x100, "5.3"),

	BIT(GICH_HCR_EN, 0, "5.3.1"), BIT(GICH_HCR_UIE, 1, "5.3.1"),
	BIT(GICH_HCR_LRENPIE, 2, "5.3.1"), BIT(GICH_HCR_NPIE, 3, "5.3.1"),
	BIT(GICH_HCR_VGRP0EIE, 4, "5.3.1"), BIT(GICH_HCR_VGRP0DIE, 5, "5.3.1"),
	BIT(GICH_HCR_VGRP1EIE, 6, "5.3.1"), BIT(GICH_HCR_VGRP1DIE, 7, "5.3.1"),
	BITS(GICH_HCR_EOICOUNT, 31, 27, "5.3.1"),

	BITS(GICH_VTR_LISTREGS, 5, 0, "5.3.2"),

	BIT(GICH_VMCR_GRP0EN, 0, "5.3.3"), BIT(GICH_VMCR_GRP1EN, 1, "5.3.3"),
	BIT(GICH_VMCR_FIQEN, 3, "5.3.3"), BIT(GICH_VMCR_CBPR, 4, "5.3.3"),
	BIT(GICH_VMCR_EOIMODE, 9, "5.3.3"), BITS(GICH_VMCR_ABP, 20, 18, "5.3.3"),
	BITS(GICH_VMCR_BP, 23, 21, "5.3.3"), BITS(GICH_VMCR_PMR, 31, 27, "5.3.3"),

	BIT(GICH_LR_HW, 31, "5.3.8"), BIT(GICH_LR_GRP1, 30, "5.3.8"),
	BITS(GICH_LR_STATE, 29, 28, "5.3.8"), BIT(GICH_LR_PENDING, 28, "5.3.8"),
	BIT(GICH_LR_ACTIVE, 29, "5.3.8"), BITS(GICH_LR_PRIORITY, 27, 23, "5.3.8"),
	BITS(GICH_LR_PHYSID, 19, 10, "5.3.8"), BIT(GICH_LR_EOI, 19, "5.3.8"),
	BITS(GICH_LR_CPUID, 12, 10, "5.3.8"), BITS(GICH_LR_VIRTID, 9, 0, "5.3.8"),
};
/* clang-format on */

/* Bit by bit, not with the arithmetic of hyp/base/bits.h. */
static uint64_t wanted(const struct row *row)
{
	uint64_t mask = 0;

	for (unsigned bit = row->low; row->field && bit <= row->high; bit++) {
		mask |= (uint64_t)1 << bit;
	}
	return row->field ? mask : row->value;
}

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (rows[i].got != wanted(&rows[i])) {
			printf("%s is 0x%llx, not 0x%llx (%s)\n", rows[i].name,
			       (unsigned long long)rows[i].got,
			       (unsigned long long)wanted(&rows[i]), rows[i].section);
			test_failures++;
		}
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void run_processor(void)
{
	CHECK_ROWS(tokens);
	CHECK_ROWS(system_control);
	CHECK_ROWS(syndrome);
	CHECK_ROWS(translation);
	CHECK_ROWS(monitors);
	CHECK_ROWS(status);
	CHECK_ROWS(timers);
}

static void run_gic(void)
{
	CHECK_ROWS(gicd);
	CHECK_ROWS(gicc);
	CHECK_ROWS(gich);
}

static const struct test_case cases[] = {
	{ "processor", run_processor },
	{ "gic", run_gic },
};

TEST_MAIN("encodings", cases)
