/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/hw/world.h"
#include "hyp/base/cold.h"
#include "hyp/base/guest_regs.h"
#include "hyp/hw/sysreg.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/vfp.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/psr.h"
#include "hyp/regs/timer.h"
#include <stddef.h>

/* VTCR (B4.1.159): bit 31 RES1, T0SZ 0, SL0 1 (level 1), walks write-back, inner shareable. */
#define WORLD_VTCR  0x80003540u
#define WORLD_CPACR 0u
#define WORLD_SCTLR                                                                   \
	0x00c50078u /* reset value on the Cortex-A15 (TRM 4.3.27), caches and MMU off \
		     */

/* HCPTR: all coprocessors but VFP and SIMD are always UNDEFINED for guests; cp10, cp11 trap until
 * their first use. */
#define WORLD_HCPTR_OPEN   (HCPTR_TTA | (HCPTR_TCP_ALL & ~(HCPTR_TCP10 | HCPTR_TCP11)))
#define WORLD_HCPTR_CLOSED (HCPTR_TTA | HCPTR_TCP_ALL)

#define WORLD_HCR                                                             \
	(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB | \
	 FIELD_PREP(HCR_BSU, HCR_BSU_IS) | HCR_TID3 | HCR_TSC | HCR_TIDCP | HCR_TAC | HCR_TSW)

bool vectors_take_abort(void);

void world_init_cpu(const void *vectors, uintptr_t cpu)
{
	sysreg_write(HTPIDR, cpu);
	sysreg_write(HVBAR, (uint32_t)(uintptr_t)vectors);
	sysreg_write(VTCR, WORLD_VTCR);
	sysreg_write(HCR, 0);
	sysreg_write(HCPTR, WORLD_HCPTR_CLOSED);
	/* Not TTEE: if the CPU has ThumbEE, as QEMU's, Linux accesses TEEHBR at each context
	 * switch. T9, until the performance monitors are opened (pmu_open): QEMU (7.2) has no
	 * HCR.TIDCP. */
	sysreg_write(HSTR, HSTR_T9 | HSTR_T15);
	sysreg_write(HDCR, (sysreg_read(HDCR) & HDCR_HPMN) | HDCR_TDRA | HDCR_TDOSA | HDCR_TDA |
				   HDCR_TPM | HDCR_TPMCR);
	/* The guests use both EL1 timers; HYP uses its own. CNTVOFF is UNKNOWN at reset. */
	sysreg_write(CNTHCTL, CNTHCTL_PL1PCTEN | CNTHCTL_PL1PCEN);
	sysreg_write64(CNTVOFF, 0);
	sysreg_write(CNTV_CTL, 0);
	sysreg_write(CNTP_CTL, 0);
	sysreg_write(CNTHP_CTL, 0);
	sysreg_write(VPIDR, sysreg_read(MIDR));
	hw_isb();
}

void world_set_vectors(const void *vectors)
{
	sysreg_write(HVBAR, (uint32_t)(uintptr_t)vectors);
	hw_isb();
}

COLD void world_read_fixed(uint64_t values[FIXED_COUNT])
{
	values[FIXED_HTTBR] = sysreg_read64(HTTBR);
	values[FIXED_HTCR] = sysreg_read(HTCR);
	values[FIXED_HMAIR0] = sysreg_read(HMAIR0);
	values[FIXED_HSCTLR] = sysreg_read(HSCTLR);
	values[FIXED_VTCR] = sysreg_read(VTCR);
	values[FIXED_HCR] = sysreg_read(HCR);
	values[FIXED_HCPTR] = sysreg_read(HCPTR);
	values[FIXED_HSTR] = sysreg_read(HSTR);
	values[FIXED_HDCR] = sysreg_read(HDCR) & ~HDCR_HPMN;
	values[FIXED_CNTHCTL] = sysreg_read(CNTHCTL);
}

void world_trace(bool on)
{
	uint32_t hvbar = sysreg_read(HVBAR) & ~(uint32_t)VECTORS_TRACE;

	sysreg_write(HVBAR, hvbar | (on ? VECTORS_TRACE : 0));
	hw_isb();
}

void world_reset(struct world *world)
{
	uint64_t vttbr = world->vttbr;
	uint64_t cntvoff = world->cntvoff;
	uint32_t vmpidr = world->vmpidr;

	*world = (struct world) {
		.sctlr = WORLD_SCTLR,
		.cpacr = WORLD_CPACR,
		.vttbr = vttbr,
		.cntvoff = cntvoff,
		.vmpidr = vmpidr,
		.hcr = WORLD_HCR,
	};
}

/* Words in memory, as they are moved: without a gap. */
#define WORLD_BLOCK(first, last, words)                                                    \
	_Static_assert(offsetof(struct world, last) + sizeof((struct world) { 0 }.last) == \
			       offsetof(struct world, first) + 4 * (words),                \
		       "without a gap")
WORLD_BLOCK(ttbr0, par, 6);
WORLD_BLOCK(sp_usr, abt.spsr, 7);
WORLD_BLOCK(und.sp, fiq.sp, 7);
WORLD_BLOCK(fiq.lr, r_fiq[4], 7);
WORLD_BLOCK(sctlr, aifsr, 7);
WORLD_BLOCK(dfar, vbar, 7);
WORLD_BLOCK(contextidr, teehbr, 7);
WORLD_BLOCK(cntv_cval, vmpidr, 8);
WORLD_BLOCK(vttbr, cntvoff, 4);
WORLD_BLOCK(ttbr0, cntvoff, 6 + 6 * 7 + 2 + 8 + 4);

static void world_save_timers(struct world *world)
{
	uint32_t *to = (uint32_t *)(void *)&world->cntv_cval;
	uint32_t virt = sysreg_read(CNTV_CTL);
	uint32_t phys = sysreg_read(CNTP_CTL);

	world->cntv_ctl = virt;
	world->cntp_ctl = phys;
	sysreg_save_wide2_3(to, CNTV_CVAL, CNTP_CVAL, TTBCR, CNTKCTL, HCR);
	if ((virt | phys) & TIMER_ENABLE) {
		sysreg_write(CNTV_CTL, 0);
		sysreg_write(CNTP_CTL, 0);
		hw_isb(); /* the levels fall before their interrupts are deactivated */
	}
}

void world_save(struct world *world)
{
	uint32_t *to = (uint32_t *)(void *)&world->ttbr0;

	sysreg_save_wide3(to, TTBR0_64, TTBR1_64, PAR_64);
	sysreg_save7_banked(to, SP_usr, SP_svc, LR_svc, SPSR_svc, SP_abt, LR_abt, SPSR_abt);
	sysreg_save7_banked(to, SP_und, LR_und, SPSR_und, SP_irq, LR_irq, SPSR_irq, SP_fiq);
	sysreg_save7_banked(to, LR_fiq, SPSR_fiq, R8_fiq, R9_fiq, R10_fiq, R11_fiq, R12_fiq);
	sysreg_save7(to, SCTLR, CPACR, DACR, DFSR, IFSR, ADFSR, AIFSR);
	sysreg_save7(to, DFAR, IFAR, MAIR0, MAIR1, AMAIR0, AMAIR1, VBAR);
	sysreg_save7(to, CONTEXTIDR, TPIDRURW, TPIDRURO, TPIDRPRW, CSSELR, TEECR, TEEHBR);
	world_save_timers(world);
}

/* One ISB between the registers that others depend on and those: TTBCR.EAE defines the format of
 * TTBRn, and a timer that is enabled uses its CVAL and CNTVOFF. The exception return synchronizes
 * the rest (B3.15.5). */
void world_restore(const struct world *world)
{
	const uint32_t *from = (const uint32_t *)(const void *)&world->cntv_cval;

	sysreg_restore_wide2_4(from, CNTV_CVAL, CNTP_CVAL, TTBCR, CNTKCTL, HCR, VMPIDR);
	sysreg_restore_wide2(from, VTTBR, CNTVOFF);
	hw_isb();
	from = (const uint32_t *)(const void *)&world->ttbr0;
	sysreg_restore_wide3(from, TTBR0_64, TTBR1_64, PAR_64);
	sysreg_restore7_banked(from, SP_usr, SP_svc, LR_svc, SPSR_svc, SP_abt, LR_abt, SPSR_abt);
	sysreg_restore7_banked(from, SP_und, LR_und, SPSR_und, SP_irq, LR_irq, SPSR_irq, SP_fiq);
	sysreg_restore7_banked(from, LR_fiq, SPSR_fiq, R8_fiq, R9_fiq, R10_fiq, R11_fiq, R12_fiq);
	sysreg_restore7(from, SCTLR, CPACR, DACR, DFSR, IFSR, ADFSR, AIFSR);
	sysreg_restore7(from, DFAR, IFAR, MAIR0, MAIR1, AMAIR0, AMAIR1, VBAR);
	sysreg_restore7(from, CONTEXTIDR, TPIDRURW, TPIDRURO, TPIDRPRW, CSSELR, TEECR, TEEHBR);
	sysreg_write(CNTV_CTL, world->cntv_ctl);
	sysreg_write(CNTP_CTL, world->cntp_ctl);
}

/* The Cortex-A15's BPIALL has no effect; ICIALLU invalidates the branch predictor if ACTLR[0] is
 * set. */
void world_forget_branches(void)
{
	sysreg_write(ICIALLU, 0);
	sysreg_write(BPIALL, 0);
	hw_dsb();
	hw_isb();
}

bool world_take_abort(void)
{
	return world_aborts() && vectors_take_abort();
}

void world_set_hcr(uint32_t hcr)
{
	sysreg_write(HCR, hcr);
	hw_isb();
}

static inline void world_fp_hcptr(uint32_t value)
{
	sysreg_write(HCPTR, value);
	hw_isb();
}

void world_vfp_load(const struct world_vfp *vfp)
{
	world_fp_hcptr(WORLD_HCPTR_OPEN);
	vfp_load(vfp->d, vfp->fpscr, vfp->fpexc);
}

void world_vfp_save(struct world_vfp *vfp)
{
	uint64_t status = vfp_save(vfp->d);

	vfp->fpexc = (uint32_t)status;
	vfp->fpscr = (uint32_t)(status >> 32);
}

/* FPEXC.EN stays set: if it were clear, a VFP instruction would be UNDEFINED for the guest before
 * HCPTR traps it (B1.14.12). */
void world_vfp_close(void)
{
	vfp_enable();
	world_fp_hcptr(WORLD_HCPTR_CLOSED);
}

/* HCPTR's bits for coprocessors that the CPU does not have read as one (B4.1.67). */
static COLD uint32_t world_read_mvfr(uint32_t (*read)(void))
{
	uint32_t value = 0;

	world_fp_hcptr(WORLD_HCPTR_OPEN);
	if (!(sysreg_read(HCPTR) & HCPTR_TCP10)) {
		value = read();
	}
	world_fp_hcptr(WORLD_HCPTR_CLOSED);
	return value;
}

uint32_t world_read_fpsid(void)
{
	return world_read_mvfr(vfp_fpsid);
}

uint32_t world_read_mvfr0(void)
{
	return world_read_mvfr(vfp_mvfr0);
}

uint32_t world_read_mvfr1(void)
{
	return world_read_mvfr(vfp_mvfr1);
}

static COLD uint32_t world_read_fiq(uint32_t reg)
{
	switch (reg) {
	case 8:
		return sysreg_read_banked(R8_fiq);
	case 9:
		return sysreg_read_banked(R9_fiq);
	case 10:
		return sysreg_read_banked(R10_fiq);
	case 11:
		return sysreg_read_banked(R11_fiq);
	case 12:
		return sysreg_read_banked(R12_fiq);
	case 13:
		return sysreg_read_banked(SP_fiq);
	default:
		return sysreg_read_banked(LR_fiq);
	}
}

static void world_write_fiq(uint32_t reg, uint32_t value)
{
	switch (reg) {
	case 8:
		sysreg_write_banked(R8_fiq, value);
		break;
	case 9:
		sysreg_write_banked(R9_fiq, value);
		break;
	case 10:
		sysreg_write_banked(R10_fiq, value);
		break;
	case 11:
		sysreg_write_banked(R11_fiq, value);
		break;
	case 12:
		sysreg_write_banked(R12_fiq, value);
		break;
	case 13:
		sysreg_write_banked(SP_fiq, value);
		break;
	default:
		sysreg_write_banked(LR_fiq, value);
		break;
	}
}

COLD uint32_t world_read_banked(uint32_t mode, uint32_t reg)
{
	bool sp = reg == 13;

	switch (mode) {
	case PSR_MODE_FIQ:
		return world_read_fiq(reg);
	case PSR_MODE_SVC:
		return sp ? sysreg_read_banked(SP_svc) : sysreg_read_banked(LR_svc);
	case PSR_MODE_ABT:
		return sp ? sysreg_read_banked(SP_abt) : sysreg_read_banked(LR_abt);
	case PSR_MODE_UND:
		return sp ? sysreg_read_banked(SP_und) : sysreg_read_banked(LR_und);
	case PSR_MODE_IRQ:
		return sp ? sysreg_read_banked(SP_irq) : sysreg_read_banked(LR_irq);
	default:
		return sysreg_read_banked(SP_usr);
	}
}

#define WORLD_WRITE_BANK(mode)                                 \
	do {                                                   \
		if (reg == 13) {                               \
			sysreg_write_banked(SP_##mode, value); \
		} else {                                       \
			sysreg_write_banked(LR_##mode, value); \
		}                                              \
	} while (0)

COLD void world_write_banked(uint32_t mode, uint32_t reg, uint32_t value)
{
	switch (mode) {
	case PSR_MODE_FIQ:
		world_write_fiq(reg, value);
		break;
	case PSR_MODE_SVC:
		WORLD_WRITE_BANK(svc);
		break;
	case PSR_MODE_ABT:
		WORLD_WRITE_BANK(abt);
		break;
	case PSR_MODE_UND:
		WORLD_WRITE_BANK(und);
		break;
	case PSR_MODE_IRQ:
		WORLD_WRITE_BANK(irq);
		break;
	default:
		sysreg_write_banked(SP_usr, value);
		break;
	}
}

void world_write_exception(uint32_t mode, uint32_t lr, uint32_t spsr)
{
	if (mode == PSR_MODE_UND) {
		sysreg_write_banked(LR_und, lr);
		sysreg_write_banked(SPSR_und, spsr);
	} else {
		sysreg_write_banked(LR_abt, lr);
		sysreg_write_banked(SPSR_abt, spsr);
	}
}

/* PAR bit 0: the translation failed; LPAE format while stage 2 is involved or TTBCR.EAE is set,
 * else bit 11 (LPAE) is 0 and the address is in 31..12 (B4.1.112). */
static bool world_par(uint64_t par, uint32_t va, uint64_t *address)
{
	if (par & 1u) {
		return false;
	}
	if (par & BIT32(11)) {
		*address = (par & GENMASK64(39, 12)) | (va & 0xfffu);
	} else if (par & 2u) { /* supersection */
		*address = (par & 0xff000000u) | ((par & 0x00ff0000u) << 16) | (va & 0xffffffu);
	} else {
		*address = (par & 0xfffff000u) | (va & 0xfffu);
	}
	return true;
}

COLD bool world_translate(uint32_t va, bool user, pa_t *pa)
{
	uint64_t saved = sysreg_read64(PAR_64);
	uint64_t par;

	if (user) {
		sysreg_write(ATS12NSOUR, va);
	} else {
		sysreg_write(ATS12NSOPR, va);
	}
	hw_isb();
	par = sysreg_read64(PAR_64);
	sysreg_write64(PAR_64, saved);
	return world_par(par, va, &pa->pa);
}

bool world_translate_stage1(uint32_t va, uint64_t *address)
{
	uint64_t saved = sysreg_read64(PAR_64);
	uint64_t par;

	sysreg_write(ATS1CPR, va);
	hw_isb();
	par = sysreg_read64(PAR_64);
	sysreg_write64(PAR_64, saved);
	return world_par(par, va, address);
}
