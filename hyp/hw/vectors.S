/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HYP's exception vectors (ARM ARM B1.8.1). While a guest runs, SP_hyp is the top of this CPU's stack, so every exit
 * pushes one struct guest_regs there; an exit that stays on its vCPU saves nothing more than that. HYP runs with
 * interrupts masked: an exception from HYP itself is an error of the monitor.
 */
#include "hyp/base/guest_regs.h"
#include "hyp/hw/layout.h"

	.syntax unified
	.arm
	.arch_extension virt

	/* From HYP itself: does not return. */
	.macro	fatal_slots
	b	vector_reset
	b	vector_undef
	b	vector_svc
	b	vector_pabt
	b	vector_dabt
	.endm

	/* From a guest. */
	.macro	plain_slots trap, irq, unused
	fatal_slots
	b	\trap
	b	\irq
	b	\irq
	.endm

	/* The same, but ICIALLU (opc2 0) or BPIALL (6) invalidates the branch predictor before the first branch. No
	 * slot has room for both that and a branch, so each slot falls through to the next one, and the two lowest bits
	 * of SP, which are 0, count the slots. Six more instructions. */
	.macro	hard_slots trap, irq, opc2
	fatal_slots
	add	sp, sp, #1		/* trap: 2 */
	add	sp, sp, #1		/* interrupt: 1; fast one: 0 */
	mcr	p15, 0, r0, c7, c5, \opc2
	isb
	tst	sp, #2
	bic	sp, sp, #3
	bne	\trap
	b	\irq
	.endm

	/* Two tables: the second, VECTORS_PMU after the first, is for a vCPU that uses the performance monitors, and
	 * stops them while HYP runs. It uses PMCNTENSET, because PMCR.E would deassert the overflow interrupt before it
	 * is acknowledged. */
	.macro	tables name, slots, opc2
	.balign	2 * VECTORS_PMU
	.globl	\name
\name:
	\slots	vector_trap, vector_irq, \opc2
	.balign	VECTORS_PMU
	\slots	vector_trap_pmu, vector_irq_pmu, \opc2
	.endm

	.section .text.vectors, "ax"
	tables	vectors, plain_slots
	tables	vectors_iciallu, hard_slots, 0
	tables	vectors_bpiall, hard_slots, 6

	/* Saves the guest's registers; leaves r0 = the frame. */
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
	frame_push
	bl	exit_irq
	b	vector_return

	.macro	pmu_hold
	mrc	p15, 0, r2, c9, c12, 1	/* PMCNTENSET */
	mcr	p15, 0, r2, c9, c12, 2	/* PMCNTENCLR */
	mrc	p15, 4, r1, c13, c0, 2	/* HTPIDR */
	str	r2, [r1, #CPU_PMU_ENABLED]
	.endm

vector_trap_pmu:
	frame_push
	pmu_hold
	bl	exit_trap
	b	vector_return_pmu

vector_irq_pmu:
	frame_push
	pmu_hold
	bl	exit_irq
vector_return_pmu:			/* of the present vCPU: 0 if that does not use them */
	mrc	p15, 4, r1, c13, c0, 2
	ldr	r2, [r1, #CPU_PMU_ENABLED]
	mcr	p15, 0, r2, c9, c12, 1
	b	vector_return

/* vectors_enter(top of this CPU's stack): the CPU's first entry into a guest. run_start(frame) fills the frame. */
	.globl	vectors_enter
vectors_enter:
	sub	sp, r0, #GUEST_REGS_SIZE
	mov	r0, sp
	bl	run_start
	b	vector_return

	/* Used during vectors_take_abort, when only an asynchronous abort can occur. */
	.balign	32
vectors_abort:
	b	vector_reset
	b	vector_undef
	b	vector_svc
	b	vector_pabt
	b	vector_abort_taken
	b	vector_reset
	b	vector_reset
	b	vector_reset

/* bool vectors_take_abort(void): takes the asynchronous abort that is pending, in HYP. Memory is not accessed in
 * between: a pending abort is taken at the ISB (a context synchronization operation) at the latest. */
	.globl vectors_take_abort
vectors_take_abort:
	mrc	p15, 4, r1, c12, c0, 0	/* HVBAR */
	ldr	r2, =vectors_abort
	mcr	p15, 4, r2, c12, c0, 0
	mov	r0, #0
	isb
	cpsie	a
	isb
	cpsid	a
	mcr	p15, 4, r1, c12, c0, 0
	isb
	bx	lr
vector_abort_taken:
	mov	r0, #1
	eret

	/* On another stack of this CPU, because its own one may have overflowed. */
	.macro	fatal number
	mrc	p15, 4, sp, c13, c0, 2	/* HTPIDR */
	ldr	sp, [sp, #CPU_PANIC_STACK]
	frame_push
	mov	r1, r0
	mov	r0, #\number
	b	halt_exception
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
