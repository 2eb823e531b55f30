/* SPDX-License-Identifier: BSD-2-Clause */
#include "guest/linux/vmm/early.h"
#include "guest/linux/vmm/os.h"

#define EARLY_DATA  0x00u
#define EARLY_FLAGS 0x18u
#define EARLY_EMPTY 0x90u /* UARTFR: nothing to receive, all is sent */

uint32_t early_access(uint32_t offset, bool store, uint32_t value)
{
	const uint8_t byte = (uint8_t)value;

	if (store && offset == EARLY_DATA) {
		(void)os_write(1, &byte, 1);
	}
	return offset == EARLY_FLAGS ? EARLY_EMPTY : 0;
}
