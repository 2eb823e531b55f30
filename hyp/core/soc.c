/* SPDX-License-Identifier: BSD-2-Clause */
#include "hyp/core/soc.h"
#include "hyp/core/facts.h"
#include "hyp/hw/gic.h"
#include "hyp/hw/io.h"
#include "hyp/hw/mmu.h"
#include "hyp/hw/monitor.h"
#include "hyp/hw/soc.h"
#include "hyp/hw/sysreg.h"

#define SOC_SETTLE_HZ 100u /* a wait of 10 ms, as a rate */

/* Where the registers are mapped; 0: the board has none, or the device window is full. */
static struct {
	uintptr_t control, power, entry, sysreg;
	uintptr_t off;
	struct board_poke off_poke;
} soc;

static uintptr_t soc_map(pa_t pa, size_t size)
{
	return pa.pa ? (uintptr_t)mmu_map_device(pa, size) : 0;
}

void soc_init(const struct board *board)
{
	const struct board_soc_map *map = &board->soc;
	uintptr_t counter = soc_map(map->counter, PAGE_SIZE);

	if (counter) {
		soc_exynos_start_counter(counter);
	}
	soc.sysreg = soc_map(map->sysreg, PAGE_SIZE);
	soc.off_poke = map->off;
	soc.off = soc_map(map->off.reg, sizeof(uint32_t));
	if (map->soc != BOARD_SOC_NONE) {
		/* The Exynos' PMU has the registers of its cores behind the second page. */
		soc.control = soc_map(map->control, 3 * PAGE_SIZE);
		soc.power = soc_map(map->power, PAGE_SIZE);
		soc.entry = soc_map(map->entry, PAGE_SIZE);
	}
}

static bool soc_is_mapped(enum board_soc kind)
{
	switch (kind) {
	case BOARD_SOC_VEXPRESS:
		return soc.sysreg != 0;
	case BOARD_SOC_SUN7I:
		return soc.control != 0;
	case BOARD_SOC_SUN8I_H3:
		return soc.control != 0 && soc.power != 0;
	case BOARD_SOC_EXYNOS5250:
		return soc.control != 0 && soc.entry != 0;
	default:
		return false;
	}
}

bool soc_can_start(const struct board *board, uint32_t index)
{
	enum board_start how = board->start[index].how;

	return how == BOARD_START_SPIN_TABLE ||
	       (how == BOARD_START_SOC && soc_is_mapped(board->soc.soc));
}

static void soc_start_sunxi(const struct board *board, uint32_t core, uint32_t entry)
{
	struct soc_sunxi map = {
		.cpucfg = soc.control,
		.settle = facts_timer_hz() / SOC_SETTLE_HZ,
	};

	if (board->soc.soc == BOARD_SOC_SUN7I) {
		soc_sunxi_use_a20(&map);
	} else {
		soc_sunxi_use_h3(&map, soc.power, core);
	}
	soc_sunxi_start(&map, core, entry);
}

/* Wakes the CPU from WFI. Its SGIs may still be in group 0, as after reset; only Secure state can
 * send those. */
static void soc_wake(const struct board *board, uint32_t core)
{
	uint8_t mask = (uint8_t)(1u << core);

	gic_kick(mask);
	if (monitor_is_active()) {
		monitor_wake(board->gicd, mask);
	}
	hw_sev();
}

static int32_t soc_start_spin(const struct board_cpu_start *start, uint32_t entry)
{
	uintptr_t word = soc_map(start->release, sizeof(uint32_t));

	if (!word) {
		return -1;
	}
	io_write32(word, entry);
	hw_sev();
	return 0;
}

int32_t soc_start_cpu(const struct board *board, uint32_t index, uint32_t entry)
{
	uint32_t core =
		board->mpidr[index]; /* one cluster on all of these: Aff0, and its GIC interface */

	if (!soc_can_start(board, index)) {
		return -1;
	}
	if (board->start[index].how == BOARD_START_SPIN_TABLE) {
		return soc_start_spin(&board->start[index], entry);
	}
	switch (board->soc.soc) {
	case BOARD_SOC_VEXPRESS:
		soc_vexpress_set_entry(soc.sysreg, entry);
		break;
	case BOARD_SOC_EXYNOS5250:
		if (!soc_exynos_start(soc.control, soc.entry, core, entry)) {
			return -1;
		}
		break;
	default:
		soc_start_sunxi(board, core, entry);
		return 0;
	}
	soc_wake(board, core);
	return 0;
}

void soc_power_off(void)
{
	const struct board_poke *poke = &soc.off_poke;

	if (soc.sysreg) {
		soc_vexpress_power_off(soc.sysreg);
	}
	if (soc.off && poke->mask) {
		io_write32(soc.off, (io_read32(soc.off) & ~poke->mask) | poke->value);
		hw_dsb();
	}
}
