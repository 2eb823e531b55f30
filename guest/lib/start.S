/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entry of a guest program: SVC, everything masked, MMU off, r0 = 0, r1 = ~0, r2 = device tree (the
 * ARM Linux boot convention, which QEMU's -kernel and the monitor both follow). Stacks, BSS, MMU, then
 * C. Secondary CPUs come through PSCI CPU_ON to guest_start_secondary with their index in r0.
 */
	.syntax unified
	.arch armv7-a
	.arch_extension virt
	.arm

	/* Per CPU; order and sizes as here and in the .space below. */
	.equ	CPUS, 8
	.equ	SVC_STACK, 16384
	.equ	EXC_STACK, 4096		/* ABT, UND, IRQ, FIQ: one each */
	.equ	CPU_STACKS, SVC_STACK + 4 * EXC_STACK

	.section .text.start, "ax"
	.global	guest_start
	.type	guest_start, %function
guest_start:
	cpsid	aif
	mrs	r4, cpsr
	mov	r5, r0
	mov	r6, r1
	mov	r7, r2

	/* .bss, 8 bytes at a time (the linker script aligns both ends) */
	ldr	r8, =__bss_start
	ldr	r9, =__bss_end
	mov	r2, #0
	mov	r3, #0
1:	cmp	r8, r9
	strdlo	r2, r3, [r8], #8
	blo	1b

	ldr	r8, =guest_boot_r0
	str	r5, [r8]
	ldr	r8, =guest_boot_r1
	str	r6, [r8]
	ldr	r8, =guest_boot_r2
	str	r7, [r8]
	ldr	r8, =guest_boot_cpsr
	str	r4, [r8]

	ldr	sp, =start_stacks + CPU_STACKS	/* CPU 0's SVC stack, for C before the MMU is on */
	bl	mmu_fill_table

	mov	r0, #0
	bl	start_cpu
	bl	guest_run_main
2:	wfi
	b	2b

	.global	guest_start_secondary
	.type	guest_start_secondary, %function
guest_start_secondary:
	cpsid	aif
	and	r4, r0, #(CPUS - 1)
	mov	r0, r4
	bl	start_cpu
	mov	r0, r4
	bl	smp_run_secondary
3:	wfi
	b	3b

/* r0: CPU. Sets every mode's stack, the vectors, and turns MMU and caches on; returns in SVC on the
 * SVC stack. Touches r0-r3, r12. */
	.type	start_cpu, %function
start_cpu:
	mov	r12, lr
	ldr	r1, =CPU_STACKS
	ldr	r2, =start_stacks
	mla	r1, r0, r1, r2		/* lowest address of this CPU's stacks */
	add	r1, r1, #EXC_STACK
	cps	#0x17
	mov	sp, r1
	add	r1, r1, #EXC_STACK
	cps	#0x1b
	mov	sp, r1
	add	r1, r1, #EXC_STACK
	cps	#0x12
	mov	sp, r1
	add	r1, r1, #EXC_STACK
	cps	#0x11
	mov	sp, r1
	add	r1, r1, #SVC_STACK
	cps	#0x13
	mov	sp, r1

	ldr	r0, =guest_vectors
	mcr	p15, 0, r0, c12, c0, 0	/* VBAR */
	isb
	mov	lr, r12
	b	mmu_enable

/* ARM DDI 0406C, B3.5.5 for the table's attributes. */
mmu_enable:
	mov	r0, #0
	mcr	p15, 0, r0, c8, c7, 0	/* TLBIALL */
	mcr	p15, 0, r0, c7, c5, 0	/* ICIALLU */
	mcr	p15, 0, r0, c7, c5, 6	/* BPIALL */
	mcr	p15, 0, r0, c2, c0, 2	/* TTBCR: short descriptors, TTBR0 alone */
	mov	r0, #1
	mcr	p15, 0, r0, c3, c0, 0	/* DACR: domain 0 is checked */
	ldr	r0, =mmu_table
	orr	r0, r0, #0x4a		/* walks: inner and outer write-back, shareable */
	mcr	p15, 0, r0, c2, c0, 0	/* TTBR0 */
	dsb
	isb
	mrc	p15, 0, r0, c1, c0, 0
	ldr	r1, =0x70002002		/* TE, AFE, TRE, V and A off */
	bic	r0, r0, r1
	ldr	r1, =0x00001805		/* I, Z, C, M */
	orr	r0, r0, r1
	mcr	p15, 0, r0, c1, c0, 0
	dsb
	isb
	bx	lr

	.bss
	.balign	8
start_stacks:
	.space	CPUS * CPU_STACKS
