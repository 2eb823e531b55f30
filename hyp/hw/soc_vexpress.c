/* SPDX-License-Identifier: BSD-2-Clause */
/* Versatile Express motherboard, system registers: ARM DUI 0447, 4.3.5 (flags), 4.3.14 to 4.3.16
 * (SYS_CFG). */
#include "hyp/hw/io.h"
#include "hyp/hw/soc.h"
#include "hyp/hw/sysreg.h"

#define SYS_FLAGS_SET 0x030u
#define SYS_FLAGS_CLR 0x034u
#define SYS_CFGDATA   0x0a0u
#define SYS_CFGCTRL   0x0a4u
#define SYS_CFGSTAT   0x0a8u

#define CFGCTRL_START	 0x80000000u
#define CFGCTRL_WRITE	 0x40000000u
#define CFGCTRL_SHUTDOWN 0x00800000u /* function 8, of the motherboard: site 0, device 0 */

#define VEXPRESS_PATIENCE 100000u /* reads: the microcontroller needs milliseconds */

void soc_vexpress_set_entry(uintptr_t sysreg, uint32_t entry)
{
	io_write32(sysreg + SYS_FLAGS_CLR, 0xffffffff);
	io_write32(sysreg + SYS_FLAGS_SET, entry);
	hw_dsb();
}

void soc_vexpress_power_off(uintptr_t sysreg)
{
	io_write32(sysreg + SYS_CFGSTAT, 0);
	io_write32(sysreg + SYS_CFGDATA, 0);
	io_write32(sysreg + SYS_CFGCTRL, CFGCTRL_START | CFGCTRL_WRITE | CFGCTRL_SHUTDOWN);
	for (uint32_t n = 0; n < VEXPRESS_PATIENCE && io_read32(sysreg + SYS_CFGSTAT) == 0; n++) {
		hw_yield();
	}
}
