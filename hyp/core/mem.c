/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/mem.h"
#include "hyp/core/cpu.h"
#include "hyp/core/vm.h"
#include "hyp/hw/cache.h"
#include "hyp/hw/mmu.h"
#include "hyp/hw/zero.h"
#include "hyp/regs/hcr.h"
#include "hyp/regs/psr.h"
#include "hyp/trap/insn.h"
#include <string.h>

/* The loaded guest accesses memory without the caches: their contents are old, and the guest must
 * not read them when it turns its caches on (A3.5.7). */
static bool mem_is_uncached(void)
{
	return (sysreg_read(SCTLR) & (SCTLR_M | SCTLR_C)) != (SCTLR_M | SCTLR_C);
}

static void mem_copy_out(pa_t pa, uint8_t *to, uint32_t size)
{
	uint32_t cpu = cpu_this()->index;
	bool uncached = mem_is_uncached();

	while (size) {
		uint32_t part = bits_min(size, BLOCK_SIZE - (uint32_t)(pa.pa % BLOCK_SIZE));

		const void *from = mmu_window(cpu, pa);

		if (uncached) {
			cache_flush(from, part);
		}
		memcpy(to, from, part);
		if (uncached) {
			cache_flush(from, part);
		}
		pa = pa_add(pa, part);
		to += part;
		size -= part;
	}
	mmu_window_close(cpu);
}

/* `from`: NULL for zeros, whole pages of them. */
static void mem_copy_in(pa_t pa, const uint8_t *from, uint32_t size)
{
	uint32_t cpu = cpu_this()->index;

	while (size) {
		uint32_t part = bits_min(size, BLOCK_SIZE - (uint32_t)(pa.pa % BLOCK_SIZE));
		void *to = mmu_window(cpu, pa);

		if (from) {
			memcpy(to, from, part);
			from += part;
		} else {
			zero_fill(to, part);
		}
		cache_flush(to, part);
		pa = pa_add(pa, part);
		size -= part;
	}
	mmu_window_close(cpu);
}

bool mem_write(const struct vm *vm, ipa_t ipa, const void *from, uint32_t size)
{
	pa_t pa;

	if (!vm_owns(vm, ipa, size, &pa)) {
		return false;
	}
	mem_copy_in(pa, from, size);
	return true;
}

void mem_clear_shared(pa_t pa, uint32_t size)
{
	mem_copy_in(pa, NULL, size);
}

void mem_put_shared(pa_t pa, uint32_t word)
{
	uint32_t cpu = cpu_this()->index;
	volatile uint32_t *to = mmu_window(cpu, pa);

	*to = word;
	cache_clean((const void *)to, sizeof(*to));
	mmu_window_close(cpu);
}

void mem_clean(pa_t pa, uint32_t size)
{
	uint32_t cpu = cpu_this()->index;

	while (size) {
		uint32_t part = bits_min(size, BLOCK_SIZE - (uint32_t)(pa.pa % BLOCK_SIZE));

		cache_flush(mmu_window(cpu, pa), part);
		pa = pa_add(pa, part);
		size -= part;
	}
	mmu_window_close(cpu);
}

bool mem_read(const struct vm *vm, ipa_t ipa, void *to, uint32_t size)
{
	pa_t pa;

	if (!vm_owns(vm, ipa, size, &pa)) {
		return false;
	}
	mem_copy_out(pa, to, size);
	return true;
}

/* A halfword at a guest-virtual address: both stages translate, so the guest may read it. */
static bool mem_read_half(const struct vm *vm, uint32_t va, bool user, uint16_t *half)
{
	pa_t pa;

	if (!world_translate(va, user, &pa) || !vm_owns_pa(vm, pa, sizeof(*half))) {
		return false;
	}
	mem_copy_out(pa, (uint8_t *)half, sizeof(*half));
	return true;
}

bool mem_read_insn(const struct guest_regs *regs, bool thumb, bool *wide, uint32_t *word)
{
	const struct vm *vm = cpu_this()->loaded->vm;
	bool user = (regs->cpsr & PSR_MODE) == PSR_MODE_USR;
	uint16_t first, second = 0;

	if (!mem_read_half(vm, regs->pc, user, &first)) {
		return false;
	}
	*wide = !thumb || insn_thumb_is_wide(first);
	if (*wide && !mem_read_half(vm, regs->pc + 2, user, &second)) {
		return false;
	}
	if (!*wide) {
		*word = first;
	} else if (thumb) {
		*word = ((uint32_t)first << 16) | second;
	} else {
		*word = ((uint32_t)second << 16) | first;
	}
	return true;
}

bool mem_read_word(const struct guest_regs *regs, uint32_t va, uint32_t *word)
{
	const struct vm *vm = cpu_this()->loaded->vm;
	pa_t pa;

	if (!world_translate(va, (regs->cpsr & PSR_MODE) == PSR_MODE_USR, &pa) ||
	    !vm_owns_pa(vm, pa, sizeof(*word))) {
		return false;
	}
	mem_copy_out(pa, (uint8_t *)word, sizeof(*word));
	return true;
}
