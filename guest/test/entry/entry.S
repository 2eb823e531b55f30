/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The registers as they are at the first instruction, before anything is changed: of the vCPU that
 * boots, and of those that CPU_ON starts. This file is linked first, so a raw image begins here.
 * The caches are off: what is stored is in memory.
 */
	.syntax unified
	.arch armv7-a
	.arch_extension virt
	.fpu	neon-vfpv4
	.arm

	.section ".text.start", "ax"
	.global	entry_arm
	.type	entry_arm, %function
entry_arm:
	str	r0, entry_state
	mov	r0, #0
	b	entry_capture

	/* Thumb code cannot store without changing a register; this jump to ARM state changes none.
	 * Entered as ARM code these four bytes are a store to [r0]. */
	.balign	4
	.thumb
	.global	entry_thumb
	.type	entry_thumb, %function
	.thumb_func
entry_thumb:
	bx	pc
	nop
	.arm
	str	r0, entry_state
	mov	r0, #1

	.macro	keep reg
	str	\reg, [r0], #4
	.endm
	.macro	keep_cp15 crn, opc1, crm, opc2
	mrc	p15, \opc1, r1, \crn, \crm, \opc2
	keep	r1
	.endm
	.macro	keep_banked reg
	mrs	r1, \reg
	keep	r1
	.endm

entry_capture:
	str	r0, entry_state + 4 * 16	/* Thumb? */
	adr	r0, entry_state
	stmib	r0, {r1-r14}
	mrs	r1, cpsr
	str	r1, [r0, #60]
	add	r0, r0, #68
	keep_cp15 c1, 0, c0, 0			/* SCTLR */
	keep_cp15 c1, 0, c0, 2			/* CPACR */
	orr	r1, r1, #0x00f00000
	mcr	p15, 0, r1, c1, c0, 2
	isb
	vmrs	r1, fpexc
	keep	r1
	mov	r1, #0x40000000
	vmsr	fpexc, r1
	vmrs	r1, fpscr
	keep	r1
	/* from here on: zero */
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vorr	q0, q0, q\n
	.endr
	vorr	d0, d0, d1
	vmov	r1, r2, d0
	orr	r1, r1, r2
	keep	r1
	mov	r1, #0
	vmsr	fpexc, r1
	mcr	p15, 0, r1, c1, c0, 2
	isb
	keep_cp15 c2, 0, c0, 0			/* TTBR0 */
	keep_cp15 c2, 0, c0, 1			/* TTBR1 */
	keep_cp15 c2, 0, c0, 2			/* TTBCR */
	keep_cp15 c3, 0, c0, 0			/* DACR */
	keep_cp15 c5, 0, c0, 0			/* DFSR */
	keep_cp15 c5, 0, c0, 1			/* IFSR */
	keep_cp15 c6, 0, c0, 0			/* DFAR */
	keep_cp15 c6, 0, c0, 2			/* IFAR */
	keep_cp15 c7, 0, c4, 0			/* PAR */
	keep_cp15 c12, 0, c0, 0			/* VBAR */
	keep_cp15 c13, 0, c0, 1			/* CONTEXTIDR */
	keep_cp15 c13, 0, c0, 2			/* TPIDRURW */
	keep_cp15 c13, 0, c0, 3			/* TPIDRURO */
	keep_cp15 c13, 0, c0, 4			/* TPIDRPRW */
	keep_cp15 c0, 2, c0, 0			/* CSSELR */
	keep_cp15 c14, 0, c1, 0			/* CNTKCTL */
	keep_cp15 c14, 0, c2, 1			/* CNTP_CTL */
	keep_cp15 c14, 0, c3, 1			/* CNTV_CTL */
	mrs	r1, spsr			/* of SVC mode */
	keep	r1
	.irp	reg, sp_usr, lr_usr, r8_fiq, r9_fiq, r10_fiq, r11_fiq, r12_fiq
	keep_banked \reg
	.endr
	.irp	mode, irq, fiq, abt, und
	keep_banked sp_\mode
	keep_banked lr_\mode
	keep_banked SPSR_\mode
	.endr
	mov	r1, #0x5a			/* all of it was stored */
	keep	r1
	dsb
	mrc	p15, 0, r0, c0, c0, 5		/* MPIDR */
	tst	r0, #0xff
	bne	1f
	ldr	r0, entry_state
	ldr	r1, entry_state + 4
	ldr	r2, entry_state + 8
	b	guest_start
1:	movw	r0, #0x0002			/* CPU_OFF */
	movt	r0, #0x8400
	hvc	#0
2:	b	2b

	.balign	64
	.global	entry_state
entry_state:
	.space	4 * 64

/* void entry_dirty(void): what another life must not see, where the library leaves zeros. */
	.text
	.global	entry_dirty
	.type	entry_dirty, %function
entry_dirty:
	mrc	p15, 0, r0, c1, c0, 2
	orr	r0, r0, #0x00f00000
	mcr	p15, 0, r0, c1, c0, 2
	isb
	mov	r0, #0x40000000
	vmsr	fpexc, r0
	vmov.i8	q0, #0xa5
	vmov.i8	q15, #0x5a
	mov	r0, #0x00c00000			/* FPSCR.RMode */
	vmsr	fpscr, r0
	mvn	r0, #0
	mcr	p15, 0, r0, c6, c0, 0		/* DFAR */
	mcr	p15, 0, r0, c6, c0, 2		/* IFAR */
	mcr	p15, 0, r0, c13, c0, 2		/* TPIDRURW */
	mcr	p15, 0, r0, c13, c0, 3		/* TPIDRURO */
	mcr	p15, 0, r0, c13, c0, 4		/* TPIDRPRW */
	mov	r1, #2
	mcr	p15, 2, r1, c0, c0, 0		/* CSSELR */
	mov	r1, #3
	mcr	p15, 0, r1, c14, c1, 0		/* CNTKCTL */
	.irp	reg, sp_usr, lr_usr, r8_fiq, r9_fiq, r10_fiq, r11_fiq, r12_fiq
	msr	\reg, r0
	.endr
	mov	r1, #0xd3
	.irp	mode, irq, fiq, abt, und
	msr	SPSR_\mode, r1
	msr	lr_\mode, r0
	.endr
	msr	spsr_cxsf, r1
	bx	lr
