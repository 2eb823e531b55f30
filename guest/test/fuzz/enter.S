/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way into a step, and the way back from it: every exception, in whatever state the CPU is then. ARM DDI
 * 0406C, B1.8 (exceptions), B9.3.5 (LDM with exception return).
 */
	.syntax unified
	.arch armv7-a
	.arch_extension virt
	.fpu neon-vfpv4
	.arm

	/* struct fuzz_entry */
	.equ	ENTRY_PSR, 64
	.equ	ENTRY_SPSR, 68
	.equ	ENTRY_SCTLR, 72
	.equ	ENTRY_TTBCR, 76
	.equ	ENTRY_TTBR0, 80
	.equ	ENTRY_TTBR0_HIGH, 84
	.equ	ENTRY_DACR, 88

	.equ	STACK, 8192
	.equ	SCTLR_OFF, 0x00c51878	/* MMU and data cache off */

	.text
	.balign	32
	.global	fuzz_vectors
fuzz_vectors:
	b	back_0
	b	back_1
	b	back_2
	b	back_3
	b	back_4
	b	back_5
	b	back_6
	b	back_7

	.irp	way, 0, 1, 2, 3, 4, 5, 6, 7
back_\way:
	setend	le
	cpsid	aif, #0x13
	mov	r0, #\way
	b	back
	.endr

	.global	fuzz_secondary
	.type	fuzz_secondary, %function
fuzz_secondary:
	cpsid	aif, #0x13
	mov	r0, #8

	/* No load before the MMU is off: the tables may be anything. */
back:
	clrex
	movw	r1, #:lower16:SCTLR_OFF
	movt	r1, #:upper16:SCTLR_OFF
	mcr	p15, 0, r1, c1, c0, 0
	isb
	mov	r1, #0
	mcr	p15, 0, r1, c2, c0, 2	/* TTBCR */
	mov	r1, #1
	mcr	p15, 0, r1, c3, c0, 0	/* DACR */
	ldr	r1, =mmu_table
	orr	r1, r1, #0x4a
	mcr	p15, 0, r1, c2, c0, 0	/* TTBR0 */
	ldr	r1, =fuzz_vectors
	mcr	p15, 0, r1, c12, c0, 0	/* VBAR */
	mov	r1, #0
	mcr	p15, 0, r1, c8, c7, 0	/* TLBIALL */
	mcr	p15, 0, r1, c7, c5, 0	/* ICIALLU */
	mcr	p15, 0, r1, c7, c5, 6	/* BPIALL */
	dsb
	isb
	ldr	r1, =fuzz_sctlr
	ldr	r1, [r1]
	mcr	p15, 0, r1, c1, c0, 0
	isb
	mov	r1, #0x00f00000		/* CPACR: VFP and NEON */
	mcr	p15, 0, r1, c1, c0, 2
	isb
	mov	r1, #0x40000000
	vmsr	fpexc, r1

	mrc	p15, 0, r1, c0, c0, 5
	and	r1, r1, #3
	ldr	sp, =enter_stacks + STACK
	mov	r2, #STACK
	mla	sp, r1, r2, sp
	bl	fuzz_back
	b	.

/* void fuzz_enter(const struct fuzz_entry *): never returns. */
	.global	fuzz_enter
	.type	fuzz_enter, %function
fuzz_enter:
	ldr	r1, [r0, #ENTRY_SPSR]
	msr	SPSR_und, r1
	msr	SPSR_abt, r1
	msr	SPSR_irq, r1
	msr	SPSR_fiq, r1
	ldr	r1, [r0, #52]
	msr	sp_usr, r1
	ldr	r1, [r0, #56]
	msr	lr_usr, r1
	ldr	r1, [r0, #ENTRY_PSR]
	ldr	r2, [r0, #ENTRY_SCTLR]
	ldr	r3, [r0, #ENTRY_TTBCR]
	ldr	r4, [r0, #ENTRY_TTBR0]
	ldr	r5, [r0, #ENTRY_TTBR0_HIGH]
	ldr	r6, [r0, #ENTRY_DACR]

	ldr	r7, =SCTLR_OFF
	mcr	p15, 0, r7, c1, c0, 0
	isb
	mcr	p15, 0, r3, c2, c0, 2
	isb
	mcrr	p15, 0, r4, r5, c2
	mcr	p15, 0, r6, c3, c0, 0
	mov	r7, #0
	mcr	p15, 0, r7, c8, c7, 0
	mcr	p15, 0, r7, c7, c5, 0
	dsb
	isb
	mcr	p15, 0, r2, c1, c0, 0
	isb

	/* A mode with an SPSR of its own is the one that returns; User, System and those that there
	 * are not are returned to from SVC. */
	and	r3, r1, #0x1f
	cmp	r3, #0x11
	cmpne	r3, #0x12
	cmpne	r3, #0x17
	cmpne	r3, #0x1b
	orreq	r3, r3, #0x1c0
	msreq	cpsr_c, r3
	msr	spsr_cxsf, r1
	mov	sp, r0
	ldm	sp, {r0-r12, sp, lr, pc}^

	.bss
	.balign	8
enter_stacks:
	.space	4 * STACK
