/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void witness_hold(struct witness_hold *hold): all registers of all modes (ARM DDI 0406C, B9.3.9 and
 * B9.3.10: banked registers by name) are given values, held, and read back.
 */
	.syntax unified
	.arch armv7-a
	.arch_extension virt
	.arm

	/* struct witness_hold */
	.equ	CORE, 0
	.equ	BANKED, CORE + 4 * 14
	.equ	CORE_OUT, BANKED + 4 * 20
	.equ	BANKED_OUT, CORE_OUT + 4 * 14
	.equ	SAVED, BANKED_OUT + 4 * 20
	.equ	TURNS, SAVED + 4 * 20
	.equ	WFI, TURNS + 4
	.equ	LEFT, WFI + 4

	.macro	each_banked one
	\one	r8_fiq
	\one	r9_fiq
	\one	r10_fiq
	\one	r11_fiq
	\one	r12_fiq
	\one	sp_fiq
	\one	lr_fiq
	\one	SPSR_fiq
	\one	sp_irq
	\one	lr_irq
	\one	SPSR_irq
	\one	sp_abt
	\one	lr_abt
	\one	SPSR_abt
	\one	sp_und
	\one	lr_und
	\one	SPSR_und
	\one	spsr, spsr_cxsf		/* of SVC mode, by its own name */
	\one	sp_usr
	\one	lr_usr
	.endm

	/* r1: an array */
	.macro	store_banked name, written
	mrs	r2, \name
	str	r2, [r1], #4
	.endm

	.macro	load_banked name, written
	ldr	r2, [r1], #4
	.ifb	\written
	msr	\name, r2
	.else
	msr	\written, r2
	.endif
	.endm

	.text
	.global	witness_hold
	.type	witness_hold, %function
witness_hold:
	push	{r4-r12, lr}
	ldr	r1, =hold_struct
	str	r0, [r1]
	str	sp, [r1, #4]
	add	r1, r0, #SAVED
	each_banked store_banked
	add	r1, r0, #BANKED
	each_banked load_banked
	ldr	r1, [r0, #TURNS]
	ldr	r2, [r0, #WFI]
	cmp	r2, #0
	beq	1f

	add	lr, r0, #CORE
	mov	r0, r1
	ldm	lr, {r1-r12, sp, lr}
2:	subs	r0, r0, #1
	bne	2b
	dsb
	wfi
	b	3f

1:	add	lr, r0, #CORE
	mov	r0, r1
	ldm	lr, {r1-r12, sp, lr}
2:	subs	r0, r0, #1
	bne	2b

3:	str	r0, hold_left		/* no register is free for its address */
	ldr	r0, =hold_struct
	ldr	r0, [r0]
	add	r0, r0, #CORE_OUT
	stm	r0, {r1-r12, sp, lr}
	sub	r0, r0, #CORE_OUT
	ldr	r1, =hold_struct
	ldr	sp, [r1, #4]
	ldr	r1, hold_left
	str	r1, [r0, #LEFT]
	add	r1, r0, #BANKED_OUT
	each_banked store_banked
	add	r1, r0, #SAVED
	each_banked load_banked
	pop	{r4-r12, pc}

hold_left:
	.word	0

	.bss
	.balign	8
hold_struct:
	.space	8
