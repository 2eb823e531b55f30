/* SPDX-License-Identifier: BSD-2-Clause */
/* hyp/core/mem.c: a guest with its MMU off has written past the caches. */
#include "test/unit/hw_log.h"
#include "hyp/core/cpu.h"
#include "hyp/core/mem.h"
#include "hyp/core/vm.h"
#include "hyp/hw/mmu.h"

static struct vm vm;
static struct vcpu vcpu;
static struct cpu cpu;
struct cpu cpus[BOARD_MAX_CPUS];
static uint8_t memory[64] __attribute__((aligned(64)));

void *mmu_window(uint32_t c, pa_t pa)
{
	(void)c;
	hw_log_event("window");
	return memory + pa.pa % 64;
}

void mmu_window_close(uint32_t c)
{
	(void)c;
	hw_log_event("close");
}

bool vm_owns(const struct vm *v, ipa_t ipa, uint32_t size, pa_t *pa)
{
	(void)v;
	(void)size;
	*pa = pa_make(ipa.ipa);
	return true;
}

bool vm_owns_pa(const struct vm *v, pa_t pa, uint32_t size)
{
	(void)v;
	(void)pa;
	(void)size;
	return true;
}

bool world_translate(uint32_t va, bool user, pa_t *pa)
{
	(void)user;
	*pa = pa_make(va);
	return true;
}

static void mmu_off(void)
{
	uint32_t word;

	*hw_log_register("HTPIDR") = (uintptr_t)&cpu;
	cpu.loaded = &vcpu;
	vcpu.vm = &vm;
	*hw_log_register("CTR") = 0x84448004; /* 64-byte lines */
	for (uint32_t n = 0; n < 2; n++) {
		*hw_log_register("SCTLR") = n ? 5 : 0; /* C, M */
		hw_log_clear();
		CHECK(mem_read(&vm, ipa_make(0x40), &word, sizeof(word)));
		if (n == 0) {
			/* before the read: what an earlier one left; and behind it */
			CHECK_EQ(hw_log_count('w', "DCCIMVAC"), 2);
			CHECK(hw_log_between(hw_log_find(0, 'e', "window"),
					     hw_log_find(0, 'e', "close"), 'w', "DCCIMVAC"));
			CHECK(hw_log_between(hw_log_last('w', "DCCIMVAC"),
					     hw_log_find(0, 'e', "close"), 'e', "hw_dsb"));
		}
	}
}

static const struct test_case cases[] = { { "mmu_off", mmu_off } };

TEST_MAIN("mem", cases)
