/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

/* The exit was by a load of so many bytes there; it gets this answer. */
static bool run_loads(const struct machine *machine, uint32_t address, uint32_t bytes,
		      uint32_t answer)
{
	volatile struct kvm_state *run = machine->runs[0];
	int32_t error = machine_run(machine, 0);

	for (uint32_t n = 0; n < 4; n++) {
		run->mmio.data[n] = (uint8_t)(answer >> 8 * n);
	}
	return error == 0 && run->exit_reason == KVM_EXIT_MMIO && !run->mmio.is_write &&
	       run->mmio.address == address && run->mmio.bytes == bytes;
}

static void test_access(void)
{
	struct machine machine;

	if (!machine_make(&machine, 0)) {
		return;
	}
	machine_load(&machine, guest_access);
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 0x12345678), "a store of a word");
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO + 4, 0x5678) &&
		       machine.runs[0]->mmio.bytes == 2,
	       "a store of a halfword");
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO + 6, 0x78) &&
		       machine.runs[0]->mmio.bytes == 1,
	       "a store of a byte");
	tap_ok(run_loads(&machine, MACHINE_MMIO + 8, 4, 0xcafef00d), "a load of a word");
	tap_ok(run_loads(&machine, MACHINE_MMIO + 12, 1, 0x11223380), "a load of a byte");
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO + 16, 0xcafef00d),
	       "the word is what was answered");
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO + 20, 0xffffff80),
	       "the byte is, and signed");
	tap_is(machine_run(&machine, 0), 0, "SYSTEM_OFF is an exit");
	tap_ok(machine.runs[0]->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
		       machine.runs[0]->system.type == 1 && machine.runs[0]->system.flags == 0,
	       "KVM_EXIT_SYSTEM_EVENT, KVM_SYSTEM_EVENT_SHUTDOWN");
	machine_load(&machine, guest_reset);
	tap_is(machine_init(&machine, 0, 2), 0, "KVM_ARM_VCPU_INIT after it");
	machine_load(&machine, guest_reset);
	tap_ok(machine_run(&machine, 0) == 0 &&
		       machine.runs[0]->exit_reason == KVM_EXIT_SYSTEM_EVENT &&
		       machine.runs[0]->system.type == 2,
	       "SYSTEM_RESET is KVM_SYSTEM_EVENT_RESET");
	machine_end(&machine);
}

/* A value that user space writes into the data of a store, or with a larger length, changes no
 * register. */
static void test_untrusted(void)
{
	struct machine machine;
	uint64_t r0 = 0;

	if (!machine_make(&machine, 0)) {
		return;
	}
	machine_load(&machine, guest_count);
	(void)machine_set(&machine, 0, KVM_ID_R(0), 7);
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 7), "a store");
	machine.runs[0]->mmio.is_write = 0;
	machine.runs[0]->mmio.bytes = 0xffffffff;
	machine.runs[0]->mmio.data[0] = 0x99;
	tap_ok(machine_stores_this(&machine, 0, MACHINE_MMIO, 8),
	       "what the VMM writes into struct kvm_run has no effect on a store");
	tap_is(machine_get(&machine, 0, KVM_ID_R(0), &r0), 0, "KVM_GET_ONE_REG of r0");
	tap_is((int64_t)r0, 8, "r0 as it was");
	machine_end(&machine);
}

/* Accesses that no VMM can answer */
static void test_odd(void)
{
	struct machine machine;
	uint64_t pc = 0;

	if (!machine_make(&machine, 0)) {
		return;
	}
	machine_load(&machine, guest_multiple);
	tap_is(machine_run(&machine, 0), -SYS_ENOSYS,
	       "a load of several registers, no memory: ENOSYS");
	(void)machine_get(&machine, 0, KVM_ID_PC, &pc);
	tap_is((int64_t)pc, MACHINE_RAM, "its PC stays");
	machine_end(&machine);
}

void test_run(void)
{
	test_access();
	test_untrusted();
	test_odd();
}
