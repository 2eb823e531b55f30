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
static uint8_t memory[0x4000] __attribute__((aligned(4096)));
static uint64_t window_pa[4];
static uint32_t windows;
static bool owned = true;

void *mmu_window(uint32_t c, pa_t pa)
{
	(void)c;
	hw_log_event("window");
	window_pa[windows++ % 4] = pa.pa;
	return memory + pa.pa % sizeof(memory);
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
	return owned;
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

/* What is written reaches the point of coherency while the window is open; only RAM is written. */
static void writes(void)
{
	static const uint8_t text[] = "0123456789";

	*hw_log_register("HTPIDR") = (uintptr_t)&cpu;
	*hw_log_register("CTR") = 0x84448004;
	memset(memory, 0xaa, sizeof(memory));
	hw_log_clear();
	CHECK(mem_write(&vm, ipa_make(0x3f), text, sizeof(text)));
	CHECK(!memcmp(memory + 0x3f, text, sizeof(text)));
	CHECK_EQ(memory[0x3e], 0xaa);
	CHECK_EQ(memory[0x3f + sizeof(text)], 0xaa);
	CHECK_EQ(hw_log_count('w', "DCCIMVAC"), 2);
	CHECK(hw_log_between(hw_log_find(0, 'e', "window"), hw_log_find(0, 'e', "close"), 'w',
			     "DCCIMVAC"));
	CHECK(mem_write(&vm, ipa_make(0x1000), NULL, 0x1000));
	CHECK_EQ(memory[0x1000] | memory[0x1fff], 0);
	CHECK_EQ(memory[0x2000], 0xaa);
	owned = false;
	hw_log_clear();
	CHECK(!mem_write(&vm, ipa_make(0), text, sizeof(text)));
	CHECK_EQ(hw_log_count('e', "window"), 0);
	owned = true;
	hw_log_clear();
	mem_put_shared(pa_make(0x2004), 0x12345678);
	CHECK_EQ(memory[0x2004] | memory[0x2007] << 8, 0x1278);
	CHECK(hw_log_between(hw_log_find(0, 'e', "window"), hw_log_find(0, 'e', "close"), 'w',
			     "DCCMVAC"));
}

/* A range over the end of a block of 2 MiB: the window is opened for each. */
static void over_blocks(void)
{
	*hw_log_register("HTPIDR") = (uintptr_t)&cpu;
	*hw_log_register("CTR") = 0x84448004;
	memset(memory, 0xaa, sizeof(memory));
	windows = 0;
	mem_clear_shared(pa_make(0x401ff000), 0x3000);
	CHECK_EQ(windows, 2);
	CHECK_EQ(window_pa[0], 0x401ff000);
	CHECK_EQ(window_pa[1], 0x40200000);
	CHECK_EQ(memory[0x3000] | memory[0x3fff] | memory[0] | memory[0x1fff], 0);
	CHECK_EQ(memory[0x2000], 0xaa);
}

static const struct test_case cases[] = {
	{ "mmu_off", mmu_off },
	{ "writes", writes },
	{ "over_blocks", over_blocks },
};

TEST_MAIN("mem", cases)
