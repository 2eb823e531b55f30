/* SPDX-License-Identifier: BSD-2-Clause */
/* VMs that bench makes, and runs: an exit, an access that it answers, an interrupt. */
#include "guest/lib/vms.h"
#include "guest/bench/bench.h"
#include "guest/lib/hvc.h"
#include "guest/lib/timer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VMS_PAGE   4096u
#define VMS_AT	   0x40000000u
#define VMS_DEVICE 0x10000000u
#define VMS_INTID  40u
#define VMS_CORE   0x4020000000100000ull

extern const uint8_t bench_child_wfi[], bench_child_store[], bench_child_load[];
extern const uint8_t bench_child_irq[], bench_child_end[];

static struct {
	uint8_t program[VMS_PAGE];
	volatile uint64_t stamp; /* of the handler */
	uint8_t rest[VMS_PAGE - 8];
} vms_memory __attribute__((aligned(4096)));

static void vms_demand(int32_t said, const char *what)
{
	if (said < 0) {
		printf("%s: %s\n", what, hvc_errno_name(said));
		exit(1);
	}
}

static void vms_set(uint32_t vm, uint32_t reg, uint32_t value)
{
	vms_demand(kvm_set_one_reg(vm, 0, VMS_CORE | reg, value), "KVM_SET_ONE_REG");
}

/* A VM with one vCPU, which begins there. */
static uint32_t vms_make(const uint8_t *program, bool gic)
{
	int32_t made = kvm_create_vm();
	uint32_t vm = (uint32_t)made;

	vms_demand(made, "KVM_CREATE_VM");
	vms_demand(kvm_create_vcpu(vm, 0), "KVM_CREATE_VCPU");
	if (gic) {
		vms_demand(kvm_create_device(vm, KVM_DEV_TYPE_ARM_VGIC_V2), "KVM_CREATE_DEVICE");
		vms_demand(kvm_set_device_attr(vm, 0, KVM_VGIC_V2_ADDR_TYPE_DIST, 0x08000000),
			   "GICD");
		vms_demand(kvm_set_device_attr(vm, 0, KVM_VGIC_V2_ADDR_TYPE_CPU, 0x08010000),
			   "GICC");
	}
	vms_demand(kvm_vcpu_init(vm, 0, vms_target(), 1u << KVM_ARM_VCPU_PSCI_0_2),
		   "KVM_ARM_VCPU_INIT");
	vms_demand(vms_map(vm, VMS_AT / VMS_PAGE, &vms_memory, 2, 0), "PLUMB_MAP");
	vms_set(vm, 4, VMS_DEVICE);
	vms_set(vm, 10, VMS_AT + VMS_PAGE);
	vms_set(vm, 15, VMS_AT + (uint32_t)(program - bench_child_wfi));
	return vm;
}

static void vms_row(const char *name, const uint8_t *program, bool gic, uint32_t reason)
{
	uint32_t vm = vms_make(program, gic);
	const struct bench_op run = { bench_op_hvc, PLUMB_RUN, vm, 0, PLUMB_RUN_DO_EMULATED };
	struct smccc_result said = kvm_run(vm, 0, 0, 0);

	if (said.r0 != reason) {
		printf("%s: the run ends by %d\n", name, (int)said.r0);
		exit(1);
	}
	bench_op(name, run, NULL);
	vms_demand(vms_destroy(vm), "PLUMB_DESTROY_VM");
}

/* The vCPU waits in a WFI, and has left by it. */
static void vms_interrupt(void)
{
	static const char name[] = "KVM_IRQ_LINE raise, KVM_RUN, to the VM's handler";
	uint32_t vm = vms_make(bench_child_irq, true), wrong = 0;
	uint64_t entry = 0, whole = 0;

	while (kvm_run(vm, 0, 0, 0).r0 != PLUMB_RUN_WFI && wrong++ < 100) {
	}
	wrong = 0;
	for (uint32_t i = 0; i < bench_rounds; i++) {
		uint64_t begin;

		bench_begin(name, i);
		bench_shift(i);
		begin = timer_physical_count();
		(void)kvm_irq_line(vm, kvm_irq_spi(VMS_INTID), 1);
		wrong += kvm_run(vm, 0, 0, 0).r0 != PLUMB_RUN_WFI;
		whole += timer_physical_count() - begin;
		bench_end(i);
		wrong += vms_memory.stamp < begin;
		entry += vms_memory.stamp - begin;
	}
	if (wrong) {
		printf("%s: %u wrong\n", name, (unsigned)wrong);
		exit(1);
	}
	bench_print(name, bench_ns(entry), 0);
	bench_print("the same, and back by WFI", bench_ns(whole), 0);
}

void bench_vms(void)
{
	memcpy(vms_memory.program, bench_child_wfi, (size_t)(bench_child_end - bench_child_wfi));
	vms_row("KVM_RUN, to a WFI of the VM and back", bench_child_wfi, false, PLUMB_RUN_WFI);
	vms_row("KVM_RUN, the same of a VM with a GIC", bench_child_wfi, true, PLUMB_RUN_WFI);
	vms_row("KVM_RUN, to a store that its caller answers and back", bench_child_store, false,
		PLUMB_RUN_MMIO);
	vms_row("KVM_RUN, to a load that its caller answers and back", bench_child_load, false,
		PLUMB_RUN_MMIO);
	vms_interrupt();
}
