/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/vcpu.h"
#include "guest/linux/kvmtest/sys.h"
#include "guest/linux/vmm/early.h"
#include "guest/linux/vmm/virtio.h"
#include "guest/linux/vmm/vm.h"

struct vcpu_thread {
	struct sys_thread thread;
	uint32_t index;
	volatile int32_t tid;
};

static struct vcpu_thread vcpu_threads[VM_VCPUS];
static volatile uint32_t vcpu_held = 1; /* they are to wait */
static volatile uint32_t vcpu_waiting;	/* how many do */
static volatile uint32_t vcpu_happened; /* the first event since it was asked */
static int32_t vcpu_news;

static void vcpu_tell(uint32_t event)
{
	uint32_t nothing = VCPU_NOTHING;

	(void)__atomic_compare_exchange_n(&vcpu_happened, &nothing, event, false, __ATOMIC_SEQ_CST,
					  __ATOMIC_SEQ_CST);
	os_event_signal(vcpu_news);
}

uint32_t vcpu_event(void)
{
	os_event_clear(vcpu_news);
	return __atomic_exchange_n(&vcpu_happened, VCPU_NOTHING, __ATOMIC_SEQ_CST);
}

bool vcpu_has_event(void)
{
	return vcpu_happened != VCPU_NOTHING;
}

/* ---- exits ---- */

/* Where nothing is, a load gets 0. */
static uint32_t vcpu_access(uint32_t address, uint32_t bytes, bool store, uint32_t value)
{
	if (address >> 12 == VM_UART >> 12) {
		return early_access(address - VM_UART, store, value);
	}
	return virtio_access(address - VM_VIRTIO, bytes, store, value);
}

/* All fields are read once, and the number of bytes is bounded: other threads could write them. */
static void vcpu_mmio(volatile struct kvm_state *run)
{
	uint32_t bytes = run->mmio.bytes < 4 ? run->mmio.bytes : 4, value = 0;
	bool store = run->mmio.is_write != 0;

	if (run->mmio.address > UINT32_MAX) {
		return;
	}
	for (uint32_t n = 0; n < bytes && store; n++) {
		value |= (uint32_t)run->mmio.data[n] << 8 * n;
	}
	value = vcpu_access((uint32_t)run->mmio.address, bytes, store, value);
	for (uint32_t n = 0; n < bytes && !store; n++) {
		run->mmio.data[n] = (uint8_t)(value >> 8 * n);
	}
}

/* False: this vCPU is not to be run again in this life of the VM. */
static bool vcpu_exit(volatile struct kvm_state *run)
{
	switch (run->exit_reason) {
	case KVM_EXIT_MMIO:
		vcpu_mmio(run);
		return true;
	case KVM_EXIT_SYSTEM_EVENT:
		vcpu_tell(run->system.type == VCPU_OFF || run->system.type == VCPU_RESET
				  ? run->system.type
				  : VCPU_ERROR);
		return false;
	default:
		os_say_number("an exit that is not expected", run->exit_reason);
		vcpu_tell(VCPU_ERROR);
		return false;
	}
}

/* ---- the threads ---- */

static void vcpu_park(void)
{
	(void)__atomic_add_fetch(&vcpu_waiting, 1u, __ATOMIC_SEQ_CST);
	os_wake(&vcpu_waiting);
	while (vcpu_held) {
		os_wait(&vcpu_held, 1);
	}
	(void)__atomic_sub_fetch(&vcpu_waiting, 1u, __ATOMIC_SEQ_CST);
}

/* It looks whether it is to wait when KVM_RUN has returned EINTR: by then the last access is
 * complete. */
static void vcpu_run(void *argument)
{
	struct vcpu_thread *self = argument;
	volatile struct kvm_state *run = vm.runs[self->index];
	bool runs = true;

	self->tid = sys_tid();
	vcpu_park();
	for (;;) {
		int32_t error = sys_ioctl(vm.vcpus[self->index], KVM_RUN, 0);

		if (error == -SYS_EINTR && vcpu_held) {
			vcpu_park();
			runs = true;
		} else if (error == 0) {
			runs = vcpu_exit(run);
		} else if (error != -SYS_EINTR && error != -SYS_EAGAIN) {
			os_say_number("KVM_RUN", error);
			vcpu_tell(VCPU_ERROR);
			runs = false;
		}
		while (!runs && !vcpu_held) {
			os_wait(&vcpu_held, 0);
		}
	}
}

static void vcpu_wait_for_all(void)
{
	uint32_t waiting;

	while ((waiting = vcpu_waiting) != vm.nr_vcpus) {
		os_wait(&vcpu_waiting, waiting);
	}
}

int32_t vcpu_start(void)
{
	vcpu_news = os_event();
	sys_catch(OS_SIGKICK);
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		vm.runs[n]->immediate_exit = 1;
		vcpu_threads[n].index = n;
		if (!sys_thread_start(&vcpu_threads[n].thread, vcpu_run, &vcpu_threads[n])) {
			os_fail("a thread", "cannot be started");
		}
	}
	vcpu_wait_for_all();
	return vcpu_news;
}

/* A thread that is about to call KVM_RUN finds immediate_exit, one inside is told by a signal. */
void vcpu_hold(void)
{
	vcpu_held = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		vm.runs[n]->immediate_exit = 1;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		sys_thread_signal(vcpu_threads[n].tid, OS_SIGKICK);
	}
	os_wake(&vcpu_held);
	vcpu_wait_for_all();
}

void vcpu_go(void)
{
	for (uint32_t n = 0; n < vm.nr_vcpus; n++) {
		vm.runs[n]->immediate_exit = 0;
	}
	vcpu_held = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	os_wake(&vcpu_held);
	/* Nobody may count twice: a next hold begins when all have left. */
	while (vcpu_waiting) {
		(void)sys_call3(SYS_SCHED_YIELD, 0, 0, 0);
	}
}
