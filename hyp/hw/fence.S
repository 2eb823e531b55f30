/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/hw/fence.h. */
	.syntax unified
	.arm
	.arch_extension virt

	.section .text.fence, "ax"
	.balign	32
fence_vectors:
	b	fence_vectors		/* of these, none can occur in between */
	b	fence_vectors
	b	fence_vectors
	b	fence_vectors
	b	fence_taken		/* data abort */
	b	fence_vectors
	b	fence_vectors
	b	fence_vectors
fence_taken:				/* continues behind the load */
	mov	r3, #0
	mrs	r12, elr_hyp
	add	r12, r12, #4
	msr	elr_hyp, r12
	eret

	.globl	fence_read32
	.type	fence_read32, %function
fence_read32:
	push	{r4, lr}
	mrc	p15, 4, r4, c12, c0, 0	/* HVBAR */
	adr	r2, fence_vectors
	mcr	p15, 4, r2, c12, c0, 0
	isb
	mov	r3, #1
	mov	r2, #0
	ldr	r2, [r0]
	dsb
	isb
	mcr	p15, 4, r4, c12, c0, 0
	isb
	str	r2, [r1]
	mov	r0, r3
	pop	{r4, pc}
