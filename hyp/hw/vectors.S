/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HYP's exception vectors (ARM ARM B1.8.1). While a guest runs, SP_hyp is the top of this CPU's stack, so every exit pushes
 * one struct guest_regs there; an exit that stays on its vCPU saves nothing more than that.
 * HYP runs with interrupts masked: an exception from HYP itself is a broken monitor.
 */
#include "hyp/guest_regs.h"
#include "hyp/hw/layout.h"

#define PANIC_STACK_SIZE 0x800

	.syntax unified
	.arm
	.arch_extension virt

	.section .text.vectors, "ax"
	.balign	32
	.globl	vectors
vectors:
	b	vector_reset
	b	vector_undef
	b	vector_svc
	b	vector_pabt
	b	vector_dabt
	b	vector_trap
	b	vector_irq
	b	vector_fiq

	/* Saves what the guest had; leaves r0 = the frame. */
	.macro	frame_push
	sub	sp, sp, #8
	push	{r0-r12, lr}
	mrs	r2, elr_hyp
	mrs	r3, spsr
	strd	r2, r3, [sp, #GUEST_REGS_PC]
	mov	r0, sp
	.endm

vector_trap:
	frame_push
	bl	exit_trap
vector_return:
	ldrd	r2, r3, [sp, #GUEST_REGS_PC]
	msr	elr_hyp, r2
	msr	spsr_cxsf, r3
	pop	{r0-r12, lr}
	add	sp, sp, #8
	eret

vector_irq:
vector_fiq:
	frame_push
	bl	exit_irq
	b	vector_return

/* vectors_enter(top of this CPU's stack): the CPU's first entry into a guest. run_start(frame) fills the frame. */
	.globl	vectors_enter
vectors_enter:
	sub	sp, r0, #GUEST_REGS_SIZE
	mov	r0, sp
	bl	run_start
	b	vector_return

	/* On a stack of its own: the CPU's may be what has overflowed. */
	.macro	fatal number
	ldr	sp, =panic_stack + PANIC_STACK_SIZE
	frame_push
	mov	r1, r0
	mov	r0, #\number
	b	panic_exception
	.endm

vector_reset:
	fatal	0
vector_undef:
	fatal	1
vector_svc:
	fatal	2
vector_pabt:
	fatal	3
vector_dabt:
	fatal	4
	.ltorg

	.bss
	.balign	8
panic_stack:
	.space	PANIC_STACK_SIZE
