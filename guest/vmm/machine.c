/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/vmm/machine.h"
#include "guest/lib/timer.h"
#include "guest/lib/vms.h"
#include "guest/vmm/image.h"
#include "guest/vmm/vmm.h"
#include <stdio.h>

/* Registers of kvm_set_one_reg */
#define MACHINE_REG(n) (KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | (n))
#define MACHINE_R1     MACHINE_REG(1)
#define MACHINE_R2     MACHINE_REG(2)
#define MACHINE_PC     MACHINE_REG(15)

#define MACHINE_AHEAD_US 100000u

#define MACHINE_PSCI (1u << KVM_ARM_VCPU_PSCI_0_2)
#define MACHINE_OFF  (1u << KVM_ARM_VCPU_POWER_OFF)

static bool machine_can(int32_t said, const char *what)
{
	if (said < 0) {
		printf("%s: %s\n", what, hvc_errno_name(said));
	}
	return said >= 0;
}

static bool machine_vcpus(void)
{
	for (uint32_t n = 0; n < vmm.nr_vcpus; n++) {
		if (!machine_can(kvm_create_vcpu(vmm.vm, n), "KVM_CREATE_VCPU") ||
		    !machine_can(kvm_vcpu_init(vmm.vm, n, vms_target(),
					       n ? MACHINE_PSCI | MACHINE_OFF : MACHINE_PSCI),
				 "KVM_ARM_VCPU_INIT")) {
			return false;
		}
	}
	return true;
}

/* After the vCPUs: it takes its shape from them. */
static bool machine_gic(void)
{
	return machine_can(kvm_create_device(vmm.vm, KVM_DEV_TYPE_ARM_VGIC_V2),
			   "KVM_CREATE_DEVICE") &&
	       machine_can(kvm_set_device_attr(vmm.vm, KVM_DEV_ARM_VGIC_GRP_ADDR,
					       KVM_VGIC_V2_ADDR_TYPE_DIST, VMM_GICD),
			   "the distributor") &&
	       machine_can(kvm_set_device_attr(vmm.vm, KVM_DEV_ARM_VGIC_GRP_ADDR,
					       KVM_VGIC_V2_ADDR_TYPE_CPU, VMM_GICC),
			   "the CPU interface") &&
	       machine_can(kvm_set_device_attr(vmm.vm, KVM_DEV_ARM_VGIC_GRP_CTRL,
					       KVM_DEV_ARM_VGIC_CTRL_INIT, 0),
			   "the virtual GIC");
}

/* [offset, offset + size) of RAM */
static int32_t machine_map(uint32_t offset, uint32_t size)
{
	return vms_map(vmm.vm, (VMM_RAM + offset) / VMM_PAGE, vmm.ram + offset, size / VMM_PAGE, 0);
}

static bool machine_counter(void)
{
	return !vmm.ahead ||
	       machine_can(kvm_set_one_reg(vmm.vm, 0, KVM_REG_ARM_TIMER_CNT,
					   timer_physical_count() +
						   timer_us_to_ticks(MACHINE_AHEAD_US)),
			   "the counter");
}

/* As Linux's boot protocol has it, and a reset. */
static bool machine_registers(uint32_t tree)
{
	return machine_counter() &&
	       machine_can(kvm_set_one_reg(vmm.vm, 0, MACHINE_R1, 0xffffffff), "r1") &&
	       machine_can(kvm_set_one_reg(vmm.vm, 0, MACHINE_R2, tree), "r2") &&
	       machine_can(kvm_set_one_reg(vmm.vm, 0, MACHINE_PC, VMM_IMAGE), "pc");
}

bool machine_make(void)
{
	uint32_t tree = image_load();
	int32_t vm = kvm_create_vm();

	if (!machine_can(vm, "KVM_CREATE_VM")) {
		return false;
	}
	vmm.vm = (uint32_t)vm;
	if (!tree) {
		printf("the image does not fit into the memory\n");
		return false;
	}
	return machine_vcpus() && machine_gic() &&
	       (vmm.lazy || machine_can(machine_map(0, vmm.ram_size), "PLUMB_MAP")) &&
	       machine_registers(tree);
}

bool machine_end(void)
{
	return machine_can(vms_destroy(vmm.vm), "PLUMB_DESTROY_VM");
}

/* Another vCPU may have done it meanwhile. */
bool machine_map_around(uint32_t ipa)
{
	int32_t said = machine_map((ipa - VMM_RAM) & ~(VMM_BLOCK - 1), VMM_BLOCK);

	return said == -EEXIST || machine_can(said, "PLUMB_MAP");
}
