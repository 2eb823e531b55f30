/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's vectors but for IRQ, whose first instructions take the time: the figures are the
 * machine's, not a C dispatcher's. */
	.syntax unified
	.arch armv7-a
	.arm

	.equ	GICC, 0x08010000
	.equ	IAR, 0x0c
	.equ	EOIR, 0x10

	.text
	.balign	32
	.global	bench_vectors
bench_vectors:
	b	guest_start
	b	vectors_undef
	b	vectors_svc
	b	vectors_prefetch_abort
	b	vectors_data_abort
	b	.
	b	bench_irq
	b	vectors_fiq

/*
 * The counter ticks only every 16 instructions or so, and a timer interrupt always begins with a tick:
 * the stamp would be cut off alike in every round. So from 0 to 15 instructions come before it (15
 * less bench_entry_skip / 4), another number in each round, which bench.c subtracts, with the five
 * that are always there, the vector's branch among them: BENCH_ENTRY_FIXED.
 *
 * Stamp, acknowledge, silence the timer, end of interrupt.
 */
bench_irq:
	push	{r0-r3}
	ldr	r2, =bench_entry_skip
	ldr	r3, [r2]
	add	pc, pc, r3		/* reads as two instructions on */
	nop				/* never run */
	.rept	15
	nop
	.endr
	mrrc	p15, 1, r0, r1, c14	/* CNTVCT */
	ldr	r2, =bench_entry_stamp
	strd	r0, r1, [r2]
	ldr	r2, =GICC
	ldr	r3, [r2, #IAR]
	mov	r0, #0
	mcr	p15, 0, r0, c14, c3, 1	/* CNTV_CTL */
	isb
	str	r3, [r2, #EOIR]
	ldr	r2, =bench_entries
	ldr	r3, [r2]
	add	r3, r3, #1
	str	r3, [r2]
	pop	{r0-r3}
	subs	pc, lr, #4

/* The peer's: its rounds begin at shifting phases of bench's, so nothing comes before its stamp. */
	.balign	32
	.global	bench_peer_vectors
bench_peer_vectors:
	b	guest_start
	b	vectors_undef
	b	vectors_svc
	b	vectors_prefetch_abort
	b	vectors_data_abort
	b	.
	b	bench_peer_irq
	b	vectors_fiq

bench_peer_irq:
	push	{r0-r3}
	mrrc	p15, 1, r0, r1, c14	/* CNTVCT */
	ldr	r2, =bench_entry_stamp
	strd	r0, r1, [r2]
	ldr	r2, =GICC
	ldr	r0, [r2, #IAR]
	str	r0, [r2, #EOIR]
	ldr	r2, =bench_entry_iar
	str	r0, [r2]
	ldr	r2, =bench_entries
	ldr	r3, [r2]
	add	r3, r3, #1
	str	r3, [r2]
	pop	{r0-r3}
	subs	pc, lr, #4

	.bss
	.balign	8
	.global	bench_entry_stamp
bench_entry_stamp:
	.space	8
	.global	bench_entries
bench_entries:
	.space	4
	.global	bench_entry_skip
bench_entry_skip:
	.space	4
	.global	bench_entry_iar
bench_entry_iar:
	.space	4
