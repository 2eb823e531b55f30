/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/vm.h"
#include "hyp/base/bits.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/gic.h"
#include "hyp/core/main.h"
#include "hyp/core/tty.h"
#include "hyp/core/vpmu.h"

#define VM_ALIGN 8u

struct vm vms[MANIFEST_MAX_PARTITIONS];
uint32_t vm_count;
struct cpu cpus[BOARD_MAX_CPUS];
struct vcpu *vcpu_by_entity[SCHED_MAX_VCPUS];
struct sched sched;
struct lock sched_lock;

static uint32_t vm_stage2_pages(const struct manifest_partition *config)
{
	uint32_t sizes[MANIFEST_MAX_DEVICES + MANIFEST_MAX_REGIONS + 2];
	uint32_t n = 0;

	sizes[n++] = config->memory_size;
	sizes[n++] = PAGE_SIZE; /* GICV */
	for (uint32_t r = 0; r < config->nr_regions; r++) {
		sizes[n++] = config->region[r].size;
	}
	for (uint32_t d = 0; d < config->nr_devices; d++) {
		sizes[n++] = config->device[d].size;
	}
	return stage2_pages_for(n, sizes);
}

static uint64_t vm_vgic_bytes(const struct manifest_partition *config)
{
	return config->has_gic
		       ? bits_align_up(vgic_size(config->nr_vcpus, config->nr_irqs), VM_ALIGN)
		       : 0;
}

uint64_t vm_pool_size(const struct manifest_partition *config)
{
	uint64_t bytes = (uint64_t)vm_stage2_pages(config) * PAGE_SIZE;

	bytes += vm_vgic_bytes(config);
	bytes += config->nr_vcpus * sizeof(struct vcpu);
	return bits_align_up(bytes, PAGE_SIZE);
}

static void vm_map(struct vm *vm, uint8_t *pool, pa_t pool_pa, pa_t gicv)
{
	const struct manifest_partition *config = vm->config;
	struct stage2_pool tables = { pool, pool_pa, vm_stage2_pages(config), 0 };
	bool ok;

	stage2_init(&vm->stage2, &tables);
	ok = stage2_map(&vm->stage2, ipa_make(config->memory_ipa), pa_make(vm->memory_pa),
			config->memory_size, STAGE2_RAM);
	if (config->has_gic) {
		/* The first page only: GICV_DIR, in the second, is emulated (docs/architecture.md).
		 */
		ok = ok &&
		     stage2_map(&vm->stage2, ipa_make(VM_GICC_IPA), gicv, PAGE_SIZE, STAGE2_DEVICE);
	}
	for (uint32_t r = 0; r < config->nr_regions; r++) {
		ok = ok &&
		     stage2_map(&vm->stage2, ipa_make(config->region[r].ipa),
				pa_make(vm->region_pa[r]), config->region[r].size, STAGE2_RAM);
	}
	for (uint32_t d = 0; d < config->nr_devices; d++) {
		ok = ok && stage2_map(&vm->stage2, ipa_make(config->device[d].ipa),
				      pa_make(config->device[d].pa), config->device[d].size,
				      STAGE2_DEVICE);
	}
	if (!ok) {
		main_panic("stage 2 of a checked manifest does not map");
	}
	cache_clean(pool, tables.pages * PAGE_SIZE);
}

static void vm_create_vcpu(struct vm *vm, uint32_t index)
{
	struct vcpu *vcpu = &vm->vcpus[index];

	vcpu->vm = vm;
	vcpu->index = index;
	vcpu->cif = vm->vgic ? vgic_cif(vm->vgic, index) : &vcpu->no_cif;
	vcpu->life = &vm->life.vcpu[index];
	vcpu->entity =
		sched_add(&sched, vm->config->affinity[index], (uint8_t)vm->config->priority);
	if (vcpu->entity == SCHED_NONE) {
		main_panic("too many vCPUs for the scheduler");
	}
	vcpu->life->entity = vcpu->entity;
	vcpu_by_entity[vcpu->entity] = vcpu;
	vcpu->world.vmpidr = 0x80000000u | index;
	/* VMID 0 is nobody's; BADDR and VMID go in one write (ARM ARM B3.15.3). */
	vcpu->world.vttbr = ((uint64_t)(vm->index + 1) << 48) | vm->stage2.root_pa.pa;
}

void vm_create(uint32_t index, const struct manifest_partition *config, uint8_t *pool, pa_t pool_pa,
	       uint64_t memory_pa, pa_t gicv, uint32_t nr_lrs)
{
	struct vm *vm = &vms[index];

	vm->config = config;
	vm->index = index;
	vm->nr_vcpus = config->nr_vcpus;
	life_init(&vm->life, config->nr_vcpus);
	vm->lines = (struct irq_line_vm) { config->has_gic, config->nr_vcpus, config->nr_irqs };
	vm->memory_pa = memory_pa;
	vm_map(vm, pool, pool_pa, gicv);
	pool += (uint64_t)vm_stage2_pages(config) * PAGE_SIZE;
	if (config->has_gic) {
		vm->vgic = vgic_init(pool, config->nr_vcpus, config->nr_irqs, nr_lrs);
		vgic_phys_set_owner(vm->vgic, VM_TIMER_VIRT, VGIC_OWNER_TIMER,
				    main_board.timer_virt_intid);
		vgic_phys_set_owner(vm->vgic, VM_TIMER_PHYS, VGIC_OWNER_TIMER,
				    main_board.timer_phys_intid);
		if (config->pmu) {
			vgic_phys_set_owner(vm->vgic, VM_PMU_INTID, VGIC_OWNER_PASSED, vpmu_intid);
		}
		for (uint32_t d = 0; d < config->nr_devices; d++) {
			const struct manifest_device *device = &config->device[d];

			for (uint32_t i = 0; i < device->nr_interrupts; i++) {
				vgic_phys_set_owner(vm->vgic, device->intid[i], VGIC_OWNER_PASSED,
						    device->intid[i]);
				if (device->edges >> i & 1u) {
					vgic_phys_set_edge(vm->vgic, device->intid[i]);
				}
			}
		}
		pool += vm_vgic_bytes(config);
	}
	vm->vcpus = (struct vcpu *)(void *)pool;
	for (uint32_t n = 0; n < config->nr_vcpus; n++) {
		vm_create_vcpu(vm, n);
	}
	cp15_reset(&vm->cp15, &main_host_id, config->nr_vcpus, config->pmu);
	vm->port = tty_add_vm(vm);
}

static bool vm_within(uint64_t address, uint32_t size, uint64_t base, uint32_t room)
{
	return address >= base && address - base <= room && size <= room - (address - base);
}

bool vm_owns(const struct vm *vm, uint32_t ipa, uint32_t size, uint64_t *pa)
{
	const struct manifest_partition *config = vm->config;

	if (vm_within(ipa, size, config->memory_ipa, config->memory_size)) {
		*pa = vm->memory_pa + (ipa - config->memory_ipa);
		return true;
	}
	for (uint32_t r = 0; r < config->nr_regions; r++) {
		if (vm_within(ipa, size, config->region[r].ipa, config->region[r].size)) {
			*pa = vm->region_pa[r] + (ipa - config->region[r].ipa);
			return true;
		}
	}
	return false;
}

bool vm_owns_pa(const struct vm *vm, uint64_t pa, uint32_t size)
{
	bool owns = vm_within(pa, size, vm->memory_pa, vm->config->memory_size);

	for (uint32_t r = 0; r < vm->config->nr_regions; r++) {
		owns = owns || vm_within(pa, size, vm->region_pa[r], vm->config->region[r].size);
	}
	return owns;
}

/* ---- interrupts reach vCPUs ---- */

uint8_t vm_must_look(uint8_t target)
{
	for (uint32_t n = 0; target == SCHED_NO_CPU && n < sched.nr_cpus; n++) {
		if (!cpus[n].contended && sched_contended(&sched, n)) {
			target = (uint8_t)n;
		}
	}
	if (target != SCHED_NO_CPU) {
		cpus[target].resched = true;
	}
	return target;
}

void vm_tell(uint8_t target)
{
	if (target != SCHED_NO_CPU && target != cpu_this()->index) {
		gic_kick(cpus[target].gic_mask);
	}
}

void vcpu_kick(struct vcpu *vcpu)
{
	const struct sched_entity *entity = &sched.entity[vcpu->entity];
	uint8_t target = SCHED_NO_CPU;

	lock_take(&sched_lock);
	if (entity->state == SCHED_BLOCKED) {
		target = vm_must_look(sched_wake(&sched, vcpu->entity));
	} else if (entity->state == SCHED_RUNNING) {
		target = entity->cpu;
	}
	vcpu->stats[PLUMB_STAT_KICKS] += target != SCHED_NO_CPU;
	lock_drop(&sched_lock);
	vm_tell(target);
}

/* Who waits and is named has something that wakes it (vgic_irq_notify), or looks and waits once
 * more; but a CPU line that has fallen wakes nobody. */
void vm_kick(struct vm *vm, uint32_t mask)
{
	for (; mask; mask &= mask - 1) {
		struct vcpu *vcpu = &vm->vcpus[bits_first(mask)];

		if (vm->vgic || vcpu->lines || sched.entity[vcpu->entity].state != SCHED_BLOCKED) {
			vcpu_kick(vcpu);
		}
	}
}

bool vcpu_has_pending(struct vcpu *vcpu)
{
	struct vm *vm = vcpu->vm;
	bool pending;

	if (!vm->vgic) {
		return vcpu->lines != 0;
	}
	lock_take(&vm->vgic_lock);
	pending = vgic_has_pending(vm->vgic, vcpu->index);
	lock_drop(&vm->vgic_lock);
	return pending;
}
