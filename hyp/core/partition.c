/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/partition.h"
#include "hyp/base/bits.h"
#include "hyp/core/cpu.h"
#include "hyp/core/device.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/halt.h"
#include "hyp/core/locks.h"
#include "hyp/core/log.h"
#include "hyp/core/phys.h"
#include "hyp/core/vm.h"

/* Called before the first turn of its vCPU 0, which does the loading. */
static void partition_prepare(struct vm *vm)
{
	guest_log_reset(vm);
	vm->load_phase = 0;
	vm->load_offset = 0;
}

void partition_start(struct vm *vm)
{
	uint8_t tell = SCHED_NO_CPU;
	struct sched_locked held;

	partition_prepare(vm);
	held = vm_lock_sched();
	if (life_begin(held.sched, &vm->life, &tell)) {
		tell = vm_must_look(held, vm->life.vcpu[0].entity, tell);
	}
	vm_unlock_sched(held);
	cpu_interrupt(tell);
}

static void partition_say_end(struct vm *vm)
{
	if (vm->life.end == LIFE_END_RESET) {
		guest_log_restart(vm);
	} else if (vm->life.end == LIFE_END_CRASH) {
		log_end("%s: crashed, status %d\n", vm->config->name, (int)vm->status);
	} else {
		log_end("%s: off\n", vm->config->name);
	}
}

/* Called when a partition is off or has crashed: if all are, ends the system. */
static void partition_all_ended(void)
{
	static struct lock once; /* if two end at once, only one of them sees that all have ended */
	enum halt_status status = HALT_OK;

	lock_take(&once, LOCK_RANK_END);
	for (uint32_t n = 0; n < vm_count; n++) {
		if (vms[n].life.state == LIFE_CRASHED) {
			status = HALT_CRASHED;
		} else if (vms[n].life.state != LIFE_OFF) {
			lock_drop(&once);
			return;
		}
	}
	halt_system(status);
}

/* Its vCPUs are off: those that waited have left their alarms. */
static void partition_clear_alarms(struct sched_locked held, const struct vm *vm)
{
	(void)held;
	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		alarm_clear(&vm_alarms, vm->vcpus[n].entity);
	}
}

void partition_clear_up(struct vm *vm)
{
	uint8_t tell = SCHED_NO_CPU;
	struct sched_locked held;
	bool again;

	phys_take_back(vm);
	device_reset(vm);
	partition_say_end(vm);
	if (vm->life.end == LIFE_END_RESET) {
		partition_prepare(vm);
	}
	held = vm_lock_sched();
	partition_clear_alarms(held, vm);
	again = life_ended(held.sched, &vm->life, &tell);
	if (again) {
		tell = vm_must_look(held, vm->life.vcpu[0].entity, tell);
	}
	vm_unlock_sched(held);
	if (again) {
		cpu_interrupt(tell);
	} else {
		partition_all_ended();
	}
}

void partition_end(struct vm *vm, enum life_end how, int32_t status)
{
	struct sched_locked held;
	uint32_t tell;
	bool last;

	held = vm_lock_sched();
	if (life_end(held.sched, &vm->life, how, &tell, &last)) {
		vm->status = status;
	}
	for (uint32_t left = tell; left; left &= left - 1) {
		cpus[bits_first(left)].resched = true;
	}
	vm_unlock_sched(held);
	for (; tell; tell &= tell - 1) {
		cpu_interrupt(bits_first(tell));
	}
	if (last) {
		partition_clear_up(vm);
	}
}

static bool partition_entry_valid(const void *cookie, ipa_t ipa)
{
	const struct vm *vm = cookie;
	pa_t pa;

	return vm_owns(vm, ipa_make(ipa.ipa & ~UINT32_C(1)), sizeof(uint16_t), &pa);
}

struct psci_result partition_psci(struct vcpu *caller, const uint32_t args[4])
{
	struct vm *vm = caller->vm;
	struct psci_result result;
	struct sched_locked held;
	uint8_t tell;

	held = vm_lock_sched();
	result = life_call(held.sched, &vm->life, caller->index, args, partition_entry_valid, vm,
			   &tell);
	if (result.effect == PSCI_DO_START) {
		tell = vm_must_look(held, vm->life.vcpu[result.target].entity, tell);
	}
	vm_unlock_sched(held);
	cpu_interrupt(tell);
	return result;
}
