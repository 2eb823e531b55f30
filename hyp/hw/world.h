/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state that a world switch moves: all registers of PL1 and PL0 that HYP does not use itself
 * (ARM ARM B1.3.2, B3.15). An exit that returns to the same vCPU accesses none of it.
 */
#ifndef HYP_HW_WORLD_H
#define HYP_HW_WORLD_H

#include "hyp/base/addr.h"
#include "hyp/base/fixed.h"
#include "hyp/hw/sysreg.h"
#include "hyp/regs/hcr.h"
#include <stdbool.h>
#include <stdint.h>

/* r13, r14, SPSR of one mode */
struct world_bank {
	uint32_t sp, lr, spsr;
};

struct world {
	/* Several at a time (world.c), all in this order. */
	uint64_t ttbr0, ttbr1, par;
	uint32_t sp_usr;
	struct world_bank svc, abt, und, irq, fiq;
	uint32_t r_fiq[5]; /* r8..r12 */
	uint32_t sctlr, cpacr, dacr, dfsr, ifsr, adfsr, aifsr;
	uint32_t dfar, ifar, mair0, mair1, amair0, amair1, vbar;
	uint32_t contextidr, tpidrurw, tpidruro, tpidrprw, csselr;
	uint32_t teecr, teehbr; /* ARMv7-A has ThumbEE (A2.10) */
	uint32_t cntv_ctl, cntp_ctl;
	uint64_t cntv_cval, cntp_cval;
	uint32_t ttbcr, cntkctl;
	uint32_t hcr; /* glue changes VI, VF, VA, TWI in it; world_set_hcr where loaded */

	/* set by HYP for this vCPU; the guest cannot change it */
	uint32_t vmpidr;
	uint64_t vttbr;
	uint64_t cntvoff;
};

/* VFP and Advanced SIMD, switched when first used. */
struct world_vfp {
	uint64_t d[32];
	uint32_t fpexc, fpscr;
};

/* This CPU's registers for HYP operation: vectors, traps that are the same for all guests. */
void world_init_cpu(const void *vectors, uintptr_t cpu);

/* Sets other vectors for this CPU, before its first guest. */
void world_set_vectors(const void *vectors);

/* This CPU's registers of hyp/base/fixed.h, by enum fixed; before its first guest. HDCR without
 * HPMN, the number of counters that the CPU has. */
void world_read_fixed(uint64_t values[FIXED_COUNT]);

/* This CPU's vectors call the trace, or not (VECTORS_TRACE). */
void world_trace(bool on);

/* The argument of world_init_cpu on this CPU. */
static inline uintptr_t world_cpu(void)
{
	return sysreg_read(HTPIDR);
}

/* Where the loaded guest continues: what ERET uses. Each exit also has them in its frame. */
static inline void world_resume(uint32_t pc, uint32_t cpsr)
{
	sysreg_write_banked(ELR_hyp, pc);
	sysreg_write_banked(SPSR_cxsf, cpsr);
}

/* Its pc. */
static inline uint32_t world_resumes_at(void)
{
	return sysreg_read_banked(ELR_hyp);
}

/* The same, with the CPSR that it has. */
static inline void world_resume_at(uint32_t pc)
{
	sysreg_write_banked(ELR_hyp, pc);
}

/* FPSID, MVFR0, MVFR1 of this CPU; 0: it has no VFP. */
uint32_t world_read_fpsid(void);
uint32_t world_read_mvfr0(void);
uint32_t world_read_mvfr1(void);

/* A vCPU's reset values (ARM ARM B1.9.1, the Linux boot protocol). */
void world_reset(struct world *world);

void world_save(struct world *world);
void world_restore(const struct world *world);

/* Invalidates this CPU's branch predictor and instruction cache, so that the branches of another
 * vCPU do not influence this one's, and instructions that it fetched are not executed. */
void world_forget_branches(void);

/* HCR of the loaded vCPU. Read back first if a virtual abort was pended: hardware clears VA
 * (B1.8.11). */
void world_set_hcr(uint32_t hcr);

/* Completes the loaded guest's memory accesses. True: they caused an asynchronous abort. */
static inline bool world_aborts(void)
{
	hw_dsb();
	hw_isb();
	/* In HYP mode, ISR.A shows a physical abort, which CPSR.A masks (B4.1, ISR). */
	return (sysreg_read(ISR) & ISR_A) != 0;
}

/* The same, and takes it: if it stayed pending, the next vCPU would take it. */
bool world_take_abort(void);

/* Opens VFP to the guest and loads its registers; saves them and closes it again. */
void world_vfp_load(const struct world_vfp *vfp);
void world_vfp_save(struct world_vfp *vfp);
void world_vfp_close(void);

/* r13 or r14 (or r8..r12 of FIQ mode) as the guest's mode `mode` (PSR_MODE_*) sees it. */
uint32_t world_read_banked(uint32_t mode, uint32_t reg);
void world_write_banked(uint32_t mode, uint32_t reg, uint32_t value);

/* Registers of the mode that an injected exception enters (UND or ABT). */
void world_write_exception(uint32_t mode, uint32_t lr, uint32_t spsr);

/* Translates by stages 1 and 2 of the loaded guest, for a read at PL1, or PL0 (`user`): returns
 * true and the physical address, or false. Preserves PAR. */
bool world_translate(uint32_t va, bool user, pa_t *pa);
/* Translates by stage 1 only: the IPA has 40 bits, as in the guest's tables. For a fault address
 * that HPFAR does not hold (permission faults). */
bool world_translate_stage1(uint32_t va, uint64_t *address);

#endif
