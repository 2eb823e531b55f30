/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs of VMs that bench makes (vms.c): position-independent, entered with MMU off. */
	.syntax unified
	.arch armv7-a
	.arch_extension virt
	.arm
	.section .rodata, "a"

	/* Each ends a run with its one instruction. r4: where no memory is. */
	.balign	4
	.globl	bench_child_wfi, bench_child_store, bench_child_load
bench_child_wfi:
1:	wfi
	b	1b
bench_child_store:
1:	str	r0, [r4]
	b	1b
bench_child_load:
1:	ldr	r0, [r4]
	b	1b

	/* Waits for INTID 40, whose handler stores the time of its entry to r10's page: 1 instruction before it. */
	.balign	32
	.globl	bench_child_irq, bench_child_vectors, bench_child_end
bench_child_irq:
	adr	r0, bench_child_vectors
	mcr	p15, 0, r0, c12, c0, 0		/* VBAR */
	mov	r6, #0x08000000			/* GICD */
	movw	r7, #0x0000			/* GICC */
	movt	r7, #0x0801
	mov	r0, #1
	str	r0, [r6]			/* CTLR */
	str	r0, [r7]
	mov	r1, #0xf0
	str	r1, [r7, #4]			/* PMR */
	strb	r0, [r6, #0x828]		/* ITARGETSR 40 */
	mov	r1, #0xa0
	add	r2, r6, #0x400
	strb	r1, [r2, #40]			/* IPRIORITYR 40 */
	mov	r1, #0x20000
	add	r2, r6, #0xc00
	str	r1, [r2, #8]			/* ICFGR: 40 is an edge */
	mov	r1, #0x100
	str	r1, [r6, #0x104]		/* ISENABLER 40 */
	cpsie	i
1:	wfi
	b	1b
	.balign	32
bench_child_vectors:
	.rept	6
	b	.
	.endr
	mrrc	p15, 0, r2, r3, c14		/* IRQ: CNTPCT */
	strd	r2, r3, [r10]
	ldr	r2, [r7, #12]			/* IAR */
	str	r2, [r7, #16]			/* EOIR */
	subs	pc, lr, #4
bench_child_end:
