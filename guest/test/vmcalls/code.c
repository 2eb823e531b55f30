/* SPDX-License-Identifier: BSD-2-Clause */
/* What VMs execute. */
#include "guest/lib/mmu.h"
#include "guest/test/vmcalls/vmcalls.h"
#include <string.h>

#define COUNT(of) ((uint32_t)(sizeof(of) / sizeof((of)[0])))
#define CODE_MOST 8u

static uint32_t code_reg(struct vmcalls_cpu *cpu)
{
	return vmcalls_draw(cpu, 13);
}

/* MOVT: the upper half of an address. */
static uint32_t code_address(struct vmcalls_cpu *cpu)
{
	static const uint32_t halves[] = { 0x0800, 0x0801, 0x0900, 0x4000, 0x4000,
					   0x4000, 0x4020, 0x8400, 0x8600, 0xffff };
	uint32_t half = vmcalls_one(cpu, halves, COUNT(halves));

	return 0xe3400000u | (half >> 12) << 16 | code_reg(cpu) << 12 | (half & 0xfff);
}

/* MOVW: the lower half, near the registers of the distributor and PSCI's numbers. */
static uint32_t code_low(struct vmcalls_cpu *cpu)
{
	static const uint32_t halves[] = { 0, 1,      2,      3,      4,      8,
					   9, 0x000c, 0x0100, 0x0f00, 0x0104, 0x0200 };
	uint32_t half = vmcalls_one(cpu, halves, COUNT(halves));

	return 0xe3000000u | (half >> 12) << 16 | code_reg(cpu) << 12 | (half & 0xfff);
}

/* A32, ARM DDI 0406C, A5: none of these writes the PC but branches. */
static uint32_t code_insn(struct vmcalls_cpu *cpu)
{
	static const uint32_t fixed[] = {
		0xe1400070, /* HVC #0 */
		0xe1400070, /* HVC #0 */
		0xe1600070, /* SMC #0 */
		0xef000000, /* SVC #0 */
		0xe7f000f0, /* UDF */
		0xe320f003, /* WFI */
		0xe320f001, /* YIELD */
		0xf1080080, /* CPSIE i */
		0xf10c0080, /* CPSID i */
		0xec510f1e, /* MRRC p15, 1, r0, r1, c14: CNTVCT */
		0xee0e0f33, /* MCR p15, 0, r0, c14, c3, 1: CNTV_CTL */
		0xee0e1f13, /* MCR p15, 0, r1, c14, c3, 0: CNTV_TVAL */
		0xee100fb0, /* MRC p15, 0, r0, c0, c0, 5: MPIDR */
		0xee080f17, /* MCR p15, 0, r0, c8, c7, 0: TLBIALL */
		0xee070f5e, /* MCR p15, 0, r0, c7, c14, 2: DCCISW */
		0xee010f30, /* MCR p15, 0, r0, c1, c0, 1: ACTLR */
	};
	uint32_t load = vmcalls_draw(cpu, 2) << 20, rn = code_reg(cpu) << 16,
		 rt = code_reg(cpu) << 12;

	switch (vmcalls_draw(cpu, 10)) {
	case 0: /* data processing */
		return 0xe0100000u | vmcalls_draw(cpu, 16) << 21 | rn | rt | code_reg(cpu);
	case 1:
		return code_address(cpu);
	case 2:
		return code_low(cpu);
	case 3: /* LDR, STR, LDRB, STRB */
	case 4:
		return 0xe5800000u | vmcalls_draw(cpu, 2) << 22 | load | rn | rt |
		       4 * vmcalls_draw(cpu, 64);
	case 5: /* LDRH, STRH */
		return 0xe1c000b0u | load | rn | rt;
	case 6: /* LDM, STM */
		return 0xe8800000u | load | rn | (vmcalls_any(cpu) & 0x1fff) | 1;
	case 7: /* B */
		return 0xea000000u | ((vmcalls_draw(cpu, 64) - 32) & 0xffffff);
	default:
		return vmcalls_one(cpu, fixed, COUNT(fixed));
	}
}

/* ---- several that belong together ---- */

#define MOVW(reg, half)	     (0xe3000000u | ((half) >> 12) << 16 | (reg) << 12 | ((half) % 0x1000))
#define MOVT(reg, half)	     (0xe3400000u | ((half) >> 12) << 16 | (reg) << 12 | ((half) % 0x1000))
#define STR(reg, at, offset) (0xe5800000u | (at) << 16 | (reg) << 12 | (offset))
#define HVC		     0xe1400070u

/* PSCI, DEN 0022: each of its numbers, about a vCPU, with an entry in the VM's memory. */
static uint32_t code_psci(struct vmcalls_cpu *cpu, uint32_t *to)
{
	static const uint32_t numbers[] = { 0, 1, 1, 2, 3, 3, 3, 4, 6, 8, 9, 10 };
	const uint32_t words[] = { MOVW(0, vmcalls_one(cpu, numbers, COUNT(numbers))),
				   MOVT(0, 0x8400),
				   MOVW(1, vmcalls_draw(cpu, 3)),
				   MOVW(2, 4 * vmcalls_draw(cpu, 1024)),
				   MOVT(2, 0x4000),
				   HVC };

	memcpy(to, words, sizeof(words));
	return COUNT(words);
}

/* GICD_SGIR: to some of the first two, all others, itself. */
static uint32_t code_sgi(struct vmcalls_cpu *cpu, uint32_t *to)
{
	static const uint32_t targets[] = { 1, 2, 3, 0x100, 0x200, 0xffff };
	const uint32_t words[] = { MOVW(4, 0xf00), MOVT(4, 0x0800), MOVW(5, vmcalls_draw(cpu, 16)),
				   MOVT(5, vmcalls_one(cpu, targets, COUNT(targets))),
				   STR(5, 4, 0) };

	memcpy(to, words, sizeof(words));
	return COUNT(words);
}

/* GICD_CTLR, GICC_CTLR, GICC_PMR */
static uint32_t code_gic(struct vmcalls_cpu *cpu, uint32_t *to)
{
	const uint32_t words[] = {
		MOVW(4, 0),    MOVT(4, 0x0800), MOVW(5, 1 + vmcalls_draw(cpu, 3)),
		STR(5, 4, 0),  MOVT(4, 0x0801), STR(5, 4, 0),
		MOVW(5, 0xff), STR(5, 4, 4)
	};

	memcpy(to, words, sizeof(words));
	return COUNT(words);
}

/* At most 8 words at `to`; returns how many. */
static uint32_t code_write(struct vmcalls_cpu *cpu, uint32_t *to)
{
	switch (vmcalls_draw(cpu, 32)) {
	case 0:
		return code_psci(cpu, to);
	case 1:
		return code_sgi(cpu, to);
	case 2:
		return code_gic(cpu, to);
	default:
		*to = code_insn(cpu);
		return 1;
	}
}

void vmcalls_write_code(struct vmcalls_cpu *cpu)
{
	uint32_t page = vmcalls_draw(cpu, vmcalls_size / VMCALLS_PAGE);
	uint32_t *words = (uint32_t *)(vmcalls_memory + page * VMCALLS_PAGE), at = 0;

	while (at < VMCALLS_PAGE / 4 - CODE_MOST) {
		at += code_write(cpu, words + at);
	}
	mmu_sync_code(words, VMCALLS_PAGE);
}

/* A program at 0x1000 that ends the VM, if it is let: GIC, CPU_ON, an SGI, WFI, SYSTEM_OFF. */
static void code_program(uint32_t *to)
{
	const uint32_t words[] = { MOVW(4, 0),
				   MOVT(4, 0x0800),
				   MOVW(5, 1),
				   STR(5, 4, 0),
				   MOVT(4, 0x0801),
				   STR(5, 4, 0),
				   MOVW(5, 0xff),
				   STR(5, 4, 4),
				   MOVW(0, 3),
				   MOVT(0, 0x8400),
				   MOVW(1, 1),
				   MOVW(2, 0x1000),
				   HVC,
				   MOVW(4, 0xf00),
				   MOVT(4, 0x0800),
				   MOVW(5, 1),
				   MOVT(5, 0x0100),
				   STR(5, 4, 0),
				   0xe320f003,
				   MOVW(0, 8),
				   MOVT(0, 0x8400),
				   HVC };

	memcpy(to, words, sizeof(words));
}

/* Each vector goes on somewhere in the VM's memory: an exception at a vector that cannot be
 * executed would be taken there again, and QEMU's time stands still while no instruction is
 * executed. */
uint32_t vmcalls_vectors(void)
{
	static uint32_t pages[2][VMCALLS_PAGE / 4] __attribute__((aligned(4096)));
	static uint32_t run[2];

	for (uint32_t n = 0; n < 8; n++) {
		pages[0][n] = 0xe59ff018u; /* LDR PC, [PC, #24] */
		pages[0][8 + n] = VMCALLS_RAM * VMCALLS_PAGE + 0x100u * n;
	}
	code_program(pages[1]);
	run[0] = (uint32_t)(uintptr_t)pages / VMCALLS_PAGE;
	run[1] = 2;
	return (uint32_t)(uintptr_t)run;
}
