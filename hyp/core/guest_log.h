/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines about what a guest does that nobody has for it: its partition, vCPU, pc, what, where.
 * Limited for each start of the partition, where the same fault is told once, and in time, however
 * often it starts: what is left out is counted, and told later. */
#ifndef HYP_CORE_GUEST_LOG_H
#define HYP_CORE_GUEST_LOG_H

#include "hyp/core/vm.h"

/* Partition's start. vm->lock is held. */
void guest_log_reset(struct vm *vm);

/* An access that aborts. `what` goes before the address, an IPA of 40 bits. */
void guest_log_access(struct vcpu *vcpu, uint32_t pc, const char *what, uint64_t address);

/* A trapped instruction that is UNDEFINED for guests. */
void guest_log_undefined(struct vcpu *vcpu, const struct guest_regs *regs, uint32_t hsr);

/* It begins anew. */
void guest_log_restart(struct vm *vm);

/* Now and then: what was left out. */
void guest_log_go_on(void);

/* Its end, which is always told. */
void guest_log_end(const struct vcpu *vcpu, uint32_t pc, const char *what);

/* Has it done nothing but fault at one place for long? */
bool guest_log_is_loop(const struct vcpu *vcpu);

#endif
