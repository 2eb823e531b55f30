/* SPDX-License-Identifier: BSD-2-Clause */
/* void held_spin(void): for ever, with a value in each register, until somebody sets the PC to the
 * address in r10. */
#include "guest/test/held/held.h"

	.syntax unified
	.arch armv7-a
	.arm

	.bss
	.balign	4
	.globl	held_after
held_after:
	.skip	64
held_sp:
	.skip	4

	.text
	.globl	held_spin
	.type	held_spin, %function
held_spin:
	push	{r4-r11, lr}
	ldr	r0, =held_sp
	str	sp, [r0]
	ldr	r0, =HELD_VALUE
	add	r1, r0, #1
	add	r2, r0, #2
	add	r3, r0, #3
	add	r4, r0, #4
	add	r5, r0, #5
	add	r6, r0, #6
	add	r7, r0, #7
	add	r8, r0, #8
	add	r9, r0, #9
	adr	r10, held_out
	adr	r11, held_loop
	add	r12, r0, #12
	add	sp, r0, #13
	add	lr, r0, #14
held_loop:
	b	held_loop
	.ltorg

held_out:
	mcr	p15, 0, r0, c13, c0, 3	/* TPIDRURO: a place for r0 */
	ldr	r0, =held_after + 4
	stmia	r0!, {r1-r12}
	str	sp, [r0], #4
	str	lr, [r0], #4
	mrs	r1, cpsr
	str	r1, [r0]
	mrc	p15, 0, r1, c13, c0, 3
	ldr	r0, =held_after
	str	r1, [r0]
	ldr	r0, =held_sp
	ldr	sp, [r0]
	pop	{r4-r11, pc}
	.ltorg
