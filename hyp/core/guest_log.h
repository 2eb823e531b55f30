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

/* May one more line about an end of the partition be logged? They have a limit of their own: other
 * lines do not use it up, and managers that start partitions and end them again do not fill the
 * console. */
bool guest_log_may_end(struct vm *vm);

/* The reason of its end, within that limit. */
void guest_log_end(const struct vcpu *vcpu, uint32_t pc, const char *what);

/* A line of its record (hyp/core/crash.h), within the limit of its other lines. */
void guest_log_crash(const struct vcpu *vcpu, const char *line);

/* Its watchdog ends it. */
void guest_log_bite(struct vm *vm);

/* Has the vCPU for long done nothing but fault at one place? */
bool guest_log_is_loop(const struct vcpu *vcpu);

#endif
