/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the mode at a CPU's entry to HYP mode: from HYP itself (a boot loader for hypervisors, PSCI), Secure PL1 or
 * Monitor (firmware that leaves the CPU as at reset). From Non-secure PL1 HYP cannot be entered: ARM ARM B1.5.1.
 */
#include "boot/modes.h"

	.syntax unified
	.arm
	.arch_extension sec
	.arch_extension virt

	.section .boot, "ax"

#define SCTLR_V_TE	((1 << 13) | (1 << 30))	/* high vectors; exceptions in Thumb state */
#define NSACR_VFP	((1 << 10) | (1 << 11))
#define ACTLR_SMP	(1 << 6)		/* Cortex-A7, A12, A15, A17: coherency with the other CPUs */
#define ID_PFR1_SECURITY (0xf << 4)

/* Cortex-A15 only (its TRM, 4.3.28; the numbers are those of its errata notice). */
#define A15_MIDR	0x410fc0f0		/* less variant and revision */
#define A15_R0P4	0x04			/* variant, revision */
#define A15_R2P0	0x20
#define A15_R2P4	0x24
#define A15_R3P0	0x30
#define ACTLR_INVALIDATE_BTB (1 << 0)		/* ICIALLU invalidates the branch predictor; no other operation does */
#define ACTLR_NO_LOOP_BUFFER (1 << 1)		/* 773022, r0p4 and before */
#define ACTLR_NO_STREAMING (0xf << 25)		/* 801819, r2p0 to r2p4: writes allocate in the L1 cache */
#define REVIDR_801819	(1 << 3)		/* fixed in this CPU */
#define L2ACTLR_HAZARD_TIMEOUT (1 << 7)		/* 798870, r2p0 and later, before r3p0 */
#define ACTLR2_CLEAN_INVALIDATES (1 << 0)	/* 827671, r3p0 and later */
#define ID_PFR1_VIRT	(0xf << 12)

/* SCR in Monitor, kept while HYP runs (B4.1.129): NS, HCE; FW and AW leave CPSR.F and CPSR.A to Non-secure state. Only
 * SMC is routed to Monitor mode. */
#define SCR_VALUE	0x131

/*
 * Returns in HYP mode if possible, else in the caller's mode. MMU off; r12: physical minus virtual address of the
 * image. Clobbers r0 to r3. If the CPU was entered in Secure state, monitor_active (boot/monitor.S) is 1 afterwards.
 */
	.globl boot_to_hyp
boot_to_hyp:
	mrs	r0, cpsr
	and	r0, r0, #MODE_MASK
	cmp	r0, #MODE_HYP
	bxeq	lr
	mov	r3, lr

	/* A CPU without Security Extensions is not Secure, and one without HYP mode cannot enter it. */
	mrc	p15, 0, r1, c0, c1, 1	/* ID_PFR1 */
	tst	r1, #ID_PFR1_SECURITY
	tstne	r1, #ID_PFR1_VIRT
	bxeq	r3
	cmp	r0, #MODE_MON
	beq	1f

	/* Secure or not? In Non-secure PL1 a read of SCR is an undefined instruction, caught here. */
	mrc	p15, 0, r1, c1, c0, 0	/* SCTLR */
	ldr	r2, =SCTLR_V_TE
	bic	r1, r1, r2
	mcr	p15, 0, r1, c1, c0, 0
	adr	r1, boot_probe_vectors
	mcr	p15, 0, r1, c12, c0, 0	/* VBAR */
	isb
	mov	r1, #0
	mrc	p15, 0, r2, c1, c1, 0	/* SCR */
	cmp	r1, #0
	bxne	r3

1:	ldr	r1, =monitor_vectors
	add	r1, r1, r12
	mcr	p15, 0, r1, c12, c0, 1	/* MVBAR */
	mrc	p15, 0, r1, c1, c1, 2	/* NSACR */
	orr	r1, r1, #NSACR_VFP
	mcr	p15, 0, r1, c1, c1, 2
	mrc	p15, 0, r0, c0, c0, 0	/* MIDR */
	mrc	p15, 0, r1, c0, c0, 6	/* REVIDR */
	bl	boot_a15_bits
	cmp	r2, #0
	beq	3f
	mrc	p15, 1, r2, c15, c0, 4	/* ACTLR2; no other CPU or revision has it */
	orr	r2, r2, #ACTLR2_CLEAN_INVALIDATES
	mcr	p15, 1, r2, c15, c0, 4
	isb
3:	orr	r0, r0, #ACTLR_SMP
	mrc	p15, 0, r2, c1, c0, 1	/* ACTLR: not writable in Non-secure state */
	bics	r0, r0, r2
	orrne	r2, r2, r0
	mcrne	p15, 0, r2, c1, c0, 1
	movs	r0, r1
	beq	2f
	mrc	p15, 1, r1, c15, c0, 0	/* L2ACTLR, shared: written by the first CPU, before others run */
	bics	r0, r0, r1
	orrne	r1, r1, r0
	mcrne	p15, 1, r1, c15, c0, 0
2:	ldr	r1, =monitor_active
	add	r1, r1, r12
	mov	r2, #1
	str	r2, [r1]
	dsb

	cps	#MODE_MON
	ldr	r1, =SCR_VALUE
	mcr	p15, 0, r1, c1, c1, 0
	isb
	ldr	r1, =PSR_HYP_MASKED
	msr	spsr_cxsf, r1
	movs	pc, r3

/* The bits to set in ACTLR (r0), L2ACTLR (r1) and ACTLR2 (r2) for a CPU with MIDR r0 and REVIDR r1. */
	.globl boot_a15_bits
boot_a15_bits:
	ubfx	r2, r0, #20, #4
	lsl	r2, r2, #4
	bfi	r2, r0, #0, #4		/* variant, revision */
	bfc	r0, #20, #4
	bfc	r0, #0, #4
	sub	r0, r0, #(A15_MIDR & 0xff000000)
	sub	r0, r0, #(A15_MIDR & 0x00ff0000)
	sub	r0, r0, #(A15_MIDR & 0x0000ff00)
	subs	r0, r0, #(A15_MIDR & 0x000000ff)
	movne	r0, #0
	movne	r2, #0
	bne	2f			/* another CPU: its bits have other meanings */
	mov	r0, #ACTLR_INVALIDATE_BTB
	cmp	r2, #A15_R0P4
	orrls	r0, r0, #ACTLR_NO_LOOP_BUFFER
	cmp	r2, #A15_R3P0
	movhs	r2, #ACTLR2_CLEAN_INVALIDATES
	bhs	2f
	cmp	r2, #A15_R2P0
	movlo	r2, #0
	blo	2f
	cmp	r2, #A15_R2P4
	mov	r2, #0
	bhi	1f
	tst	r1, #REVIDR_801819
	orreq	r0, r0, #ACTLR_NO_STREAMING
1:	mov	r1, #L2ACTLR_HAZARD_TIMEOUT
	bx	lr
2:	mov	r1, #0
	bx	lr

	.ltorg

	.balign 32
boot_probe_vectors:
	b	.
	mvn	r1, #0			/* undefined instruction: returns after it */
	movs	pc, lr
