/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/hw/mmu.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/layout.h"
#include "hyp/hw/tlb.h"
#include "hyp/regs/lpae.h"
#include "hyp/regs/psr.h"

#define MMU_NORMAL                                                      \
	(FIELD_PREP(LPAE_S1_ATTR_INDEX, (uint64_t)LAYOUT_ATTR_NORMAL) | \
	 FIELD_PREP(LPAE_SH, LPAE_SH_INNER) | LPAE_AF | LPAE_S1_AP1 | LPAE_XN)
#define MMU_DEVICE                                                                              \
	(FIELD_PREP(LPAE_S1_ATTR_INDEX, (uint64_t)LAYOUT_ATTR_DEVICE) | LPAE_AF | LPAE_S1_AP1 | \
	 LPAE_XN)

#define MMU_TABLE __attribute__((section(".tables"), aligned(4096)))

/* Boot code (boot/entry.S) fills the first entries of these before the MMU is on. */
uint64_t mmu_image_l3[512] MMU_TABLE;
uint64_t mmu_l2[512] MMU_TABLE;
uint64_t mmu_boot_l2[512] MMU_TABLE;
static uint64_t mmu_device_l3[512] MMU_TABLE;
uint64_t mmu_l1[4] __attribute__((section(".tables"), aligned(32)));
uint64_t mmu_boot_l1[4] __attribute__((section(".tables"), aligned(32)));

extern const char image_start[], image_stacks[];

static uint32_t mmu_devices_used; /* pages; boot CPU only */

/* The physical address of an object of the monitor, from the image's level-3 table. */
static uint64_t mmu_pa_of(const void *object)
{
	uintptr_t va = (uintptr_t)object;
	uint64_t page = mmu_image_l3[(va - LAYOUT_IMAGE) / PAGE_SIZE];

	return (page & LPAE_ADDRESS) | (va % PAGE_SIZE);
}

pa_t mmu_image_pa(pa_t boot_pa, const void *object)
{
	return pa_add(boot_pa, (uintptr_t)object - LAYOUT_IMAGE);
}

static uint64_t *mmu_l2_entry(uintptr_t va)
{
	return &mmu_l2[(va >> 21) & 511u];
}

/* Called after new entries: for HYP; or, if the image was entered in another mode and only prints
 * the reason, for that mode. */
static void mmu_flush(void)
{
	uint32_t cpsr;

	__asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
	if ((cpsr & PSR_MODE) == PSR_MODE_HYP) {
		tlb_flush_hyp_all();
	} else {
		hw_dsb();
		sysreg_write(TLBIALL, 0);
		hw_dsb();
		hw_isb();
	}
}

void mmu_init_devices(void)
{
	*mmu_l2_entry(LAYOUT_DEVICES) = mmu_pa_of(mmu_device_l3) | LPAE_TYPE_TABLE;
}

static void mmu_use_final_tables(void)
{
	hw_dsb(); /* the tables must be written first */
	sysreg_write64(HTTBR, mmu_pa_of(mmu_l1));
	hw_isb();
	sysreg_write(TLBIALLH, 0);
	hw_dsb();
	hw_isb();
}

void mmu_init(void)
{
	uintptr_t guard = (uintptr_t)image_stacks;

	for (uint32_t cpu = 0; cpu < LAYOUT_MAX_CPUS; cpu++, guard += LAYOUT_STACK_SIZE) {
		mmu_image_l3[(guard - LAYOUT_IMAGE) / PAGE_SIZE] = 0;
	}
	mmu_init_devices();
	mmu_use_final_tables();
	/* Other CPUs read the boot tables with their caches off. */
	cache_clean(mmu_boot_l1, sizeof(mmu_boot_l1));
	cache_clean(mmu_boot_l2, sizeof(mmu_boot_l2));
}

void mmu_init_secondary(void)
{
	mmu_use_final_tables();
}

void *mmu_map_blocks(uintptr_t va, pa_t pa, size_t size, bool writable)
{
	uint64_t first = pa.pa & ~(uint64_t)(BLOCK_SIZE - 1);
	uint64_t last = (pa.pa + size - 1) & ~(uint64_t)(BLOCK_SIZE - 1);
	uint64_t attributes = MMU_NORMAL | (writable ? 0 : LPAE_S1_READ_ONLY);
	size_t bytes = (size_t)(last + BLOCK_SIZE - first);

	/* Another mapping may have been used there: break before make (B3.10.1). */
	for (uintptr_t at = va; at - va < bytes; at += BLOCK_SIZE) {
		*mmu_l2_entry(at) = 0;
	}
	mmu_flush();
	for (uintptr_t at = va; first <= last; first += BLOCK_SIZE, at += BLOCK_SIZE) {
		*mmu_l2_entry(at) = first | LPAE_TYPE_BLOCK | attributes;
	}
	mmu_flush();
	return (void *)(va + (uintptr_t)(pa.pa % BLOCK_SIZE));
}

void *mmu_map_device(pa_t pa, size_t size)
{
	uint64_t first = pa.pa & ~(uint64_t)(PAGE_SIZE - 1);
	uint32_t pages = (uint32_t)((pa.pa + size - 1) / PAGE_SIZE - first / PAGE_SIZE + 1);
	uint32_t start = mmu_devices_used;

	if (pages > ARRAY_SIZE(mmu_device_l3) - start) {
		return NULL;
	}
	mmu_devices_used += pages;
	for (uint32_t n = 0; n < pages; n++) {
		mmu_device_l3[start + n] =
			(first + (uint64_t)n * PAGE_SIZE) | LPAE_TYPE_PAGE | MMU_DEVICE;
	}
	mmu_flush();
	return (void *)(LAYOUT_DEVICES + (uintptr_t)start * PAGE_SIZE +
			(uintptr_t)(pa.pa % PAGE_SIZE));
}

static uintptr_t mmu_window_set(uint32_t cpu, uint64_t descriptor)
{
	uintptr_t va = LAYOUT_WINDOWS + cpu * LAYOUT_WINDOW_SIZE;

	*mmu_l2_entry(va) = 0; /* break before make */
	tlb_flush_hyp_va(va);
	*mmu_l2_entry(va) = descriptor;
	hw_dsb();
	hw_isb();
	return va;
}

void *mmu_window(uint32_t cpu, pa_t pa)
{
	uint64_t block = pa.pa & ~(uint64_t)(BLOCK_SIZE - 1);
	uintptr_t va = mmu_window_set(cpu, block | LPAE_TYPE_BLOCK | MMU_NORMAL);

	return (void *)(va + (uintptr_t)(pa.pa % BLOCK_SIZE));
}

void mmu_window_close(uint32_t cpu)
{
	mmu_window_set(cpu, 0);
}

void mmu_read_state(struct mmu_state *state)
{
	const uint64_t *const tables[MMU_TABLES] = { mmu_l1, mmu_l2, mmu_image_l3, mmu_device_l3 };

	for (uint32_t n = 0; n < MMU_TABLES; n++) {
		state->table[n].entries = tables[n];
		state->table[n].pa = pa_make(mmu_pa_of(tables[n]));
	}
	state->httbr = sysreg_read64(HTTBR);
	state->hsctlr = sysreg_read(HSCTLR);
}
