/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/partition.h"
#include "hyp/base/bits.h"
#include "hyp/base/cold.h"
#include "hyp/base/error.h"
#include "hyp/core/cpu.h"
#include "hyp/core/device.h"
#include "hyp/core/facts.h"
#include "hyp/core/guest_log.h"
#include "hyp/core/halt.h"
#include "hyp/core/locks.h"
#include "hyp/core/log.h"
#include "hyp/core/manager.h"
#include "hyp/core/one_reg.h"
#include "hyp/core/phys.h"
#include "hyp/core/virtio.h"
#include "hyp/core/vm.h"
#include "hyp/core/watchdog.h"
#include "hyp/hw/timer.h"

/* For the next life, before its vCPU 0 gets a turn, which does the loading. */
static void partition_prepare(struct vm *vm)
{
	guest_log_reset(vm);
	vm->load_phase = 0;
	vm->load_offset = 0;
}

void partition_start(struct vm *vm)
{
	(void)partition_manage(vm, LIFE_START);
}

static void partition_say_end(struct vm *vm)
{
	if (vm->life.end == LIFE_END_RESET || vm->life.end == LIFE_END_RETRY) {
		guest_log_restart(vm);
	} else if (vm->life.end == LIFE_END_CRASH) {
		log_end("%s: crashed, status %d%s\n", vm->config->name, (int)vm->status,
			vm->config->crash_restarts ? ", no restart" : "");
	} else {
		log_end("%s: off\n", vm->config->name);
	}
}

/* Called when a partition is off or has crashed: if all are, ends the system. */
static void partition_all_ended(void)
{
	static struct lock once; /* if two end at once, only one of them sees that all have ended */
	enum halt_status status = HALT_OK;
	struct sched_locked held;
	bool all = true;

	lock_take(&once, LOCK_RANK_END);
	held = vm_lock_sched(); /* one that is off may be started, and its manager end, meanwhile */
	for (uint32_t n = 0; n < vm_count; n++) {
		if (vms[n].life.state == LIFE_CRASHED) {
			status = HALT_CRASHED;
		} else if (vms[n].life.state != LIFE_OFF) {
			all = false;
		}
	}
	vm_unlock_sched(held);
	if (all) {
		halt_system(status);
	}
	lock_drop(&once);
}

/* Its vCPUs do not wait any more: those that did have left their alarms. */
static void partition_clear_alarms(struct sched_locked held, const struct vm *vm)
{
	(void)held;
	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		alarm_clear(&vm_alarms, vm->vcpus[n].entity);
	}
}

/* The time since `start` was work for `vm`, and the vCPU that this CPU has picked meanwhile would
 * pay for it: vCPU 0, which is off, does instead, so that a partition cannot use more than its
 * budget by ending again and again. In a call, the caller pays. */
static void partition_pay(struct sched_locked held, const struct vm *vm, uint64_t start)
{
	const struct cpu *cpu = cpu_this();

	if (held.sched->alarms && !cpu->loaded) {
		sched_charge_other(held.sched, cpu->index, vm->life.vcpu[0].entity, start,
				   timer_now());
	}
}

/* The last piece. */
static void partition_clear_rest(struct vm *vm)
{
	uint64_t start = vm_sched.alarms ? timer_now() : 0;
	uint8_t tell = SCHED_NO_CPU;
	struct sched_locked held;
	bool again;

	phys_take_back(vm);
	device_reset(vm);
	virtio_reset(vm);
	if (vm->life.end == LIFE_END_RESET || guest_log_may_end(vm)) {
		partition_say_end(vm);
	}
	partition_prepare(vm);
	held = vm_lock_sched();
	partition_clear_alarms(held, vm);
	partition_pay(held, vm, start);
	again = life_ended(held.sched, &vm->life, &tell);
	if (again) {
		tell = vm_must_look(held, vm->life.vcpu[0].entity, tell);
	}
	vm_unlock_sched(held);
	if (again) {
		cpu_interrupt(tell);
	} else {
		virtio_off(vm);
		partition_all_ended();
	}
}

static void partition_clear_share(struct vm *vm, uint32_t n)
{
	uint64_t start = vm_sched.alarms ? timer_now() : 0;

	shared_reset(vm, n);
	if (vm_sched.alarms) {
		struct sched_locked held = vm_lock_sched();

		partition_pay(held, vm, start);
		vm_unlock_sched(held);
	}
}

COLD void partition_clear_up(struct cpu *cpu)
{
	struct vm *vm = cpu->ended;
	uint32_t piece;

	if (vm->clear_piece < vm->config->nr_shares) {
		partition_clear_share(vm, vm->clear_piece++);
		return;
	}
	piece = vm->clear_piece++ - vm->config->nr_shares;
	if (piece < vm->nr_vcpus && crash_take(vm, piece)) {
		return;
	}
	cpu->ended = vm->ended_next;
	partition_clear_rest(vm);
	manager_tell(vm);
}

COLD void partition_left(struct vm *vm, enum life_last last)
{
	struct cpu *cpu = cpu_this();

	if (last == LIFE_LAST_PAUSES) {
		manager_tell(vm);
		return;
	}
	vm->clear_piece = 0;
	vm->ended_next = cpu->ended;
	cpu->ended = vm;
	cpu->resched = true;
}

/* Marks the CPUs that must pick again; they are interrupted after the lock is released. */
static void partition_must_look(struct sched_locked held, uint32_t tell)
{
	(void)held;
	for (; tell; tell &= tell - 1) {
		cpus[bits_first(tell)].resched = true;
	}
}

static void partition_interrupt(uint32_t tell)
{
	for (; tell; tell &= tell - 1) {
		cpu_interrupt(bits_first(tell));
	}
}

/* A crash may be followed by a restart. */
static enum life_end partition_end_how(struct sched_locked held, const struct vm *vm,
				       enum life_end how)
{
	const struct manifest_partition *config = vm->config;
	uint64_t period = (uint64_t)config->crash_seconds * facts_timer_hz();

	(void)held;
	return how == LIFE_END_CRASH && restarts_may(&vm->restarts, config->crash_restarts, period,
						     timer_now())
		       ? LIFE_END_RETRY
		       : how;
}

/* `crash`: NULL: it is none. *tell: as life_end returns it. */
static enum life_last partition_begin_end(struct sched_locked held, struct vm *vm,
					  enum life_end how, const struct crash_cause *crash,
					  uint32_t *tell)
{
	uint32_t on = crash ? crash_look(held, vm) : 0;
	enum life_last last;

	how = partition_end_how(held, vm, how);
	if (life_end(held.sched, &vm->life, how, tell, &last)) {
		vm->status = crash ? crash->status : 0;
		if (crash) {
			crash_begin(held, vm, crash, on);
		}
		if (how == LIFE_END_RETRY) {
			restarts_add(&vm->restarts, timer_now());
		}
	}
	partition_must_look(held, *tell);
	return last;
}

/* The same, after the locks are released. */
static void partition_go_on_ending(struct vm *vm, enum life_last last, uint32_t tell)
{
	partition_interrupt(tell);
	if (last != LIFE_NOT_LAST) {
		partition_left(vm, last);
	}
}

static void partition_end_by(struct vm *vm, enum life_end how, const struct crash_cause *crash)
{
	struct sched_locked held;
	enum life_last last;
	uint32_t tell;

	held = vm_lock_sched();
	last = partition_begin_end(held, vm, how, crash, &tell);
	vm_unlock_sched(held);
	partition_go_on_ending(vm, last, tell);
}

void partition_end(struct vm *vm, enum life_end how)
{
	partition_end_by(vm, how, NULL);
}

void partition_crash(struct vm *vm, const struct crash_cause *cause)
{
	partition_end_by(vm, LIFE_END_CRASH, cause);
}

/* One hold of vgic_lock: else another CPU could end this life, and begin the next, in between. */
COLD void partition_bite(struct vm *vm)
{
	static const struct crash_cause cause = { .reason = PLUMB_CRASH_BY_WATCHDOG,
						  .status = PARTITION_STATUS_WATCHDOG };
	struct vgic_locked held = vm_lock_vgic(vm);
	bool bites = watchdog_take_bite(held);
	enum life_last last = LIFE_NOT_LAST;
	uint32_t tell = 0;

	if (bites) {
		struct sched_locked sched = vm_lock_sched();

		last = partition_begin_end(sched, vm, LIFE_END_CRASH, &cause, &tell);
		vm_unlock_sched(sched);
	}
	vm_unlock_vgic(held);
	if (bites) {
		guest_log_bite(vm);
	}
	partition_go_on_ending(vm, last, tell);
}

/* ---- calls ---- */

static bool partition_has_image(const struct vm *vm)
{
	return vm->config->kernel.data || vm->config->nr_regions != 0;
}

/* The virtual counter has stood still while the partition was paused, and registers may have been
 * set. No vCPU is loaded. */
static void partition_skip_pause(struct vgic_locked held, struct sched_locked sched)
{
	struct vm *vm = held.vm;
	uint64_t length = timer_now() - vm_stands_at(held, sched);

	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		vm->vcpus[n].world.cntvoff += vm->config->no_counter_offset ? 0 : length;
		one_reg_settle(&vm->vcpus[n]);
	}
	watchdog_resume(held, length);
}

/* Both locks: tick_wake reads the world of a vCPU that is not loaded under vgic_lock. Returns the
 * CPUs to interrupt in effect->tell. */
static int partition_apply(struct vgic_locked held, struct sched_locked sched,
			   enum life_order order, struct life_effect *effect)
{
	struct vm *vm = held.vm;
	int error = life_manage(sched.sched, &vm->life, order, effect);

	if (error) {
		return error;
	}
	if (order == LIFE_START) {
		vm->restarts.count = 0;
	} else if (order == LIFE_PAUSE) {
		vm->paused_at = timer_now();
		partition_clear_alarms(sched, vm);
	} else if (order == LIFE_RESUME) {
		partition_skip_pause(held, sched);
	}
	partition_must_look(sched, effect->tell);
	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		uint8_t tell = vm_must_look(sched, vm->life.vcpu[n].entity, effect->wake[n]);

		effect->tell |= tell == SCHED_NO_CPU ? 0 : BIT32(tell);
	}
	return 0;
}

int partition_manage(struct vm *vm, enum life_order order)
{
	struct life_effect effect;
	struct sched_locked sched;
	struct vgic_locked held;
	int error;

	if (order == LIFE_START && !partition_has_image(vm)) {
		return -HYP_ENOEXEC;
	}
	held = vm_lock_vgic(vm);
	sched = vm_lock_sched();
	error = partition_apply(held, sched, order, &effect);
	vm_unlock_sched(sched);
	vm_unlock_vgic(held);
	if (error) {
		return error;
	}
	partition_interrupt(effect.tell);
	if (effect.last != LIFE_NOT_LAST) {
		partition_left(vm, effect.last);
	} else if (order == LIFE_START || order == LIFE_RESUME) {
		manager_tell(vm);
	}
	return 0;
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
