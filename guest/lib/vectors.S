/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exception vectors. IRQ and FIQ change to SVC at once, so that a handler may be pre-empted and its stack is the
 * interrupted one. The others keep to their own mode's stack: the SVC stack itself may have caused the exception. ARM
 * DDI 0406C, B1.8.1 (vectors), table B1-7 (preferred return addresses).
 */
	.syntax unified
	.arch armv7-a
	.arch_extension virt
	.arm

	/* enum exception_kind (exceptions.h) */
	.equ	KIND_UNDEF, 1
	.equ	KIND_SVC, 2
	.equ	KIND_PABT, 3
	.equ	KIND_DABT, 4

	.section .text.vectors, "ax"
	.balign	32
	.global	guest_vectors
guest_vectors:
	b	guest_start
	b	vectors_undef
	b	vectors_svc
	b	vectors_prefetch_abort
	b	vectors_data_abort
	b	.			/* hypervisor trap: not taken below HYP */
	b	vectors_irq
	b	vectors_fiq

/* Saves a struct exception_frame, calls C, and continues at the frame's pc. The frame's pc is the faulting
 * instruction. */
	.macro	exception kind
	push	{lr}			/* pc */
	push	{lr}			/* lr: as pc (exceptions.h) */
	push	{r0-r12}
	mrs	r0, spsr
	push	{r0}
	mov	r1, sp
	mov	r0, #\kind
	mov	r4, sp
	bic	sp, sp, #7
	bl	exceptions_dispatch
	mov	sp, r4
	pop	{r0}
	msr	spsr_cxsf, r0
	pop	{r0-r12}
	pop	{lr}
	ldm	sp!, {pc}^
	.endm

	.global	vectors_undef
vectors_undef:
	/* lr: +4 in ARM, +2 in Thumb state */
	push	{r0}
	mrs	r0, spsr
	tst	r0, #0x20
	pop	{r0}
	subeq	lr, lr, #4
	subne	lr, lr, #2
	exception KIND_UNDEF

	.global	vectors_svc
vectors_svc:
	exception KIND_SVC		/* the frame's pc is the next instruction */

	.global	vectors_prefetch_abort
vectors_prefetch_abort:
	sub	lr, lr, #4
	exception KIND_PABT

	.global	vectors_data_abort
vectors_data_abort:
	sub	lr, lr, #8
	exception KIND_DABT

	.macro	interrupt function
	sub	lr, lr, #4
	srsdb	sp!, #0x13
	cps	#0x13
	push	{r0-r3, r12, lr}
	and	r1, sp, #4
	sub	sp, sp, r1
	push	{r1, r2}
	bl	\function
	pop	{r1, r2}
	add	sp, sp, r1
	pop	{r0-r3, r12, lr}
	rfeia	sp!
	.endm

	.global	vectors_irq
vectors_irq:
	interrupt irq_dispatch

	.global	vectors_fiq
vectors_fiq:
	interrupt irq_dispatch_fiq

/*
 * uint32_t exceptions_call(struct exceptions_context *context, void (*fn)(void *), void *arg,
 *                          uint32_t psr)
 * Saves this point in *context (r4-r11, sp, lr, cpsr), then calls fn(arg): in SVC mode if psr is 0;
 * else goes to it with that CPSR (User mode), where it ends by SVC. 0: fn returned; 1: an exception
 * came back through exceptions_resume.
 */
	.text
	.global	exceptions_call
	.type	exceptions_call, %function
exceptions_call:
	mrs	r12, cpsr
	stmia	r0!, {r4-r11}
	str	sp, [r0], #4
	str	lr, [r0], #4
	str	r12, [r0]
	cmp	r3, #0
	bne	1f
	push	{r4, lr}
	mov	r0, r2
	blx	r1
	mov	r0, #0
	pop	{r4, pc}

1:	cpsid	if			/* the banked state below must hold until the return */
	msr	spsr_cxsf, r3
	ldr	r4, [r0, #4]		/* context->user_sp */
	cps	#0x1f
	mov	sp, r4
	ldr	lr, =exceptions_user_end
	cps	#0x13
	mov	lr, r1
	mov	r0, r2
	movs	pc, lr

	.global	exceptions_user_end
exceptions_user_end:
	svc	#0

/* In SVC mode with r0 = the context: return a second time from exceptions_call. */
	.global	exceptions_resume
	.type	exceptions_resume, %function
exceptions_resume:
	mov	r3, r0
	ldmia	r3!, {r4-r11}
	ldr	sp, [r3], #4
	ldr	lr, [r3], #4
	ldr	r12, [r3]
	msr	cpsr_cxsf, r12
	mov	r0, #1
	bx	lr

/* One access each, at a known instruction: void (struct exception_access *). */
	.macro	access name, load, store
	.global	exception_read\name
	.type	exception_read\name, %function
exception_read\name:
	ldr	r1, [r0]
	\load	r2, [r1]
	str	r2, [r0, #4]
	bx	lr
	.global	exception_write\name
	.type	exception_write\name, %function
exception_write\name:
	ldr	r1, [r0]
	ldr	r2, [r0, #4]
	\store	r2, [r1]
	dsb
	bx	lr
	.endm

	access	8, ldrb, strb
	access	16, ldrh, strh
	access	32, ldr, str
