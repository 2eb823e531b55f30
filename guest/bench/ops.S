/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations of one instruction, so that the difference from none is exact: bench.h. */
	.syntax unified
	.arch armv7-a
	.arch_extension virt
	.arm

	.macro	function name
	.global	\name
	.type	\name, %function
\name:
	.endm

	.text
	function bench_op_none
	bx	lr

	function bench_op_hvc
	hvc	#0
	bx	lr

	function bench_op_read
	ldr	r0, [r0]
	bx	lr

	function bench_op_write
	str	r1, [r0]
	bx	lr

	function bench_op_actlr
	mrc	p15, 0, r0, c1, c0, 1
	bx	lr

	function bench_mark
	bx	lr

	.macro	then name, operation, hint
	function \name
	push	{r4-r8, lr}
	ldr	r8, [sp, #24]
	mrrc	p15, 1, r4, r5, c14	/* CNTVCT */
	\operation
	mrrc	p15, 1, r2, r3, c14
	\hint
	mrrc	p15, 1, r6, r7, c14
	strd	r4, r5, [r8]
	strd	r2, r3, [r8, #8]
	strd	r6, r7, [r8, #16]
	pop	{r4-r8, pc}
	.endm

	then bench_call_yield, "hvc #0", yield
	then bench_call_wfi, "hvc #0", wfi
	then bench_store_yield, "str r1, [r0]", yield
