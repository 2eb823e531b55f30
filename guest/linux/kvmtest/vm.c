/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

/* ---- vCPUs and memory ---- */

static void test_vcpus_of(struct machine *machine)
{
	int32_t vcpu = sys_ioctl(machine->vm, KVM_CREATE_VCPU, 0);

	tap_ok(vcpu >= 0, "KVM_CREATE_VCPU");
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_VCPU, 0), -SYS_EEXIST, "the same again");
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_VCPU, 8), -SYS_EINVAL, "vCPU 8");
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_VCPU, 0x10000), -SYS_EINVAL, "vCPU 65536");
	(void)sys_close(vcpu);
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_VCPU, 0), -SYS_EEXIST,
	       "a vCPU stays when its descriptor is closed");
}

static int32_t vm_slot(const struct machine *machine, uint32_t slot, uint64_t guest, uint64_t size,
		       uint32_t offset)
{
	struct kvm_region region = { slot, 0, guest, size, sys_at(machine->ram) + offset };

	return sys_ioctl(machine->vm, KVM_SET_USER_MEMORY_REGION, sys_at(&region));
}

static void test_slots_of(const struct machine *machine)
{
	struct kvm_region region = { 0, 4, MACHINE_RAM, 0x4000, sys_at(machine->ram) };

	tap_is(sys_ioctl(machine->vm, KVM_SET_USER_MEMORY_REGION, sys_at(&region)), -SYS_EINVAL,
	       "a slot with an unknown flag");
	tap_is(sys_ioctl(machine->vm, KVM_SET_USER_MEMORY_REGION, 1), -SYS_EFAULT,
	       "a slot from no memory");
	tap_is(vm_slot(machine, 0, MACHINE_RAM, 0x4001, 0), -SYS_EINVAL,
	       "its size: part of a page");
	tap_is(vm_slot(machine, 0, MACHINE_RAM + 1, 0x4000, 0), -SYS_EINVAL, "its address");
	tap_is(vm_slot(machine, 0, MACHINE_RAM, 0x4000, 1), -SYS_EINVAL, "the process's address");
	tap_is(vm_slot(machine, 0x10000, MACHINE_RAM, 0x4000, 0), -SYS_EINVAL,
	       "a second address space");
	tap_is(vm_slot(machine, 0xffff, MACHINE_RAM, 0x4000, 0), -SYS_EINVAL, "slot 65535");
	tap_is(vm_slot(machine, 0, 0xfffffffffffff000ull, 0x2000, 0), -SYS_EINVAL,
	       "past the end of all addresses");
	tap_is(vm_slot(machine, 0, 0xfffffff000ull, 0x2000, 0), -SYS_EFAULT,
	       "past the end of the VM's addresses");
	tap_is(vm_slot(machine, 3, MACHINE_RAM, 0, 0), -SYS_EINVAL,
	       "a slot that is not there is deleted");
	tap_is(vm_slot(machine, 0, MACHINE_RAM, 0x4000, 0), 0, "a slot");
	tap_is(vm_slot(machine, 0, MACHINE_RAM, 0x4000, 0), 0, "the same again");
	tap_is(vm_slot(machine, 0, MACHINE_RAM, 0x8000, 0), -SYS_EINVAL, "with another size");
	tap_is(vm_slot(machine, 0, MACHINE_RAM, 0x4000, 0x4000), -SYS_EINVAL, "with other memory");
	tap_is(vm_slot(machine, 1, MACHINE_RAM + 0x3000, 0x4000, 0x4000), -SYS_EEXIST,
	       "one that overlaps it");
	tap_is(vm_slot(machine, 1, MACHINE_RAM + 0x4000, 0x4000, 0x4000), 0, "one behind it");
	tap_is(vm_slot(machine, 0, MACHINE_RAM + 0x4000, 0x4000, 0), -SYS_EEXIST,
	       "the first moves onto it");
	tap_is(vm_slot(machine, 0, MACHINE_RAM + 0x8000, 0x4000, 0), 0, "the first moves");
	region.flags = KVM_MEM_READONLY;
	region.guest = MACHINE_RAM + 0x8000;
	tap_is(sys_ioctl(machine->vm, KVM_SET_USER_MEMORY_REGION, sys_at(&region)), -SYS_EINVAL,
	       "it becomes read-only");
	tap_is(vm_slot(machine, 0, MACHINE_RAM, 0, 0), 0, "it is deleted");
	tap_is(vm_slot(machine, 0, MACHINE_RAM, 0, 0), -SYS_EINVAL, "and is not there");
}

static void test_log_errors(const struct machine *machine)
{
	uint32_t bits[4];
	struct kvm_dirty_log log = { 1, 0, sys_at(bits) };

	tap_is(sys_ioctl(machine->vm, KVM_GET_DIRTY_LOG, sys_at(&log)), -SYS_ENOENT,
	       "KVM_GET_DIRTY_LOG of a slot without a log");
	log.slot = 5;
	tap_is(sys_ioctl(machine->vm, KVM_GET_DIRTY_LOG, sys_at(&log)), -SYS_ENOENT, "of none");
	log.slot = 0x7fff;
	tap_is(sys_ioctl(machine->vm, KVM_GET_DIRTY_LOG, sys_at(&log)), -SYS_EINVAL,
	       "of slot 32767");
}

/* ---- the GIC ---- */

static int32_t vm_attr(const struct machine *machine, uint32_t call, uint32_t group, uint64_t attr,
		       uint64_t value)
{
	struct kvm_attr args = { 0, group, attr, sys_at(&value) };

	return sys_ioctl(machine->gic, call, sys_at(&args));
}

static void test_gic_attributes(const struct machine *machine)
{
	uint64_t value = 0;
	struct kvm_attr get = { 0, 0, 0, sys_at(&value) };

	tap_is(vm_attr(machine, KVM_HAS_DEVICE_ATTR, 0, 0, 0), 0, "the GIC has its addresses");
	tap_is(vm_attr(machine, KVM_HAS_DEVICE_ATTR, 0, 2, 0), -SYS_ENXIO, "not a third one");
	tap_is(vm_attr(machine, KVM_HAS_DEVICE_ATTR, 3, 0, 0), 0, "its number of interrupts");
	tap_is(vm_attr(machine, KVM_HAS_DEVICE_ATTR, 4, 0, 0), 0, "and initialisation");
	tap_is(vm_attr(machine, KVM_HAS_DEVICE_ATTR, 9, 0, 0), -SYS_ENXIO, "no group 9");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 9, 0, 0), -SYS_ENXIO, "nor can it be set");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 0, 0, 1ull << 40), -SYS_E2BIG,
	       "a distributor above all addresses");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 0, 0, MACHINE_GICD + 4), -SYS_EINVAL,
	       "in the middle of a page");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 0, 0, MACHINE_GICD), 0, "its address");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 0, 0, MACHINE_GICD), -SYS_EEXIST, "once");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 3, 0, 40), -SYS_EINVAL, "40 interrupts");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 3, 0, 128), 0, "128 interrupts");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 3, 0, 128), -SYS_EBUSY, "once");
	tap_is(sys_ioctl(machine->gic, KVM_GET_DEVICE_ATTR, sys_at(&get)), 0,
	       "the address is read");
	tap_is((int64_t)value, MACHINE_GICD, "and is that");
	tap_is(sys_ioctl(machine->gic, KVM_RUN, 0), -SYS_ENOTTY, "no ioctl of a GIC");
}

static void test_gic_of(struct machine *machine)
{
	struct kvm_device device = { 7, 0, 0 };
	struct kvm_address cif = { 1, MACHINE_GICC };

	tap_is(sys_ioctl(machine->vm, KVM_CREATE_DEVICE, sys_at(&device)), -SYS_ENODEV, "no GICv3");
	tap_is(sys_ioctl(machine->vm, KVM_ARM_SET_DEVICE_ADDR, sys_at(&cif)), -SYS_ENODEV,
	       "an address of a GIC that is not there");
	device = (struct kvm_device) { 5, 0, 1 };
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_DEVICE, sys_at(&device)), 0,
	       "a GICv2 could be made");
	device.flags = 0;
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_DEVICE, sys_at(&device)), 0, "a GICv2");
	machine->gic = (int32_t)device.fd;
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_DEVICE, sys_at(&device)), -SYS_EEXIST, "once");
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_IRQCHIP, 0), -SYS_EEXIST,
	       "nor by KVM_CREATE_IRQCHIP");
	test_gic_attributes(machine);
	tap_is(sys_ioctl(machine->vm, KVM_ARM_SET_DEVICE_ADDR, sys_at(&cif)), 0,
	       "KVM_ARM_SET_DEVICE_ADDR of the CPU interface");
	cif.id = 1 << 16;
	tap_is(sys_ioctl(machine->vm, KVM_ARM_SET_DEVICE_ADDR, sys_at(&cif)), -SYS_ENODEV,
	       "of another device");
	cif.id = 2;
	tap_is(sys_ioctl(machine->vm, KVM_ARM_SET_DEVICE_ADDR, sys_at(&cif)), -SYS_ENODEV,
	       "of another kind");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 4, 1, 0), -SYS_ENXIO, "no other control");
	tap_is(vm_attr(machine, KVM_SET_DEVICE_ATTR, 4, 0, 0), 0, "it is initialised");
	tap_is(sys_ioctl(machine->vm, KVM_CREATE_VCPU, 1), -SYS_EBUSY, "then no vCPU is made");
}

/* ---- other processes ---- */

/* A child has the descriptors, and other memory. */
static void test_other_process(const struct machine *machine)
{
	int32_t child = sys_call3(SYS_FORK, 0, 0, 0), status = -1;

	if (child == 0) {
		int32_t error = sys_ioctl(machine->vm, KVM_CREATE_VCPU, 5);

		(void)sys_call3(SYS_EXIT_GROUP, error == -SYS_EIO ? 0 : 1, 0, 0);
	}
	(void)sys_call3(SYS_WAIT4, (uint32_t)child, sys_at(&status), 0);
	tap_is(status, 0, "an ioctl in another process: EIO");
}

void test_vm(void)
{
	struct machine machine;

	if (!machine_make(&machine, MACHINE_NO_RAM | MACHINE_NO_VCPU)) {
		return;
	}
	tap_is(sys_ioctl(machine.vm, KVM_CHECK_EXTENSION, KVM_CAP_IRQCHIP), 1,
	       "KVM_CHECK_EXTENSION of a VM");
	tap_is_one(sys_ioctl(machine.vm, 0xaeff, 0), -SYS_EINVAL, -SYS_ENOTTY,
		   "a VM: an unknown ioctl");
	test_other_process(&machine);
	test_vcpus_of(&machine);
	test_slots_of(&machine);
	test_log_errors(&machine);
	test_gic_of(&machine);
	machine_end(&machine);
}
