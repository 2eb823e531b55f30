/* SPDX-License-Identifier: BSD-2-Clause */
/* Entry in SVC mode on any board, MMU off, at the address that the linker was given. */
	.syntax unified
	.arch armv7-a
	.arm

	.section .text.start, "ax"
	.global	uarts_start
uarts_start:
	cpsid	aif
	mrc	p15, 0, r0, c0, c0, 5	/* MPIDR: one CPU does it */
	ands	r0, r0, #0xff
1:	wfine
	bne	1b
	ldr	r0, =uarts_vectors
	mcr	p15, 0, r0, c12, c0, 0	/* VBAR */
	mrc	p15, 0, r0, c1, c0, 0
	bic	r0, r0, #0x2000		/* V: vectors where VBAR says */
	mcr	p15, 0, r0, c1, c0, 0
	isb
	ldr	r0, =__bss_start
	ldr	r1, =__bss_end
	mov	r2, #0
2:	cmp	r0, r1
	strlo	r2, [r0], #4
	blo	2b
	cps	#0x12
	ldr	sp, =uarts_stack_irq
	cps	#0x13
	ldr	sp, =uarts_stack
	bl	uarts_main
	/* Semihosting's SYS_EXIT: r1 = ADP_Stopped_ApplicationExit, or a run-time error. */
	cmp	r0, #0
	ldr	r1, =0x20026
	ldrne	r1, =0x20023
	mov	r0, #0x18
	svc	0x123456
3:	wfi
	b	3b

	.balign	32
uarts_vectors:
	b	.
	b	uarts_fault		/* undefined instruction */
	b	uarts_fault		/* SVC: there is no semihosting */
	b	uarts_fault		/* prefetch abort */
	b	uarts_fault		/* data abort */
	b	.
	b	uarts_irq_entry
	b	uarts_fault

uarts_fault:
	mov	r0, #0x18
	ldr	r1, =0x20023
	svc	0x123456
	b	.

uarts_irq_entry:
	sub	lr, lr, #4
	push	{r0-r3, r12, lr}
	bl	uarts_irq
	ldm	sp!, {r0-r3, r12, pc}^

	.bss
	.balign	8
	.space	4096
uarts_stack_irq:
	.space	4096
uarts_stack:
