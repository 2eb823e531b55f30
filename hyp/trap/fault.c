/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/trap/fault.h"
#include "hyp/base/bits.h"
#include "hyp/regs/hsr.h"
#include "hyp/text/fmt.h"
#include "hyp/trap/cp15.h"

enum fault_news fault_see(struct fault_seen *seen, uint32_t limit, uint32_t pc, uint32_t detail)
{
	uint32_t count = seen->count;

	for (uint32_t n = 0; n < bits_min(count, FAULT_LINES); n++) {
		if (seen->entry[n].pc == pc && seen->entry[n].detail == detail) {
			return FAULT_OLD;
		}
	}
	if (count >= bits_min(limit, FAULT_LINES)) {
		return FAULT_OLD;
	}
	seen->entry[count].pc = pc;
	seen->entry[count].detail = detail;
	seen->count = count + 1;
	return seen->count == bits_min(limit, FAULT_LINES) ? FAULT_LAST : FAULT_NEW;
}

bool fault_repeats(struct fault_loop *loop, uint32_t pc, uint32_t detail, uint32_t progress)
{
	if (loop->pc != pc || loop->detail != detail || loop->progress != progress) {
		loop->pc = pc;
		loop->detail = detail;
		loop->progress = progress;
		loop->count = 0;
	}
	loop->count = bits_min(loop->count + 1, FAULT_LOOP);
	if (loop->count < FAULT_LOOP || loop->told) {
		return false;
	}
	loop->told = true;
	return true;
}

bool fault_is_loop(const struct fault_loop *loop, uint32_t progress)
{
	return loop->count >= FAULT_LOOP && loop->progress == progress;
}

static bool fault_budget_take(struct fault_budget *budget, uint64_t now, uint64_t period)
{
	budget->due = budget->due > now ? budget->due : now;
	if (budget->due - now > (FAULT_BURST - 1) * period) {
		return false;
	}
	budget->due += period;
	return true;
}

bool fault_may_tell(struct fault_budget *budget, uint64_t now, uint64_t period)
{
	if (fault_budget_take(budget, now, period)) {
		return true;
	}
	budget->left_out += budget->left_out != UINT32_MAX;
	return false;
}

uint32_t fault_left_out(struct fault_budget *budget, uint64_t now, uint64_t period)
{
	uint32_t lines = budget->left_out;

	if (lines == 0 || !fault_budget_take(budget, now, period)) {
		return 0;
	}
	budget->left_out = 0;
	return lines;
}

static size_t fault_name_register(uint32_t hsr, char *buf, size_t size)
{
	struct cp15_access access = cp15_decode(hsr);
	const struct cp15_reg *reg = &access.reg;

	if (reg->wide) {
		return fmt_format(buf, size, "%s p%u, %u, r%u, r%u, c%u",
				  access.is_write ? "MCRR" : "MRRC", (unsigned)reg->coproc,
				  (unsigned)reg->opc1, (unsigned)access.rt, (unsigned)access.rt2,
				  (unsigned)reg->crm);
	}
	return fmt_format(buf, size, "%s p%u, %u, r%u, c%u, c%u, %u",
			  access.is_write ? "MCR" : "MRC", (unsigned)reg->coproc,
			  (unsigned)reg->opc1, (unsigned)access.rt, (unsigned)reg->crn,
			  (unsigned)reg->crm, (unsigned)reg->opc2);
}

size_t fault_name(uint32_t hsr, char *buf, size_t size)
{
	switch (FIELD_GET(HSR_EC, hsr)) {
	case HSR_EC_CP15_32:
	case HSR_EC_CP15_64:
	case HSR_EC_CP14_32:
	case HSR_EC_CP14_64:
	case HSR_EC_CP10_ID:
		return fault_name_register(hsr, buf, size);
	case HSR_EC_CP14_LS:
		return fmt_format(buf, size, "LDC or STC p14");
	case HSR_EC_HCPTR:
		if (hsr & HSR_HCPTR_TA) {
			return fmt_format(buf, size, "Advanced SIMD");
		}
		return fmt_format(buf, size, "coprocessor p%u",
				  (unsigned)FIELD_GET(HSR_HCPTR_COPROC, hsr));
	case HSR_EC_BXJ:
		return fmt_format(buf, size, "BXJ");
	case HSR_EC_HVC:
		return fmt_format(buf, size, "HVC #%u (calls are HVC #0)",
				  (unsigned)FIELD_GET(HSR_HVC_IMM, hsr));
	case HSR_EC_SMC:
		return fmt_format(buf, size, "SMC (calls are HVC #0)");
	default:
		return 0;
	}
}
