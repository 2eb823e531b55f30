/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

static int32_t device_has(uint32_t extension)
{
	return sys_ioctl(machine_open(), KVM_CHECK_EXTENSION, extension);
}

/* What a VMM for 32-bit Arm cannot do without, and what tells it what to leave. */
static void test_extensions(void)
{
	tap_is(device_has(KVM_CAP_IRQCHIP), 1, "KVM_CAP_IRQCHIP");
	tap_is(device_has(KVM_CAP_USER_MEMORY), 1, "KVM_CAP_USER_MEMORY");
	tap_is(device_has(KVM_CAP_ONE_REG), 1, "KVM_CAP_ONE_REG");
	tap_is(device_has(KVM_CAP_ARM_PSCI), 1, "KVM_CAP_ARM_PSCI");
	tap_is(device_has(KVM_CAP_ARM_PSCI_0_2), 1, "KVM_CAP_ARM_PSCI_0_2");
	tap_is(device_has(KVM_CAP_DEVICE_CTRL), 1, "KVM_CAP_DEVICE_CTRL");
	tap_is(device_has(KVM_CAP_ARM_SET_DEVICE_ADDR), 1, "KVM_CAP_ARM_SET_DEVICE_ADDR");
	tap_is(device_has(KVM_CAP_READONLY_MEM), 1, "KVM_CAP_READONLY_MEM");
	tap_is(device_has(KVM_CAP_SYNC_MMU), 1, "KVM_CAP_SYNC_MMU");
	tap_is(device_has(KVM_CAP_DESTROY_MEMORY_REGION), 1, "KVM_CAP_DESTROY_MEMORY_REGION_WORKS");
	tap_is(device_has(KVM_CAP_MP_STATE), 1, "KVM_CAP_MP_STATE");
	tap_is(device_has(KVM_CAP_IMMEDIATE_EXIT), 1, "KVM_CAP_IMMEDIATE_EXIT");
	tap_is(device_has(KVM_CAP_CHECK_EXTENSION_VM), 1, "KVM_CAP_CHECK_EXTENSION_VM");
	tap_is(device_has(KVM_CAP_MAX_VCPUS), 8, "KVM_CAP_MAX_VCPUS");
	tap_ok(device_has(KVM_CAP_NR_VCPUS) >= 1 && device_has(KVM_CAP_NR_VCPUS) <= 8,
	       "KVM_CAP_NR_VCPUS");
	tap_ok(device_has(KVM_CAP_NR_MEMSLOTS) >= 32, "KVM_CAP_NR_MEMSLOTS");
	tap_is(device_has(KVM_CAP_MULTI_ADDRESS_SPACE), 0, "no KVM_CAP_MULTI_ADDRESS_SPACE");
	tap_is(device_has(9999), 0, "no capability 9999");
}

void test_device(void)
{
	int32_t kvm = machine_open();

	tap_is(sys_ioctl(kvm, KVM_GET_API_VERSION, 0), 12, "KVM_GET_API_VERSION");
	tap_is(sys_ioctl(kvm, KVM_GET_API_VERSION, 1), -SYS_EINVAL,
	       "KVM_GET_API_VERSION with an argument");
	tap_is(sys_ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), 8192, "KVM_GET_VCPU_MMAP_SIZE");
	tap_is(sys_ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 1), -SYS_EINVAL,
	       "KVM_GET_VCPU_MMAP_SIZE with an argument");
	tap_is(sys_ioctl(kvm, KVM_CREATE_VM, 77), -SYS_EINVAL, "KVM_CREATE_VM of another type");
	tap_is(sys_ioctl(kvm, 0xaeff, 0), -SYS_EINVAL, "/dev/kvm: an unknown ioctl");
	test_extensions();
}
