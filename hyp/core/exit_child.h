/* SPDX-License-Identifier: BSD-2-Clause */
/* Data aborts of children (child.h): the devices of most of their accesses are their creator's. */
#ifndef HYP_CORE_EXIT_CHILD_H
#define HYP_CORE_EXIT_CHILD_H

#include "hyp/core/vm.h"
#include "hyp/trap/insn.h"

/* An access of the loaded vCPU, a child's. MMIO_ABORT: no device of the monitor's. */
enum mmio_result exit_child_device(struct vcpu *vcpu, uint32_t page, struct mmio *mmio);

/* Then: memory of the child may have come since; else the access is its creator's. `access`: NULL:
 * it is not decoded, or none that a device can answer. */
void exit_to_creator(struct cpu *cpu, struct guest_regs *regs, const struct exit_record *record,
		     const struct insn_access *access, const struct mmio *mmio);

/* The frequent case, in the fewest instructions: a load or store that the syndrome describes, where
 * nothing is mapped, and no device of the monitor's. False: it is another one, and nothing was
 * done. */
bool exit_child_plain(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr);

#endif
