/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vCPU's registers by KVM's IDs (KVM_GET_ONE_REG and its kin; abi/kvm_compat.h). The vCPU is on
 * no CPU, and stays there: glue holds vgic_lock, because others look at its timers, and what keeps
 * it from being loaded.
 *
 * A guest has them all in its own hands, or cannot change them: one with a value of its own
 * (-HYP_EINVAL to change it) is an ID register, or follows from the manifest.
 */
#ifndef HYP_CORE_ONE_REG_H
#define HYP_CORE_ONE_REG_H

#include "hyp/core/vm.h"
#include "hyp/regs/psr.h"

/* `at`: the time at which the vCPU's virtual counter stands still. 0, or -HYP_ENOENT: no such
 * register, or another size. */
int one_reg_get(struct vgic_locked held, const struct vcpu *vcpu, uint64_t id, uint64_t at,
		uint64_t *value);

/* The same; or -HYP_EINVAL: a value that the register cannot have. Then nothing has changed. The
 * upper half of `value` is ignored for a register of 32 bits. CNTVCT is set for all vCPUs. */
int one_reg_set(struct vgic_locked held, struct vcpu *vcpu, uint64_t id, uint64_t at,
		uint64_t value);

/* The ID of register `index`, from 0; 0: there are not so many. It is the same for all vCPUs. */
uint64_t one_reg_id(uint32_t index);

/* Before the vCPU is loaded again: PC and CPSR are set one after the other, and an address that is
 * not aligned for the instruction set would be UNPREDICTABLE (ARM ARM B1.8.3), as would an IT block
 * without Thumb (A2.5.2). */
static inline void one_reg_settle(struct vcpu *vcpu)
{
	if (vcpu->regs.cpsr & PSR_T) {
		vcpu->regs.pc &= ~UINT32_C(1);
	} else {
		vcpu->regs.pc &= ~UINT32_C(3);
		vcpu->regs.cpsr &= ~(PSR_IT_LOW | PSR_IT_HI);
	}
}

#endif
