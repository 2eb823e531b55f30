/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions of <string.h> that the monitor uses, in 278 bytes: newlib's take 2,692, and in Debian those of its
 * variant for size, libc_nano.a, are the same. memcpy and memset move 32 bytes at a time between words. No access is
 * unaligned, so they work with the MMU off. Case 'strings' compares them with newlib's. */
	.syntax unified
	.thumb

	.macro	function name
	.section .text.\name, "ax"
	.globl	\name
	.type	\name, %function
	.thumb_func
\name:
	.endm

	/* Where memory overlaps, memcpy moves it to lower addresses: each store is behind the loads of higher ones. */
	function memmove
	subs	r3, r0, r1
	cmp	r3, r2
	bhs	memcpy
1:	subs	r2, #1
	it	lo
	bxlo	lr
	ldrb	r3, [r1, r2]
	strb	r3, [r0, r2]
	b	1b

	function memcpy
	push	{r0, r4-r10, lr}
	eor	r3, r0, r1
	lsls	r3, r3, #30
	bne	3f		/* never both at a word */
1:	tst	r0, #3
	beq	1f
	subs	r2, #1
	blo	5f
	ldrb	r3, [r1], #1
	strb	r3, [r0], #1
	b	1b
1:	subs	r2, #32
	blo	2f
1:	ldmia	r1!, {r3-r10}
	subs	r2, #32
	stmia	r0!, {r3-r10}
	bhs	1b
2:	adds	r2, #32 - 4
	blo	4f		/* less than a word */
1:	ldr	r3, [r1], #4
	subs	r2, #4
	str	r3, [r0], #4
	bhs	1b
4:	adds	r2, #4
3:	subs	r2, #1
	blo	5f
	ldrb	r3, [r1], #1
	strb	r3, [r0], #1
	b	3b
5:	pop	{r0, r4-r10, pc}

	function memset
	push	{r4-r10, lr}
	and	r1, r1, #0xff
	orr	r1, r1, r1, lsl #8
	orr	r1, r1, r1, lsl #16
	mov	r3, r0
1:	tst	r3, #3
	beq	2f
	subs	r2, #1
	blo	6f
	strb	r1, [r3], #1
	b	1b
2:	subs	r2, #32
	blo	4f
	.irp	register, r4, r5, r6, r7, r8, r9, r10
	mov	\register, r1
	.endr
3:	stmia	r3!, {r1, r4-r10}
	subs	r2, #32
	bhs	3b
4:	adds	r2, #32
5:	subs	r2, #4
	it	hs
	strhs	r1, [r3], #4
	bhs	5b
	adds	r2, #4
1:	subs	r2, #1
	blo	6f
	strb	r1, [r3], #1
	b	1b
6:	pop	{r4-r10, pc}

	function memcmp
	push	{r4, lr}
	movs	r3, #0
	movs	r4, #0
1:	subs	r2, #1
	blo	2f
	ldrb	r3, [r0], #1
	ldrb	r4, [r1], #1
	cmp	r3, r4
	beq	1b
2:	subs	r0, r3, r4
	pop	{r4, pc}

	function memchr
	and	r1, r1, #0xff
1:	subs	r2, #1
	itt	lo
	movlo	r0, #0
	bxlo	lr
	ldrb	r3, [r0], #1
	cmp	r3, r1
	bne	1b
	subs	r0, #1
	bx	lr

	function strlen
	mov	r1, r0
1:	ldrb	r2, [r1], #1
	cmp	r2, #0
	bne	1b
	subs	r0, r1, r0
	subs	r0, #1
	bx	lr

	function strcmp
1:	ldrb	r2, [r0], #1
	ldrb	r3, [r1], #1
	cmp	r2, #1
	it	hs
	cmphs	r2, r3		/* equal, and not the end */
	beq	1b
	subs	r0, r2, r3
	bx	lr
