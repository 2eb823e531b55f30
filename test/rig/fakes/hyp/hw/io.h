/* SPDX-License-Identifier: BSD-2-Clause */
/* Device registers as a test plays them: it defines those that its driver uses. */
#ifndef TEST_FAKES_HYP_HW_IO_H
#define TEST_FAKES_HYP_HW_IO_H

#include <stdint.h>

uint32_t io_read32(uintptr_t address);
void io_write32(uintptr_t address, uint32_t value);
uint8_t io_read8(uintptr_t address);
void io_write8(uintptr_t address, uint8_t value);

#endif
