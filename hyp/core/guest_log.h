/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines about a guest's accesses to things that it does not have: partition, vCPU, pc, access,
 * address. They are limited for each start of the partition, during which each fault is logged
 * once, and limited in time, independent of restarts. Lines left out are counted, and their number
 * is logged later. */
#ifndef HYP_CORE_GUEST_LOG_H
#define HYP_CORE_GUEST_LOG_H

#include "hyp/core/vm.h"

/* Start of the partition. vm->lock is held. */
void guest_log_reset(struct vm *vm);

/* An access that aborts. `what` goes before the address, an IPA of 40 bits. */
void guest_log_access(struct vcpu *vcpu, uint32_t pc, const char *what, uint64_t address);

/* A trapped instruction that is UNDEFINED for guests. */
void guest_log_undefined(struct vcpu *vcpu, const struct guest_regs *regs, uint32_t hsr);

/* The partition restarts, as vm->life.end says. */
void guest_log_restart(struct vm *vm);

/* Called now and then: logs the number of lines left out. */
void guest_log_go_on(void);

/* The end of the partition, which is always logged. */
void guest_log_end(const struct vcpu *vcpu, uint32_t pc, const char *what);

/* Has the vCPU for long done nothing but fault at one place? */
bool guest_log_is_loop(const struct vcpu *vcpu);

#endif
