/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/boot_parts.h"
#include "hyp/core/halt.h"
#include "hyp/core/log.h"
#include "hyp/core/partition_make.h"
#include "hyp/core/shared.h"
#include "hyp/core/vm.h"
#include "hyp/hw/layout.h"
#include "hyp/hw/mmu.h"

extern const char image_start[], image_end[];
extern const char image_text_end[], image_rodata_end[], image_stacks[];

#define BOOT_AUDIT_RANGES (7u + LAYOUT_MAX_CPUS)

#define BOOT_AUDIT_MONITOR UINT64_C(0)

_Static_assert(MANIFEST_MAX_PARTITIONS <= 64, "owners are bits of a word");

static void boot_audit_end(const char *whose, const struct audit_fault *fault)
{
	log_last_words("panic", "translation tables of %s: 0x%llx (0x%llx): %s", whose,
		       (unsigned long long)fault->address, (unsigned long long)fault->entry,
		       fault->why);
	halt_system(HALT_PANIC);
}

/* ---- physical memory ---- */

static void boot_audit_span(struct audit_spans *spans, pa_t pa, uint64_t size, uint64_t owners)
{
	if (size) {
		boot_scratch.span[spans->count++] = (struct audit_span) { pa, size, owners };
	}
}

static void boot_audit_memory(const struct boot *boot, struct audit_spans *spans)
{
	boot_audit_span(spans, boot->image_pa, boot->image_size, BOOT_AUDIT_MONITOR);
	boot_audit_span(spans, boot->dtb_pa, boot->dtb_size, BOOT_AUDIT_MONITOR);
	boot_audit_span(spans, boot->pool_pa, boot->pool_size, BOOT_AUDIT_MONITOR);
	for (uint32_t n = 0; n < vm_count; n++) {
		const struct manifest_partition *config = vms[n].config;

		boot_audit_span(spans, vms[n].memory_pa, config->memory_size, BIT64(n));
		for (uint32_t r = 0; r < config->nr_regions; r++) {
			boot_audit_span(spans, vms[n].region_pa[r], config->region[r].size,
					BIT64(n));
		}
	}
	for (uint32_t n = 0; n < boot_manifest.nr_shared; n++) {
		const struct manifest_shared *shared = &boot_manifest.shared[n];
		uint64_t peers = 0;

		for (uint32_t peer = 0; peer < shared->nr_peers; peer++) {
			peers |= BIT64(shared->peer[peer]);
		}
		boot_audit_span(spans, shared_pa(n), manifest_shared_size(shared), peers);
	}
}

/* What backends see of their clients' RAM. */
static void boot_audit_views(struct audit_spans *spans,
			     struct audit_span views[MANIFEST_MAX_VIRTIO])
{
	for (uint32_t n = 0; n < boot_manifest.nr_virtio; n++) {
		const struct manifest_virtio *virtio = &boot_manifest.virtio[n];

		views[n] = (struct audit_span) {
			pa_add(vms[virtio->client].memory_pa, virtio->offset),
			virtio->size,
			BIT64(virtio->backend),
		};
	}
	spans->view = views;
	spans->nr_views = boot_manifest.nr_virtio;
}

/* ---- the monitor's virtual addresses (hyp/hw/layout.h) ---- */

static void boot_audit_range(struct audit_hyp *hyp, struct audit_range *ranges, uint32_t first,
			     uint32_t end, enum audit_kind kind, pa_t pa)
{
	ranges[hyp->nr_ranges++] = (struct audit_range) { first, end - first, kind, pa };
}

static uint32_t boot_audit_address(const char *symbol)
{
	return (uint32_t)(uintptr_t)symbol;
}

/* The windows and the guard pages below the stacks are in no range: they are not mapped. */
static void boot_audit_layout(const struct boot *boot, struct audit_hyp *hyp,
			      struct audit_range *ranges)
{
	uint32_t text = boot_audit_address(image_text_end);
	uint32_t rodata = boot_audit_address(image_rodata_end);
	uint32_t stacks = boot_audit_address(image_stacks);
	uint32_t monitor = boot_audit_address(image_end) - boot_audit_address(image_start);
	uint64_t manifest = boot->image_pa.pa + monitor;
	pa_t image = boot->image_pa;

	boot_audit_range(hyp, ranges, LAYOUT_POOL, LAYOUT_POOL + (uint32_t)boot->pool_size,
			 AUDIT_DATA, boot->pool_pa);
	boot_audit_range(hyp, ranges, LAYOUT_MANIFEST, LAYOUT_BOARD, AUDIT_CONSTANTS,
			 pa_make(bits_align_down(manifest, BLOCK_SIZE)));
	boot_audit_range(hyp, ranges, LAYOUT_BOARD, LAYOUT_WINDOWS, AUDIT_CONSTANTS,
			 AUDIT_ANYWHERE);
	boot_audit_range(hyp, ranges, LAYOUT_DEVICES, LAYOUT_IMAGE, AUDIT_DEVICES, AUDIT_ANYWHERE);
	boot_audit_range(hyp, ranges, LAYOUT_IMAGE, text, AUDIT_TEXT, image);
	boot_audit_range(hyp, ranges, text, rodata, AUDIT_CONSTANTS,
			 pa_add(image, text - LAYOUT_IMAGE));
	boot_audit_range(hyp, ranges, rodata, stacks, AUDIT_DATA,
			 pa_add(image, rodata - LAYOUT_IMAGE));
	for (uint32_t cpu = 1; cpu <= LAYOUT_MAX_CPUS; cpu++) {
		uint32_t top = stacks + cpu * LAYOUT_STACK_SIZE;

		boot_audit_range(hyp, ranges, top - LAYOUT_STACK_SIZE / 2, top, AUDIT_DATA,
				 pa_add(image, top - LAYOUT_STACK_SIZE / 2 - LAYOUT_IMAGE));
	}
}

static void boot_audit_hyp(const struct boot *boot, const struct audit_spans *spans)
{
	struct audit_range ranges[BOOT_AUDIT_RANGES];
	struct audit_table tables[MMU_TABLES];
	struct audit_fault fault = { 0 };
	struct mmu_state state;
	struct audit_hyp hyp = { .table = tables,
				 .nr_tables = MMU_TABLES,
				 .range = ranges,
				 .attr_normal = LAYOUT_ATTR_NORMAL,
				 .attr_device = LAYOUT_ATTR_DEVICE };

	mmu_read_state(&state);
	for (uint32_t n = 0; n < MMU_TABLES; n++) {
		tables[n] = (struct audit_table) { state.table[n].entries, state.table[n].pa };
	}
	hyp.httbr = state.httbr;
	hyp.hsctlr = state.hsctlr;
	boot_audit_layout(boot, &hyp, ranges);
	if (!audit_hyp(&hyp, spans, &fault)) {
		boot_audit_end("the monitor", &fault);
	}
}

void boot_audit(const struct boot *boot)
{
	struct audit_span views[MANIFEST_MAX_VIRTIO];
	struct audit_spans spans = { .span = boot_scratch.span };
	struct audit_fault fault = { 0 };

	boot_audit_memory(boot, &spans);
	boot_audit_views(&spans, views);
	if (!audit_spans(&spans, &fault)) {
		boot_audit_end("all", &fault);
	}
	boot_audit_hyp(boot, &spans);
	for (uint32_t n = 0; n < vm_count; n++) {
		if (!audit_stage2(&vms[n].stage2, n, &spans, &fault)) {
			boot_audit_end(vms[n].config->name, &fault);
		}
	}
}
