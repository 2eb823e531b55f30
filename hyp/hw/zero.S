/* SPDX-License-Identifier: BSD-2-Clause */
/* void zero_fill(void *to, size_t size) (hyp/hw/zero.h): a cache line of 64 bytes in five instructions. */
	.syntax unified
	.arm

	.section .text.zero_fill, "ax"
	.globl zero_fill
	.type	zero_fill, %function
zero_fill:
	push	{r4-r9, lr}
	add	r1, r0, r1
	mov	r2, #0
	mov	r3, #0
	mov	r4, #0
	mov	r5, #0
	mov	r6, #0
	mov	r7, #0
	mov	r8, #0
	mov	r9, #0
1:	stmia	r0!, {r2-r9}
	stmia	r0!, {r2-r9}
	cmp	r0, r1
	bne	1b
	pop	{r4-r9, pc}
