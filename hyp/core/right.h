/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which VM a hypercall is about, and may its caller make it (docs/control-abi.md)? A row of the
 * table in hypercall.c uses one of these functions; its handler receives the VM and checks no
 * right. `r1` and `handle` are the call's r1: 0 is the caller's partition, n the manifest's n-th,
 * from PLUMB_VM_FIRST on a child of the caller. 0, or -HYP_EBADF: there is no such VM, or
 * -HYP_EPERM. A child stays until the end of the call (child_put).
 */
#ifndef HYP_CORE_RIGHT_H
#define HYP_CORE_RIGHT_H

#include "hyp/core/vm.h"

/* May the handle be a child's? Those of partitions are below. */
static inline bool right_names_child(uint32_t handle)
{
	return handle >= PLUMB_VM_FIRST;
}

/* The handle in an r1 with a vCPU in its upper half. */
static inline uint32_t right_handle(uint32_t r1)
{
	return r1 & 0xffffu;
}

/* The VM with this handle, if the caller may control it; else NULL. */
static inline struct vm *right_target(const struct vm *caller, uint32_t handle)
{
	return caller->controls[hw_at_most(handle, VM_NO_HANDLE)];
}

/* A partition on which the caller may use the control ABI. */
int32_t right_on_vm(const struct vcpu *caller, uint32_t handle, struct vm **vm);
/* The same; or a child of a creator, which gets its GIC now if it is to have one (child_form). */
int32_t right_on_lines(const struct vcpu *caller, uint32_t handle, struct vm **vm);
/* A partition whose life the caller manages. */
int32_t right_on_managed(const struct vcpu *caller, uint32_t handle, struct vm **vm);
/* The same, with a vCPU in the upper half of r1; or a child. */
int32_t right_on_managed_vcpu(const struct vcpu *caller, uint32_t r1, struct vm **vm);
/* The same; or the caller's own. */
int32_t right_on_managed_or_self(const struct vcpu *caller, uint32_t handle, struct vm **vm);
/* Calls that only tell about a partition: either right is enough. */
int32_t right_on_known(const struct vcpu *caller, uint32_t handle, struct vm **vm);
/* The caller, which must be a creator. */
int32_t right_on_creator(const struct vcpu *caller, uint32_t r1, struct vm **vm);
/* A child; with a vCPU in the upper half of r1. -HYP_EPERM: the caller is no creator. */
int32_t right_on_child(const struct vcpu *caller, uint32_t handle, struct vm **vm);
int32_t right_on_child_vcpu(const struct vcpu *caller, uint32_t r1, struct vm **vm);

/* The VM is the caller: which must be a manager of some VM, the backend of some VM, have the right
 * to the trace, or needs no right. */
int32_t right_on_manager(const struct vcpu *caller, uint32_t r1, struct vm **vm);
int32_t right_on_backend(const struct vcpu *caller, uint32_t r1, struct vm **vm);
int32_t right_on_tracer(const struct vcpu *caller, uint32_t r1, struct vm **vm);
int32_t right_on_self(const struct vcpu *caller, uint32_t r1, struct vm **vm);

#endif
