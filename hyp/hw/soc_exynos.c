/* SPDX-License-Identifier: BSD-2-Clause */
/* Exynos 5250: PMU, SYSRAM and multi-core timer, by its user manual and public code for it. */
#include "hyp/hw/io.h"
#include "hyp/hw/soc.h"
#include "hyp/hw/sysreg.h"

/* PMU: of core n */
#define CORE_CONFIGURATION(core) (0x2000u + 0x80u * (core))
#define CORE_STATUS(core)	 (0x2004u + 0x80u * (core))
#define CORE_LOCAL_POWER	 3u
/* MCT */
#define G_TCON			 0x240u
#define G_WSTAT			 0x24cu
#define G_TCON_START		 (1u << 8)
#define G_WSTAT_TCON		 (1u << 16) /* G_TCON's new value is effective; write 1 to clear */

#define EXYNOS_PATIENCE 1000000u /* reads */

static bool soc_exynos_wait(uintptr_t address, uint32_t bits)
{
	for (uint32_t n = 0; n < EXYNOS_PATIENCE; n++) {
		if ((io_read32(address) & bits) == bits) {
			return true;
		}
		hw_yield();
	}
	return false;
}

bool soc_exynos_start(uintptr_t pmu, uintptr_t sysram, uint32_t core, uint32_t entry)
{
	bool powered = (io_read32(pmu + CORE_STATUS(core)) & CORE_LOCAL_POWER) == CORE_LOCAL_POWER;

	/* First the address, because a core that gets power now reads it at once. */
	io_write32(sysram, entry);
	hw_dsb();
	if (!powered) {
		io_write32(pmu + CORE_CONFIGURATION(core), CORE_LOCAL_POWER);
		powered = soc_exynos_wait(pmu + CORE_STATUS(core), CORE_LOCAL_POWER);
	}
	return powered;
}

void soc_exynos_start_counter(uintptr_t mct)
{
	uint32_t control = io_read32(mct + G_TCON);

	if (control & G_TCON_START) {
		return;
	}
	io_write32(mct + G_TCON, control | G_TCON_START);
	/* Written in the counter's clock domain: 24 MHz. */
	if (soc_exynos_wait(mct + G_WSTAT, G_WSTAT_TCON)) {
		io_write32(mct + G_WSTAT, G_WSTAT_TCON);
	}
}
