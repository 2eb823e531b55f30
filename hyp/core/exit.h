/* SPDX-License-Identifier: BSD-2-Clause */
/* Traps from guests: dispatch by exception class (HSR.EC); a class that is not in the table is
 * UNDEFINED to the guest. */
#ifndef HYP_CORE_EXIT_H
#define HYP_CORE_EXIT_H

#include "hyp/trap/inject.h"
#include "hyp/regs/psr.h"
#include "hyp/core/vm.h"

/* Called by vectors.S with the frame. */
void exit_trap(struct guest_regs *regs);

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

/* The loaded guest takes an exception, as if the instruction at regs->pc had caused it. `record`:
 * of an abort, else NULL. */
void exit_inject(struct guest_regs *regs, enum inject_kind kind, const struct exit_record *record);

/* A trapped instruction that no guest has: UNDEFINED, and a line about it. */
void exit_inject_undef(struct vcpu *vcpu, struct guest_regs *regs, uint32_t hsr);

/* Handlers by class. */
void exit_hvc(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
/* One turn of the loaded vCPU's call of which something is left (vcpu->lines_of). */
void exit_hvc_rest(struct vcpu *vcpu, struct guest_regs *regs);
void exit_data_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);
void exit_prefetch_abort(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);

#endif
