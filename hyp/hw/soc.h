/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of SoCs that start CPUs and counters, and turn boards off. Addresses of registers are
 * virtual; entries are physical. hyp/core/soc.c selects the functions for a board. */
#ifndef HYP_HW_SOC_H
#define HYP_HW_SOC_H

#include <stdbool.h>
#include <stdint.h>

/* Versatile Express motherboard (ARM DUI 0447, 4.3): a CPU that waits in the boot monitor's pen
 * jumps to `entry` when an interrupt wakes it. */
void soc_vexpress_set_entry(uintptr_t sysreg, uint32_t entry);
/* Returns only if the board does not do it. */
void soc_vexpress_power_off(uintptr_t sysreg);

/* Allwinner A20 and H3: releases core `core` from reset, at `entry`. Its power switch is in the
 * block at `power`. */
struct soc_sunxi {
	uintptr_t cpucfg;
	uintptr_t power_off, power_clamp; /* registers of this core's switch */
	uint32_t power_bit;
	uint32_t settle; /* ticks of the counter: 10 ms */
};
void soc_sunxi_start(const struct soc_sunxi *soc, uint32_t core, uint32_t entry);
/* The registers of core `core`'s switch, in CPUCFG (A20) or PRCM (H3). */
void soc_sunxi_use_a20(struct soc_sunxi *soc);
void soc_sunxi_use_h3(struct soc_sunxi *soc, uintptr_t prcm, uint32_t core);

/* Exynos 5250: a core that an interrupt wakes is sent by the boot ROM, or U-Boot's pen, to the
 * address in the first word of SYSRAM. False: its power does not come on. */
bool soc_exynos_start(uintptr_t pmu, uintptr_t sysram, uint32_t core, uint32_t entry);
/* Starts the MCT's free-running counter, which is the architected timer's counter. */
void soc_exynos_start_counter(uintptr_t mct);

#endif
