/* SPDX-License-Identifier: BSD-2-Clause */
/* The registers of the loaded guest as its current mode sees them, and the exceptions it takes. */
#ifndef HYP_CORE_EXIT_STATE_H
#define HYP_CORE_EXIT_STATE_H

#include "hyp/core/vm.h"
#include "hyp/regs/psr.h"
#include "hyp/trap/inject.h"
#include "hyp/trap/pending.h"

/* A general-purpose register as the guest's current mode sees it, 0..14. */
uint32_t exit_reg_read_banked(const struct guest_regs *regs, uint32_t reg);
static inline uint32_t exit_reg_read(const struct guest_regs *regs, uint32_t reg)
{
	if (reg < 8 || (reg < 13 && (regs->cpsr & PSR_MODE) != PSR_MODE_FIQ)) {
		return regs->r[reg];
	}
	return exit_reg_read_banked(regs, reg);
}
void exit_reg_write(struct guest_regs *regs, uint32_t reg, uint32_t value);

/* An access that another partition has answered is complete. */
void exit_answered(struct guest_regs *regs, const struct pending_effect *effect, uint32_t hsr);

/* The loaded guest takes an exception, as if the instruction at regs->pc had caused it. `record`:
 * for an abort; else NULL. */
void exit_inject(struct guest_regs *regs, enum inject_kind kind, const struct exit_record *record);

/* A trapped instruction that guests do not have: UNDEFINED, and a log line. */
void exit_inject_undef(struct vcpu *vcpu, struct guest_regs *regs, uint32_t hsr);

#endif
