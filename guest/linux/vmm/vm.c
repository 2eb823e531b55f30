/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/vm.h"
#include "guest/linux/kvmtest/sys.h"

#define VM_API	    12 /* KVM_GET_API_VERSION */
#define VM_VGIC_V2  5u
#define VM_FEATURES 2u	  /* KVM_ARM_VCPU_PSCI_0_2 */
#define VM_OFF	    1u	  /* KVM_ARM_VCPU_POWER_OFF */
#define VM_SVC	    0xd3u /* CPSR: SVC mode, interrupts masked */

/* Groups of the GIC's attributes */
#define VM_GROUP_ADDRESS 0u
#define VM_GROUP_IRQS	 3u
#define VM_GROUP_CTRL	 4u

struct vm vm;

static int32_t vm_must(int32_t result, const char *what)
{
	if (result < 0) {
		os_fail_number(what, result);
	}
	return result;
}

/* ---- KVM ---- */

static void vm_check_extension(int32_t kvm, uint32_t capability, const char *name)
{
	if (sys_ioctl(kvm, KVM_CHECK_EXTENSION, capability) <= 0) {
		os_fail("/dev/kvm has no", name);
	}
}

static int32_t vm_open(void)
{
	int32_t kvm = os_open("/dev/kvm", OS_O_RDWR);

	if (kvm < 0) {
		os_fail("/dev/kvm", "cannot be opened: is its module loaded, and are you root?");
	}
	if (sys_ioctl(kvm, KVM_GET_API_VERSION, 0) != VM_API) {
		os_fail("/dev/kvm", "another version of KVM's API");
	}
	vm_check_extension(kvm, KVM_CAP_IRQCHIP, "KVM_CAP_IRQCHIP");
	vm_check_extension(kvm, KVM_CAP_ONE_REG, "KVM_CAP_ONE_REG");
	vm_check_extension(kvm, KVM_CAP_ARM_PSCI_0_2, "KVM_CAP_ARM_PSCI_0_2");
	vm_check_extension(kvm, KVM_CAP_IRQFD, "KVM_CAP_IRQFD");
	vm_check_extension(kvm, KVM_CAP_IOEVENTFD, "KVM_CAP_IOEVENTFD");
	vm_check_extension(kvm, KVM_CAP_IMMEDIATE_EXIT, "KVM_CAP_IMMEDIATE_EXIT");
	return kvm;
}

int32_t vm_set_memory(uint32_t flags)
{
	struct kvm_region region = { 0, flags, VM_RAM, vm.ram_size, sys_at(vm.ram) };

	return sys_ioctl(vm.fd, KVM_SET_USER_MEMORY_REGION, sys_at(&region));
}

static void vm_add_vcpu(uint32_t index, uint32_t run_size)
{
	vm.vcpus[index] = vm_must(sys_ioctl(vm.fd, KVM_CREATE_VCPU, index), "KVM_CREATE_VCPU");
	vm.runs[index] = sys_map(vm.vcpus[index], 0, run_size, SYS_PROT_READ | SYS_PROT_WRITE,
				 SYS_MAP_SHARED);
	if (!vm.runs[index]) {
		os_fail("mmap", "struct kvm_run");
	}
}

/* ---- the GIC ---- */

static void vm_set_gic(uint32_t group, uint64_t attribute, const void *value)
{
	struct kvm_attr attr = { 0, group, attribute, sys_at(value) };

	vm_must(sys_ioctl(vm.gic, KVM_SET_DEVICE_ATTR, sys_at(&attr)), "the GIC's attributes");
}

/* It takes its shape from the vCPUs that there are. */
static void vm_add_gic(void)
{
	const uint64_t gicd = VM_GICD, gicc = VM_GICC;
	const uint32_t irqs = VM_NR_IRQS;
	struct kvm_device device = { VM_VGIC_V2, 0, 0 };

	vm_must(sys_ioctl(vm.fd, KVM_CREATE_DEVICE, sys_at(&device)), "KVM_CREATE_DEVICE: GICv2");
	vm.gic = (int32_t)device.fd;
	vm_set_gic(VM_GROUP_ADDRESS, 0, &gicd);
	vm_set_gic(VM_GROUP_ADDRESS, 1, &gicc);
	vm_set_gic(VM_GROUP_IRQS, 0, &irqs);
	vm_set_gic(VM_GROUP_CTRL, 0, NULL);
}

/* ---- all of it ---- */

void vm_make(void)
{
	struct kvm_init preferred = { 0 };
	int32_t kvm = vm_open();
	uint32_t run_size = (uint32_t)vm_must(sys_ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
					      "KVM_GET_VCPU_MMAP_SIZE");

	vm.ram = sys_memory(vm.ram_size);
	if (!vm.ram) {
		os_fail("mmap", "no room for the VM's memory");
	}
	vm.fd = vm_must(sys_ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	(void)sys_close(kvm);
	vm_must(sys_ioctl(vm.fd, KVM_ARM_PREFERRED_TARGET, sys_at(&preferred)),
		"KVM_ARM_PREFERRED_TARGET");
	vm.target = preferred.target;
	vm_must(vm_set_memory(0), "memory");
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		vm_add_vcpu(n, run_size);
	}
	vm_reset_vcpus();
	vm_add_gic();
}

void vm_reset_vcpus(void)
{
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		struct kvm_init init = { vm.target, { VM_FEATURES | (n ? VM_OFF : 0) } };

		vm_must(sys_ioctl(vm.vcpus[n], KVM_ARM_VCPU_INIT, sys_at(&init)),
			"KVM_ARM_VCPU_INIT");
	}
}

/* ---- registers ---- */

int32_t vm_get(uint32_t vcpu, uint64_t id, uint64_t *value)
{
	struct kvm_reg reg = { id, sys_at(value) };

	*value = 0;
	return sys_ioctl(vm.vcpus[vcpu], KVM_GET_ONE_REG, sys_at(&reg));
}

int32_t vm_set(uint32_t vcpu, uint64_t id, uint64_t value)
{
	struct kvm_reg reg = { id, sys_at(&value) };

	return sys_ioctl(vm.vcpus[vcpu], KVM_SET_ONE_REG, sys_at(&reg));
}

void vm_begin(uint32_t pc, uint32_t tree)
{
	vm_must(vm_set(0, KVM_ID_CPSR, VM_SVC), "cpsr");
	vm_must(vm_set(0, KVM_ID_R(0), 0), "r0");
	vm_must(vm_set(0, KVM_ID_R(1), 0xffffffff), "r1");
	vm_must(vm_set(0, KVM_ID_R(2), tree), "r2");
	vm_must(vm_set(0, KVM_ID_PC, pc), "pc");
}

/* ---- eventfds ---- */

void vm_connect_store(uint32_t address, int32_t event)
{
	struct kvm_ioevent connect = { .address = address, .length = 4, .fd = event };

	vm_must(sys_ioctl(vm.fd, KVM_IOEVENTFD, sys_at(&connect)), "KVM_IOEVENTFD");
}

void vm_connect_irq(uint32_t spi, int32_t event)
{
	struct kvm_irqevent connect = { .fd = (uint32_t)event, .gsi = spi };

	vm_must(sys_ioctl(vm.fd, KVM_IRQFD, sys_at(&connect)), "KVM_IRQFD");
}
