/* SPDX-License-Identifier: BSD-2-Clause */
/* Exits from guests: traps by exception class (HSR.EC), and interrupts. */
#ifndef HYP_CORE_EXIT_H
#define HYP_CORE_EXIT_H

#include "hyp/core/vm.h"

/*
 * The handlers of vectors.S, by exception class. `vcpu`: the loaded one; `regs`: the
 * frame; `offset`: the low 12 bits of HDFAR, which a data abort sets; `hsr`: the syndrome. The
 * guest continues at ELR_hyp with SPSR: a handler that changes pc or cpsr in the frame ends with
 * world_resume. run_work, which the vectors call if there is work, finds both in the frame, and may
 * change it freely.
 */
void exit_undef(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset,
		uint32_t hsr); /* all other classes */
void exit_wfx(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr);
void exit_cp(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr);
void exit_hcptr(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr);
/* HVC #0, PC behind it. word: r0 - HVC_BASE; the call is counted already. */
void exit_hvc(uint32_t word, struct guest_regs *regs, struct vcpu *vcpu, uint32_t hsr);
void exit_hvc_other(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr);
void exit_data_abort(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr);
void exit_prefetch_abort(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr);

/* Acknowledges and handles one interrupt, which the loaded vCPU leaves at pc with cpsr. Called by
 * vectors.S, which has no second argument. */
void exit_irq(struct cpu *cpu, uint32_t unused, uint32_t pc, uint32_t cpsr);

/* A function that has its caller's arguments, in the same registers, whether it needs them or not.
 */
#if __has_attribute(noipa)
#define EXIT_AS_IS __attribute__((noipa))
#else
#define EXIT_AS_IS __attribute__((noinline))
#endif

/* A handler that may change the whole frame. */
static inline __attribute__((always_inline)) void
exit_whole(struct guest_regs *regs, uint32_t hsr,
	   void (*handle)(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr))
{
	handle(cpu_this(), regs, hsr);
	world_resume(regs->pc, regs->cpsr);
}

#endif
