/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Snippets that trap. r0 is the address, r1 the data. Each returns by bx lr; ARM or Thumb by its
 * symbol. Labels NAME_at mark the instruction that an exception must name.
 */
	.syntax unified
	.arch armv7-a
	.arch_extension virt
	.arch_extension sec
	.fpu neon-vfpv4

	.text
	.arm
/* void traps_call(struct traps_state *state, void (*code)(void)) */
	.global	traps_call
	.type	traps_call, %function
traps_call:
	push	{r4-r12, lr}
	push	{r0, r2}
	push	{r1}
	mov	lr, r0
	ldr	r2, [lr, #52]
	msr	cpsr_f, r2
	ldm	lr, {r0-r12}
	adr	lr, 1f
	pop	{pc}
1:	ldr	lr, [sp]
	stm	lr, {r0-r12}
	mrs	r2, cpsr
	str	r2, [lr, #52]
	add	sp, sp, #8
	pop	{r4-r12, pc}

	.macro	arm_code name
	.arm
	.balign	4
	.global	code_\name
	.type	code_\name, %function
code_\name:
	.endm

	.macro	thumb_code name
	.thumb
	.balign	4
	.global	code_\name
	.type	code_\name, %function
	.thumb_func
code_\name:
	.endm

	/* One instruction. */
	.macro	arm1 name, insn:vararg
	arm_code \name
	\insn
	bx	lr
	.endm

	.macro	thumb1 name, insn:vararg
	thumb_code \name
	\insn
	bx	lr
	.endm

	.macro	mark name
	.global	code_\name\()_at
code_\name\()_at:
	.endm

/* ---------------------------------------------------------------- loads and stores, ARM */
	arm1	a_ldr, ldr r1, [r0]
	arm1	a_str, str r1, [r0]
	arm1	a_ldrb, ldrb r1, [r0, #3]
	arm1	a_strb, strb r1, [r0, #1]
	arm1	a_ldrsb, ldrsb r1, [r0, #3]
	arm1	a_ldrsb0, ldrsb r1, [r0]
	arm1	a_ldrh, ldrh r1, [r0]
	arm1	a_ldrsh, ldrsh r1, [r0]
	arm1	a_strh, strh r1, [r0]
	arm1	a_ldr_post, ldr r1, [r0], #4
	arm1	a_ldr_pre, ldr r1, [r0, #4]!
	arm1	a_ldr_down, ldr r1, [r0], #-4
	arm1	a_str_post, str r1, [r0], #-8
	arm1	a_str_pre, str r1, [r0, #-4]!
	arm1	a_ldrb_post, ldrb r1, [r0], #-1
	arm1	a_strb_pre, strb r1, [r0, #3]!
	arm1	a_ldrsb_pre, ldrsb r1, [r0, #3]!
	arm1	a_ldrh_pre, ldrh r1, [r0, #-2]!
	arm1	a_ldrsh_post, ldrsh r1, [r0], #2
	arm1	a_strh_post, strh r1, [r0], #0xfe
	arm1	a_ldr_reg, ldr r1, [r0, r2, lsl #2]
	arm1	a_str_reg, str r1, [r0, -r2]
	arm1	a_ldrsh_reg, ldrsh r1, [r0, r2]
	arm1	a_str_r0, str r0, [r0]
	arm1	a_ldr_r0, ldr r0, [r0]

	arm_code a_cond
	ldreq	r1, [r0]
	ldrne	r2, [r0]
	ldreq	r3, [r0], #4
	ldrne	r4, [r0], #4
	strne	r5, [r0, #-4]
	bx	lr

/* ---------------------------------------------------------------- loads and stores, Thumb */
	thumb1	t_ldr, ldr.n r1, [r0, #4]
	thumb1	t_str, str.n r1, [r0, #4]
	thumb1	t_ldrb, ldrb.n r1, [r0, #3]
	thumb1	t_strb, strb.n r1, [r0, #1]
	thumb1	t_ldrh, ldrh.n r1, [r0, #0]
	thumb1	t_strh, strh.n r1, [r0, #0]
	thumb1	t_ldr_reg, ldr.n r1, [r0, r2]
	thumb1	t_str_reg, str.n r1, [r0, r2]
	thumb1	t_ldrsb_reg, ldrsb.n r1, [r0, r2]
	thumb1	t_ldrsh_reg, ldrsh.n r1, [r0, r2]
	thumb1	t_ldr_w, ldr.w r1, [r0, #4]
	thumb1	t_str_w, str.w r1, [r0, #4]
	thumb1	t_ldr_neg, ldr r1, [r0, #-4]
	thumb1	t_strb_w, strb.w r1, [r0, #1]
	thumb1	t_ldrsb_w, ldrsb.w r1, [r0, #3]
	thumb1	t_ldrsh_w, ldrsh.w r1, [r0]
	thumb1	t_strh_w, strh.w r1, [r0]
	thumb1	t_ldr_post, ldr r1, [r0], #4
	thumb1	t_str_pre, str r1, [r0, #-4]!
	thumb1	t_strb_post, strb r1, [r0], #7
	thumb1	t_ldrsb_pre, ldrsb r1, [r0, #3]!
	thumb1	t_ldrsh_post, ldrsh r1, [r0], #-2
	thumb1	t_ldr_lsl, ldr.w r1, [r0, r2, lsl #2]

	thumb_code t_sp
	mov	r3, sp
	mov	sp, r0
	ldr.n	r1, [sp, #4]
	str.n	r2, [sp, #8]
	mov	sp, r3
	mov.w	r3, #0
	bx	lr

	/* Taken and not taken, two and four bytes, the last one of a block, and what follows it. */
	thumb_code t_it
	itete	eq
	ldreq.n	r1, [r0, #0]
	ldrne.n	r2, [r0, #0]
	ldreq.w	r3, [r0]
	addne	r4, r4, #1
	add.w	r5, r5, #1
	itt	ne
	strne.n	r6, [r0, #0]
	strne.w	r6, [r0, #4]
	add.w	r7, r7, #1
	bx	lr

	thumb_code t_it_post
	ittt	ne
	ldrne	r1, [r0], #4
	ldrsbne	r2, [r0, #3]!
	addne	r3, r3, #1
	add.w	r4, r4, #1
	bx	lr

/* ---------------------------------------------------------------- coprocessor 15: ACTLR */
	arm_code a_mrc
	mrc	p15, 0, r1, c1, c0, 1
	mcr	p15, 0, r1, c1, c0, 1
	bx	lr

	arm_code a_mrc_cond
	mrceq	p15, 0, r1, c1, c0, 1
	mrcne	p15, 0, r2, c1, c0, 1
	mcreq	p15, 0, r3, c1, c0, 1
	mcrne	p15, 0, r3, c1, c0, 1
	add	r4, r4, #1
	bx	lr

	thumb_code t_mrc
	mrc	p15, 0, r1, c1, c0, 1
	mcr	p15, 0, r1, c1, c0, 1
	add.w	r2, r2, #1
	bx	lr

	thumb_code t_mrc_it
	itete	eq
	mrceq	p15, 0, r1, c1, c0, 1
	mrcne	p15, 0, r2, c1, c0, 1
	mcreq	p15, 0, r3, c1, c0, 1
	addne	r4, r4, #1
	add.w	r5, r5, #1
	it	ne
	mrcne	p15, 0, r6, c1, c0, 1
	add.w	r7, r7, #1
	bx	lr

	arm_code a_mrc_high
	mov	r2, lr
	mrc	p15, 0, lr, c1, c0, 1
	mov	r1, lr
	mov	lr, r2
	mov	r2, sp
	mrc	p15, 0, sp, c1, c0, 1
	mov	r3, sp
	mov	sp, r2
	mov	r2, #0
	bx	lr

/* ---------------------------------------------------------------- WFI, WFE, HVC */
	arm1	a_wfi, wfi
	arm_code a_wfi_cond
	wfieq
	wfene
	bx	lr
	thumb_code t_wfi
	wfi.n
	add.w	r1, r1, #1
	wfi.w
	add.w	r1, r1, #1
	bx	lr
	thumb_code t_wfi_it
	itete	eq
	wfieq.n
	addne	r2, r2, #1
	addeq	r1, r1, #1
	wfine.w
	add.w	r3, r3, #1
	bx	lr
	thumb_code t_wfe
	sev
	wfe.n
	sev
	it	eq
	wfeeq.w
	add.w	r1, r1, #1
	bx	lr
	thumb_code t_hvc
	hvc	#0
	bx	lr

/* ---------------------------------------------------------------- exceptions */
	thumb_code t_smc_it
	itt	eq
	addeq	r1, r1, #1
	mark	t_smc_it
	smceq	#0
	bx	lr
	thumb_code t_hvc_one
	nop
	mark	t_hvc_one
	hvc	#1
	bx	lr
	thumb_code t_ldr_none
	ittet	eq
	addeq	r1, r1, #1
	mark	t_ldr_none
	ldreq.n	r2, [r0, #0]
	addne	r3, r3, #1
	addeq	r4, r4, #1
	bx	lr
	thumb_code t_str_none
	it	eq
	mark	t_str_none
	streq.w	r1, [r0], #4
	bx	lr
	thumb_code t_cp15_none
	itt	eq
	mark	t_cp15_none
	mrceq	p15, 0, r1, c15, c0, 0
	addeq	r1, r1, #1
	bx	lr

	arm1	a_ldrd, ldrd r2, r3, [r0]
	arm1	a_strd, strd r2, r3, [r0]
	arm1	a_ldm, ldm r0, {r1, r2}
	arm1	a_stm, stm r0, {r1, r2}
	arm1	a_ldm_wb, ldm r0!, {r1, r2}
	arm1	a_ldrex, ldrex r1, [r0]
	arm1	a_ldr_wbreg, ldr r1, [r0], r2
	arm1	a_vldr, vldr d0, [r0]
	arm1	a_vstr, vstr s1, [r0]
	arm1	a_vldm, vldm r0!, {d0-d3}
	arm1	a_vst1, vst1.8 {d0}, [r0]
	arm1	a_vld1, vld1.32 {d0[0]}, [r0]!
	thumb1	t_ldrd, ldrd r2, r3, [r0]
	thumb1	t_strd_wb, strd r2, r3, [r0], #8
	thumb1	t_ldm, ldm r0!, {r1, r2}
	thumb1	t_push, stmdb r0!, {r1, r2}
	thumb1	t_ldrexb, ldrexb r1, [r0]
	thumb1	t_vldr, vldr d0, [r0]

/* ---------------------------------------------------------------- banked registers
 * In `mode`: r1 goes out through SP, r2 through LR, to words 0 and 2; word 1 comes into both, and
 * from there into r1 and r2. */
	.macro	bank name, mode
	arm_code b_\name
	mov	r6, lr
	cps	#\mode
	mov	r3, sp
	mov	r4, lr
	mov	sp, r1
	mov	lr, r2
	str	sp, [r0]
	str	lr, [r0, #8]
	ldr	sp, [r0, #4]
	mov	r1, sp
	ldr	lr, [r0, #4]
	mov	r2, lr
	mov	sp, r3
	mov	lr, r4
	cps	#0x13
	mov	lr, r6
	mov	r3, #0
	mov	r4, #0
	mov	r6, #0
	bx	lr
	.endm

	bank	fiq, 0x11
	bank	irq, 0x12
	bank	svc, 0x13
	bank	abt, 0x17
	bank	und, 0x1b
	bank	sys, 0x1f

	/* r8 to r12 of FIQ mode as data, r9 as a base that is written back. */
	arm_code b_fiq_high
	mov	r6, lr
	cps	#0x11
	mov	r8, r1
	str	r8, [r0]
	ldr	r12, [r0, #4]
	mov	r11, r2
	str	r11, [r0, #8]
	mov	r9, r0
	ldr	r10, [r9], #4
	mov	r1, r12
	mov	r2, r10
	mov	r3, r9
	cps	#0x13
	mov	lr, r6
	mov	r6, #0
	bx	lr

	/* Thumb in FIQ mode, r8 loaded. */
	thumb_code b_fiq_thumb
	mov	r6, lr
	cps	#0x11
	ldrsb.w	r8, [r0, #3]
	str.w	r8, [r0, #8]
	mov	r1, r8
	cps	#0x13
	mov	lr, r6
	mov.w	r6, #0
	bx	lr

	/* void code_user(uint32_t words[4]): in User mode; words[0] is the address. */
	arm_code user
	push	{r4-r6, lr}
	mov	r4, sp
	mov	r5, lr
	ldr	r1, [r0]
	ldr	sp, [r1, #4]
	ldr	lr, [r1, #4]
	str	sp, [r1]
	str	lr, [r1, #8]
	mov	r2, sp
	mov	r3, lr
	mov	sp, r4
	mov	lr, r5
	str	r2, [r0, #4]
	str	r3, [r0, #8]
	movs	r3, #1
	blx	1f
	pop	{r4-r6, pc}
	.thumb
	.balign	4
1:	ldrb.n	r2, [r1, #7]
	ittt	ne
	addne	r3, r3, #1
	strne.n	r2, [r0, #12]
	strbne.w r2, [r1, #9]
	bx	lr

/* ---------------------------------------------------------------- VFP, closed at first */
	thumb_code v_it
	itett	ne
	vmovne	s0, r1
	vmoveq	s0, r2
	vmovne	r3, s0
	addne	r4, r4, #1
	add.w	r5, r5, #1
	bx	lr
	arm_code v_cond
	vmoveq	s0, r1
	vmovne	s0, r2
	vmov	r3, s0
	bx	lr
