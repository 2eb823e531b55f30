/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/watchdog.h"
#include "hyp/core/cpu.h"
#include "hyp/core/facts.h"
#include "hyp/dev/sp805.h"
#include "hyp/hw/timer.h"
#include "hyp/sched/deadline.h"

/* a * to / from, without an overflow in between; rounded up if `up`. */
static uint64_t watchdog_scale(uint64_t a, uint32_t to, uint32_t from, bool up)
{
	return a / from * to + (a % from * to + (up ? from - 1 : 0)) / from;
}

static uint64_t watchdog_clock(const struct vm *vm, uint64_t ticks)
{
	return watchdog_scale(ticks - vm->paused_for, SP805_HZ, facts_timer_hz(), false);
}

/* The first counter value with this time of its clock. */
static uint64_t watchdog_ticks(const struct vm *vm, uint64_t at)
{
	return watchdog_scale(at, facts_timer_hz(), SP805_HZ, true) + vm->paused_for;
}

static void watchdog_update_line(struct vgic_locked held, vgic_kick_t *kick)
{
	if (held.vm->vgic) {
		vgic_device_line(held.vm->vgic, machine_windows[MACHINE_WATCHDOG].intid,
				 sp805_irq(&held.vm->watchdog), kick);
	}
}

/* The counter value at which it acts by itself. */
static uint64_t watchdog_next(struct vgic_locked held, uint64_t now)
{
	uint64_t at;

	return sp805_alarm(&held.vm->watchdog, watchdog_clock(held.vm, now), &at)
		       ? watchdog_ticks(held.vm, at)
		       : DEADLINE_NEVER;
}

/* As for the alarm of the clock (rtc.c): the CPU that has written last is responsible. */
enum mmio_result watchdog_access(struct vcpu *vcpu, struct mmio *mmio)
{
	struct vm *vm = vcpu->vm;
	struct cpu *cpu = cpu_this();
	uint64_t now, next;
	enum mmio_result result;
	struct vgic_locked held;
	vgic_kick_t kick = 0;

	held = vm_lock_vgic(vm);
	now = timer_now();
	result = sp805_access(&vm->watchdog, mmio, watchdog_clock(vm, now));
	watchdog_update_line(held, &kick);
	next = mmio->is_write ? watchdog_next(held, now) : DEADLINE_NEVER;
	if (mmio->is_write) {
		vm->watchdog_cpu = cpu->index;
	}
	vm_unlock_vgic(held);
	vm_kick(vm, kick);
	if (next < cpu->devices_at) {
		cpu->devices_at = next;
		if (next < cpu->timer_at) {
			cpu->resched = true; /* sets its timer */
		}
	}
	return result;
}

void watchdog_reset(struct vm *vm)
{
	vgic_kick_t none = 0; /* no vCPU needs to be woken */
	struct vgic_locked held = vm_lock_vgic(vm);

	sp805_reset(&vm->watchdog);
	watchdog_update_line(held, &none);
	vm_unlock_vgic(held);
}

/* Its state changes to PAUSING, and from PAUSED to RUNNING, under vgic_lock. */
static bool watchdog_stands(struct vgic_locked held)
{
	return held.vm->life.state == LIFE_PAUSING || held.vm->life.state == LIFE_PAUSED;
}

static uint64_t watchdog_run(struct vgic_locked held, uint64_t now, vgic_kick_t *kick)
{
	struct vm *vm = held.vm;
	struct cpu *cpu = cpu_this();

	sp805_advance(&vm->watchdog, watchdog_clock(vm, now));
	watchdog_update_line(held, kick);
	if (sp805_bites(&vm->watchdog)) {
		cpu->bitten = cpu->bitten ? cpu->bitten : vm;
		cpu->resched = true;
	}
	return watchdog_next(held, now);
}

bool watchdog_take_bite(struct vgic_locked held)
{
	if (watchdog_stands(held) || !sp805_bites(&held.vm->watchdog)) {
		return false;
	}
	sp805_stop(&held.vm->watchdog);
	return true;
}

uint64_t watchdog_due(struct vm *vm, const struct cpu *cpu, uint64_t now)
{
	uint64_t next = DEADLINE_NEVER;
	struct vgic_locked held;
	vgic_kick_t kick = 0;

	if (vm->watchdog_cpu != cpu->index) {
		return next;
	}
	held = vm_lock_vgic(vm);
	if (vm->watchdog_cpu == cpu->index && !watchdog_stands(held)) {
		next = watchdog_run(held, now, &kick);
	}
	vm_unlock_vgic(held);
	vm_kick(vm, kick);
	return next;
}

void watchdog_resume(struct vgic_locked held, uint64_t paused)
{
	struct cpu *cpu = cpu_this();

	held.vm->paused_for += paused;
	if (machine_has(held.vm->config->windows, MACHINE_WATCHDOG)) {
		held.vm->watchdog_cpu = cpu->index;
		cpu->devices_at = 0;
		cpu->resched = true;
	}
}
