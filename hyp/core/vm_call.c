/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/vm_call.h"
#include "hyp/base/error.h"
#include "hyp/core/crash.h"
#include "hyp/core/vm.h"
#include "hyp/core/vsync.h"
#include <string.h>

/* The register that holds the four characters of its name from `from` on, 0 to 15: zero-padded. */
static uint32_t vm_call_word(const struct vm *vm, uint32_t from)
{
	uint32_t length = (uint32_t)strlen(vm->config->name), word = 0;

	for (uint32_t n = 0; n < 4 && from + n < length; n++) {
		word |= (uint32_t)(uint8_t)vm->config->name[from + n] << (n * 8);
	}
	return word;
}

int32_t vm_call_name(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t from = regs->r[2];

	(void)caller;
	if (from > PLUMB_VM_NAME_MAX) {
		return -HYP_EINVAL;
	}
	for (uint32_t n = 0; n < PLUMB_VM_NAME_PART / 4; n++) {
		regs->r[1 + n] = vm_call_word(vm, from + 4 * n);
	}
	return 0;
}

int32_t vm_call_info(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	static const uint8_t states[] = {
		[LIFE_OFF] = PLUMB_VM_OFF,	   [LIFE_LOADING] = PLUMB_VM_LOADING,
		[LIFE_RUNNING] = PLUMB_VM_RUNNING, [LIFE_ENDING] = PLUMB_VM_RUNNING,
		[LIFE_CRASHED] = PLUMB_VM_CRASHED, [LIFE_PAUSING] = PLUMB_VM_RUNNING,
		[LIFE_PAUSED] = PLUMB_VM_PAUSED
	};

	(void)caller;
	regs->r[1] = vm->nr_vcpus | (vm->vgic ? vgic_nr_irqs(vm->vgic) << 8 : 0) |
		     (uint32_t)states[vm->life.state] << 24;
	regs->r[2] = vm_call_word(vm, 0);
	regs->r[3] = vm_call_word(vm, 4);
	return 0;
}

int32_t vm_call_stats(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t index = regs->r[3];
	uint64_t value;

	(void)caller;
	if (regs->r[2] >= vm->nr_vcpus || index >= PLUMB_STAT_COUNT) {
		return -HYP_EINVAL;
	}
	value = vm_stat(&vm->vcpus[regs->r[2]], index);
	regs->r[1] = (uint32_t)value;
	regs->r[2] = (uint32_t)(value >> 32);
	return 0;
}

/* The low half of the result is PLUMB_GET_TIMES's r1, the high half its r2. */
static uint64_t vm_call_time(const struct vcpu *vcpu, uint32_t index)
{
	struct sched_locked held = vm_lock_sched();
	struct times times = vm_times_of(held, vcpu);

	vm_unlock_sched(held);
	return index == PLUMB_TIMES_CPU ? times.cpu : times.wait;
}

int32_t vm_call_times(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t index = regs->r[3];
	struct vcpu *vcpu;
	uint64_t value;

	if (regs->r[2] >= vm->nr_vcpus || index >= PLUMB_TIMES_COUNT) {
		return -HYP_EINVAL;
	}
	vcpu = &vm->vcpus[regs->r[2]];
	value = index == PLUMB_TIMES_INTERRUPTS ? vsync_interrupts(vcpu, vcpu == caller)
						: vm_call_time(vcpu, index);
	regs->r[1] = (uint32_t)value;
	regs->r[2] = (uint32_t)(value >> 32);
	return 0;
}

int32_t vm_call_crash(struct vcpu *caller, struct vm *vm, struct guest_regs *regs)
{
	uint32_t words[3];
	int32_t error = crash_read(vm, regs->r[2], regs->r[3], words);

	(void)caller;
	if (!error) {
		memcpy(&regs->r[1], words, sizeof(words));
	}
	return error;
}
