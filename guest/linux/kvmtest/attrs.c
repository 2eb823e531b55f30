/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of a vCPU: the interrupts of its timers (KVM_ARM_VCPU_TIMER_CTRL). */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define ATTRS_PMU   0u /* groups */
#define ATTRS_TIMER 1u
#define ATTRS_VIRT  0u
#define ATTRS_PHYS  1u

static int32_t attrs_do(const struct machine *machine, uint32_t call, uint32_t group, uint64_t attr,
			uint32_t *value)
{
	struct kvm_attr args = { 0, group, attr, sys_at(value) };

	return sys_ioctl(machine->vcpus[0], call, sys_at(&args));
}

static int32_t attrs_set(const struct machine *machine, uint64_t attr, uint32_t value)
{
	return attrs_do(machine, KVM_SET_DEVICE_ATTR, ATTRS_TIMER, attr, &value);
}

static void test_has(const struct machine *machine)
{
	int32_t cap = sys_ioctl(machine->vm, KVM_CHECK_EXTENSION, KVM_CAP_VCPU_ATTRIBUTES);
	uint32_t value = 77;

	tap_ok(cap == 0 || cap == 1, "KVM_CAP_VCPU_ATTRIBUTES");
	tap_is(attrs_do(machine, KVM_HAS_DEVICE_ATTR, ATTRS_TIMER, ATTRS_VIRT, NULL), 0,
	       "the virtual timer's interrupt is an attribute");
	tap_is(attrs_do(machine, KVM_HAS_DEVICE_ATTR, ATTRS_TIMER, ATTRS_PHYS, NULL), 0,
	       "that of the physical one, too");
	tap_is(attrs_do(machine, KVM_HAS_DEVICE_ATTR, ATTRS_TIMER, 2, NULL), -SYS_ENXIO,
	       "not a third one");
	tap_is(attrs_do(machine, KVM_HAS_DEVICE_ATTR, ATTRS_TIMER, 1ull << 32, NULL), -SYS_ENXIO,
	       "nor one of another word");
	tap_is(attrs_do(machine, KVM_HAS_DEVICE_ATTR, ATTRS_PMU, 0, NULL), -SYS_ENXIO,
	       "no performance monitors");
	tap_is(attrs_do(machine, KVM_GET_DEVICE_ATTR, ATTRS_TIMER, ATTRS_VIRT, &value), 0,
	       "the virtual one is read");
	tap_is(value, 27, "27");
	tap_is(attrs_do(machine, KVM_GET_DEVICE_ATTR, ATTRS_TIMER, ATTRS_PHYS, &value), 0,
	       "the physical one is read");
	tap_is(value, 30, "30");
	tap_is(attrs_do(machine, KVM_GET_DEVICE_ATTR, ATTRS_TIMER, 2, &value), -SYS_ENXIO,
	       "a third one is read");
	tap_is(attrs_do(machine, KVM_GET_DEVICE_ATTR, ATTRS_TIMER, ATTRS_VIRT, NULL), -SYS_EFAULT,
	       "to no memory");
	tap_is(sys_ioctl(machine->vcpus[0], KVM_GET_DEVICE_ATTR, 4), -SYS_EFAULT,
	       "an attribute from no memory");
}

static void test_set(struct machine *machine)
{
	uint32_t store;

	tap_is(attrs_set(machine, ATTRS_VIRT, 27), 0, "the virtual one is set to what it is");
	tap_is(attrs_set(machine, ATTRS_PHYS, 30), 0, "the physical one");
	tap_is(attrs_set(machine, ATTRS_VIRT, 32), -SYS_EINVAL, "to no PPI");
	tap_is(attrs_set(machine, ATTRS_VIRT, 15), -SYS_EINVAL, "to an SGI");
	tap_is(attrs_set(machine, 2, 27), -SYS_ENXIO, "a third one is set");
	tap_is(attrs_do(machine, KVM_SET_DEVICE_ATTR, ATTRS_TIMER, ATTRS_VIRT, NULL), -SYS_EFAULT,
	       "from no memory");
	machine_load(machine, guest_count);
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO, &store), "it runs");
	tap_is(attrs_set(machine, ATTRS_VIRT, 27), -SYS_EBUSY, "then none is set");
	tap_is(machine_init(machine, 0, 2), 0, "it is initialised again");
	tap_is(attrs_set(machine, ATTRS_VIRT, 27), -SYS_EBUSY, "that changes nothing");
}

void test_attrs(void)
{
	struct machine machine;

	if (machine_make(&machine, MACHINE_GIC)) {
		test_has(&machine);
		test_set(&machine);
		machine_end(&machine);
	}
	if (machine_make(&machine, 0)) {
		tap_is(attrs_set(&machine, ATTRS_VIRT, 27), -SYS_EINVAL, "without a GIC");
		machine_end(&machine);
	}
}
