/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The library's vectors except IRQ, which reads the time first, saves a whole task (struct
 * switch_frame), and continues with the task that kernel.c selects.
 */
	.syntax unified
	.arch armv7-a
	.arm

	.equ	SVC, 0x13

	.text
	.balign	32
	.global	switch_vectors
switch_vectors:
	b	guest_start
	b	vectors_undef
	b	vectors_svc
	b	vectors_prefetch_abort
	b	vectors_data_abort
	b	.
	b	switch_irq
	b	vectors_fiq

/* Continues the task whose stack pointer is r0. It must not have another's reservation (ARM DDI 0406C,
 * A3.4.1). */
	.macro	resume
	mov	sp, r0
	clrex
	pop	{r0-r12, lr}
	rfeia	sp!
	.endm

/* Taking the exception has synchronized: the counter is not read ahead of it. */
switch_irq:
	sub	lr, lr, #4
	srsdb	sp!, #SVC
	cps	#SVC
	push	{r0-r12, lr}
	mrrc	p15, 1, r2, r3, c14	/* CNTVCT */
	mov	r0, sp
	bic	sp, sp, #7
	bl	kernel_interrupt
	resume

	.global	switch_away
	.type	switch_away, %function
switch_away:
	msr	spsr_cxsf, r0
	srsdb	sp!, #SVC		/* lr, psr */
	push	{r0-r12, lr}
	mov	r0, sp
	bic	sp, sp, #7
	bl	kernel_switch
	resume

	.global	switch_hold_registers
	.type	switch_hold_registers, %function
switch_hold_registers:
	push	{r4-r11, lr}
	msr	apsr_nzcvqg, r0
	add	r2, r0, #2
	add	r3, r0, #3
	add	r4, r0, #4
	add	r5, r0, #5
	add	r6, r0, #6
	add	r7, r0, #7
	add	r8, r0, #8
	add	r9, r0, #9
	add	r10, r0, #10
	add	r11, r0, #11
	add	r12, r0, #12
	add	lr, r0, #14
1:	subs	r1, r1, #1
	bne	1b
	mrs	r1, cpsr
	eor	r1, r1, r0
	bic	r1, r1, #0xf0000000
	bic	r1, r1, #0x07f00000
	lsr	r1, r1, #16		/* Q, GE */
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
	sub	r\n, r\n, #\n
	eor	r\n, r\n, r0
	orr	r1, r1, r\n
	.endr
	sub	lr, lr, #14
	eor	lr, lr, r0
	orr	r0, r1, lr
	pop	{r4-r11, pc}
