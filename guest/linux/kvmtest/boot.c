/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A VM monitor as small as one can be: a kernel, an initial RAM disk and a device tree (vm.dts)
 * from /vm, two vCPUs, a virtual GIC, and a PL011, whose output it prints. The VM ends by PSCI.
 */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"
#include "guest/vmm/pl011.h"

#define BOOT_SIZE   0x6000000u
#define BOOT_KERNEL 0x10000u /* offsets in RAM */
#define BOOT_INITRD 0x2000000u
#define BOOT_TREE   0x3f00000u
#define BOOT_UART   0x9000000u
#define BOOT_SPI    (1u << 24 | 33)
#define BOOT_LINE   200u
#define BOOT_VCPUS  2u

struct boot_thread {
	struct sys_thread thread;
	uint32_t vcpu;
	volatile int32_t tid;
	volatile bool ended;
};

static struct machine boot_machine;
static struct pl011 boot_uart; /* boot_lock */
static volatile uint32_t boot_lock;
static bool boot_level;
static volatile uint32_t boot_event; /* the SYSTEM_EVENT's type and 1; 99: an error */
static struct boot_thread boot_threads[BOOT_VCPUS];

static char boot_line[BOOT_LINE + 5] = "vm: ";
static uint32_t boot_length = 4;

/* A whole line at once. */
static void boot_out(uint8_t byte)
{
	if (byte == '\r') {
		return;
	}
	boot_line[boot_length++] = (char)byte;
	if (byte == '\n' || boot_length == BOOT_LINE) {
		(void)sys_call3(SYS_WRITE, 2, sys_at(boot_line), boot_length);
		boot_length = 4;
	}
}

static void boot_take(void)
{
	while (__atomic_exchange_n(&boot_lock, 1u, __ATOMIC_ACQUIRE)) {
		(void)sys_call3(SYS_SCHED_YIELD, 0, 0, 0);
	}
}

static void boot_access(volatile struct kvm_state *run)
{
	uint32_t offset = (uint32_t)run->mmio.address - BOOT_UART, value = 0;
	bool level;

	boot_take();
	for (uint32_t n = 0; n < 4 && run->mmio.is_write && n < run->mmio.bytes; n++) {
		value |= (uint32_t)run->mmio.data[n] << 8 * n;
	}
	if (run->mmio.is_write) {
		pl011_write(&boot_uart, offset, value);
	} else {
		value = pl011_read(&boot_uart, offset);
		for (uint32_t n = 0; n < 4; n++) {
			run->mmio.data[n] = (uint8_t)(value >> 8 * n);
		}
	}
	level = pl011_level(&boot_uart);
	if (level != boot_level) {
		boot_level = level;
		(void)machine_line(&boot_machine, BOOT_SPI, level);
	}
	__atomic_store_n(&boot_lock, 0u, __ATOMIC_RELEASE);
}

static bool boot_handles(volatile struct kvm_state *run)
{
	if (run->exit_reason == KVM_EXIT_MMIO && run->mmio.address >> 12 == BOOT_UART >> 12) {
		boot_access(run);
		return true;
	}
	if (run->exit_reason == KVM_EXIT_SYSTEM_EVENT) {
		boot_event = run->system.type + 1;
	}
	return run->exit_reason == KVM_EXIT_SYSTEM_EVENT;
}

/* An exit that is not expected */
static void boot_tell(const volatile struct kvm_state *run)
{
	tap_is(run->exit_reason, KVM_EXIT_MMIO, "the reason of an exit");
	tap_is((int64_t)run->mmio.address, BOOT_UART, "its address");
}

static void boot_run(void *argument)
{
	struct boot_thread *self = argument;

	self->tid = sys_tid();
	while (!boot_event) {
		int32_t error = machine_run(&boot_machine, self->vcpu);

		if (error == -SYS_EINTR) {
			continue;
		}
		if (error != 0) {
			tap_is(error, 0, "KVM_RUN");
			boot_event = 99;
		} else if (!boot_handles(boot_machine.runs[self->vcpu])) {
			boot_tell(boot_machine.runs[self->vcpu]);
			boot_event = 99;
		}
	}
	self->ended = true;
}

/* ---- before ---- */

static bool boot_make(uint8_t *ram)
{
	return machine_slot(&boot_machine, 0, 0, MACHINE_RAM, BOOT_SIZE, ram) == 0 &&
	       machine_add_vcpu(&boot_machine, 0, 2) && machine_add_vcpu(&boot_machine, 1, 3) &&
	       machine_add_gic(&boot_machine) &&
	       sys_read_file("/vm/vmlinuz", ram + BOOT_KERNEL, BOOT_INITRD - BOOT_KERNEL) &&
	       sys_read_file("/vm/initrd.gz", ram + BOOT_INITRD, 0x400000) &&
	       sys_read_file("/vm/vm.dtb", ram + BOOT_TREE, 0x10000);
}

static void boot_begin(void)
{
	machine_begin(&boot_machine, 0);
	(void)machine_set(&boot_machine, 0, KVM_ID_R(0), 0);
	(void)machine_set(&boot_machine, 0, KVM_ID_R(1), 0xffffffff);
	(void)machine_set(&boot_machine, 0, KVM_ID_R(2), MACHINE_RAM + BOOT_TREE);
	(void)machine_set(&boot_machine, 0, KVM_ID_PC, MACHINE_RAM + BOOT_KERNEL);
}

/* One of them may be about to run when it looks, so they are told again and again. */
static void boot_all(void)
{
	bool ended = false;

	for (uint32_t n = 0; n < BOOT_VCPUS; n++) {
		boot_threads[n].vcpu = n;
		if (!sys_thread_start(&boot_threads[n].thread, boot_run, &boot_threads[n])) {
			boot_event = 99;
			return;
		}
	}
	while (!ended) {
		sys_sleep_us(50000);
		ended = true;
		for (uint32_t n = 0; n < BOOT_VCPUS; n++) {
			ended &= boot_threads[n].ended;
			if (boot_event && !boot_threads[n].ended) {
				sys_thread_signal(boot_threads[n].tid, SYS_SIGUSR1);
			}
		}
	}
	for (uint32_t n = 0; n < BOOT_VCPUS; n++) {
		sys_thread_join(&boot_threads[n].thread);
	}
}

void test_boot(void)
{
	uint8_t *ram = sys_memory(BOOT_SIZE);

	sys_catch(SYS_SIGUSR1);
	boot_uart.out = boot_out;
	if (!ram || !machine_make(&boot_machine, MACHINE_NO_RAM | MACHINE_NO_VCPU) ||
	    !boot_make(ram)) {
		tap_ok(false, "a VM is made, with a kernel from /vm");
		return;
	}
	boot_begin();
	boot_all();
	tap_is(boot_event, 2, "the kernel of the VM boots, and powers it off");
	machine_end(&boot_machine);
	sys_unmap(ram, BOOT_SIZE);
}
