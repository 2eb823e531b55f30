/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/hw/vfp.h. The only file with VFP instructions. */
	.syntax unified
	.arm
	.fpu neon-vfpv4

#define FPEXC_EN	0x40000000
#define MVFR0_REGISTERS 15	/* Advanced SIMD and VFP registers (B4.1.109) ... */
#define MVFR0_32	2	/* ... d0 to d31. Else d16 is UNDEFINED, conditional or not (A8.3.1): a branch. */

	.macro	tell_32 scratch
	vmrs	\scratch, mvfr0
	and	\scratch, \scratch, #MVFR0_REGISTERS
	cmp	\scratch, #MVFR0_32
	.endm

	.section .text.vfp_load, "ax"
	.globl	vfp_load
	.type	vfp_load, %function
vfp_load:
	mov	r3, #FPEXC_EN
	vmsr	fpexc, r3
	vldmia	r0!, {d0-d15}
	tell_32	r3
	bne	1f
	vldmia	r0!, {d16-d31}
1:	vmsr	fpscr, r1
	vmsr	fpexc, r2
	bx	lr

	.section .text.vfp_save, "ax"
	.globl	vfp_save
	.type	vfp_save, %function
vfp_save:
	mov	r2, r0
	vmrs	r0, fpexc
	mov	r3, #FPEXC_EN
	vmsr	fpexc, r3
	vstmia	r2!, {d0-d15}
	tell_32	r3
	bne	1f
	vstmia	r2!, {d16-d31}
1:	vmrs	r1, fpscr
	bx	lr

	.section .text.vfp_enable, "ax"
	.globl	vfp_enable
	.type	vfp_enable, %function
vfp_enable:
	mov	r3, #FPEXC_EN
	vmsr	fpexc, r3
	bx	lr

	.section .text.vfp_mvfr, "ax"
	.globl	vfp_fpsid, vfp_mvfr0, vfp_mvfr1
	.type	vfp_fpsid, %function
	.type	vfp_mvfr0, %function
	.type	vfp_mvfr1, %function
vfp_fpsid:
	vmrs	r0, fpsid
	bx	lr
vfp_mvfr0:
	vmrs	r0, mvfr0
	bx	lr
vfp_mvfr1:
	vmrs	r0, mvfr1
	bx	lr
