/* SPDX-License-Identifier: BSD-2-Clause */
/* HVC #0: PSCI, SMCCC discovery, and the control ABI (docs/control-abi.md). */
#include "hyp/base/cold.h"
#include "hyp/base/error.h"
#include "hyp/core/child_call.h"
#include "hyp/core/child_run.h"
#include "hyp/core/cpu.h"
#include "hyp/core/exit.h"
#include "hyp/core/exit_state.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/hypercall_elsewhere.h"
#include "hyp/core/irq_call.h"
#include "hyp/core/manager.h"
#include "hyp/core/partition.h"
#include "hyp/core/reg_call.h"
#include "hyp/core/remote.h"
#include "hyp/core/right.h"
#include "hyp/core/route_call.h"
#include "hyp/core/run.h"
#include "hyp/core/trace_call.h"
#include "hyp/core/virtio.h"
#include "hyp/core/vm.h"
#include "hyp/core/vm_call.h"
#include "hyp/regs/hsr.h"

#define HVC_SIZE 4u /* bytes, in ARM and in Thumb state */

static void hypercall_psci(struct cpu *cpu, struct guest_regs *regs)
{
	struct vm *vm = cpu->loaded->vm;
	struct psci_result result = partition_psci(cpu->loaded, regs->r);

	regs->r[0] = (uint32_t)result.value;
	switch (result.effect) {
	case PSCI_DO_STOP:
		cpu->resched = true;
		break;
	case PSCI_DO_SUSPEND:
		run_wait(cpu, regs);
		break;
	case PSCI_DO_SYSTEM_OFF:
		partition_end(vm, LIFE_END_OFF);
		break;
	case PSCI_DO_SYSTEM_RESET:
		partition_end(vm, LIFE_END_RESET);
		break;
	default:
		break;
	}
}

static int32_t hypercall_api_version(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)vm, (void)regs;
	return KVM_API_VERSION;
}

static int32_t hypercall_extension(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)vm;
	switch (regs->r[1]) {
	case KVM_CAP_IRQCHIP:
	case KVM_CAP_IRQ_INJECT_STATUS:
	case KVM_CAP_ONE_REG:
	case KVM_CAP_ARM_PSCI:
	case KVM_CAP_ARM_PSCI_0_2:
		return 1;
	case KVM_CAP_IRQ_ROUTING:
		return PLUMB_GSI_MAX;
	case KVM_CAP_NR_VCPUS:
	case KVM_CAP_MAX_VCPUS:
		return VGIC_MAX_VCPUS;
	case PLUMB_CAP_IRQ_NO_EXIT:
		return (int32_t)bits_count(remote_reach);
	default:
		/* also for KVM_CAP_ARM_IRQ_LINE_LAYOUT_2: irq_type is 31..24 */
		return 0;
	}
}

static int32_t hypercall_irq_line(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return irq_call_line(vm, regs->r[2], regs->r[3]);
}

/* At most PLUMB_IRQ_LINE_MANY_MAX entries per call; the caller continues from the returned count.
 * They are applied before it runs again, a few at a time. */
static int32_t hypercall_irq_line_many(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	if (!regs->r[3]) {
		return 0;
	}
	caller->lines_of = vm;
	caller->lines_done = 0;
	irq_call_rest(caller, regs);
	if (caller->lines_of) {
		cpu_this()->resched = true; /* for run_work */
	}
	return (int32_t)regs->r[0];
}

static int32_t hypercall_gsi_line(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	route_call_line(vm, regs);
	return (int32_t)regs->r[0];
}

static int32_t hypercall_gsi_routing(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	route_call_set(caller, vm, regs);
	if (caller->lines_of) {
		cpu_this()->resched = true; /* for run_work */
	}
	return (int32_t)regs->r[0];
}

static int32_t hypercall_irq_state(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t state = 0;
	int error = irq_call_state(caller, vm, regs->r[2], &state);

	if (error == IRQ_CALL_AGAIN) {
		regs->pc -= HVC_SIZE;
		return (int32_t)PLUMB_GET_IRQ_STATE;
	}
	if (!error) {
		regs->r[1] = state;
	}
	return error;
}

static int32_t hypercall_system_exit(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	struct crash_cause cause = { .reason = PLUMB_CRASH_BY_EXIT,
				     .status = (int32_t)regs->r[1],
				     .vcpu = caller };

	if (cause.status) {
		guest_log_end(caller, regs->pc - HVC_SIZE, "ends its partition with a failure");
		partition_crash(vm, &cause);
	} else {
		partition_end(vm, LIFE_END_OFF);
	}
	return 0;
}

static int32_t hypercall_trace(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)vm;
	return trace_call(regs);
}

static int32_t hypercall_vm_start(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)regs;
	return partition_manage(vm, LIFE_START);
}

/* If the caller ends or pauses its own partition, its CPU picks another vCPU. */
static int32_t hypercall_vm_stop(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)regs;
	return partition_manage(vm, LIFE_STOP);
}

static int32_t hypercall_vm_reset(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)regs;
	return partition_manage(vm, LIFE_RESET);
}

static int32_t hypercall_vm_pause(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)regs;
	return partition_manage(vm, LIFE_PAUSE);
}

static int32_t hypercall_vm_resume(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)regs;
	return partition_manage(vm, LIFE_RESUME);
}

static int32_t hypercall_vm_watch(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	manager_take(vm, &regs->r[1]);
	return 0;
}

static int32_t hypercall_virtio_take(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return virtio_take(vm, regs);
}

static int32_t hypercall_virtio_answer(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return virtio_answer(vm, regs->r[1], regs->r[2]);
}

static int32_t hypercall_virtio_info(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return virtio_info(vm, regs);
}

static int32_t hypercall_get_reg(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return reg_call_get(vm, regs);
}

static int32_t hypercall_set_reg(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	return reg_call_set(vm, regs);
}

static int32_t hypercall_reg_list(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller, (void)vm;
	return reg_call_list(regs);
}

/* The registers are those of the child's vCPU from now on, or r0 is the result. */
static int32_t hypercall_run(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	(void)caller;
	child_run(cpu_this(), vm->child, regs);
	return (int32_t)regs->r[0];
}

/* The calls of the vendor-hypervisor range, one per row: number, handler, check of the right, name
 * in docs/control-abi.md. A handler returns r0. */
/* clang-format off */
#define HYPERCALLS(CALL) \
	CALL(PLUMB_GET_API_VERSION, hypercall_api_version, right_on_self, "KVM_GET_API_VERSION") \
	CALL(PLUMB_CHECK_EXTENSION, hypercall_extension, right_on_self, "KVM_CHECK_EXTENSION") \
	CALL(PLUMB_IRQ_LINE, hypercall_irq_line, right_on_lines, "KVM_IRQ_LINE") \
	CALL(PLUMB_IRQ_LINE_STATUS, hypercall_irq_line, right_on_lines, "KVM_IRQ_LINE_STATUS") \
	CALL(PLUMB_IRQ_LINE_MANY, hypercall_irq_line_many, right_on_lines, "KVM_IRQ_LINE, many") \
	CALL(PLUMB_SET_GSI_ROUTING, hypercall_gsi_routing, right_on_lines, "KVM_SET_GSI_ROUTING") \
	CALL(PLUMB_GSI_LINE, hypercall_gsi_line, right_on_lines, "KVM_IRQ_LINE, by GSI") \
	CALL(PLUMB_GET_IRQ_STATE, hypercall_irq_state, right_on_lines, "PLUMB_GET_IRQ_STATE") \
	CALL(PLUMB_GET_VM_INFO, vm_call_info, right_on_known, "PLUMB_GET_VM_INFO") \
	CALL(PLUMB_GET_VM_NAME, vm_call_name, right_on_known, "PLUMB_GET_VM_NAME") \
	CALL(PLUMB_GET_STATS, vm_call_stats, right_on_known, "PLUMB_GET_STATS") \
	CALL(PLUMB_SYSTEM_EXIT, hypercall_system_exit, right_on_self, "PLUMB_SYSTEM_EXIT") \
	CALL(PLUMB_VM_START, hypercall_vm_start, right_on_managed, "PLUMB_VM_START") \
	CALL(PLUMB_VM_STOP, hypercall_vm_stop, right_on_managed, "PLUMB_VM_STOP") \
	CALL(PLUMB_VM_RESET, hypercall_vm_reset, right_on_managed, "PLUMB_VM_RESET") \
	CALL(PLUMB_VM_PAUSE, hypercall_vm_pause, right_on_managed, "PLUMB_VM_PAUSE") \
	CALL(PLUMB_VM_RESUME, hypercall_vm_resume, right_on_managed, "PLUMB_VM_RESUME") \
	CALL(PLUMB_VM_WATCH, hypercall_vm_watch, right_on_manager, "PLUMB_VM_WATCH") \
	CALL(PLUMB_GET_CRASH, vm_call_crash, right_on_managed, "PLUMB_GET_CRASH") \
	CALL(PLUMB_GET_TIMES, vm_call_times, right_on_managed_or_self, "PLUMB_GET_TIMES") \
	CALL(PLUMB_GET_ONE_REG, hypercall_get_reg, right_on_managed_vcpu, "KVM_GET_ONE_REG") \
	CALL(PLUMB_SET_ONE_REG, hypercall_set_reg, right_on_managed_vcpu, "KVM_SET_ONE_REG") \
	CALL(PLUMB_GET_REG_LIST, hypercall_reg_list, right_on_self, "KVM_GET_REG_LIST") \
	CALL(PLUMB_TRACE, hypercall_trace, right_on_tracer, "PLUMB_TRACE") \
	CALL(PLUMB_VIRTIO_TAKE, hypercall_virtio_take, right_on_backend, "PLUMB_VIRTIO_TAKE") \
	CALL(PLUMB_VIRTIO_ANSWER, hypercall_virtio_answer, right_on_backend, "PLUMB_VIRTIO_ANSWER") \
	CALL(PLUMB_VIRTIO_INFO, hypercall_virtio_info, right_on_backend, "PLUMB_VIRTIO_INFO") \
	CALL(PLUMB_CREATE_VM, child_call_create, right_on_creator, "KVM_CREATE_VM") \
	CALL(PLUMB_DESTROY_VM, child_call_destroy, right_on_creator, "PLUMB_DESTROY_VM") \
	CALL(PLUMB_CREATE_VCPU, child_call_vcpu, right_on_child, "KVM_CREATE_VCPU") \
	CALL(PLUMB_MAP, child_call_map, right_on_child, "PLUMB_MAP") \
	CALL(PLUMB_UNMAP, child_call_unmap, right_on_child, "PLUMB_UNMAP") \
	CALL(PLUMB_DIRTY, child_call_dirty, right_on_child, "PLUMB_DIRTY") \
	CALL(PLUMB_CREATE_DEVICE, child_call_device, right_on_child, "KVM_CREATE_DEVICE") \
	CALL(PLUMB_SET_DEVICE_ATTR, child_call_set_attr, right_on_child, "KVM_SET_DEVICE_ATTR") \
	CALL(PLUMB_GET_DEVICE_ATTR, child_call_get_attr, right_on_child, "KVM_GET_DEVICE_ATTR") \
	CALL(PLUMB_VCPU_INIT, child_call_vcpu_init, right_on_child_vcpu, "KVM_ARM_VCPU_INIT") \
	CALL(PLUMB_GET_MP_STATE, child_call_get_state, right_on_child_vcpu, "KVM_GET_MP_STATE") \
	CALL(PLUMB_SET_MP_STATE, child_call_set_state, right_on_child_vcpu, "KVM_SET_MP_STATE") \
	CALL(PLUMB_RUN, hypercall_run, right_on_child_vcpu, "KVM_RUN") \
	CALL(PLUMB_WAKE_MASK, child_call_wake, right_on_creator, "PLUMB_WAKE_MASK") \
	CALL(PLUMB_GET_VCPU_EVENTS, child_get_events, right_on_child_vcpu, "KVM_GET_VCPU_EVENTS") \
	CALL(PLUMB_SET_VCPU_EVENTS, child_set_events, right_on_child_vcpu, "KVM_SET_VCPU_EVENTS") \
	CALL(PLUMB_IRQ_WATCH, child_call_watch, right_on_child, "PLUMB_IRQ_WATCH") \
	CALL(PLUMB_IRQ_ENDED, child_call_ended, right_on_child, "PLUMB_IRQ_ENDED")
/* clang-format on */

#define HYPERCALL_ONE(number, handler, right, name) +1
#define HYPERCALL_CASE(number, handler, right, name)  \
	case number:                                  \
		error = right(vcpu, regs->r[1], &vm); \
		return error ? error : handler(vcpu, vm, regs);

/* The calls that SMCCC (ARM DEN 0028) requires in each range. */
static int32_t hypercall_about(struct guest_regs *regs)
{
	switch (regs->r[0]) {
	case PLUMB_CALL_COUNT:
		return 0 HYPERCALLS(HYPERCALL_ONE);
	case PLUMB_CALL_UID:
		regs->r[1] = PLUMB_UID_R1;
		regs->r[2] = PLUMB_UID_R2;
		regs->r[3] = PLUMB_UID_R3;
		return (int32_t)PLUMB_UID_R0;
	case PLUMB_CALL_REVISION:
		regs->r[1] = PLUMB_REVISION_MINOR;
		return PLUMB_REVISION_MAJOR;
	default:
		return SMCCC_NOT_SUPPORTED;
	}
}

static inline int32_t hypercall_vendor(struct vcpu *vcpu, struct guest_regs *regs, uint32_t number)
{
	struct vm *vm;
	int32_t error;

	switch (number) {
		HYPERCALLS(HYPERCALL_CASE);
	default:
		return hypercall_about(regs);
	}
}

/* Children have PSCI and SMCCC; no rights, so none of the other calls is there. */
static void hypercall_of_child(struct guest_regs *regs)
{
	if (psci_owns(regs->r[0])) {
		child_psci(cpu_this(), regs);
	} else {
		regs->r[0] = (uint32_t)SMCCC_NOT_SUPPORTED;
	}
}

/* The frequent calls leave pc and cpsr as they are. All of these are separate functions, and have
 * the same registers as arguments, so that exit_hvc needs no register saved for them. */
static COLD EXIT_AS_IS void hypercall_rest(uint32_t word, struct guest_regs *regs,
					   struct vcpu *caller)
{
	(void)word;
	if (psci_is_query(regs->r[0])) {
		regs->r[0] = (uint32_t)psci_query(regs->r[0], regs->r[1]);
	} else if (caller->vm->child) {
		hypercall_of_child(regs);
	} else if (psci_owns(regs->r[0])) {
		hypercall_psci(cpu_this(), regs);
	} else {
		regs->r[0] = (uint32_t)hypercall_vendor(caller, regs, regs->r[0]);
		child_put(cpu_this());
	}
	world_resume(regs->pc, regs->cpsr);
}

static __attribute__((noinline)) void hypercall_word(struct vm *vm, struct guest_regs *regs)
{
	if (irq_line_has_no_type(regs->r[2])) {
		regs->r[0] = (uint32_t)-HYP_EINVAL;
	} else {
		regs->r[0] = (uint32_t)irq_call_line(vm, regs->r[2], regs->r[3]);
	}
}

static __attribute__((noinline)) void hypercall_spi(struct vm *vm, struct guest_regs *regs,
						    uint32_t spi)
{
	regs->r[0] = (uint32_t)irq_call_spi(vm, spi, regs->r[3]);
}

/* KVM_IRQ_LINE. Separate, so that PSCI_VERSION needs no register moved for it. */
static EXIT_AS_IS void hypercall_line(uint32_t word, struct guest_regs *regs,
				      const struct vcpu *caller)
{
	struct vm *vm = right_target(caller->vm, regs->r[1]);
	uint32_t spi;

	(void)word;
	if (!vm) {
		hypercall_elsewhere_line(caller, regs);
	} else if (irq_line_is_spi(regs->r[2], vm->nr_spis, &spi)) {
		if (irq_call_spi_stays(vm, spi, regs->r[3])) {
			regs->r[0] = 0;
		} else {
			hypercall_spi(vm, regs, spi);
		}
	} else {
		hypercall_word(vm, regs);
	}
}

/* PLUMB_RUN: `regs` are those of the child's vCPU from now on, or r0 is the result. While a CPU
 * runs a vCPU of it, the child stays without child_find's protection. */
static EXIT_AS_IS void hypercall_switch(uint32_t word, struct guest_regs *regs, struct vcpu *caller)
{
	struct cpu *cpu = cpu_this();
	struct child *child = caller->vm->creator
				      ? child_find_here(cpu, caller->vm, right_handle(regs->r[1]))
				      : NULL;

	if (child) {
		child_run(cpu, child, regs);
		child_put(cpu);
		world_resume(regs->pc, regs->cpsr);
	} else {
		hypercall_rest(word, regs, caller); /* it tells why */
	}
}

/* KVM_IRQ_LINE, by GSI. */
static EXIT_AS_IS void hypercall_gsi(uint32_t word, struct guest_regs *regs,
				     const struct vcpu *caller)
{
	struct vm *vm = right_target(caller->vm, regs->r[1]);

	(void)word;
	if (vm) {
		route_call_line(vm, regs);
	} else {
		hypercall_elsewhere_gsi(caller, regs);
	}
}

_Static_assert(HVC_BASE == PLUMB_HVC_BASE, "exit_hvc, vectors.S");

void exit_hvc(uint32_t word, struct guest_regs *regs, struct vcpu *vcpu, uint32_t hsr)
{
	(void)hsr;
	if (word == PLUMB_IRQ_LINE - PLUMB_HVC_BASE) {
		hypercall_line(word, regs, vcpu);
	} else if (word == PSCI_FN_VERSION - PLUMB_HVC_BASE) {
		regs->r[0] = PSCI_VERSION_1_0;
	} else if (word == PLUMB_GSI_LINE - PLUMB_HVC_BASE) {
		hypercall_gsi(word, regs, vcpu);
	} else if (word == PLUMB_RUN - PLUMB_HVC_BASE) {
		hypercall_switch(word, regs, vcpu);
	} else {
		hypercall_rest(word, regs, vcpu);
	}
}

/* An HVC with another immediate than 0. */
static void exit_on_hvc_other(struct cpu *cpu, struct guest_regs *regs, uint32_t hsr)
{
	cpu->loaded->stats[PLUMB_STAT_HVC]++;
	regs->pc -= HVC_SIZE; /* the PC is after the HVC */
	exit_inject_undef(cpu->loaded, regs, hsr & (HSR_EC | HSR_HVC_IMM));
}

void exit_hvc_other(struct vcpu *vcpu, struct guest_regs *regs, uint32_t offset, uint32_t hsr)
{
	(void)vcpu, (void)offset;
	exit_whole(regs, hsr, exit_on_hvc_other);
}
