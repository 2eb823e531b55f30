/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/partition_make.h"
#include "hyp/core/creator.h"
#include "hyp/core/facts.h"
#include "hyp/core/halt.h"
#include "hyp/core/serial.h"
#include "hyp/core/shared.h"
#include "hyp/core/tty.h"
#include "hyp/core/virtio.h"
#include "hyp/core/vm.h"
#include "hyp/core/vpmu.h"
#include "hyp/hw/cache.h"
#include "hyp/trap/crash_record.h"
#include "vgic/irq_route.h"

#define PARTITION_ALIGN ((uint64_t)CACHE_LINE)

static uint32_t partition_stage2_pages(const struct manifest_partition *config)
{
	uint32_t sizes[MANIFEST_MAX_DEVICES + MANIFEST_MAX_REGIONS + MANIFEST_MAX_SHARES +
		       MANIFEST_MAX_CLIENTS + 2];
	uint32_t n = 0;

	sizes[n++] = config->memory_size;
	sizes[n++] = PAGE_SIZE; /* GICV */
	for (uint32_t r = 0; r < config->nr_regions; r++) {
		sizes[n++] = config->region[r].size;
	}
	for (uint32_t d = 0; d < config->nr_devices; d++) {
		sizes[n++] = config->device[d].size;
	}
	for (uint32_t s = 0; s < config->nr_shares; s++) {
		sizes[n++] = config->share[s].size;
	}
	for (uint32_t c = 0; c < config->nr_clients; c++) {
		sizes[n++] = config->client_size[c];
	}
	return stage2_pages_for(n, sizes);
}

static uint64_t partition_vgic_bytes(const struct manifest_partition *config)
{
	return config->has_gic ? bits_align_up(vgic_size(config->nr_vcpus, config->nr_irqs),
					       PARTITION_ALIGN)
			       : 0;
}

/* The vCPUs' last exits, and their records of a crash. */
static uint64_t partition_crash_bytes(const struct manifest_partition *config)
{
	uint64_t each = sizeof(struct trail) + sizeof(struct crash_record);

	return bits_align_up(config->nr_vcpus * each, PARTITION_ALIGN);
}

/* Behind the vCPUs, what not every partition has: a mirror for each vCPU, and its performance
 * monitors. */
static uint64_t partition_rest_bytes(const struct manifest_partition *config)
{
	uint64_t each = config->has_gic ? 0 : sizeof(struct vgic_cif);

	each += config->pmu ? sizeof(struct pmu) : 0;
	return config->nr_vcpus * each;
}

_Static_assert(sizeof(void *) != 4 || sizeof(struct vcpu) <= 13u * CACHE_LINE,
	       "a partition with 8 vCPUs and 1020 interrupts takes 52 KiB");

uint64_t partition_pool_size(const struct manifest_partition *config)
{
	uint64_t bytes = (uint64_t)partition_stage2_pages(config) * PAGE_SIZE;

	bytes += config->vm_pool;
	bytes += partition_crash_bytes(config);
	bytes += partition_vgic_bytes(config);
	bytes += bits_align_up(sizeof(struct irq_routes), PARTITION_ALIGN);
	bytes += bits_align_up(sizeof(struct serial_input), PARTITION_ALIGN);
	bytes += config->nr_vcpus * sizeof(struct vcpu);
	bytes += partition_rest_bytes(config);
	return bits_align_up(bytes, PAGE_SIZE);
}

static void partition_map(struct vm *vm, uint8_t *pool, pa_t pool_pa, pa_t gicv)
{
	const struct manifest_partition *config = vm->config;
	struct stage2_pool tables = { pool, pool_pa, partition_stage2_pages(config), 0 };
	bool ok;

	stage2_init(&vm->stage2, &tables);
	ok = stage2_map(&vm->stage2, config->memory_ipa, vm->memory_pa, config->memory_size,
			STAGE2_RAM);
	if (config->has_gic) {
		/* The first page only: GICV_DIR, in the second, is emulated (docs/architecture.md).
		 */
		ok = ok && stage2_map(&vm->stage2, machine_windows[MACHINE_GICC].ipa, gicv,
				      PAGE_SIZE, STAGE2_DEVICE);
	}
	for (uint32_t r = 0; r < config->nr_regions; r++) {
		ok = ok && stage2_map(&vm->stage2, config->region[r].ipa, vm->region_pa[r],
				      config->region[r].size, STAGE2_RAM);
	}
	for (uint32_t d = 0; d < config->nr_devices; d++) {
		ok = ok && stage2_map(&vm->stage2, config->device[d].ipa, config->device[d].pa,
				      config->device[d].size, STAGE2_DEVICE);
	}
	for (uint32_t s = 0; s < config->nr_shares; s++) {
		ok = ok && shared_map(&vm->stage2, &config->share[s]);
	}
	ok = ok && virtio_map(vm->index, &vm->stage2);
	if (!ok) {
		halt_panic("stage 2 of a checked manifest does not map");
	}
	cache_clean(pool, tables.pages * PAGE_SIZE);
}

/* A budget is not rounded up, a period not down. */
static void partition_make_budget(const struct vcpu *vcpu, const struct manifest_budget *config)
{
	uint64_t hz = facts_timer_hz();

	if (config->period_us != 0 &&
	    !sched_reserve(&vm_sched, vcpu->entity, (uint32_t)(config->budget_us * hz / 1000000u),
			   (uint32_t)((config->period_us * hz + 999999u) / 1000000u), &vm_alarms)) {
		halt_panic("a budget is too short or too long for the counter's frequency");
	}
}

/* `trails`, `crashes`: one for each vCPU. `rest`: partition_rest_bytes. */
static void partition_make_vcpu(struct vm *vm, uint32_t index, struct trail *trails,
				struct crash_record *crashes, uint8_t *rest)
{
	struct vcpu *vcpu = &vm->vcpus[index];
	struct pmu *pmus = (void *)rest;
	struct vgic_cif *cifs = (void *)(pmus + (vm->config->pmu ? vm->nr_vcpus : 0));

	vcpu->vm = vm;
	vcpu->index = index;
	vcpu->cif = vm->vgic ? vgic_cif(vm->vgic, index) : &cifs[index];
	vcpu->pmu = vm->config->pmu ? &pmus[index] : NULL;
	vcpu->trail = trails[index].entry;
	vcpu->crash = &crashes[index];
	vcpu->crash->trail = &trails[index];
	vcpu->life = &vm->life.vcpu[index];
	vcpu->entity =
		sched_add(&vm_sched, vm->config->affinity[index], (uint8_t)vm->config->priority);
	if (vcpu->entity == SCHED_NONE) {
		halt_panic("too many vCPUs for the scheduler");
	}
	partition_make_budget(vcpu, &vm->config->budget[index]);
	vcpu->life->entity = vcpu->entity;
	vm_vcpu_by_entity[vcpu->entity] = vcpu;
	vcpu->world.vmpidr = 0x80000000u | index;
	/* VMID 0 belongs to no partition; BADDR and VMID change in one write (ARM ARM B3.15.3). */
	vcpu->world.vttbr = ((uint64_t)(vm->index + 1) << 48) | vm->stage2.root_pa.pa;
}

/* Sets the owner of each line of its GIC. */
static void partition_make_owners(struct vm *vm)
{
	const struct manifest_partition *config = vm->config;

	vgic_phys_set_owner(vm->vgic, MACHINE_TIMER_VIRT, VGIC_OWNER_TIMER,
			    facts_board.timer_virt_intid);
	vgic_phys_set_owner(vm->vgic, MACHINE_TIMER_PHYS, VGIC_OWNER_TIMER,
			    facts_board.timer_phys_intid);
	if (config->pmu) {
		vgic_phys_set_owner(vm->vgic, MACHINE_PMU, VGIC_OWNER_PASSED, vpmu_intid);
	}
	for (uint32_t n = 0; n < MACHINE_NR_WINDOWS; n++) {
		if (machine_has(config->windows, n) && machine_windows[n].intid) {
			vgic_phys_set_owner(vm->vgic, machine_windows[n].intid, VGIC_OWNER_DEVICE,
					    0);
		}
	}
	for (uint32_t n = 0; n < MACHINE_NR_SPIS; n++) {
		if (config->spis >> n & 1u) {
			vgic_phys_set_owner(vm->vgic, machine_spis[n].intid, VGIC_OWNER_DEVICE, 0);
		}
	}
	for (uint32_t s = 0; s < config->nr_shares; s++) {
		if (config->share[s].intid) {
			vgic_phys_set_owner(vm->vgic, config->share[s].intid, VGIC_OWNER_DEVICE, 0);
		}
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
}

/* The partitions that it may control, by handle: 0 is itself, n the manifest's n-th. */
static void partition_make_rights(struct vm *vm)
{
	for (uint32_t n = 0; n < MANIFEST_MAX_PARTITIONS; n++) {
		vm->controls[n + 1] = manifest_may_control(vm->config, n) ? &vms[n] : NULL;
		vms[n].nr_managers += manifest_may_manage(vm->config, n);
	}
	vm->controls[0] = vm->controls[vm->index + 1];
}

void partition_make(uint32_t index, const struct manifest_partition *config, uint8_t *pool,
		    pa_t pool_pa, pa_t memory_pa, pa_t gicv, uint32_t nr_lrs)
{
	struct vm *vm = &vms[index];
	uint32_t tables = partition_stage2_pages(config) * PAGE_SIZE;
	struct crash_record *crashes;
	struct trail *trails;

	vm->config = config;
	vm->index = index;
	vm->nr_vcpus = config->nr_vcpus;
	vm->dist_page = VM_NO_PAGE;
	partition_make_rights(vm);
	life_init(&vm->life, config->nr_vcpus);
	sp805_reset(&vm->watchdog);
	vm->lines = (struct irq_line_vm) { config->has_gic, config->nr_vcpus, config->nr_irqs };
	vm->memory_pa = memory_pa;
	partition_map(vm, pool, pool_pa, gicv);
	pool += tables;
	if (config->vm_pool) { /* whole pages, as the tables */
		creator_init(vm, pool, pa_add(pool_pa, tables));
		pool += config->vm_pool;
	}
	trails = (struct trail *)(void *)pool; /* first, as it has the largest alignment */
	crashes = (struct crash_record *)(void *)(trails + config->nr_vcpus);
	pool += partition_crash_bytes(config);
	if (config->has_gic) {
		vm->vgic = vgic_init(pool, config->nr_vcpus, config->nr_irqs, nr_lrs);
		vm->dist_page = machine_windows[MACHINE_GICD].ipa.ipa / PAGE_SIZE;
		vm->nr_spis = config->nr_irqs - VGIC_NR_PRIVATE;
		vm->spis = vgic_spi_banks(vm->vgic);
		partition_make_owners(vm);
		pool += partition_vgic_bytes(config);
	}
	vm->routes = (struct irq_routes *)(void *)pool;
	irq_route_init(vm->routes, &vm->lines);
	pool += bits_align_up(sizeof(struct irq_routes), PARTITION_ALIGN);
	vm->port = tty_add_vm(vm, (struct serial_input *)(void *)pool);
	pool += bits_align_up(sizeof(struct serial_input), PARTITION_ALIGN);
	vm->vcpus = (struct vcpu *)(void *)pool;
	for (uint32_t n = 0; n < config->nr_vcpus; n++) {
		partition_make_vcpu(vm, n, trails, crashes,
				    pool + config->nr_vcpus * sizeof(struct vcpu));
	}
	cp15_reset(&vm->cp15, &facts_host_id, config->nr_vcpus, config->pmu);
}
