/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/vms.h"

#define VMS_PAGE_SHIFT 12

struct smccc_result vms_call(uint32_t function, const uint32_t args[6])
{
	register uint32_t r0 __asm__("r0") = function;
	register uint32_t r1 __asm__("r1") = args[0];
	register uint32_t r2 __asm__("r2") = args[1];
	register uint32_t r3 __asm__("r3") = args[2];
	register uint32_t r4 __asm__("r4") = args[3];
	register uint32_t r5 __asm__("r5") = args[4];
	register uint32_t r6 __asm__("r6") = args[5];

	__asm__ volatile(".arch_extension virt\n\thvc #0"
			 : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
			 : "r"(r4), "r"(r5), "r"(r6)
			 : "r12", "memory");
	return (struct smccc_result) { r0, r1, r2, r3 };
}

int32_t kvm_create_vm(void)
{
	return (int32_t)hvc_call(PLUMB_CREATE_VM, 0, 0, 0).r0;
}

int32_t vms_destroy(uint32_t vm)
{
	int32_t said;

	do {
		said = (int32_t)hvc_call(PLUMB_DESTROY_VM, vm, 0, 0).r0;
	} while (said == -EAGAIN);
	return said;
}

int32_t kvm_create_vcpu(uint32_t vm, uint32_t index)
{
	return (int32_t)hvc_call(PLUMB_CREATE_VCPU, vm, index, 0).r0;
}

int32_t kvm_create_device(uint32_t vm, uint32_t type)
{
	return (int32_t)hvc_call(PLUMB_CREATE_DEVICE, vm, type, 0).r0;
}

int32_t kvm_set_device_attr(uint32_t vm, uint32_t group, uint64_t attr, uint64_t value)
{
	const uint32_t args[6] = { vm,
				   group,
				   (uint32_t)attr,
				   (uint32_t)value,
				   (uint32_t)(value >> 32),
				   (uint32_t)(attr >> 32) };

	return (int32_t)vms_call(PLUMB_SET_DEVICE_ATTR, args).r0;
}

int32_t kvm_get_device_attr(uint32_t vm, uint32_t group, uint64_t attr, uint64_t *value)
{
	const uint32_t args[6] = { vm, group, (uint32_t)attr, 0, 0, (uint32_t)(attr >> 32) };
	struct smccc_result said = vms_call(PLUMB_GET_DEVICE_ATTR, args);

	*value = said.r1 | (uint64_t)said.r2 << 32;
	return (int32_t)said.r0;
}

int32_t kvm_vcpu_init(uint32_t vm, uint32_t vcpu, uint32_t target, uint32_t features)
{
	return (int32_t)hvc_call(PLUMB_VCPU_INIT, vm | vcpu << 16, target, features).r0;
}

int32_t kvm_get_mp_state(uint32_t vm, uint32_t vcpu, uint32_t *state)
{
	struct smccc_result said = hvc_call(PLUMB_GET_MP_STATE, vm | vcpu << 16, 0, 0);

	*state = said.r1;
	return (int32_t)said.r0;
}

int32_t kvm_set_mp_state(uint32_t vm, uint32_t vcpu, uint32_t state)
{
	return (int32_t)hvc_call(PLUMB_SET_MP_STATE, vm | vcpu << 16, state, 0).r0;
}

static uint32_t vms_pages(const struct plumb_run *runs, uint32_t count)
{
	uint32_t pages = 0;

	for (uint32_t n = 0; n < count; n++) {
		pages += runs[n].pages;
	}
	return pages;
}

/* The call tells how many pages it has mapped before an error. */
int32_t vms_map_runs(uint32_t vm, uint32_t page, const struct plumb_run *runs, uint32_t count,
		     uint32_t flags)
{
	const uint32_t args[6] = { vm, page, (uint32_t)(uintptr_t)runs, count, flags };

	return (int32_t)vms_call(PLUMB_MAP, args).r0;
}

int32_t vms_map(uint32_t vm, uint32_t page, const void *memory, uint32_t pages, uint32_t flags)
{
	const struct plumb_run run = { (uint32_t)(uintptr_t)memory >> VMS_PAGE_SHIFT, pages };
	int32_t said = vms_map_runs(vm, page, &run, 1, flags);

	return said == (int32_t)vms_pages(&run, 1) ? 0 : said < 0 ? said : -EEXIST;
}

int32_t vms_unmap(uint32_t vm, uint32_t page, uint32_t pages)
{
	while (pages) {
		int32_t said = (int32_t)hvc_call(PLUMB_UNMAP, vm, page, pages).r0;

		if (said <= 0) {
			return said ? said : -EINVAL;
		}
		page += (uint32_t)said;
		pages -= (uint32_t)said;
	}
	return 0;
}

int32_t vms_dirty(uint32_t vm, uint32_t page, uint32_t pages, uint32_t *bitmap)
{
	const uint32_t args[6] = { vm, page, pages, (uint32_t)(uintptr_t)bitmap, 0 };

	return (int32_t)vms_call(PLUMB_DIRTY, args).r0;
}

uint32_t vms_target(void)
{
	uint32_t midr;

	__asm__ volatile("mrc p15, 0, %0, c0, c0, 0" : "=r"(midr));
	return (midr >> 4 & 0xfffu) == 0xc07u ? KVM_ARM_TARGET_CORTEX_A7
					      : KVM_ARM_TARGET_CORTEX_A15;
}

struct smccc_result kvm_run(uint32_t vm, uint32_t vcpu, uint32_t value, uint32_t action)
{
	return hvc_call(PLUMB_RUN, vm | vcpu << 16, value, action);
}

int32_t vms_wake_mask(uint32_t *vm, uint32_t *vcpus)
{
	struct smccc_result said = hvc_call(PLUMB_WAKE_MASK, *vm, 0, 0);

	*vcpus = said.r1;
	*vm = said.r2;
	return (int32_t)said.r0;
}
