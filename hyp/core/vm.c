/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/vm.h"
#include "hyp/base/bits.h"
#include "hyp/base/cold.h"
#include "hyp/core/child.h"
#include "hyp/core/cpu.h"
#include "hyp/core/creator.h"

struct vm vms[MANIFEST_MAX_PARTITIONS];

uint32_t vm_count;

struct vcpu *vm_vcpu_by_entity[SCHED_MAX_VCPUS];

struct sched vm_sched;

struct times vm_times[SCHED_MAX_VCPUS];

struct alarms vm_alarms;

struct lock vm_sched_lock;

static bool vm_within(uint64_t address, uint32_t size, uint64_t base, uint32_t room)
{
	return address >= base && address - base <= room && size <= room - (address - base);
}

bool vm_owns(const struct vm *vm, ipa_t ipa, uint32_t size, pa_t *pa)
{
	const struct manifest_partition *config = vm->config;

	if (vm_within(ipa.ipa, size, config->memory_ipa.ipa, config->memory_size)) {
		*pa = pa_add(vm->memory_pa, ipa_offset(ipa, config->memory_ipa));
		return true;
	}
	for (uint32_t r = 0; r < config->nr_regions; r++) {
		if (vm_within(ipa.ipa, size, config->region[r].ipa.ipa, config->region[r].size)) {
			*pa = pa_add(vm->region_pa[r], ipa_offset(ipa, config->region[r].ipa));
			return true;
		}
	}
	return false;
}

/* A child has nothing but memory of its parent. */
bool vm_owns_pa(const struct vm *child, pa_t pa, uint32_t size)
{
	const struct vm *vm = child->parent ? child->parent : child;
	bool owns = vm_within(pa.pa, size, vm->memory_pa.pa, vm->config->memory_size);

	for (uint32_t r = 0; r < vm->config->nr_regions; r++) {
		owns = owns ||
		       vm_within(pa.pa, size, vm->region_pa[r].pa, vm->config->region[r].size);
	}
	return owns;
}

/* Exits are counted by class alone: the total is the sum. */
uint64_t vm_stat(const struct vcpu *vcpu, uint32_t index)
{
	uint64_t value = vcpu->stats[index];

	if (index == PLUMB_STAT_IRQ) {
		value += vcpu->stats[VM_STAT_TICK];
	}
	for (uint32_t n = PLUMB_STAT_HVC; index == PLUMB_STAT_EXITS && n <= PLUMB_STAT_OTHER; n++) {
		value += vcpu->stats[n]; /* to VM_STAT_TICK's */
	}
	return value;
}

/* A vCPU that a CPU is about to load waits. */
static enum times_state vm_times_state(const struct vcpu *vcpu, uint32_t state)
{
	if (vcpu->life->loaded_on != SCHED_NO_CPU) {
		return TIMES_RUNS;
	}
	return state >= SCHED_READY && vcpu->vm->life.state != LIFE_LOADING ? TIMES_WAITS
									    : TIMES_OTHER;
}

COLD struct times vm_times_of(struct sched_locked held, const struct vcpu *vcpu)
{
	uint32_t state = held.sched->entity[vcpu->entity].state;

	return times_at(&vm_times[vcpu->entity], vm_times_state(vcpu, state), vm_now());
}

uint8_t vm_must_look(struct sched_locked held, uint32_t entity, uint8_t target)
{
	times_mark(&vm_times[entity], vm_now());
	for (uint32_t n = 0; target == SCHED_NO_CPU && n < held.sched->nr_cpus; n++) {
		if (!cpus[n].contended && sched_waits_for(held.sched, entity, n)) {
			target = (uint8_t)n;
		}
	}
	if (target != SCHED_NO_CPU) {
		cpus[target].resched = true;
	}
	return target;
}

/* ---- children ---- */

void vm_ring(struct vm *creator, bool level)
{
	struct vgic_locked held = vm_lock_vgic(creator);
	vgic_kick_t kick = 0;

	vgic_device_line(creator->vgic, machine_spis[MACHINE_CREATOR].intid, level, &kick);
	vm_unlock_vgic(held);
	vm_kick(creator, kick);
}

/* Woken by a sibling that runs here: that one leaves, and says so. By a call that tells it: it
 * does. Else the creator's doorbell rings. */
static void vm_wake_children(struct vm *child)
{
	struct cpu *cpu = cpu_this();

	if (cpu->loaded && cpu->loaded->vm == child) {
		cpu->resched = true;
	} else if (!cpu->tells) {
		vm_ring(child->parent, true);
	}
}

static __attribute__((noinline)) void vm_kick_child(struct vm *vm, uint32_t mask)
{
	struct vgic_locked held = vm_lock_vgic(vm);
	uint32_t running;
	uint32_t woken = child_life_kick(&vm->child->life, mask, &running);

	vm_unlock_vgic(held);
	for (; running; running &= running - 1) {
		cpu_interrupt(bits_first(running));
	}
	if (woken) {
		vm_wake_children(vm);
	}
}

/* Who loads a vCPU says so under the lock before it does, and who unloads one says so after a DSB.
 * Then `using`, set in the same hold of the lock, lasts until VTTBR is another's
 * (child_take_off). */
uint32_t vm_child_cpus(struct vm *child)
{
	struct vgic_locked held = vm_lock_vgic(child);
	uint32_t which = child_life_cpus(&child->child->life);

	vm_unlock_vgic(held);
	for (uint32_t n = 0; n < BOARD_MAX_CPUS; n++) {
		which |= cpus[n].using == child->child ? BIT32(n) : 0;
	}
	return which;
}

/* A vCPU whose child runs in its place has something to do: its PLUMB_RUN ends. It has set `runner`
 * before its last look at its interrupts, under the lock under which this one came. */
static void vm_end_run(const struct vcpu *vcpu, uint8_t cpu)
{
	if (cpus[cpu].runner == vcpu) {
		cpus[cpu].resched = true;
	}
}

/* ---- kicks ---- */

/* Returns the CPU that must look at its queue, or SCHED_NO_CPU. */
static __attribute__((noinline)) uint8_t vm_wake(struct sched_locked held, uint32_t entity)
{
	alarm_clear(&vm_alarms, entity);
	return vm_must_look(held, entity, sched_wake(held.sched, entity));
}

void vm_kick_vcpu(struct vcpu *vcpu)
{
	const struct sched_entity *entity = &vm_sched.entity[vcpu->entity];
	uint8_t target = SCHED_NO_CPU;
	struct sched_locked held;

	if (vcpu->vm->child) {
		vm_kick_child(vcpu->vm, BIT32(vcpu->index));
		return;
	}
	held = vm_lock_sched();

	if (entity->state == SCHED_BLOCKED) {
		target = vm_wake(held, vcpu->entity);
	} else if (entity->state == SCHED_RUNNING) {
		target = entity->cpu;
		vm_end_run(vcpu, target);
	}
	vcpu->stats[PLUMB_STAT_KICKS] += target != SCHED_NO_CPU;
	vm_unlock_sched(held);
	cpu_interrupt(target);
}

/* A vCPU in the mask that waits has an interrupt that wakes it (vgic_irq_notify), or it checks and
 * waits again. But a CPU line that has fallen wakes no vCPU. */
void vm_kick(struct vm *vm, uint32_t mask)
{
	if (vm->child && mask) {
		vm_kick_child(vm, mask);
		return;
	}
	for (; mask; mask &= mask - 1) {
		struct vcpu *vcpu = &vm->vcpus[bits_first(mask)];

		if (vm->vgic || vcpu->lines ||
		    vm_sched.entity[vcpu->entity].state != SCHED_BLOCKED) {
			vm_kick_vcpu(vcpu);
		}
	}
}
