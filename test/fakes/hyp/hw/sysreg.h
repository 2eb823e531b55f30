/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * System registers, banked registers and barriers as the host plays them: by name, of whichever CPU
 * runs. The program has the machine that is behind them: the rig of test/rig, or a test's own. A
 * name that is not in the list does not compile.
 */
#ifndef TEST_FAKES_HYP_HW_SYSREG_H
#define TEST_FAKES_HYP_HW_SYSREG_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* clang-format off */
#define FAKE_SYSREGS(X) \
	X(ACTLR) X(ADFSR) X(AIDR) X(AIFSR) X(AMAIR0) X(AMAIR1) X(ATS12NSOPR) X(ATS12NSOUR) X(ATS1CPR) \
	X(BPIALL) X(CCSIDR) X(CLIDR) X(CNTFRQ) X(CNTHCTL) X(CNTHP_CTL) X(CNTHP_CVAL) X(CNTKCTL) \
	X(CNTPCT) X(CNTP_CTL) X(CNTP_CVAL) X(CNTVOFF) X(CNTV_CTL) X(CNTV_CVAL) X(CONTEXTIDR) \
	X(CPACR) X(CSSELR) X(CTR) X(DACR) X(DCCIMVAC) X(DCCISW) X(DCCMVAC) X(DFAR) X(DFSR) \
	X(HCPTR) X(HCR) X(HDCR) X(HDFAR) X(HIFAR) X(HMAIR0) X(HPFAR) X(HSCTLR) X(HSR) X(HSTR) \
	X(HTCR) X(HTPIDR) X(HTTBR) \
	X(HVBAR) X(ICIALLU) X(ICIALLUIS) X(ID_AFR0) X(ID_DFR0) X(ID_ISAR0) X(ID_ISAR1) \
	X(ID_ISAR2) X(ID_ISAR3) X(ID_ISAR4) X(ID_ISAR5) X(ID_MMFR0) X(ID_MMFR1) X(ID_MMFR2) \
	X(ID_MMFR3) X(ID_PFR0) X(ID_PFR1) X(IFAR) X(IFSR) X(ISR) X(MAIR0) X(MAIR1) X(MIDR) \
	X(MPIDR) X(PAR_64) X(PMCCNTR) X(PMCNTENCLR) X(PMCNTENSET) X(PMCR) X(PMINTENCLR) \
	X(PMINTENSET) X(PMOVSR) X(PMOVSSET) X(PMSELR) X(PMUSERENR) X(PMXEVCNTR) X(PMXEVTYPER) \
	X(REVIDR) X(SCTLR) X(TCMTR) X(TEECR) X(TEEHBR) X(TLBTR) X(TLBIALL) X(TLBIALLH) X(TLBIALLHIS) X(TLBIALLIS) \
	X(TLBIMVAH) X(TLBIMVAIS) X(TPIDRPRW) X(TPIDRURO) X(TPIDRURW) X(TTBCR) X(TTBR0_64) X(TTBR1_64) X(VBAR) \
	X(VMPIDR) X(VPIDR) X(VTCR) X(VTTBR) \
	X(SP_usr) X(SP_svc) X(SP_abt) X(SP_und) X(SP_irq) X(SP_fiq) X(LR_svc) X(LR_abt) X(LR_und) \
	X(LR_irq) X(LR_fiq) X(SPSR_svc) X(SPSR_abt) X(SPSR_und) X(SPSR_irq) X(SPSR_fiq) \
	X(R8_fiq) X(R9_fiq) X(R10_fiq) X(R11_fiq) X(R12_fiq) X(ELR_hyp) X(SPSR_cxsf)
/* clang-format on */

#define FAKE_SYSREG_ENUM(name) FAKE_##name,
enum fake_sysreg { FAKE_SYSREGS(FAKE_SYSREG_ENUM) FAKE_NR_SYSREGS };

enum fake_barrier { FAKE_DSB, FAKE_ISB, FAKE_DMB, FAKE_WFI, FAKE_WFE, FAKE_YIELD, FAKE_SEV };

uint64_t fake_sysreg_read(enum fake_sysreg reg);
void fake_sysreg_write(enum fake_sysreg reg, uint64_t value);
void fake_barrier(enum fake_barrier which);

/* HTPIDR is a pointer, of the width that the host has. */
#define sysreg_read(reg)                                                             \
	__extension__ __builtin_choose_expr(FAKE_##reg == FAKE_HTPIDR,               \
					    (uintptr_t)fake_sysreg_read(FAKE_##reg), \
					    (uint32_t)fake_sysreg_read(FAKE_##reg))
#define sysreg_write(reg, value)	 fake_sysreg_write(FAKE_##reg, (value))
#define sysreg_read64(reg)		 fake_sysreg_read(FAKE_##reg)
#define sysreg_write64(reg, value)	 fake_sysreg_write(FAKE_##reg, (value))
#define sysreg_read_banked(name)	 ((uint32_t)fake_sysreg_read(FAKE_##name))
#define sysreg_write_banked(name, value) fake_sysreg_write(FAKE_##name, (uint32_t)(value))

#define FAKE_SEVEN(op, words, a, b, c, d, e, f, g)                                                \
	do {                                                                                      \
		uint32_t *const words_ = (uint32_t *)(uintptr_t)(words);                          \
		(words) += 7;                                                                     \
		static const enum fake_sysreg regs_[] = { FAKE_##a, FAKE_##b, FAKE_##c, FAKE_##d, \
							  FAKE_##e, FAKE_##f, FAKE_##g };         \
		for (unsigned n_ = 0; n_ < 7; n_++) {                                             \
			op(regs_[n_], words_[n_]);                                                \
		}                                                                                 \
	} while (0)
#define FAKE_SAVE(reg, word)		  (word) = (uint32_t)fake_sysreg_read(reg)
#define sysreg_save7(to, ...)		  FAKE_SEVEN(FAKE_SAVE, to, __VA_ARGS__)
#define sysreg_restore7(from, ...)	  FAKE_SEVEN(fake_sysreg_write, from, __VA_ARGS__)
#define sysreg_save7_banked(to, ...)	  FAKE_SEVEN(FAKE_SAVE, to, __VA_ARGS__)
#define sysreg_restore7_banked(from, ...) FAKE_SEVEN(fake_sysreg_write, from, __VA_ARGS__)

/* `wide` doublewords, which are little-endian, and words behind them. */
#define FAKE_MIXED(op, words, wide, count, ...)                                     \
	do {                                                                        \
		static const enum fake_sysreg regs_[] = { __VA_ARGS__ };            \
		for (unsigned n_ = 0; n_ < (count); n_++) {                         \
			op(regs_[n_], (uint32_t *)(uintptr_t)(words), n_ < (wide)); \
			(words) += n_ < (wide) ? 2 : 1;                             \
		}                                                                   \
	} while (0)
static inline void fake_save(enum fake_sysreg reg, uint32_t *words, bool wide)
{
	uint64_t value = fake_sysreg_read(reg);

	memcpy(words, &value, wide ? 8 : 4);
}
static inline void fake_restore(enum fake_sysreg reg, const uint32_t *words, bool wide)
{
	uint64_t value = 0;

	memcpy(&value, words, wide ? 8 : 4);
	fake_sysreg_write(reg, value);
}
#define sysreg_save_wide3(to, a, b, c) FAKE_MIXED(fake_save, to, 3, 3, FAKE_##a, FAKE_##b, FAKE_##c)
#define sysreg_restore_wide3(from, a, b, c) \
	FAKE_MIXED(fake_restore, from, 3, 3, FAKE_##a, FAKE_##b, FAKE_##c)
#define sysreg_restore_wide2(from, a, b) FAKE_MIXED(fake_restore, from, 2, 2, FAKE_##a, FAKE_##b)
#define sysreg_save_wide2_3(to, a, b, c, d, e) \
	FAKE_MIXED(fake_save, to, 2, 5, FAKE_##a, FAKE_##b, FAKE_##c, FAKE_##d, FAKE_##e)
#define sysreg_restore_wide2_4(from, a, b, c, d, e, f)                                         \
	FAKE_MIXED(fake_restore, from, 2, 6, FAKE_##a, FAKE_##b, FAKE_##c, FAKE_##d, FAKE_##e, \
		   FAKE_##f)

#define FAKE_BARRIER(name, which)     \
	static inline void name(void) \
	{                             \
		fake_barrier(which);  \
	}
FAKE_BARRIER(hw_dsb, FAKE_DSB)
FAKE_BARRIER(hw_isb, FAKE_ISB)
FAKE_BARRIER(hw_dmb, FAKE_DMB)
FAKE_BARRIER(hw_wfi, FAKE_WFI)
FAKE_BARRIER(hw_wfe, FAKE_WFE)
FAKE_BARRIER(hw_yield, FAKE_YIELD)
FAKE_BARRIER(hw_sev, FAKE_SEV)

static inline uint32_t hw_at_most(uint32_t index, uint32_t last)
{
	return index > last ? last : index;
}

static inline bool hw_all_clear(uint32_t a, uint32_t mask, uint32_t b, uint32_t first,
				uint32_t second, uint32_t third, uint32_t c, uint32_t last)
{
	return !((a & mask) | (b & (first | second | third)) | (c & last));
}

#endif
