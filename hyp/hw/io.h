/* SPDX-License-Identifier: BSD-2-Clause */
/* Device registers. */
#ifndef HYP_HW_IO_H
#define HYP_HW_IO_H

#include <stdint.h>

static inline uint32_t io_read32(uintptr_t address)
{
	return *(const volatile uint32_t *)address;
}

static inline void io_write32(uintptr_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static inline uint8_t io_read8(uintptr_t address)
{
	return *(const volatile uint8_t *)address;
}

static inline void io_write8(uintptr_t address, uint8_t value)
{
	*(volatile uint8_t *)address = value;
}

#endif
