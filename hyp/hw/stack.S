/* SPDX-License-Identifier: BSD-2-Clause */
/* What the compiler's stack protection refers to (hyp/hw/stack.h); in assembly, because link-time optimization does not
 * see these references. */
	.syntax unified
	.arm

	.section .text.stack, "ax"
	/* Called instead of a return: the word between a function's arrays and its saved registers has changed. */
	.globl __stack_chk_fail
	.type __stack_chk_fail, %function
__stack_chk_fail:
	mov	r0, lr
	ldr	r1, =halt_smashed	/* in Thumb state */
	bx	r1

	.globl stack_set_guard
	.type stack_set_guard, %function
stack_set_guard:
	ldr	r1, =__stack_chk_guard
	str	r0, [r1]
	bx	lr
	.ltorg

	.section .bss.stack, "aw", %nobits
	.balign 4
	.globl __stack_chk_guard
__stack_chk_guard:
	.space	4
