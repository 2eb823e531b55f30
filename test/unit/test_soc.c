/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts of CPUs and counters on models of the registers: what their manuals, and public code that
 * runs on the boards, say of them. A model knows what a core needs to come up, and in which order.
 */
#include "hyp/hw/io.h"
#include "hyp/hw/soc.h"
#include "hyp/hw/timer.h"
#include "test.h"
#include "test/rig/one.h"

#define BLOCK ((uintptr_t)0x100000) /* the first block of registers; the second is behind it */
#define OTHER ((uintptr_t)0x110000)
#define ENTRY 0x80012340u
#define LIMIT 20000000u /* accesses: a loop that does not end */

static uint32_t word[2][0x4000 / 4];
static uint32_t accesses;
static uint64_t now;
static void (*on_write)(uint32_t block, uint32_t offset, uint32_t value);
static void (*on_read)(uint32_t block, uint32_t offset);

static uint32_t *find(uintptr_t address)
{
	uint32_t block = address >= OTHER;
	uintptr_t offset = address - (block ? OTHER : BLOCK);

	if (offset >= sizeof(word[0]) || offset % 4 != 0 || ++accesses > LIMIT) {
		printf("FAIL access %u, to 0x%lx\n", accesses, (unsigned long)address);
		exit(EXIT_FAILURE);
	}
	return &word[block][offset / 4];
}

uint32_t io_read32(uintptr_t address)
{
	uint32_t *at = find(address);

	if (on_read) {
		on_read(address >= OTHER, (uint32_t)(address % 0x10000));
	}
	return *at;
}

void io_write32(uintptr_t address, uint32_t value)
{
	uint32_t *at = find(address);

	*at = value;
	if (on_write) {
		on_write(address >= OTHER, (uint32_t)(address % 0x10000), value);
	}
}

/* No driver here does byte accesses: the UARTs', in the same library, do. */
uint8_t io_read8(uintptr_t address)
{
	return (uint8_t)*find(address);
}

void io_write8(uintptr_t address, uint8_t value)
{
	*find(address) = value;
}

static uint64_t step;

uint64_t test_now(void)
{
	now += step;
	return now;
}

static void fresh(void)
{
	memset(word, 0, sizeof(word));
	accesses = 0;
	now = 1000;
	step = 7;
	on_write = NULL;
	on_read = NULL;
}

/* ------------------------------------------------- Versatile Express: SYS_FLAGS, SYS_CFG */
static uint32_t flags, config, polls, answer_after;

static void vexpress_write(uint32_t block, uint32_t offset, uint32_t value)
{
	CHECK_EQ(block, 0);
	switch (offset) {
	case 0x30: /* FLAGSSET */
		flags |= value;
		break;
	case 0x34: /* FLAGSCLR */
		flags &= ~value;
		break;
	case 0xa0: /* CFGDATA */
		break;
	case 0xa4: /* CFGCTRL: starts, and the end of the last one is not still to be seen */
		config = value;
		CHECK_EQ(word[0][0xa8 / 4], 0);
		polls = 0;
		break;
	case 0xa8:
		CHECK_EQ(value, 0);
		break;
	default:
		CHECK(false);
	}
}

static void vexpress_read(uint32_t block, uint32_t offset)
{
	CHECK(block == 0 && offset == 0xa8);
	if (++polls == answer_after) {
		word[0][0xa8 / 4] = 3; /* complete, with an error: this board does not do it */
	}
}

static void vexpress(void)
{
	fresh();
	on_write = vexpress_write;
	on_read = vexpress_read;
	flags = 0xffff5555; /* left by whoever used them last */
	soc_vexpress_set_entry(BLOCK, ENTRY);
	CHECK_EQ(flags, ENTRY);
	answer_after = 5;
	word[0][0xa8 / 4] = 1;
	soc_vexpress_power_off(BLOCK);
	CHECK_EQ(config, 0xc0800000); /* start, write, function 8 */
	CHECK_EQ(polls, 5);
	answer_after = UINT32_MAX; /* no answer: it ends all the same */
	word[0][0xa8 / 4] = 0;
	soc_vexpress_power_off(BLOCK);
	CHECK(polls > 1000);
}

/* ------------------------------------------------- Allwinner: a core that needs power, clamp and
 * reset */
struct core {
	bool released; /* out of reset */
	uint32_t clamp;
	uint64_t opened; /* when its clamp became 0 */
	bool gated;
	uint32_t came; /* where it went when it came up */
};

static struct core cores[4];
static bool a20;

static void sunxi_clamp(struct core *core, uint32_t value)
{
	CHECK(value < core->clamp && (value & (value + 1)) == 0); /* opens, bit by bit */
	CHECK(core->clamp == 0x1ff || value == core->clamp >> 1);
	core->clamp = value;
	core->opened = now;
}

static void sunxi_reset(struct core *core, uint32_t index, uint32_t value)
{
	core->released = value == 3;
	CHECK(value == 0 || value == 3);
	/* Debug logic is not touched from outside while the core has no power. */
	CHECK((word[0][0x1e4 / 4] & (1u << index)) == 0 || value == 0);
	if (core->released && !core->gated && core->clamp == 0) {
		core->came = word[0][0x1a4 / 4];
	}
}

static void sunxi_gate(uint32_t value)
{
	for (uint32_t n = 0; n < 4; n++) {
		bool off = (value >> (a20 ? 0 : n)) & 1;

		if ((a20 && n != 1) || off == cores[n].gated) {
			continue;
		}
		CHECK(cores[n].clamp == 0 && now - cores[n].opened >= 240000); /* 10 ms at 24 MHz */
		CHECK(!cores[n].released);
		cores[n].gated = off;
	}
}

static void sunxi_write(uint32_t block, uint32_t offset, uint32_t value)
{
	uint32_t off = a20 ? 0x1b4 : 0x100;
	uint32_t clamp = a20 ? 0x1b0 : 0x140;

	if (block == 0 && offset >= 0x40 && offset < 0x140 && offset % 0x40 == 0) {
		sunxi_reset(&cores[offset / 0x40 - 1], offset / 0x40 - 1, value);
	} else if (block == !a20 && offset == off) {
		sunxi_gate(value);
	} else if (block == !a20 && offset >= clamp && offset < clamp + (a20 ? 4 : 16)) {
		sunxi_clamp(&cores[a20 ? 1 : (offset - clamp) / 4], value);
	} else {
		CHECK(block == 0 && (offset == 0x184 || offset == 0x1a4 || offset == 0x1e4));
	}
}

static void sunxi_fresh(bool is_a20)
{
	fresh();
	a20 = is_a20;
	for (uint32_t n = 0; n < 4; n++) {
		cores[n] = (struct core) { .clamp = n ? 0x1ff : 0, .gated = n != 0 };
	}
	word[0][0x184 / 4] = 0xf;
	word[0][0x1e4 / 4] = 0xf;
	word[a20 ? 0 : 1][(a20 ? 0x1b4 : 0x100) / 4] = a20 ? 0x101 : 0x10e;
	on_write = sunxi_write;
}

static void sunxi_h3(void)
{
	sunxi_fresh(false);
	for (uint32_t core = 1; core < 4; core++) {
		struct soc_sunxi map = { .cpucfg = BLOCK, .settle = 240000 };

		soc_sunxi_use_h3(&map, OTHER, core);
		soc_sunxi_start(&map, core, ENTRY + core);
		CHECK_EQ(cores[core].came, ENTRY + core);
		CHECK_EQ(word[0][0x184 / 4] & (1u << core), 0); /* L1 invalidated at reset */
		CHECK_EQ(word[0][0x1e4 / 4], 0xf);
	}
	CHECK_EQ(word[1][0x100 / 4], 0x100); /* the other bits stay */
	CHECK_EQ(word[0][0x184 / 4], 1);
	CHECK(!cores[0].released); /* the boot core is left alone */
}

static void sunxi_a20(void)
{
	struct soc_sunxi map = { .cpucfg = BLOCK, .settle = 240000 };

	sunxi_fresh(true);
	soc_sunxi_use_a20(&map);
	soc_sunxi_start(&map, 1, ENTRY);
	CHECK_EQ(cores[1].came, ENTRY);
	CHECK_EQ(word[0][0x1b4 / 4], 0x100);
	CHECK_EQ(word[0][0x1e4 / 4], 0xf);
}

/* A counter that stands still must not keep the monitor for ever. */
static void sunxi_no_time(void)
{
	struct soc_sunxi map = { .cpucfg = BLOCK, .settle = 240000 };

	sunxi_fresh(true);
	on_write = NULL;
	step = 0;
	soc_sunxi_use_a20(&map);
	soc_sunxi_start(&map, 1, ENTRY);
	CHECK_EQ(word[0][0x80 / 4], 3);
}

/* ------------------------------------------------- Exynos 5250: PMU, SYSRAM, MCT */
static uint32_t delay, configured, entry_at_power;

static void exynos_write(uint32_t block, uint32_t offset, uint32_t value)
{
	if (block == 1) {
		CHECK_EQ(offset, 0); /* the first word of SYSRAM */
	} else {
		CHECK_EQ(offset, 0x2080);
		configured = value;
		entry_at_power = word[1][0];
	}
}

static void exynos_read(uint32_t block, uint32_t offset)
{
	CHECK(block == 0 && offset == 0x2084);
	if (configured == 3 && delay && --delay == 0) {
		word[0][0x2084 / 4] = 0x40003;
	}
}

static void exynos_cpu(void)
{
	fresh();
	on_write = exynos_write;
	on_read = exynos_read;
	configured = 0;
	delay = 30;
	CHECK(soc_exynos_start(BLOCK, OTHER, 1, ENTRY));
	CHECK_EQ(entry_at_power, ENTRY); /* before it has power: it looks at once */
	CHECK_EQ(configured, 3);
	/* Power is on, as U-Boot leaves it: only the address. */
	configured = 0;
	CHECK(soc_exynos_start(BLOCK, OTHER, 1, ENTRY + 4));
	CHECK_EQ(word[1][0], ENTRY + 4);
	CHECK_EQ(configured, 0);
	/* Power does not come. */
	word[0][0x2084 / 4] = 1;
	delay = 0;
	CHECK(!soc_exynos_start(BLOCK, OTHER, 1, ENTRY));
}

static uint32_t tcon_writes;

static void mct_write(uint32_t block, uint32_t offset, uint32_t value)
{
	CHECK_EQ(block, 0);
	if (offset == 0x240) {
		tcon_writes++;
		word[0][0x24c / 4] |= delay ? 0x10000 : 0;
	} else {
		CHECK_EQ(offset, 0x24c);
		word[0][0x24c / 4] = 0x4 & ~value; /* write 1 to clear; another bit was pending */
	}
}

static void exynos_counter(void)
{
	fresh();
	on_write = mct_write;
	delay = 1;
	tcon_writes = 0;
	word[0][0x240 / 4] = 0x2; /* a comparator's bit: not ours to clear */
	word[0][0x24c / 4] = 0x4;
	soc_exynos_start_counter(BLOCK);
	CHECK_EQ(word[0][0x240 / 4], 0x102);
	CHECK_EQ(word[0][0x24c / 4], 0x4);
	CHECK_EQ(tcon_writes, 1);
	soc_exynos_start_counter(BLOCK); /* it runs: nothing to do */
	CHECK_EQ(tcon_writes, 1);
	word[0][0x240 / 4] = 0;
	delay = 0; /* the write is never confirmed: it ends */
	soc_exynos_start_counter(BLOCK);
	CHECK_EQ(word[0][0x240 / 4], 0x100);
}

static const struct test_case cases[] = {
	{ "vexpress", vexpress },     { "sunxi_h3", sunxi_h3 },
	{ "sunxi_a20", sunxi_a20 },   { "sunxi_no_time", sunxi_no_time },
	{ "exynos_cpu", exynos_cpu }, { "exynos_counter", exynos_counter },
};

TEST_MAIN("soc", cases)
