/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/right.h"
#include "hyp/base/error.h"
#include "hyp/core/child.h"
#include "hyp/core/cpu.h"
#include "hyp/core/virtio.h"

int32_t right_on_vm(const struct vcpu *caller, uint32_t handle, struct vm **vm)
{
	*vm = right_target(caller->vm, handle);
	if (*vm) {
		return 0;
	}
	return handle > vm_count ? -HYP_EBADF : -HYP_EPERM;
}

/* The VM of a handle that is known to be one. */
static struct vm *right_vm_of(const struct vcpu *caller, uint32_t handle)
{
	return handle ? &vms[handle - 1] : caller->vm;
}

int32_t right_on_creator(const struct vcpu *caller, uint32_t r1, struct vm **vm)
{
	(void)r1;
	*vm = caller->vm;
	return caller->vm->creator ? 0 : -HYP_EPERM;
}

/* Those of partitions are below; for who makes none, there is no such VM. */
static bool right_names_own_child(const struct vcpu *caller, uint32_t handle)
{
	return caller->vm->creator && right_names_child(handle);
}

int32_t right_on_child(const struct vcpu *caller, uint32_t handle, struct vm **vm)
{
	struct child *child;

	if (!caller->vm->creator) {
		return -HYP_EPERM;
	}
	child = child_find(cpu_this(), caller->vm, handle);
	if (!child) {
		return -HYP_EBADF;
	}
	*vm = &child->vm;
	return 0;
}

int32_t right_on_child_vcpu(const struct vcpu *caller, uint32_t r1, struct vm **vm)
{
	return right_on_child(caller, right_handle(r1), vm);
}

int32_t right_on_lines(const struct vcpu *caller, uint32_t handle, struct vm **vm)
{
	int32_t error;

	if (!right_names_own_child(caller, handle)) {
		return right_on_vm(caller, handle, vm);
	}
	error = right_on_child(caller, handle, vm);
	return error || !(*vm)->child->has_gic ? error : child_form((*vm)->child);
}

int32_t right_on_managed(const struct vcpu *caller, uint32_t handle, struct vm **vm)
{
	if (handle > vm_count) {
		return -HYP_EBADF;
	}
	*vm = right_vm_of(caller, handle);
	return manifest_may_manage(caller->vm->config, (*vm)->index) ? 0 : -HYP_EPERM;
}

int32_t right_on_managed_vcpu(const struct vcpu *caller, uint32_t r1, struct vm **vm)
{
	uint32_t handle = right_handle(r1);

	return right_names_own_child(caller, handle) ? right_on_child(caller, handle, vm)
						     : right_on_managed(caller, handle, vm);
}

int32_t right_on_managed_or_self(const struct vcpu *caller, uint32_t handle, struct vm **vm)
{
	int32_t error = right_on_managed(caller, handle, vm);

	return error == -HYP_EPERM && *vm == caller->vm ? 0 : error;
}

int32_t right_on_known(const struct vcpu *caller, uint32_t handle, struct vm **vm)
{
	int32_t error = right_on_vm(caller, handle, vm);

	return error ? right_on_managed(caller, handle, vm) : 0;
}

int32_t right_on_manager(const struct vcpu *caller, uint32_t r1, struct vm **vm)
{
	const uint32_t *manages = caller->vm->config->manages;

	(void)r1;
	*vm = caller->vm;
	return manages[0] | manages[1] ? 0 : -HYP_EPERM;
}

int32_t right_on_backend(const struct vcpu *caller, uint32_t r1, struct vm **vm)
{
	(void)r1;
	*vm = caller->vm;
	return virtio_is_backend(caller->vm) ? 0 : -HYP_EPERM;
}

int32_t right_on_tracer(const struct vcpu *caller, uint32_t r1, struct vm **vm)
{
	(void)r1;
	*vm = caller->vm;
	return caller->vm->config->traces ? 0 : -HYP_EPERM;
}

int32_t right_on_self(const struct vcpu *caller, uint32_t r1, struct vm **vm)
{
	(void)r1;
	*vm = caller->vm;
	return 0;
}
