/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Programs of the VMs, which run at any address: each from its name to the next one's. r6 is an
 * address where no memory is: an access to it is an exit.
 */
	.syntax unified
	.arch_extension virt
	.arm
	.section .rodata

	.macro	guest name
	.balign	4
	.global	\name
\name:
	.endm

	@ Accesses of each size; two loads, and what they gave.
	guest	guest_access
	ldr	r0, =0x12345678
	str	r0, [r6]
	strh	r0, [r6, #4]
	strb	r0, [r6, #6]
	ldr	r2, [r6, #8]
	ldrsb	r3, [r6, #12]
	str	r2, [r6, #16]
	str	r3, [r6, #20]
	ldr	r0, =0x84000008		@ SYSTEM_OFF
	hvc	#0
	b	.
	.ltorg

	guest	guest_reset
	ldr	r0, =0x84000009		@ SYSTEM_RESET
	hvc	#0
	b	.
	.ltorg

	@ Stores of a word, counted from r0 on.
	guest	guest_count
	str	r0, [r6]
	add	r0, r0, #1
	b	guest_count

	@ Stores of a word to r6 as often as r1 says, and one to r6 + 8.
	guest	guest_many
	str	r0, [r6]
	add	r0, r0, #1
	subs	r1, r1, #1
	bne	guest_many
	str	r0, [r6, #8]
	b	.

	guest	guest_spin
	b	guest_spin

	@ Says that it is there, waits, and says what has come.
	guest	guest_wait
	str	r0, [r6]
	wfi
	add	r0, r0, #1
	str	r0, [r6, #4]
	b	guest_wait

	@ Adds 1 to a word of each page from r1 up to r2; then tells the sum of them.
	guest	guest_touch
	mov	r3, #0
1:	ldr	r0, [r1]
	add	r0, r0, #1
	str	r0, [r1]
	add	r3, r3, r0
	add	r1, r1, #4096
	cmp	r1, r2
	blo	1b
	str	r3, [r6]
	b	.

	@ Loads a word of r1, tells it, and stores it to r2.
	guest	guest_copy
	ldr	r0, [r1]
	str	r0, [r6]
	str	r0, [r2]
	str	r0, [r6, #4]
	b	guest_copy

	@ Tells a word of r1, and stores r0 there.
	guest	guest_poke
	ldr	r3, [r1]
	str	r3, [r6]
	str	r0, [r1]
	str	r0, [r6, #4]
	b	guest_poke

	@ A fetch where no memory is.
	guest	guest_jump
	str	r0, [r6]
	mov	pc, r6

	@ Loads several registers where no memory is.
	guest	guest_multiple
	ldm	r6, {r0, r1}
	str	r0, [r6, #8]
	b	.

	@ Begins with its vectors. Tells that it is there with asynchronous aborts masked, and without;
	@ and of each abort DFSR and DFAR.
	guest	guest_abort
	b	1f
	b	.
	b	.
	b	.
	b	3f			@ data abort
	b	.
	b	.
1:	cpsid	a
	adr	r0, guest_abort
	mcr	p15, 0, r0, c12, c0, 0	@ VBAR
	isb
	str	r0, [r6]
2:	str	r0, [r6, #4]
	cpsie	a
	str	r0, [r6, #8]
	str	r0, [r6, #12]
	b	2b
3:	mrc	p15, 0, r2, c5, c0, 0	@ DFSR
	mrc	p15, 0, r3, c6, c0, 0	@ DFAR
	str	r2, [r6, #16]
	str	r3, [r6, #20]
	subs	pc, lr, #8		@ again

	@ r4: distributor, r5: CPU interface. Enables SPIs 32 to 63 for vCPU 0, all as they are
	@ configured; waits, and tells each interrupt, which it ends when that is done.
	guest	guest_gic
	mov	r0, #1
	str	r0, [r4]		@ GICD_CTLR
	mvn	r1, #0
	str	r1, [r4, #0x100]	@ GICD_ISENABLER0, 1
	str	r1, [r4, #0x104]
	ldr	r2, [r4, #0xc08]	@ GICD_ICFGR2: SPI 40 is an edge
	orr	r2, r2, #0x20000
	str	r2, [r4, #0xc08]
	ldr	r1, =0x01010101
	add	r2, r4, #0x820		@ GICD_ITARGETSR8 to 15
	mov	r3, #8
1:	str	r1, [r2], #4
	subs	r3, r3, #1
	bne	1b
	mov	r1, #0xf0
	str	r1, [r5, #4]		@ GICC_PMR
	str	r0, [r5]		@ GICC_CTLR
	str	r0, [r6]
2:	wfi
3:	ldr	r0, [r5, #0xc]		@ GICC_IAR
	ubfx	r1, r0, #0, #10
	cmp	r1, #1020
	bhs	2b
	str	r0, [r6, #4]
	str	r0, [r5, #0x10]		@ GICC_EOIR
	b	3b
	.ltorg

	@ As guest_gic, with the virtual timer: due after r7 ticks. Tells its interrupt.
	guest	guest_timer
	mov	r0, #1
	str	r0, [r4]
	mvn	r1, #0
	str	r1, [r4, #0x100]
	mov	r1, #0xf0
	str	r1, [r5, #4]
	str	r0, [r5]
	mcr	p15, 0, r7, c14, c3, 0	@ CNTV_TVAL
	mcr	p15, 0, r0, c14, c3, 1	@ CNTV_CTL
	isb
1:	wfi
	ldr	r0, [r5, #0xc]
	ubfx	r1, r0, #0, #10
	cmp	r1, #1020
	bhs	1b
	str	r0, [r6]
	b	.

	@ With the virtual timer, r8 times: due after r7 ticks, waits for it, and adds by how many ticks
	@ it is late then. Tells the sum.
	guest	guest_late
	mov	r0, #1
	str	r0, [r4]
	mvn	r1, #0
	str	r1, [r4, #0x100]
	mov	r1, #0xf0
	str	r1, [r5, #4]
	str	r0, [r5]
	mov	r9, #0
1:	mrrc	p15, 1, r2, r3, c14	@ CNTVCT
	adds	r2, r2, r7
	adc	r3, r3, #0
	mcrr	p15, 3, r2, r3, c14	@ CNTV_CVAL
	mov	r0, #1
	mcr	p15, 0, r0, c14, c3, 1	@ CNTV_CTL
	isb
	wfi
	mrrc	p15, 1, r0, r1, c14
	sub	r0, r0, r2
	add	r9, r9, r0
	mov	r0, #0
	mcr	p15, 0, r0, c14, c3, 1
	isb
	ldr	r0, [r5, #0xc]		@ GICC_IAR
	str	r0, [r5, #0x10]		@ GICC_EOIR
	subs	r8, r8, #1
	bne	1b
	str	r9, [r6]
	b	.

	@ Without a GIC: the virtual timer is due after r7 ticks. Waits for an IRQ, which user space raises,
	@ turns the timer off, and says so.
	guest	guest_alarm
	mov	r0, #1
	mcr	p15, 0, r7, c14, c3, 0	@ CNTV_TVAL
	mcr	p15, 0, r0, c14, c3, 1	@ CNTV_CTL
	isb
	wfi
	mov	r0, #0
	mcr	p15, 0, r0, c14, c3, 1
	isb
	str	r0, [r6]
	b	.

	@ The same, and it does not wait.
	guest	guest_busy
	mov	r0, #1
	mcr	p15, 0, r7, c14, c3, 0
	mcr	p15, 0, r0, c14, c3, 1
	isb
	b	.

	@ Turns vCPU 1 on, where guest_second is, and tells the result; then waits for good.
	guest	guest_first
	ldr	r0, =0x84000003		@ CPU_ON
	mov	r1, #1
	adr	r2, guest_second
	mov	r3, #0x55
	hvc	#0
	str	r0, [r6]
1:	wfi
	b	1b
	.ltorg

	guest	guest_second
	movw	r6, #:lower16:0x1000000
	movt	r6, #:upper16:0x1000000
	str	r0, [r6, #4]		@ what CPU_ON has said
	ldr	r0, =0x84000002		@ CPU_OFF
	hvc	#0
	b	.
	.ltorg

	@ Fills the memory from r7 to r8 with words of the pass's number, compares them, and tells the
	@ number; a difference it tells elsewhere.
	guest	guest_work
	mov	r0, #0
1:	add	r0, r0, #1
	mov	r1, r7
2:	eor	r2, r1, r0, ror #7
	str	r2, [r1], #4
	cmp	r1, r8
	blo	2b
	mov	r1, r7
3:	eor	r2, r1, r0, ror #7
	ldr	r3, [r1], #4
	cmp	r2, r3
	bne	4f
	cmp	r1, r8
	blo	3b
	str	r0, [r6, #8]
	b	1b
4:	str	r1, [r6, #12]
	b	4b

	@ On kvmtool's board, with nothing but CPSR, r0 to r2 and PC set: sets up its GIC for SPI 36, an edge,
	@ turns vCPU 1 on, makes a virtio queue ready, and notifies it. Takes the interrupt that comes for
	@ each notification, reads and acknowledges it at the device, tells it at the UART, and notifies
	@ again, until a load at the UART says that it is enough.
	guest	guest_board
	movw	r4, #:lower16:0x3fff0000	@ distributor
	movt	r4, #:upper16:0x3fff0000
	movw	r5, #:lower16:0x3ffd0000	@ CPU interface
	movt	r5, #:upper16:0x3ffd0000
	movw	r6, #:lower16:0x01000000	@ UART
	movt	r6, #:upper16:0x01000000
	movw	r7, #:lower16:0x02000000	@ virtio
	movt	r7, #:upper16:0x02000000
	mov	r0, #1
	str	r0, [r4]			@ GICD_CTLR
	mov	r1, #0x10
	str	r1, [r4, #0x104]		@ GICD_ISENABLER1
	mov	r1, #0x200
	str	r1, [r4, #0xc08]		@ GICD_ICFGR2
	str	r0, [r4, #0x824]		@ GICD_ITARGETSR9
	mov	r1, #0xf0
	str	r1, [r5, #4]			@ GICC_PMR
	str	r0, [r5]			@ GICC_CTLR
	ldr	r0, =0x84000003			@ CPU_ON
	mov	r1, #1
	adr	r2, guest_board_second
	mov	r3, #0
	hvc	#0
	strb	r0, [r6]
	mov	r0, #1
	str	r0, [r7, #0x44]			@ QueueReady
1:	mov	r0, #0
	str	r0, [r7, #0x50]			@ QueueNotify
2:	wfi
	ldr	r0, [r5, #0xc]			@ GICC_IAR
	ubfx	r1, r0, #0, #10
	cmp	r1, #1020
	bhs	2b
	ldr	r1, [r7, #0x60]			@ InterruptStatus
	str	r1, [r7, #0x64]			@ InterruptACK
	str	r0, [r5, #0x10]			@ GICC_EOIR
	strb	r0, [r6]
	ldrb	r0, [r6, #5]			@ enough?
	cmp	r0, #0
	beq	1b
	ldr	r0, =0x84000008			@ SYSTEM_OFF
	hvc	#0
	b	.
	.ltorg

	guest	guest_board_second
1:	wfi
	b	1b

	@ All SPIs are active, and are not any more, which it tells. r7: 32 of them, and then a loop.
	guest	guest_ends
	movw	r5, #:lower16:0x3fff0000	@ the distributor
	movt	r5, #:upper16:0x3fff0000
	mvn	r0, #0
	str	r0, [r5, #0x304]		@ GICD_ISACTIVER1 to 3
	str	r0, [r5, #0x308]
	str	r0, [r5, #0x30c]
	str	r0, [r5, #0x384]		@ GICD_ICACTIVER1 to 3
	cmp	r7, #0
1:	bne	1b
	str	r0, [r5, #0x388]
	str	r0, [r5, #0x38c]
	str	r0, [r6]
	b	.

	@ As guest_gic: of each interrupt, the physical counter's value goes to r7. Tells it, if the word
	@ behind that is not 0.
	guest	guest_stamp
	mov	r0, #1
	str	r0, [r4]
	mvn	r1, #0
	str	r1, [r4, #0x104]
	ldr	r2, [r4, #0xc08]
	orr	r2, r2, #0x20000
	str	r2, [r4, #0xc08]
	ldr	r1, =0x01010101
	add	r2, r4, #0x820
	mov	r3, #8
1:	str	r1, [r2], #4
	subs	r3, r3, #1
	bne	1b
	mov	r1, #0xf0
	str	r1, [r5, #4]
	str	r0, [r5]
	str	r0, [r6]
2:	wfi
3:	ldr	r0, [r5, #0xc]		@ GICC_IAR
	mrrc	p15, 0, r2, r3, c14	@ CNTPCT
	ubfx	r1, r0, #0, #10
	cmp	r1, #1020
	bhs	2b
	strd	r2, r3, [r7]
	str	r0, [r5, #0x10]		@ GICC_EOIR
	ldr	r1, [r7, #8]
	cmp	r1, #0
	strne	r0, [r6, #4]
	b	3b
	.ltorg

	@ Tells how many ticks r7 times of something take. That of the macro is between its begin and end.
	.macro	times name
	guest	\name
	mov	r0, #1
	str	r0, [r4]
	mov	r1, #0xf0
	str	r1, [r5, #4]
	str	r0, [r5]
	ldr	r1, =0x84000000		@ PSCI_VERSION
	mrrc	p15, 0, r8, r9, c14
1:
	.endm
	.macro	times_end
	subs	r7, r7, #1
	bne	1b
	mrrc	p15, 0, r10, r11, c14
	sub	r0, r10, r8
	str	r0, [r6]
	b	.
	.ltorg
	.endm

	times	guest_hvc
	ldr	r0, =0x84000000
	hvc	#0
	times_end

	times	guest_gicd
	ldr	r0, [r4]		@ GICD_CTLR
	times_end

	times	guest_enable
	str	r2, [r4, #0x104]	@ GICD_ISENABLER1
	times_end

	@ To itself, and it takes and ends it.
	times	guest_sgi
	ldr	r0, =0x02000000		@ GICD_SGIR
	str	r0, [r4, #0xf00]
	ldr	r0, [r5, #0xc]		@ GICC_IAR
	str	r0, [r5, #0x10]		@ GICC_EOIR
	times_end

	@ Begins with its vectors. The virtual timer, r7 times, a multiple of 16: due after 100 ticks, and its
	@ handler adds by how many it is late. It begins with a tick, of 16 instructions: so from 15 to 0 nops
	@ come before the time is read, another number in each round. Tells the sum.
	guest	guest_tick
	b	1f
	.rept	5
	b	.
	.endr
	b	4f			@ IRQ
	b	.
1:	adr	r0, guest_tick
	mcr	p15, 0, r0, c12, c0, 0	@ VBAR
	mov	r0, #1
	str	r0, [r4]
	mvn	r1, #0
	str	r1, [r4, #0x100]
	mov	r1, #0xf0
	str	r1, [r5, #4]
	str	r0, [r5]
	mov	r9, #0
	isb
	cpsie	i
2:	mov	r8, r7
	mrrc	p15, 1, r2, r3, c14	@ CNTVCT
	adds	r2, r2, #100
	adc	r3, r3, #0
	mcrr	p15, 3, r2, r3, c14	@ CNTV_CVAL
	mov	r0, #1
	mcr	p15, 0, r0, c14, c3, 1	@ CNTV_CTL
	isb
3:	cmp	r8, r7
	beq	3b
	cmp	r7, #0
	bne	2b
	cpsid	i
	str	r9, [r6]
	b	.
4:	and	r1, r7, #15
	add	pc, pc, r1, lsl #2	@ reads as two instructions on
	nop				@ never run
	.rept	15
	nop
	.endr
	mrrc	p15, 1, r0, r1, c14
	sub	r0, r0, r2
	add	r9, r9, r0
	mov	r0, #0
	mcr	p15, 0, r0, c14, c3, 1
	isb
	ldr	r0, [r5, #0xc]		@ GICC_IAR
	str	r0, [r5, #0x10]		@ GICC_EOIR
	sub	r7, r7, #1
	subs	pc, lr, #4

	guest	guest_end

	.section .note.GNU-stack, "", %progbits
