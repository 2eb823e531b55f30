/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/base/bits.h"
#include "hyp/board/board_parts.h"
#include "hyp/core/boot_parts.h"
#include "hyp/core/facts.h"
#include "hyp/core/halt.h"
#include "hyp/core/log.h"
#include "hyp/core/partition_make.h"
#include "hyp/core/phys.h"
#include "hyp/core/remote.h"
#include "hyp/core/shared.h"
#include "hyp/core/trace_call.h"
#include "hyp/core/virtio.h"
#include "hyp/core/vm.h"
#include "hyp/hw/io.h"
#include "hyp/hw/layout.h"
#include "hyp/hw/mmu.h"
#include "hyp/hw/timer.h"
#include "hyp/hw/uart.h"
#include "hyp/hw/zero.h"
#include <string.h>

/* Bytes: the limit of the Linux boot protocol; and the address space for a tree that begins
 * anywhere in a block. */
#define BOOT_DTB_MAX	  0x200000u
#define BOOT_MANIFEST_MAX 0x0fe00000u
#define BOOT_TREE_ALIGN	  8u
#define BOOT_RAM_ALIGN	  0x08000000u /* RAM starts at a multiple of this on all boards known */

extern const char image_start[], image_end[];

/* From 0x28 of the image on (boot/entry.S). */
extern const struct boot_header {
	uint32_t start, end; /* of the file, in bytes */
	uint32_t endian, magic, memory_size, version;
	uint32_t seal; /* its last word; 0: no manifest */
} boot_header;

struct manifest boot_manifest;
union boot_scratch boot_scratch;

void boot_refuse(const struct refusal *why)
{
	log_last_words("refused", "%s%s/%s: %s%s%s", why->parent[0] ? "/" : "", why->parent,
		       why->node, why->property, why->property[0] ? ": " : "", why->reason);
	halt_system(HALT_REFUSED);
}

void boot_refuse_text(const char *what, const char *why)
{
	log_last_words("refused", "%s: %s", what, why);
	halt_system(HALT_REFUSED);
}

/* Maps a device tree blob of unknown size: its header first, then all of it. */
static const void *boot_map_blob(uintptr_t va, pa_t pa, uint32_t limit, uint32_t *size)
{
	const uint8_t *head = mmu_map_blocks(va, pa, 8, false);
	uint32_t total;

	if (head[0] != 0xd0 || head[1] != 0x0d || head[2] != 0xfe || head[3] != 0xed) {
		return NULL;
	}
	total = (uint32_t)head[4] << 24 | (uint32_t)head[5] << 16 | (uint32_t)head[6] << 8 |
		head[7];
	if (total > limit) {
		return NULL;
	}
	*size = total;
	return mmu_map_blocks(va, pa, total, false);
}

/* `plumb pack --board` puts a tree behind the file. */
static pa_t boot_appended_tree(const struct boot *boot)
{
	return pa_make(bits_align_up(boot->image_pa.pa + boot_header.end, BOOT_TREE_ALIGN));
}

/* The tree is at the address in r2, by the boot protocol; else behind the image; else at the start
 * of the RAM that holds the image, where QEMU puts it for an ELF file. */
void boot_map_board(struct boot *boot)
{
	const pa_t places[] = { boot->dtb_pa, boot_appended_tree(boot),
				pa_make(bits_align_down(boot->image_pa.pa, BOOT_RAM_ALIGN)) };
	const void *blob = NULL;
	const char *fault;

	for (uint32_t n = 0; n < ARRAY_SIZE(places) && !blob; n++) {
		if (places[n].pa != 0 && places[n].pa % 4 == 0) {
			boot->dtb_pa = places[n];
			blob = boot_map_blob(LAYOUT_BOARD, places[n], BOOT_DTB_MAX,
					     &boot->dtb_size);
		}
	}
	fault = blob ? fdt_open(&boot->board_fdt, blob, boot->dtb_size)
		     : "no device tree at the address in r2";
	if (fault) {
		boot_refuse_text("board",
				 fault); /* not printed: the UART's address is in the tree */
	}
	(void)fdt_index(&boot->board_fdt, boot_scratch.nodes, BOOT_NODES);
}

/* FNV-1a. */
static uint32_t boot_mix(uint32_t hash, const uint8_t *bytes, uint32_t size)
{
	for (uint32_t n = 0; n < size; n++) {
		hash = (hash ^ bytes[n]) * 16777619u;
	}
	return hash;
}

uint32_t boot_guard(const struct boot *boot)
{
	const struct fdt *fdt = &boot->board_fdt;
	fdt_node_t chosen = fdt_find_path(fdt, "/chosen");
	uint64_t now = timer_now();
	uint32_t hash = (uint32_t)(now ^ now >> 32), cursor;
	struct fdt_prop prop;
	bool more = chosen != FDT_NONE && fdt_first_prop(fdt, chosen, &prop, &cursor);

	/* rng-seed and kaslr-seed are among them. The rest does no harm. */
	for (; more; more = fdt_next_prop(fdt, &prop, &cursor)) {
		hash = boot_mix(hash, prop.data, prop.length);
	}
	return hash << 8;
}

void boot_find_uart(struct boot *boot)
{
	board_read_uart(&boot->board_fdt, &facts_board);
	if (facts_board.uart != BOARD_UART_NONE) {
		const struct uart_shape shape = {
			.base = (uintptr_t)mmu_map_device(facts_board.uart_base, PAGE_SIZE),
			.shift = facts_board.uart_shift,
			.width = facts_board.uart_width,
		};

		uart_init(uart_driver_of(facts_board.uart), &shape);
	}
}

void boot_read_board(struct boot *boot)
{
	struct refusal why = { 0 };

	if (!board_read(&boot->board_fdt, &facts_board, &why)) {
		boot_refuse(&why);
	}
}

/* RAM without the ranges in use: the tree's reservations, the image with the manifest, the tree. */
static void boot_free_memory(struct boot *boot)
{
	const struct regions *reserved = &facts_board.reserved;
	bool ok = true;

	boot->free = facts_board.memory;
	for (uint32_t n = 0; n < reserved->count; n++) {
		ok = ok && regions_remove(&boot->free, reserved->r[n].base, reserved->r[n].size);
	}
	ok = ok && regions_remove(&boot->free, boot->image_pa, boot->image_size);
	ok = ok && regions_remove(&boot->free, boot->dtb_pa, boot->dtb_size);
	if (!ok) {
		boot_refuse_text("board", "too many memory ranges");
	}
}

/* Checks that the file's last bytes are present, and belong to this file. */
static void boot_check_seal(const struct boot *boot, uint32_t monitor, uint32_t manifest)
{
	uint32_t end = boot_header.end;
	const uint8_t *file;
	uint32_t last = 0;

	if (end - monitor <= BOOT_MANIFEST_MAX && end - monitor >= manifest + sizeof(last)) {
		file = mmu_map_blocks(LAYOUT_MANIFEST, pa_add(boot->image_pa, monitor),
				      end - monitor, false);
		memcpy(&last, file + (end - monitor - sizeof(last)), sizeof(last));
	}
	if (last == 0 || last != boot_header.seal) {
		boot_refuse_text("image", "its end is missing: load the whole file");
	}
}

void boot_read_manifest(struct boot *boot)
{
	uint32_t monitor = (uint32_t)(image_end - image_start);
	const void *blob;
	const char *fault;
	struct refusal why = { 0 };
	uint32_t size = 0;

	blob = boot_map_blob(LAYOUT_MANIFEST, pa_add(boot->image_pa, monitor), BOOT_MANIFEST_MAX,
			     &size);
	if (blob) {
		boot_check_seal(boot, monitor, size); /* first, because the rest may be missing */
	}
	fault = blob ? fdt_open(&boot->manifest_fdt, blob, size)
		     : "none follows the monitor: make one file of both with 'plumb pack'";
	if (fault) {
		boot_refuse_text("manifest", fault);
	}
	boot->image_size = boot_header.end;
	boot_free_memory(boot);
	if (!manifest_read(&boot->manifest_fdt, &boot_manifest, &why) ||
	    !manifest_check_board(&boot->manifest_fdt, &boot_manifest, &facts_board, &boot->free,
				  &why)) {
		boot_refuse(&why);
	}
}

uint32_t boot_read_clock(struct boot *boot)
{
	const struct fdt *fdt = &boot->board_fdt;
	fdt_node_t node = fdt_find_compatible(fdt, fdt_root(fdt), "arm,pl031");
	uint64_t base, size;
	const void *clock = NULL;

	if (node != FDT_NONE && fdt_is_enabled(fdt, node) && fdt_reg(fdt, node, 0, &base, &size)) {
		clock = mmu_map_device(pa_make(base), PAGE_SIZE);
	}
	return clock ? io_read32((uintptr_t)clock) : 0; /* RTCDR, DDI 0224 3.3.1 */
}

/* The monitor's own memory for all partitions, in whole blocks, if there are addresses for it.
 * Below 4 GiB if there is room: it holds stage-2 tables, and QEMU's table walk (7.2) drops the high
 * bits of a table's address. */
static uint8_t *boot_take_pool(struct boot *boot)
{
	pa_t *pa = &boot->pool_pa;
	uint64_t size = trace_call_size(&boot_manifest);
	uint8_t *pool;
	size_t used;

	for (uint32_t n = 0; n < boot_manifest.nr_partitions; n++) {
		size += partition_pool_size(&boot_manifest.partition[n]);
	}
	used = (size_t)size;
	size = bits_align_up(size, BLOCK_SIZE);
	if (size > LAYOUT_MANIFEST - LAYOUT_POOL ||
	    (!regions_take(&boot->free, size, BLOCK_SIZE, BIT64(32), true, pa) &&
	     !regions_take(&boot->free, size, BLOCK_SIZE, BIT64(40), true, pa))) {
		boot_refuse_text("memory", "no room for the monitor's own tables");
	}
	boot->pool_size = size;
	pool = mmu_map_blocks(LAYOUT_POOL, *pa, (size_t)size, true);
	zero_fill(pool, used); /* whole pages */
	return pool;
}

static void boot_take_regions(struct boot *boot, struct vm *vm,
			      const struct manifest_partition *config)
{
	for (uint32_t r = 0; r < config->nr_regions; r++) {
		uint32_t size = config->region[r].size;
		uint32_t align = size % BLOCK_SIZE == 0 ? BLOCK_SIZE : PAGE_SIZE;

		if (!regions_take(&boot->free, size, align, BIT64(40), false, &vm->region_pa[r])) {
			boot_refuse_text(config->name,
					 "firmware: the board has no memory left for it");
		}
	}
}

static pa_t boot_take_memory(struct boot *boot, const struct manifest_partition *config)
{
	uint32_t align = config->memory_size >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE;
	pa_t pa = config->memory_pa;
	bool ok = pa.pa ? regions_remove(&boot->free, pa, config->memory_size)
			: regions_take(&boot->free, config->memory_size, align, BIT64(40), false,
				       &pa);

	if (!ok) {
		boot_refuse_text(config->name,
				 "memory-size: the board has no free range of this size left");
	}
	return pa;
}

static void boot_take_shared(struct boot *boot, uint32_t index)
{
	const struct manifest_shared *config = &boot_manifest.shared[index];
	uint32_t size = manifest_shared_size(config);
	uint32_t align = size >= BLOCK_SIZE ? BLOCK_SIZE : PAGE_SIZE;
	pa_t pa = config->memory_pa;
	bool ok = pa.pa ? regions_remove(&boot->free, pa, size)
			: regions_take(&boot->free, size, align, BIT64(40), false, &pa);

	if (!ok) {
		boot_refuse_text(config->name, "the board has no memory left for it");
	}
	shared_make(index, config, pa);
	log_line("%s: shared by %u partitions, %u KiB at 0x%llx\n", config->name,
		 (unsigned)config->nr_peers, (unsigned)(size / 1024), (unsigned long long)pa.pa);
}

/* All that has a fixed place, or all that has none. */
static void boot_take_all(struct boot *boot, bool fixed, pa_t *memory_pa)
{
	for (uint32_t n = 0; n < boot_manifest.nr_partitions; n++) {
		if ((boot_manifest.partition[n].memory_pa.pa != 0) == fixed) {
			memory_pa[n] = boot_take_memory(boot, &boot_manifest.partition[n]);
		}
	}
	for (uint32_t n = 0; n < boot_manifest.nr_shared; n++) {
		if ((boot_manifest.shared[n].memory_pa.pa != 0) == fixed) {
			boot_take_shared(boot, n);
		}
	}
}

void boot_make_partitions(struct boot *boot, uint32_t nr_lrs, bool hw_bit)
{
	pa_t pool_pa, memory_pa[MANIFEST_MAX_PARTITIONS];
	uint8_t *pool;

	/* Fixed ranges first; the monitor's own and the others are placed around them. */
	boot_take_all(boot, true, memory_pa);
	pool = boot_take_pool(boot);
	pool_pa = boot->pool_pa;
	boot_take_all(boot, false, memory_pa);
	for (uint32_t n = 0; n < boot_manifest.nr_virtio; n++) {
		const struct manifest_virtio *config = &boot_manifest.virtio[n];

		virtio_make(n, config, memory_pa[config->client]);
	}
	for (uint32_t n = 0; n < boot_manifest.nr_partitions; n++) {
		const struct manifest_partition *config = &boot_manifest.partition[n];
		uint64_t size = partition_pool_size(config);

		boot_take_regions(boot, &vms[n], config);
		partition_make(n, config, pool, pool_pa, memory_pa[n], facts_board.gicv, nr_lrs);
		if (vms[n].vgic && !hw_bit) {
			vgic_phys_set_soft_eoi(vms[n].vgic);
		}
		if (vms[n].vgic) {
			vgic_set_reach(vms[n].vgic, remote_reach);
		}
		pool += size;
		pool_pa = pa_add(pool_pa, size);
		log_line("%s: %u vCPU%s, %u KiB at 0x%llx, %s, %u KiB of the monitor's memory\n",
			 config->name, (unsigned)config->nr_vcpus, config->nr_vcpus > 1 ? "s" : "",
			 (unsigned)(config->memory_size / 1024),
			 (unsigned long long)memory_pa[n].pa,
			 config->has_gic ? "virtual GICv2" : "CPU lines", (unsigned)(size / 1024));
	}
	if (trace_call_size(&boot_manifest)) {
		trace_call_make(pool);
	}
	if (hw_bit) {
		phys_trust_hw_bit();
	}
	vm_count = boot_manifest.nr_partitions;
}
