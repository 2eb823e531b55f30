/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe's start: as a zImage, at any 4 KiB-aligned address, in any privileged mode of any ARMv7-A CPU, r2 = the
 * board's device tree. Linked at 0; the words that hold addresses are relocated first. The state of the MMU is not
 * changed.
 */
#include "boot/modes.h"
#include "boot/probe/fence.h"
#include "hyp/hw/pen_layout.h"

	.syntax unified
	.arm
	.arch_extension virt

#define SCTLR_V_TE	((1 << 13) | (1 << 30))	/* high vectors; exceptions in Thumb state */
#define HSCTLR_TE	(1 << 30)
#define BOARD_CPUS	8

	.section .probe.start, "ax"
	.globl probe_start
probe_start:
	.rept 8
	nop
	.endr
	b	probe_entry
	.word	0x016f2818				/* 0x24: zImage magic */
	.word	0					/* 0x28: start: position independent */
	.word	probe_file_end - probe_start		/* 0x2c: end */
	.word	0x04030201				/* 0x30: little-endian */
	.word	0x45425250				/* 0x34: "PRBE" */
	.globl probe_uart
probe_uart:
	.word	0					/* 0x38: enum board_uart, 0: by the tree */
	.word	0					/* 0x3c: its address */
	.word	0					/* 0x40: shift */
	.word	0					/* 0x44: width */

probe_entry:
	mrs	r8, cpsr
	cpsid	aif
	mrc	p15, 0, r0, c0, c0, 5	/* MPIDR */
	ands	r0, r0, #0xff
	beq	2f
	/* All CPUs may arrive here: one runs the checks, and records the others. */
	adr	r1, probe_came
	cmp	r0, #BOARD_CPUS
	movlo	r2, #1
	strlo	r2, [r1, r0, lsl #2]
	dsb
1:	wfi
	b	1b
2:
	mov	r7, r2			/* device tree */
	adr	r6, probe_start

	/* Every relocation is R_ARM_RELATIVE (ELF for the ARM Architecture, 4.6.1; test/check/probe.py verifies
	 * that). */
	adr	r0, probe_places
	ldm	r0, {r1, r2}
	add	r1, r1, r6
	add	r2, r2, r6
3:	cmp	r1, r2
	bhs	4f
	ldr	r0, [r1], #8
	ldr	r3, [r0, r6]
	add	r3, r3, r6
	str	r3, [r0, r6]
	b	3b
4:	dsb
	ldr	sp, =probe_stack_top
	bl	probe_set_vectors
	mov	r0, r7
	mov	r1, r6
	mov	r2, r8
	bl	probe_main
5:	wfi
	b	5b

probe_places:
	.word	probe_rel_start - probe_start
	.word	probe_rel_end - probe_start
	.ltorg

	.globl probe_came
probe_came:
	.space	4 * BOARD_CPUS

	.text
/* Routes this mode's exceptions to the vectors here. Clobbers r0, r1. */
probe_set_vectors:
	mrs	r0, cpsr
	and	r0, r0, #MODE_MASK
	cmp	r0, #MODE_HYP
	beq	1f
	mrc	p15, 0, r0, c1, c0, 0	/* SCTLR */
	ldr	r1, =SCTLR_V_TE
	bic	r0, r0, r1
	mcr	p15, 0, r0, c1, c0, 0
	ldr	r0, =probe_vectors
	mcr	p15, 0, r0, c12, c0, 0	/* VBAR */
	isb
	bx	lr
1:	mrc	p15, 4, r0, c1, c0, 0	/* HSCTLR */
	bic	r0, r0, #HSCTLR_TE
	mcr	p15, 4, r0, c1, c0, 0
	ldr	r0, =probe_vectors_hyp
	mcr	p15, 4, r0, c12, c0, 0	/* HVBAR */
	isb
	bx	lr

/* Enters HYP mode by the monitor's code. Does nothing if that is not possible. */
	.globl probe_go_to_hyp
probe_go_to_hyp:
	push	{r4, lr}
	mov	r4, sp			/* HYP has a stack pointer of its own */
	mov	r12, #0			/* physical minus linked address: relocated already */
	bl	boot_to_hyp
	mov	sp, r4
	bl	probe_set_vectors
	pop	{r4, pc}

/*
 * A read that faults is skipped if r3 permits that (boot/probe/fence.h), and r3 becomes 0. r12 is free then. Any other
 * exception ends the probe. Return addresses: ARM ARM B1.8.3, and B1.8.4 for HYP.
 */
	.macro	probe_skip offset
	ldr	r12, =PROBE_FENCE
	cmp	r3, r12
	movne	r0, #1
	subne	r1, lr, #\offset
	bne	probe_stop
	mov	r3, #0
	.endm

	.balign 32
probe_vectors:
	b	probe_stop_other
	b	probe_undefined
	b	probe_stop_other
	b	probe_stop_other
	b	probe_data_abort
	b	probe_stop_other
	b	probe_stop_other
	b	probe_stop_other

probe_undefined:
	probe_skip 4
	movs	pc, lr
probe_data_abort:
	probe_skip 8
	subs	pc, lr, #4

	.balign 32
probe_vectors_hyp:
	b	probe_stop_other
	b	probe_skip_hyp
	b	probe_stop_other
	b	probe_stop_other
	b	probe_skip_hyp
	b	probe_stop_other
	b	probe_stop_other
	b	probe_stop_other

probe_skip_hyp:
	ldr	r12, =PROBE_FENCE
	cmp	r3, r12
	mrsne	r1, elr_hyp
	movne	r0, #1
	bne	probe_stop
	mov	r3, #0
	mrs	r12, elr_hyp
	add	r12, r12, #4
	msr	elr_hyp, r12
	eret

probe_stop_other:
	mov	r0, #0
	mov	r1, lr
probe_stop:
	ldr	sp, =probe_stack_top
	bl	probe_stopped
1:	wfi
	b	1b
	.ltorg

	/* boot/monitor.S starts CPUs that wait in these boxes: here there are none. */
	.data
	.balign 64
	.globl pen_boxes
pen_boxes:
	.space	PEN_BOXES << PEN_BOX_SHIFT
