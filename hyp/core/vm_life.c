/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of partitions: hyp/sched/life.c decides, this carries out. */
#include "hyp/base/bits.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/irq.h"
#include "hyp/core/main.h"
#include "hyp/core/rtc.h"
#include "hyp/core/tty.h"
#include "hyp/core/vm.h"

/* Before the first turn of its vCPU 0, which pays for the loading. */
static void vm_prepare(struct vm *vm)
{
	guest_log_reset(vm);
	vm->load_phase = 0;
	vm->load_offset = 0;
}

void vm_start(struct vm *vm)
{
	uint8_t tell = SCHED_NO_CPU;

	vm_prepare(vm);
	lock_take(&sched_lock);
	if (life_begin(&sched, &vm->life, &tell)) {
		tell = vm_must_look(tell);
	}
	lock_drop(&sched_lock);
	vm_tell(tell);
}

static void vm_say_end(struct vm *vm)
{
	if (vm->life.end == LIFE_END_RESET) {
		guest_log_restart(vm);
	} else if (vm->life.end == LIFE_END_CRASH) {
		print_end("%s: crashed, status %d\n", vm->config->name, (int)vm->status);
	} else {
		print_end("%s: off\n", vm->config->name);
	}
}

void vm_clear_up(struct vm *vm)
{
	uint8_t tell = SCHED_NO_CPU;
	bool again;

	irq_take_back(vm);
	tty_reset_vm(vm);
	rtc_reset(vm);
	vm_say_end(vm);
	if (vm->life.end == LIFE_END_RESET) {
		vm_prepare(vm);
	}
	lock_take(&sched_lock);
	again = life_ended(&sched, &vm->life, &tell);
	if (again) {
		tell = vm_must_look(tell);
	}
	lock_drop(&sched_lock);
	if (again) {
		vm_tell(tell);
	} else {
		main_vm_ended();
	}
}

void vm_end(struct vm *vm, enum life_end how, int32_t status)
{
	uint32_t tell;
	bool last;

	lock_take(&sched_lock);
	if (life_end(&sched, &vm->life, how, &tell, &last)) {
		vm->status = status;
	}
	for (uint32_t left = tell; left; left &= left - 1) {
		cpus[bits_first(left)].resched = true;
	}
	lock_drop(&sched_lock);
	for (; tell; tell &= tell - 1) {
		vm_tell((uint8_t)bits_first(tell));
	}
	if (last) {
		vm_clear_up(vm);
	}
}

static bool vm_entry_valid(const void *cookie, uint32_t ipa)
{
	const struct vm *vm = cookie;
	uint64_t pa;

	return vm_owns(vm, ipa & ~UINT32_C(1), sizeof(uint16_t), &pa);
}

struct psci_result vm_psci(struct vcpu *caller, const uint32_t args[4])
{
	struct vm *vm = caller->vm;
	struct psci_result result;
	uint8_t tell;

	lock_take(&sched_lock);
	result = life_call(&sched, &vm->life, caller->index, args, vm_entry_valid, vm, &tell);
	if (result.effect == PSCI_DO_START) {
		tell = vm_must_look(tell);
	}
	lock_drop(&sched_lock);
	vm_tell(tell);
	return result;
}
