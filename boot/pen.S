/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Some boards send all CPUs to the image's entry. The one with MPIDR.Aff0 = 0 boots; the others wait here, in HYP mode
 * if they could enter it, until PSCI_CPU_ON (boot/monitor.S) or pen_release (hyp/hw/pen.c) releases them.
 */
#include "hyp/hw/pen_layout.h"

	.syntax unified
	.arm

	.section .boot, "ax"

/* r12: physical minus virtual address of the image. MMU and caches off. Does not return. */
	.globl boot_park
	.type	boot_park, %function
boot_park:
	mrc	p15, 0, r1, c0, c0, 5	/* MPIDR */
	and	r1, r1, #0xff
	cmp	r1, #PEN_BOXES
1:	wfihs				/* more CPUs than boxes: never started */
	bhs	1b
	ldr	r4, =pen_boxes
	add	r4, r4, r12
	add	r4, r4, r1, lsl #PEN_BOX_SHIFT
	mov	r1, #1
	str	r1, [r4, #PEN_PARKED]
	dsb
2:	ldr	r1, [r4, #PEN_ENTRY]
	cmp	r1, #0
	wfeeq
	beq	2b
	dsb				/* the context was written before the entry */
	ldr	r0, [r4, #PEN_CONTEXT]
	bx	r1

	.ltorg
