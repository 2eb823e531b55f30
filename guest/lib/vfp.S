/* SPDX-License-Identifier: BSD-2-Clause */
/* VFPv4 and NEON registers (ARM DDI 0406C, A2.6, B1.11). */
	.syntax unified
	.arch armv7-a
	.fpu neon-vfpv4
	.arm
	.text

	.macro	function name
	.global	\name
	.type	\name, %function
\name:
	.endm

	function vfp_enable
	mrc	p15, 0, r0, c1, c0, 2	/* CPACR */
	orr	r0, r0, #0x00f00000	/* cp10, cp11: full access */
	bic	r0, r0, #0xc0000000	/* ASEDIS, D32DIS */
	mcr	p15, 0, r0, c1, c0, 2
	isb
	mov	r0, #0x40000000
	vmsr	fpexc, r0
	bx	lr

	function vfp_disable
	mov	r0, #0
	vmsr	fpexc, r0
	bx	lr

	function vfp_load
	vldmia	r0!, {d0-d15}
	vldmia	r0!, {d16-d31}
	bx	lr

	function vfp_save
	vstmia	r0!, {d0-d15}
	vstmia	r0!, {d16-d31}
	bx	lr

	function vfp_fpscr
	vmrs	r0, fpscr
	bx	lr

	function vfp_set_fpscr
	vmsr	fpscr, r0
	bx	lr

	function vfp_fpsid
	vmrs	r0, fpsid
	bx	lr

	function vfp_mvfr0
	vmrs	r0, mvfr0
	bx	lr
