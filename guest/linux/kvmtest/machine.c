/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/kvmtest/machine.h"
#include "guest/linux/kvmtest/tap.h"

#define MACHINE_SVC 0xd3u /* CPSR: SVC mode, interrupts masked */

int32_t machine_open(void)
{
	static int32_t file = -1;

	if (file < 0) {
		file = sys_call3(SYS_OPEN, sys_at("/dev/kvm"), 2, 0);
	}
	return file;
}

int32_t machine_slot(const struct machine *machine, uint32_t slot, uint32_t flags, uint32_t guest,
		     uint32_t size, const void *user)
{
	struct kvm_region region = { slot, flags, guest, size, sys_at(user) };

	return sys_ioctl(machine->vm, KVM_SET_USER_MEMORY_REGION, sys_at(&region));
}

int32_t machine_init(const struct machine *machine, uint32_t index, uint32_t features)
{
	struct kvm_init init = { machine->target, { features } };

	return sys_ioctl(machine->vcpus[index], KVM_ARM_VCPU_INIT, sys_at(&init));
}

bool machine_add_vcpu(struct machine *machine, uint32_t index, uint32_t features)
{
	void *state;

	machine->vcpus[index] = sys_ioctl(machine->vm, KVM_CREATE_VCPU, index);
	if (machine->vcpus[index] < 0 || machine_init(machine, index, features) < 0) {
		return false;
	}
	state = sys_map(machine->vcpus[index], 0, 2 * MACHINE_PAGE, SYS_PROT_READ | SYS_PROT_WRITE,
			SYS_MAP_SHARED);
	machine->runs[index] = state;
	machine->ring = (void *)((uint8_t *)state + MACHINE_PAGE);
	return state != NULL;
}

static bool machine_place_gic(struct machine *machine, uint64_t gicd, uint64_t gicc)
{
	struct kvm_attr set[2] = { { 0, 0, 1, sys_at(&gicc) }, { 0, 0, 0, sys_at(&gicd) } };

	return sys_ioctl(machine->gic, KVM_SET_DEVICE_ATTR, sys_at(&set[0])) == 0 &&
	       sys_ioctl(machine->gic, KVM_SET_DEVICE_ATTR, sys_at(&set[1])) == 0;
}

bool machine_add_gic_at(struct machine *machine, uint32_t gicd, uint32_t gicc)
{
	struct kvm_device device = { 5, 0, 0 };
	uint32_t irqs = 128;
	struct kvm_attr count = { 0, 3, 0, sys_at(&irqs) }, init = { 0, 4, 0, 0 };

	if (sys_ioctl(machine->vm, KVM_CREATE_DEVICE, sys_at(&device)) != 0) {
		return false;
	}
	machine->gic = (int32_t)device.fd;
	return machine_place_gic(machine, gicd, gicc) &&
	       sys_ioctl(machine->gic, KVM_SET_DEVICE_ATTR, sys_at(&count)) == 0 &&
	       sys_ioctl(machine->gic, KVM_SET_DEVICE_ATTR, sys_at(&init)) == 0;
}

bool machine_add_gic(struct machine *machine)
{
	return machine_add_gic_at(machine, MACHINE_GICD, MACHINE_GICC);
}

static bool machine_add_vcpus(struct machine *machine, uint32_t flags)
{
	return flags & MACHINE_NO_VCPU ||
	       (machine_add_vcpu(machine, 0, 2) &&
		(!(flags & MACHINE_TWO) || machine_add_vcpu(machine, 1, 3)));
}

static bool machine_add_all(struct machine *machine, uint32_t flags)
{
	struct kvm_init preferred = { 0 };

	machine->vm = sys_ioctl(machine_open(), KVM_CREATE_VM, 0);
	if (machine->vm < 0 ||
	    sys_ioctl(machine->vm, KVM_ARM_PREFERRED_TARGET, sys_at(&preferred)) < 0) {
		return false;
	}
	machine->target = preferred.target;
	machine->ram = sys_memory(MACHINE_SIZE);
	return machine->ram &&
	       (flags & MACHINE_NO_RAM ||
		machine_slot(machine, 0, flags & MACHINE_LOG ? KVM_MEM_LOG_DIRTY_PAGES : 0,
			     MACHINE_RAM, MACHINE_SIZE, machine->ram) == 0) &&
	       machine_add_vcpus(machine, flags) &&
	       (!(flags & MACHINE_GIC) || machine_add_gic(machine));
}

bool machine_make(struct machine *machine, uint32_t flags)
{
	bool made;

	*machine = (struct machine) { .vm = -1, .gic = -1 };
	for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
		machine->vcpus[n] = -1;
	}
	made = machine_add_all(machine, flags);
	if (!made) {
		tap_ok(false, "a VM for the next tests is made");
		machine_end(machine);
	}
	return made;
}

static void machine_close(int32_t *file)
{
	if (*file >= 0) {
		(void)sys_close(*file);
	}
	*file = -1;
}

void machine_end(struct machine *machine)
{
	for (uint32_t n = 0; n < MACHINE_VCPUS; n++) {
		if (machine->runs[n]) {
			sys_unmap((void *)(uintptr_t)machine->runs[n], 2 * MACHINE_PAGE);
		}
		machine_close(&machine->vcpus[n]);
	}
	machine_close(&machine->gic);
	machine_close(&machine->vm);
	if (machine->ram) {
		sys_unmap(machine->ram, MACHINE_SIZE);
	}
}

/* ---- registers ---- */

int32_t machine_set(const struct machine *machine, uint32_t index, uint64_t id, uint64_t value)
{
	struct kvm_reg reg = { id, sys_at(&value) };

	return sys_ioctl(machine->vcpus[index], KVM_SET_ONE_REG, sys_at(&reg));
}

int32_t machine_get(const struct machine *machine, uint32_t index, uint64_t id, uint64_t *value)
{
	struct kvm_reg reg = { id, sys_at(value) };

	*value = 0;
	return sys_ioctl(machine->vcpus[index], KVM_GET_ONE_REG, sys_at(&reg));
}

/* ---- running ---- */

void machine_begin(const struct machine *machine, uint32_t index)
{
	(void)machine_set(machine, index, KVM_ID_CPSR, MACHINE_SVC);
	(void)machine_set(machine, index, KVM_ID_PC, MACHINE_RAM);
	(void)machine_set(machine, index, KVM_ID_R(4), MACHINE_GICD);
	(void)machine_set(machine, index, KVM_ID_R(5), MACHINE_GICC);
	(void)machine_set(machine, index, KVM_ID_R(6), MACHINE_MMIO);
}

void machine_complete(const struct machine *machine, uint32_t index)
{
	machine->runs[index]->immediate_exit = 1;
	(void)machine_run(machine, index);
	machine->runs[index]->immediate_exit = 0;
}

/* What is behind the program does no harm. */
void machine_load(struct machine *machine, const uint8_t *program)
{
	machine_complete(machine, 0);
	memcpy(machine->ram, program, (size_t)(guest_end - program));
	machine_begin(machine, 0);
}

int32_t machine_run(const struct machine *machine, uint32_t index)
{
	return sys_ioctl(machine->vcpus[index], KVM_RUN, 0);
}

bool machine_stores(const struct machine *machine, uint32_t index, uint32_t address,
		    uint32_t *value)
{
	volatile struct kvm_state *run = machine->runs[index];
	int32_t error = machine_run(machine, index);

	*value = 0;
	if (error || run->exit_reason != KVM_EXIT_MMIO || !run->mmio.is_write ||
	    run->mmio.address != address) {
		return false;
	}
	for (uint32_t n = 0; n < run->mmio.bytes && n < sizeof(*value); n++) {
		*value |= (uint32_t)run->mmio.data[n] << 8 * n;
	}
	return true;
}

bool machine_stores_this(const struct machine *machine, uint32_t index, uint32_t address,
			 uint32_t value)
{
	uint32_t stored;

	return machine_stores(machine, index, address, &stored) && stored == value;
}

int32_t machine_gic(const struct machine *machine, uint32_t call, uint32_t group, uint32_t vcpu,
		    uint32_t offset, uint32_t *value)
{
	struct kvm_attr attr = { 0, group, (uint64_t)vcpu << 32 | offset, sys_at(value) };

	return sys_ioctl(machine->gic, call, sys_at(&attr));
}

int32_t machine_line(const struct machine *machine, uint32_t irq, uint32_t level)
{
	struct kvm_line line = { irq, level };

	return sys_ioctl(machine->vm, KVM_IRQ_LINE, sys_at(&line));
}
