/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs for VMs: position-independent, entered at their first instruction with MMU off. */
	.syntax unified
	.arm
	.arch_extension virt
	.section .rodata, "a"

	/* Stores r0 and r1 to a device, loads, adds, and says so; then WFI; then ends by PSCI. */
	.balign	4
	.globl	first_begin, first_end
first_begin:
	movw	r4, #0x0000
	movt	r4, #0x1000
	movw	r0, #0x1234
	str	r0, [r4]
	ldr	r1, [r4, #4]
	add	r1, r1, #1
	strh	r1, [r4, #8]
	ldrsb	r2, [r4, #12]
	str	r2, [r4, #16]
	wfi
	movw	r0, #0x0008
	movt	r0, #0x8400
	hvc	#0
1:	b	1b
first_end:

	/* Runs until it is interrupted. */
	.globl	spin_begin, spin_end
spin_begin:
	b	spin_begin
spin_end:

	/* Turns its MMU on, with the table at 0x80004000, and reads at 0x90000008. */
	.globl	high_begin, high_end
high_begin:
	movw	r0, #0x4000
	movt	r0, #0x8000
	mcr	p15, 0, r0, c2, c0, 0	/* TTBR0 */
	mov	r0, #0
	mcr	p15, 0, r0, c2, c0, 2	/* TTBCR */
	mov	r0, #1
	mcr	p15, 0, r0, c3, c0, 0	/* DACR */
	isb
	mrc	p15, 0, r0, c1, c0, 0
	orr	r0, r0, #1
	mcr	p15, 0, r0, c1, c0, 0	/* SCTLR.M */
	isb
	mov	r1, #0x90000000
	ldr	r0, [r1, #8]
1:	b	1b
high_end:
