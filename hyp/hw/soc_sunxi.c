/* SPDX-License-Identifier: BSD-2-Clause */
/* Allwinner A20 and H3: CPUCFG and, in H3, PRCM, by their user manuals and public code that starts
 * their cores. */
#include "hyp/hw/io.h"
#include "hyp/hw/soc.h"
#include "hyp/hw/sysreg.h"
#include "hyp/hw/timer.h"

/* CPUCFG */
#define CPU_RESET(core)                                                           \
	(0x040u + 0x40u * (core)) /* bit 0: core, bit 1: its debug logic; 1: runs \
				   */
#define GENERAL_CTRL	   0x184u /* bit n: core n invalidates its L1 caches: not at reset */
#define PRIVATE0	   0x1a4u /* entry of all cores but the first, for the boot ROM */
#define A20_PWR_CLAMP	   0x1b0u
#define A20_PWROFF	   0x1b4u
#define DEBUG_CTRL1	   0x1e4u /* bit n: external debug of core n is enabled */
/* PRCM */
#define H3_PWROFF	   0x100u
#define H3_PWR_CLAMP(core) (0x140u + 4u * (core))

#define SUNXI_PATIENCE 10000000u /* turns, in case the counter does not count */

void soc_sunxi_use_a20(struct soc_sunxi *soc)
{
	soc->power_off = soc->cpucfg + A20_PWROFF;
	soc->power_clamp = soc->cpucfg + A20_PWR_CLAMP;
	soc->power_bit = 1u << 0; /* there is only one such bit */
}

void soc_sunxi_use_h3(struct soc_sunxi *soc, uintptr_t prcm, uint32_t core)
{
	soc->power_off = prcm + H3_PWROFF;
	soc->power_clamp = prcm + H3_PWR_CLAMP(core);
	soc->power_bit = 1u << core;
}

static void soc_sunxi_clear(uintptr_t address, uint32_t bits)
{
	io_write32(address, io_read32(address) & ~bits);
}

/* The clamp opens bit by bit, so that the current does not rise at once. */
static void soc_sunxi_power_on(const struct soc_sunxi *soc)
{
	uint64_t deadline;

	for (uint32_t clamp = 0xff; clamp != 0; clamp >>= 1) {
		io_write32(soc->power_clamp, clamp);
	}
	io_write32(soc->power_clamp, 0);
	deadline = timer_now() + soc->settle;
	for (uint32_t n = 0; n < SUNXI_PATIENCE && timer_now() < deadline; n++) {
		hw_yield();
	}
	soc_sunxi_clear(soc->power_off, soc->power_bit);
}

void soc_sunxi_start(const struct soc_sunxi *soc, uint32_t core, uint32_t entry)
{
	uintptr_t debug = soc->cpucfg + DEBUG_CTRL1;

	io_write32(soc->cpucfg + PRIVATE0, entry);
	io_write32(soc->cpucfg + CPU_RESET(core), 0);
	soc_sunxi_clear(soc->cpucfg + GENERAL_CTRL, 1u << core);
	soc_sunxi_clear(debug, 1u << core);
	soc_sunxi_power_on(soc);
	hw_dsb();
	io_write32(soc->cpucfg + CPU_RESET(core), 3);
	io_write32(debug, io_read32(debug) | 1u << core);
}
