/* SPDX-License-Identifier: BSD-2-Clause */
/* VMs that a partition makes at run time. */
#include "guest/lib/vms.h"
#include "guest/lib/gic.h"
#include "guest/lib/report.h"
#include "guest/lib/timer.h"
#include <stdio.h>
#include <string.h>

#define PAGE	   4096u
#define CHILD_PAGE 0x80000u
#define CORE(n)	   (0x4020000000100000ull | (n))
#define CORE_PC	   CORE(15)

extern const char first_begin[], first_end[], spin_begin[], spin_end[];
extern const char high_begin[], high_end[];
static uint8_t memory[16][PAGE] __attribute__((aligned(4096)));

static struct smccc_result vms_go(uint32_t vm, uint32_t value, uint32_t action)
{
	struct smccc_result said;

	do {
		said = kvm_run(vm, 0, value, action);
		value = 0;
	} while (said.r0 == PLUMB_RUN_INTR);
	return said;
}

static void vms_expect(struct smccc_result said, uint32_t r0, uint32_t r1, uint32_t r2, uint32_t r3,
		       const char *what)
{
	if (!report_check(said.r0 == r0 && said.r1 == r1 && said.r2 == r2 && said.r3 == r3, "%s",
			  what)) {
		printf("%d 0x%x 0x%x 0x%x\n", (int)said.r0, (unsigned)said.r1, (unsigned)said.r2,
		       (unsigned)said.r3);
	}
}

/* The load of r2 is answered, and nothing runs. */
static void vms_stay(uint32_t vm, uint32_t answer, uint32_t signed_byte)
{
	uint64_t pc = 0, r2 = 0, next = 0;

	(void)kvm_get_one_reg(vm, 0, CORE_PC, &pc);
	vms_expect(kvm_run(vm, 0, answer, 3), PLUMB_RUN_INTR, 0, 0, 0, "answered, and it stays");
	(void)kvm_get_one_reg(vm, 0, CORE(2), &r2);
	(void)kvm_get_one_reg(vm, 0, CORE_PC, &next);
	(void)report_check(r2 == signed_byte && next == pc + 4, "behind the load, with its value");
}

static void vms_first(void)
{
	int32_t vm = kvm_create_vm();
	struct smccc_result said;

	(void)report_check(vm >= 0x100, "a VM is made: handle %d", (int)vm);
	memcpy(memory[0], first_begin, (size_t)(first_end - first_begin));
	(void)report_equal((uint32_t)kvm_create_vcpu((uint32_t)vm, 0), 0, "a vCPU");
	(void)report_equal((uint32_t)kvm_create_vcpu((uint32_t)vm, 0), (uint32_t)-EEXIST,
			   "not twice");
	said = kvm_run((uint32_t)vm, 0, 0, 0);
	(void)report_equal(said.r0, (uint32_t)-ENOEXEC, "not initialised");
	(void)report_equal((uint32_t)kvm_vcpu_init((uint32_t)vm, 0, vms_target(), 2), 0, "init");
	(void)report_equal((uint32_t)vms_map((uint32_t)vm, CHILD_PAGE, memory, 16, 0), 0, "memory");
	(void)report_equal((uint32_t)kvm_set_one_reg((uint32_t)vm, 0, CORE_PC, CHILD_PAGE * PAGE),
			   0, "pc");
	vms_expect(vms_go((uint32_t)vm, 0, 0), PLUMB_RUN_MMIO, 0x10000000, 0x1234, 0x104, "store");
	vms_expect(vms_go((uint32_t)vm, 0, 0), PLUMB_RUN_MMIO, 0x10000004, 0, 4, "load");
	vms_expect(vms_go((uint32_t)vm, 41, 0), PLUMB_RUN_MMIO, 0x10000008, 42, 0x102, "halfword");
	vms_expect(vms_go((uint32_t)vm, 0, 0), PLUMB_RUN_MMIO, 0x1000000c, 0, 1, "signed byte");
	vms_stay((uint32_t)vm, 0x80, 0xffffff80);
	vms_expect(vms_go((uint32_t)vm, 0, 0), PLUMB_RUN_MMIO, 0x10000010, 0xffffff80, 0x104,
		   "sign");
	vms_expect(vms_go((uint32_t)vm, 0, 0), PLUMB_RUN_WFI, ~0u, ~0u, 0, "WFI");
	vms_expect(vms_go((uint32_t)vm, 0, 0), PLUMB_RUN_SYSTEM, PLUMB_SYSTEM_SHUTDOWN, 0, 0,
		   "SYSTEM_OFF");
	vms_expect(vms_go((uint32_t)vm, 0, 0), PLUMB_RUN_OFF, 0, 0, 0, "it is off");
	(void)report_equal((uint32_t)vms_destroy((uint32_t)vm), 0, "destroyed");
	(void)report_equal((uint32_t)kvm_create_vcpu((uint32_t)vm, 1), (uint32_t)-EBADF, "gone");
}

/* A VM with one vCPU, at the first instruction of this program. */
static uint32_t vms_make(const char *begin, const char *end)
{
	uint32_t vm = (uint32_t)kvm_create_vm();

	memcpy(memory[0], begin, (size_t)(end - begin));
	(void)report_check(kvm_create_vcpu(vm, 0) == 0 &&
				   kvm_vcpu_init(vm, 0, vms_target(), 2) == 0 &&
				   vms_map(vm, CHILD_PAGE, memory, 16, 0) == 0 &&
				   kvm_set_one_reg(vm, 0, CORE_PC, CHILD_PAGE * PAGE) == 0,
			   "a VM");
	return vm;
}

/* The caller's own timer ends a run, masked or not, and stays pending. */
static void vms_alarm(void)
{
	uint32_t vm = vms_make(spin_begin, spin_end);
	uint64_t end;

	gic_init();
	gic_enable(GIC_PPI_CNTV);
	for (uint32_t n = 0; n < 3; n++) {
		end = timer_count() + timer_us_to_ticks(2000);
		timer_set_cval(end);
		timer_set_control(TIMER_CTL_ENABLE);
		vms_expect(kvm_run(vm, 0, 0, 0), PLUMB_RUN_INTR, 0, 0, 0, "my timer ends it");
		(void)report_check(timer_count() >= end && gic_is_pending(GIC_PPI_CNTV),
				   "not early, and pending");
		timer_stop();
	}
	(void)report_equal((uint32_t)vms_destroy(vm), 0, "destroyed");
}

/* An address above 4 GiB is not one below. A section, and a supersection at 0x5_00000000 (ARM DDI
 * 0406C, B3.5.1). */
static void vms_high(void)
{
	uint32_t *table = (uint32_t *)(uintptr_t)memory[4];
	uint32_t vm;

	memset(table, 0, 4 * PAGE);
	table[0x800] = 0x80000c02;
	for (uint32_t n = 0; n < 16; n++) {
		table[0x900 + n] = 0x00540c02;
	}
	vm = vms_make(high_begin, high_end);
	vms_expect(vms_go(vm, 0, 0), PLUMB_RUN_FAULT, 0x00000008, 0, 5, "a read above 4 GiB");
	(void)report_equal((uint32_t)vms_destroy(vm), 0, "destroyed");
}

int main(void)
{
	vms_first();
	vms_alarm();
	vms_high();
	report_summary();
}
