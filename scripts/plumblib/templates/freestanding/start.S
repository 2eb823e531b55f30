/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of the guest @NAME@, by the ARM Linux boot protocol: SVC mode, A, I and F masked, MMU
 * and caches off, r0 = 0, r1 = ~0, r2 = device tree. One CPU; the MMU stays off.
 */
	.syntax unified
	.arch armv7-a
	.arm

	.equ	MODE_IRQ, 0x12
	.equ	MODE_SVC, 0x13
	.equ	MASKED, 0xc0		/* I and F */

	.section .text.start, "ax"
	.global	guest_start
	.type	guest_start, %function
guest_start:
	msr	cpsr_c, #MODE_IRQ | MASKED
	ldr	sp, =__irq_stack_top
	msr	cpsr_c, #MODE_SVC | MASKED
	ldr	sp, =__stack_top

	/* .bss: the linker script aligns both ends to 8 bytes */
	ldr	r4, =__bss_start
	ldr	r5, =__bss_end
	mov	r0, #0
	mov	r1, #0
1:	cmp	r4, r5
	strdlo	r0, r1, [r4], #8
	blo	1b

	ldr	r0, =guest_vectors
	mcr	p15, 0, r0, c12, c0, 0	/* VBAR */
	isb
	mov	r0, r2
	bl	guest_main
2:	wfi
	b	2b

/* The banked lr is the interrupted address + 4 (ARM DDI 0406C, table B1-7). */
	.type	guest_irq_entry, %function
guest_irq_entry:
	sub	lr, lr, #4
	push	{r0-r3, r12, lr}
	bl	guest_on_irq
	ldm	sp!, {r0-r3, r12, pc}^

/* Any other exception; to tell them apart, give each vector its own entry. */
	.type	guest_stray, %function
guest_stray:
	b	guest_on_exception

	.balign	32
guest_vectors:
	b	guest_stray		/* not used */
	b	guest_stray		/* Undefined Instruction */
	b	guest_stray		/* Supervisor Call */
	b	guest_stray		/* Prefetch Abort */
	b	guest_stray		/* Data Abort */
	b	guest_stray		/* not used */
	b	guest_irq_entry		/* IRQ */
	b	guest_stray		/* FIQ */
