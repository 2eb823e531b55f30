/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the maker's VM executes, on each of its vCPUs, at any address, MMU off: it stores to a device,
 * sends SGIs to both, sets its timer, waits, spins, without end. r7 is its GICD, r8 its GICC, r9 the
 * device, r10 its number, r5 its memory; r6 counts.
 */
	.syntax unified
	.arm
	.arch_extension virt
	.section .rodata, "a"

	.balign	32
	.globl	turmoil_child, turmoil_child_end
turmoil_child:
	b	2f		/* reset */
	b	.		/* undefined */
	b	.		/* SVC */
	b	.		/* prefetch abort */
	b	.		/* data abort */
	b	.
	b	1f		/* IRQ */
	b	.		/* FIQ */

	/* IRQ: the timer is stopped, a line is told to the device. r11, r12: nothing else uses them. */
1:	ldr	r11, [r8, #0x0c]	/* GICC_IAR */
	ubfx	r12, r11, #0, #10
	cmp	r12, #27
	moveq	r12, #0
	mcreq	p15, 0, r12, c14, c3, 1	/* CNTV_CTL */
	cmp	r12, #32
	strhs	r12, [r9, #4]
	str	r11, [r8, #0x10]	/* GICC_EOIR */
	subs	pc, lr, #4

2:	adr	r0, turmoil_child
	mcr	p15, 0, r0, c12, c0, 0	/* VBAR */
	isb
	mrc	p15, 0, r10, c0, c0, 5
	and	r10, r10, #3
	movw	r7, #0x0000
	movt	r7, #0x0800
	movw	r8, #0x0000
	movt	r8, #0x0801
	movw	r9, #0x0000
	movt	r9, #0x0b00
	adr	r5, turmoil_child
	mov	r6, #0
	mvn	r0, #0
	str	r0, [r7, #0x100]	/* GICD_ISENABLER */
	str	r0, [r7, #0x104]
	movw	r1, #0x0303
	movt	r1, #0x0303
	str	r1, [r7, #0x828]	/* GICD_ITARGETSR: SPIs 40 to 43, both */
	mov	r0, #0xff
	str	r0, [r8, #0x04]		/* GICC_PMR */
	mov	r0, #1
	str	r0, [r7, #0x00]		/* GICD_CTLR */
	str	r0, [r8, #0x00]		/* GICC_CTLR */
	cpsie	i

3:	add	r6, r6, #1
	and	r0, r6, #7
	add	r0, r5, r0, lsl #12
	str	r6, [r0, #0xffc]	/* the maker maps and unmaps behind the first page */
	str	r6, [r9]
	tst	r6, #1
	ldreq	r0, [r9, #8]
	movw	r0, #0x0001
	movt	r0, #0x0003
	tst	r6, #2
	strne	r0, [r7, #0xf00]	/* GICD_SGIR: SGI 1 to both */
	movw	r0, #600
	mcr	p15, 0, r0, c14, c3, 0	/* CNTV_TVAL */
	mov	r0, #1
	mcr	p15, 0, r0, c14, c3, 1	/* CNTV_CTL */
	tst	r6, #4
	wfine
	movw	r0, #500
4:	subs	r0, r0, #1
	bne	4b
	b	3b
turmoil_child_end:
