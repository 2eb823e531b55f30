/* SPDX-License-Identifier: BSD-2-Clause */
/* Device registers, one access of the stated size each, in an addressing form that sets HSR.ISV
 * (register offset zero, no write-back: ARM DDI 0406C, B3.13.6). */
#ifndef GUEST_LIB_MMIO_H
#define GUEST_LIB_MMIO_H

#include <stdint.h>

static inline uint32_t mmio_read32(uint32_t address)
{
	uint32_t value;

	__asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void mmio_write32(uint32_t address, uint32_t value)
{
	__asm__ volatile("str %0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline uint16_t mmio_read16(uint32_t address)
{
	uint32_t value;

	__asm__ volatile("ldrh %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return (uint16_t)value;
}

static inline void mmio_write16(uint32_t address, uint16_t value)
{
	__asm__ volatile("strh %0, [%1]" : : "r"(value), "r"(address) : "memory");
}

static inline uint8_t mmio_read8(uint32_t address)
{
	uint32_t value;

	__asm__ volatile("ldrb %0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return (uint8_t)value;
}

static inline void mmio_write8(uint32_t address, uint8_t value)
{
	__asm__ volatile("strb %0, [%1]" : : "r"(value), "r"(address) : "memory");
}

#endif
