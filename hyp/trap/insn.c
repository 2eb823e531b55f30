/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/trap/insn.h"
#include "hyp/base/bits.h"
#include "hyp/base/cold.h"
#include "hyp/regs/hsr.h"
#include "hyp/regs/psr.h"

/* Fields of ITSTATE, A2.5.2. */
#define IT_COND GENMASK32(7, 4)
#define IT_MORE GENMASK32(2, 0) /* 0: the block's last instruction, or no block */
#define IT_MASK GENMASK32(4, 0)

#define COND_ALWAYS 14u

COLD bool insn_condition_holds(uint32_t cond, uint32_t cpsr)
{
	bool n = (cpsr & PSR_N) != 0;
	bool z = (cpsr & PSR_Z) != 0;
	bool c = (cpsr & PSR_C) != 0;
	bool v = (cpsr & PSR_V) != 0;
	bool holds = true;

	if (cond >= COND_ALWAYS) {
		return true;
	}
	switch (cond >> 1) {
	case 0: /* EQ, NE */
		holds = z;
		break;
	case 1: /* CS, CC */
		holds = c;
		break;
	case 2: /* MI, PL */
		holds = n;
		break;
	case 3: /* VS, VC */
		holds = v;
		break;
	case 4: /* HI, LS */
		holds = c && !z;
		break;
	case 5: /* GE, LT */
		holds = n == v;
		break;
	case 6: /* GT, LE */
		holds = n == v && !z;
		break;
	}
	return (cond & 1u) ? !holds : holds;
}

/* ITSTATE lies in two pieces in the PSR. */
static uint32_t it_get(uint32_t cpsr)
{
	return FIELD_GET(PSR_IT_HI, cpsr) << 2 | FIELD_GET(PSR_IT_LOW, cpsr);
}

static uint32_t it_set(uint32_t cpsr, uint32_t it)
{
	return FIELD_SET(PSR_IT_LOW, FIELD_SET(PSR_IT_HI, cpsr, it >> 2), it);
}

COLD bool insn_trap_passed(uint32_t hsr, uint32_t cpsr)
{
	uint32_t ec = FIELD_GET(HSR_EC, hsr);
	uint32_t it = it_get(cpsr);

	if (ec == HSR_EC_UNKNOWN || ec >= HSR_EC_SVC_HYP) {
		return true;
	}
	if (hsr & HSR_CV) {
		return insn_condition_holds(FIELD_GET(HSR_COND, hsr), cpsr);
	}
	if (!(cpsr & PSR_T) || it == 0) {
		return true;
	}
	return insn_condition_holds(FIELD_GET(IT_COND, it), cpsr);
}

COLD uint32_t insn_it_advance(uint32_t cpsr)
{
	uint32_t it = it_get(cpsr);

	if ((it & IT_MORE) == 0) {
		it = 0;
	} else {
		it = FIELD_SET(IT_MASK, it, it << 1);
	}
	return it_set(cpsr, it);
}
