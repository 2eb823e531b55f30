/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/exit.h"
#include "hyp/base/cold.h"
#include "hyp/core/child_run.h"
#include "hyp/core/cpu.h"
#include "hyp/core/exit_state.h"
#include "hyp/core/facts.h"
#include "hyp/core/run.h"
#include "hyp/core/switch.h"
#include "hyp/core/vm.h"
#include "hyp/core/vpmu.h"
#include "hyp/hw/cache.h"
#include "hyp/regs/hsr.h"
#include "hyp/regs/psr.h"
#include "hyp/trap/insn.h"

static void exit_on_undef(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	cpu->loaded->stats[PLUMB_STAT_OTHER]++;
	exit_inject_undef(cpu->loaded, regs, hsr);
}

static void exit_on_wfx(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	hw_count(&cpu->loaded->stats[PLUMB_STAT_WFI]);
	if (!insn_is_always(hsr) && !insn_trap_passed(hsr, regs->cpsr)) {
		insn_skip(regs, hsr);
		return;
	}
	insn_skip(regs, hsr);
	if (hsr & HSR_WFX_WFE) {
		run_yield(cpu);
	} else if (cpu->runner) {
		child_wait(cpu, regs);
	} else {
		run_wait(cpu, regs);
	}
}

static void exit_cp_read(struct guest_regs *regs, const struct cp15_access *access, uint64_t value)
{
	exit_reg_write(regs, access->rt, (uint32_t)value);
	if (access->reg.wide) {
		exit_reg_write(regs, access->rt2, (uint32_t)(value >> 32));
	}
}

/* An operand for a cache that the CPU does not have is UNPREDICTABLE: here it has no effect. */
static void exit_flush(uint32_t operand)
{
	uint32_t csselr;

	if (cp15_cache_level(operand, cache_levels(), &csselr) &&
	    cp15_set_way(&operand, cache_shape(csselr))) {
		cache_flush_set_way(operand);
	}
}

static void exit_on_cp(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	struct vcpu *vcpu = cpu->loaded;
	struct cp15_access access = cp15_decode(hsr);
	bool user = (regs->cpsr & PSR_MODE) == PSR_MODE_USR;
	uint64_t value = 0;

	vcpu->stats[PLUMB_STAT_CP15]++;
	if (!insn_trap_passed(hsr, regs->cpsr)) {
		insn_skip(regs, hsr);
		return;
	}
	if (access.is_write) {
		value = exit_reg_read(regs, access.rt);
		if (access.reg.wide) {
			value |= (uint64_t)exit_reg_read(regs, access.rt2) << 32;
		}
	}
	switch (cp15_access(&vcpu->vm->cp15, &access, user, &value)) {
	case CP15_OK:
		if (!access.is_write) {
			exit_cp_read(regs, &access, value);
		}
		break;
	case CP15_FLUSH:
		if (vcpu->vm->child && child_set_way(cpu, regs)) {
			return;
		}
		exit_flush((uint32_t)value);
		break;
	case CP15_PMU:
		if (vpmu_use(vcpu)) {
			return;
		}
		/* fallthrough */
	default:
		exit_inject_undef(vcpu, regs, hsr);
		return;
	}
	insn_skip(regs, hsr);
}

/* Access to a coprocessor that HCPTR traps: VFP and SIMD are opened at their first use; others do
 * not exist. */
static void exit_on_hcptr(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	uint32_t coproc = FIELD_GET(HSR_HCPTR_COPROC, hsr);

	cpu->loaded->stats[PLUMB_STAT_OTHER]++;
	if ((hsr & HSR_HCPTR_TA) || coproc == 10 || coproc == 11) {
		if (!cpu->loaded->vfp_open && facts_host_id.mvfr0 != 0) { /* 0: the CPU has none */
			switch_vfp_open(cpu->loaded);
			return;
		}
	}
	exit_inject_undef(cpu->loaded, regs, hsr);
}

COLD void exit_undef(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr)
{
	(void)vcpu, (void)offset;
	exit_whole(regs, hsr, exit_on_undef);
}

COLD_THUMB void exit_wfx(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr)
{
	(void)vcpu, (void)offset;
	exit_whole(regs, hsr, exit_on_wfx);
}

/* Separate, so that exit_cp needs no register saved for it. */
static COLD EXIT_AS_IS void exit_cp_whole(struct vcpu *vcpu, struct guest_regs *regs,
					  uint32_t offset, uint32_t hsr)
{
	(void)vcpu, (void)offset;
	exit_whole(regs, hsr, exit_on_cp);
}

void exit_cp(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr)
{
	if (cp15_reads_actlr(hsr, regs->cpsr)) {
		regs->r[cp15_actlr_rt(hsr)] = vcpu->vm->cp15.actlr;
		hw_count(&vcpu->stats[PLUMB_STAT_CP15]);
		world_resume_at(regs->pc + 4);
	} else {
		exit_cp_whole(vcpu, regs, offset, hsr);
	}
}

COLD void exit_hcptr(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr)
{
	(void)vcpu, (void)offset;
	exit_whole(regs, hsr, exit_on_hcptr);
}
