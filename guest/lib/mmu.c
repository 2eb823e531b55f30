/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/lib/mmu.h"
#include "guest/lib/cpu.h"
#include "guest/lib/start.h"

#define MMU_ENTRIES 4096u
#define MMU_LINE    64u

uint32_t mmu_table[MMU_ENTRIES] __attribute__((aligned(16384)));

void mmu_fill_table(void)
{
	for (uint32_t i = 0; i < MMU_ENTRIES; i++) {
		uint32_t va = i * MMU_SECTION;
		bool ram = va >= 0x40000000u && va < 0x80000000u;

		mmu_table[i] = va | (ram ? MMU_NORMAL : MMU_DEVICE);
	}
}

static void mmu_flush_tlb(void)
{
	cpu_dsb();
	CPU_CP15_WRITE(0, c8, c3, 0, 0); /* TLBIALLIS */
	CPU_CP15_WRITE(0, c7, c1, 6, 0); /* BPIALLIS */
	cpu_dsb();
	cpu_isb();
}

void mmu_map(uint32_t va, uint32_t pa, uint32_t attributes)
{
	mmu_table[va / MMU_SECTION] =
		attributes == MMU_FAULT ? 0u : (pa & ~(MMU_SECTION - 1)) | attributes;
	mmu_flush_tlb();
}

/* Counts lines: `start + size` may be the end of the address space. */
void mmu_clean_invalidate(const void *start, uint32_t size)
{
	uint32_t address = (uint32_t)(uintptr_t)start & ~(MMU_LINE - 1);
	uint32_t lines = (size + ((uint32_t)(uintptr_t)start - address) + MMU_LINE - 1) / MMU_LINE;

	for (; lines != 0; lines--, address += MMU_LINE) {
		CPU_CP15_WRITE(0, c7, c14, 1, address); /* DCCIMVAC */
	}
	cpu_dsb();
}

void mmu_sync_code(const void *start, uint32_t size)
{
	uint32_t address = (uint32_t)(uintptr_t)start & ~(MMU_LINE - 1);
	uint32_t lines = (size + ((uint32_t)(uintptr_t)start - address) + MMU_LINE - 1) / MMU_LINE;

	for (; lines != 0; lines--, address += MMU_LINE) {
		CPU_CP15_WRITE(0, c7, c11, 1, address); /* DCCMVAU */
	}
	cpu_dsb();
	CPU_CP15_WRITE(0, c7, c1, 0, 0); /* ICIALLUIS */
	CPU_CP15_WRITE(0, c7, c1, 6, 0); /* BPIALLIS */
	cpu_dsb();
	cpu_isb();
}
