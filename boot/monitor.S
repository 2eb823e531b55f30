/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The code that stays in Monitor mode if the board starts in Secure state. It performs for HYP the operations that only
 * Secure state can perform: access to some registers, and PSCI, which such a board does not have. It runs with the MMU
 * off, from the image, whose memory no partition has. No stack: it may change r0 to r3 and r12 (SMCCC). Guests never
 * call it: HCR.TSC traps their SMCs.
 */
#include "hyp/hw/pen_layout.h"
#include "hyp/hw/monitor_calls.h"

	.syntax unified
	.arm
	.arch_extension sec

	.section .boot, "ax"

#define GICD_CTLR	0x000
#define GICD_TYPER	0x004
#define GICD_TYPER_SECURITY (1 << 10)
#define GICD_IGROUPR	0x080
#define GICD_SGIR	0xf00
#define GICC_PMR	0x004

	.balign 32
	.globl monitor_vectors
monitor_vectors:
	b	.
	b	.
	b	monitor_call		/* SMC */
	b	.
	b	.
	b	.
	b	.
	b	.

/* r0: function, then the result. */
monitor_call:
	ldr	r12, =MONITOR_PSCI_VERSION
	cmp	r0, r12
	ldreq	r0, =MONITOR_PSCI_VERSION_1_0
	beq	monitor_return
	ldr	r12, =MONITOR_PSCI_CPU_ON
	cmp	r0, r12
	beq	monitor_cpu_on
	ldr	r12, =MONITOR_SET_FREQUENCY
	cmp	r0, r12
	beq	monitor_set_frequency
	ldr	r12, =MONITOR_OPEN_GIC
	cmp	r0, r12
	beq	monitor_open_gic
	ldr	r12, =MONITOR_WAKE
	cmp	r0, r12
	beq	monitor_wake
	mov	r0, #MONITOR_PSCI_NOT_SUPPORTED
monitor_return:
	movs	pc, lr

/* r1: MPIDR's affinity bits, r2: entry, r3: context. For CPUs that wait in our pen. */
monitor_cpu_on:
	cmp	r1, #PEN_BOXES
	bhs	1f
	adr	r12, monitor_boxes
	ldr	r0, [r12]
	add	r12, r12, r0
	add	r12, r12, r1, lsl #PEN_BOX_SHIFT
	ldr	r0, [r12, #PEN_PARKED]
	cmp	r0, #0
	beq	1f
	ldr	r0, [r12, #PEN_ENTRY]
	cmp	r0, #0
	movne	r0, #MONITOR_PSCI_ALREADY_ON
	bne	monitor_return
	str	r3, [r12, #PEN_CONTEXT]
	dsb
	str	r2, [r12, #PEN_ENTRY]
	dsb
	sev
	mov	r0, #0
	movs	pc, lr
1:	mov	r0, #MONITOR_PSCI_INVALID_PARAMETERS
	movs	pc, lr

/* r1: Hz. CNTFRQ is writable only in Secure state (B8.1.1). */
monitor_set_frequency:
	mcr	p15, 0, r1, c14, c0, 0
	mov	r0, #0
	movs	pc, lr

/* r1: GICD, r2: GICC. Puts every interrupt into group 1, whose priorities Non-secure state can set, and lets all
 * priorities pass this CPU's GICC_PMR (IHI 0048B 3.8, 4.3.4, 4.4.2). */
monitor_open_gic:
	ldr	r0, [r1, #GICD_TYPER]
	tst	r0, #GICD_TYPER_SECURITY
	beq	2f			/* all accesses are Secure: group 1 would read as 1022 */
	and	r0, r0, #31		/* ITLinesNumber: words minus one */
	add	r3, r1, #GICD_IGROUPR
	mvn	r12, #0
1:	str	r12, [r3], #4
	subs	r0, r0, #1
	bpl	1b
2:	mov	r12, #0xff
	str	r12, [r2, #GICC_PMR]
	dsb
	mov	r0, #0
	movs	pc, lr

/* r1: GICD, r2: mask. On a CPU that waits in its reset state, SGI 0 is in group 0, enabled: that group must be
 * forwarded, and the SGI must be Secure (IHI 0048B 4.3.1, 4.3.15). The group has no other interrupt. */
monitor_wake:
	ldr	r0, [r1, #GICD_CTLR]
	orr	r0, r0, #1
	str	r0, [r1, #GICD_CTLR]
	lsl	r2, r2, #16		/* CPUTargetList; NSATT 0 */
	str	r2, [r1, #GICD_SGIR]
	dsb
	mov	r0, #0
	movs	pc, lr

	.ltorg

	.balign 4
monitor_boxes:
	.word	pen_boxes - .

	/* Is this monitor active? Written before the MMU is on, read by HYP. */
	.globl monitor_active
monitor_active:
	.word	0
