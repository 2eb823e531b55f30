/* SPDX-License-Identifier: BSD-2-Clause */
/* VMs that the partition makes at run time (docs/vms.md): `vms` and `vm-pool` in the manifest.
 * Calls return 0 or a result, or a negative errno. */
#ifndef GUEST_LIB_VMS_H
#define GUEST_LIB_VMS_H

#include "guest/lib/hvc.h"

/* HVC #0 with six arguments. */
struct smccc_result vms_call(uint32_t function, const uint32_t args[6]);

int32_t kvm_create_vm(void);
int32_t vms_destroy(uint32_t vm); /* until it is done, or refused */
int32_t kvm_create_vcpu(uint32_t vm, uint32_t index);
int32_t kvm_create_device(uint32_t vm, uint32_t type);
int32_t kvm_set_device_attr(uint32_t vm, uint32_t group, uint64_t attr, uint64_t value);
int32_t kvm_get_device_attr(uint32_t vm, uint32_t group, uint64_t attr, uint64_t *value);
int32_t kvm_vcpu_init(uint32_t vm, uint32_t vcpu, uint32_t target, uint32_t features);
int32_t kvm_get_mp_state(uint32_t vm, uint32_t vcpu, uint32_t *state);
int32_t kvm_set_mp_state(uint32_t vm, uint32_t vcpu, uint32_t state);

/* Maps `pages` from `memory` (of this partition) on at the VM's page; until all are done. */
int32_t vms_map(uint32_t vm, uint32_t page, const void *memory, uint32_t pages, uint32_t flags);
int32_t vms_map_runs(uint32_t vm, uint32_t page, const struct plumb_run *runs, uint32_t count,
		     uint32_t flags);
int32_t vms_unmap(uint32_t vm, uint32_t page, uint32_t pages);
int32_t vms_dirty(uint32_t vm, uint32_t page, uint32_t pages, uint32_t *bitmap);

/* The target of KVM_ARM_VCPU_INIT for this CPU. */
uint32_t vms_target(void);

/* r0: PLUMB_RUN_*, or a negative errno. */
struct smccc_result kvm_run(uint32_t vm, uint32_t vcpu, uint32_t value, uint32_t action);

/* `*vm`: 0 for any; then the one whose vCPUs these are. */
int32_t vms_wake_mask(uint32_t *vm, uint32_t *vcpus);

#endif
