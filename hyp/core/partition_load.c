/* SPDX-License-Identifier: BSD-2-Clause */
/* Prepares a partition for its first instruction: resets its interrupts, assigns its devices,
 * scrubs its memory, copies its images, and cleans everything to the point of coherency, where a
 * guest with its caches off reads. The steps are bounded, and use the time slices of vCPU 0. */
#include "hyp/core/partition_load.h"
#include "hyp/base/bits.h"
#include "hyp/core/halt.h"
#include "hyp/core/manager.h"
#include "hyp/core/mem.h"
#include "hyp/core/phys.h"
#include "hyp/core/vm.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/tlb.h"
#include <string.h>

/* Bytes, in some 7,000 instructions, not interruptible. */
#define PARTITION_COPY_STEP  0x4000u
#define PARTITION_SCRUB_STEP 0x10000u

#define LOAD_RELEASES	32u	   /* physical interrupts, per step */
#define LOAD_RESET_DONE UINT32_MAX /* load_offset: only interrupts are left to release */

/* Each further range of RAM has two more phases: scrub and copy. */
enum partition_phase {
	LOAD_VGIC,
	LOAD_DEVICES,
	LOAD_SCRUB,
	LOAD_KERNEL,
	LOAD_INITRD,
	LOAD_DTB,
	LOAD_REGIONS
};

/* The data that a phase writes; data NULL: zeros. */
static struct manifest_image partition_image(const struct vm *vm, uint32_t phase)
{
	const struct manifest_partition *config = vm->config;
	const struct manifest_region *region;

	switch (phase) {
	case LOAD_SCRUB:
		return (struct manifest_image) { NULL, config->memory_size, config->memory_ipa };
	case LOAD_KERNEL:
		return config->kernel;
	case LOAD_INITRD:
		return config->initrd;
	case LOAD_DTB:
		return config->dtb;
	default:
		break;
	}
	region = &config->region[(phase - LOAD_REGIONS) / 2];
	if ((phase - LOAD_REGIONS) % 2 == 0) {
		return (struct manifest_image) { NULL, region->size, region->ipa };
	}
	return (struct manifest_image) { region->data, region->data_size, region->ipa };
}

static void partition_load_chunk(const struct vm *vm, const struct manifest_image *image,
				 uint32_t offset, uint32_t size)
{
	if (!mem_write(vm, ipa_add(image->ipa, offset), image->data ? image->data + offset : NULL,
		       size)) {
		halt_panic("an image of a checked manifest does not lie in memory");
	}
}

static uint32_t partition_load_size(const struct manifest_image *image, uint32_t offset)
{
	uint32_t step = image->data ? PARTITION_COPY_STEP : PARTITION_SCRUB_STEP;

	return bits_min(step, image->size - offset);
}

/* Does a piece of its VGIC's reset, or releases some interrupts that were held in the previous
 * life: all of them before devices can fire again. Lines may be driven meanwhile. True: there is
 * more. */
static bool partition_load_vgic(struct vm *vm)
{
	struct vgic_locked held;
	uint32_t released = 0;
	uint32_t physid;
	bool more = true;

	if (!vm->vgic) {
		return false;
	}
	held = vm_lock_vgic(vm);
	for (; released < LOAD_RELEASES && vgic_phys_release_next(vm->vgic, 0, &physid);
	     released++) {
		gic_deactivate(physid);
	}
	if (released < LOAD_RELEASES && vm->load_offset == LOAD_RESET_DONE) {
		more = false;
	} else if (released < LOAD_RELEASES && !vgic_reset_piece(vm->vgic, vm->load_offset++)) {
		vm->load_offset = LOAD_RESET_DONE;
	}
	vm_unlock_vgic(held);
	return more;
}

static void partition_load_next(struct vm *vm)
{
	vm->load_phase++;
	vm->load_offset = 0;
}

/* True: the step is done. */
static bool partition_load_interrupts(struct vm *vm)
{
	if (vm->load_phase == LOAD_VGIC) {
		if (!partition_load_vgic(vm)) {
			partition_load_next(vm);
		}
		return true;
	}
	if (vm->load_phase == LOAD_DEVICES) {
		phys_give(vm);
		partition_load_next(vm);
		return true;
	}
	return false;
}

static void partition_load_done(struct vm *vm)
{
	const struct manifest_partition *config = vm->config;
	/* The guest's virtual counter starts at 0, the same on its vCPUs. */
	uint64_t offset = config->no_counter_offset ? 0 : timer_now();
	struct sched_locked held;

	/* No cache or TLB may hold state of an earlier life. */
	tlb_flush_vmid_of(vm->vcpus[0].world.vttbr);
	cache_icache_flush();
	for (uint32_t n = 0; n < vm->nr_vcpus; n++) {
		memset(&vm->vcpus[n].vfp, 0, sizeof(vm->vcpus[n].vfp));
		vm->vcpus[n].world.cntvoff = offset;
	}
	held = vm_lock_sched();
	life_loaded(&vm->life, config->entry);
	times_mark(&vm_times[vm->vcpus[0].entity], vm_now()); /* a load is no wait */
	vm_unlock_sched(held);
	manager_tell(vm);
}

void partition_load_step(struct vm *vm)
{
	if (partition_load_interrupts(vm)) {
		return;
	}
	while (vm->load_phase < LOAD_REGIONS + 2 * vm->config->nr_regions) {
		struct manifest_image image = partition_image(vm, vm->load_phase);
		uint32_t size;

		if (vm->load_offset < image.size) {
			size = partition_load_size(&image, vm->load_offset);
			partition_load_chunk(vm, &image, vm->load_offset, size);
			vm->load_offset += size;
			return;
		}
		partition_load_next(vm);
	}
	partition_load_done(vm);
}
