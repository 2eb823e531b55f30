/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/report.h"
#include "guest/lib/smp.h"
#include "guest/lib/timer.h"
#include "guest/lib/vms.h"
#include "guest/test/vmcalls/vmcalls.h"
#include <stdio.h>

#define MAIN_STEPS 2000u
#define MAIN_BLOCK 512u /* pages */

uint32_t vmcalls_memory, vmcalls_size;

static struct vmcalls_cpu main_cpus[VMCALLS_CPUS];
static volatile uint32_t main_done[VMCALLS_CPUS];

static const char *const main_reasons[8] = { "error",  "INTR", "MMIO", "WFI",
					     "SYSTEM", "KICK", "OFF",  "FAULT" };

/* How many tables a VM can have, until nothing is left: a page in each 2 MiB. */
static uint32_t main_room(void)
{
	uint32_t vm = (uint32_t)kvm_create_vm(), count = 0;

	while (vms_map(vm, MAIN_BLOCK * count, (const void *)(uintptr_t)vmcalls_memory, 1, 0) ==
	       0) {
		count++;
	}
	return vms_destroy(vm) == 0 ? count : 0;
}

/* As many VMs as there are slots, and no more. */
static bool main_slots(void)
{
	bool right = true;

	for (uint32_t n = 0; n < VMCALLS_SLOTS; n++) {
		right = kvm_create_vm() == (int32_t)(VMCALLS_FIRST + n) && right;
	}
	right = kvm_create_vm() == -ENOMEM && right;
	for (uint32_t n = 0; n < VMCALLS_SLOTS; n++) {
		right = vms_destroy(VMCALLS_FIRST + n) == 0 && right;
	}
	return right;
}

static void main_run(void *arg)
{
	struct vmcalls_cpu *cpu = &main_cpus[smp_cpu()];
	uint32_t steps = guest_arg("steps", MAIN_STEPS);

	(void)arg;
	if (smp_cpu() != 0) {
		gic_init_cpu();
	}
	gic_enable(GIC_PPI_CNTV); /* masked: it ends runs */
	cpu->index = smp_cpu();
	cpu->random = guest_arg("seed", 1) * 0x9e3779b1u + smp_cpu() + 1;
	for (uint32_t n = 0; n < steps; n++) {
		vmcalls_step(cpu);
	}
	cpu_dmb();
	main_done[smp_cpu()] = 1;
}

static bool main_destroy_all(void)
{
	bool right = true;

	for (uint32_t n = 0; n < VMCALLS_SLOTS; n++) {
		int32_t said = vms_destroy(VMCALLS_FIRST + n);

		right = (said == 0 || said == -EBADF) && right;
	}
	return right;
}

static void main_tell(void)
{
	for (uint32_t call = 0; call < VMCALLS_CALLS; call++) {
		uint32_t good = main_cpus[0].good[call] + main_cpus[1].good[call];
		uint32_t bad = main_cpus[0].bad[call] + main_cpus[1].bad[call];

		(void)report_check(good > 0 && bad > 0, "vmcalls: %s: %u results, %u errors",
				   vmcalls_name((enum vmcalls_call)call), (unsigned)good,
				   (unsigned)bad);
	}
	for (uint32_t n = 1; n < 8; n++) {
		uint32_t count = main_cpus[0].reasons[n] + main_cpus[1].reasons[n];

		(void)report_check(count > 0, "vmcalls: %u runs ended with %s", (unsigned)count,
				   main_reasons[n]);
	}
}

int main(void)
{
	uint32_t room;

	gic_init();
	if (!report_check(guest_free_memory(&vmcalls_memory, &vmcalls_size), "vmcalls: memory")) {
		report_summary();
	}
	vmcalls_find_registers();
	main_cpus[0].random = 1;
	for (uint32_t n = 0; n < vmcalls_size / VMCALLS_PAGE; n++) {
		vmcalls_write_code(&main_cpus[0]);
	}
	room = main_room();
	(void)report_check(room > VMCALLS_SLOTS && main_slots(), "vmcalls: room for %u tables",
			   (unsigned)room);
	(void)smp_start(1, main_run, NULL);
	main_run(NULL);
	(void)report_check(timer_wait_count(&main_done[1], 1, 10 * TIMER_PATIENCE_US),
			   "vmcalls: both vCPUs come to their end");
	main_tell();
	(void)report_equal(vmcalls_wrong(), 0, "vmcalls: results as docs/vms.md says");
	(void)report_check(main_destroy_all(), "vmcalls: all VMs are destroyed");
	(void)report_equal(main_room(), room, "vmcalls: the pool has the room that it had");
	(void)report_check(main_slots(), "vmcalls: and the slots");
	report_summary();
}
