/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/exit_state.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/vm.h"
#include "hyp/regs/hsr.h"
#include "hyp/regs/psr.h"

uint32_t exit_reg_read_banked(const struct guest_regs *regs, uint32_t reg)
{
	uint32_t mode = regs->cpsr & PSR_MODE;

	if (reg == 14 && (mode == PSR_MODE_USR || mode == PSR_MODE_SYS)) {
		return regs->lr_usr;
	}
	return world_read_banked(mode, reg);
}

void exit_reg_write(struct guest_regs *regs, uint32_t reg, uint32_t value)
{
	uint32_t mode = regs->cpsr & PSR_MODE;

	if (reg < 8 || (reg < 13 && mode != PSR_MODE_FIQ)) {
		regs->r[reg] = value;
	} else if (reg == 14 && (mode == PSR_MODE_USR || mode == PSR_MODE_SYS)) {
		regs->lr_usr = value;
	} else {
		world_write_banked(mode, reg, value);
	}
}

void exit_answered(struct guest_regs *regs, const struct pending_effect *effect, uint32_t hsr)
{
	if (effect->loads) {
		exit_reg_write(regs, effect->rt, effect->value);
	}
	if (effect->writeback) {
		exit_reg_write(regs, effect->rn,
			       exit_reg_read(regs, effect->rn) + (uint32_t)effect->increment);
	}
	insn_skip(regs, hsr);
}

void exit_inject(struct guest_regs *regs, enum inject_kind kind, const struct exit_record *record)
{
	struct inject_in in = {
		.kind = kind,
		.pc = regs->pc,
		.cpsr = regs->cpsr,
		.sctlr = sysreg_read(SCTLR),
		.vbar = sysreg_read(VBAR),
		.ttbcr = sysreg_read(TTBCR),
	};
	struct inject_out out;

	if (record) {
		in.far = record->far;
		in.is_write = FIELD_GET(HSR_DABT_WNR, record->hsr);
	}
	out = inject_exception(&in);
	if (kind == INJECT_DATA_ABORT) {
		sysreg_write(DFSR, out.fsr);
		sysreg_write(DFAR, in.far);
	} else if (kind == INJECT_PREFETCH_ABORT) {
		sysreg_write(IFSR, out.fsr);
		sysreg_write(IFAR, in.far);
	}
	world_write_exception(out.mode, out.lr, out.spsr);
	regs->pc = out.pc;
	regs->cpsr = out.cpsr;
}

void exit_inject_undef(struct vcpu *vcpu, struct guest_regs *regs, uint32_t hsr)
{
	guest_log_undefined(vcpu, regs, hsr);
	exit_inject(regs, INJECT_UNDEF, NULL);
}
