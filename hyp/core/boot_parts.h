/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps of boot, in their order (hyp/core/main.c). Each refuses with a message, or succeeds. */
#ifndef HYP_CORE_BOOT_PARTS_H
#define HYP_CORE_BOOT_PARTS_H

#include "hyp/base/addr.h"
#include "hyp/fdt/fdt_index.h"
#include "hyp/manifest/manifest.h"
#include "hyp/stage2/audit.h"

#define BOOT_NODES 1024u /* of the board's tree: larger ones are searched without an index */
/* Pieces of memory with an owner: the image, the board's tree, the pool; partitions and their
 * regions; shared memory. */
#define BOOT_SPANS \
	(3u + MANIFEST_MAX_PARTITIONS * (1u + MANIFEST_MAX_REGIONS) + MANIFEST_MAX_SHARED)

/* The boot loader's arguments, and their results. */
struct boot {
	pa_t image_pa; /* the monitor, with the manifest behind it */
	pa_t dtb_pa;
	uint32_t dtb_size;
	uint32_t image_size; /* monitor and manifest, bytes */
	struct fdt board_fdt;
	struct fdt manifest_fdt;
	struct regions free; /* RAM that is not allocated yet */
	pa_t pool_pa;	     /* the monitor's own memory for all partitions */
	uint64_t pool_size;
};

/* The index of the board's tree; after boot_make_partitions, memory for boot_audit. */
extern union boot_scratch {
	struct fdt_entry nodes[BOOT_NODES];
	struct audit_span span[BOOT_SPANS];
} boot_scratch;

/* Prints why the system cannot run, and stops. */
void boot_refuse(const struct refusal *why) __attribute__((noreturn));
void boot_refuse_text(const char *what, const char *why) __attribute__((noreturn));

void boot_map_board(struct boot *boot);
/* A value that a guest cannot know, as far as the board has entropy: from the counter, and from the
 * seeds that a boot loader leaves in /chosen. Its lowest byte, the first in memory, is 0: copying a
 * string does not reproduce it. */
uint32_t boot_guard(const struct boot *boot);
void boot_find_uart(struct boot *boot);
void boot_read_board(struct boot *boot);
void boot_read_manifest(struct boot *boot);
/* Seconds since 1970 from the board's PL031; 0: it has none. */
uint32_t boot_read_clock(struct boot *boot);
/* nr_lrs: the number of list registers. hw_bit: their HW bit is reliable
 * (vgic_phys_set_soft_eoi). */
void boot_make_partitions(struct boot *boot, uint32_t nr_lrs, bool hw_bit);

/* The last step before guests run: walks the translation tables of the monitor and of all
 * partitions (hyp/stage2/audit.h). A panic tells the address of the first fault. */
void boot_audit(const struct boot *boot);

extern struct manifest boot_manifest;

#endif
