/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's own mappings after boot code has brought it to its link address (hyp/hw/layout.h).
 */
#ifndef HYP_HW_MMU_H
#define HYP_HW_MMU_H

#include "hyp/base/addr.h"
#include <stdbool.h>
#include <stddef.h>

/* Boot CPU, once: removes the identity mapping and unmaps the stacks' guard pages. */
void mmu_init(void);
/* Part of mmu_init: from then on devices can be mapped. Called alone if the image was not entered
 * in HYP mode. */
void mmu_init_devices(void);
/* Other CPUs: removes the identity mapping. */
void mmu_init_secondary(void);

/* Maps whole 2 MiB blocks around [pa, pa + size) at `va` (2 MiB-aligned); returns the address of pa
 * itself. */
void *mmu_map_blocks(uintptr_t va, pa_t pa, size_t size, bool writable);

/* Maps a device's registers, by pages; returns their address. Boot only; NULL when the device
 * window is full. */
void *mmu_map_device(pa_t pa, size_t size);

/* This CPU's window onto memory: maps the 2 MiB block that holds pa, and returns the address of pa;
 * the rest of that block can be accessed too. Only one block is mapped, because the next one may be
 * a device. The previous use of this CPU's window ends. */
void *mmu_window(uint32_t cpu, pa_t pa);

/* Unmaps the window. */
void mmu_window_close(uint32_t cpu);

/* The tables of the monitor's own translation, and what turns it on: for a check. */
#define MMU_TABLES 4
struct mmu_state {
	struct {
		const uint64_t *entries;
		pa_t pa;
	} table[MMU_TABLES]; /* the first is the root */
	uint64_t httbr;	     /* this CPU's */
	uint32_t hsctlr;
};
void mmu_read_state(struct mmu_state *state);

/* Physical address of the image's first byte, and of any object in the image. */
pa_t mmu_image_pa(pa_t boot_pa, const void *object);

#endif
