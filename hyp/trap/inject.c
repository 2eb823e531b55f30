/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/trap/inject.h"
#include "hyp/base/bits.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/psr.h"

/* Offsets from the vector base, B1.8.1. */
#define VECTOR_UNDEF	      0x04u
#define VECTOR_PREFETCH_ABORT 0x0cu
#define VECTOR_DATA_ABORT     0x10u
#define VECTOR_HIGH	      UINT32_C(0xffff0000)
#define VBAR_BASE	      GENMASK32(31, 5)

/* Synchronous external abort, not on a table walk: B4.1, DFSR and IFSR. */
#define FSR_SHORT_EXTERNAL 0x08u
#define FSR_LONG_EXTERNAL  0x10u
#define FSR_LONG	   BIT32(9)
#define DFSR_WNR	   BIT32(11)

/* The differences between the kinds: the preferred return address depends on the instruction
 * set. */
struct inject_rule {
	uint8_t vector;
	uint8_t mode;
	uint8_t lr_arm, lr_thumb; /* LR - PC of the instruction, B1.9.2 to B1.9.8 */
	uint16_t psr_set;
};

static const struct inject_rule rules[] = {
	[INJECT_UNDEF] = { VECTOR_UNDEF, PSR_MODE_UND, 4, 2, PSR_I },
	[INJECT_PREFETCH_ABORT] = { VECTOR_PREFETCH_ABORT, PSR_MODE_ABT, 4, 4, PSR_I | PSR_A },
	[INJECT_DATA_ABORT] = { VECTOR_DATA_ABORT, PSR_MODE_ABT, 8, 8, PSR_I | PSR_A },
};

static uint32_t fault_status(const struct inject_in *in)
{
	uint32_t fsr = (in->ttbcr & TTBCR_EAE) ? FSR_LONG | FSR_LONG_EXTERNAL : FSR_SHORT_EXTERNAL;

	if (in->kind == INJECT_UNDEF) {
		return 0;
	}
	return in->kind == INJECT_DATA_ABORT && in->is_write ? fsr | DFSR_WNR : fsr;
}

struct inject_out inject_exception(const struct inject_in *in)
{
	const struct inject_rule *rule = &rules[in->kind];
	uint32_t cpsr = in->cpsr & ~(PSR_MODE | PSR_IT_LOW | PSR_IT_HI | PSR_J | PSR_T | PSR_E);
	uint32_t base = (in->sctlr & SCTLR_V) ? VECTOR_HIGH : in->vbar & VBAR_BASE;

	cpsr |= rule->mode | rule->psr_set;
	cpsr |= (in->sctlr & SCTLR_TE) ? PSR_T : 0;
	cpsr |= (in->sctlr & SCTLR_EE) ? PSR_E : 0;
	return (struct inject_out) {
		.pc = base + rule->vector,
		.cpsr = cpsr,
		.lr = in->pc + ((in->cpsr & PSR_T) ? rule->lr_thumb : rule->lr_arm),
		.spsr = in->cpsr,
		.mode = rule->mode,
		.fsr = fault_status(in),
	};
}
