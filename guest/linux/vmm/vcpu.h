/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread for each vCPU, which runs it until something is for user space. */
#ifndef LINUX_VMM_VCPU_H
#define LINUX_VMM_VCPU_H

#include <stdbool.h>
#include <stdint.h>

/* What ends a VM, or a life of it: KVM's types of SYSTEM_EVENT, and an error, of which the user has
 * been told. */
enum { VCPU_NOTHING, VCPU_OFF, VCPU_RESET, VCPU_ERROR };

/* The threads, all held. Returns a file that can be read when a vCPU has ended the VM. */
int32_t vcpu_start(void);
/* What has ended it, once. */
uint32_t vcpu_event(void);
/* Is there something of which vcpu_event has not told yet? */
bool vcpu_has_event(void);

/* Returns when no vCPU runs, and the access that was the last exit of each is complete: the
 * registers are then those of the guest between two instructions. Calls do not nest. */
void vcpu_hold(void);
void vcpu_go(void);

#endif
