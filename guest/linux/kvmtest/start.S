/* SPDX-License-Identifier: BSD-2-Clause */
/* The program's start, that of a thread, and the return from a signal. */
	.syntax unified
	.text
	.arm

	.global _start
	.type _start, %function
_start:
	ldr	r0, [sp]
	add	r1, sp, #4
	bic	sp, sp, #7
	bl	main
	mov	r7, #248		@ exit_group
	svc	#0

/* r0: flags of clone, r1: the new stack with function and argument on it, r2: where its number is,
 * and 0 when it has ended. Returns the number, or -errno. */
	.global sys_clone
	.type sys_clone, %function
sys_clone:
	push	{r4, r7}
	mov	r4, r2
	mov	r3, #0
	mov	r7, #120		@ clone
	svc	#0
	cmp	r0, #0
	beq	1f
	pop	{r4, r7}
	bx	lr
1:	pop	{r0, r1}
	mov	r2, r0
	mov	r0, r1
	blx	r2
	mov	r7, #1			@ exit: of the thread
	svc	#0

	.global sys_signal_end
	.type sys_signal_end, %function
sys_signal_end:
	mov	r7, #173		@ rt_sigreturn
	svc	#0

	.section .note.GNU-stack, "", %progbits
