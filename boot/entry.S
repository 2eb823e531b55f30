/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the boot loader to C. The image starts as a zImage does: r2 = the board's device tree, MMU off, any 4 KiB-aligned
 * physical address, any privileged mode. Nothing here uses an absolute address before the MMU is on.
 *
 * Boot CPU: header -> HYP (boot/mode.S) -> clear bss -> tables -> MMU on -> main_start().
 * CPUs that arrive at the header with it: HYP -> boot/pen.S, until they are sent to boot_secondary.
 * Others, started by any method: boot_secondary -> HYP -> their turn -> MMU on -> main_secondary().
 */
#include "boot/modes.h"
#include "hyp/hw/layout.h"
#include "hyp/hw/pen_layout.h"

	.syntax unified
	.arm
	.arch_extension virt

/* HTCR (B4.1.74): T0SZ = 0, walks write-back, inner shareable; bits 31 and 23 are RES1. */
#define HTCR_VALUE 0x80803500
/* HSCTLR (B4.1.71): RES1 bits, M, C, I, WXN, CP15BEN. */
#define HSCTLR_VALUE 0x30cd187d
/* TTBCR (B4.1.153) with EAE, same walk attributes; SCTLR's M, C, I. */
#define TTBCR_VALUE 0x80003500
#define SCTLR_MCI   0x00001005

/* LPAE descriptors (B3.6): AF, inner shareable, AP[1] = 1 (RES1 in HYP), AttrIndx 1. */
#define DESC_TABLE    3
#define DESC_PAGE_RW  0x747 /* page, normal, read-write; XN in the upper word */
#define DESC_PAGE_RO  0x7c7 /* page, normal, read-only */
#define DESC_BLOCK_RO 0x7c5 /* block, normal, read-only, executable */
#define DESC_XN_HIGH  0x00400000

	.section .boot, "ax"
	.globl boot_start, boot_header
	.type	boot_start, %function
boot_start:
	/* A zImage's first instructions; the magic and the bounds are at the offsets that a boot loader reads. */
	.rept 8
	nop
	.endr
	b	boot_primary
	.word	0x016f2818				/* 0x24: zImage magic */
boot_header:
	.word	0					/* 0x28: start: position independent */
	.word	image_file_end - boot_start		/* 0x2c: end */
	.word	0x04030201				/* 0x30: little-endian */
	.word	0x424d4c50				/* 0x34: "PLMB" */
	.word	image_end - boot_start			/* 0x38: memory size, where the manifest follows */
	.word	2					/* 0x3c: version of this header */
	.word	0					/* 0x40: seal: the file's last word, if it is packed */

boot_primary:
	cpsid	aif
	mov	r11, r2			/* device tree */
	adr	r10, boot_start		/* the address of this code: P */
	ldr	r12, =LAYOUT_IMAGE
	sub	r12, r10, r12		/* physical = virtual + r12 */
	bl	boot_to_hyp
	mrc	p15, 0, r0, c0, c0, 5	/* MPIDR */
	tst	r0, #0xff
	bne	boot_park

	/* Clear bss. Caches are off: first clean and invalidate the lines that the boot loader has left there, so that
	 * none is written back over our tables later. */
	ldr	r0, =image_bss_start
	ldr	r1, =image_bss_end
	add	r0, r0, r12
	add	r1, r1, r12
	mov	r2, r0			/* both ends are multiples of 4096 */
1:	.rept	16
	mcr	p15, 0, r2, c7, c14, 1	/* DCCIMVAC */
	add	r2, r2, #64
	.endr
	cmp	r2, r1
	blo	1b
	dsb
	ldr	r1, =image_stacks	/* they need no value */
	add	r1, r1, r12
	mov	r2, #0
	mov	r3, #0
	mov	r4, #0
	mov	r5, #0
	mov	r6, #0
	mov	r7, #0
	mov	r8, #0
	mov	r9, #0
1:	.rept	32
	stmia	r0!, {r2-r9}
	.endr
	cmp	r0, r1
	blo	1b

	/* Level 3: the image, by page. r4 = table, r6 = virtual address */
	ldr	r4, =mmu_image_l3
	add	r4, r4, r12
	ldr	r6, =LAYOUT_IMAGE
	ldr	r7, =DESC_PAGE_RO
	mov	r8, #0
	ldr	r9, =image_text_end
	bl	boot_map
	ldr	r8, =DESC_XN_HIGH
	ldr	r9, =image_rodata_end
	bl	boot_map
	ldr	r7, =DESC_PAGE_RW
	ldr	r9, =image_end
	bl	boot_map

	/* Level 2 of the final tables: the image's table. */
	ldr	r0, =mmu_l2
	add	r0, r0, r12
	orr	r1, r4, #DESC_TABLE
	ldr	r2, =((LAYOUT_IMAGE >> 21) & 511) * 8
	mov	r3, #0
	str	r1, [r0, r2]		/* the upper word is 0 */
	/* Level 1 of the final tables: the top GiB. */
	ldr	r5, =mmu_l1
	add	r5, r5, r12
	orr	r6, r0, #DESC_TABLE
	str	r6, [r5, #24]

	/* Boot tables: the same, and the 2 MiB block that we run in, mapped to itself. */
	ldr	r7, =mmu_boot_l2
	add	r7, r7, r12
	ldr	r8, =mmu_boot_l1
	add	r8, r8, r12
	str	r6, [r8, #24]
	str	r1, [r7, r2]		/* used if P is in the top GiB as well */
	lsr	r0, r10, #21
	lsl	r1, r0, #21
	ldr	r2, =DESC_BLOCK_RO
	orr	r1, r1, r2
	ubfx	r0, r10, #21, #9
	lsl	r0, r0, #3
	ldr	r3, [r7, r0]
	cmp	r3, #0			/* the image's own block: P is the link address */
	streq	r1, [r7, r0]
	lsr	r0, r10, #30
	orr	r1, r7, #DESC_TABLE
	str	r1, [r8, r0, lsl #3]
	dsb

	mov	r0, r8
	bl	boot_mmu_on
	ldr	r0, =boot_high
	bx	r0

/* Pages from virtual r6 up to r9 into table r4, with attributes r7 and upper word r8. Clobbers r0, r1. */
boot_map:
	cmp	r6, r9
	bxhs	lr
	add	r1, r6, r12
	orr	r1, r1, r7
	ubfx	r0, r6, #12, #9
	add	r0, r4, r0, lsl #3
	str	r1, [r0]
	str	r8, [r0, #4]
	add	r6, r6, #4096
	b	boot_map

/* MMU and caches on with the level-1 table r0: in HYP by HTTBR; in other modes by TTBR0 in the same format, only to
 * print why we stop. Clobbers r1, r2. */
boot_mmu_on:
	mrs	r1, cpsr
	and	r1, r1, #MODE_MASK
	cmp	r1, #MODE_HYP
	bne	1f

	ldr	r1, =LAYOUT_HMAIR0
	mcr	p15, 4, r1, c10, c2, 0	/* HMAIR0 */
	ldr	r1, =HTCR_VALUE
	mcr	p15, 4, r1, c2, c0, 2	/* HTCR */
	mov	r1, #0
	mcrr	p15, 4, r0, r1, c2	/* HTTBR */
	mcr	p15, 4, r1, c8, c7, 0	/* TLBIALLH */
	mcr	p15, 0, r1, c7, c5, 0	/* ICIALLU */
	dsb
	isb
	ldr	r1, =HSCTLR_VALUE
	mcr	p15, 4, r1, c1, c0, 0	/* HSCTLR */
	isb
	bx	lr

1:	ldr	r1, =LAYOUT_HMAIR0
	mcr	p15, 0, r1, c10, c2, 0	/* MAIR0 */
	ldr	r1, =TTBCR_VALUE
	mcr	p15, 0, r1, c2, c0, 2	/* TTBCR */
	isb
	mov	r1, #0
	mcrr	p15, 0, r0, r1, c2	/* TTBR0 */
	mov	r1, #1
	mcr	p15, 0, r1, c3, c0, 0	/* DACR */
	mcr	p15, 0, r1, c8, c7, 0	/* TLBIALL */
	mcr	p15, 0, r1, c7, c5, 0	/* ICIALLU */
	dsb
	isb
	mrc	p15, 0, r1, c1, c0, 0	/* SCTLR */
	ldr	r2, =SCTLR_MCI
	orr	r1, r1, r2
	mcr	p15, 0, r1, c1, c0, 0
	isb
	bx	lr

	.ltorg

	.globl boot_secondary
	.type	boot_secondary, %function
boot_secondary:
	cpsid	aif
	adr	r10, boot_start
	ldr	r12, =LAYOUT_IMAGE
	sub	r12, r10, r12
	bl	boot_to_hyp
	/* Some boards wake several CPUs at once: each waits for its turn. */
	mrc	p15, 0, r1, c0, c0, 5	/* MPIDR */
	bic	r1, r1, #0xff000000
	ldr	r4, =pen_turn
	add	r4, r4, r12
1:	ldr	r0, [r4, #PEN_TURN_MPIDR]
	cmp	r0, r1
	wfene
	bne	1b
	dsb
	ldr	r9, [r4, #PEN_TURN_INDEX]
	mrs	r1, cpsr
	and	r1, r1, #MODE_MASK
	cmp	r1, #MODE_HYP
	strne	r1, [r4, #PEN_TURN_MODE]
	dsb
2:	wfine				/* not in HYP: cpus_refuse prints that */
	bne	2b
	ldr	r0, =mmu_boot_l1
	add	r0, r0, r12
	bl	boot_mmu_on
	ldr	r0, =boot_high_secondary
	bx	r0

	.ltorg

	.section .text.boot_high, "ax"
boot_high:
	mrs	r1, cpsr
	and	r1, r1, #MODE_MASK
	ldr	sp, =image_stacks + LAYOUT_STACK_SIZE
	mov	r0, r11
	mov	r2, r1
	mov	r1, r10
	cmp	r2, #MODE_HYP
	ldreq	r3, =main_start
	ldrne	r3, =main_wrong_mode
	blx	r3
	b	.

boot_high_secondary:
	ldr	sp, =image_stacks
	add	r1, r9, #1
	mov	r2, #LAYOUT_STACK_SIZE
	mla	sp, r1, r2, sp
	mov	r0, r9
	bl	main_secondary
	b	.
	.ltorg
