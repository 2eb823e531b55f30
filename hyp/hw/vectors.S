/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HYP's exception vectors (ARM ARM B1.8.1). While a guest runs, SP_hyp points at this CPU's frame, a struct guest_regs
 * at the top of its stack. Every exit stores the guest's registers there; an exit that stays on its vCPU saves nothing
 * more than that, and ELR_hyp and SPSR stay in their registers. HYP runs with interrupts masked: an exception from HYP
 * itself is an error of the monitor.
 */
#include "hyp/base/guest_regs.h"
#include "hyp/base/trail.h"
#include "hyp/hw/layout.h"

#define HSR_HVC_0 0x4a000000 /* EC 0x12, IL, immediate 0 */

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
	 * is acknowledged. VECTORS_TRACE after each is its twin for the trace. */
	.macro	tables name, slots, opc2
	.balign	2 * VECTORS_TRACE
	.globl	\name
\name:
	\slots	vector_trap, vector_irq, \opc2
	.balign	VECTORS_PMU
	\slots	vector_trap_pmu, vector_irq_pmu, \opc2
	.balign	VECTORS_PMU
	\slots	vector_trap_trace, vector_irq_trace, \opc2
	.balign	VECTORS_PMU
	\slots	vector_trap_pmu_trace, vector_irq_pmu_trace, \opc2
	.endm

	.section .text.vectors, "ax"
	tables	vectors, plain_slots
	tables	vectors_iciallu, hard_slots, 0
	tables	vectors_bpiall, hard_slots, 6

	/* The guest's registers into the frame, which SP points at; leaves r0, r4 = this CPU's block, and its
	 * pc and cpsr in a pair. `pmu` (hold): stops the counters, as early as possible. */
	.macro	frame_save pc, cpsr, pmu
	stm	sp, {r0-r12, lr}
	.ifc	\pmu, hold
	mrc	p15, 0, r2, c9, c12, 1	/* PMCNTENSET */
	mcr	p15, 0, r2, c9, c12, 2	/* PMCNTENCLR */
	.endif
	mrc	p15, 4, r4, c13, c0, 2	/* HTPIDR */
	.ifc	\pmu, hold
	str	r2, [r4, #CPU_PMU_ENABLED]
	.endif
	mrs	\pc, elr_hyp
	mrs	\cpsr, spsr
	strd	\pc, \cpsr, [sp, #GUEST_REGS_PC]
	.endm

	/* A trap (r3 = HSR, r6 = pc, r7 = cpsr) into the trail of the vCPU: both pointers into a pair of registers. */
	.macro	trail_add vcpu, cursor, word
	ldrd	\vcpu, \cursor, [r4, #CPU_LOADED]
	stm	\cursor!, {\word, r3, r6, r7}
	bic	\cursor, \cursor, #TRAIL_SIZE
	str	\cursor, [r4, #CPU_TRAIL]
	.endm

	/* HVC #0 first, which has its number as the trail's word, and is counted here: exit_hvc(number - HVC_BASE,
	 * the frame, the vCPU). Then by HSR.EC: handler(the vCPU, the frame, the offset in
	 * HDFAR's page, HSR). */
	.macro	trap_handle work, pmu, trace
	mrc	p15, 4, r3, c5, c2, 0	/* HSR */
	cmp	r3, #HSR_HVC_0
	bne	1f
	trail_add r8, r9, r0
	ldrd	r10, r11, [r8, #VCPU_HVC]
	sub	r0, r0, #HVC_BASE
	mov	r1, sp
	mov	r2, r8
	adds	r10, r10, #1
	adc	r11, r11, #0
	strd	r10, r11, [r8, #VCPU_HVC]
	bl	exit_hvc
	frame_leave \work, \pmu, \trace
1:	mrc	p15, 4, r2, c6, c0, 0	/* HDFAR */
	trail_add r0, r1, r2
	.ifc	\trace, record
	ldr	r12, =trap_handlers	/* too far for adr */
	.else
	adr	r12, trap_handlers
	.endif
	lsr	lr, r3, #26
	ldr	r12, [r12, lr, lsl #2]
	mov	r1, sp
	ubfx	r2, r2, #0, #12
	blx	r12
	frame_leave \work, \pmu, \trace
	.endm

	/* exit_irq(this CPU's block, _, pc, cpsr) */
	.macro	irq_handle
	mov	r0, r4
	bl	exit_irq
	.endm

	/* Must this CPU choose another vCPU, or has this vCPU's VGIC work? Mostly neither: then ELR_hyp and SPSR are what
	 * the handler has left there, and the guest continues. */
	.macro	frame_leave work, pmu, trace
	ldr	r1, [r4, #CPU_CIF]
	ldrb	r0, [r4, #CPU_RESCHED]
	ldrb	r1, [r1, #CPU_CIF_WORK]
	orrs	r0, r0, r1
	bne	\work
	frame_load \pmu, \trace
	.endm

	/* After a trap, whose handler may have left pc and cpsr in ELR_hyp and SPSR alone. */
	.macro	frame_refresh
	mrs	r2, elr_hyp
	mrs	r3, spsr
	strd	r2, r3, [sp, #GUEST_REGS_PC]
	.endm

	/* `pmu`: starts the counters of the present vCPU: none (0) if that does not use them. `trace` (record): calls
	 * trace_entry. */
	.macro	frame_load pmu, trace
	.ifc	\trace, record
	frame_refresh
	mov	r0, r4
	mov	r1, sp
	bl	trace_entry
	.endif
	.ifc	\pmu, hold
	ldr	r2, [r4, #CPU_PMU_ENABLED]
	mcr	p15, 0, r2, c9, c12, 1
	.endif
	ldm	sp, {r0-r12, lr}
	eret
	.endm

	/* run_work(this CPU's block, the frame) may change the frame, and take an exception in HYP. */
	.macro	frame_work
	mov	r0, r4
	mov	r1, sp
	bl	run_work
	.endm
	.macro	frame_return pmu, trace
	ldrd	r2, r3, [sp, #GUEST_REGS_PC]
	msr	elr_hyp, r2
	msr	spsr_cxsf, r3
	frame_load \pmu, \trace
	.endm

	/* Each begins a cache line (64 bytes), with nothing else in its lines. */
	.balign	64
vector_trap:
	frame_save r6, r7
	trap_handle vector_trap_work

	.balign	64
vector_irq:
	frame_save r2, r3
	irq_handle
	frame_leave vector_work
vector_trap_work:
	frame_refresh
vector_work:
	frame_work
vector_return:
	frame_return

	/* The handlers by HSR.EC (ARM ARM B3.13.6). A class that is not here is UNDEFINED to the guest. In text, so that
	 * `adr` finds it. */
	.macro	undefined count
	.rept	\count
	.word	exit_undef
	.endr
	.endm

	.balign	64
trap_handlers:
	undefined 1
	.word	exit_wfx		/* 0x01: WFI, WFE */
	undefined 1
	.word	exit_cp			/* 0x03: MCR, MRC of CP15 */
	.word	exit_cp			/* 0x04: MCRR, MRRC of CP15 */
	.word	exit_cp			/* 0x05: MCR, MRC of CP14 */
	undefined 1
	.word	exit_hcptr		/* 0x07: a coprocessor that HCPTR traps */
	.word	exit_cp			/* 0x08: VMRS of an ID register */
	undefined 3
	.word	exit_cp			/* 0x0c: MRRC of CP14 */
	undefined 5
	.word	exit_hvc_other		/* 0x12 */
	undefined 13
	.word	exit_prefetch_abort	/* 0x20 */
	undefined 3
	.word	exit_data_abort		/* 0x24 */
	undefined 27
	.if	. - trap_handlers - 4 * 64
	.error	"one word for each class"
	.endif

	.balign	64
vector_trap_pmu:
	frame_save r6, r7, hold
	trap_handle vector_trap_work_pmu, hold

	.balign	64
vector_irq_pmu:
	frame_save r2, r3, hold
	irq_handle
	frame_leave vector_work_pmu, hold
vector_trap_work_pmu:
	frame_refresh
vector_work_pmu:
	frame_work
	frame_return hold

	/* The same, and the trace is told: `name` is without _trace. */
	.macro	traced name, pmu
vector_trap\name\()_trace:
	frame_save r6, r7, \pmu
	mrc	p15, 4, r2, c5, c2, 0	/* HSR */
	mov	r0, r4
	mov	r1, sp
	bl	trace_exit
	ldr	r0, [sp]
	trap_handle vector_trap_work\name\()_trace, \pmu, record
vector_irq\name\()_trace:
	frame_save r2, r3, \pmu
	mov	r0, r4
	mov	r1, sp
	bl	trace_irq
	ldrd	r2, r3, [sp, #GUEST_REGS_PC]
	irq_handle
	frame_leave vector_work\name\()_trace, \pmu, record
vector_trap_work\name\()_trace:
	frame_refresh
vector_work\name\()_trace:
	frame_work
	frame_return \pmu, record
	.endm

	.balign	64
	traced
	traced	_pmu, hold

/* vectors_enter(top of this CPU's stack): the CPU's first entry into a guest. run_start(frame) fills the frame, below
 * which SP stays. */
	.globl	vectors_enter
	.type	vectors_enter, %function
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
	.type	vectors_take_abort, %function
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
	sub	sp, sp, #GUEST_REGS_SIZE
	frame_save r2, r3
	mov	r0, #\number
	mov	r1, sp
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
