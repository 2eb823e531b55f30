/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/rtc.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/core/vm.h"
#include "hyp/dev/pl031.h"
#include "hyp/hw/timer.h"
#include "hyp/sched/deadline.h"

static uint64_t rtc_epoch; /* seconds that the board's clock is ahead of the counter */

void rtc_init(uint32_t seconds)
{
	uint64_t counter = timer_now() / facts_timer_hz();

	rtc_epoch = seconds > counter ? seconds - counter : 0;
}

static uint64_t rtc_seconds(uint64_t ticks)
{
	return rtc_epoch + ticks / facts_timer_hz();
}

static void rtc_update_line(struct vgic_locked held, vgic_kick_t *kick)
{
	if (held.vm->vgic) {
		vgic_device_line(held.vm->vgic, machine_windows[MACHINE_RTC].intid,
				 pl031_irq(&held.vm->rtc), kick);
	}
}

/* The counter value of an alarm. */
static uint64_t rtc_ticks(uint64_t at)
{
	return (at - rtc_epoch) * facts_timer_hz();
}

/* The CPU that has written an alarm is responsible for it. No other CPU is interrupted, and this
 * one sets its timer only if the alarm is earlier. */
enum mmio_result rtc_access(struct vcpu *vcpu, struct mmio *mmio)
{
	struct vm *vm = vcpu->vm;
	struct cpu *cpu = cpu_this();
	enum mmio_result result;
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	bool armed;
	uint64_t at;

	held = vm_lock_vgic(vm);
	result = pl031_access(&vm->rtc, mmio, rtc_seconds(timer_now()));
	rtc_update_line(held, &kick);
	armed = pl031_alarm(&vm->rtc, &at) && mmio->is_write;
	if (armed) {
		vm->rtc_cpu = cpu->index;
	}
	vm_unlock_vgic(held);
	vm_kick(vm, kick);
	if (armed && rtc_ticks(at) < cpu->devices_at) {
		cpu->devices_at = rtc_ticks(at);
		if (cpu->devices_at < cpu->timer_at) {
			cpu->resched = true; /* sets its timer */
		}
	}
	return result;
}

void rtc_reset(struct vm *vm)
{
	vgic_kick_t none = 0; /* no vCPU needs to be woken */
	struct vgic_locked held = vm_lock_vgic(vm);

	pl031_reset(&vm->rtc);
	rtc_update_line(held, &none);
	vm_unlock_vgic(held);
}

uint64_t rtc_due(struct vm *vm, const struct cpu *cpu, uint64_t now)
{
	struct vgic_locked held;
	vgic_kick_t kick = 0;
	uint64_t at;
	bool armed;

	if (vm->rtc_cpu != cpu->index) {
		return DEADLINE_NEVER;
	}
	held = vm_lock_vgic(vm);
	pl031_advance(&vm->rtc, rtc_seconds(now));
	rtc_update_line(held, &kick);
	armed = pl031_alarm(&vm->rtc, &at);
	vm_unlock_vgic(held);
	vm_kick(vm, kick);
	return armed ? rtc_ticks(at) : DEADLINE_NEVER;
}
