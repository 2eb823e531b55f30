/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"
#include "guest/linux/kvmtest/tests.h"

#define VCPU_IDS 512u

static struct {
	uint64_t n, ids[VCPU_IDS];
} vcpu_list;

static void test_init(struct machine *machine)
{
	struct kvm_init init = { machine->target, { 1 << 5 } };
	int32_t vcpu = sys_ioctl(machine->vm, KVM_CREATE_VCPU, 0);
	uint64_t value;

	machine->vcpus[0] = vcpu;
	tap_is(sys_ioctl(vcpu, KVM_RUN, 0), -SYS_ENOEXEC, "KVM_RUN before KVM_ARM_VCPU_INIT");
	tap_is(machine_get(machine, 0, KVM_ID_PC, &value), -SYS_ENOEXEC, "KVM_GET_ONE_REG");
	tap_is(machine_set(machine, 0, KVM_ID_PC, 0), -SYS_ENOEXEC, "KVM_SET_ONE_REG");
	tap_is(sys_ioctl(vcpu, KVM_GET_REG_LIST, sys_at(&vcpu_list)), -SYS_ENOEXEC,
	       "KVM_GET_REG_LIST");
	tap_is(sys_ioctl(vcpu, KVM_ARM_VCPU_INIT, sys_at(&init)), -SYS_ENOENT,
	       "an unknown feature");
	init = (struct kvm_init) { machine->target, { 0, 1 } };
	tap_is(sys_ioctl(vcpu, KVM_ARM_VCPU_INIT, sys_at(&init)), -SYS_ENOENT,
	       "one of the next word");
	init = (struct kvm_init) { 77, { 0 } };
	tap_is(sys_ioctl(vcpu, KVM_ARM_VCPU_INIT, sys_at(&init)), -SYS_EINVAL, "another CPU");
	tap_is(machine_init(machine, 0, 2), 0, "KVM_ARM_VCPU_INIT with PSCI 0.2");
	tap_is(machine_init(machine, 0, 2), 0, "again");
	tap_is(machine_init(machine, 0, 0), -SYS_EINVAL, "with other features");
}

static void test_registers(const struct machine *machine)
{
	uint64_t value;

	tap_is(machine_set(machine, 0, KVM_ID_R(3), 0x12345678), 0, "r3 is set");
	tap_ok(machine_get(machine, 0, KVM_ID_R(3), &value) == 0 && value == 0x12345678,
	       "and read");
	tap_ok(machine_get(machine, 0, KVM_ID_CPSR, &value) == 0 && value == 0x1d3,
	       "CPSR as at reset");
	tap_ok(machine_get(machine, 0, KVM_ID_MPIDR, &value) == 0 && value == 0x80000000,
	       "MPIDR of vCPU 0");
	tap_is(machine_set(machine, 0, KVM_ID_CNTV_CVAL, 0x123456789abcdefull), 0,
	       "a register of 64 bits is set");
	tap_ok(machine_get(machine, 0, KVM_ID_CNTV_CVAL, &value) == 0 &&
		       value == 0x123456789abcdefull,
	       "and read");
	tap_is(machine_set(machine, 0, KVM_ID_CPSR, 0xda), -SYS_EINVAL, "CPSR: HYP mode");
	tap_is(machine_set(machine, 0, KVM_ID_MPIDR, 5), -SYS_EINVAL, "MPIDR cannot be changed");
	tap_is(machine_get(machine, 0, KVM_ID_CORE(500), &value), -SYS_ENOENT,
	       "a core register that is not there");
	tap_is(machine_get(machine, 0, 0x6030000000100000ull, &value), -SYS_ENOENT,
	       "a register of another architecture");
	tap_is(machine_get(machine, 0, KVM_ID_PC + 0x0010000000000000ull, &value), -SYS_ENOENT,
	       "one of another size");
}

/* Each register of the list can be read, and what is read can be set. */
static void test_list(const struct machine *machine)
{
	uint32_t unread = 0, unset = 0;
	uint64_t value;

	vcpu_list.n = 1;
	tap_is(sys_ioctl(machine->vcpus[0], KVM_GET_REG_LIST, sys_at(&vcpu_list)), -SYS_E2BIG,
	       "KVM_GET_REG_LIST with room for one");
	tap_ok(vcpu_list.n > 60 && vcpu_list.n <= VCPU_IDS, "it tells how many there are");
	tap_is(sys_ioctl(machine->vcpus[0], KVM_GET_REG_LIST, sys_at(&vcpu_list)), 0,
	       "with room for all");
	for (uint32_t n = 0; n < vcpu_list.n && n < VCPU_IDS; n++) {
		if (machine_get(machine, 0, vcpu_list.ids[n], &value) != 0) {
			unread++;
		} else if (machine_set(machine, 0, vcpu_list.ids[n], value) != 0) {
			unset++;
		}
	}
	tap_is(unread, 0, "all registers of the list can be read");
	tap_is(unset, 0, "and set to what they are");
}

static void test_state(const struct machine *machine)
{
	uint32_t state = 77;

	tap_is(sys_ioctl(machine->vcpus[0], KVM_GET_MP_STATE, sys_at(&state)), 0,
	       "KVM_GET_MP_STATE");
	tap_is(state, 0, "runnable");
	state = 5;
	tap_is(sys_ioctl(machine->vcpus[0], KVM_SET_MP_STATE, sys_at(&state)), 0, "stopped");
	state = 77;
	(void)sys_ioctl(machine->vcpus[0], KVM_GET_MP_STATE, sys_at(&state));
	tap_is(state, 5, "it is");
	state = 1;
	tap_is(sys_ioctl(machine->vcpus[0], KVM_SET_MP_STATE, sys_at(&state)), -SYS_EINVAL,
	       "a state of x86");
}

static void test_other_errors(const struct machine *machine)
{
	struct {
		uint32_t size, mask[2];
	} mask = { 7, { 0, 0 } };
	int32_t vcpu = machine->vcpus[0];

	tap_is(sys_ioctl(vcpu, KVM_RUN, 1), -SYS_EINVAL, "KVM_RUN with an argument");
	tap_is(sys_ioctl(vcpu, 0xaeff, 0), -SYS_EINVAL, "a vCPU: an unknown ioctl");
	tap_is(sys_ioctl(vcpu, KVM_SET_SIGNAL_MASK, sys_at(&mask)), -SYS_EINVAL,
	       "KVM_SET_SIGNAL_MASK of another size");
	tap_is(sys_ioctl(vcpu, KVM_SET_SIGNAL_MASK, 0), 0, "KVM_SET_SIGNAL_MASK of none");
	tap_is(sys_ioctl(vcpu, KVM_ARM_VCPU_INIT, 1), -SYS_EFAULT,
	       "KVM_ARM_VCPU_INIT from no memory");
}

/* ---- KVM_GET_VCPU_EVENTS ---- */

static int32_t vcpu_events(const struct machine *machine, uint32_t call, struct kvm_events *events)
{
	return sys_ioctl(machine->vcpus[0], call, sys_at(events));
}

static bool vcpu_serror(const struct machine *machine)
{
	struct kvm_events events = { .serror_pending = 77 };

	return vcpu_events(machine, KVM_GET_VCPU_EVENTS, &events) == 0 &&
	       events.serror_pending == 1;
}

static void test_event_errors(const struct machine *machine)
{
	struct kvm_events events = { .serror_pending = 1, .serror_has_esr = 1 };

	tap_is(sys_ioctl(machine->vm, KVM_CHECK_EXTENSION, KVM_CAP_VCPU_EVENTS), 1,
	       "KVM_CAP_VCPU_EVENTS");
	tap_is(sys_ioctl(machine->vm, KVM_CHECK_EXTENSION, KVM_CAP_ARM_INJECT_EXT_DABT), 1,
	       "KVM_CAP_ARM_INJECT_EXT_DABT");
	tap_is(vcpu_events(machine, KVM_SET_VCPU_EVENTS, &events), -SYS_EINVAL,
	       "an SError with a syndrome");
	events = (struct kvm_events) { .pad = { 1 } };
	tap_is(vcpu_events(machine, KVM_SET_VCPU_EVENTS, &events), -SYS_EINVAL, "padding");
	events = (struct kvm_events) { .reserved = { [11] = 1 } };
	tap_is(vcpu_events(machine, KVM_SET_VCPU_EVENTS, &events), -SYS_EINVAL, "a reserved word");
	tap_is(vcpu_events(machine, KVM_SET_VCPU_EVENTS, NULL), -SYS_EFAULT, "from no memory");
	tap_is(vcpu_events(machine, KVM_GET_VCPU_EVENTS, NULL), -SYS_EFAULT, "to none");
	tap_is(vcpu_events(machine, KVM_GET_VCPU_EVENTS, &events), 0, "KVM_GET_VCPU_EVENTS");
	tap_is(events.serror_pending, 0, "none is pending");
}

/* Fault status in DFSR, short format: bits 10 and 3..0 (ARM ARM B3.13.3). */
static bool vcpu_takes_abort(const struct machine *machine, uint32_t status)
{
	uint32_t dfsr;

	return machine_stores(machine, 0, MACHINE_MMIO + 16, &dfsr) && (dfsr & 0x40f) == status;
}

static void test_events_of(struct machine *machine)
{
	struct kvm_events serror = { .serror_pending = 1 }, abort = { .ext_dabt_pending = 1 };
	uint32_t value;

	machine_load(machine, guest_abort);
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO, &value), "a guest masks SErrors");
	tap_is(vcpu_events(machine, KVM_SET_VCPU_EVENTS, &serror), 0, "one is made pending");
	tap_ok(vcpu_serror(machine), "it is");
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO + 4, &value), "the guest goes on");
	tap_ok(vcpu_serror(machine), "it is still pending");
	tap_ok(vcpu_takes_abort(machine, 0x406), "unmasked: an asynchronous external abort");
	tap_ok(!vcpu_serror(machine), "it is not pending any more");
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO + 20, &value) &&
		       machine_stores(machine, 0, MACHINE_MMIO + 8, &value),
	       "the guest goes on");
	machine_complete(machine, 0);
	tap_is(vcpu_events(machine, KVM_SET_VCPU_EVENTS, &abort), 0, "a data abort");
	tap_ok(!vcpu_serror(machine), "which is no SError");
	tap_ok(vcpu_takes_abort(machine, 0x008), "the guest takes it: synchronous, external");
	tap_ok(machine_stores_this(machine, 0, MACHINE_MMIO + 20, MACHINE_MMIO + 8),
	       "with the address of its last access");
	tap_ok(machine_stores(machine, 0, MACHINE_MMIO + 12, &value), "and goes on");
}

static void test_vcpu_events(void)
{
	struct machine machine;

	if (machine_make(&machine, 0)) {
		test_event_errors(&machine);
		test_events_of(&machine);
		machine_end(&machine);
	}
}

void test_vcpu(void)
{
	struct machine machine;

	if (!machine_make(&machine, MACHINE_NO_RAM | MACHINE_NO_VCPU)) {
		return;
	}
	test_init(&machine);
	test_registers(&machine);
	test_list(&machine);
	test_state(&machine);
	test_other_errors(&machine);
	machine_end(&machine);
	test_vcpu_events();
}
