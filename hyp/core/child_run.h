/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PLUMB_RUN: a vCPU of a child runs on this CPU in the place of the vCPU that has called, its
 * runner, until there is something for that one. To the scheduler the runner is what runs: it pays,
 * and what makes the CPU choose again ends the call first (child_interrupted), so no other code
 *meets a child's vCPU where a choice is made.
 *
 *	cpu->loaded  the child's vCPU;  cpu->runner  its caller, whose world is in memory
 */
#ifndef HYP_CORE_CHILD_RUN_H
#define HYP_CORE_CHILD_RUN_H

#include "hyp/core/child.h"
#include "hyp/core/child_switch.h"
#include "hyp/core/exit_state.h"

/* The call of the loaded vCPU: its r0 is the result, or the child's vCPU is loaded and `regs` are
 * its registers. */
void child_run(struct cpu *cpu, struct child *child, struct guest_regs *regs);

/* The CPU must choose again, or the runner has an interrupt: the loaded vCPU, a child's, leaves. */
void child_interrupted(struct cpu *cpu, struct guest_regs *regs);

/* It executes WFI: it leaves, or an interrupt is pending and it goes on. */
void child_wait(struct cpu *cpu, struct guest_regs *regs);

/* It executes maintenance by set or way, which reaches the caches of this CPU. False: that is where
 * it has run. True: it has left, and executes it again when all of its memory is clean. */
bool child_set_way(struct cpu *cpu, struct guest_regs *regs);

/* Rows of the table in hypercall.c, as those of child_call.h: PLUMB_EVENT_* of a vCPU that no CPU
 * has. What is pending stays pending. */
int32_t child_get_events(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);
int32_t child_set_events(struct vcpu *caller, struct vm *vm, struct guest_regs *regs);

/* A PSCI call that is not a query. */
void child_psci(struct cpu *cpu, struct guest_regs *regs);

/* A load or store that is decoded, and no device of the monitor's: its creator carries it out. */
void child_access(struct cpu *cpu, struct guest_regs *regs, const struct exit_record *record,
		  const struct insn_access *access, const struct mmio *mmio);

/* An access that has no memory, and is none of these. `how`: PLUMB_FAULT_*, or 0. */
void child_fault(struct cpu *cpu, struct guest_regs *regs, const struct exit_record *record,
		 uint32_t how);

/* Is there memory now, so that the guest is to execute the instruction again? For each fault,
 * before it is anything else. */
bool child_has_memory(const struct cpu *cpu, const struct exit_record *record, uint32_t how);

#endif
