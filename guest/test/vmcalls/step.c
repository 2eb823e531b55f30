/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/timer.h"
#include "guest/lib/vms.h"
#include "guest/test/vmcalls/vmcalls.h"

#define STEP_RUN_US 40u
#define STEP_GICD   0x08000000u
#define STEP_GICC   0x08010000u

static int32_t step_call(struct vmcalls_cpu *cpu, enum vmcalls_call call, uint32_t r1, uint32_t r2,
			 uint32_t r3, uint32_t r4, uint32_t r5)
{
	struct vmcalls_regs regs = { { 0, r1, r2, r3, r4, r5 } };

	return vmcalls_call(cpu, call, &regs);
}

/* ---- calls one by one ---- */

static void step_create(struct vmcalls_cpu *cpu)
{
	(void)step_call(cpu, VMCALLS_CREATE_VM,
			vmcalls_draw(cpu, 8) ? vmcalls_draw(cpu, 2) : vmcalls_any(cpu), 0, 0, 0, 0);
}

static void step_destroy(struct vmcalls_cpu *cpu)
{
	uint32_t vm = vmcalls_handle(cpu), most = 1 + vmcalls_draw(cpu, 64);

	while (most-- && step_call(cpu, VMCALLS_DESTROY_VM, vm, 0, 0, 0, 0) == -11) {
	}
}

static void step_map(struct vmcalls_cpu *cpu)
{
	uint32_t flags = vmcalls_draw(cpu, 16) ? vmcalls_draw(cpu, 4) : vmcalls_any(cpu), at, count;

	count = vmcalls_runs(cpu, flags, &at);
	(void)step_call(cpu, VMCALLS_MAP, vmcalls_handle(cpu), vmcalls_page(cpu), at, count, flags);
}

static void step_dirty(struct vmcalls_cpu *cpu)
{
	uint32_t pages = vmcalls_pages(cpu);

	(void)step_call(cpu, VMCALLS_DIRTY, vmcalls_handle(cpu), vmcalls_page(cpu), pages,
			vmcalls_pointer(cpu, 64), vmcalls_any(cpu));
}

/* A group, an attribute and a value that go together; or not. */
static void step_attr(struct vmcalls_cpu *cpu)
{
	static const uint32_t groups[] = { 0, 0, 3, 4, 1, 2, 5, 0x80000000 };
	uint32_t group = groups[vmcalls_draw(cpu, 8)], attr = vmcalls_draw(cpu, 3), high = 0, value;

	value = group == 3 ? 32 * vmcalls_draw(cpu, 40)
			   : vmcalls_page(cpu) * VMCALLS_PAGE + (vmcalls_draw(cpu, 8) == 0);
	if (vmcalls_draw(cpu, 8) == 0) {
		high = vmcalls_any(cpu);
		attr = vmcalls_any(cpu);
	}
	if (vmcalls_draw(cpu, 2)) {
		(void)step_call(cpu, VMCALLS_SET_ATTR, vmcalls_handle(cpu), group, attr, value,
				high);
	} else {
		(void)step_call(cpu, VMCALLS_GET_ATTR, vmcalls_handle(cpu), group, attr, value,
				high);
	}
}

static void step_init(struct vmcalls_cpu *cpu)
{
	uint32_t target = vmcalls_draw(cpu, 16) ? vms_target() : vmcalls_draw(cpu, 6);
	uint32_t features =
		vmcalls_draw(cpu, 16) ? 2 + (vmcalls_draw(cpu, 8) == 0) : vmcalls_any(cpu);

	(void)step_call(cpu, VMCALLS_VCPU_INIT, vmcalls_vcpu(cpu), target, features, 0, 0);
}

static void step_state(struct vmcalls_cpu *cpu)
{
	static const uint32_t states[] = { 0, 0, 0, 5, 1, 4, 6, 0x80000000 };

	(void)step_call(cpu, VMCALLS_GET_STATE, vmcalls_vcpu(cpu), 0, 0, 0, 0);
	if (vmcalls_draw(cpu, 4) == 0) {
		(void)step_call(cpu, VMCALLS_SET_STATE, vmcalls_vcpu(cpu),
				states[vmcalls_draw(cpu, 8)], 0, 0, 0);
	}
}

static void step_events(struct vmcalls_cpu *cpu)
{
	static const uint32_t events[] = { 1, 0x10000, 0x10001, 0, 0x101, 0x80000000 };

	(void)step_call(cpu, VMCALLS_GET_EVENTS, vmcalls_vcpu(cpu), 0, 0, 0, 0);
	if (vmcalls_draw(cpu, 4) == 0) {
		(void)step_call(cpu, VMCALLS_SET_EVENTS, vmcalls_vcpu(cpu),
				events[vmcalls_draw(cpu, 6)], 0, 0, 0);
	}
}

static void step_watch(struct vmcalls_cpu *cpu)
{
	uint32_t vm = vmcalls_handle(cpu);

	if (vmcalls_draw(cpu, 4) == 0) {
		(void)step_call(cpu, VMCALLS_WATCH, vm, vmcalls_word(cpu), vmcalls_draw(cpu, 2), 0,
				0);
	}
	(void)step_call(cpu, VMCALLS_ENDED, vm, 0, 0, 0, 0);
}

static void step_register(struct vmcalls_cpu *cpu)
{
	uint64_t value, id = vmcalls_register(cpu, &value);
	enum vmcalls_call call = vmcalls_draw(cpu, 2) ? VMCALLS_SET_REG : VMCALLS_GET_REG;

	(void)step_call(cpu, call, vmcalls_vcpu(cpu), (uint32_t)id, (uint32_t)(id >> 32),
			(uint32_t)value, (uint32_t)(value >> 32));
}

static void step_wake(struct vmcalls_cpu *cpu)
{
	(void)step_call(cpu, VMCALLS_WAKE_MASK, vmcalls_draw(cpu, 2) ? 0 : vmcalls_handle(cpu), 0,
			0, 0, 0);
}

static void step_line(struct vmcalls_cpu *cpu)
{
	uint32_t vm = vmcalls_handle(cpu), word = vmcalls_word(cpu);

	switch (vmcalls_draw(cpu, 6)) {
	case 4:
		(void)step_call(cpu, VMCALLS_GSI_LINE, vm, vmcalls_draw(cpu, 300),
				vmcalls_draw(cpu, 2), 0, 0);
		break;
	case 5:
		(void)step_call(cpu, VMCALLS_GSI_ROUTES, vm, vmcalls_pointer(cpu, 64 * 48),
				vmcalls_draw(cpu, 32) ? vmcalls_draw(cpu, 3) : vmcalls_any(cpu), 0,
				0);
		break;
	case 0:
		(void)step_call(cpu, VMCALLS_IRQ_STATE, vm, word, 0, 0, 0);
		break;
	case 1:
		(void)step_call(cpu, VMCALLS_IRQ_MANY, vm, vmcalls_pointer(cpu, 64 * 8),
				vmcalls_draw(cpu, 70), 0, 0);
		break;
	default:
		(void)step_call(cpu, VMCALLS_IRQ_LINE, vm, word, vmcalls_draw(cpu, 2), 0, 0);
		break;
	}
}

/* Runs of one vCPU, each with what becomes of its last access, and an end by this one's timer. */
static void step_run(struct vmcalls_cpu *cpu)
{
	uint32_t vcpu = vmcalls_vcpu(cpu), most = 1 + vmcalls_draw(cpu, 8), action;
	int32_t said;

	do {
		action = vmcalls_draw(cpu, 16) ? vmcalls_draw(cpu, 3) : vmcalls_any(cpu);
		timer_start_us(vmcalls_draw(cpu, STEP_RUN_US));
		said = step_call(cpu, VMCALLS_RUN, vcpu, vmcalls_any(cpu), action, 0, 0);
		timer_stop();
		cpu->reasons[said > 0 ? said & 7 : 0]++;
	} while (said > 0 && --most);
}

/* ---- a VM that can run, more or less ---- */

static void step_whole_gic(struct vmcalls_cpu *cpu, uint32_t vm)
{
	(void)step_call(cpu, VMCALLS_CREATE_DEVICE, vm, vmcalls_draw(cpu, 8) ? 5 : vmcalls_any(cpu),
			0, 0, 0);
	(void)step_call(cpu, VMCALLS_SET_ATTR, vm, 0, 0, STEP_GICD, 0);
	(void)step_call(cpu, VMCALLS_SET_ATTR, vm, 0, 1, STEP_GICC, 0);
}

static void step_whole(struct vmcalls_cpu *cpu)
{
	uint32_t vm = VMCALLS_FIRST + vmcalls_draw(cpu, VMCALLS_SLOTS), at, count;
	uint32_t vcpus = 1 + vmcalls_draw(cpu, 2);

	step_create(cpu);
	for (uint32_t n = 0; n < vcpus; n++) {
		(void)step_call(cpu, VMCALLS_CREATE_VCPU, vm,
				vmcalls_draw(cpu, 8) ? n : vmcalls_any(cpu), 0, 0, 0);
		(void)step_call(cpu, VMCALLS_VCPU_INIT, vm | n << 16, vms_target(),
				vmcalls_draw(cpu, 3) ? 2 : 2 + (n != 0), 0, 0);
	}
	if (vmcalls_draw(cpu, 4)) {
		step_whole_gic(cpu, vm);
	}
	count = vmcalls_runs(cpu, 0, &at);
	(void)step_call(cpu, VMCALLS_MAP, vm, VMCALLS_RAM, at, count, 0);
	(void)step_call(cpu, VMCALLS_MAP, vm, 0, vmcalls_vectors(), 1, 1);
	for (uint32_t n = 0; n < vcpus; n++) {
		uint32_t pc = vmcalls_draw(cpu, 4)
				      ? VMCALLS_RAM * VMCALLS_PAGE + 4 * vmcalls_draw(cpu, 1024)
				      : VMCALLS_PAGE;

		(void)step_call(cpu, VMCALLS_SET_REG, vm | n << 16, 0x0010000f, 0x40200000, pc, 0);
	}
}

void vmcalls_step(struct vmcalls_cpu *cpu)
{
	uint32_t draw = vmcalls_draw(cpu, 64);

	if (draw < 2) {
		step_create(cpu);
	} else if (draw < 5) {
		step_destroy(cpu);
	} else if (draw < 10) {
		step_map(cpu);
	} else if (draw < 12) {
		(void)step_call(cpu, VMCALLS_UNMAP, vmcalls_handle(cpu), vmcalls_page(cpu),
				vmcalls_pages(cpu), 0, 0);
	} else if (draw < 15) {
		step_dirty(cpu);
	} else if (draw < 18) {
		step_attr(cpu);
	} else if (draw < 20) {
		step_init(cpu);
	} else if (draw < 21) {
		step_state(cpu);
	} else if (draw < 22) {
		step_events(cpu);
	} else if (draw < 23) {
		step_watch(cpu);
	} else if (draw < 30) {
		step_register(cpu);
	} else if (draw < 33) {
		step_wake(cpu);
	} else if (draw < 42) {
		step_line(cpu);
	} else if (draw < 44) {
		vmcalls_write_code(cpu);
	} else if (draw < 50) {
		step_whole(cpu);
	} else {
		step_run(cpu);
	}
}
